//! Uses of a service that are tried once more.

use std::{fmt::Display, time::Duration};

use crate::{CallError, HttpClient};

/// How long callers of [`HttpClient::twice`] pause before the one repetition.
pub const PAUSE: Duration = Duration::from_millis(200);

impl HttpClient {
    /// Does the work, and once more after the pause where `may_pass` says of its failure that this can help. One
    /// deadline ends all of it, the pause included.
    ///
    /// # Errors
    /// Those of the last try, or [`CallError::Timeout`].
    pub async fn twice<T, E, F>(
        &self,
        service: &'static str,
        pause: impl Future<Output = ()> + Send,
        may_pass: impl Fn(&E) -> bool + Send,
        work: impl Fn() -> F + Send,
    ) -> Result<T, E>
    where
        E: From<CallError> + Display + Send,
        F: Future<Output = Result<T, E>> + Send,
    {
        self.in_time(async {
            match work().await {
                Err(error) if may_pass(&error) => {
                    tracing::info!(%error, service, "a call failed, trying once more");
                    pause.await;
                    work().await
                }
                done => done,
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::HttpOptions;

    /// How often the work was done that fails with an error until its second or third time, and whether all ended well.
    async fn tries(well_at: u32, may_pass: bool, pause: impl Future<Output = ()> + Send) -> (u32, bool) {
        let options = HttpOptions { deadline: Duration::from_millis(300), ..HttpOptions::default() };
        let (http, tries) = (HttpClient::new(&options).unwrap(), AtomicU32::new(0));
        let work = || async {
            let well = tries.fetch_add(1, Ordering::SeqCst) + 1 >= well_at;
            if well { Ok(()) } else { Err(CallError::TooLong) }
        };
        let done = http.twice("a service", pause, |_| may_pass, work).await;
        (tries.load(Ordering::SeqCst), done.is_ok())
    }

    #[tokio::test]
    async fn only_a_failure_that_may_pass_is_followed_by_one_repetition() {
        let at_once = || std::future::ready(());
        assert_eq!(tries(1, true, at_once()).await, (1, true));
        assert_eq!(tries(2, true, at_once()).await, (2, true));
        assert_eq!(tries(3, true, at_once()).await, (2, false));
        assert_eq!(tries(2, false, at_once()).await, (1, false));
    }

    #[tokio::test]
    async fn the_pause_is_within_the_deadline() {
        assert_eq!(tries(2, true, tokio::time::sleep(Duration::from_secs(60))).await, (1, false));
    }
}
