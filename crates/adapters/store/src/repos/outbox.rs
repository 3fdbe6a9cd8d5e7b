//! The outbox. A transaction writes its events into `outbox`, which has no other index than its id; one transaction at a
//! time moves committed ones into `events` under the next positions.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{Event, EventSubject, ListingEvent, OrderEvent, UserId};
use minsu_ports::{EventBatch, OrderedEvent, OutboxRepo, StoreError};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, sea_query::Value};

use crate::{
    entity::order::{number, status},
    errors::failed,
    repos::{sql::Sql, values::Table},
    session::SqlSession,
};

const EVENTS: Table = Table("events");
/// What both tables have of an event, in this order.
const COLUMNS: &str = "kind, recorded_at, user_id, house_id, landlord_id, order_id, guest_id, entered";

#[async_trait]
impl OutboxRepo for SqlSession {
    async fn append(&mut self, events: &[Event], at: DateTime<Utc>) -> Result<(), StoreError> {
        let Some((first, others)) = events.split_first() else { return Ok(()) };
        let db = self.db.writing()?;
        let mut sql = Sql::new(db.get_database_backend());
        sql.push("INSERT INTO outbox (").push(COLUMNS).push(") VALUES ");
        bind(&mut sql, first, at);
        for event in others {
            bind(sql.push(", "), event, at);
        }
        db.execute_raw(sql.done()).await.map(|_| ()).map_err(failed)
    }

    async fn has_unordered(&mut self) -> Result<bool, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT id FROM outbox ORDER BY id").limit(1, 0);
        Ok(self.db.query_one_raw(sql.done()).await.map_err(failed)?.is_some())
    }

    async fn order(&mut self, limit: u32) -> Result<u32, StoreError> {
        let db = self.db.writing()?;
        let backend = db.get_database_backend();
        let mut head = Sql::new(backend);
        head.push("SELECT position FROM event_head WHERE id = 1");
        if backend != DbBackend::Sqlite {
            head.push(" FOR UPDATE");
        }
        let head = db.query_one_raw(head.done()).await.map_err(failed)?.ok_or_else(|| EVENTS.corrupt("position"))?;
        let head: i64 = head.try_get_by_index(0).map_err(failed)?;
        let mut waiting = Sql::new(backend);
        waiting.push("SELECT id FROM outbox ORDER BY id").limit(u64::from(limit), 0);
        let rows = db.query_all_raw(waiting.done()).await.map_err(failed)?;
        let ids: Result<Vec<i64>, _> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
        let ids = ids.map_err(failed)?;
        if ids.is_empty() {
            return Ok(0);
        }
        let mut moved = Sql::new(backend);
        moved.push("INSERT INTO events (position, ").push(COLUMNS).push(") SELECT ").bind(head);
        moved.push(" + ROW_NUMBER() OVER (ORDER BY id), ").push(COLUMNS).push(" FROM outbox WHERE id IN (");
        listed(&mut moved, &ids).push(")");
        let moved = db.execute_raw(moved.done()).await.map_err(failed)?.rows_affected();
        let mut gone = Sql::new(backend);
        listed(gone.push("DELETE FROM outbox WHERE id IN ("), &ids).push(")");
        db.execute_raw(gone.done()).await.map_err(failed)?;
        let mut next = Sql::new(backend);
        next.push("UPDATE event_head SET position = position + ").bind(moved.cast_signed()).push(" WHERE id = 1");
        db.execute_raw(next.done()).await.map_err(failed)?;
        Ok(u32::try_from(moved).unwrap_or(limit))
    }

    async fn newest(&mut self) -> Result<u64, StoreError> {
        self.position("SELECT position FROM event_head WHERE id = 1").await
    }

    async fn oldest(&mut self) -> Result<u64, StoreError> {
        self.position("SELECT COALESCE((SELECT MIN(position) FROM events), position + 1) FROM event_head WHERE id = 1")
            .await
    }

    async fn of_party(
        &mut self,
        party: UserId,
        kinds: &[&'static str],
        after: u64,
        limit: u32,
    ) -> Result<Vec<OrderedEvent>, StoreError> {
        let mut events = Vec::new();
        // Nobody books an own house: no event is found twice. Each half has an index of its own.
        for party_column in ["landlord_id", "guest_id"] {
            let mut sql = Sql::new(self.db.get_database_backend());
            sql.push("SELECT position, ").push(COLUMNS).push(" FROM events WHERE ").push(party_column).push(" = ");
            sql.bind(party.get()).push(" AND position > ").bind(i64::try_from(after).unwrap_or(i64::MAX));
            sql.push(" AND kind IN (");
            listed(&mut sql, kinds).push(") ORDER BY position").limit(u64::from(limit), 0);
            for row in self.db.query_all_raw(sql.done()).await.map_err(failed)? {
                events.extend(read(&row)?);
            }
        }
        events.sort_unstable_by_key(|event| event.position);
        events.truncate(limit as usize);
        Ok(events)
    }

    async fn all_after(&mut self, after: u64, limit: u32) -> Result<EventBatch, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT position, ").push(COLUMNS).push(" FROM events WHERE position > ");
        sql.bind(i64::try_from(after).unwrap_or(i64::MAX)).push(" ORDER BY position").limit(u64::from(limit), 0);
        let mut batch = EventBatch { events: Vec::new(), last: after };
        for row in self.db.query_all_raw(sql.done()).await.map_err(failed)? {
            let position: i64 = row.try_get_by_index(0).map_err(failed)?;
            batch.last = u64::try_from(position).map_err(|_| EVENTS.corrupt("position"))?;
            batch.events.extend(read(&row)?);
        }
        Ok(batch)
    }

    async fn at(&mut self, position: u64) -> Result<Option<OrderedEvent>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT position, ").push(COLUMNS).push(" FROM events WHERE position = ");
        sql.bind(i64::try_from(position).unwrap_or(i64::MAX));
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        Ok(row.as_ref().map(read).transpose()?.flatten())
    }

    async fn count_before(&mut self, instant: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT COUNT(*) FROM events WHERE recorded_at < ").bind(instant);
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).map_err(failed)?;
        Ok(count.unsigned_abs())
    }

    async fn delete_before(&mut self, instant: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let db = self.db.writing()?;
        let backend = db.get_database_backend();
        // From the lowest position on: what is left has no gap.
        let mut old = Sql::new(backend);
        old.push("SELECT position, recorded_at FROM events ORDER BY position").limit(u64::from(limit), 0);
        let mut last = None;
        for row in db.query_all_raw(old.done()).await.map_err(failed)? {
            if row.try_get_by_index::<DateTime<Utc>>(1).map_err(failed)? >= instant {
                break;
            }
            last = Some(row.try_get_by_index::<i64>(0).map_err(failed)?);
        }
        let Some(last) = last else { return Ok(0) };
        let mut sql = Sql::new(backend);
        sql.push("DELETE FROM events WHERE position <= ").bind(last);
        Ok(db.execute_raw(sql.done()).await.map_err(failed)?.rows_affected())
    }
}

