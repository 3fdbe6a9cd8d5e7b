//! Orphaned objects: pictures that were noted before their upload to the object store or their removal.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::PictureKey;
use minsu_ports::{OrphanedObjectRepo, ShownBy, StoreError};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait,
    Set, sea_query::OnConflict,
};

use crate::{
    entity::{house_picture, orphaned_object, user},
    errors::failed,
    repos::{pages::limited, values::Table},
    session::SqlSession,
};

const ORPHANED_OBJECTS: Table = Table("strays");

#[async_trait]
impl OrphanedObjectRepo for SqlSession {
    async fn note(&mut self, picture: &PictureKey, now: DateTime<Utc>) -> Result<(), StoreError> {
        let row = orphaned_object::ActiveModel { picture: Set(picture.as_str().to_owned()), noted_at: Set(now) };
        let anew = OnConflict::column(orphaned_object::Column::Picture)
            .update_column(orphaned_object::Column::NotedAt)
            .to_owned();
        let insert = orphaned_object::Entity::insert(row).on_conflict(anew);
        insert.exec_without_returning(self.db.writing()?).await.map_err(failed)?;
        Ok(())
    }

    async fn forget(&mut self, picture: &PictureKey) -> Result<(), StoreError> {
        let db = self.db.writing()?;
        orphaned_object::Entity::delete_by_id(picture.as_str().to_owned()).exec(db).await.map_err(failed)?;
        Ok(())
    }

    async fn claim(&mut self, picture: &PictureKey, before: DateTime<Utc>) -> Result<bool, StoreError> {
        let db = self.db.writing()?;
        let old = orphaned_object::Entity::delete_many()
            .filter(orphaned_object::Column::Picture.eq(picture.as_str()))
            .filter(orphaned_object::Column::NotedAt.lt(before));
        Ok(old.exec(db).await.map_err(failed)?.rows_affected == 1)
    }

    async fn noted_before(&mut self, before: DateTime<Utc>, limit: u32) -> Result<Vec<PictureKey>, StoreError> {
        let old = orphaned_object::Entity::find()
            .filter(orphaned_object::Column::NotedAt.lt(before))
            .order_by_asc(orphaned_object::Column::NotedAt)
            .limit(u64::from(limit));
        let rows = old.all(&self.db).await.map_err(failed)?;
        rows.iter().map(|row| Ok(ORPHANED_OBJECTS.checked("picture", PictureKey::new(&row.picture))?)).collect()
    }

    async fn is_shown(&mut self, picture: &PictureKey) -> Result<bool, StoreError> {
        let houses = house_picture::Entity::find().filter(house_picture::Column::Picture.eq(picture.as_str()));
        if houses.limit(1).one(&self.db).await.map_err(failed)?.is_some() {
            return Ok(true);
        }
        let people = user::Entity::find().filter(user::Column::Avatar.eq(picture.as_str()));
        Ok(people.limit(1).one(&self.db).await.map_err(failed)?.is_some())
    }

    async fn wanted(
        &mut self,
        pictures: &[PictureKey],
        noted_since: DateTime<Utc>,
    ) -> Result<Vec<PictureKey>, StoreError> {
        let keys = || pictures.iter().map(PictureKey::as_str);
        let houses = house_picture::Entity::find()
            .select_only()
            .column(house_picture::Column::Picture)
            .filter(house_picture::Column::Picture.is_in(keys()));
        let people =
            user::Entity::find().select_only().column(user::Column::Avatar).filter(user::Column::Avatar.is_in(keys()));
        let noted = orphaned_object::Entity::find()
            .select_only()
            .column(orphaned_object::Column::Picture)
            .filter(orphaned_object::Column::Picture.is_in(keys()))
            .filter(orphaned_object::Column::NotedAt.gte(noted_since));
        let mut found: Vec<String> = houses.into_tuple().all(&self.db).await.map_err(failed)?;
        found.extend(people.into_tuple::<String>().all(&self.db).await.map_err(failed)?);
        found.extend(noted.into_tuple::<String>().all(&self.db).await.map_err(failed)?);
        found.iter().map(|key| Ok(ORPHANED_OBJECTS.checked("picture", PictureKey::new(key))?)).collect()
    }

    async fn shown(
        &mut self,
        by: ShownBy,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, PictureKey)>, StoreError> {
        let after = after.unwrap_or(0);
        let select = match by {
            ShownBy::Houses => house_picture::Entity::find()
                .select_only()
                .columns([house_picture::Column::Id, house_picture::Column::Picture])
                .filter(house_picture::Column::Id.gt(after))
                .order_by_asc(house_picture::Column::Id)
                .into_query(),
            ShownBy::Users => user::Entity::find()
                .select_only()
                .columns([user::Column::Id, user::Column::Avatar])
                .filter(user::Column::Id.gt(after))
                .filter(user::Column::Avatar.is_not_null())
                .order_by_asc(user::Column::Id)
                .into_query(),
        };
        let statement = limited(self.db.get_database_backend(), &select, u64::from(limit), 0);
        let rows = self.db.query_all_raw(statement).await.map_err(failed)?;
        let row = |row: &QueryResult| {
            let (id, key): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            Ok::<_, DbErr>((id, key))
        };
        let rows: Result<Vec<_>, _> = rows.iter().map(row).collect();
        let shown = |(id, key): (i64, String)| Ok((id, Table("pictures").checked("picture", PictureKey::new(&key))?));
        rows.map_err(failed)?.into_iter().map(shown).collect()
    }
}
