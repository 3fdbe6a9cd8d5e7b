//! Upkeep: deletions in small steps, and sealing anew.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{OrderStatus, UserId};
use minsu_ports::{SealedIdentity, StoreError, UpkeepRepo};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, sea_query::Expr,
};

use crate::{
    entity::{house, house_facility, house_picture, order, user, withdrawn_house},
    errors::failed,
    repos::{pages::limited, users::erased, values::Table},
    session::SqlSession,
};

const USERS: Table = Table("users");

#[async_trait]
impl UpkeepRepo for SqlSession {
    async fn delete_dead_orders(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let dead = [OrderStatus::Rejected, OrderStatus::Canceled].map(OrderStatus::number);
        let select = order::Entity::find()
            .select_only()
            .column(order::Column::Id)
            .filter(order::Column::Status.is_in(dead))
            .filter(order::Column::CreatedAt.lt(before));
        let ids = self.ids(select, limit).await?;
        let delete = order::Entity::delete_many().filter(order::Column::Id.is_in(ids));
        Ok(delete.exec(self.db.writing()?).await.map_err(failed)?.rows_affected)
    }

    async fn delete_forgotten_houses(&mut self, limit: u32) -> Result<u64, StoreError> {
        let ordered = order::Entity::find().select_only().column(order::Column::Id).filter(
            Expr::col((order::Entity, order::Column::HouseId))
                .equals((withdrawn_house::Entity, withdrawn_house::Column::HouseId)),
        );
        let select = withdrawn_house::Entity::find()
            .select_only()
            .column(withdrawn_house::Column::HouseId)
            .filter(Expr::not_exists(ordered.into_query()));
        let ids = self.ids(select, limit).await?;
        let db = self.db.writing()?;
        let facilities = house_facility::Column::HouseId.is_in(ids.clone());
        house_facility::Entity::delete_many().filter(facilities).exec(db).await.map_err(failed)?;
        let pictures = house_picture::Column::HouseId.is_in(ids.clone());
        house_picture::Entity::delete_many().filter(pictures).exec(db).await.map_err(failed)?;
        let withdrawn = withdrawn_house::Column::HouseId.is_in(ids.clone());
        withdrawn_house::Entity::delete_many().filter(withdrawn).exec(db).await.map_err(failed)?;
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

    async fn sealed_otherwise(
        &mut self,
        key_id: &str,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<(UserId, SealedIdentity)>, StoreError> {
        let select = user::Entity::find()
            .select_only()
            .columns([user::Column::Id, user::Column::IdentityKeyId, user::Column::IdentitySealed])
            .filter(user::Column::IdentitySealed.is_not_null())
            .filter(user::Column::IdentityKeyId.ne(key_id))
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

impl SqlSession {
    /// The first ids of a select.
    async fn ids<E: EntityTrait>(&self, select: Select<E>, limit: u32) -> Result<Vec<i64>, StoreError> {
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
