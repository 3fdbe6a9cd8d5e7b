//! Proof of work by the scheme of ALTCHA (<https://altcha.org/docs/v2/proof-of-work>): a browser looks for the
//! number whose SHA-256 behind a salt is the challenge. It makes asking for many SMS dear, and does not tell
//! people from machines.
//!
//! The site keeps nothing of a challenge until it is solved: the salt says when it expires and an HMAC-SHA-256
//! vouches for all of it. The salt ends with `&`, so that no digit of the number can be moved into the time
//! of its expiry.

use std::{fmt::Write as _, time::Duration};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use minsu_ports::{CacheKey, Signal};
use sha2::Sha256;

use crate::{App, AppError, CaptchaError, digest::sha256};

/// The only hash function of the scheme that the site uses.
pub const ALGORITHM: &str = "SHA-256";
/// How long a challenge can be solved.
const LIFETIME: Duration = Duration::from_secs(600);
/// How long a key signs challenges; all processes of the site share it.
const KEY_LIFETIME: Duration = Duration::from_secs(86_400);

/// What a browser is asked to solve; its fields have the names of the scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Hexadecimal SHA-256 of the salt with the number behind it.
    pub challenge: String,
    /// The largest number that may have to be tried.
    pub maxnumber: u32,
    /// What the number is put behind.
    pub salt: String,
    /// Hexadecimal HMAC-SHA-256 of the challenge.
    pub signature: String,
}

/// What a browser found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// As it was in the challenge.
    pub challenge: String,
    /// The number.
    pub number: u32,
    /// As it was in the challenge.
    pub salt: String,
    /// As it was in the challenge.
    pub signature: String,
}

/// A new challenge; on average half of [`Policy::proof_of_work`](crate::Policy::proof_of_work) numbers have to
/// be tried. `None` where the site demands no proof.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn challenge(app: &App) -> Result<Option<Challenge>, AppError> {
    let maxnumber = app.policy.proof_of_work;
    if maxnumber == 0 {
        return Ok(None);
    }
    let expires = app.clock.now().timestamp().saturating_add_unsigned(LIFETIME.as_secs());
    let salt = format!("{}?expires={expires}&", hexadecimal(&app.random::<12>()));
    let number = below_or_equal(app, maxnumber);
    let challenge = digest_of(&salt, number);
    let signature = signature_of(&key(app).await?, &challenge);
    Ok(Some(Challenge { challenge, maxnumber, salt, signature }))
}

/// Accepts a solution once.
///
/// # Errors
/// [`CaptchaError::Expired`] for one that is too old or was accepted before, [`CaptchaError::Wrong`] for one
/// that solves nothing or whose challenge is not ours, [`AppError::CacheUnavailable`].
pub async fn verify(app: &App, solution: &Solution) -> Result<(), AppError> {
    let verdict = compare(app, solution).await;
    app.telemetry.count(if verdict.is_ok() { Signal::ProofAccepted } else { Signal::ProofRefused });
    verdict
}

async fn compare(app: &App, solution: &Solution) -> Result<(), AppError> {
    let signed = Mac::chain_update(mac(&key(app).await?), &solution.challenge);
    let signature = bytes_of(&solution.signature).ok_or(CaptchaError::Wrong)?;
    if signed.verify_slice(&signature).is_err() || digest_of(&solution.salt, solution.number) != solution.challenge {
        return Err(CaptchaError::Wrong.into());
    }
    let expires = expiry_of(&solution.salt).ok_or(CaptchaError::Wrong)?;
    let left = u64::try_from(expires - app.clock.now().timestamp()).ok().filter(|left| *left > 0);
    let left = Duration::from_secs(left.ok_or(CaptchaError::Expired)?);
    let accepted = CacheKey::of_digest("proof-accepted", &sha256(solution.challenge.as_bytes()));
    // A second more than it lives: never is there a moment in which it is forgotten and not expired.
    if app.cache.set_if_absent(&accepted, Bytes::from_static(b"1"), left + Duration::from_secs(1)).await? {
        Ok(())
    } else {
        Err(CaptchaError::Expired.into())
    }
}

/// The second at which a salt of ours says that it expires.
fn expiry_of(salt: &str) -> Option<i64> {
    salt.strip_suffix('&')?.split_once("?expires=")?.1.parse().ok()
}

/// The key of today; of simultaneous callers one makes it.
async fn key(app: &App) -> Result<Bytes, AppError> {
    let name = CacheKey::single("proof-key");
    if let Some(key) = app.cache.get(&name).await? {
        return Ok(key);
    }
    let fresh = Bytes::copy_from_slice(&app.random::<32>());
    app.cache.set_if_absent(&name, fresh.clone(), KEY_LIFETIME).await?;
    Ok(app.cache.get(&name).await?.unwrap_or(fresh))
}

