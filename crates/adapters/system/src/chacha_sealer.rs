//! Sealing of real-name data by XChaCha20-Poly1305.

use std::sync::Arc;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use minsu_domain::{HouseId, IdentityNumber, OccupantList, OrderId, RealName, UserId};
use minsu_ports::{Identity, IdentitySealer, NumberDigests, Randomness, SealError, SealedIdentity, SealedText};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes of the nonce in front of the ciphertext: long enough to be drawn at random for ever.
const NONCE_BYTES: usize = 24;
/// Says what the associated data are, so that a key used for something else opens nothing here.
const CONTEXT: &[u8] = b"minsu identity 1";
/// The same for the people who stay under an order. No context begins with another one.
const OCCUPANTS_CONTEXT: &[u8] = b"minsu occupants 1";
/// The same for the addresses of calendars.
const URL_CONTEXT: &[u8] = b"minsu calendar url 1";
/// The same for the URL and the secrets of a webhook.
const WEBHOOK_CONTEXT: &[u8] = b"minsu webhook 1";
/// Makes another key of a key, for digests of identity numbers.
const DIGEST_CONTEXT: &[u8] = b"minsu identity number digest 1";
/// Between name and number. A real name has no control characters.
const SEPARATOR: u8 = 0;

/// A key and the id that the sealed data name it by.
#[derive(Debug)]
pub struct SealKey {
    /// 1 to 32 of `[A-Za-z0-9._-]`; never given to another key.
    pub id: String,
    /// 32 random bytes.
    pub key: SecretBox<[u8; 32]>,
}

/// The keys make no sealer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SealKeyError {
    /// At least one is needed.
    #[error("there is no key to seal with")]
    None,
    /// An id is not of its form.
    #[error("the key id {0:?} is not 1 to 32 of A-Z a-z 0-9 . _ -")]
    Id(String),
    /// Two keys have the same id.
    #[error("two keys have the id {0:?}")]
    Duplicate(String),
}

/// What is made of a [`SealKey`].
struct Key {
    id: String,
    cipher: XChaCha20Poly1305,
    digest: Zeroizing<[u8; 32]>,
}

/// XChaCha20-Poly1305 with a random nonce. The owner's id and the key's id are associated data:
/// data that are copied to another person's row, or under another key's id, do not open.
///
/// To rotate: put a new key first and keep the old ones. New data are sealed by the first key,
/// all keys open; an old one can go when no row names it any more.
pub struct ChaChaSealer {
    keys: Vec<Key>,
    randomness: Arc<dyn Randomness>,
}

impl ChaChaSealer {
    /// Takes the keys; the first one seals.
    ///
    /// # Errors
    /// [`SealKeyError`].
    pub fn new(keys: Vec<SealKey>, randomness: Arc<dyn Randomness>) -> Result<Self, SealKeyError> {
        if keys.is_empty() {
            return Err(SealKeyError::None);
        }
        let mut made: Vec<Key> = Vec::with_capacity(keys.len());
        for SealKey { id, key } in keys {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            if !(1..=32).contains(&id.len()) || !id.bytes().all(allowed) {
                return Err(SealKeyError::Id(id));
            }
            if made.iter().any(|other| other.id == id) {
                return Err(SealKeyError::Duplicate(id));
            }
            let cipher = XChaCha20Poly1305::new(key.expose_secret().into());
            let digest = Zeroizing::new(hmac(key.expose_secret(), DIGEST_CONTEXT));
            made.push(Key { id, cipher, digest });
        }
        Ok(Self { keys: made, randomness })
    }
}

impl ChaChaSealer {
    fn encrypt(&self, owner: Owner, plain: &[u8]) -> Result<SealedIdentity, SealError> {
        let Key { id: key_id, cipher, .. } = self.keys.first().ok_or(SealError::UnknownKey)?;
        let mut nonce = XNonce::default();
        self.randomness.fill(&mut nonce);
        let aad = owner.associated_data(key_id);
        let payload = Payload { msg: plain, aad: &aad };
        let ciphertext = cipher.encrypt(&nonce, payload).map_err(|_| SealError::NotAuthentic)?;
        Ok(SealedIdentity { key_id: key_id.clone(), sealed: [nonce.as_slice(), &ciphertext].concat() })
    }

