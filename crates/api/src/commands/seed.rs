//! `minsu seed`: fills a database with made-up but plausible houses and orders.

mod plausible;

use chrono::{Days, NaiveDate};
use indicatif::{ProgressBar, ProgressStyle};
use minsu_application::App;
use minsu_domain::{HouseId, HouseTerms, Mobile, Password, PasswordPolicy, Stay, UserId, UserName};
use minsu_ports::{NewHouse, NewOrder, NewUser, StoreError, UniqueKey, UnitOfWork};

use super::CommandError;
use plausible::Plausible;

/// How much to make.
#[derive(Debug, Clone, Copy)]
pub struct SeedOptions {
    /// Houses.
    pub houses: u64,
    /// Orders; on a full house fewer.
    pub orders: u64,
    /// The same seed makes the same data.
    pub seed: u64,
}

/// Rows written in one unit of work: large enough that the commit does not count, small enough
/// that other writers get their turn.
const BATCH: u64 = 500;
/// Houses of one landlord.
const HOUSES_PER_LANDLORD: u64 = 20;
/// Orders of one guest.
const ORDERS_PER_GUEST: u64 = 5;

/// Adds landlords with houses, and guests with orders for them. Nobody can log in to these
/// accounts: their password is random and forgotten.
///
/// # Errors
/// When the database refuses.
pub async fn seed(app: &App, options: SeedOptions) -> Result<(), CommandError> {
    let mut plausible = Plausible::new(options.seed);
    let areas: Vec<_> =
        app.store.read_own().await?.reference().areas().await?.into_iter().map(|area| area.id).collect();
    let forgotten = Password::new(format!("{:032x}", plausible.number()), PasswordPolicy::default())?;
    let people = People { hash: app.passwords.hash(&forgotten).await?, tag: plausible.number() as u32 };

    let bar = progress("houses", options.houses);
    let mut houses: Vec<(HouseId, HouseTerms)> = Vec::new();
    let mut landlord = None;
    let mut made = 0;
    while made < options.houses {
        let mut unit = app.store.begin().await?;
        for _ in 0..BATCH.min(options.houses - made) {
            if made % HOUSES_PER_LANDLORD == 0 || landlord.is_none() {
                landlord = Some(people.add(app, unit.as_mut(), &mut plausible).await?);
            }
            let owner = landlord.ok_or("no landlord")?;
            let offer = plausible.offer(&areas)?;
            let terms = HouseTerms { landlord: owner, price: offer.price, limits: offer.limits };
            let house = NewHouse { landlord: owner, offer, created_at: app.clock.now() };
            houses.push((unit.houses().insert(&house).await?, terms));
            made += 1;
        }
        unit.commit().await?;
        bar.set_position(made);
    }
    bar.finish();
    if houses.is_empty() {
        return Ok(());
    }

    let bar = progress("orders", options.orders);
    let today = app.today();
    let mut guest = None;
    for placed in 0..options.orders {
        // A clash costs its unit of work: each order has its own.
        let mut unit = app.store.begin().await?;
        if placed % ORDERS_PER_GUEST == 0 || guest.is_none() {
            guest = Some(people.add(app, unit.as_mut(), &mut plausible).await?);
        }
        let (house, terms) = houses[plausible.below(houses.len() as u64) as usize];
        let stay = stay(app, &mut plausible, today)?;
        let guest_id = guest.ok_or("no guest")?;
        let Ok(quote) = terms.quote(guest_id, &stay, today, &app.policy.booking) else { continue };
        let order = NewOrder { house, guest: guest_id, stay, quote, created_at: app.clock.now() };
        match unit.orders().place(&order).await {
            Ok(_) => unit.commit().await?,
            Err(StoreError::Duplicate(UniqueKey::HouseDay)) => guest = None,
            Err(error) => return Err(error.into()),
        }
        bar.set_position(placed + 1);
    }
    bar.finish();
    Ok(())
}

fn stay(app: &App, plausible: &mut Plausible, today: NaiveDate) -> Result<Stay, CommandError> {
    let start = today + Days::new(plausible.below(180));
    let end = start + Days::new(1 + plausible.below(4));
    Ok(Stay::new(start, end, app.policy.booking.rule)?)
}

fn progress(what: &'static str, total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:7} {bar:40} {human_pos}/{human_len} {per_sec} {eta}");
    let bar = ProgressBar::new(total).with_message(what);
    if let Ok(style) = style { bar.with_style(style) } else { bar }
}

/// Makes people that nobody logs in to.
struct People {
    hash: minsu_ports::PasswordHash,
    tag: u32,
}

impl People {
    async fn add(
        &self,
        app: &App,
        unit: &mut dyn UnitOfWork,
        plausible: &mut Plausible,
    ) -> Result<UserId, CommandError> {
        let number = plausible.number();
        let user = NewUser {
            name: UserName::new(&format!("{}{:08x}{:08x}", plausible.given_name(), self.tag, number as u32))?,
            // 10 to the 10th numbers are enough for two runs never to meet, nearly.
            mobile: Mobile::new(&format!("1{}{:09}", 3 + number % 7, (number >> 8) % 1_000_000_000))?,
            password_hash: self.hash.clone(),
            created_at: app.clock.now(),
        };
        Ok(unit.users().insert(&user).await?)
    }
}