fn mac(key: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of any length, so the fallback is never used.
    Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()))
}

fn signature_of(key: &[u8], challenge: &str) -> String {
    hexadecimal(&Mac::chain_update(mac(key), challenge).finalize().into_bytes())
}

fn digest_of(salt: &str, number: u32) -> String {
    hexadecimal(&sha256(format!("{salt}{number}").as_bytes()))
}

/// A number up to this one. That the small ones are more likely by one in 2^32 / `most` helps no solver.
fn below_or_equal(app: &App, most: u32) -> u32 {
    let drawn = u64::from_be_bytes(app.random());
    u32::try_from(drawn % (u64::from(most) + 1)).unwrap_or(most)
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::TestApp;
    use minsu_ports::testkit::MockCache;
    use std::{
        collections::HashMap,
        sync::{Arc, Mutex},
    };

    /// An application that demands this much work, on a cache that forgets nothing.
    fn app(work: u32) -> App {
        let values = Arc::new(Mutex::new(HashMap::<String, Bytes>::new()));
        let mut cache = MockCache::new();
        let read = values.clone();
        cache.expect_get().returning(move |key| Ok(read.lock().unwrap().get(key.as_str()).cloned()));
        cache.expect_set_if_absent().returning(move |key, value, _| {
            let mut values = values.lock().unwrap();
            let absent = !values.contains_key(key.as_str());
            values.entry(key.as_str().to_owned()).or_insert(value);
            Ok(absent)
        });
        let mut app = TestApp::default().cache(cache).build();
        app.policy.proof_of_work = work;
        app
    }

    fn solve(challenge: Challenge) -> Solution {
        let Challenge { challenge, maxnumber, salt, signature } = challenge;
        let number = (0..=maxnumber).find(|number| digest_of(&salt, *number) == challenge).unwrap();
        Solution { challenge, number, salt, signature }
    }

    async fn refused(app: &App, solution: Solution) -> CaptchaError {
        match verify(app, &solution).await {
            Err(AppError::Captcha(refused)) => refused,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_solution_is_accepted_once() {
        let app = app(5_000);
        let solution = solve(challenge(&app).await.unwrap().unwrap());
        assert!(verify(&app, &solution).await.is_ok());
        assert!(matches!(refused(&app, solution).await, CaptchaError::Expired));
        assert_eq!(challenge(&self::app(0)).await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_was_not_solved_or_not_signed_is_refused() {
        let app = app(5_000);
        let good = solve(challenge(&app).await.unwrap().unwrap());
        let other = Solution { number: good.number + 1, ..good.clone() };
        assert!(matches!(refused(&app, other).await, CaptchaError::Wrong));
        // A challenge of one's own, solved beforehand.
        let salt = "00?expires=99999999999&".to_owned();
        let own = Solution { challenge: digest_of(&salt, 1), number: 1, salt, ..good.clone() };
        assert!(matches!(refused(&app, own).await, CaptchaError::Wrong));
        for signature in ["", "zz", "0"] {
            let unsigned = Solution { signature: signature.into(), ..good.clone() };
            assert!(matches!(refused(&app, unsigned).await, CaptchaError::Wrong), "{signature}");
        }
        assert!(verify(&app, &good).await.is_ok());
    }

    /// The digits of the number would make another expiry, were there nothing between them.
    #[tokio::test]
    async fn the_number_cannot_prolong_the_expiry() {
        let app = app(5_000);
        let salt = format!("aa?expires={}", app.clock.now().timestamp() + 60);
        let signature = |challenge: &str| {
            let challenge = challenge.to_owned();
            let app = app.clone();
            async move { signature_of(&key(&app).await.unwrap(), &challenge) }
        };
        // As signed for the number 12, read as one for the number 2 with an expiry ten times as far.
        let challenge = digest_of(&salt, 12);
        let signature = signature(&challenge).await;
        let spliced = Solution { challenge, number: 2, salt: format!("{salt}1"), signature };
        assert!(matches!(refused(&app, spliced).await, CaptchaError::Wrong));
    }

    #[tokio::test]
    async fn an_expired_challenge_is_worth_nothing() {
        let app = app(100);
        let salt = format!("aa?expires={}&", app.clock.now().timestamp() - 1);
        let challenge = digest_of(&salt, 7);
        let signature = signature_of(&key(&app).await.unwrap(), &challenge);
        let old = Solution { challenge, number: 7, salt, signature };
        assert!(matches!(refused(&app, old).await, CaptchaError::Expired));
    }

    #[test]
    fn the_digest_is_that_of_the_scheme() {
        // printf 'abc?expires=1&42' | sha256sum
        let expected = "689d1180a58734d6422132137d4ac583afb922cae9c18591f413a11e890e897c";
        assert_eq!(digest_of("abc?expires=1&", 42), expected);
    }
}
