//! Keys of cached renderings, and the tags by which these are invalidated.

use std::{
    fmt::{self, Arguments, Display, Formatter, Write},
    hash::{Hash, Hasher},
};

/// A tag that many entries carry. There are few, each with a place of its own below
/// [`CommonTag::COUNT`], so that looking one up needs no hashing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommonTag {
    place: usize,
    name: &'static str,
}

impl CommonTag {
    /// How many there can be.
    pub const COUNT: usize = 8;

    /// The tag of a place below [`Self::COUNT`]; two of one place are the same tag. In a constant, a
    /// larger place does not compile.
    pub const fn new(place: usize, name: &'static str) -> Self {
        assert!(place < Self::COUNT, "no such place");
        Self { place, name }
    }

    /// Its place.
    pub const fn place(self) -> usize {
        self.place
    }
}

/// Data that entries show and that change. Processes of other builds know a tag by its printed form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvalidationTag {
    /// One that many entries carry.
    Common(CommonTag),
    /// One thing of many.
    Individual {
        /// The kind of thing.
        kind: &'static str,
        /// Its id.
        id: i64,
    },
}

impl Display for InvalidationTag {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Common(tag) => f.write_str(tag.name),
            Self::Individual { kind, id } => write!(f, "{kind}_{id}"),
        }
    }
}

/// The longest name of an entry with its namespace, in bytes.
const LONGEST: usize = 94;

/// The key of a cached rendering: a name, a field of it, and the tags that invalidate it. The cache
/// does not interpret the name. The key is stored inline, so that it is made and copied without
/// allocation.
#[derive(Clone, Copy)]
pub struct EntryKey {
    bytes: [u8; LONGEST],
    length: u8,
    field: u32,
    tags: [Option<InvalidationTag>; Self::TAGS],
}

impl EntryKey {
    /// The most tags of an entry.
    pub const TAGS: usize = 3;

    /// The key `namespace:name`, field `field`. The name is made of parsed values only: no text of a
    /// client becomes part of it. Entries of one name and different fields are kept together. The tags
    /// follow from the name, so they are not part of the comparison of keys.
    ///
    /// `None` where the name is too long (about 90 bytes), and where there is an individual tag without
    /// a common one: a shared cache that lost its version tokens could not be told from one that never
    /// had any.
    pub fn new(
        namespace: &'static str,
        name: Arguments<'_>,
        field: u32,
        tags: [Option<InvalidationTag>; Self::TAGS],
    ) -> Option<Self> {
        let individual = |tag: &InvalidationTag| matches!(tag, InvalidationTag::Individual { .. });
        let mut given = tags.iter().flatten();
        if given.clone().any(individual) && given.all(individual) {
            return None;
        }
        let mut key = Self { bytes: [0; LONGEST], length: 0, field, tags };
        write!(key, "{namespace}:{name}").ok()?;
        Some(key)
    }

    /// The tags that invalidate the entry.
    pub fn tags(&self) -> impl Iterator<Item = InvalidationTag> + Clone + use<> {
        self.tags.into_iter().flatten()
    }

    /// The field.
    pub const fn field(&self) -> u32 {
        self.field
    }

    fn name(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl Write for EntryKey {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let start = usize::from(self.length);
        let end = start + text.len();
        self.bytes.get_mut(start..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = u8::try_from(end).map_err(|_| fmt::Error)?;
        Ok(())
    }
}

impl PartialEq for EntryKey {
    fn eq(&self, other: &Self) -> bool {
        self.field == other.field && self.name() == other.name()
    }
}

impl Eq for EntryKey {}

impl Hash for EntryKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.name());
        state.write_u32(self.field);
    }
}

impl Display for EntryKey {
    /// The name with its namespace.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(self.name()).unwrap_or_default())
    }
}

impl fmt::Debug for EntryKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{self}#{}", self.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMON: InvalidationTag = InvalidationTag::Common(CommonTag::new(0, "offers"));
    const ONE: InvalidationTag = InvalidationTag::Individual { kind: "house", id: 7 };

    fn key(name: &str, field: u32, tags: [Option<InvalidationTag>; 3]) -> Option<EntryKey> {
        EntryKey::new("v1", format_args!("{name}"), field, tags)
    }

    #[test]
    fn a_key_is_its_name_and_its_field() {
        let one = key("houses", 1, [Some(COMMON), None, None]).unwrap();
        assert_eq!((one.to_string().as_str(), one.field()), ("v1:houses", 1));
        assert_eq!(one, key("houses", 1, [None; 3]).unwrap());
        assert_ne!(one, key("houses", 2, [Some(COMMON), None, None]).unwrap());
        assert_ne!(one, key("house", 1, [Some(COMMON), None, None]).unwrap());
        assert_eq!(one.tags().collect::<Vec<_>>(), [COMMON]);
    }

    #[test]
    fn names_end_where_their_room_does() {
        assert!(key(&"x".repeat(LONGEST - 3), 0, [None; 3]).is_some());
        assert!(key(&"x".repeat(LONGEST - 2), 0, [None; 3]).is_none());
    }

    #[test]
    fn an_individual_tag_needs_a_common_one() {
        assert!(key("house", 0, [Some(ONE), None, None]).is_none());
        assert!(key("house", 0, [Some(ONE), Some(COMMON), None]).is_some());
        assert_eq!([COMMON, ONE].map(|tag| tag.to_string()), ["offers", "house_7"]);
    }
}
