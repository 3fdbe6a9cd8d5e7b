//! Events: the changes of state that use cases record.

use crate::{HouseId, Order, OrderId, OrderStatus, UserId};

/// A change that a use case made to an account, a listing or an order. It is recorded in the
/// transaction of the change and holds exactly when that transaction is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// `account.registered`: a new account.
    AccountRegistered {
        /// The account.
        user: UserId,
    },
    /// `account.renamed`: another user name.
    AccountRenamed {
        /// The account.
        user: UserId,
    },
    /// `account.avatar_changed`: another portrait.
    AccountAvatarChanged {
        /// The account.
        user: UserId,
    },
    /// `account.password_changed`: another password, chosen or reset.
    AccountPasswordChanged {
        /// The account.
        user: UserId,
    },
    /// `account.mobile_changed`: another mobile.
    AccountMobileChanged {
        /// The account.
        user: UserId,
    },
    /// `account.identity_verified`: real-name data was written.
    AccountIdentityVerified {
        /// The account.
        user: UserId,
    },
    /// `account.token_created`: a new personal token.
    AccountTokenCreated {
        /// The account.
        user: UserId,
    },
    /// `account.token_revoked`: a personal token is worth nothing any more.
    AccountTokenRevoked {
        /// The account.
        user: UserId,
    },
    /// `account.deleted`: the person's data is erased. Their listings are withdrawn by events of
    /// their own.
    AccountDeleted {
        /// The account.
        user: UserId,
    },
    /// `listing.drafted`: a new listing that only its landlord sees.
    ListingDrafted(ListingEvent),
    /// `listing.published`: a listing that everybody sees from now on.
    ListingPublished(ListingEvent),
    /// `listing.picture_added`: one more picture of a listing.
    ListingPictureAdded(ListingEvent),
    /// `listing.rules_changed`: other rules or seasons of a listing.
    ListingRulesChanged(ListingEvent),
    /// `listing.schedule_changed`: days of a listing were blocked or freed, or have other rules.
    ListingScheduleChanged(ListingEvent),
    /// `listing.pictures_changed`: order or captions of the pictures of a listing are others, or one is gone.
    ListingPicturesChanged(ListingEvent),
    /// `listing.changed`: what the landlord says of a listing is something else.
    ListingChanged(ListingEvent),
    /// `listing.unlisted`: its landlord took the listing off the site.
    ListingUnlisted(ListingEvent),
    /// `listing.deleted`: its landlord deleted the listing.
    ListingDeleted(ListingEvent),
    /// `listing.withdrawn`: the account of its landlord was deleted; the listing is neither found nor shown nor booked any more.
    ListingWithdrawn(ListingEvent),
    /// `order.placed`: a new order, which occupies its days.
    OrderPlaced(OrderEvent),
    /// `order.accepted`: the landlord accepted.
    OrderAccepted(OrderEvent),
    /// `order.rejected`: the landlord rejected, and the days are released.
    OrderRejected(OrderEvent),
    /// `order.canceled`: the guest or the landlord took it back, and the days are released.
    OrderCanceled(OrderEvent),
    /// `order.expired`: it was not answered in time, and the days are released.
    OrderExpired(OrderEvent),
    /// `order.commented`: the guest commented, and the order is complete.
    OrderCommented(OrderEvent),
    /// `order.occupants_named`: the guest named the people who stay; the order is in the state that it was in.
    OrderOccupantsNamed(OrderEvent),
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

impl Event {
    /// The name of the kind of event, `subject.what_happened`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AccountRegistered { .. } => "account.registered",
            Self::AccountRenamed { .. } => "account.renamed",
            Self::AccountAvatarChanged { .. } => "account.avatar_changed",
            Self::AccountPasswordChanged { .. } => "account.password_changed",
            Self::AccountMobileChanged { .. } => "account.mobile_changed",
            Self::AccountIdentityVerified { .. } => "account.identity_verified",
            Self::AccountTokenCreated { .. } => "account.token_created",
            Self::AccountTokenRevoked { .. } => "account.token_revoked",
            Self::AccountDeleted { .. } => "account.deleted",
            Self::ListingDrafted(_) => "listing.drafted",
            Self::ListingPublished(_) => "listing.published",
            Self::ListingPictureAdded(_) => "listing.picture_added",
            Self::ListingRulesChanged(_) => "listing.rules_changed",
            Self::ListingScheduleChanged(_) => "listing.schedule_changed",
            Self::ListingPicturesChanged(_) => "listing.pictures_changed",
            Self::ListingChanged(_) => "listing.changed",
            Self::ListingUnlisted(_) => "listing.unlisted",
            Self::ListingDeleted(_) => "listing.deleted",
            Self::ListingWithdrawn(_) => "listing.withdrawn",
            Self::OrderPlaced(_) => "order.placed",
            Self::OrderAccepted(_) => "order.accepted",
            Self::OrderRejected(_) => "order.rejected",
            Self::OrderCanceled(_) => "order.canceled",
            Self::OrderExpired(_) => "order.expired",
            Self::OrderCommented(_) => "order.commented",
            Self::OrderOccupantsNamed(_) => "order.occupants_named",
        }
    }
}
