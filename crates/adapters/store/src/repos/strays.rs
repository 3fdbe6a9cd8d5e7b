//! Pictures on their way into or out of the object store.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::PictureKey;
use minsu_ports::{StoreError, StrayRepo};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::OnConflict};

use crate::{
    entity::{house_picture, stray, user},
    errors::failed,
    repos::values::Table,
    session::SqlSession,
};

const STRAYS: Table = Table("strays");

#[async_trait]
impl StrayRepo for SqlSession {
    async fn note(&mut self, picture: &PictureKey, now: DateTime<Utc>) -> Result<(), StoreError> {
        let row = stray::ActiveModel { picture: Set(picture.as_str().to_owned()), noted_at: Set(now) };
        let anew = OnConflict::column(stray::Column::Picture).update_column(stray::Column::NotedAt).to_owned();
        let insert = stray::Entity::insert(row).on_conflict(anew);
        insert.exec_without_returning(self.db.writing()?).await.map_err(failed)?;
        Ok(())
    }

    async fn forget(&mut self, picture: &PictureKey) -> Result<(), StoreError> {
        let db = self.db.writing()?;
        stray::Entity::delete_by_id(picture.as_str().to_owned()).exec(db).await.map_err(failed)?;
        Ok(())
    }

    async fn claim(&mut self, picture: &PictureKey, before: DateTime<Utc>) -> Result<bool, StoreError> {
        let db = self.db.writing()?;
        let old = stray::Entity::delete_many()
            .filter(stray::Column::Picture.eq(picture.as_str()))
            .filter(stray::Column::NotedAt.lt(before));
        Ok(old.exec(db).await.map_err(failed)?.rows_affected == 1)
    }

    async fn noted_before(&mut self, before: DateTime<Utc>, limit: u32) -> Result<Vec<PictureKey>, StoreError> {
        let old = stray::Entity::find()
            .filter(stray::Column::NotedAt.lt(before))
            .order_by_asc(stray::Column::NotedAt)
            .limit(u64::from(limit));
        let rows = old.all(&self.db).await.map_err(failed)?;
        rows.iter().map(|row| Ok(STRAYS.checked("picture", PictureKey::new(&row.picture))?)).collect()
    }

    async fn is_shown(&mut self, picture: &PictureKey) -> Result<bool, StoreError> {
        let houses = house_picture::Entity::find().filter(house_picture::Column::Picture.eq(picture.as_str()));
        if houses.limit(1).one(&self.db).await.map_err(failed)?.is_some() {
            return Ok(true);
        }
        let people = user::Entity::find().filter(user::Column::Avatar.eq(picture.as_str()));
        Ok(people.limit(1).one(&self.db).await.map_err(failed)?.is_some())
    }
}
