//! The contract suites of the ports that this crate implements.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;

use minsu_ports::testkit::{clock, identity_sealer, password_hasher, randomness, signer};
use minsu_system::{Argon2Hasher, Argon2Settings, ChaChaSealer, HmacSigner, OsRandomness, SealKey, SystemClock};

#[tokio::test]
async fn system_clock() {
    clock::the_time_goes_on(&SystemClock).await;
    clock::sleeping_waits(&SystemClock).await;
}

#[test]
fn os_randomness() {
    randomness::nothing_repeats(&OsRandomness);
    randomness::every_byte_is_filled(&OsRandomness);
}

/// Small enough for tests without optimisation.
const WEAK: Argon2Settings = Argon2Settings { memory_kib: 64, iterations: 1, parallelism: 1, permits: 2, queue: 8 };

fn argon2(settings: Argon2Settings) -> Argon2Hasher {
    Argon2Hasher::new(settings, Arc::new(OsRandomness)).unwrap()
}

#[tokio::test]
async fn argon2_hasher() {
    let hasher = argon2(WEAK);
    password_hasher::only_the_password_itself_is_right(&hasher).await;
    password_hasher::hashes_are_salted(&hasher).await;
    password_hasher::without_a_hash_every_text_is_wrong(&hasher).await;
    password_hasher::a_text_that_is_too_long_is_wrong_without_work(&hasher).await;
    password_hasher::an_unreadable_hash_is_unusable(&hasher).await;
}

#[tokio::test]
async fn argon2_hasher_with_other_parameters() {
    for old in [
        Argon2Settings { memory_kib: 32, ..WEAK },
        Argon2Settings { memory_kib: 256, ..WEAK },
        Argon2Settings { iterations: 2, ..WEAK },
        Argon2Settings { parallelism: 2, ..WEAK },
    ] {
        password_hasher::other_parameters_are_outdated(&argon2(old), &argon2(WEAK)).await;
    }
}

#[tokio::test]
async fn argon2_hasher_with_the_default_parameters() {
    password_hasher::hashes_are_salted(&argon2(Argon2Settings::default())).await;
}

#[test]
fn chacha_sealer() {
    let key = |id: &str| SealKey { id: id.to_owned(), key: secrecy::SecretBox::new(Box::new([7; 32])) };
    let sealer = ChaChaSealer::new(vec![key("2026-11"), key("2026-10")], Arc::new(OsRandomness)).unwrap();
    identity_sealer::what_is_sealed_opens(&sealer);
    identity_sealer::sealing_anew_changes_the_bytes_only(&sealer);
    identity_sealer::sealed_bytes_tell_nothing(&sealer);
    identity_sealer::data_do_not_open_for_another_user(&sealer);
    identity_sealer::changed_data_do_not_open(&sealer);
    identity_sealer::texts_open_for_their_owner_alone(&sealer);
    identity_sealer::an_unknown_key_is_named(&sealer);
    identity_sealer::a_number_has_one_digest(&sealer);
    identity_sealer::occupants_open_for_their_order_alone(&sealer);
}

#[test]
fn hmac_signer() {
    let key = |byte: u8| SealKey { id: byte.to_string(), key: secrecy::SecretBox::new(Box::new([byte; 32])) };
    let (old, new) = (HmacSigner::new(&[key(7)]).unwrap(), HmacSigner::new(&[key(8), key(7)]).unwrap());
    for signer in [&old, &new] {
        signer::a_signature_is_good_for_its_text_and_purpose(signer);
        signer::a_changed_signature_is_refused(signer);
    }
    signer::signatures_outlive_a_new_key(&old, &new);
    assert!(HmacSigner::new(&[]).is_err());
}
