//! Made-up users, and the number of those that exist already.

use chrono::{DateTime, Utc};
use minsu_application::App;
use minsu_domain::{Invalid, Mobile, UserId, UserName};
use minsu_ports::{NewUser, PasswordHash};

use super::{CommandError, plausible::Plausible};

/// Mobiles of one kind of people; guests have theirs behind those of the landlords.
const OF_A_KIND: u64 = 1 << 31;
/// `1[3-9]` and nine digits.
const MOBILES: u64 = 7_000_000_000;

/// The role of a made-up user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Has houses.
    Landlord,
    /// Orders.
    Guest,
}

/// The people of a seed, each with a number. They are written in the order of their numbers, so the
/// last one tells how far a run came.
#[derive(Debug, Clone)]
pub struct People {
    seed: u64,
    hash: PasswordHash,
    now: DateTime<Utc>,
}

impl People {
    pub fn new(seed: u64, hash: PasswordHash, now: DateTime<Utc>) -> Self {
        Self { seed, hash, now }
    }

    /// When they signed up.
    pub fn born(&self) -> DateTime<Utc> {
        self.now
    }

    /// The person with a number.
    ///
    /// # Errors
    /// Never for numbers below 2 to the 31st.
    pub fn make(&self, kind: Kind, number: u64) -> Result<NewUser, Invalid> {
        Ok(NewUser {
            name: self.name(kind, number)?,
            mobile: self.mobile(kind, number)?,
            password_hash: self.hash.clone(),
            created_at: self.now,
        })
    }

    /// The number of existing users of a kind.
    ///
    /// # Errors
    /// When another account uses one of their mobiles.
    pub async fn existing(&self, app: &App, kind: Kind) -> Result<u64, CommandError> {
        let (mut there, mut beyond) = (0, 1);
        while self.is_there(app, kind, beyond - 1).await? {
            (there, beyond) = (beyond, beyond * 2);
        }
        // The last one that was found is number `there - 1`; number `beyond - 1` was not.
        while beyond - there > 1 {
            let middle = there + (beyond - there) / 2;
            if self.is_there(app, kind, middle - 1).await? { there = middle } else { beyond = middle }
        }
        Ok(there)
    }

    /// How many houses a landlord has.
    ///
    /// # Errors
    /// As [`Self::existing`].
    pub async fn houses_of(&self, app: &App, landlord: u64) -> Result<u64, CommandError> {
        match self.find(app, Kind::Landlord, landlord).await? {
            None => Ok(0),
            Some(id) => Ok(app.store.read_own().await?.houses().of_landlord(id, 1000).await?.len() as u64),
        }
    }

    /// A user id other than this one, with which a stay is quoted for a guest.
    pub fn other_than(&self, one: UserId) -> UserId {
        UserId::new(one.get() % 2 + 1).unwrap_or(one)
    }

    async fn is_there(&self, app: &App, kind: Kind, number: u64) -> Result<bool, CommandError> {
        Ok(self.find(app, kind, number).await?.is_some())
    }

    async fn find(&self, app: &App, kind: Kind, number: u64) -> Result<Option<UserId>, CommandError> {
        let mobile = self.mobile(kind, number)?;
        let mut session = app.store.read_own().await?;
        let Some(credentials) = session.users().credentials(&mobile).await? else { return Ok(None) };
        let user = session.users().find(credentials.user).await?;
        if user.is_none_or(|user| Some(user.name) != self.name(kind, number).ok()) {
            return Err("another account has a mobile of this seed: take another --seed".into());
        }
        Ok(Some(credentials.user))
    }

    fn name(&self, kind: Kind, number: u64) -> Result<UserName, Invalid> {
        let letter = if kind == Kind::Landlord { 'l' } else { 'g' };
        let given = Plausible::new(self.seed, number).given_name();
        UserName::new(&format!("{given} {:x}{letter}{number}", self.seed & 0xffff_ffff))
    }

    fn mobile(&self, kind: Kind, number: u64) -> Result<Mobile, Invalid> {
        let first = Plausible::new(self.seed, 0).below(MOBILES);
        let of_kind = if kind == Kind::Landlord { 0 } else { OF_A_KIND };
        let number = (first + of_kind + number) % MOBILES;
        Mobile::new(&format!("1{}{:09}", 3 + number / 1_000_000_000, number % 1_000_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_user_has_a_mobile_and_a_name_of_their_own() {
        let people = People::new(1, PasswordHash("hash".into()), DateTime::UNIX_EPOCH);
        let numbers = (0..500).chain([2_147_000_000]);
        let made =
            numbers.flat_map(|number| [Kind::Landlord, Kind::Guest].map(|kind| people.make(kind, number).unwrap()));
        let made: Vec<_> = made.collect();
        assert_eq!(made.iter().map(|user| user.mobile.as_str()).collect::<HashSet<_>>().len(), 1002);
        assert_eq!(made.iter().map(|user| user.name.as_str()).collect::<HashSet<_>>().len(), 1002);
        let one = UserId::new(1).unwrap();
        assert_ne!(people.other_than(one), one);
        assert_ne!(people.other_than(UserId::new(2).unwrap()).get(), 2);
    }
}
