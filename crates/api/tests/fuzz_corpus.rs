//! The corpus of `fuzz/` through every fuzz target, and what a few thousand simple changes make of
//! it: the part of fuzzing that every test run affords.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

use std::{fs, path::PathBuf};

#[path = "../../../fuzz/targets.rs"]
mod targets;

/// The files of a target's corpus.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
}

/// Runs a target on its corpus, and on so many mutants of each file: cut, flipped, spliced. The
/// sequence is fixed, so that a failure can be repeated.
fn run(name: &str, target: fn(&[u8]), mutants: u64) {
    let files = corpus(name);
    assert!(files.len() >= 5, "{name} has too small a corpus");
    let mut state: u64 = 20_261_121;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    for file in &files {
        target(file);
        for _ in 0..mutants {
            let mut mutant = file.clone();
            match draw(3) {
                0 => mutant.truncate(draw(file.len())),
                1 => {
                    for _ in 0..=draw(4) {
                        let place = draw(mutant.len());
                        if let Some(byte) = mutant.get_mut(place) {
                            *byte = draw(256) as u8;
                        }
                    }
                }
                _ => {
                    let other = &files[draw(files.len())];
                    mutant.truncate(draw(file.len()));
                    mutant.extend_from_slice(&other[draw(other.len())..]);
                }
            }
            target(&mutant);
        }
    }
}

#[test]
fn identity() {
    run("identity", targets::identity, 2000);
}

#[test]
fn money() {
    run("money", targets::money, 2000);
}

#[test]
fn day() {
    run("day", targets::day, 2000);
}

#[test]
fn sms_path() {
    run("sms_path", targets::sms_path, 2000);
}

#[test]
fn multipart() {
    run("multipart", targets::multipart, 200);
}

#[test]
fn picture() {
    run("picture", targets::picture, 60);
}

#[test]
fn calendar() {
    run("calendar", targets::calendar, 200);
}
