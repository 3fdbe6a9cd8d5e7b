//! Maintenance: deletions in small batches, and resealing.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{AttemptState, OrderStatus, UserId};
use minsu_ports::{Doomed, MaintenanceRepo, SealedIdentity, StoreError};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, sea_query::Expr,
};

use crate::{
    entity::{hidden_house, house, house_day, house_facility, house_picture, identity_number, order, user},
    errors::failed,
    repos::{pages::limited, payments::state_number, users::erased, values::Table},
    session::SqlSession,
};

const USERS: Table = Table("users");

#[async_trait]
impl MaintenanceRepo for SqlSession {
    async fn delete_dead_orders(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let select = order::Entity::find().select_only().column(order::Column::Id).filter(is_dead(before));
        let ids = self.ids(select, limit).await?;
        self.forget_attempts(&ids).await?;
        let delete = order::Entity::delete_many().filter(order::Column::Id.is_in(ids));
        Ok(delete.exec(self.db.writing()?).await.map_err(failed)?.rows_affected)
    }

    async fn delete_forgotten_houses(&mut self, limit: u32) -> Result<u64, StoreError> {
        let ordered = order::Entity::find().select_only().column(order::Column::Id).filter(
            Expr::col((order::Entity, order::Column::HouseId))
                .equals((hidden_house::Entity, hidden_house::Column::HouseId)),
        );
        let select = hidden_house::Entity::find()
            .select_only()
            .column(hidden_house::Column::HouseId)
            .filter(hidden_house::Column::State.eq(hidden_house::DELETED))
            .filter(Expr::not_exists(ordered.into_query()));
        let ids = self.ids(select, limit).await?;
        let db = self.db.writing()?;
        // Blocks and other claims; without orders there are no other days.
        let days = house_day::Column::HouseId.is_in(ids.clone());
        house_day::Entity::delete_many().filter(days).exec(db).await.map_err(failed)?;
        let facilities = house_facility::Column::HouseId.is_in(ids.clone());
        house_facility::Entity::delete_many().filter(facilities).exec(db).await.map_err(failed)?;
        let pictures = house_picture::Column::HouseId.is_in(ids.clone());
        house_picture::Entity::delete_many().filter(pictures).exec(db).await.map_err(failed)?;
        let withdrawn = hidden_house::Column::HouseId.is_in(ids.clone());
        hidden_house::Entity::delete_many().filter(withdrawn).exec(db).await.map_err(failed)?;
        let houses = house::Entity::delete_many().filter(house::Column::Id.is_in(ids));
        Ok(houses.exec(db).await.map_err(failed)?.rows_affected)
    }

    async fn delete_forgotten_users(&mut self, limit: u32) -> Result<u64, StoreError> {
        let own = |column: order::Column| {
            let is_own = Expr::col((order::Entity, column)).equals((user::Entity, user::Column::Id));
            order::Entity::find().select_only().column(order::Column::Id).filter(is_own).into_query()
        };
        let own_house = Expr::col((house::Entity, house::Column::LandlordId)).equals((user::Entity, user::Column::Id));
        let houses = house::Entity::find().select_only().column(house::Column::Id).filter(own_house);
        let select = user::Entity::find()
            .select_only()
            .column(user::Column::Id)
            .filter(erased())
            .filter(Expr::not_exists(own(order::Column::GuestId)))
            .filter(Expr::not_exists(own(order::Column::LandlordId)))
            .filter(Expr::not_exists(houses.into_query()));
        let ids = self.ids(select, limit).await?;
        let delete = user::Entity::delete_many().filter(user::Column::Id.is_in(ids));
        Ok(delete.exec(self.db.writing()?).await.map_err(failed)?.rows_affected)
    }

