//! Calendars of other sites: what becomes of their days, whatever the other side answers, and what other sites are
//! given.

mod channel;
mod conflicts;
mod echoes;
mod faults;
mod links;
mod scene;
mod settings;
