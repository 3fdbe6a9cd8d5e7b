//! When each job is looked for, and for how long it is leased.

use std::time::Duration;

use chrono::TimeDelta;
use minsu_ports::Job;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
/// The longest time between two looks for deliveries to webhooks.
const DELIVERIES: Duration = Duration::from_secs(2);

/// How long a lease lasts. A process that dies holds its jobs up for so long.
pub(super) const fn lease(job: Job) -> Duration {
    match job {
        Job::ExpireOrders
        | Job::OrderEvents
        | Job::DeliverWebhooks
        | Job::SendMessages
        | Job::ExpireUnpaid
        | Job::SettlePayments
        | Job::SendRefunds
        | Job::EndStays
        | Job::EraseOccupants => MINUTE,
        // A bill is up to three calls that each may take as long as the provider is waited for.
        Job::CompareBills => Duration::from_secs(600),
        // It begins no further feed after half a minute; the last ones take three quarters of one.
        Job::PollFeeds => Duration::from_secs(120),
        // These walk through everything, and are not done in batches of a known length.
        Job::PruneRows | Job::PruneObjects => Duration::from_secs(6 * 3600),
    }
}

/// How long a job rests when nothing is due any more.
pub(super) const fn rest(job: Job) -> TimeDelta {
    match job {
        Job::ExpireOrders
        | Job::OrderEvents
        | Job::ExpireUnpaid
        | Job::SettlePayments
        | Job::SendRefunds
        | Job::PollFeeds
        | Job::EndStays => TimeDelta::seconds(10),
        // Others wait for these.
        Job::DeliverWebhooks | Job::SendMessages => TimeDelta::seconds(1),
        Job::EraseOccupants => TimeDelta::hours(1),
        Job::CompareBills => TimeDelta::hours(6),
        Job::PruneRows | Job::PruneObjects => TimeDelta::hours(24),
    }
}

/// How long after the first start of a site a job is due for the first time: what reads everything does not do so
/// while the site starts.
pub(super) const fn first(job: Job) -> TimeDelta {
    match job {
        Job::ExpireOrders
        | Job::OrderEvents
        | Job::DeliverWebhooks
        | Job::SendMessages
        | Job::ExpireUnpaid
        | Job::SettlePayments
        | Job::SendRefunds
        | Job::EndStays
        | Job::PollFeeds
        | Job::EraseOccupants => TimeDelta::zero(),
        Job::CompareBills | Job::PruneRows | Job::PruneObjects => TimeDelta::hours(1),
    }
}

/// How many loops look for a job. Of deliveries to webhooks one goes on while the other waits for slow receivers.
pub const fn loops(job: Job) -> usize {
    match job {
        Job::DeliverWebhooks => 2,
        _ => 1,
    }
}

/// The time between two looks for a job, where due orders are looked for at this interval.
pub fn interval(job: Job, of_orders: Duration) -> Duration {
    match job {
        // Receivers wait for it.
        Job::DeliverWebhooks => of_orders.min(DELIVERIES),
        Job::ExpireOrders
        | Job::OrderEvents
        | Job::SendMessages
        | Job::ExpireUnpaid
        | Job::SettlePayments
        | Job::SendRefunds
        | Job::PollFeeds
        | Job::EndStays => of_orders,
        Job::EraseOccupants => of_orders.max(MINUTE),
        Job::CompareBills | Job::PruneRows | Job::PruneObjects => of_orders.max(HOUR / 12),
    }
}