    async fn doomed(
        &mut self,
        what: Doomed,
        before: DateTime<Utc>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<i64>, StoreError> {
        match what {
            Doomed::Orders => {
                let dead = order::Entity::find().select_only().column(order::Column::Id).filter(is_dead(before));
                self.ids(dead.filter(order::Column::Id.gt(after)).order_by_asc(order::Column::Id), limit).await
            }
            Doomed::Houses => {
                let id = hidden_house::Column::HouseId;
                self.ids(doomed_houses(before).filter(id.gt(after)).order_by_asc(id), limit).await
            }
            Doomed::Users => {
                let id = user::Column::Id;
                self.ids(doomed_users(before).filter(id.gt(after)).order_by_asc(id), limit).await
            }
        }
    }

    async fn sealed_otherwise(
        &mut self,
        key_id: &str,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<(UserId, SealedIdentity)>, StoreError> {
        let noted = identity_number::Entity::find()
            .select_only()
            .column(identity_number::Column::UserId)
            .filter(
                Expr::col((identity_number::Entity, identity_number::Column::UserId))
                    .equals((user::Entity, user::Column::Id)),
            )
            .filter(identity_number::Column::KeyId.eq(key_id));
        let select = user::Entity::find()
            .select_only()
            .columns([user::Column::Id, user::Column::IdentityKeyId, user::Column::IdentitySealed])
            .filter(user::Column::IdentitySealed.is_not_null())
            .filter(user::Column::IdentityKeyId.ne(key_id).or(Expr::not_exists(noted.into_query())))
            .filter(user::Column::Id.gt(after.map_or(0, UserId::get)))
            .order_by_asc(user::Column::Id);
        let statement = limited(self.db.get_database_backend(), &select.into_query(), u64::from(limit), 0);
        let rows = SealedRow::find_by_statement(statement).all(&self.db).await.map_err(failed)?;
        let sealed = |row: SealedRow| {
            let sealed = SealedIdentity { key_id: row.identity_key_id, sealed: row.identity_sealed };
            Ok((USERS.user("id", row.id)?, sealed))
        };
        rows.into_iter().map(sealed).collect()
    }

    async fn reseal(&mut self, id: UserId, old: &SealedIdentity, new: &SealedIdentity) -> Result<bool, StoreError> {
        let updated = user::Entity::update_many()
            .col_expr(user::Column::IdentityKeyId, new.key_id.clone().into())
            .col_expr(user::Column::IdentitySealed, new.sealed.clone().into())
            .filter(user::Column::Id.eq(id.get()))
            .filter(user::Column::IdentityKeyId.eq(old.key_id.as_str()))
            .filter(user::Column::IdentitySealed.eq(old.sealed.clone()))
            .exec(self.db.writing()?)
            .await
            .map_err(failed)?;
        Ok(updated.rows_affected == 1)
    }
}

/// Orders that were rejected or cancelled and were placed before that instant.
fn is_dead(before: DateTime<Utc>) -> Expr {
    let dead = [OrderStatus::Rejected, OrderStatus::Canceled].map(order::number);
    // An order that was paid or can still be stays: the books are about it.
    let paid = "SELECT 1 FROM payment_attempts WHERE payment_attempts.order_id = orders.id";
    let closed = state_number(AttemptState::Closed);
    let unpaid = Expr::cust(format!("NOT EXISTS ({paid} AND payment_attempts.state <> {closed})"));
    order::Column::Status.is_in(dead).and(order::Column::CreatedAt.lt(before)).and(unpaid)
}

/// Orders that stay when the dead ones are deleted.
fn staying(own: Expr, before: DateTime<Utc>) -> Expr {
    let orders = order::Entity::find().select_only().column(order::Column::Id).filter(own);
    Expr::exists(orders.filter(is_dead(before).not()).into_query())
}

/// Deleted houses that no order refers to that stays.
fn doomed_houses(before: DateTime<Utc>) -> Select<hidden_house::Entity> {
    let of_house = Expr::col((order::Entity, order::Column::HouseId))
        .equals((hidden_house::Entity, hidden_house::Column::HouseId));
    hidden_house::Entity::find()
        .select_only()
        .column(hidden_house::Column::HouseId)
        .filter(hidden_house::Column::State.eq(hidden_house::DELETED))
        .filter(staying(of_house, before).not())
}

/// Erased users that no order refers to that stays, and no house that is not deleted. A deleted house that stays has
/// an order that does, and this has its landlord.
fn doomed_users(before: DateTime<Utc>) -> Select<user::Entity> {
    let is_own = |column: order::Column| Expr::col((order::Entity, column)).equals((user::Entity, user::Column::Id));
    let deleted = hidden_house::Entity::find()
        .select_only()
        .column(hidden_house::Column::HouseId)
        .filter(hidden_house::Column::State.eq(hidden_house::DELETED))
        .filter(
            Expr::col((hidden_house::Entity, hidden_house::Column::HouseId)).equals((house::Entity, house::Column::Id)),
        );
    let own_house = Expr::col((house::Entity, house::Column::LandlordId)).equals((user::Entity, user::Column::Id));
    let houses = house::Entity::find()
        .select_only()
        .column(house::Column::Id)
        .filter(own_house)
        .filter(Expr::not_exists(deleted.into_query()));
    user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(erased())
        .filter(staying(is_own(order::Column::GuestId), before).not())
        .filter(staying(is_own(order::Column::LandlordId), before).not())
        .filter(Expr::not_exists(houses.into_query()))
}

impl SqlSession {
    /// Deletes the attempts to pay these orders: all are closed.
    async fn forget_attempts(&self, orders: &[i64]) -> Result<(), StoreError> {
        if orders.is_empty() {
            return Ok(());
        }
        let mut sql = self.sql()?;
        sql.push("DELETE FROM payment_attempts WHERE order_id IN (");
        for (place, order) in orders.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " }).bind(*order);
        }
        sql.push(")");
        self.run(sql).await.map(drop)
    }

    /// The first ids of a select.
    pub(super) async fn ids<E: EntityTrait>(&self, select: Select<E>, limit: u32) -> Result<Vec<i64>, StoreError> {
        let statement = limited(self.db.get_database_backend(), &select.into_query(), u64::from(limit), 0);
        let rows = self.db.query_all_raw(statement).await.map_err(failed)?;
        rows.iter().map(|row| row.try_get_by_index(0).map_err(failed)).collect()
    }
}

#[derive(FromQueryResult)]
struct SealedRow {
    id: i64,
    identity_key_id: String,
    identity_sealed: Vec<u8>,
}
