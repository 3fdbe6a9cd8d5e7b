//! Identifiers: positive 64-bit integers, one type for each kind of thing.

use serde::{Deserialize, Serialize};

use crate::{Field, Invalid};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub struct $name(i64);

        impl $name {
            /// Takes a positive number.
            ///
            /// # Errors
            /// [`Field::Id`] for zero and below.
            pub const fn new(value: i64) -> Result<Self, Invalid> {
                if value > 0 { Ok(Self(value)) } else { Err(Invalid::range(Field::Id)) }
            }

            /// The number, as answers print it.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl TryFrom<i64> for $name {
            type Error = Invalid;

            fn try_from(value: i64) -> Result<Self, Invalid> {
                Self::new(value)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> i64 {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A person, guest and landlord alike.
    UserId
);
id!(
    /// A published house.
    HouseId
);
id!(
    /// An attempt to pay an order.
    PaymentId
);
id!(
    /// A refund of a payment.
    RefundId
);
id!(
    /// A picture of a listing.
    PictureId
);
id!(
    /// An order of one guest for one house.
    OrderId
);
id!(
    /// A calendar of another site that a landlord has connected.
    FeedId
);
id!(
    /// A link by which another site reads a calendar of this one.
    ExportId
);
id!(
    /// A personal token.
    TokenId
);
id!(
    /// A webhook.
    WebhookId
);
id!(
    /// An event on its way to a webhook.
    DeliveryId
);
id!(
    /// A message to a person that is still to be sent.
    MessageId
);
id!(
    /// A district of the city; the ids are fixed because old pages have them hard-coded.
    AreaId
);
id!(
    /// A facility of a house; the ids are fixed because old pages have them hard-coded.
    FacilityId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_positive() {
        assert!(UserId::new(0).is_err());
        assert!(UserId::new(-1).is_err());
        assert_eq!(UserId::new(i64::MAX).map(UserId::get), Ok(i64::MAX));
    }
}
