//! Codes of profile dev, for pages that show them to a developer.

use minsu_domain::Mobile;
use minsu_ports::DevCode;

use crate::{App, captchas::CaptchaId};

/// The answer of a captcha; `None` outside of profile dev.
pub async fn captcha(app: &App, id: &CaptchaId) -> Option<String> {
    newest(app, DevCode::Captcha(id.as_str())).await
}

/// The SMS code that was sent to a mobile; `None` outside of profile dev.
pub async fn sms(app: &App, mobile: &Mobile) -> Option<String> {
    newest(app, DevCode::Sms(mobile)).await
}

async fn newest(app: &App, code: DevCode<'_>) -> Option<String> {
    match &app.dev_outbox {
        Some(outbox) => outbox.newest(code).await,
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, mobile};
    use minsu_ports::testkit::MockDevOutbox;

    #[tokio::test]
    async fn codes_are_shown_where_there_is_an_outbox() {
        let mut outbox = MockDevOutbox::new();
        outbox.expect_newest().returning(|code| match code {
            DevCode::Captcha(id) => Some(format!("answer of {id}")),
            DevCode::Sms(_) => Some("123456".into()),
        });
        let app = TestApp::default().dev_outbox(outbox).build();
        let id = CaptchaId::new("c1").unwrap();
        assert_eq!(captcha(&app, &id).await.as_deref(), Some("answer of c1"));
        assert_eq!(sms(&app, &mobile()).await.as_deref(), Some("123456"));
        assert_eq!(sms(&TestApp::default().build(), &mobile()).await, None);
    }
}
