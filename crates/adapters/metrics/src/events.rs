//! The events that are counted.

use minsu_domain::{Event, OrderStatus};
use minsu_ports::{EventSubscriber, Notified, Outcome};

use crate::{Metrics, names::state_label};

/// Counts the states that orders enter; an event whose transaction may have failed is not counted.
impl EventSubscriber for Metrics {
    fn notify(&self, events: &[Event], outcome: Outcome) -> Notified {
        let committed = events.iter().filter(|_| outcome == Outcome::Committed);
        for state in committed.filter_map(entered) {
            self.orders.get_or_create(&[("state", state_label(state))]).inc();
        }
        Box::pin(std::future::ready(()))
    }
}

/// The state that an order entered by this event.
const fn entered(event: &Event) -> Option<OrderStatus> {
    match event {
        Event::OrderPlaced(order)
        | Event::OrderAccepted(order)
        | Event::OrderRejected(order)
        | Event::OrderCanceled(order)
        | Event::OrderExpired(order)
        | Event::OrderPaid(order)
        | Event::OrderStayed(order)
        | Event::OrderCommented(order) => Some(order.entered),
        Event::OrderRefunded(_)
        | Event::OrderOccupantsNamed(_)
        | Event::AccountRegistered { .. }
        | Event::AccountRenamed { .. }
        | Event::AccountAvatarChanged { .. }
        | Event::AccountMobileChanged { .. }
        | Event::AccountPasswordChanged { .. }
        | Event::AccountIdentityVerified { .. }
        | Event::AccountTokenCreated { .. }
        | Event::AccountTokenRevoked { .. }
        | Event::AccountWebhookCreated { .. }
        | Event::AccountWebhookSecretChanged { .. }
        | Event::AccountWebhookDeleted { .. }
        | Event::AccountWebhookDisabled { .. }
        | Event::AccountDeleted { .. }
        | Event::ListingDrafted(_)
        | Event::ListingRulesChanged(_)
        | Event::ListingScheduleChanged(_)
        | Event::ListingPublished(_)
        | Event::ListingPictureAdded(_)
        | Event::ListingPicturesChanged(_)
        | Event::ListingChanged(_)
        | Event::ListingFeedsChanged(_)
        | Event::ListingFeedHeld(_)
        | Event::ListingConflictOpened(_)
        | Event::ListingExportsChanged(_)
        | Event::ListingUnlisted(_)
        | Event::ListingDeleted(_)
        | Event::ListingWithdrawn(_) => None,
    }
}
