//! What the native API promises beyond its table: versions, cursors, languages, limits, caching, and that
//! it speaks of the same site as the other dialects.

mod account;
mod changes;
mod history;
mod listings;
mod lists;
mod occupants;
mod pictures;
mod pricing;
mod profile;
mod proof_of_work;
mod repeats;
mod rules;
mod same_search;
