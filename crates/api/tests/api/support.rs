//! A server of one's own for each test, and people who use it.

pub mod client;
pub mod picture;
pub mod server;
pub mod shape;
pub mod world;

pub use client::{Answer, Client};
pub use server::TestServer;
pub use world::World;
