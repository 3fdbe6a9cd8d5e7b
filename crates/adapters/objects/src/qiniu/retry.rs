//! Calls that are tried once more.

use std::time::Duration;

use minsu_http::HttpClient;
use minsu_ports::{Clock, ObjectError};

use super::error::QiniuError;

/// The pause before the one repetition.
const PAUSE: Duration = Duration::from_millis(200);

/// Runs the call now, and once more after a pause when Qiniu's error says that this may help.
pub(super) async fn twice<T, F>(
    http: &HttpClient,
    clock: &dyn Clock,
    work: impl Fn() -> F + Send,
) -> Result<T, ObjectError>
where
    F: Future<Output = Result<T, QiniuError>> + Send,
{
    let done = http.in_time(async {
        match work().await {
            Err(error) if error.may_pass() => {
                tracing::info!(%error, "qiniu failed, trying once more");
                clock.sleep(PAUSE).await;
                work().await
            }
            done => done,
        }
    });
    done.await.map_err(|error| ObjectError::Failed(error.into()))
}
