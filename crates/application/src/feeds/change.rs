//! Changing a feed.

use minsu_domain::{CalendarName, DayOffsets, Event, FeedId, HouseId, ListingEvent, Principal, Version};
use minsu_ports::{FeedTerms, Store};

use super::{address, step, sync::APART};
use crate::{
    App, AppError, CalendarError, ListingError,
    houses::{begin_owned, owned},
    transaction::in_locked_transaction,
};

/// Changes of a feed: what is absent stays.
#[derive(Clone, Default)]
pub struct ChangeFeed {
    /// Another name.
    pub name: Option<CalendarName>,
    /// Another address.
    pub url: Option<String>,
    /// Other days at the start of each event, from −2 to 0.
    pub start_offset: Option<i64>,
    /// Other days at the end of each event, from 0 to 2.
    pub end_offset: Option<i64>,
    /// Whether none of its events is a stay.
    pub is_all_closures: Option<bool>,
    /// Whether it is not read for now.
    pub is_paused: Option<bool>,
}

impl ChangeFeed {
    fn applied(&self, before: &FeedTerms) -> Result<FeedTerms, AppError> {
        let start = self.start_offset.unwrap_or(before.offsets.start());
        let end = self.end_offset.unwrap_or(before.offsets.end());
        Ok(FeedTerms {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            offsets: DayOffsets::new(start, end)?,
            is_all_closures: self.is_all_closures.unwrap_or(before.is_all_closures),
            is_paused: self.is_paused.unwrap_or(before.is_paused),
        })
    }
}

/// Changes a feed of one's own listing. With another address or another way to count its days, what the next answers do
/// not have leaves by the usual rule, however much it is. A change of anything but the name has the feed read anew, as
/// often as a landlord may ask for that; a poll that began before writes nothing any more.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`CalendarError::NoSuchFeed`],
/// [`CalendarError::VersionStale`], and those of the address as [`super::connect`] has them.
pub async fn change(
    app: &App,
    viewer: Principal,
    (house, id): (HouseId, FeedId),
    seen: Option<Version>,
    command: &ChangeFeed,
) -> Result<(), AppError> {
    owned(app.store.read_own().await?.as_mut(), viewer, house).await?;
    let source = match &command.url {
        Some(url) => Some(address::sealed(app, house, url).await?),
        None => None,
    };
    let now = app.clock.now();
    let begin = async |store: &dyn Store| begin_owned(store, viewer).await;
    in_locked_transaction(app, begin, async |transaction, landlord| {
        owned(&mut **transaction, viewer, house).await?;
        let calendar = landlord.with_calendar(&mut **transaction, house).await?.ok_or(ListingError::NotFound)?;
        let feeds = transaction.feeds().of_house(house, app.today()).await?;
        let feed = feeds.into_iter().find(|feed| feed.id == id).ok_or(CalendarError::NoSuchFeed)?;
        let generation = seen.unwrap_or(feed.generation);
        let terms = command.applied(&feed.terms)?;
        let (source, has_other) = (source.clone(), source.is_some());
        let counts = |terms: &FeedTerms| (terms.offsets, terms.is_all_closures);
        let has_other_days = has_other || counts(&terms) != counts(&feed.terms);
        let asked = transaction.feeds().asked_at(house, id).await?.flatten();
        let next = asked.map_or(now, |asked| now.max(asked + APART));
        let anew = (has_other_days || terms.is_paused != feed.terms.is_paused).then_some(next);
        if !transaction.feeds().change(&calendar, id, generation, &terms, source, anew).await? {
            return Err(CalendarError::VersionStale.into());
        }
        if anew == Some(now) {
            transaction.feeds().ask(id, now, now - APART).await?;
        }
        if has_other_days {
            step::take(app, transaction, &calendar, id, |state, around| state.relink(around)).await?;
        }
        transaction.record(Event::ListingFeedsChanged(ListingEvent { house, landlord: viewer.user }));
        Ok(())
    })
    .await
}
