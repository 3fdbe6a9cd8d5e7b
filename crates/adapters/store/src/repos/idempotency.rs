//! Idempotency keys.

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound as _, Utc};
use minsu_domain::UserId;
use minsu_ports::{ClaimOwner, IdempotencyRecord, IdempotencyRepo, KeyId, NewClaim, StoreError, StoredAnswer};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QuerySelect,
    QueryTrait, UpdateMany, sea_query::Expr,
};

use crate::{
    entity::idempotency_key::{Column, Entity, Model},
    errors::{CorruptRow, failed},
    repos::{digits, pages::limited, sql::Sql, values::Table},
    session::SqlSession,
};

const KEYS: Table = Table("idempotency_keys");

#[async_trait]
impl IdempotencyRepo for SqlSession {
    async fn claim(&mut self, claim: &NewClaim) -> Result<bool, StoreError> {
        let db = self.db.writing()?;
        let backend = db.get_database_backend();
        let mut sql = Sql::new(backend);
        // Not an error that would end the transaction of PostgreSQL.
        sql.push(if backend == DbBackend::MySql { "INSERT IGNORE INTO" } else { "INSERT INTO" });
        sql.push(" idempotency_keys (id, digest, user_id, owner, lease_ends, expires_at) VALUES (");
        sql.bind(digits::print(&claim.id.0)).push(", ").bind(digits::print(&claim.digest)).push(", ");
        sql.bind(claim.user.map(UserId::get)).push(", ").bind(digits::print(&claim.owner.0)).push(", ");
        sql.bind(claim.lease_ends.trunc_subsecs(6)).push(", ").bind(claim.expires_at.trunc_subsecs(6)).push(")");
        if backend != DbBackend::MySql {
            sql.push(" ON CONFLICT (id) DO NOTHING");
        }
        Ok(db.execute_raw(sql.done()).await.map_err(failed)?.rows_affected() == 1)
    }

    async fn find(&mut self, id: KeyId) -> Result<Option<IdempotencyRecord>, StoreError> {
        let row = Entity::find_by_id(digits::print(&id.0)).one(&self.db).await.map_err(failed)?;
        Ok(row.map(record).transpose()?)
    }

    async fn take_over(
        &mut self,
        id: KeyId,
        from: ClaimOwner,
        to: ClaimOwner,
        lease_ends: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let update = unanswered(id, from)
            .col_expr(Column::Owner, digits::print(&to.0).into())
            .col_expr(Column::LeaseEnds, lease_ends.into());
        self.changed(update).await
    }

    async fn record_effect(&mut self, id: KeyId, owner: ClaimOwner, effect: i64) -> Result<bool, StoreError> {
        self.changed(unanswered(id, owner).col_expr(Column::Effect, effect.into())).await
    }

    async fn answer(&mut self, id: KeyId, owner: ClaimOwner, answer: &StoredAnswer) -> Result<bool, StoreError> {
        let status = i16::try_from(answer.status).map_err(|_| KEYS.corrupt("status"))?;
        let update = unanswered(id, owner)
            .col_expr(Column::Status, status.into())
            .col_expr(Column::Body, answer.body.clone().into())
            .col_expr(Column::ContentType, answer.content_type.clone().into())
            .col_expr(Column::Location, answer.location.clone().into())
            .col_expr(Column::Etag, answer.etag.clone().into());
        self.changed(update).await
    }

    async fn release(&mut self, id: KeyId, owner: ClaimOwner, now: DateTime<Utc>) -> Result<(), StoreError> {
        let nothing = Entity::delete_many()
            .filter(held(id, owner))
            .filter(Column::Effect.is_null())
            .filter(Column::Status.is_null());
        nothing.exec(self.db.writing()?).await.map_err(failed)?;
        self.changed(unanswered(id, owner).col_expr(Column::LeaseEnds, now.into())).await?;
        Ok(())
    }

    async fn forget(&mut self, id: KeyId, owner: ClaimOwner) -> Result<bool, StoreError> {
        let delete = Entity::delete_many().filter(held(id, owner));
        Ok(delete.exec(self.db.writing()?).await.map_err(failed)?.rows_affected == 1)
    }

    async fn forget_all_of(&mut self, user: UserId) -> Result<u64, StoreError> {
        let delete = Entity::delete_many().filter(Column::UserId.eq(user.get()));
        Ok(delete.exec(self.db.writing()?).await.map_err(failed)?.rows_affected)
    }

    async fn forget_expired(&mut self, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let db = self.db.writing()?;
        let expired = Entity::find().select_only().column(Column::Id).filter(Column::ExpiresAt.lte(now));
        let statement = limited(db.get_database_backend(), &expired.into_query(), u64::from(limit), 0);
        let rows = db.query_all_raw(statement).await.map_err(failed)?;
        let ids: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get_by_index(0).map_err(failed)).collect();
        let delete = Entity::delete_many().filter(Column::Id.is_in(ids?)).filter(Column::ExpiresAt.lte(now));
        Ok(delete.exec(db).await.map_err(failed)?.rows_affected)
    }

    async fn count_expired(&mut self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        Entity::find().filter(Column::ExpiresAt.lte(now)).count(&self.db).await.map_err(failed)
    }
}

impl SqlSession {
    /// Whether an update met its row.
    async fn changed(&self, update: UpdateMany<Entity>) -> Result<bool, StoreError> {
        Ok(update.exec(self.db.writing()?).await.map_err(failed)?.rows_affected == 1)
    }
}

/// A key that this request holds and has not answered.
fn unanswered(id: KeyId, owner: ClaimOwner) -> UpdateMany<Entity> {
    Entity::update_many().filter(held(id, owner)).filter(Column::Status.is_null())
}

/// The key of a request that holds it.
fn held(id: KeyId, owner: ClaimOwner) -> Expr {
    Column::Id.eq(digits::print(&id.0)).and(Column::Owner.eq(digits::print(&owner.0)))
}

fn record(row: Model) -> Result<IdempotencyRecord, CorruptRow> {
    let answer = row.status.map(|status| {
        Ok(StoredAnswer {
            status: u16::try_from(status).map_err(|_| KEYS.corrupt("status"))?,
            body: row.body.unwrap_or_default(),
            content_type: row.content_type,
            location: row.location,
            etag: row.etag,
        })
    });
    Ok(IdempotencyRecord {
        digest: digits::parse(&row.digest).ok_or_else(|| KEYS.corrupt("digest"))?,
        owner: ClaimOwner(digits::parse(&row.owner).ok_or_else(|| KEYS.corrupt("owner"))?),
        lease_ends: row.lease_ends,
        expires_at: row.expires_at,
        effect: row.effect,
        answer: answer.transpose()?,
    })
}
