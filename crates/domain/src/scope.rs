//! What a personal token permits.

use crate::{Field, Invalid};

/// One thing that a personal token may be good for. Writing does not include reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Reading one's own listings.
    ListingsRead,
    /// Making and changing listings and their pictures.
    ListingsWrite,
    /// Reading calendars and the feeds behind them.
    CalendarRead,
    /// Changing calendars and feeds.
    CalendarWrite,
    /// Reading orders.
    OrdersRead,
    /// Placing, deciding and cancelling orders, and paying for them.
    OrdersWrite,
    /// Reading webhooks, their deliveries and events.
    WebhooksRead,
    /// Changing webhooks.
    WebhooksWrite,
    /// Reading one's own profile.
    ProfileRead,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 9] = [
        Self::ListingsRead,
        Self::ListingsWrite,
        Self::CalendarRead,
        Self::CalendarWrite,
        Self::OrdersRead,
        Self::OrdersWrite,
        Self::WebhooksRead,
        Self::WebhooksWrite,
        Self::ProfileRead,
    ];

    /// The name, `subject:act`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ListingsRead => "listings:read",
            Self::ListingsWrite => "listings:write",
            Self::CalendarRead => "calendar:read",
            Self::CalendarWrite => "calendar:write",
            Self::OrdersRead => "orders:read",
            Self::OrdersWrite => "orders:write",
            Self::WebhooksRead => "webhooks:read",
            Self::WebhooksWrite => "webhooks:write",
            Self::ProfileRead => "profile:read",
        }
    }

    /// The scope of this name.
    ///
    /// # Errors
    /// [`Field::TokenScopes`] for any other text.
    pub fn parse(name: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|scope| scope.name() == name).ok_or(Invalid::format(Field::TokenScopes))
    }

    /// Its place in [`Scopes::bits`], which never changes.
    const fn bit(self) -> u16 {
        1 << match self {
            Self::ListingsRead => 0,
            Self::ListingsWrite => 1,
            Self::CalendarRead => 2,
            Self::CalendarWrite => 3,
            Self::OrdersRead => 4,
            Self::OrdersWrite => 5,
            Self::WebhooksRead => 6,
            Self::WebhooksWrite => 7,
            Self::ProfileRead => 8,
        }
    }
}

/// A set of scopes; may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Scopes(u16);

impl Scopes {
    /// The set as one number, a bit for each scope.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The set of a number.
    ///
    /// # Errors
    /// [`Field::TokenScopes`] for a bit that no scope has.
    pub fn of_bits(bits: u16) -> Result<Self, Invalid> {
        let known: Self = Scope::ALL.into_iter().collect();
        if bits & !known.0 == 0 { Ok(Self(bits)) } else { Err(Invalid::range(Field::TokenScopes)) }
    }

    /// Whether a scope is among them.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_read_back() {
        let mut bits = 0;
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.name()), Ok(scope));
            let one: Scopes = [scope, scope].into_iter().collect();
            assert_eq!(one.iter().collect::<Vec<_>>(), [scope]);
            assert_eq!(bits & one.bits(), 0);
            bits |= one.bits();
        }
        assert_eq!(Scopes::of_bits(bits).unwrap().iter().count(), 9);
        assert!(Scopes::of_bits(bits + 1).is_err());
        for bad in ["", "listings", "listings:", "Listings:read", "admin"] {
            assert_eq!(Scope::parse(bad).unwrap_err().field, Field::TokenScopes, "{bad}");
        }
        let write: Scopes = [Scope::OrdersWrite].into_iter().collect();
        assert!(!write.contains(Scope::OrdersRead) && !write.is_empty() && Scopes::default().is_empty());
    }
}