    fn decrypt(&self, owner: Owner, sealed: &SealedIdentity) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let found = self.keys.iter().find(|key| key.id == sealed.key_id);
        let Key { id: key_id, cipher, .. } = found.ok_or(SealError::UnknownKey)?;
        let (nonce, ciphertext) = sealed.sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::NotAuthentic)?;
        let aad = owner.associated_data(key_id);
        let payload = Payload { msg: ciphertext, aad: &aad };
        Ok(Zeroizing::new(cipher.decrypt(nonce.into(), payload).map_err(|_| SealError::NotAuthentic)?))
    }
}

impl IdentitySealer for ChaChaSealer {
    fn seal(&self, owner: UserId, name: &RealName, number: &IdentityNumber) -> Result<SealedIdentity, SealError> {
        let (name, number) = (name.reveal().as_bytes(), number.reveal().as_bytes());
        self.encrypt(Owner::User(owner), &Zeroizing::new([name, &[SEPARATOR], number].concat()))
    }

    fn current_key(&self) -> String {
        self.keys.first().map(|key| key.id.clone()).unwrap_or_default()
    }

    fn digests(&self, number: &str) -> NumberDigests {
        let mut digests = self.keys.iter().map(|key| hexadecimal(&hmac(&key.digest, number.as_bytes())));
        let current = digests.next().unwrap_or_default();
        NumberDigests { key_id: self.current_key(), current, former: digests.collect() }
    }

    fn reseal(&self, owner: UserId, sealed: &SealedIdentity) -> Result<SealedIdentity, SealError> {
        let owner = Owner::User(owner);
        self.encrypt(owner, &self.decrypt(owner, sealed)?)
    }

    fn open(&self, owner: UserId, sealed: &SealedIdentity) -> Result<Identity, SealError> {
        let plain = self.decrypt(Owner::User(owner), sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| SealError::NotAuthentic)?;
        let (real_name, id_card) = text.split_once(char::from(SEPARATOR)).ok_or(SealError::NotAuthentic)?;
        Ok(Identity { real_name: real_name.to_owned(), id_card: id_card.to_owned() })
    }

    fn seal_occupants(&self, order: OrderId, occupants: &OccupantList) -> Result<SealedIdentity, SealError> {
        let parts: Vec<_> =
            occupants.people().iter().flat_map(|person| [person.name.reveal(), person.number.reveal()]).collect();
        // It must not grow: what is moved is not wiped.
        let mut plain = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len() + 1).sum()));
        for part in parts {
            if !plain.is_empty() {
                plain.push(SEPARATOR);
            }
            plain.extend_from_slice(part.as_bytes());
        }
        self.encrypt(Owner::Order(order), &plain)
    }

    fn reseal_occupants(&self, order: OrderId, sealed: &SealedIdentity) -> Result<SealedIdentity, SealError> {
        let owner = Owner::Order(order);
        self.encrypt(owner, &self.decrypt(owner, sealed)?)
    }

    fn open_occupants(&self, order: OrderId, sealed: &SealedIdentity) -> Result<Vec<Identity>, SealError> {
        let plain = self.decrypt(Owner::Order(order), sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| SealError::NotAuthentic)?;
        let mut parts = text.split(char::from(SEPARATOR));
        let mut people = Vec::new();
        while let Some(name) = parts.next().filter(|name| !name.is_empty()) {
            let number = parts.next().ok_or(SealError::NotAuthentic)?;
            people.push(Identity { real_name: name.to_owned(), id_card: number.to_owned() });
        }
        Ok(people)
    }

    fn seal_text(&self, of: SealedText, text: &str) -> Result<SealedIdentity, SealError> {
        self.encrypt(of.into(), text.as_bytes())
    }

    fn reseal_text(&self, of: SealedText, sealed: &SealedIdentity) -> Result<SealedIdentity, SealError> {
        let owner = of.into();
        self.encrypt(owner, &self.decrypt(owner, sealed)?)
    }

    fn open_text(&self, of: SealedText, sealed: &SealedIdentity) -> Result<String, SealError> {
        let plain = self.decrypt(of.into(), sealed)?;
        std::str::from_utf8(&plain).map(str::to_owned).map_err(|_| SealError::NotAuthentic)
    }
}

/// Whom sealed data belong to.
#[derive(Clone, Copy)]
enum Owner {
    User(UserId),
    Order(OrderId),
    House(HouseId),
    Webhook(UserId),
}

