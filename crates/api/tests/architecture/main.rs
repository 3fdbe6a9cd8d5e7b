//! What `docs/architecture.md` promises about the code: arrows between crates, no cycle between the
//! modules of a crate, and how long files and functions may be.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod arrows;
mod cycles;
mod sizes;
mod sources;
