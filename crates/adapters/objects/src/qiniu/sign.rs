//! Upload tokens and request signatures.

use base64::{Engine, engine::general_purpose::URL_SAFE};
use hmac::{Hmac, KeyInit, Mac};
use minsu_domain::PictureKey;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha1::Sha1;

/// How long an upload token is good for, in seconds: longer than any deadline, and the clocks of
/// two machines may differ.
const TOKEN_LIFETIME: i64 = 600;

/// Signs as the owner of a bucket.
pub(super) struct Signer {
    access_key: String,
    secret_key: SecretString,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(…)")
    }
}

/// What a token allows: to add exactly one object, of exactly this size.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PutPolicy<'a> {
    scope: String,
    deadline: i64,
    insert_only: u8,
    fsize_limit: usize,
    mime_limit: &'a str,
}

impl Signer {
    pub(super) fn new(access_key: String, secret_key: SecretString) -> Self {
        Self { access_key, secret_key }
    }

    /// A token to upload one object under one key, from now on for some minutes.
    pub(super) fn upload_token(
        &self,
        bucket: &str,
        key: &PictureKey,
        size: usize,
        now: chrono::DateTime<chrono::Utc>,
    ) -> String {
        let policy = PutPolicy {
            scope: format!("{bucket}:{}", key.as_str()),
            deadline: now.timestamp() + TOKEN_LIFETIME,
            insert_only: 1,
            fsize_limit: size,
            mime_limit: "image/jpeg;image/png;image/webp",
        };
        // Plain fields: this cannot fail, and an empty policy would be refused.
        let policy = serde_json::to_string(&policy).unwrap_or_default();
        self.token_of(&policy)
    }

    /// The authorization of a request without a body to the hosts that manage and list, by its path and query.
    pub(super) fn qbox(&self, path: &str) -> String {
        format!("QBox {}:{}", self.access_key, self.sign(&format!("{path}\n")))
    }

    fn token_of(&self, policy: &str) -> String {
        let encoded = URL_SAFE.encode(policy);
        format!("{}:{}:{encoded}", self.access_key, self.sign(&encoded))
    }

    fn sign(&self, text: &str) -> String {
        let key = self.secret_key.expose_secret().as_bytes();
        // HMAC takes keys of every length.
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key) else { return String::new() };
        mac.update(text.as_bytes());
        URL_SAFE.encode(mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer::new("MY_ACCESS_KEY".to_owned(), "MY_SECRET_KEY".into())
    }

    /// From Qiniu's documentation of upload tokens.
    #[test]
    fn signs_as_the_documentation_does() {
        let policy = r#"{"scope":"my-bucket:sunflower.jpg","deadline":1451491200,"returnBody":"{\"name\":$(fname),\"size\":$(fsize),\"w\":$(imageInfo.width),\"h\":$(imageInfo.height),\"hash\":$(etag)}"}"#;
        let token = signer().token_of(policy);
        let parts: Vec<_> = token.split(':').collect();
        assert_eq!(parts[..2], ["MY_ACCESS_KEY", "wQ4ofysef1R7IKnrziqtomqyDvI="]);
        assert_eq!(URL_SAFE.decode(parts[2]).unwrap(), policy.as_bytes());
    }

    #[test]
    fn a_token_allows_one_key_one_size_and_some_minutes() {
        let key = PictureKey::new("a/b.jpg").unwrap();
        let now = chrono::DateTime::from_timestamp(1_000_000, 0).unwrap();
        let token = signer().upload_token("bucket", &key, 77, now);
        let policy = URL_SAFE.decode(token.split(':').nth(2).unwrap()).unwrap();
        assert_eq!(
            String::from_utf8(policy).unwrap(),
            r#"{"scope":"bucket:a/b.jpg","deadline":1000600,"insertOnly":1,"fsizeLimit":77,"mimeLimit":"image/jpeg;image/png;image/webp"}"#
        );
    }

    #[test]
    fn the_keys_are_never_shown() {
        assert_eq!(format!("{:?}", signer()), "Signer(…)");
    }
}
