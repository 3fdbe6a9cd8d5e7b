//! Which accounts have which identity number.

use minsu_domain::UserId;
use minsu_ports::{NumberDigests, StoreError};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    entity::identity_number::{ActiveModel, Column, Entity},
    errors::failed,
    session::SqlSession,
};

impl SqlSession {
    /// See [`minsu_ports::UserRepo::note_identity_number`]. Two simultaneous calls choose the same place, and the
    /// index on it makes one of them a conflict.
    pub(super) async fn note_number(&self, id: UserId, number: &NumberDigests, most: u32) -> Result<bool, StoreError> {
        let db = self.db.writing()?;
        let digests = number.former.iter().chain([&number.current]).map(String::as_str);
        let others = Entity::find()
            .filter(Column::Digest.is_in(digests))
            .filter(Column::UserId.ne(id.get()))
            .all(db)
            .await
            .map_err(failed)?;
        if most > 0 && others.len() >= most as usize {
            return Ok(false);
        }
        self.forget_number(id).await?;
        let taken = |place: i32| others.iter().any(|other| other.digest == number.current && other.place == place);
        let place = (1..i32::MAX).find(|place| !taken(*place)).unwrap_or(i32::MAX);
        let row = ActiveModel {
            user_id: Set(id.get()),
            key_id: Set(number.key_id.clone()),
            digest: Set(number.current.clone()),
            place: Set(place),
        };
        Entity::insert(row).exec_without_returning(db).await.map_err(failed)?;
        Ok(true)
    }

    /// Forgets the identity number of a user.
    pub(super) async fn forget_number(&self, id: UserId) -> Result<(), StoreError> {
        Entity::delete_by_id(id.get()).exec(self.db.writing()?).await.map_err(failed)?;
        Ok(())
    }
}
