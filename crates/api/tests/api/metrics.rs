//! The metrics and their labels; dashboard and alert rules ask only for metrics that exist.

use std::{collections::BTreeSet, fmt::Write, net::TcpListener, path::Path, sync::Arc, time::Duration};

use chrono::TimeDelta;
use minsu_api::{
    commands::seed::{self, SeedOptions, Shares},
    serve::serve_metrics,
    wiring::{self, wire},
};
use minsu_domain::OrderStatus;
use minsu_metrics::{Metrics, NAMES};
use minsu_ports::{Job, WorkerId};
use minsu_settings::{Profile, Settings};
use reqwest::Method;
use serde_json::json;

use crate::{
    docs::{compare, generated, workspace_file},
    support::{Client, TestServer, World, world::order},
};

/// Serves the metrics as the binary does; the thread ends with the test process.
fn shown(metrics: Arc<Metrics>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async { serve_metrics(listener, metrics).unwrap().await }).unwrap();
    });
    url
}

fn value(text: &str, series: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map_or(0, |value| value.parse().unwrap())
}

#[tokio::test]
async fn a_story_can_be_read_in_the_metrics() {
    let server = TestServer::start().await;
    let url = shown(server.metrics.clone());
    let world = World::on(server).await;
    let (house, day) = (world.house, world.free_day());
    order(&world.guest, house, &day, &day).await.ok();
    order(&world.stranger, house, &day, &day).await.refused("4004");
    let rejected = world.order().await;
    let status = format!("/api/v1.0/orders/{rejected}/status");
    world.landlord.put(&status, &json!({"action": "reject", "reason": "装修"})).await.ok();
    world.accepted_order().await;
    world.anonymous.get("/api/v1.0/smscode/13800000009?text=x&id=unknown").await.refused("4002");
    let odd = world.anonymous.request(Method::from_bytes(b"BREW").unwrap(), "/api/v1.0/areas");
    assert_eq!(world.anonymous.send(odd).await.status, 405);
    world.anonymous.get("/no/such/path/13800000009").await;

    let answer = world.anonymous.get(&url).await;
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
    let orders = "method=\"POST\",route=\"/api/v1.0/orders\"";
    for (series, expected) in [
        (format!("minsu_requests_total{{{orders},status=\"200\"}}"), 4),
        (format!("minsu_request_seconds_count{{{orders}}}"), 4),
        ("minsu_answers_total{route=\"/api/v1.0/orders\",errno=\"0\"}".into(), 3),
        ("minsu_answers_total{route=\"/api/v1.0/orders\",errno=\"4004\"}".into(), 1),
        ("minsu_orders_total{state=\"WAIT_ACCEPT\"}".into(), 3),
        ("minsu_orders_total{state=\"REJECTED\"}".into(), 1),
        ("minsu_orders_total{state=\"WAIT_COMMENT\"}".into(), 1),
        ("minsu_captchas_total{result=\"issued\"}".into(), 3),
        ("minsu_captchas_total{result=\"solved\"}".into(), 3),
        ("minsu_captchas_total{result=\"expired\"}".into(), 1),
        ("minsu_sms_total{result=\"sent\"}".into(), 3),
        ("minsu_requests_running".into(), 0),
        ("minsu_panics_total".into(), 0),
    ] {
        assert_eq!(value(&text, &series), expected, "{series}\n{text}");
    }
    assert!(text.contains("method=\"other\"") && !text.contains("BREW"), "{text}");
    assert!(text.contains("route=\"unknown\"") && !text.contains("such"), "{text}");
    for private in ["13800000009", &format!("/orders/{rejected}"), "13800000001"] {
        assert!(!text.contains(private), "{private} shows in\n{text}");
    }
    assert_eq!(Client::new(&world.server).get("/metrics").await.status, 404, "the site itself shows metrics");
}

