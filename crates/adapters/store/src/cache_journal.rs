//! Entries of a cache in memory, kept in a table.

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound as _, Utc};
use minsu_ports::{CacheJournal, CacheKey, KeptChange, KeptEntry, KeptValue, StoreError, UnitOfWork as _};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::OnConflict,
};

use crate::{
    SqlStore,
    entity::cache_entry::{ActiveModel, Column, Entity, Model},
    errors::failed,
    repos::{pages::limited, values::Table},
};

const ENTRIES: Table = Table("cache_entries");
/// Entries of one statement: SQLite takes some 32,000 parameters.
const AT_ONCE: usize = 500;

#[async_trait]
impl CacheJournal for SqlStore {
    async fn living(
        &self,
        after: Option<&CacheKey>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<KeptEntry>, StoreError> {
        let mut living = Entity::find().filter(Column::Ends.gt(now)).order_by_asc(Column::EntryKey);
        if let Some(after) = after {
            living = living.filter(Column::EntryKey.gt(after.as_str()));
        }
        let rows = living.limit(u64::from(limit)).all(&self.reading().db).await.map_err(failed)?;
        rows.into_iter().map(entry).collect()
    }

    async fn write(&self, changes: &[KeptChange]) -> Result<(), StoreError> {
        let (mut puts, mut removed) = (Vec::new(), Vec::new());
        for change in changes {
            match change {
                KeptChange::Put(entry) => puts.push(row(entry)),
                KeptChange::Remove(key) => removed.push(key.as_str()),
            }
        }
        let session = self.transaction().await?;
        for rows in puts.chunks(AT_ONCE) {
            let over = OnConflict::column(Column::EntryKey)
                .update_columns([Column::Value, Column::Counter, Column::Ends])
                .to_owned();
            let insert = Entity::insert_many(rows.to_vec()).on_conflict(over);
            insert.exec_without_returning(&session.db).await.map_err(failed)?;
        }
        for keys in removed.chunks(AT_ONCE) {
            let keys = Column::EntryKey.is_in(keys.iter().copied());
            Entity::delete_many().filter(keys).exec(&session.db).await.map_err(failed)?;
        }
        Box::new(session).commit().await
    }

    async fn forget_expired(&self, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let session = self.transaction().await?;
        let expired = Entity::find().select_only().column(Column::EntryKey).filter(Column::Ends.lte(now));
        let backend = session.db.get_database_backend();
        let statement = limited(backend, &expired.into_query(), u64::from(limit), 0);
        let rows = session.db.query_all_raw(statement).await.map_err(failed)?;
        let keys: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get_by_index(0).map_err(failed)).collect();
        let delete = Entity::delete_many().filter(Column::EntryKey.is_in(keys?)).filter(Column::Ends.lte(now));
        let deleted = delete.exec(&session.db).await.map_err(failed)?.rows_affected;
        Box::new(session).commit().await?;
        Ok(deleted)
    }
}

fn row(entry: &KeptEntry) -> ActiveModel {
    let (value, counter) = match &entry.value {
        KeptValue::Bytes(bytes) => (Some(bytes.to_vec()), None),
        KeptValue::Counter(counter) => (None, Some(counter.cast_signed())),
    };
    ActiveModel {
        entry_key: Set(entry.key.as_str().to_owned()),
        value: Set(value),
        counter: Set(counter),
        ends: Set(entry.ends.trunc_subsecs(6)),
    }
}

fn entry(row: Model) -> Result<KeptEntry, StoreError> {
    let value = match (row.value, row.counter) {
        (Some(bytes), None) => KeptValue::Bytes(bytes.into()),
        (None, Some(counter)) => KeptValue::Counter(counter.cast_unsigned()),
        _ => return Err(ENTRIES.corrupt("value").into()),
    };
    Ok(KeptEntry { key: CacheKey::stored(row.entry_key), value, ends: row.ends })
}
