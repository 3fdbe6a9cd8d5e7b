//! The repositories: one file each, statements and what they become in the domain.

mod houses;
mod orders;
mod pages;
mod reference;
mod search;
mod strays;
mod summaries;
mod upkeep;
mod users;
mod values;
