//! The repositories: one file each, statements and what they become in the domain.

mod houses;
mod orders;
mod pages;
mod reference;
pub(crate) mod search;
pub(crate) mod sql;
mod strays;
mod summaries;
mod upkeep;
mod users;
pub(crate) mod values;
