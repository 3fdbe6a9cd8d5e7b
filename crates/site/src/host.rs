//! The pages of landlords.

pub mod edit;
pub mod house;
pub mod houses;
pub mod orders;
pub mod pictures;
pub mod publish;
pub mod states;
