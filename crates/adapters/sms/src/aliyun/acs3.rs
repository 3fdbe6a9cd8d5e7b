//! ACS3-HMAC-SHA256, Aliyun's signature of requests whose parameters are all in the query.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// The method of every request here.
const METHOD: &str = "POST";
const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// The signed part of a request without a body.
pub(super) struct Acs3<'a> {
    pub(super) host: &'a str,
    pub(super) action: &'a str,
    pub(super) version: &'a str,
    pub(super) nonce: &'a str,
    pub(super) date: &'a str,
    pub(super) query: &'a str,
}

impl Acs3<'_> {
    /// The headers that are signed, but for the host, which the client writes itself.
    pub(super) fn headers(&self) -> [(&'static str, String); 5] {
        [
            ("x-acs-action", self.action.to_owned()),
            ("x-acs-content-sha256", hex(&Sha256::digest(b""))),
            ("x-acs-date", self.date.to_owned()),
            ("x-acs-signature-nonce", self.nonce.to_owned()),
            ("x-acs-version", self.version.to_owned()),
        ]
    }

    pub(super) fn authorization(&self, key_id: &str, secret: &SecretString) -> String {
        let (names, signature) = self.signature(secret);
        format!("{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}")
    }

    /// The names of the signed headers, and the signature.
    fn signature(&self, secret: &SecretString) -> (String, String) {
        let headers = self.headers();
        let mut names = "host".to_owned();
        let mut lines = format!("host:{}\n", self.host);
        for (name, value) in &headers {
            // Writing to a String cannot fail.
            let _ = write!(names, ";{name}");
            let _ = writeln!(lines, "{name}:{value}");
        }
        let content = &headers[1].1;
        let canonical = format!("{METHOD}\n/\n{}\n{lines}\n{names}\n{content}", self.query);
        let text = format!("{ALGORITHM}\n{}", hex(&Sha256::digest(canonical)));
        (names, hmac(secret, &text))
    }
}

fn hmac(secret: &SecretString, text: &str) -> String {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else { return String::new() };
    mac.update(text.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// The parameters as the signature wants them and the URL takes them: sorted, percent-encoded.
pub(super) fn query(parameters: &[(&str, &str)]) -> String {
    let mut pairs: Vec<_> = parameters.iter().map(|(name, value)| [encoded(name), encoded(value)].join("=")).collect();
    pairs.sort_unstable();
    pairs.join("&")
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From Aliyun's documentation of the signature.
    #[test]
    fn signs_as_the_documentation_does() {
        let query =
            query(&[("RegionId", "cn-shanghai"), ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd")]);
        let signed = Acs3 {
            host: "ecs.cn-shanghai.aliyuncs.com",
            action: "RunInstances",
            version: "2014-05-26",
            nonce: "3156853299f313e23d1673dc12e1703d",
            date: "2023-10-26T10:22:32Z",
            query: &query,
        };
        let authorization = signed.authorization("YourAccessKeyId", &"YourAccessKeySecret".into());
        let signature = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0";
        assert_eq!(
            authorization,
            format!(
                "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;\
                 x-acs-date;x-acs-signature-nonce;x-acs-version,Signature={signature}"
            )
        );
    }

    #[test]
    fn a_query_is_sorted_and_encoded_in_full() {
        assert_eq!(query(&[("b", "民 +*~'"), ("a", "{\"x\":1}")]), "a=%7B%22x%22%3A1%7D&b=%E6%B0%91%20%2B%2A~%27");
    }
}
