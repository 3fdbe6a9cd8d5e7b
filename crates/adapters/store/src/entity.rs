//! The tables as SeaORM entities; the migrations say what the columns mean.

pub(crate) mod area;
pub(crate) mod cache_entry;
pub(crate) mod facility;
pub(crate) mod hidden_house;
pub(crate) mod house;
pub(crate) mod house_claim;
pub(crate) mod house_date;
pub(crate) mod house_day;
pub(crate) mod house_description;
pub(crate) mod house_facility;
pub(crate) mod house_guest;
pub(crate) mod house_picture;
pub(crate) mod house_price_bound;
pub(crate) mod house_rule;
pub(crate) mod house_season;
pub(crate) mod house_word;
pub(crate) mod idempotency_key;
pub(crate) mod identity_number;
pub(crate) mod order;
pub(crate) mod order_change;
pub(crate) mod order_line;
pub(crate) mod orphaned_object;
pub(crate) mod personal_token;
pub(crate) mod user;
