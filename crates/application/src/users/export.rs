//! All data of a user, for that user: read page by page, so that its size costs no memory, and one export of a
//! person at a time.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use minsu_domain::{HouseId, IdentityNumber, MessageKind, Principal};
use minsu_ports::{
    CacheError, CacheKey, Export as CalendarLink, Feed, Identity, OrderPlace, OrderSide, OrderSummary, OwnHouse, User,
    Webhook, Work, WorkTurn,
};

use crate::{
    App, AppError, ClientAddress,
    sessions::{self, SessionInfo, SessionToken},
    turns,
};

/// The longest that an export takes; what is not sent by then never is.
pub const LONGEST_EXPORT: Duration = Duration::from_secs(900);

/// The lifetime of the place of an export whose process was killed: beyond every export, so that no place that is
/// in use expires.
const PLACE_LIFETIME: Duration = Duration::from_secs(LONGEST_EXPORT.as_secs() + 60);

/// When a person whose export is running may try again: most exports take less.
const TRY_AGAIN: Duration = Duration::from_secs(10);

/// Rows that are read at a time.
const PAGE: u32 = 200;

/// The place of the one export that a person may have at a time, in all processes of the site. It is free again
/// after [`ExportPlace::free`], or when it expires.
#[derive(Debug)]
pub struct ExportPlace {
    key: CacheKey,
    owner: Bytes,
}

impl ExportPlace {
    /// Takes the place of a person.
    ///
    /// # Errors
    /// [`AppError::TooOften`] while an export of the person is running, [`AppError::CacheUnavailable`].
    pub async fn take(app: &App, viewer: Principal) -> Result<Self, AppError> {
        let key = CacheKey::of_number("export", viewer.user.get());
        let owner = Bytes::copy_from_slice(&app.random::<16>());
        let taken = app.cache.set_if_absent(&key, owner.clone(), PLACE_LIFETIME).await?;
        // A write whose answer was lost is sent again, and finds its own value.
        if taken || app.cache.get(&key).await?.as_ref() == Some(&owner) {
            return Ok(Self { key, owner });
        }
        Err(AppError::TooOften(TRY_AGAIN))
    }

    /// Frees the place, if it has not expired.
    ///
    /// # Errors
    /// [`CacheError`].
    pub async fn free(self, app: &App) -> Result<(), CacheError> {
        app.cache.compare_and_delete(&self.key, &self.owner).await?;
        Ok(())
    }
}

/// What an export tells of the person.
#[derive(Debug)]
pub struct ExportedPerson {
    /// The profile.
    pub user: User,
    /// The real-name data, if written.
    pub identity: Option<Identity>,
    /// The webhooks, the newest first. Their secrets are not shown again.
    pub webhooks: Vec<Webhook>,
    /// Which messages the person wants by SMS.
    pub messages: Vec<MessageKind>,
}

/// A listing in an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedListing {
    /// The listing.
    pub house: OwnHouse,
    /// The calendars of other sites that the person connected, by their id.
    pub feeds: Vec<Feed>,
    /// The links to its calendar, by their id. Their secrets are not kept.
    pub links: Vec<CalendarLink>,
}

/// An order in an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedOrder {
    /// The order, its comment included.
    pub order: OrderSummary,
    /// The people whom the person named as staying, with masked numbers; none of orders of others.
    pub occupants: Vec<Identity>,
}

/// How far a list has been read.
#[derive(Debug, Clone, Copy)]
enum Read<T> {
    Nothing,
    Until(T),
    Everything,
}

impl<T: Copy> Read<T> {
    /// The place behind which the next page begins; `None` where there is no next page.
    fn next(self) -> Option<Option<T>> {
        match self {
            Self::Nothing => Some(None),
            Self::Until(place) => Some(Some(place)),
            Self::Everything => None,
        }
    }

    /// How far a page came, by its length and its last row.
    fn behind(length: usize, last: Option<T>) -> Self {
        match last {
            Some(place) if length >= PAGE as usize => Self::Until(place),
            _ => Self::Everything,
        }
    }
}

/// All data of a user. It has its turn until it is dropped, and a database connection only while a page is read.
pub struct Export {
    app: App,
    viewer: Principal,
    session: SessionToken,
    listings: Read<HouseId>,
    as_guest: Read<OrderPlace>,
    as_landlord: Read<OrderPlace>,
    _turn: WorkTurn,
}

