//! Calls that are tried once more.

use minsu_http::{HttpClient, PAUSE};
use minsu_ports::{Clock, ObjectError};

use super::error::QiniuError;

/// Runs the call now, and once more after a pause when Qiniu's error says that this may help.
pub(super) async fn twice<T, F>(
    http: &HttpClient,
    clock: &dyn Clock,
    work: impl Fn() -> F + Send,
) -> Result<T, ObjectError>
where
    F: Future<Output = Result<T, QiniuError>> + Send,
{
    let done = http.twice("qiniu", clock.sleep(PAUSE), QiniuError::may_pass, work).await;
    done.map_err(|error| ObjectError::Failed(error.into()))
}
