//! The counters, and how they are read.

use std::{sync::atomic::AtomicI64, time::Duration};

use minsu_domain::OrderStatus;
use minsu_ports::{Event, Events};
use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::Counter,
        family::{Family, MetricConstructor},
        gauge::Gauge,
        histogram::Histogram,
    },
    registry::Registry,
};

use crate::readings::{Readings, Refresh, Source};

/// Bounds of the latency histogram in seconds: from an answer out of memory to a deadline.
const BOUNDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

type Label<T> = (&'static str, T);

/// Makes the histogram of a new label set.
#[derive(Clone)]
struct Latency;

impl MetricConstructor<Histogram> for Latency {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BOUNDS)
    }
}

/// The figures of a process.
pub struct Metrics {
    registry: Registry,
    requests: Family<[Label<String>; 3], Counter>,
    answers: Family<[Label<String>; 2], Counter>,
    seconds: Family<[Label<String>; 2], Histogram, Latency>,
    running: Gauge<i64, AtomicI64>,
    panics: Counter,
    captchas: Family<[Label<&'static str>; 1], Counter>,
    sms: Family<[Label<&'static str>; 1], Counter>,
    orders: Family<[Label<&'static str>; 1], Counter>,
    refresh: Option<Refresh>,
}

/// The figures of one kind of answer.
#[derive(Clone)]
pub struct AnswerFigures {
    requests: Counter,
    answers: Option<Counter>,
    seconds: Histogram,
}

impl AnswerFigures {
    /// A request was answered so, and it took so long.
    pub fn count(&self, took: Duration) {
        self.requests.inc();
        if let Some(answers) = &self.answers {
            answers.inc();
        }
        self.seconds.observe(took.as_secs_f64());
    }
}

impl Metrics {
    /// Everything at 0, and what the sources say from now on.
    pub fn new(sources: Vec<Source>) -> Self {
        let requests = Family::default();
        let answers = Family::default();
        let seconds = Family::new_with_constructor(Latency);
        let running = Gauge::default();
        let panics = Counter::default();
        let captchas = Family::default();
        let sms = Family::default();
        let orders = Family::default();
        let mut registry = Registry::with_prefix("minsu");
        registry.register("requests", "answered requests by route template", requests.clone());
        registry.register("answers", "answers of the API by their code", answers.clone());
        registry.register("request_seconds", "time from a request's head to its answer", seconds.clone());
        registry.register("requests_running", "requests that are being answered", running.clone());
        registry.register("panics", "panics: each is a defect", panics.clone());
        registry.register("captchas", "captchas by what became of them", captchas.clone());
        registry.register("sms", "messages by what the SMS service said", sms.clone());
        registry.register("orders", "orders that came into a state", orders.clone());
        registry.register_collector(Box::new(Readings(sources)));
        let metrics =
            Self { registry, requests, answers, seconds, running, panics, captchas, sms, orders, refresh: None };
        metrics.start_at_zero();
        metrics
    }

    /// Has somebody do what takes time before the figures are read.
    #[must_use]
    pub fn refreshed_by(self, refresh: Refresh) -> Self {
        Self { refresh: Some(refresh), ..self }
    }

    /// Brings up to date what takes time; [`Metrics::text`] then shows it.
    pub async fn refresh(&self) {
        if let Some(refresh) = &self.refresh {
            refresh().await;
        }
    }

    /// A counter that is not there yet has no rate: what is counted seldom is there from the start.
    fn start_at_zero(&self) {
        for result in ["issued", "solved", "missed", "expired"] {
            drop(self.captchas.get_or_create(&[("result", result)]));
        }
        for result in ["sent", "refused"] {
            drop(self.sms.get_or_create(&[("result", result)]));
        }
        for status in OrderStatus::ALL {
            drop(self.orders.get_or_create(&[("state", status.name())]));
        }
    }

    /// A request began.
    pub fn began(&self) {
        self.running.inc();
    }

    /// A request ended, whatever became of it.
    pub fn ended(&self) {
        self.running.dec();
    }

    /// The figures of one kind of answer. `route` is the template, `errno` the code where the answer
    /// has one. Finding them costs more than counting: who answers often keeps them.
    pub fn of_answer(&self, method: &str, route: &str, status: u16, errno: Option<&str>) -> AnswerFigures {
        let (method, route) = (("method", method.to_owned()), ("route", route.to_owned()));
        let requests = self.requests.get_or_create(&[method.clone(), route.clone(), ("status", status.to_string())]);
        let answers =
            errno.map(|errno| self.answers.get_or_create(&[route.clone(), ("errno", errno.to_owned())]).clone());
        AnswerFigures {
            requests: requests.clone(),
            answers,
            seconds: self.seconds.get_or_create(&[method, route]).clone(),
        }
    }

    /// Something panicked.
    pub fn panicked(&self) {
        self.panics.inc();
    }

    /// Everything in the text format of OpenMetrics.
    ///
    /// # Errors
    /// When a source gives a name or a label that cannot be written.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Events for Metrics {
    fn happened(&self, event: Event) {
        let (family, label) = match event {
            Event::CaptchaIssued => (&self.captchas, ("result", "issued")),
            Event::CaptchaSolved => (&self.captchas, ("result", "solved")),
            Event::CaptchaMissed => (&self.captchas, ("result", "missed")),
            Event::CaptchaExpired => (&self.captchas, ("result", "expired")),
            Event::SmsSent => (&self.sms, ("result", "sent")),
            Event::SmsRefused => (&self.sms, ("result", "refused")),
            Event::OrderEntered(status) => (&self.orders, ("state", status.name())),
        };
        family.get_or_create(&[label]).inc();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, NAMES, Reading};

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
    fn every_event_moves_its_own_counter() {
        let metrics = metrics();
        for (event, counter) in [
            (Event::CaptchaIssued, "minsu_captchas_total{result=\"issued\"}"),
            (Event::CaptchaSolved, "minsu_captchas_total{result=\"solved\"}"),
            (Event::CaptchaMissed, "minsu_captchas_total{result=\"missed\"}"),
            (Event::CaptchaExpired, "minsu_captchas_total{result=\"expired\"}"),
            (Event::SmsSent, "minsu_sms_total{result=\"sent\"}"),
            (Event::SmsRefused, "minsu_sms_total{result=\"refused\"}"),
            (Event::OrderEntered(OrderStatus::Rejected), "minsu_orders_total{state=\"REJECTED\"}"),
        ] {
            assert_eq!(line(&metrics, counter), format!("{counter} 0"));
            metrics.happened(event);
            assert_eq!(line(&metrics, counter), format!("{counter} 1"));
        }
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