impl Export {
    /// Begins the export of the person behind a session, when its turn comes.
    ///
    /// # Errors
    /// [`AppError::Busy`].
    pub async fn begin(
        app: &App,
        _: &ExportPlace,
        viewer: Principal,
        session: SessionToken,
        client: ClientAddress,
    ) -> Result<Self, AppError> {
        let turn = turns::turn(app, Work::Exports, &client.party_of(viewer.user)).await?;
        Ok(Self {
            app: app.clone(),
            viewer,
            session,
            listings: Read::Nothing,
            as_guest: Read::Nothing,
            as_landlord: Read::Nothing,
            _turn: turn,
        })
    }

    /// The person, with a masked number.
    ///
    /// # Errors
    /// [`AppError::Account`], [`AppError::StoreUnavailable`].
    pub async fn person(&mut self) -> Result<ExportedPerson, AppError> {
        let identity = super::identity::exported(&self.app, self.viewer).await?;
        self.with_identity(identity).await
    }

    /// The same with the whole number.
    ///
    /// # Errors
    /// [`AppError::Account`], [`AppError::StoreUnavailable`], [`crate::SessionError::ConfirmationNeeded`] where the
    /// session was not confirmed of late.
    pub async fn person_with_whole_number(&mut self) -> Result<ExportedPerson, AppError> {
        sessions::demand_confirmed(self.viewer)?;
        let identity = super::identity::unsealed(&self.app, self.viewer.user).await?;
        self.with_identity(identity).await
    }

    async fn with_identity(&mut self, identity: Option<Identity>) -> Result<ExportedPerson, AppError> {
        let user = super::profile(&self.app, self.viewer).await?;
        let mut store = self.app.store.read_own().await?;
        let webhooks = store.webhooks().of_user(self.viewer.user).await?;
        let choices = store.messages().choices(self.viewer.user).await?;
        let messages = MessageKind::ALL.into_iter().filter(|kind| choices.wants(*kind)).collect();
        Ok(ExportedPerson { user, identity, webhooks, messages })
    }

    /// The next of the person's listings, drafts and calendars included, the oldest first; none after the last.
    ///
    /// # Errors
    /// [`AppError::StoreUnavailable`].
    pub async fn listings(&mut self) -> Result<Vec<ExportedListing>, AppError> {
        let Some(after) = self.listings.next() else { return Ok(Vec::new()) };
        let mut store = self.app.store.read_own().await?;
        let page = store.own_listings().oldest(self.viewer.user, after, PAGE).await?;
        self.listings = Read::behind(page.len(), page.last().map(|listing| listing.id));
        let ids: Vec<_> = page.iter().map(|listing| listing.id).collect();
        let feeds = store.feeds().of_houses(&ids, self.app.today()).await?;
        let links = store.exports().of_houses(&ids).await?;
        let exported = |house: OwnHouse| ExportedListing {
            feeds: feeds.iter().filter(|feed| feed.house == house.id).cloned().collect(),
            links: links.iter().filter(|(of, _)| *of == house.id).map(|(_, link)| link.clone()).collect(),
            house,
        };
        Ok(page.into_iter().map(exported).collect())
    }

    /// The next of the person's orders on one side, comments and the people who stay included, the newest first; none
    /// after the last.
    ///
    /// # Errors
    /// [`AppError::StoreUnavailable`], [`AppError::Internal`] when the people cannot be unsealed.
    pub async fn orders(&mut self, side: OrderSide) -> Result<Vec<ExportedOrder>, AppError> {
        let read = match side {
            OrderSide::Guest => &mut self.as_guest,
            OrderSide::Landlord => &mut self.as_landlord,
        };
        let Some(after) = read.next() else { return Ok(Vec::new()) };
        let mut store = self.app.store.read_own().await?;
        let page = store.orders().summaries(self.viewer.user, side, after, PAGE).await?;
        *read = Read::behind(page.len(), page.last().map(OrderSummary::place));
        // The people belong to the guest who named them.
        let named: Vec<_> = page.iter().filter(|_| side == OrderSide::Guest).map(|order| order.id).collect();
        let mut sealed: HashMap<_, _> = store.occupants().of_orders(&named).await?.into_iter().collect();
        let exported = |order: OrderSummary| -> Result<ExportedOrder, AppError> {
            let people = sealed.remove(&order.id).map(|sealed| self.app.sealer.open_occupants(order.id, &sealed));
            let people = people.transpose()?.unwrap_or_default();
            let masked = |person: Identity| Identity { id_card: IdentityNumber::masked(&person.id_card), ..person };
            Ok(ExportedOrder { order, occupants: people.into_iter().map(masked).collect() })
        };
        page.into_iter().map(exported).collect()
    }

    /// The living sessions.
    ///
    /// # Errors
    /// [`AppError::CacheUnavailable`].
    pub async fn sessions(&mut self) -> Result<Vec<SessionInfo>, AppError> {
        sessions::list(&self.app, self.viewer, &self.session).await
    }
}

#[cfg(test)]
mod tests;
