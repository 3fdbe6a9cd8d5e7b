//! The counters and their text format.

use std::sync::{Arc, atomic::AtomicI64};

use minsu_domain::OrderStatus;
use minsu_ports::{
    AnswerMetrics, FeedSignal, Job, MessageSignal, PaymentSignal, RequestMetrics, Signal, Telemetry, WebhookSignal,
    Work,
};
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use crate::{
    answers::{AnswerCounters, Latency},
    names::{state_label, work_label},
    readings::{Readings, Refresh, Source},
};

type Label<T> = (&'static str, T);

/// The metrics of a process.
pub struct Metrics {
    registry: Registry,
    requests: Family<[Label<String>; 3], Counter>,
    answers: Family<[Label<String>; 2], Counter>,
    seconds: Family<[Label<String>; 2], Histogram, Latency>,
    running: Gauge<i64, AtomicI64>,
    panics: Counter,
    captchas: Family<[Label<&'static str>; 1], Counter>,
    sms: Family<[Label<&'static str>; 1], Counter>,
    proofs: Family<[Label<&'static str>; 1], Counter>,
    payments: Family<[Label<&'static str>; 1], Counter>,
    feeds: Family<[Label<&'static str>; 1], Counter>,
    webhooks: Family<[Label<&'static str>; 1], Counter>,
    messages: Family<[Label<&'static str>; 1], Counter>,
    busy: Family<[Label<&'static str>; 1], Counter>,
    pub(crate) orders: Family<[Label<&'static str>; 1], Counter>,
    keys: Family<[Label<&'static str>; 1], Counter>,
    job_runs: Counter,
    jobs: Family<[Label<&'static str>; 2], Counter>,
    refresh: Option<Refresh>,
}

impl Metrics {
    /// All counters at 0, and the given sources for each scrape.
    pub fn new(sources: Vec<Source>) -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("minsu"),
            requests: Family::default(),
            answers: Family::default(),
            seconds: Family::new_with_constructor(Latency),
            running: Gauge::default(),
            panics: Counter::default(),
            captchas: Family::default(),
            sms: Family::default(),
            proofs: Family::default(),
            payments: Family::default(),
            feeds: Family::default(),
            webhooks: Family::default(),
            messages: Family::default(),
            busy: Family::default(),
            orders: Family::default(),
            keys: Family::default(),
            job_runs: Counter::default(),
            jobs: Family::default(),
            refresh: None,
        };
        let metrics = metrics.registered(sources);
        metrics.start_at_zero();
        metrics
    }

    /// Gives each its name.
    fn registered(mut self, sources: Vec<Source>) -> Self {
        let registry = &mut self.registry;
        registry.register("requests", "answered requests by route template", self.requests.clone());
        registry.register("answers", "answers of the API by their code", self.answers.clone());
        registry.register("request_seconds", "time from a request's head to its answer", self.seconds.clone());
        registry.register("requests_running", "requests that are being answered", self.running.clone());
        registry.register("panics", "panics: each is a defect", self.panics.clone());
        registry.register("captchas", "captchas by what became of them", self.captchas.clone());
        registry.register("sms", "messages by what became of them", self.sms.clone());
        registry.register("busy", "heavy work that was refused because too much of it waited", self.busy.clone());
        registry.register("proofs", "proofs of work by what became of them", self.proofs.clone());
        registry.register("payments", "payments, refunds and notices by what became of them", self.payments.clone());
        let calendars = "calendars of other sites, and those that they are given, by what became of them";
        registry.register("feeds", calendars, self.feeds.clone());
        registry.register("webhooks", "deliveries to webhooks by what became of them", self.webhooks.clone());
        registry.register("messages", "messages to people by what became of them", self.messages.clone());
        registry.register("orders", "orders that came into a state", self.orders.clone());
        registry.register("idempotency_keys", "requests with a key by what it was", self.keys.clone());
        registry.register("job_runs", "runs of due jobs", self.job_runs.clone());
        registry.register("jobs", "work of the clock by what became of it", self.jobs.clone());
        registry.register_collector(Box::new(Readings(sources)));
        self
    }

    /// Sets the function that [`Metrics::refresh`] calls: it updates readings that take time.
    #[must_use]
    pub fn refreshed_by(self, refresh: Refresh) -> Self {
        Self { refresh: Some(refresh), ..self }
    }

    /// Updates the readings that take time; [`Metrics::text`] then shows them.
    pub async fn refresh(&self) {
        if let Some(refresh) = &self.refresh {
            refresh().await;
        }
    }

    /// A counter that does not exist yet has no rate: counters of rare events exist from the start.
    fn start_at_zero(&self) {
        for result in ["issued", "solved", "missed", "expired"] {
            drop(self.captchas.get_or_create(&[("result", result)]));
        }
        for result in ["sent", "refused", "over_budget", "used"] {
            drop(self.sms.get_or_create(&[("result", result)]));
        }
        for work in Work::ALL {
            drop(self.busy.get_or_create(&[("work", work_label(work))]));
        }
        for result in ["accepted", "refused"] {
            drop(self.proofs.get_or_create(&[("result", result)]));
        }
        for result in ["claimed", "replayed", "running", "reused", "recovered"] {
            drop(self.keys.get_or_create(&[("result", result)]));
        }
        for signal in PaymentSignal::ALL {
            drop(self.payments.get_or_create(&[("result", signal.name())]));
        }
        for signal in FeedSignal::ALL {
            drop(self.feeds.get_or_create(&[("result", signal.name())]));
        }
        for signal in WebhookSignal::ALL {
            drop(self.webhooks.get_or_create(&[("result", signal.name())]));
        }
        for signal in MessageSignal::ALL {
            drop(self.messages.get_or_create(&[("result", signal.name())]));
        }
        for job in Job::ALL {
            for result in ["done", "failed", "dead"] {
                drop(self.jobs.get_or_create(&[("job", job.name()), ("result", result)]));
            }
        }
        for status in OrderStatus::ALL {
            drop(self.orders.get_or_create(&[("state", state_label(status))]));
        }
    }

    /// Counts a panic.
    pub fn panicked(&self) {
        self.panics.inc();
    }

    /// All metrics in the text format of OpenMetrics.
    ///
    /// # Errors
    /// When a source gives a name or a label that cannot be written.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl RequestMetrics for Metrics {
    fn began(&self) {
        self.running.inc();
    }

    fn ended(&self) {
        self.running.dec();
    }

    fn of_answer(&self, method: &str, route: &str, status: u16, code: Option<&str>) -> Arc<dyn AnswerMetrics> {
        let (method, route) = (("method", method.to_owned()), ("route", route.to_owned()));
        let requests = self.requests.get_or_create(&[method.clone(), route.clone(), ("status", status.to_string())]);
        let answers = code.map(|code| self.answers.get_or_create(&[route.clone(), ("errno", code.to_owned())]).clone());
        Arc::new(AnswerCounters {
            requests: requests.clone(),
            answers,
            seconds: self.seconds.get_or_create(&[method, route]).clone(),
        })
    }
}

impl Telemetry for Metrics {
    fn count(&self, signal: Signal) {
        let job = |job: Job, result| {
            self.jobs.get_or_create(&[("job", job.name()), ("result", result)]).inc();
        };
        let (family, result) = match signal {
            Signal::CaptchaIssued => (&self.captchas, "issued"),
            Signal::CaptchaSolved => (&self.captchas, "solved"),
            Signal::CaptchaMissed => (&self.captchas, "missed"),
            Signal::CaptchaExpired => (&self.captchas, "expired"),
            Signal::SmsSent => (&self.sms, "sent"),
            Signal::SmsRefused => (&self.sms, "refused"),
            Signal::SmsOverBudget => (&self.sms, "over_budget"),
            Signal::SmsCodeUsed => (&self.sms, "used"),
            Signal::WorkRefused(work) => {
                self.busy.get_or_create(&[("work", work_label(work))]).inc();
                return;
            }
            Signal::ProofAccepted => (&self.proofs, "accepted"),
            Signal::ProofRefused => (&self.proofs, "refused"),
            Signal::Payment(signal) => (&self.payments, signal.name()),
            Signal::Feed(signal) => (&self.feeds, signal.name()),
            Signal::Webhook(signal) => (&self.webhooks, signal.name()),
            Signal::Message(signal) => (&self.messages, signal.name()),
            Signal::KeyClaimed => (&self.keys, "claimed"),
            Signal::KeyReplayed => (&self.keys, "replayed"),
            Signal::KeyRunning => (&self.keys, "running"),
            Signal::KeyReused => (&self.keys, "reused"),
            Signal::KeyRecovered => (&self.keys, "recovered"),
            Signal::JobsRan => {
                self.job_runs.inc();
                return;
            }
            Signal::JobDone(of) => return job(of, "done"),
            Signal::JobFailed(of) => return job(of, "failed"),
            Signal::JobDead(of) => return job(of, "dead"),
        };
        family.get_or_create(&[("result", result)]).inc();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Kind, NAMES, Reading};
    use minsu_domain::{Event, HouseId, OrderEvent, OrderId, UserId};
    use minsu_ports::{EventSubscriber, Outcome};

    fn metrics() -> Metrics {
        Metrics::new(vec![Box::new(|| {
            vec![
                Reading {
                    name: "pages",
                    says: "pages",
                    kind: Kind::Counter,
                    label: "tier",
                    values: vec![("local", 3)],
                },
                Reading {
                    name: "database_connections_max",
                    says: "most",
                    kind: Kind::Gauge,
                    label: "",
                    values: vec![("", 16)],
                },
            ]
        })])
    }

    fn line(metrics: &Metrics, start: &str) -> String {
        let text = metrics.text().unwrap_or_default();
        text.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned()
    }

    #[test]
    fn every_signal_moves_its_own_counter() {
        let metrics = metrics();
        for (signal, counter) in [
            (Signal::CaptchaIssued, "minsu_captchas_total{result=\"issued\"}"),
            (Signal::CaptchaSolved, "minsu_captchas_total{result=\"solved\"}"),
            (Signal::CaptchaMissed, "minsu_captchas_total{result=\"missed\"}"),
            (Signal::CaptchaExpired, "minsu_captchas_total{result=\"expired\"}"),
            (Signal::SmsSent, "minsu_sms_total{result=\"sent\"}"),
            (Signal::SmsRefused, "minsu_sms_total{result=\"refused\"}"),
            (Signal::SmsOverBudget, "minsu_sms_total{result=\"over_budget\"}"),
            (Signal::SmsCodeUsed, "minsu_sms_total{result=\"used\"}"),
            (Signal::WorkRefused(Work::Searches), "minsu_busy_total{work=\"searches\"}"),
            (Signal::ProofAccepted, "minsu_proofs_total{result=\"accepted\"}"),
            (Signal::ProofRefused, "minsu_proofs_total{result=\"refused\"}"),
            (Signal::Feed(FeedSignal::Held), "minsu_feeds_total{result=\"held\"}"),
            (Signal::Payment(PaymentSignal::PaidBack), "minsu_payments_total{result=\"paid_back\"}"),
            (Signal::Webhook(WebhookSignal::Parked), "minsu_webhooks_total{result=\"parked\"}"),
            (Signal::Message(MessageSignal::PutOff), "minsu_messages_total{result=\"put_off\"}"),
            (Signal::JobsRan, "minsu_job_runs_total"),
            (Signal::JobDone(Job::ExpireOrders), "minsu_jobs_total{job=\"expire_orders\",result=\"done\"}"),
            (Signal::JobFailed(Job::ExpireOrders), "minsu_jobs_total{job=\"expire_orders\",result=\"failed\"}"),
            (Signal::JobDead(Job::ExpireOrders), "minsu_jobs_total{job=\"expire_orders\",result=\"dead\"}"),
        ] {
            assert_eq!(line(&metrics, counter), format!("{counter} 0"));
            metrics.count(signal);
            assert_eq!(line(&metrics, counter), format!("{counter} 1"));
        }
    }

    #[test]
    fn orders_are_counted_by_the_state_that_they_entered_once_that_is_certain() {
        let metrics = metrics();
        let id = |number| UserId::new(number).unwrap_or_else(|_| unreachable!());
        let order = OrderEvent {
            order: OrderId::new(3).unwrap_or_else(|_| unreachable!()),
            house: HouseId::new(7).unwrap_or_else(|_| unreachable!()),
            landlord: id(1),
            guest: id(2),
            entered: OrderStatus::Rejected,
        };
        let events = [Event::AccountRenamed { user: id(1) }, Event::OrderRejected(order)];
        let counter = "minsu_orders_total{state=\"REJECTED\"}";
        drop(metrics.notify(&events, Outcome::Unknown));
        assert_eq!(line(&metrics, counter), format!("{counter} 0"));
        drop(metrics.notify(&events, Outcome::Committed));
        assert_eq!(line(&metrics, counter), format!("{counter} 1"));
    }

    #[test]
    fn requests_have_a_code_and_a_latency() {
        let metrics = metrics();
        metrics.began();
        assert_eq!(line(&metrics, "minsu_requests_running"), "minsu_requests_running 1");
        metrics.of_answer("GET", "/houses/{id}", 200, Some("4002")).count(Duration::from_millis(3));
        metrics.ended();
        metrics.panicked();
        for expected in [
            "minsu_requests_total{method=\"GET\",route=\"/houses/{id}\",status=\"200\"} 1",
            "minsu_answers_total{route=\"/houses/{id}\",errno=\"4002\"} 1",
            "minsu_request_seconds_bucket{le=\"0.0025\",method=\"GET\",route=\"/houses/{id}\"} 0",
            "minsu_request_seconds_bucket{le=\"0.005\",method=\"GET\",route=\"/houses/{id}\"} 1",
            "minsu_requests_running 0",
            "minsu_panics_total 1",
            "minsu_pages_total{tier=\"local\"} 3",
            "minsu_database_connections_max 16",
        ] {
            let start = expected.rsplit_once(' ').map_or(expected, |(start, _)| start);
            assert_eq!(line(&metrics, start), expected);
        }
    }

    #[test]
    fn every_metric_has_a_name_and_a_line_in_the_list() {
        let text = metrics().text().unwrap_or_default();
        for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
            let (name, kind) = line.split_once(' ').unwrap_or_default();
            let name = if kind == "counter" { format!("{name}_total") } else { name.to_owned() };
            assert!(
                NAMES.iter().any(|known| known.name == name && known.kind == kind),
                "{name} {kind} is not in NAMES"
            );
        }
    }
}
