//! An order that is paid, cancelled and paid back while the process is killed between any two steps: a client that was in the
//! middle asks again, as browsers and providers do, and in the end the money went each way once.

use std::time::{Duration, Instant, UNIX_EPOCH};

use chrono::{DateTime, TimeDelta};
use futures_util::future::join_all;
use minsu_fakes::{Outgoing, SetClock, Stripe};
use minsu_ports::{Clock as _, FaultPoint};
use serde_json::{Value, json};

use super::{Engine, Minsu, Site, on_every_engine, people::day};

/// How long a call may take that is not stopped.
const PATIENCE: Duration = Duration::from_secs(3);
/// The first day that is booked: so far ahead that a cancellation gives everything back.
const FIRST_DAY: u64 = 20;

/// A site with Stripe, which is told the time of the machine.
struct Scene {
    url: String,
    server: Minsu,
    site: Site,
    stripe: Stripe,
    clock: SetClock,
    /// By how much the clocks of the process and of the provider are ahead of the machine's.
    ahead: TimeDelta,
    /// How often the process was killed.
    killed: usize,
}

impl Scene {
    async fn new(engine: &Engine) -> Self {
        let clock = SetClock::at(UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed());
        let stripe = Stripe::start(clock.clone()).await;
        let url = engine.url();
        let server = Minsu::start_with(&borrowed(&settings(&url, &stripe, None, TimeDelta::zero()))).await;
        let site = Site::new(&server, 1).await;
        Self { url, server, site, stripe, clock, ahead: TimeDelta::zero(), killed: 0 }
    }

    /// `kill -9`, and a new process that stops at this point, or nowhere. The memory of sessions was that of the process,
    /// and the leases of the dead one end after a minute, which is not waited for.
    async fn restart(&mut self, stop: Option<FaultPoint>) {
        self.server.kill();
        let end = "UPDATE jobs SET lease_ends = NULL, due_at = '2020-01-01 00:00:00+00:00'";
        let end = if self.url.starts_with("mysql") { end.replace("+00:00", "") } else { end.to_owned() };
        minsu_testservers::execute_on(&self.url, &end).await;
        self.server.restart_with(&borrowed(&settings(&self.url, &self.stripe, stop, self.ahead))).await;
        self.site.log_in_again().await;
        let now = DateTime::from_timestamp(UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed(), 0).unwrap();
        self.clock.forward(now + self.ahead - self.clock.now());
    }

    async fn die(&mut self) {
        self.killed += 1;
        self.restart(None).await;
    }

    /// A call of the guest. Where nothing answers the process is killed, and the guest tries again.
    async fn call(&mut self, path: &str, body: &Value) -> Value {
        let key = uuid::Uuid::new_v4().to_string();
        let begun = Instant::now();
        loop {
            let url = format!("{}{path}", self.server.base);
            let request = self.site.guest().post(url).header("idempotency-key", &key).json(body);
            match request.timeout(PATIENCE).send().await {
                Ok(answer) => {
                    let (status, body) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
                    if status == 409 && body["code"] == "in_progress" && begun.elapsed() < Duration::from_secs(100) {
                        tokio::time::sleep(Duration::from_secs(1)).await;
                        continue;
                    }
                    assert!([200, 201].contains(&status), "{path}: {status} {body}");
                    return body;
                }
                Err(_) => self.die().await,
            }
        }
    }

    /// Delivers a message until it is taken in, as the provider does.
    async fn deliver(&mut self, message: &Outgoing) {
        loop {
            let url = format!("{}/api/v2/payments/notices/stripe", self.server.base);
            match tokio::time::timeout(PATIENCE, message.send_to(&url)).await {
                Ok((status, body)) => return assert_eq!(status, 200, "{body}"),
                Err(_) => self.die().await,
            }
        }
    }

    /// An accepted order for a day of its own.
    async fn accepted(&self, round: usize) -> i64 {
        let day = day(FIRST_DAY + round as u64);
        let body = json!({"house_id": self.site.house(), "start_date": day, "end_date": day});
        let placed = self.site.call(self.site.guest(), "POST", "/orders", &body).await;
        let order = placed["data"]["order_id"].as_i64().unwrap();
        let accept = json!({"action": "accept"});
        self.site.call(self.site.landlord(), "PUT", &format!("/orders/{order}/status"), &accept).await;
        order
    }

    async fn order(&self, order: i64) -> Value {
        self.site.get(self.site.guest(), &format!("/api/v2/orders/{order}")).await
    }

