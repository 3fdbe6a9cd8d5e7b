//! Calls to URLs that strangers name, over real sockets.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod answers;
mod names;
mod redirects;
mod server;
