//! Walks the houses in the order of the total of a stay, see `repos/search/by_total.rs`.

use minsu_ports::{HouseSummary, PageStart, StoreError};
use sea_orm::{ConnectionTrait, Statement};

use crate::{
    errors::failed,
    repos::{
        search::{Place, Walk, listed},
        summaries::summaries,
    },
    session::SqlSession,
};

/// Each step of a walk takes so many times the houses of the one before.
const GROWTH: usize = 4;

impl SqlSession {
    /// A page of a list that is sorted by the total of the stay.
    pub(super) async fn page_by_total(
        &self,
        walk: Walk<'_>,
        from: PageStart,
        limit: u32,
    ) -> Result<Vec<HouseSummary>, StoreError> {
        let before = match from {
            PageStart::Offset(offset) => usize::try_from(offset).unwrap_or(usize::MAX),
            PageStart::After(_) => 0,
        };
        let places = self.first_by_total(walk, before.saturating_add(limit as usize)).await?;
        let ids: Vec<i64> = places.iter().skip(before).map(|(_, id)| -id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        summaries(&self.db, listed(self.db.get_database_backend(), &ids), "page.place").await
    }

    /// The first houses of the list, at most `count`.
    async fn first_by_total(&self, walk: Walk<'_>, count: usize) -> Result<Vec<Place>, StoreError> {
        let Some(last) = count.checked_sub(1) else { return Ok(Vec::new()) };
        let backend = self.db.get_database_backend();
        let (mut found, mut behind, mut limit) = (Vec::<Place>::new(), None, count);
        let mut is_first = true;
        loop {
            let statement = walk.with_rules(backend, behind, found.get(last).copied(), limit);
            let rows = self.numbers::<3>(statement).await?;
            found.extend(rows.iter().map(|[id, total, _]| walk.place(*total, *id)));
            found.sort_unstable();
            if is_first {
                let statement = walk.without_rules(backend, found.get(last).copied(), count);
                let plain = self.numbers::<2>(statement).await?;
                found.extend(plain.iter().map(|[id, total]| walk.place(*total, *id)));
                found.sort_unstable();
                is_first = false;
            }
            found.truncate(count);
            let Some([id, _, bound]) = rows.last().filter(|_| rows.len() == limit) else { return Ok(found) };
            if found.get(last).is_some_and(|place| *place <= walk.reached(*bound, *id)) {
                return Ok(found);
            }
            behind = Some((*bound, *id));
            limit = limit.saturating_mul(GROWTH);
        }
    }

    /// The rows of a statement of whole numbers.
    async fn numbers<const N: usize>(&self, statement: Statement) -> Result<Vec<[i64; N]>, StoreError> {
        let rows = self.db.query_all_raw(statement).await.map_err(failed)?;
        let row = |row: sea_orm::QueryResult| {
            let mut numbers = [0; N];
            for (place, number) in numbers.iter_mut().enumerate() {
                *number = row.try_get_by_index(place).map_err(failed)?;
            }
            Ok::<_, StoreError>(numbers)
        };
        rows.into_iter().map(row).collect()
    }
}
