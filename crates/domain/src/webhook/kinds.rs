//! Which kinds of events a webhook takes.

use crate::{Event, Field, Invalid};

/// Kinds of events out of [`Event::FOLLOWED`], or all of them, those of later versions included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventKinds(Option<Vec<&'static str>>);

impl EventKinds {
    /// Every kind.
    pub const ALL: Self = Self(None);

    /// These kinds, in the order of [`Event::FOLLOWED`]; every kind where there is none.
    ///
    /// # Errors
    /// [`Field::Events`] for a name that no followed kind has.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, Invalid> {
        let names: Vec<&str> = names.into_iter().collect();
        if names.iter().any(|name| !Event::FOLLOWED.contains(name)) {
            return Err(Invalid::format(Field::Events));
        }
        if names.is_empty() { Ok(Self::ALL) } else { Ok(Self::known(&names)) }
    }

    fn known(names: &[&str]) -> Self {
        Self(Some(Event::FOLLOWED.iter().filter(|known| names.contains(known)).copied().collect()))
    }

    /// The kinds of a stored text. A kind that only a later version knows is left out, and makes no other one of it.
    pub fn stored(text: &str) -> Self {
        if text.is_empty() { Self::ALL } else { Self::known(&text.split(',').collect::<Vec<_>>()) }
    }

    /// The text to store: the names with commas between them, nothing for every kind.
    pub fn to_text(&self) -> String {
        self.0.as_ref().map(|kinds| kinds.join(",")).unwrap_or_default()
    }

    /// The kinds by name; none where every kind is taken.
    pub fn names(&self) -> Option<&[&'static str]> {
        self.0.as_deref()
    }

    /// Whether events of this kind are among them.
    pub fn take(&self, event: &Event) -> bool {
        let name = event.name();
        match &self.0 {
            None => Event::FOLLOWED.contains(&name),
            Some(kinds) => kinds.contains(&name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HouseId, ListingEvent, UserId};

    #[test]
    fn kinds_are_followed_ones_and_none_means_all() {
        let listing = ListingEvent { house: HouseId::new(1).unwrap(), landlord: UserId::new(2).unwrap() };
        let (published, renamed) =
            (Event::ListingPublished(listing), Event::AccountRenamed { user: UserId::new(2).unwrap() });
        let orders = EventKinds::new(["order.paid", "order.placed", "order.paid"]).unwrap();
        assert_eq!(orders.names(), Some(&["order.placed", "order.paid"][..]));
        assert!(!orders.take(&published));
        let all = EventKinds::new([]).unwrap();
        assert!(all.take(&published) && !all.take(&renamed) && all.names().is_none());
        for wrong in ["account.renamed", "order.", "order.placed "] {
            assert_eq!(EventKinds::new([wrong]).unwrap_err().field, Field::Events, "{wrong}");
        }
    }

    #[test]
    fn kinds_read_back_from_their_text() {
        for kinds in [EventKinds::ALL, EventKinds::new(["order.placed", "listing.published"]).unwrap()] {
            assert_eq!(EventKinds::stored(&kinds.to_text()), kinds);
        }
        // Not all of them, where a later version took only kinds that this one does not know.
        let later = EventKinds::stored("order.teleported");
        assert_eq!(later.names(), Some(&[][..]));
    }
}