impl From<SealedText> for Owner {
    fn from(text: SealedText) -> Self {
        match text {
            SealedText::CalendarUrl(house) => Self::House(house),
            SealedText::Webhook(user) => Self::Webhook(user),
        }
    }
}

impl Owner {
    /// Contexts and ids have a fixed length, so no two owners give the same bytes.
    fn associated_data(self, key_id: &str) -> Vec<u8> {
        let (context, id) = match self {
            Self::User(user) => (CONTEXT, user.get()),
            Self::Order(order) => (OCCUPANTS_CONTEXT, order.get()),
            Self::House(house) => (URL_CONTEXT, house.get()),
            Self::Webhook(user) => (WEBHOOK_CONTEXT, user.get()),
        };
        [context, &id.to_be_bytes(), key_id.as_bytes()].concat()
    }
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // A shorter key than a block is filled up with zeros (RFC 2104, 2).
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OsRandomness;

    fn key(id: &str, byte: u8) -> SealKey {
        SealKey { id: id.to_owned(), key: SecretBox::new(Box::new([byte; 32])) }
    }

    fn sealer(keys: Vec<SealKey>) -> ChaChaSealer {
        ChaChaSealer::new(keys, Arc::new(OsRandomness)).unwrap()
    }

    fn person() -> (UserId, RealName, IdentityNumber) {
        let today = minsu_domain::parse_day("2026-11-21").unwrap();
        let number = IdentityNumber::new("11010519491231002X", today).unwrap();
        (UserId::new(7).unwrap(), RealName::new("韩梅梅").unwrap(), number)
    }

    #[test]
    fn keys_have_ids_that_tell_them_apart() {
        let error = |keys| ChaChaSealer::new(keys, Arc::new(OsRandomness)).err();
        assert_eq!(error(vec![]), Some(SealKeyError::None));
        assert_eq!(error(vec![key("", 1)]), Some(SealKeyError::Id(String::new())));
        assert_eq!(error(vec![key("钥匙", 1)]), Some(SealKeyError::Id("钥匙".to_owned())));
        assert_eq!(error(vec![key("a", 1), key("b", 2), key("a", 3)]), Some(SealKeyError::Duplicate("a".to_owned())));
        assert_eq!(error(vec![key("2026-01", 1), key("2025.b_1", 2)]), None);
    }

    #[test]
    fn the_first_key_seals_and_every_key_opens() {
        let (owner, name, number) = person();
        let old = sealer(vec![key("old", 1)]);
        let sealed = old.seal(owner, &name, &number).unwrap();
        let rotated = sealer(vec![key("new", 2), key("old", 1)]);
        assert_eq!(rotated.open(owner, &sealed).unwrap().id_card, "11010519491231002X");
        let resealed = rotated.seal(owner, &name, &number).unwrap();
        assert_eq!((resealed.key_id.as_str(), rotated.current_key().as_str()), ("new", "new"));
        assert_eq!(old.open(owner, &resealed), Err(SealError::UnknownKey));
        let renewed = rotated.reseal(owner, &sealed).unwrap();
        assert_eq!(renewed.key_id, "new");
        assert_eq!(rotated.open(owner, &renewed), rotated.open(owner, &sealed));
        assert_eq!(rotated.reseal(UserId::new(8).unwrap(), &sealed), Err(SealError::NotAuthentic));
    }

    #[test]
    fn the_key_id_is_authenticated() {
        let (owner, name, number) = person();
        // Two ids for the same bytes: only the associated data tell them apart.
        let both = sealer(vec![key("a", 1), key("b", 1)]);
        let mut sealed = both.seal(owner, &name, &number).unwrap();
        sealed.key_id = "b".to_owned();
        assert_eq!(both.open(owner, &sealed), Err(SealError::NotAuthentic));
    }

    #[test]
    fn every_key_has_its_digest_of_a_number() {
        let (old, rotated) = (sealer(vec![key("old", 1)]), sealer(vec![key("new", 2), key("old", 1)]));
        let (before, after) = (old.digests("11010519491231002X"), rotated.digests("11010519491231002X"));
        assert_eq!((after.key_id.as_str(), &after.former), ("new", &vec![before.current.clone()]));
        assert_ne!(after.current, before.current);
    }

    #[test]
    fn debug_does_not_tell_the_key() {
        assert!(!format!("{:?}", key("a", 0xab)).contains("171"));
    }
}
