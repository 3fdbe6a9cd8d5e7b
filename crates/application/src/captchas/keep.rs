//! A captcha whose picture is fetched apart.

use bytes::Bytes;

use super::{CaptchaId, IssueCaptcha, issue};
use crate::{App, AppError, CaptchaError, ClientAddress};

/// Draws a captcha under an id of the site's own and keeps the picture for as long as it can be answered.
///
/// # Errors
/// As [`issue`].
pub async fn keep(app: &App, client: ClientAddress) -> Result<CaptchaId, AppError> {
    let id = CaptchaId::random(u128::from_be_bytes(app.random()));
    let jpeg = issue(app, &IssueCaptcha { id: id.clone(), previous: None, client }).await?;
    app.cache.set(&id.picture_key(), jpeg, app.policy.captcha_lifetime).await?;
    Ok(id)
}

/// The picture (JPEG) of a captcha that [`keep`] drew.
///
/// # Errors
/// [`CaptchaError::Expired`] for one that is too old or never was, [`AppError::CacheUnavailable`].
pub async fn picture(app: &App, id: &CaptchaId) -> Result<Bytes, AppError> {
    Ok(app.cache.get(&id.picture_key()).await?.ok_or(CaptchaError::Expired)?)
}

#[cfg(test)]
mod tests {
    use minsu_ports::{PaintedCaptcha, testkit::MockCaptchaPainter};

    use super::*;
    use crate::test_app::{TestApp, client, counting};

    #[tokio::test]
    async fn the_picture_is_kept_as_long_as_its_answer() {
        let mut painter = MockCaptchaPainter::new();
        painter
            .expect_paint()
            .returning(|| Ok(PaintedCaptcha { answer: "ACE3".into(), jpeg: Bytes::from_static(b"jpeg") }));
        let mut cache = counting(1);
        // 128 bits of 0x5a.
        let id = CaptchaId::new(&"5a".repeat(16)).unwrap();
        for (key, kept) in [(id.key(), b"ACE3"), (id.picture_key(), b"jpeg")] {
            cache
                .expect_set()
                .times(1)
                .withf(move |at, value, lifetime| *at == key && value.as_ref() == kept && lifetime.as_secs() == 180)
                .returning(|_, _, _| Ok(()));
        }
        let app = TestApp::default().cache(cache).captchas(painter).build();
        assert_eq!(keep(&app, client()).await.unwrap(), id);
    }
}
