//! Whose key it is, and which request it belongs to.

use minsu_domain::{IdempotencyKey, UserId};
use minsu_ports::KeyId;
use sha2::{Digest, Sha256};

use crate::ClientAddress;

/// The sender of a key: the same text from another account is another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyScope<'a> {
    /// A person who is logged in, whatever the session or token.
    Person(UserId),
    /// Anonymous clients at a network address (of IPv6 a /64), for one path.
    Network {
        /// The address.
        client: ClientAddress,
        /// The path of the call.
        path: &'a str,
    },
}

impl KeyScope<'_> {
    /// The identity of a key of this sender.
    pub(super) fn id_of(&self, key: &IdempotencyKey) -> KeyId {
        KeyId(digest(&[b"key", &self.parts(), key.as_str().as_bytes()]))
    }

    pub(super) fn user(&self) -> Option<UserId> {
        match self {
            Self::Person(user) => Some(*user),
            Self::Network { .. } => None,
        }
    }

    fn parts(&self) -> Vec<u8> {
        match self {
            Self::Person(user) => format!("person {user}").into_bytes(),
            Self::Network { client, path } => format!("network {} {path}", client.counted()).into_bytes(),
        }
    }
}

/// The SHA-256 of method, path, sender and body: a key is good for one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestDigest(pub(super) [u8; 32]);

impl RequestDigest {
    /// The digest of a request; `path` with its query.
    pub fn of(method: &str, path: &str, scope: &KeyScope<'_>, body: &[u8]) -> Self {
        Self(digest(&[b"request", method.as_bytes(), path.as_bytes(), &scope.parts(), body]))
    }
}

/// A digest of several parts, each with its length before it, so that none runs into the next.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::user;

    fn client(text: &str) -> ClientAddress {
        ClientAddress::new(text.parse().unwrap())
    }

    #[test]
    fn a_key_counts_per_person_or_per_address_and_path() {
        let key = IdempotencyKey::new("k").unwrap();
        let network = |address, path| KeyScope::Network { client: client(address), path };
        let scopes = [
            KeyScope::Person(user(1)),
            KeyScope::Person(user(2)),
            network("192.0.2.7", "/a"),
            network("192.0.2.7", "/b"),
            network("192.0.2.8", "/a"),
        ];
        for (place, one) in scopes.iter().enumerate() {
            assert_eq!(one.id_of(&key), one.id_of(&key));
            assert_ne!(one.id_of(&key), one.id_of(&IdempotencyKey::new("l").unwrap()));
            for other in &scopes[place + 1..] {
                assert_ne!(one.id_of(&key), other.id_of(&key), "{one:?} {other:?}");
            }
        }
        assert_eq!(network("2001:db8::1", "/a").id_of(&key), network("2001:db8::2", "/a").id_of(&key));
    }

    #[test]
    fn every_part_of_a_request_counts() {
        let scope = KeyScope::Person(user(1));
        let of = |method: &str, path: &str, body: &[u8]| RequestDigest::of(method, path, &scope, body);
        let one = of("POST", "/orders", b"{}");
        assert_eq!(one, of("POST", "/orders", b"{}"));
        for other in [of("PUT", "/orders", b"{}"), of("POST", "/order", b"s{}"), of("POST", "/orders", b"{ }")] {
            assert_ne!(one, other);
        }
        assert_ne!(one, RequestDigest::of("POST", "/orders", &KeyScope::Person(user(2)), b"{}"));
    }
}