impl SqlSession {
    async fn position(&self, sql: &str) -> Result<u64, StoreError> {
        let mut statement = Sql::new(self.db.get_database_backend());
        statement.push(sql);
        let row = self.db.query_one_raw(statement.done()).await.map_err(failed)?;
        let position: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).map_err(failed)?;
        Ok(u64::try_from(position).map_err(|_| EVENTS.corrupt("position"))?)
    }
}

/// Appends values with commas between them.
fn listed<'a, T: Copy + Into<Value>>(sql: &'a mut Sql, values: &[T]) -> &'a mut Sql {
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            sql.push(", ");
        }
        sql.bind(*value);
    }
    sql
}

/// Appends the row of an event.
fn bind(sql: &mut Sql, event: &Event, at: DateTime<Utc>) {
    let (mut user, mut house, mut landlord, mut order, mut guest, mut entered) = (None, None, None, None, None, None);
    match event.subject() {
        EventSubject::Account(account) => user = Some(account.get()),
        EventSubject::Listing(ListingEvent { house: id, landlord: owner }) => {
            (house, landlord) = (Some(id.get()), Some(owner.get()));
        }
        EventSubject::Order(of) => {
            (order, house) = (Some(of.order.get()), Some(of.house.get()));
            (landlord, guest) = (Some(of.landlord.get()), Some(of.guest.get()));
            entered = Some(number(of.entered));
        }
    }
    sql.push("(").bind(event.name()).push(", ").bind(at);
    for id in [user, house, landlord, order, guest] {
        sql.push(", ").bind(Value::from(id));
    }
    sql.push(", ").bind(Value::from(entered)).push(")");
}

/// Reads a row; none for a kind that only a later version knows.
fn read(row: &QueryResult) -> Result<Option<OrderedEvent>, StoreError> {
    let position: i64 = row.try_get_by_index(0).map_err(failed)?;
    let kind: String = row.try_get_by_index(1).map_err(failed)?;
    let id = |place| row.try_get_by_index::<Option<i64>>(place).map_err(failed);
    let party = |column, id| EVENTS.user(column, id);
    let subject = match (id(3)?, id(4)?, id(5)?, id(6)?, id(7)?) {
        (Some(user), ..) => EventSubject::Account(party("user_id", user)?),
        (None, Some(house), Some(landlord), Some(order), Some(guest)) => {
            let entered: i16 = row.try_get_by_index(8).map_err(failed)?;
            EventSubject::Order(OrderEvent {
                order: EVENTS.order("order_id", order)?,
                house: EVENTS.house("house_id", house)?,
                landlord: party("landlord_id", landlord)?,
                guest: party("guest_id", guest)?,
                entered: status(entered).ok_or(EVENTS.corrupt("entered"))?,
            })
        }
        (None, Some(house), Some(landlord), None, None) => EventSubject::Listing(ListingEvent {
            house: EVENTS.house("house_id", house)?,
            landlord: party("landlord_id", landlord)?,
        }),
        _ => return Err(EVENTS.corrupt("kind").into()),
    };
    let Some(event) = Event::of(&kind, subject) else { return Ok(None) };
    Ok(Some(OrderedEvent {
        position: u64::try_from(position).map_err(|_| EVENTS.corrupt("position"))?,
        at: row.try_get_by_index(2).map_err(failed)?,
        event,
    }))
}
