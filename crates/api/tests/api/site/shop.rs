//! A site at which orders are paid.

use std::{sync::Arc, time::UNIX_EPOCH};

use chrono::TimeDelta;
use minsu_api::wiring::{Payments, registered_dialects_with_payments, with_pages};
use minsu_application::{App, jobs, payments};
use minsu_domain::PaymentPolicy;
use minsu_fakes::SetClock;
use minsu_payments::{Sandbox, SandboxOptions};
use minsu_ports::{Job, PaymentProvider};
use tempfile::TempDir;

use super::browser::{Browser, day};
use crate::support::TestServer;

/// The site as providers know it.
pub const ADDRESS: &str = "http://127.0.0.1:8080";

/// A site with pages that takes payments, and its clock.
pub struct Shop {
    pub server: TestServer,
    pub app: App,
    pub clock: SetClock,
    _folder: TempDir,
}

impl Shop {
    /// With the sandbox.
    pub async fn sandbox() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), clock());
        let options =
            SandboxOptions { folder: folder.path().join("payments"), secret: None, site_url: ADDRESS.to_owned() };
        let sandbox = Arc::new(Sandbox::new(options, Arc::new(clock.clone())).unwrap());
        Self::with(Payments { provider: Some(sandbox.clone()), sandbox: Some(sandbox) }, clock, folder).await
    }

    /// With another provider.
    pub async fn of(provider: impl PaymentProvider + 'static) -> Self {
        Self::with(provider.into(), clock(), tempfile::tempdir().unwrap()).await
    }

    async fn with(payments: Payments, clock: SetClock, folder: TempDir) -> Self {
        let mut app = None;
        let server = TestServer::start_with(|state| {
            let dialects = registered_dialects_with_payments(minsu_dialect_classic::Options::default());
            state.dialects = with_pages(dialects, &payments);
            state.app.payment = payments.provider;
            state.app.policy.booking.orders.payment = PaymentPolicy::Required;
            state.app.policy.payment.public_url = ADDRESS.to_owned();
            state.app.clock = Arc::new(clock.clone());
            app = Some(state.app.clone());
        });
        let server = server.await;
        Self { server, app: app.unwrap(), clock, _folder: folder }
    }

    /// The work of the clock, a minute and a half later.
    pub async fn work(&self, job: Job) -> u64 {
        self.clock.forward(TimeDelta::seconds(90));
        jobs::run_job(&self.app, job).await.unwrap().done
    }

    /// Demands that payments, refunds and ledger agree.
    pub async fn demand_sound_books(&self) {
        assert_eq!(payments::check_books(&self.app).await.unwrap().faults, []);
    }

    /// An accepted order of a guest for two days, which costs ¥399.80 and is in three days: its landlord, its guest, and
    /// the path of its page.
    pub async fn accepted(&self) -> (Browser, Browser, String) {
        let (landlord, guest) = (Browser::new(&self.server), Browser::new(&self.server));
        let house = landlord.publish("13900000001", "待支付的小屋").await;
        guest.sign_up("13900000002").await;
        let (start, end, book) = (day(3), day(4), format!("/houses/{house}/book"));
        let look = format!("{book}?start={start}&end={end}&guests=2");
        let stay = [("start", start.as_str()), ("end", end.as_str()), ("guests", "2"), ("total", "39980")];
        guest.submit(&look, &book, &stay).await.leads_to("/orders?done=booked");
        let orders = landlord.get("/host/orders").await;
        let order = orders.text.split("id=\"order-").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let accept = format!("/host/orders/{order}/accept");
        landlord.submit("/host/orders", &accept, &[]).await.leads_to("/host/orders?done=accepted");
        (landlord, guest, format!("/orders/{order}"))
    }
}

fn clock() -> SetClock {
    SetClock::at(UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed())
}