    /// Waits until the clock has brought an order into a state: the process is stopped before, and is killed once.
    async fn settled(&mut self, order: i64, state: &str) -> Value {
        let (begun, killed) = (Instant::now(), self.killed);
        loop {
            let seen = self.order(order).await;
            if seen["state"] == state {
                assert!(self.killed > killed, "it was not stopped: {seen}");
                return seen;
            }
            if self.killed == killed && begun.elapsed() > 2 * PATIENCE {
                // An attempt is asked about again after half a minute.
                self.ahead += TimeDelta::seconds(40);
                self.die().await;
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "{seen}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// Waits until the refund of an order is confirmed. Where it takes longer than a call the process is killed once.
    async fn refunded(&mut self, order: i64, stops: bool) -> Value {
        let (begun, mut may_stop) = (Instant::now(), stops);
        loop {
            let seen = self.order(order).await;
            if seen["payments"][0]["refunds"][0]["state"] == "done" {
                return seen;
            }
            if may_stop && begun.elapsed() > PATIENCE {
                may_stop = false;
                self.die().await;
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "{seen}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}

impl Scene {
    /// The books are sound, and the provider's are the same.
    fn demand_agreement(&self, checked: &str) {
        let told = self.server.run(&["ledger"]);
        assert!(told.contains(checked), "{told}");
        let today = self.clock.now().date_naive();
        for day in [today, today - TimeDelta::days(1)] {
            let told = self.server.run(&["reconcile", "--day", &day.to_string()]);
            assert!(told.contains("compared"), "{told}");
        }
    }
}

fn settings(url: &str, stripe: &Stripe, stop: Option<FaultPoint>, ahead: TimeDelta) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("DATABASE__URL", url.to_owned()),
        ("PAYMENT__URL", "stripe:".to_owned()),
        ("PAYMENT__ENDPOINT", stripe.url()),
        ("PAYMENT__SECRET_KEY", Stripe::SECRET_KEY.to_owned()),
        ("PAYMENT__WEBHOOK_SECRETS", Stripe::WEBHOOK_SECRET.to_owned()),
        ("JOBS__INTERVAL_SECONDS", "1".to_owned()),
        ("TESTING__CLOCK_OFFSET_SECONDS", ahead.num_seconds().to_string()),
    ];
    settings.extend(stop.map(|point| ("TESTING__STOP_AT", format!("{}:1", point.name()))));
    settings
}

fn borrowed<'a>(settings: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    settings.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// `kill -9` at every point: before and after each call of the provider, before and after each commit.
async fn a_kill_between_any_two_steps_loses_and_doubles_no_money(engine: Engine) {
    let mut scene = Scene::new(&engine).await;
    for (round, point) in FaultPoint::OF_PAYMENTS.into_iter().enumerate() {
        println!("{}", point.name());
        scene.restart(Some(point)).await;
        let order = scene.accepted(round).await;
        let path = format!("/api/v2/orders/{order}");
        let payment = scene.call(&format!("{path}/payments"), &json!({"method": "stripe_checkout"})).await;
        let page = payment["action"]["redirect"].as_str().unwrap();
        scene.stripe.open(page).unwrap();
        assert!(scene.stripe.pay(&scene.stripe.number(page)));
        for message in scene.stripe.take_notices() {
            scene.deliver(&message).await;
        }
        let paid = scene.order(order).await;
        assert_eq!(paid["state"], "paid", "{}: {paid}", point.name());
        let canceled = scene.call(&format!("{path}/cancel"), &json!({})).await;
        assert_eq!(canceled["state"], "canceled", "{}", point.name());
        let stops = [FaultPoint::RefundCommitted, FaultPoint::RefundCalled].contains(&point);
        let seen = scene.refunded(order, stops).await;
        let payments = seen["payments"].as_array().unwrap();
        assert_eq!((payments.len(), &payments[0]["state"]), (1, &json!("paid")), "{}: {seen}", point.name());
        let refunds = payments[0]["refunds"].as_array().unwrap();
        assert_eq!((refunds.len(), &refunds[0]["amount"]), (1, &json!(10_000)), "{}: {seen}", point.name());
        assert_eq!(scene.killed, round + 1, "it was not stopped at {}", point.name());
    }
    scene.demand_agreement("checked the books of 8 orders");
}

/// `kill -9` while the clock ends what was not paid in time, and while it ends a stay.
async fn a_kill_at_a_deadline_leaves_nothing_undone(engine: Engine) {
    let mut scene = Scene::new(&engine).await;
    let unpaid = FaultPoint::OF_DEADLINES.into_iter().filter(|point| *point != FaultPoint::StayEnded);
    for (round, point) in unpaid.enumerate() {
        println!("{}", point.name());
        let order = scene.accepted(round).await;
        let start = json!({"method": "stripe_checkout"});
        let payment = scene.call(&format!("/api/v2/orders/{order}/payments"), &start).await;
        let page = payment["action"]["redirect"].as_str().unwrap();
        scene.stripe.open(page).unwrap();
        let number = scene.stripe.number(page);
        // The deadline of the order is past, and the provider would still take money.
        scene.ahead += TimeDelta::seconds(30 * 60 + 10);
        scene.restart(Some(point)).await;
        let seen = scene.settled(order, "canceled").await;
        assert_eq!((seen["payments"][0]["state"].as_str(), scene.killed), (Some("closed"), round + 1), "{seen}");
        assert_eq!(seen["history"].as_array().unwrap().len(), 3, "{seen}");
        assert!(!scene.stripe.pay(&number), "{}: it can be paid", point.name());
        // Its days are free again.
        scene.accepted(round).await;
    }
    // What was told about the closed ones is lost.
    scene.stripe.take_notices();
    let order = scene.accepted(7).await;
    let payment = scene.call(&format!("/api/v2/orders/{order}/payments"), &json!({"method": "stripe_checkout"})).await;
    let page = payment["action"]["redirect"].as_str().unwrap();
    scene.stripe.open(page).unwrap();
    assert!(scene.stripe.pay(&scene.stripe.number(page)));
    for message in scene.stripe.take_notices() {
        scene.deliver(&message).await;
    }
    let killed = scene.killed;
    scene.ahead += TimeDelta::days(FIRST_DAY.cast_signed() + 12);
    scene.restart(Some(FaultPoint::StayEnded)).await;
    let seen = scene.settled(order, "wait_comment").await;
    assert_eq!((seen["history"].as_array().unwrap().len(), scene.killed), (4, killed + 1), "{seen}");
    let told = scene.server.run(&["ledger"]);
    assert!(told.contains("landlord_payable") && told.contains("100.00"), "{told}");
}

/// Two processes, each with its jobs, get the same messages, the same cancellations and a payment while the attempt is
/// being closed: money goes each way once.
async fn two_processes_move_money_once(engine: Engine) {
    let mut scene = Scene::new(&engine).await;
    let other = Minsu::start_with(&borrowed(&settings(&scene.url, &scene.stripe, None, TimeDelta::zero()))).await;
    let bases = [scene.server.base.clone(), other.base.clone()];
    let guests = [scene.site.guest().clone(), scene.site.guest_at(&other.base).await];
    let canceled_twice = async |order: i64| {
        let calls = (0..6).map(|turn| {
            let url = format!("{}/api/v2/orders/{order}/cancel", bases[turn % 2]);
            let key = uuid::Uuid::new_v4().to_string();
            guests[turn % 2].post(url).header("idempotency-key", key).json(&json!({})).send()
        });
        let answers = join_all(calls).await.into_iter().map(|answer| answer.unwrap().status().as_u16());
        let mut answers: Vec<_> = answers.collect();
        answers.sort_unstable();
        assert_eq!(answers, [200, 409, 409, 409, 409, 409]);
    };
    let delivered = async |messages: &[Outgoing]| {
        let urls = bases.each_ref().map(|base| format!("{base}/api/v2/payments/notices/stripe"));
        let calls = (0..20).flat_map(|turn| messages.iter().map(move |message| (turn, message)));
        let urls = &urls;
        join_all(calls.map(async |(turn, message)| message.send_to(&urls[turn % 2]).await.0)).await
    };
    for round in 0..4 {
        let order = scene.accepted(round).await;
        let start = json!({"method": "stripe_checkout"});
        let payment = scene.call(&format!("/api/v2/orders/{order}/payments"), &start).await;
        let page = payment["action"]["redirect"].as_str().unwrap();
        scene.stripe.open(page).unwrap();
        let number = scene.stripe.number(page);
        let is_paid = if round % 2 == 0 {
            assert!(scene.stripe.pay(&number));
            let messages = scene.stripe.take_notices();
            let statuses = delivered(&messages).await;
            // One that met the database at its busiest is sent again by the provider.
            assert!(statuses.contains(&200) && statuses.iter().all(|it| [200, 400, 503].contains(it)), "{statuses:?}");
            for message in &messages {
                scene.deliver(message).await;
            }
            assert_eq!(scene.order(order).await["state"], "paid");
            canceled_twice(order).await;
            true
        } else {
            // The jobs of both processes close the attempt while the guest pays it.
            let pay = async {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(..1500))).await;
                scene.stripe.pay(&number)
            };
            let (is_paid, ()) = tokio::join!(pay, canceled_twice(order));
            delivered(&scene.stripe.take_notices()).await;
            is_paid
        };
        let begun = Instant::now();
        let seen = loop {
            let seen = scene.order(order).await;
            let payment = &seen["payments"][0];
            let settled = if is_paid { payment["refunds"][0]["state"] == "done" } else { payment["state"] == "closed" };
            if settled {
                break seen;
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "{seen}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        };
        let (payments, history) = (seen["payments"].as_array().unwrap(), seen["history"].as_array().unwrap());
        let refunds = payments[0]["refunds"].as_array().unwrap();
        assert_eq!((payments.len(), refunds.len()), (1, usize::from(is_paid)), "{seen}");
        let entered = |state: &str| history.iter().filter(|change| change["to"] == state).count();
        assert_eq!((entered("paid"), entered("canceled")), (usize::from(round % 2 == 0), 1), "{seen}");
    }
    scene.demand_agreement("checked the books of 4 orders");
}

on_every_engine!(
    a_kill_between_any_two_steps_loses_and_doubles_no_money,
    a_kill_at_a_deadline_leaves_nothing_undone,
    two_processes_move_money_once
);
