//! The pages of landlords.

pub mod house;
pub mod houses;
pub mod orders;
pub mod publish;
