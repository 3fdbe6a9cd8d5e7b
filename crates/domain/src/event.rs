//! Events: the changes of state that use cases record.

use crate::{HouseId, Order, OrderId, OrderStatus, UserId};

/// Makes [`Event`] of its rows: the kinds by what they are about, each with the name under which it is stored and told
/// to others. A kind without a row cannot be written, so none can be read back as another or not at all.
macro_rules! events {
    (
        account { $($(#[$account_doc:meta])* $account:ident = $account_name:literal,)* }
        listing { $($(#[$listing_doc:meta])* $listing:ident = $listing_name:literal,)* }
        order { $($(#[$order_doc:meta])* $order:ident = $order_name:literal,)* }
    ) => {
        /// A change that a use case made to an account, a listing or an order. It is recorded in the
        /// transaction of the change and holds exactly when that transaction is committed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Event {
            $($(#[$account_doc])* $account {
                /// The account.
                user: UserId,
            },)*
            $($(#[$listing_doc])* $listing(ListingEvent),)*
            $($(#[$order_doc])* $order(OrderEvent),)*
        }

        impl Event {
            /// The names of the kinds about listings and orders: those that their parties can follow.
            pub const FOLLOWED: &[&str] = &[$($listing_name,)* $($order_name,)*];

            /// The name of the kind of event, `subject.what_happened`.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$account { .. } => $account_name,)*
                    $(Self::$listing(_) => $listing_name,)*
                    $(Self::$order(_) => $order_name,)*
                }
            }

            /// What it is about.
            pub const fn subject(&self) -> EventSubject {
                match self {
                    $(Self::$account { user } => EventSubject::Account(*user),)*
                    $(Self::$listing(listing) => EventSubject::Listing(*listing),)*
                    $(Self::$order(order) => EventSubject::Order(*order),)*
                }
            }

            /// The event of a name and a subject; none where there is no such kind.
            pub fn of(name: &str, subject: EventSubject) -> Option<Self> {
                match (name, subject) {
                    $(($account_name, EventSubject::Account(user)) => Some(Self::$account { user }),)*
                    $(($listing_name, EventSubject::Listing(listing)) => Some(Self::$listing(listing)),)*
                    $(($order_name, EventSubject::Order(order)) => Some(Self::$order(order)),)*
                    _ => None,
                }
            }
        }
    };
}

events! {
    account {
        /// A new account.
        AccountRegistered = "account.registered",
        /// Another user name.
        AccountRenamed = "account.renamed",
        /// Another portrait.
        AccountAvatarChanged = "account.avatar_changed",
        /// Another password, chosen or reset.
        AccountPasswordChanged = "account.password_changed",
        /// Another mobile.
        AccountMobileChanged = "account.mobile_changed",
        /// Real-name data was written.
        AccountIdentityVerified = "account.identity_verified",
        /// A new personal token.
        AccountTokenCreated = "account.token_created",
        /// A personal token is worth nothing any more.
        AccountTokenRevoked = "account.token_revoked",
        /// A new webhook.
        AccountWebhookCreated = "account.webhook_created",
        /// A webhook has another secret.
        AccountWebhookSecretChanged = "account.webhook_secret_changed",
        /// A webhook is gone.
        AccountWebhookDeleted = "account.webhook_deleted",
        /// The site turned a webhook off that took nothing for days.
        AccountWebhookDisabled = "account.webhook_disabled",
        /// The person's data is erased. Their listings are withdrawn by events of
        /// their own.
        AccountDeleted = "account.deleted",
    }
    listing {
        /// A new listing that only its landlord sees.
        ListingDrafted = "listing.drafted",
        /// A listing that everybody sees from now on.
        ListingPublished = "listing.published",
        /// One more picture of a listing.
        ListingPictureAdded = "listing.picture_added",
        /// Other rules or seasons of a listing.
        ListingRulesChanged = "listing.rules_changed",
        /// Days of a listing were blocked or freed, or have other rules.
        ListingScheduleChanged = "listing.schedule_changed",
        /// Order or captions of the pictures of a listing are others, or one is gone.
        ListingPicturesChanged = "listing.pictures_changed",
        /// What the landlord says of a listing is something else.
        ListingChanged = "listing.changed",
        /// A calendar of another site was connected to a listing, changed or disconnected.
        ListingFeedsChanged = "listing.feeds_changed",
        /// A calendar of another site lost suspiciously many days, which are held for a day.
        ListingFeedHeld = "listing.feed_held",
        /// A calendar of another site has a stay on days of an order.
        ListingConflictOpened = "listing.conflict_opened",
        /// A link to the calendar of a listing was made, renewed or deleted.
        ListingExportsChanged = "listing.exports_changed",
        /// Its landlord took the listing off the site.
        ListingUnlisted = "listing.unlisted",
        /// Its landlord deleted the listing.
        ListingDeleted = "listing.deleted",
        /// The account of its landlord was deleted; the listing is neither found nor shown nor booked any more.
        ListingWithdrawn = "listing.withdrawn",
    }
    order {
        /// A new order, which occupies its days.
        OrderPlaced = "order.placed",
        /// The landlord accepted.
        OrderAccepted = "order.accepted",
        /// The landlord rejected, and the days are released.
        OrderRejected = "order.rejected",
        /// The guest or the landlord took it back, and the days are released.
        OrderCanceled = "order.canceled",
        /// It was not answered or not paid in time, and the days are released.
        OrderExpired = "order.expired",
        /// It was paid in full.
        OrderPaid = "order.paid",
        /// Money of it was paid back; its state is as before.
        OrderRefunded = "order.refunded",
        /// The stay of a paid order is over.
        OrderStayed = "order.stayed",
        /// The guest commented, and the order is complete.
        OrderCommented = "order.commented",
        /// The guest named the people who stay; the order is in the state that it was in.
        OrderOccupantsNamed = "order.occupants_named",
    }
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventSubject {
    /// An account.
    Account(UserId),
    /// A listing.
    Listing(ListingEvent),
    /// An order.
    Order(OrderEvent),
}

/// The ids of an event about a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListingEvent {
    /// The listing.
    pub house: HouseId,
    /// Its owner.
    pub landlord: UserId,
}

/// The ids of an event about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderEvent {
    /// The order.
    pub order: OrderId,
    /// The listing that it books.
    pub house: HouseId,
    /// The owner of the listing.
    pub landlord: UserId,
    /// The person who booked.
    pub guest: UserId,
    /// The state that the order entered.
    pub entered: OrderStatus,
}

impl OrderEvent {
    /// The event of an order that enters this state.
    pub const fn of(order: &Order, entered: OrderStatus) -> Self {
        Self { order: order.id, house: order.house, landlord: order.landlord, guest: order.guest, entered }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_told_by_its_name_and_its_subject() {
        let user = UserId::new(1).unwrap();
        let listing = ListingEvent { house: HouseId::new(2).unwrap(), landlord: user };
        let names = Event::FOLLOWED.iter().filter(|name| name.starts_with("listing."));
        for name in names {
            let event = Event::of(name, EventSubject::Listing(listing)).unwrap();
            assert_eq!((event.name(), event.subject()), (*name, EventSubject::Listing(listing)));
        }
        assert_eq!(Event::of("order.placed", EventSubject::Listing(listing)), None);
        assert_eq!(Event::of("order.unheard_of", EventSubject::Account(user)), None);
        let renamed = Event::AccountRenamed { user };
        assert_eq!(Event::of(renamed.name(), renamed.subject()), Some(renamed));
        assert!(!Event::FOLLOWED.contains(&renamed.name()));
    }
}
