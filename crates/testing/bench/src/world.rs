//! The users and houses of a measurement.

use std::{net::SocketAddr, path::Path};

use chrono::NaiveDate;
use serde_json::json;

use crate::{error::BenchError, visitor::Visitor};

const LANDLORD: &str = "13900000001";
/// Guests, who book in turn.
pub const GUESTS: usize = 16;
/// Houses over which bookings are spread.
pub const MANY: usize = 100;
/// Rounds for which there are different requests: the greatest number of pairs, and the warm-up.
pub const ROUNDS: usize = 21;
/// The password of all users; strong enough for any profile.
const PASSWORD: &str = "bench-3f9c1e77";

/// The users and houses of a site.
#[derive(Debug, Clone)]
pub struct World {
    /// The date on this machine.
    pub today: NaiveDate,
    /// The session of each guest.
    pub guest_cookies: Vec<String>,
    /// The first guest; the ids of the others follow.
    pub first_guest: i64,
    /// A house for each round of bookings on one house.
    pub hot_houses: Vec<i64>,
    /// The same for bookings that are refused.
    pub full_houses: Vec<i64>,
    /// Houses over which bookings are spread.
    pub many_houses: Vec<i64>,
}

impl World {
    /// Makes a landlord with houses, and guests.
    ///
    /// # Errors
    /// When the server does not do its part.
    pub async fn make(address: SocketAddr, outbox: &Path, today: NaiveDate) -> Result<Self, BenchError> {
        let mut landlord = Visitor::arrive(address).await?;
        landlord.register(LANDLORD, PASSWORD, outbox).await?;
        landlord.verify().await?;
        let (mut guest_cookies, mut first_guest) = (Vec::new(), None);
        for number in 0..GUESTS {
            let mut guest = Visitor::arrive(address).await?;
            guest.register(&mobile(number), PASSWORD, outbox).await?;
            if first_guest.is_none() {
                first_guest = Some(guest.id().await?);
            }
            guest_cookies.push(guest.cookie()?);
        }
        let first_guest = first_guest.ok_or_else(|| BenchError::Unreadable("a site without guests".to_owned()))?;
        let mut houses = Vec::new();
        for _ in 0..2 * ROUNDS + MANY {
            houses.push(landlord.publish().await?);
        }
        let many_houses = houses.split_off(2 * ROUNDS);
        let full_houses = houses.split_off(ROUNDS);
        Ok(Self { today, guest_cookies, first_guest, hot_houses: houses, full_houses, many_houses })
    }

    /// Logs the guests in anew: sessions of an in-process cache end with the process.
    ///
    /// # Errors
    /// When the server does not let one in.
    pub async fn log_in(&mut self, address: SocketAddr) -> Result<(), BenchError> {
        for (number, cookie) in self.guest_cookies.iter_mut().enumerate() {
            let mut guest = Visitor::arrive(address).await?;
            guest.log_in(&login(&mobile(number))).await?;
            *cookie = guest.cookie()?;
        }
        Ok(())
    }

    /// The session of a guest; there is one for every number.
    pub fn guest(&self, number: usize) -> &str {
        &self.guest_cookies[number % self.guest_cookies.len()]
    }

    /// The body of the landlord's login. The landlord's sessions are not needed any more, while the guests'
    /// are: a seventeenth login ends the first session of its user.
    pub fn landlord_login(&self) -> String {
        login(LANDLORD)
    }

    /// A world without a server, for tests of the plans.
    #[cfg(test)]
    pub fn example() -> Self {
        let ids = |from: i64, count: usize| (from..).take(count).collect();
        Self {
            today: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
            guest_cookies: (0..GUESTS).map(|number| format!("minsu_session={number}")).collect(),
            first_guest: 7,
            hot_houses: ids(1000, ROUNDS),
            full_houses: ids(2000, ROUNDS),
            many_houses: ids(3000, MANY),
        }
    }
}

fn mobile(guest: usize) -> String {
    format!("139000001{guest:02}")
}

fn login(mobile: &str) -> String {
    json!({"mobile": mobile, "password": PASSWORD}).to_string()
}
