//! Limits on the size and the duration of bodies, before a handler reads them.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use actix_web::{
    HttpMessage,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    http::header,
};
use bytes::Bytes;
use futures_util::Stream;
use tokio::time::{Sleep, sleep};

use super::{api_error::RequestFault, options::HttpOptions};

/// Bytes that a multipart body may have beyond its file: boundaries, headers, small fields.
const MULTIPART_EXTRA: usize = 65_536;

/// Refuses a body whose declared length no call takes without reading it, and fails a body that grows beyond
/// that or does not arrive in time while a handler reads it, however much of it the handler keeps. The server
/// reads and discards the rest of a body that no handler reads any more, for as long as the client sends it.
///
/// # Errors
/// [`RequestFault::BodyTooLarge`].
pub fn guard(request: &mut ServiceRequest, settings: &HttpOptions) -> Result<(), RequestFault> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let most = settings.json_limit.max(settings.upload_limit.saturating_add(MULTIPART_EXTRA));
    if length.is_some_and(|length: usize| length > most) {
        return Err(RequestFault::BodyTooLarge);
    }
    match request.take_payload() {
        Payload::None => {}
        inner => {
            let bounded = Bounded { inner, left: most, deadline: Box::pin(sleep(settings.body_timeout)) };
            request.set_payload(Payload::Stream { payload: Box::pin(bounded) });
        }
    }
    Ok(())
}

/// Whether reading a body ended by its deadline.
pub fn is_too_slow(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

/// A body that fails when it is too long, or not there in time.
struct Bounded {
    inner: Payload,
    /// In bytes.
    left: usize,
    deadline: Pin<Box<Sleep>>,
}

impl Bounded {
    fn take(&mut self, chunk: Bytes) -> Result<Bytes, PayloadError> {
        self.left = self.left.checked_sub(chunk.len()).ok_or(PayloadError::Overflow)?;
        Ok(chunk)
    }
}

/// A call that was refused before its body was read leaves the rest to the server, which reads and discards it
/// until the next request begins. With a full buffer it would never do so: it waits for a reader of the buffer,
/// and there is none any more. So the buffer is emptied here.
impl Drop for Bounded {
    fn drop(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(Ok(_))) = Pin::new(&mut self.inner).poll_next(&mut context) {}
    }
}

impl Stream for Bounded {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(chunk) = Pin::new(&mut self.inner).poll_next(context) {
            return Poll::Ready(chunk.map(|chunk| self.take(chunk?)));
        }
        match self.deadline.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into())))),
            Poll::Pending => Poll::Pending,
        }
    }
}
