//! The duty to make a page.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use async_trait::async_trait;
use minsu_ports::{Page, PageKey, Rendered, Rendering};

use super::{Tiers, flights::Flight, shared::Place, stored};

/// A page that somebody is making.
pub(super) struct Making {
    tiers: Arc<Tiers>,
    key: PageKey,
    /// Who waits for it.
    flight: Flight,
    /// The page will show every change that was announced by then.
    read_at: Instant,
    /// Where it is to be kept for all; read before it is made.
    place: Option<Place>,
}

impl Making {
    /// For those who wait, and for all.
    pub(super) fn of(
        tiers: Arc<Tiers>,
        key: PageKey,
        flight: Flight,
        read_at: Instant,
        place: Option<Place>,
    ) -> Box<dyn Rendering> {
        Box::new(Self { tiers, key, flight, read_at, place })
    }
}

#[async_trait]
impl Rendering for Making {
    async fn done(self: Box<Self>, rendered: Rendered) -> Page {
        let Self { tiers, key, flight, read_at, place } = *self;
        tiers.counters.rendered.fetch_add(1, Ordering::Relaxed);
        let (page, keep) = match rendered {
            Rendered::Keep(body) => (stored::page_of(body), true),
            Rendered::Show(body) => (stored::page_of(body), false),
        };
        // Where it is kept first and then handed out, whoever comes next finds it: in this process
        // if there is room, otherwise in the shared cache, for which nobody else has to wait.
        let last = tiers.local.has_room();
        if keep {
            tiers.local.put(key, page.clone(), read_at, tiers.fresh);
        }
        let place = place.filter(|_| keep);
        if !last {
            tiers.put(place.as_ref(), &page).await;
        }
        flight.land(&page);
        if last {
            tiers.put(place.as_ref(), &page).await;
        }
        page
    }

    fn failed(self: Box<Self>) {
        // One of those who wait tries next.
        drop(self.flight);
    }
}
