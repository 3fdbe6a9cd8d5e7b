//! Paying, over HTTP, against providers that check what the real ones check: lost, repeated and forged messages,
//! payments that come too late, refunds, providers and databases that fail. Two processes on one database take part, and
//! at the end the books are sound and agree with the provider's own.

mod bills;
mod close;
mod database;
mod faults;
mod free;
mod keys;
mod late;
mod notices;
mod refunds;
mod sandbox;
mod service;
mod site;
mod wire;