#[tokio::test]
async fn the_wired_process_tells_of_its_pools() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::defaults(Profile::Dev, folder.path());
    minsu_store::migrate_up(settings.database.url.expose()).await.unwrap();
    let site = wire(&settings).await.unwrap();
    let before = value(&site.metrics.text().unwrap(), "minsu_database_statements_total");
    site.state.app.store.read().await.unwrap().reference().areas().await.unwrap();
    let text = site.metrics.text().unwrap();
    assert_eq!(value(&text, "minsu_database_connections_max"), u64::from(settings.database.max_connections));
    assert!(value(&text, "minsu_database_connections{state=\"idle\"}") > 0, "{text}");
    assert_eq!(value(&text, "minsu_database_statements_total"), before + 1);
    assert!(text.contains("\nminsu_replica_fallbacks_total 0\n"), "{text}");
}

/// `minsu_orders_held` by state, as a reader of the metrics sees it.
async fn held(metrics: &Metrics) -> Vec<(String, u64)> {
    metrics.refresh().await;
    let text = metrics.text().unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("minsu_orders_held{state=\"")?.split_once("\"} "));
    lines.map(|(state, orders)| (state.to_owned(), orders.parse().unwrap())).collect()
}

#[tokio::test]
async fn orders_of_the_database_are_counted_by_state_and_not_for_every_reader() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::defaults(Profile::Dev, folder.path());
    minsu_store::migrate_up(settings.database.url.expose()).await.unwrap();
    let site = wire(&settings).await.unwrap();
    assert!(!site.metrics.text().unwrap().contains("minsu_orders_held"), "shown before it was counted");
    let none: Vec<_> =
        OrderStatus::ALL.into_iter().map(|status| (minsu_metrics::state_label(status).to_owned(), 0)).collect();
    assert_eq!(held(&site.metrics).await, none);

    let store = wiring::store(&settings).await.unwrap();
    let shares = Shares { rules: 30, blocks: 0, pictures: 0 };
    let options = SeedOptions { houses: 20, orders: 50, seed: 1, shares };
    seed::seed(&site.state.app, &store, options).await.unwrap();
    let before = value(&site.metrics.text().unwrap(), "minsu_database_statements_total");
    assert_eq!(held(&site.metrics).await, none, "counted anew after a moment");
    // Only when each job is due, and what waits for the payment provider, is read each time.
    assert_eq!(value(&site.metrics.text().unwrap(), "minsu_database_statements_total"), before + 4);

    let fresh = wire(&settings).await.unwrap();
    let counted = held(&fresh.metrics).await;
    assert_eq!(counted.iter().map(|(_, orders)| orders).sum::<u64>(), 50, "{counted:?}");
    assert_eq!(counted.len(), OrderStatus::ALL.len());
    // The entries that outlive a process were read when it started.
    assert_eq!(value(&fresh.metrics.text().unwrap(), "minsu_database_statements_total"), 6);
}

#[tokio::test]
async fn a_job_that_no_process_runs_grows_old_in_the_metrics() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::defaults(Profile::Dev, folder.path());
    minsu_store::migrate_up(settings.database.url.expose()).await.unwrap();
    let site = wire(&settings).await.unwrap();
    let overdue = async |job: Job| {
        site.metrics.refresh().await;
        value(&site.metrics.text().unwrap(), &format!("minsu_job_overdue_seconds{{job=\"{}\"}}", job.name()))
    };
    assert_eq!(overdue(Job::ExpireOrders).await, 0);
    let (worker, now) = (WorkerId(1), site.state.app.clock.now());
    let mut transaction = site.state.app.store.begin().await.unwrap();
    let lasts = Duration::from_secs(60);
    assert!(transaction.jobs().lease(Job::ExpireOrders, worker, now, now, lasts).await.unwrap());
    transaction.jobs().finish(Job::ExpireOrders, worker, now - TimeDelta::hours(1)).await.unwrap();
    transaction.commit().await.unwrap();
    let seconds = overdue(Job::ExpireOrders).await;
    assert!((3_600..3_700).contains(&seconds), "{seconds}");
    assert_eq!(overdue(Job::PruneRows).await, 0);
}

