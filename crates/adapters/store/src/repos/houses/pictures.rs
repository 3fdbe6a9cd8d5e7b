//! Pictures of houses: how they are read in their order, arranged, added and removed.

use minsu_domain::{Caption, HouseId, PictureId, PictureKey};
use minsu_ports::{ListingPicture, StoreError};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, Func},
};

use crate::{
    entity::{house, house_picture},
    errors::{CorruptRow, failed},
    repos::{pages::one, values::Table},
    session::SqlSession,
};

const PICTURES: Table = Table("house_pictures");

#[derive(FromQueryResult)]
pub(super) struct PictureRow {
    pub(super) house_id: i64,
    id: i64,
    picture: String,
    caption: Option<String>,
}

impl PictureRow {
    pub(super) fn read(self) -> Result<ListingPicture, CorruptRow> {
        let caption = self.caption.map(|text| PICTURES.checked("caption", Caption::stored(&text)));
        Ok(ListingPicture {
            id: PICTURES.checked("id", PictureId::new(self.id))?,
            key: PICTURES.checked("picture", PictureKey::new(&self.picture))?,
            caption: caption.transpose()?,
        })
    }
}

/// The rows of pictures, each house's in their order.
pub(super) fn in_order() -> Select<house_picture::Entity> {
    use house_picture::Column::{Caption, HouseId, Id, Picture, Place};
    house_picture::Entity::find()
        .select_only()
        .columns([HouseId, Id, Picture, Caption])
        .order_by_asc(Place)
        .order_by_asc(Id)
}

impl SqlSession {
    pub(super) async fn pictures_of(&self, id: HouseId) -> Result<Vec<ListingPicture>, StoreError> {
        let rows = in_order().filter(house_picture::Column::HouseId.eq(id.get()));
        let rows = rows.into_model::<PictureRow>().all(&self.db).await.map_err(failed)?;
        Ok(rows.into_iter().map(PictureRow::read).collect::<Result<_, _>>()?)
    }

    pub(super) async fn insert_picture(&self, id: HouseId, key: &PictureKey, bytes: u64) -> Result<(), StoreError> {
        let db = self.db.writing()?;
        let row = house_picture::ActiveModel {
            house_id: Set(id.get()),
            picture: Set(key.as_str().to_owned()),
            bytes: Set(i64::try_from(bytes).unwrap_or(i64::MAX)),
            place: Set(house_picture::UNPLACED),
            ..Default::default()
        };
        house_picture::Entity::insert(row).exec_without_returning(db).await.map_err(failed)?;
        let first = Func::coalesce([Expr::col(house::Column::IndexPicture), key.as_str().into()]);
        house::Entity::update_many()
            .col_expr(house::Column::IndexPicture, first.into())
            .col_expr(house::Column::Version, Expr::col(house::Column::Version).add(1))
            .filter(house::Column::Id.eq(id.get()))
            .exec(db)
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Writes order and captions; the version was advanced before.
    pub(super) async fn write_arrangement(
        &self,
        id: HouseId,
        pictures: &[(PictureId, Option<Caption>)],
    ) -> Result<(), StoreError> {
        let db = self.db.writing()?;
        for (place, (picture, caption)) in (0..).zip(pictures) {
            let place: i32 = place;
            let caption = caption.as_ref().map(|caption| caption.as_str().to_owned());
            house_picture::Entity::update_many()
                .col_expr(house_picture::Column::Place, place.into())
                .col_expr(house_picture::Column::Caption, caption.into())
                .filter(house_picture::Column::Id.eq(picture.get()).and(house_picture::Column::HouseId.eq(id.get())))
                .exec(db)
                .await
                .map_err(failed)?;
        }
        self.show_first(id).await
    }

    /// Deletes the row of a picture and returns its key; the version was advanced before.
    pub(super) async fn delete_picture(
        &self,
        id: HouseId,
        picture: PictureId,
    ) -> Result<Option<PictureKey>, StoreError> {
        let own = house_picture::Column::Id.eq(picture.get()).and(house_picture::Column::HouseId.eq(id.get()));
        let row: Option<PictureRow> = one(&self.db, in_order().filter(own.clone())).await?;
        let Some(row) = row else { return Ok(None) };
        house_picture::Entity::delete_many().filter(own).exec(self.db.writing()?).await.map_err(failed)?;
        self.show_first(id).await?;
        Ok(Some(row.read()?.key))
    }

    /// Makes the first picture the index picture.
    async fn show_first(&self, id: HouseId) -> Result<(), StoreError> {
        let first = in_order().filter(house_picture::Column::HouseId.eq(id.get())).limit(1);
        let first = first.into_query().clear_selects().column(house_picture::Column::Picture).take();
        house::Entity::update_many()
            .col_expr(house::Column::IndexPicture, Expr::SubQuery(None, Box::new(first.into())))
            .filter(house::Column::Id.eq(id.get()))
            .exec(self.db.writing()?)
            .await
            .map_err(failed)?;
        Ok(())
    }
}
