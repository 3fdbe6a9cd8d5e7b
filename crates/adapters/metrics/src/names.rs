//! Every metric by its name, as Prometheus sees it, and the labels that stand for values of the domain.

use minsu_domain::OrderStatus;
use minsu_ports::Work;

/// The label `state` of an order.
pub const fn state_label(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::WaitAccept => "WAIT_ACCEPT",
        OrderStatus::WaitPayment => "WAIT_PAYMENT",
        OrderStatus::Paid => "PAID",
        OrderStatus::WaitComment => "WAIT_COMMENT",
        OrderStatus::Complete => "COMPLETE",
        OrderStatus::Canceled => "CANCELED",
        OrderStatus::Rejected => "REJECTED",
    }
}

/// The label `work` of heavy work.
pub(crate) const fn work_label(work: Work) -> &'static str {
    match work {
        Work::Hashing => "hashing",
        Work::Pictures => "pictures",
        Work::Searches => "searches",
        Work::Exports => "exports",
    }
}

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// As Prometheus queries it; a histogram has `_bucket`, `_sum` and `_count` behind it.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it says.
    pub says: &'static str,
}

const fn name(name: &'static str, kind: &'static str, labels: &'static [&'static str], says: &'static str) -> Name {
    Name { name, kind, labels, says }
}

/// Every metric of the process.
pub const NAMES: &[Name] = &[
    name("minsu_requests_total", "counter", &["method", "route", "status"], "answered requests by route template"),
    name("minsu_answers_total", "counter", &["route", "errno"], "answers of the API by their code"),
    name("minsu_request_seconds", "histogram", &["method", "route"], "time from a request's head to its answer"),
    name("minsu_requests_running", "gauge", &[], "requests that are being answered"),
    name("minsu_panics_total", "counter", &[], "panics: each is a defect"),
    name("minsu_captchas_total", "counter", &["result"], "captchas that were issued, solved, missed, expired"),
    name(
        "minsu_sms_total",
        "counter",
        &["result"],
        "messages: sent, refused by the SMS service, over_budget, and used, those whose code was typed",
    ),
    name("minsu_busy_total", "counter", &["work"], "heavy work that was refused because too much of it waited"),
    name("minsu_proofs_total", "counter", &["result"], "proofs of work that were accepted or refused"),
    name(
        "minsu_idempotency_keys_total",
        "counter",
        &["result"],
        "requests with an idempotency key: claimed, replayed, running, reused, recovered",
    ),
    name(
        "minsu_payments_total",
        "counter",
        &["result"],
        "payments: notice_taken, notice_refused, received, paid_back, refunded, refund_failed, provider_failed, and \
         difference, entries of a provider's bill that differ",
    ),
    name(
        "minsu_payment_differences",
        "gauge",
        &[],
        "entries of the payment provider's bills of the last seven days that differ from the payments here: the same in \
         every process",
    ),
    name(
        "minsu_refund_oldest_seconds",
        "gauge",
        &[],
        "seconds since the oldest refund was made that is neither done nor failed: the same in every process",
    ),
    name(
        "minsu_feeds_total",
        "counter",
        &["result"],
        "calendars of other sites: read, unchanged, failed, dropped because they were changed meanwhile, held, conflict; \
         and served to other sites",
    ),
    name(
        "minsu_webhooks_total",
        "counter",
        &["result"],
        "deliveries to webhooks: delivered, failed (and tried again), parked, and disabled, webhooks that took nothing \
         for days",
    ),
    name(
        "minsu_messages_total",
        "counter",
        &["result"],
        "messages to people: sent, refused by the SMS service, put_off by a limit, and dropped, not wanted or too old",
    ),
    name("minsu_job_runs_total", "counter", &[], "runs of due jobs: some each minute while jobs are done here"),
    name(
        "minsu_jobs_total",
        "counter",
        &["job", "result"],
        "work of the clock: done, failed and tried again, dead when it is not tried again",
    ),
    name(
        "minsu_job_overdue_seconds",
        "gauge",
        &["job"],
        "seconds since a job became due and was not finished: the same in every process",
    ),
    name("minsu_orders_total", "counter", &["state"], "orders that came into a state"),
    name(
        "minsu_orders_held",
        "gauge",
        &["state"],
        "orders in the database by state: the same in every process, and as old as 30 seconds or more",
    ),
    name("minsu_database_connections", "gauge", &["state"], "connections of the pools to the database: idle, used"),
    name("minsu_database_connections_max", "gauge", &[], "the most connections that the pools may have"),
    name("minsu_database_statements_total", "counter", &[], "statements that were sent to the database"),
    name("minsu_database_unanswered_total", "counter", &[], "statements that got no answer in time"),
    name("minsu_replica_fallbacks_total", "counter", &[], "statements that the primary answered for the replica"),
    name("minsu_redis_connections", "gauge", &["state"], "connections to Redis: up, down"),
    name("minsu_redis_running", "gauge", &[], "calls that wait for an answer of Redis"),
    name("minsu_redis_failures_total", "counter", &[], "calls that Redis did not answer"),
    name("minsu_pages_total", "counter", &["tier"], "pages by where they came from: local, shared, awaited, rendered"),
    name(
        "minsu_pages_unshared_total",
        "counter",
        &[],
        "pages that were not put into the shared cache: asked for once, or beyond its bytes",
    ),
    name("minsu_pages_unavailable_total", "counter", &[], "searches that went without the shared cache"),
    name("minsu_pages_unannounced_total", "counter", &[], "changes that were not announced at once"),
];
