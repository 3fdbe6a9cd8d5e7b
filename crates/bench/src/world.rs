//! Who and what is there before anything is measured.

use std::{net::SocketAddr, path::Path};

use chrono::NaiveDate;
use serde_json::json;

use crate::{
    error::BenchError,
    plan::{MANY, ROUNDS},
    visitor::Visitor,
};

const LANDLORD: &str = "13900000001";
const GUEST: &str = "13900000002";
/// Of both; strong enough for any profile.
const PASSWORD: &str = "bench-3f9c1e77";

/// Who and what is there.
#[derive(Debug, Clone)]
pub struct World {
    /// The date on this machine.
    pub today: NaiveDate,
    /// The session of the one guest.
    pub guest_cookie: String,
    /// A house for each round of bookings on one house.
    pub hot_houses: Vec<i64>,
    /// The same for bookings that are refused.
    pub full_houses: Vec<i64>,
    /// Houses over which bookings are spread.
    pub many_houses: Vec<i64>,
}

impl World {
    /// Makes a landlord with houses, and a guest.
    ///
    /// # Errors
    /// When the server does not do its part.
    pub async fn make(address: SocketAddr, outbox: &Path, today: NaiveDate) -> Result<Self, BenchError> {
        let mut landlord = Visitor::arrive(address).await?;
        landlord.register(LANDLORD, PASSWORD, outbox).await?;
        landlord.verify().await?;
        let mut guest = Visitor::arrive(address).await?;
        guest.register(GUEST, PASSWORD, outbox).await?;
        let mut houses = Vec::new();
        for _ in 0..2 * ROUNDS + MANY {
            houses.push(landlord.publish().await?);
        }
        let many_houses = houses.split_off(2 * ROUNDS);
        let full_houses = houses.split_off(ROUNDS);
        Ok(Self { today, guest_cookie: guest.cookie()?, hot_houses: houses, full_houses, many_houses })
    }

    /// Logs the guest in anew: sessions of an in-process cache end with the process.
    ///
    /// # Errors
    /// When the server does not let the guest in.
    pub async fn log_in(&mut self, address: SocketAddr) -> Result<(), BenchError> {
        let mut guest = Visitor::arrive(address).await?;
        guest.log_in(&self.guest_login()).await?;
        self.guest_cookie = guest.cookie()?;
        Ok(())
    }

    /// The body of the guest's login.
    pub fn guest_login(&self) -> String {
        json!({"mobile": GUEST, "password": PASSWORD}).to_string()
    }

    /// A world without a server, for tests of the plans.
    #[cfg(test)]
    pub fn example() -> Self {
        let ids = |from: i64, count: usize| (from..).take(count).collect();
        Self {
            today: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
            guest_cookie: "minsu_session=x".to_owned(),
            hot_houses: ids(1000, ROUNDS),
            full_houses: ids(2000, ROUNDS),
            many_houses: ids(3000, MANY),
        }
    }
}
