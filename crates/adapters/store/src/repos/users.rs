//! Users.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{Mobile, PictureKey, UserId, UserName};
use minsu_ports::{
    Credentials, LockStrength, LockedAccount, NewUser, NumberDigests, PasswordHash, SealedIdentity, StoreError, User,
    UserLock, UserRepo,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QuerySelect,
    QueryTrait, Value,
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
            id: NotSet,
            mobile: Set(user.mobile.as_str().to_owned()),
            name: Set(user.name.as_str().to_owned()),
            name_key: Set(user.name.key()),
            password_hash: Set(user.password_hash.0.clone()),
            avatar: NotSet,
            identity_key_id: NotSet,
            identity_sealed: NotSet,
            created_at: Set(user.created_at),
        };
        let inserted = Entity::insert(row).exec(self.db.writing()?).await.map_err(failed)?;
        Ok(USERS.user("id", inserted.last_insert_id)?)
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        // Neither the password hash nor the sealed data: what is not read cannot leak.
        let columns = [Column::Id, Column::Name, Column::Mobile, Column::Avatar, Column::CreatedAt];
        let row =
            one(&self.db, Entity::find_by_id(id.get()).select_only().columns(columns).filter(erased().not())).await?;
        Ok(row.map(user).transpose()?)
    }

    async fn lock(&mut self, lock: UserLock) -> Result<bool, StoreError> {
        self.lock_user(lock.user(), lock.strength()).await
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

    async fn replace_mobile(&mut self, id: UserId, old: &Mobile, new: &Mobile) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .col_expr(Column::Mobile, new.as_str().into())
            .filter(Column::Id.eq(id.get()).and(Column::Mobile.eq(old.as_str())))
            .exec(self.db.writing()?)
            .await
            .map_err(failed)?;
        Ok(updated.rows_affected == 1)
    }

    async fn erase(&mut self, id: UserId, name: &UserName) -> Result<bool, StoreError> {
        self.forget_number(id).await?;
        let updated = Entity::update_many()
            .col_expr(Column::Mobile, mobile_of_deleted_account(id).into())
            .col_expr(Column::Name, name.as_str().into())
            .col_expr(Column::NameKey, name.key().into())
            // No password has an empty hash.
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
        self.set_user_columns(id, [(Column::PasswordHash, hash.0.clone().into())]).await
    }

    async fn rename(&mut self, id: UserId, name: &UserName) -> Result<bool, StoreError> {
        let columns = [(Column::Name, name.as_str().into()), (Column::NameKey, name.key().into())];
        self.set_user_columns(id, columns).await
    }

    async fn set_avatar(
        &mut self,
        account: &LockedAccount,
        avatar: &PictureKey,
    ) -> Result<Option<PictureKey>, StoreError> {
        let before = self.find(account.user()).await?.and_then(|user| user.avatar);
        self.set_user_columns(account.user(), [(Column::Avatar, avatar.as_str().into())]).await?;
        Ok(before)
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

    async fn note_identity_number(
        &mut self,
        id: UserId,
        number: &NumberDigests,
        most: u32,
    ) -> Result<bool, StoreError> {
        self.note_number(id, number, most).await
    }
}

/// Whether a user was erased: no mobile begins with `-`.
pub(super) fn erased() -> sea_orm::sea_query::Expr {
    Column::Mobile.starts_with("-")
}

/// The value that replaces an erased user's mobile: unique, and 11 characters suffice for more ids than there
/// are people.
fn mobile_of_deleted_account(id: UserId) -> String {
    let mut digits = Vec::new();
    let mut rest = id.get().unsigned_abs();
    while rest > 0 {
        digits.push(char::from(b"0123456789abcdefghijklmnopqrstuvwxyz"[(rest % 36) as usize]));
        rest /= 36;
    }
    std::iter::once('-').chain(digits.into_iter().rev()).collect()
}

/// What locks the rows of a statement. Foreign keys of orders and houses take PostgreSQL's shared
/// lock, and wait only for one that is to be held alone. MariaDB knows no FOR SHARE;
/// SQLite has one writer.
pub(crate) const fn locking(backend: DbBackend, strength: LockStrength) -> &'static str {
    match (backend, strength) {
        (DbBackend::Postgres, LockStrength::Shared) => " FOR KEY SHARE",
        (DbBackend::Postgres, LockStrength::Exclusive) => " FOR NO KEY UPDATE",
        (DbBackend::MySql, LockStrength::Shared) => " LOCK IN SHARE MODE",
        (DbBackend::Postgres, LockStrength::Alone) => " FOR UPDATE",
        (DbBackend::MySql, LockStrength::Exclusive | LockStrength::Alone) => " FOR UPDATE",
        _ => "",
    }
}

impl SqlSession {
    /// Locks the row of a user; `false` where there is none or where it was erased.
    pub(super) async fn lock_user(&self, id: UserId, strength: LockStrength) -> Result<bool, StoreError> {
        let db = self.db.writing()?;
        let rows = Entity::find_by_id(id.get()).select_only().column(Column::Id).filter(erased().not());
        let backend = db.get_database_backend();
        let mut statement = backend.build(&rows.into_query());
        statement.sql.push_str(locking(backend, strength));
        Ok(db.query_one_raw(statement).await.map_err(failed)?.is_some())
    }

    /// `false` when there is no such user. MySQL too returns the number of matched rows, not of changed
    /// ones.
    async fn set_user_columns<const N: usize>(
        &self,
        id: UserId,
        columns: [(Column, Value); N],
    ) -> Result<bool, StoreError> {
        let mut update = Entity::update_many();
        for (column, value) in columns {
            update = update.col_expr(column, value.into());
        }
        let updated = update
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
