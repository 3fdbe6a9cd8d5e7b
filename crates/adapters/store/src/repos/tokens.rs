//! Personal tokens.

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound as _, Utc};
use minsu_domain::{Scopes, TokenId, TokenName, UserId};
use minsu_ports::{LockedAccount, NewToken, PersonalToken, StoreError, TokenHash, TokenRepo};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{
    entity::personal_token::{ActiveModel, Column, Entity, Model},
    errors::{CorruptRow, failed},
    repos::{digits, values::Table},
    session::SqlSession,
};

const TOKENS: Table = Table("personal_tokens");

#[async_trait]
impl TokenRepo for SqlSession {
    async fn insert(&mut self, owner: &LockedAccount, token: &NewToken) -> Result<TokenId, StoreError> {
        let row = ActiveModel {
            id: NotSet,
            user_id: Set(owner.user().get()),
            name: Set(token.name.as_str().to_owned()),
            scopes: Set(token.scopes.bits().into()),
            hash: Set(digits::print(&token.hash.0)),
            created_at: Set(token.created_at.trunc_subsecs(6)),
            expires_at: Set(token.expires_at.map(|instant| instant.trunc_subsecs(6))),
            last_used_at: Set(None),
        };
        let inserted = Entity::insert(row).exec(self.db.writing()?).await.map_err(failed)?;
        Ok(TOKENS.checked("id", TokenId::new(inserted.last_insert_id))?)
    }

    async fn count(&mut self, owner: &LockedAccount) -> Result<u64, StoreError> {
        Entity::find().filter(Column::UserId.eq(owner.user().get())).count(&self.db).await.map_err(failed)
    }

    async fn of_user(&mut self, user: UserId) -> Result<Vec<PersonalToken>, StoreError> {
        let own = Entity::find().filter(Column::UserId.eq(user.get())).order_by_desc(Column::Id);
        let rows = own.all(&self.db).await.map_err(failed)?;
        rows.into_iter().map(|row| Ok(token(row)?)).collect()
    }

    async fn find(&mut self, hash: TokenHash) -> Result<Option<PersonalToken>, StoreError> {
        let row = Entity::find().filter(Column::Hash.eq(digits::print(&hash.0))).one(&self.db).await.map_err(failed)?;
        Ok(row.map(token).transpose()?)
    }

    async fn replace_hash(&mut self, user: UserId, id: TokenId, hash: TokenHash) -> Result<bool, StoreError> {
        let update = Entity::update_many()
            .col_expr(Column::Hash, digits::print(&hash.0).into())
            .filter(Column::Id.eq(id.get()).and(Column::UserId.eq(user.get())));
        Ok(update.exec(self.db.writing()?).await.map_err(failed)?.rows_affected == 1)
    }

    async fn note_use(&mut self, id: TokenId, now: DateTime<Utc>, before: DateTime<Utc>) -> Result<bool, StoreError> {
        let update = Entity::update_many()
            .col_expr(Column::LastUsedAt, now.trunc_subsecs(6).into())
            .filter(Column::Id.eq(id.get()))
            .filter(Column::LastUsedAt.is_null().or(Column::LastUsedAt.lte(before)));
        Ok(update.exec(self.db.writing()?).await.map_err(failed)?.rows_affected == 1)
    }

    async fn delete(&mut self, user: UserId, id: TokenId) -> Result<bool, StoreError> {
        let delete = Entity::delete_many().filter(Column::Id.eq(id.get()).and(Column::UserId.eq(user.get())));
        Ok(delete.exec(self.db.writing()?).await.map_err(failed)?.rows_affected == 1)
    }

    async fn delete_all_of(&mut self, user: UserId) -> Result<u64, StoreError> {
        let delete = Entity::delete_many().filter(Column::UserId.eq(user.get()));
        Ok(delete.exec(self.db.writing()?).await.map_err(failed)?.rows_affected)
    }

    async fn delete_expired(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let expired = Entity::find().select_only().column(Column::Id).filter(Column::ExpiresAt.lt(before));
        let ids = self.ids(expired, limit).await?;
        let delete = Entity::delete_many().filter(Column::Id.is_in(ids));
        Ok(delete.exec(self.db.writing()?).await.map_err(failed)?.rows_affected)
    }

    async fn count_expired(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        Entity::find().filter(Column::ExpiresAt.lt(before)).count(&self.db).await.map_err(failed)
    }
}

fn token(row: Model) -> Result<PersonalToken, CorruptRow> {
    let scopes = u16::try_from(row.scopes).map_err(|_| TOKENS.corrupt("scopes"))?;
    Ok(PersonalToken {
        id: TOKENS.checked("id", TokenId::new(row.id))?,
        user: TOKENS.user("user_id", row.user_id)?,
        name: TOKENS.checked("name", TokenName::stored(&row.name))?,
        scopes: TOKENS.checked("scopes", Scopes::of_bits(scopes))?,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    })
}
