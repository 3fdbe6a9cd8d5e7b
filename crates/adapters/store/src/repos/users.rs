//! People.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{Mobile, PictureKey, UserId, UserName};
use minsu_ports::{Credentials, NewUser, PasswordHash, SealedIdentity, StoreError, User, UserRepo};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    QuerySelect, QueryTrait, Value,
};

use crate::{
    entity::user::{ActiveModel, Column, Entity},
    errors::{CorruptRow, failed},
    repos::{pages::one, values::Table},
    session::SqlSession,
};

const USERS: Table = Table("users");

#[async_trait]
impl UserRepo for SqlSession {
    async fn insert(&mut self, user: &NewUser) -> Result<UserId, StoreError> {
        let row = ActiveModel {
            mobile: Set(user.mobile.as_str().to_owned()),
            name: Set(user.name.as_str().to_owned()),
            password_hash: Set(user.password_hash.0.clone()),
            created_at: Set(user.created_at),
            ..Default::default()
        };
        let inserted = Entity::insert(row).exec(self.db.writing()?).await.map_err(failed)?;
        Ok(USERS.user("id", inserted.last_insert_id)?)
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        // Not the password hash and not the sealed data: what is not read cannot leak.
        let columns = [Column::Id, Column::Name, Column::Mobile, Column::Avatar, Column::CreatedAt];
        let row =
            one(&self.db, Entity::find_by_id(id.get()).select_only().columns(columns).filter(erased().not())).await?;
        Ok(row.map(user).transpose()?)
    }

    async fn hold(&mut self, people: &[UserId]) -> Result<bool, StoreError> {
        let db = self.db.writing()?;
        let ids = people.iter().map(|id| id.get());
        let rows = Entity::find().select_only().column(Column::Id).filter(Column::Id.is_in(ids).and(erased().not()));
        let backend = db.get_database_backend();
        let mut statement = backend.build(&rows.into_query());
        // The lock that the foreign keys of orders and houses take anyway: it is shared, and an erasure,
        // which changes a key of the row, waits for it. MariaDB knows no FOR SHARE; SQLite has one writer.
        statement.sql.push_str(match backend {
            DbBackend::Postgres => " FOR KEY SHARE",
            DbBackend::MySql => " LOCK IN SHARE MODE",
            _ => "",
        });
        Ok(db.query_all_raw(statement).await.map_err(failed)?.len() == people.len())
    }

    async fn credentials(&mut self, mobile: &Mobile) -> Result<Option<Credentials>, StoreError> {
        let select = Entity::find().select_only().columns([Column::Id, Column::PasswordHash]);
        let row: Option<CredentialsRow> = one(&self.db, select.filter(Column::Mobile.eq(mobile.as_str()))).await?;
        row.map(|row| {
            Ok(Credentials { user: USERS.user("id", row.id)?, password_hash: PasswordHash(row.password_hash) })
        })
        .transpose()
    }

    async fn credentials_of(&mut self, id: UserId) -> Result<Option<Credentials>, StoreError> {
        let select = Entity::find_by_id(id.get()).select_only().columns([Column::Id, Column::PasswordHash]);
        let row: Option<CredentialsRow> = one(&self.db, select.filter(erased().not())).await?;
        Ok(row.map(|row| Credentials { user: id, password_hash: PasswordHash(row.password_hash) }))
    }

    async fn replace_password_hash(
        &mut self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .col_expr(Column::PasswordHash, new.0.clone().into())
            .filter(Column::Id.eq(id.get()).and(Column::PasswordHash.eq(old.0.as_str())))
            .exec(self.db.writing()?)
            .await
            .map_err(failed)?;
        Ok(updated.rows_affected == 1)
    }