/// The metric names in a text.
fn names_in(text: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let words = text.split(|c: char| !word(c)).filter(|word| word.starts_with("minsu_"));
    let metric = |word: &str| {
        let histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end));
        histogram.unwrap_or(word).to_owned()
    };
    words.map(metric).collect()
}

#[test]
fn dashboard_and_alert_rules_ask_for_metrics_that_there_are() {
    let known: BTreeSet<_> = NAMES.iter().map(|name| name.name.to_owned()).collect();
    for (file, few) in [("docs/operations/prometheus/alerts.yml", 8), ("docs/operations/grafana/minsu.json", 12)] {
        let asked = names_in(&std::fs::read_to_string(workspace_file(file)).unwrap());
        assert_eq!(asked.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "{file}");
        assert!(asked.len() >= few, "{file} asks for {asked:?} only");
    }
}

#[test]
fn every_label_that_the_files_use_is_one_of_its_metric() {
    for file in ["docs/operations/prometheus/alerts.yml", "docs/operations/grafana/minsu.json"] {
        let text = std::fs::read_to_string(workspace_file(file)).unwrap().replace("\\\"", "\"");
        for name in NAMES {
            for selector in text.split(name.name).skip(1).filter_map(|rest| selector(rest)) {
                for label in selector.split(',').filter_map(|pair| pair.split(['=', '!']).next()) {
                    let label = label.trim();
                    assert!(name.labels.contains(&label) || label == "le", "{file}: {}{{{selector}}}", name.name);
                }
            }
        }
    }
}

/// Each alarm of payments says what to do.
#[test]
fn every_alarm_of_payments_has_its_entry_in_the_runbook() {
    let file = |path| std::fs::read_to_string(workspace_file(path)).unwrap();
    let (rules, runbook) = (file("docs/operations/prometheus/alerts.yml"), file("docs/operations/payments.md"));
    let of_payments = |rule: &&str| ["minsu_payment", "minsu_refund"].iter().any(|name| rule.contains(name));
    let alarms = rules.split("- alert: ").skip(1).filter(of_payments);
    let mut count = 0;
    for alarm in alarms {
        let name = alarm.lines().next().unwrap();
        let entry = format!("\n## {name}\n");
        assert!(runbook.contains(&entry), "{name}");
        let place = format!("runbook: \"docs/operations/payments.md#{}\"", name.to_lowercase());
        assert!(alarm.contains(&place), "{name}");
        count += 1;
    }
    assert!(count >= 5, "{count}");
}

/// The text in braces right behind a name.
fn selector(rest: &str) -> Option<&str> {
    let rest = ["_bucket", "_sum", "_count"].iter().find_map(|end| rest.strip_prefix(end)).unwrap_or(rest);
    rest.strip_prefix('{')?.split('}').next()
}

#[test]
fn the_page_of_metrics_names_each() {
    let mut page = format!(
        "# Metrics\n\n{}\nServed at `/metrics` on the address of `metrics.listen` (off by default), in the format of \
         OpenMetrics. Labels have\nfew values: route templates, never paths; no ids, no numbers of persons.\n\n\
         | name | kind | labels | says |\n|---|---|---|---|\n",
        generated("metrics")
    );
    for name in NAMES {
        let labels = name.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        writeln!(page, "| `{}` | {} | {labels} | {} |", name.name, name.kind, name.says).unwrap();
    }
    page.push_str(
        "\n[Alert rules](operations/prometheus/alerts.yml) and a [dashboard](operations/grafana/minsu.json) ask for them.\n",
    );
    assert!(Path::new(&workspace_file("docs/operations/prometheus/alerts.yml")).exists());
    compare("docs/metrics.md", &page);
}
