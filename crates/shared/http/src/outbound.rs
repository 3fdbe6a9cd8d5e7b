//! Calls to addresses that strangers name: calendars and webhooks.
//!
//! Such a call must not reach what only this machine reaches. Every URL, each hop of a redirect included, is checked
//! for its scheme, its port and a literal address ([`OutboundRules`]); names are looked up by a resolver that checks
//! every address and hands them to the connection itself, so that a name cannot change its mind in between. Nothing
//! is taken from the environment; there are no cookies, no proxy and no connection that is kept.

mod address;
mod body;
mod client;
mod error;
mod reach;
mod resolver;
mod rules;

pub use client::{OutboundClient, OutboundOptions};
pub use error::OutboundError;
pub use resolver::{Lookup, SystemLookup};
pub use rules::OutboundRules;