    async fn erase(&mut self, id: UserId, name: &UserName) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .col_expr(Column::Mobile, nobodys_mobile(id).into())
            .col_expr(Column::Name, name.as_str().into())
            // No hash of anything.
            .col_expr(Column::PasswordHash, "".into())
            .col_expr(Column::Avatar, Option::<String>::None.into())
            .col_expr(Column::IdentityKeyId, Option::<String>::None.into())
            .col_expr(Column::IdentitySealed, Option::<Vec<u8>>::None.into())
            .filter(Column::Id.eq(id.get()).and(erased().not()))
            .exec(self.db.writing()?)
            .await
            .map_err(failed)?;
        Ok(updated.rows_affected == 1)
    }

    async fn set_password_hash(&mut self, id: UserId, hash: &PasswordHash) -> Result<bool, StoreError> {
        self.set_user_column(id, Column::PasswordHash, hash.0.clone()).await
    }

    async fn rename(&mut self, id: UserId, name: &UserName) -> Result<bool, StoreError> {
        self.set_user_column(id, Column::Name, name.as_str()).await
    }

    async fn set_avatar(&mut self, id: UserId, avatar: &PictureKey) -> Result<bool, StoreError> {
        self.set_user_column(id, Column::Avatar, avatar.as_str()).await
    }

    async fn identity(&mut self, id: UserId) -> Result<Option<SealedIdentity>, StoreError> {
        let columns = [Column::IdentityKeyId, Column::IdentitySealed];
        let row: Option<IdentityRow> =
            one(&self.db, Entity::find_by_id(id.get()).select_only().columns(columns)).await?;
        match row.map(|row| (row.identity_key_id, row.identity_sealed)) {
            None | Some((None, None)) => Ok(None),
            Some((Some(key_id), Some(sealed))) => Ok(Some(SealedIdentity { key_id, sealed })),
            Some(_) => Err(USERS.corrupt("identity_sealed").into()),
        }
    }

    async fn set_identity_once(&mut self, id: UserId, identity: &SealedIdentity) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .col_expr(Column::IdentityKeyId, identity.key_id.clone().into())
            .col_expr(Column::IdentitySealed, identity.sealed.clone().into())
            .filter(Column::Id.eq(id.get()).and(Column::IdentitySealed.is_null()).and(erased().not()))
            .exec(self.db.writing()?)
            .await
            .map_err(failed)?;
        Ok(updated.rows_affected == 1)
    }
}

/// Whether a person was erased: no mobile begins so.
pub(super) fn erased() -> sea_orm::sea_query::Expr {
    Column::Mobile.starts_with("-")
}

/// What stands in the place of an erased person's mobile: unique, and 11 characters suffice for
/// more people than there are.
fn nobodys_mobile(id: UserId) -> String {
    let mut digits = Vec::new();
    let mut rest = id.get().unsigned_abs();
    while rest > 0 {
        digits.push(char::from(b"0123456789abcdefghijklmnopqrstuvwxyz"[(rest % 36) as usize]));
        rest /= 36;
    }
    std::iter::once('-').chain(digits.into_iter().rev()).collect()
}

impl SqlSession {
    /// `false` when there is no such person. MySQL too counts the rows it found, not those that
    /// became different.
    async fn set_user_column(&self, id: UserId, column: Column, value: impl Into<Value>) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .col_expr(column, value.into().into())
            .filter(Column::Id.eq(id.get()).and(erased().not()))
            .exec(self.db.writing()?)
            .await
            .map_err(failed)?;
        Ok(updated.rows_affected == 1)
    }
}

#[derive(FromQueryResult)]
struct UserRow {
    id: i64,
    name: String,
    mobile: String,
    avatar: Option<String>,
    created_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct CredentialsRow {
    id: i64,
    password_hash: String,
}

#[derive(FromQueryResult)]
struct IdentityRow {
    identity_key_id: Option<String>,
    identity_sealed: Option<Vec<u8>>,
}

fn user(row: UserRow) -> Result<User, CorruptRow> {
    Ok(User {
        id: USERS.user("id", row.id)?,
        name: USERS.user_name("name", &row.name)?,
        mobile: USERS.checked("mobile", Mobile::new(&row.mobile))?,
        avatar: USERS.picture("avatar", row.avatar.as_deref())?,
        created_at: row.created_at,
    })
}
