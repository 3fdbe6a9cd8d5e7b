//! Page invalidation: which ready pages a recorded event makes out of date.

use std::sync::Arc;

use minsu_domain::Event;
use minsu_ports::{EventSubscriber, InvalidationTag, Notified, Outcome, RenderCache};

use super::page_keys::{AVAILABILITY, OFFERS, PEOPLE, of_house};

/// The subscriber that drops ready pages. An event of unknown outcome drops them too: a page that is rendered
/// without need is still right, a page that is kept for too long is not.
pub struct PageInvalidation {
    pages: Arc<dyn RenderCache>,
}

impl PageInvalidation {
    /// Invalidates pages of this cache.
    pub fn new(pages: Arc<dyn RenderCache>) -> Self {
        Self { pages }
    }
}

impl EventSubscriber for PageInvalidation {
    fn notify(&self, events: &[Event], _: Outcome) -> Notified {
        let mut tags: Vec<InvalidationTag> = Vec::new();
        for tag in events.iter().flat_map(tags_of).flatten() {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        if tags.is_empty() {
            return Box::pin(std::future::ready(()));
        }
        self.pages.invalidate(&tags)
    }
}

/// The tags of the pages that show what this event changed. A new event does not compile before this is
/// decided.
const fn tags_of(event: &Event) -> [Option<InvalidationTag>; 2] {
    match event {
        // No page shows these.
        Event::AccountRegistered { .. }
        | Event::AccountMobileChanged { .. }
        | Event::AccountPasswordChanged { .. }
        | Event::AccountIdentityVerified { .. }
        | Event::AccountTokenCreated { .. }
        | Event::ListingDrafted(_)
        | Event::ListingFeedsChanged(_)
        | Event::ListingFeedHeld(_)
        | Event::ListingConflictOpened(_)
        | Event::ListingExportsChanged(_)
        | Event::AccountTokenRevoked { .. }
        | Event::AccountWebhookCreated { .. }
        | Event::AccountWebhookSecretChanged { .. }
        | Event::AccountWebhookDeleted { .. }
        | Event::AccountWebhookDisabled { .. }
        | Event::OrderOccupantsNamed(_)
        | Event::OrderAccepted(_) => [None, None],
        Event::AccountRenamed { .. } | Event::AccountAvatarChanged { .. } | Event::AccountDeleted { .. } => {
            [Some(PEOPLE), None]
        }
        Event::ListingRulesChanged(listing) | Event::ListingScheduleChanged(listing) => {
            [Some(AVAILABILITY), Some(of_house(listing.house))]
        }
        Event::ListingPublished(listing)
        | Event::ListingPictureAdded(listing)
        | Event::ListingPicturesChanged(listing)
        | Event::ListingChanged(listing)
        | Event::ListingUnlisted(listing)
        | Event::ListingDeleted(listing)
        | Event::ListingWithdrawn(listing) => [Some(OFFERS), Some(of_house(listing.house))],
        Event::OrderPlaced(_) | Event::OrderRejected(_) | Event::OrderCanceled(_) | Event::OrderExpired(_) => {
            [Some(AVAILABILITY), None]
        }
        // Its days stay taken.
        Event::OrderPaid(_) | Event::OrderRefunded(_) | Event::OrderStayed(_) => [None, None],
        // The comment, and how often the house was booked.
        Event::OrderCommented(order) => [Some(OFFERS), Some(of_house(order.house))],
    }
}
