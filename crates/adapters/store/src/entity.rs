//! The tables as SeaORM entities; what the columns mean is said in the migrations.

pub(crate) mod area;
pub(crate) mod facility;
pub(crate) mod house;
pub(crate) mod house_day;
pub(crate) mod house_facility;
pub(crate) mod house_picture;
pub(crate) mod house_word;
pub(crate) mod order;
pub(crate) mod stray;
pub(crate) mod user;
pub(crate) mod withdrawn_house;
