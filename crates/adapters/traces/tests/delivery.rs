//! The spans that arrive at a collector.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::{Duration, Instant};

use minsu_fakes::{Collector, Fault, unused_url};
use minsu_ports::RequestTraces;
use minsu_traces::{ProbeError, TraceContexts, Traces, TracesOptions, probe};
use tracing_subscriber::{layer::SubscriberExt, registry};

fn options(endpoint: String) -> TracesOptions {
    TracesOptions {
        endpoint,
        headers: Some(format!("authorization={}", Collector::AUTHORIZATION).into()),
        part: 1.0,
        deadline: Duration::from_millis(500),
        interval: Duration::from_millis(50),
        queue: 512,
        service: "test".to_owned(),
        version: "1".to_owned(),
        instance: "1".to_owned(),
    }
}

/// Traces some work; returns how long the work and the stop took.
async fn exported(options: TracesOptions, work: impl FnOnce() + Send + 'static) -> (Duration, Duration) {
    let task = tokio::task::spawn_blocking(move || {
        let traces = Traces::start(&options).unwrap();
        let began = Instant::now();
        tracing::subscriber::with_default(registry().with(traces.layer()), work);
        let worked = began.elapsed();
        traces.stop(options.deadline);
        (worked, began.elapsed() - worked)
    });
    task.await.unwrap()
}

fn request() -> tracing::Span {
    tracing::trace_span!(target: "minsu_test", "request", otel.kind = "server")
}

#[tokio::test]
async fn spans_of_requests_arrive_with_their_names_and_parents() {
    let collector = Collector::start().await;
    exported(options(collector.url()), || {
        let span = request();
        TraceContexts.continue_from(&span, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Some("a=b"));
        span.in_scope(|| {
            tracing::error!(target: "minsu_test", "a line of the log");
            let inner = tracing::trace_span!(target: "minsu_test", "inner", otel.kind = "client", rows = 3);
            inner.in_scope(|| tracing::trace_span!(target: "someone_else", "foreign").in_scope(|| {}));
        });
        TraceContexts.rename(&span, "GET /".to_owned());
        drop(span);
        tracing::trace_span!(target: "minsu_test", "outside", otel.kind = "client").in_scope(|| {});
    })
    .await;
    let mut spans = collector.spans();
    spans.sort_by(|a, b| a.name.cmp(&b.name));
    let [outer, inner] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((&*outer.name, &*outer.service, outer.kind, outer.events), ("GET /", "test", 2, 0));
    assert_eq!((&*outer.trace, &*outer.parent), ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"));
    assert_eq!((&*inner.name, &*inner.parent, inner.kind, inner.attribute("rows")), ("inner", &*outer.id, 3, "3"));
}

#[tokio::test]
async fn a_parent_that_cannot_be_read_begins_a_trace() {
    let collector = Collector::start().await;
    let wrong = ["", "x", "00-0-0-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "ff-a-b-c"];
    exported(options(collector.url()), move || {
        for parent in wrong {
            let span = request();
            TraceContexts.continue_from(&span, parent, None);
        }
    })
    .await;
    let spans = collector.spans();
    assert!(spans.len() == wrong.len() && spans.iter().all(|span| span.parent.is_empty()), "{spans:?}");
}

#[tokio::test]
async fn a_collector_that_does_not_answer_delays_no_request() {
    let silent = Collector::start().await;
    silent.faults().fail(Fault::Silence);
    for url in [silent.url(), unused_url()] {
        let many = || (0..20_000).for_each(|_| drop(request()));
        let (worked, ended) = exported(options(url.clone()), many).await;
        // Twenty thousand spans, a queue of five hundred, and half a second for each delivery.
        assert!(worked < Duration::from_secs(5), "{worked:?} at {url}");
        assert!(ended < Duration::from_secs(3), "{ended:?} at {url}");
    }
}

#[tokio::test]
async fn a_collector_that_comes_back_gets_what_comes_after() {
    let collector = Collector::start().await;
    collector.faults().fail_once(Fault::Refusal("400".to_owned()));
    exported(options(collector.url()), || {
        drop(request());
        std::thread::sleep(Duration::from_millis(400));
        drop(request());
    })
    .await;
    assert_eq!(collector.spans().len(), 1);
}

#[tokio::test]
async fn a_probe_tells_what_is_wrong() {
    let collector = Collector::start().await;
    probe(&options(collector.url())).await.unwrap();
    assert!(collector.spans().is_empty());
    let wrong_token = TracesOptions { headers: Some("authorization=other".into()), ..options(collector.url()) };
    assert!(matches!(probe(&wrong_token).await, Err(ProbeError::Refused(401))));
    assert!(matches!(probe(&options(unused_url())).await, Err(ProbeError::Call(_))));
    let no_headers = TracesOptions { headers: Some("secret".into()), ..options(collector.url()) };
    let error = probe(&no_headers).await.unwrap_err();
    assert!(matches!(error, ProbeError::Setup(_)) && !error.to_string().contains("secret"));
}
