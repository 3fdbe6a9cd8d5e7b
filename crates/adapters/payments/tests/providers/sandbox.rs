use std::{fs, path::Path, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::AttemptNumber;
use minsu_fakes::SetClock;
use minsu_payments::{Sandbox, SandboxOptions};
use minsu_ports::{
    Clock, NoticeRefused, NoticeState, PaymentAction, PaymentError, PaymentProvider, PaymentRequest, PaymentSandbox,
    ProviderState, RawNotice, SandboxButton, StartedPayment,
    testkit::payments::{OtherSide, attempt, money, number, paid, refund, request},
};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::contract;

/// The page of the sandbox, and who clicks there: in another process on the same folder.
pub(crate) struct Other {
    sandbox: Sandbox,
    clock: SetClock,
    opened: Mutex<Vec<(AttemptNumber, String)>>,
    notices: Mutex<Vec<RawNotice>>,
    pub(crate) folder: TempDir,
}

impl Other {
    pub(crate) async fn token(&self, number: &AttemptNumber) -> String {
        self.opened.lock().await.iter().find(|(opened, _)| opened == number).unwrap().1.clone()
    }
}

#[async_trait]
impl OtherSide for Other {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn forward(&self, by: TimeDelta) {
        self.clock.forward(by);
    }

    async fn open(&self, started: &StartedPayment) {
        let PaymentAction::Redirect(url) = &started.action else { panic!("{started:?}") };
        let token = url.strip_prefix("https://minsu.example/sandbox-payment/").unwrap();
        let shown = self.sandbox.shown(token).await.unwrap().unwrap();
        self.opened.lock().await.push((shown.number, token.to_owned()));
    }

    async fn pay(&self, number: &AttemptNumber) -> bool {
        let token = self.token(number).await;
        match self.sandbox.press(&token, SandboxButton::Pay).await {
            Ok(reply) => {
                self.notices.lock().await.push(reply.unwrap().notice);
                true
            }
            Err(PaymentError::Refused(_)) => false,
            Err(error) => panic!("{error:?}"),
        }
    }

    async fn settle_refunds(&self) {}

    async fn notices(&self) -> Vec<RawNotice> {
        std::mem::take(&mut *self.notices.lock().await)
    }
}

fn sandbox(folder: &Path, clock: &SetClock) -> Sandbox {
    let folder = folder.join("sandbox-payments");
    let options = SandboxOptions { folder, secret: None, site_url: "https://minsu.example".to_owned() };
    Sandbox::new(options, Arc::new(clock.clone())).unwrap()
}

pub(crate) async fn both() -> (Sandbox, Other) {
    let (clock, folder) = (SetClock::default(), TempDir::new().unwrap());
    let provider = sandbox(folder.path(), &clock);
    let other = Other {
        sandbox: sandbox(folder.path(), &clock),
        clock,
        opened: Mutex::default(),
        notices: Mutex::default(),
        folder,
    };
    (provider, other)
}

contract!(both);

#[tokio::test]
async fn the_page_shows_the_payment_and_each_button_is_told_by_a_signed_notice() {
    let (provider, other) = both().await;
    let request = request(&provider, &other, 1, 19_999);
    let started = provider.start(&request).await.unwrap();
    other.open(&started).await;
    let token = other.token(&request.number).await;
    let shown = provider.shown(&token).await.unwrap().unwrap();
    assert_eq!(
        (shown.amount, shown.state, shown.subject),
        (money(19_999), ProviderState::Open, request.subject.clone())
    );
    for (button, expected) in [("fail", ProviderState::Open), ("close", ProviderState::Closed)] {
        let reply = provider.press(&token, SandboxButton::named(button).unwrap()).await.unwrap().unwrap();
        assert!(reply.return_url.starts_with("https://minsu.example/orders/1?from=pay&out_trade_no=MP"));
        let notice = provider.read_notice(&reply.notice).unwrap().unwrap();
        assert_eq!((notice.number, notice.state), (request.number.clone(), NoticeState::Payment(expected)));
        let header = reply.notice.header("minsu-signature").unwrap();
        assert!(header.starts_with("t=") && header.contains(",v1="), "{header}");
    }
    for button in SandboxButton::ALL {
        let again = provider.press(&token, button.1).await;
        assert!(matches!(again, Err(PaymentError::Refused(code)) if code == "closed"), "{button:?}");
    }
    assert_eq!(provider.shown("MP0.x").await.unwrap(), None);
    assert_eq!(provider.press(&token[..token.len() - 1], SandboxButton::Pay).await.unwrap(), None);
}

#[tokio::test]
async fn a_number_with_other_fields_is_refused() {
    let (provider, other) = both().await;
    let request = request(&provider, &other, 1, 100);
    provider.start(&request).await.unwrap();
    let error = provider.start(&PaymentRequest { amount: money(99), ..request }).await.unwrap_err();
    assert!(matches!(&error, PaymentError::Refused(code) if code == "number_used"), "{error:?}");
}

#[tokio::test]
async fn what_was_clicked_is_there_after_a_crash_in_the_middle_of_a_line() {
    let (provider, other) = both().await;
    let (attempt, receipt) = paid(&provider, &other, 1, 100).await;
    let path = other.folder.path().join(format!("sandbox-payments/{}.jsonl", attempt.number.as_str()));
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [&whole[..], br#"{"kind":"refunded","at":1,"numb"#].concat()).unwrap();
    let after = sandbox(other.folder.path(), &other.clock);
    assert_eq!(after.query(&attempt).await.unwrap(), ProviderState::Paid(receipt.clone()));
    after.refund(&refund(&other, &(attempt.clone(), receipt), 1, 40)).await.unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(str::from_utf8(&whole).unwrap()) && text.lines().count() == 3, "{text}");
    let state = provider.query(&attempt).await.unwrap();
    assert!(matches!(state, ProviderState::Paid(receipt) if receipt.refunded == money(40)));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_clicks_and_refunds_at_once_one_counts() {
    let (provider, other) = both().await;
    let request = request(&provider, &other, 1, 100);
    let started = provider.start(&request).await.unwrap();
    other.open(&started).await;
    let (provider, other) = (Arc::new(provider), Arc::new(other));
    let clicks: Vec<_> = (0..20)
        .map(|_| {
            let (other, number) = (other.clone(), request.number.clone());
            tokio::spawn(async move { other.pay(&number).await })
        })
        .collect();
    let mut paid = 0;
    for click in clicks {
        paid += usize::from(click.await.unwrap());
    }
    assert_eq!((paid, other.notices().await.len()), (1, 1));
    let attempt = attempt(&request, &started);
    let ProviderState::Paid(receipt) = provider.query(&attempt).await.unwrap() else { panic!("not paid") };
    let payment = (attempt, receipt);
    let refunds: Vec<_> = (0..20)
        .map(|digit| {
            let (provider, wanted) = (provider.clone(), refund(&*other, &payment, digit, 60));
            tokio::spawn(async move { provider.refund(&wanted).await.is_ok() })
        })
        .collect();
    let mut done = 0;
    for refund in refunds {
        done += usize::from(refund.await.unwrap());
    }
    assert_eq!(done, 1);
}

#[tokio::test]
async fn a_notice_is_good_for_five_minutes_and_for_the_own_secret() {
    let (provider, other) = both().await;
    paid(&provider, &other, 1, 100).await;
    let mut notice = other.notices().await.pop().unwrap();
    let elsewhere = TempDir::new().unwrap();
    assert_eq!(sandbox(elsewhere.path(), &other.clock).read_notice(&notice), Err(NoticeRefused::Signature));
    notice.received_at += TimeDelta::minutes(6);
    assert_eq!(provider.read_notice(&notice), Err(NoticeRefused::Stale));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_its_files() {
    use std::os::unix::fs::PermissionsExt;

    let (provider, other) = both().await;
    provider.start(&request(&provider, &other, 1, 100)).await.unwrap();
    for file in fs::read_dir(other.folder.path().join("sandbox-payments")).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
    // Asking about what was never made leaves nothing behind.
    let never = minsu_ports::PaymentAttempt { number: number(9), reference: None, amount: money(1) };
    assert_eq!(provider.query(&never).await.unwrap(), ProviderState::NotFound);
    assert_eq!(fs::read_dir(other.folder.path().join("sandbox-payments")).unwrap().count(), 2);
}
