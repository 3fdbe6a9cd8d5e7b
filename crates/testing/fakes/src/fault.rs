//! Faults between a client and a service.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// A way to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The service's own error with this code (a status where it has no codes of its own), without processing
    /// the request.
    Refusal(String),
    /// The page of a captive portal: status 200 and HTML, without the service being reached.
    Portal,
    /// No answer at all.
    Silence,
    /// The connection closes while the request is still being sent.
    ResetMidRequest,
    /// The service processes the request, and the connection closes in the middle of its answer.
    CutAnswer,
    /// The service processes the request, and its answer comes a byte every tenth of a second.
    Trickle,
    /// A redirect to another server, without the service being reached.
    Redirect(String),
    /// An answer without end.
    Endless,
    /// The service gets a request with a changed byte in the middle of its body, and does not notice.
    Garbled,
    /// The service processes the request, and the connection closes without an answer.
    LostAnswer,
    /// The service processes the request, and answers so much later.
    Late(Duration),
}

/// The faults of one fake service, and how often it was called.
#[derive(Debug, Default)]
pub struct Faults {
    lasting: Mutex<Option<Fault>>,
    next: Mutex<Option<Fault>>,
    requests: AtomicUsize,
}

impl Faults {
    /// From now on every request fails so, until [`Faults::recover`].
    pub fn fail(&self, fault: Fault) {
        *self.lasting.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    /// The next request fails so, those after it do not.
    pub fn fail_once(&self, fault: Fault) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    /// The service works again.
    pub fn recover(&self) {
        *self.lasting.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// How many requests came so far, failed ones included.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// The fault of the request that came just now, if any.
    pub(crate) fn of_this_request(&self) -> Option<Fault> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner).take();
        next.or_else(|| self.lasting.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
