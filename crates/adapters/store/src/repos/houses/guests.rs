//! Completed orders and guests of a house, counted.

use minsu_ports::{CompletedOrder, GuestCounts, StoreError};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use crate::{
    entity::{house, house_guest},
    errors::{Misuse, failed},
    repos::{sql::Sql, values::stored},
    session::SqlSession,
};

impl SqlSession {
    /// The first statement locks the row of the house, so that its completed orders come one after the other: none
    /// waits for the primary key of the guests while another one waits for the house.
    pub(super) async fn count_completed(&self, order: CompletedOrder) -> Result<(), StoreError> {
        let db = self.db.writing()?;
        let of_house = house::Column::Id.eq(order.house.get());
        let counted = house::Entity::update_many()
            .col_expr(house::Column::OrderCount, Expr::col(house::Column::OrderCount).add(1))
            .filter(of_house.clone());
        if counted.exec(db).await.map_err(failed)?.rows_affected != 1 {
            return Err(Misuse::NoSuchRow.into());
        }
        let more = self.note_guest(order).await?;
        if more == GuestCounts::default() {
            return Ok(());
        }
        let plus = |column: house::Column, more| Expr::col(column).add(stored(more));
        house::Entity::update_many()
            .col_expr(house::Column::GuestCount, plus(house::Column::GuestCount, more.completed))
            .col_expr(house::Column::StayedGuestCount, plus(house::Column::StayedGuestCount, more.stayed))
            .filter(of_house)
            .exec(db)
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// What the order adds to the counts of its house.
    async fn note_guest(&self, order: CompletedOrder) -> Result<GuestCounts, StoreError> {
        let db = self.db.writing()?;
        let (house, guest, stayed) = (order.house.get(), order.guest.get(), u32::from(order.stay_begun));
        let backend = db.get_database_backend();
        let mut sql = Sql::new(backend);
        // Not an error that would end the transaction of PostgreSQL.
        sql.push(if backend == DbBackend::MySql { "INSERT IGNORE INTO" } else { "INSERT INTO" });
        sql.push(" house_guests (house_id, guest_id, stayed) VALUES (").bind(house).push(", ").bind(guest);
        sql.push(", ").bind(i16::from(order.stay_begun)).push(")");
        if backend != DbBackend::MySql {
            sql.push(" ON CONFLICT (house_id, guest_id) DO NOTHING");
        }
        if db.execute_raw(sql.done()).await.map_err(failed)?.rows_affected() == 1 {
            return Ok(GuestCounts { completed: 1, stayed });
        }
        if !order.stay_begun {
            return Ok(GuestCounts::default());
        }
        let first_stay = house_guest::Entity::update_many()
            .col_expr(house_guest::Column::Stayed, 1_i16.into())
            .filter(house_guest::Column::HouseId.eq(house).and(house_guest::Column::GuestId.eq(guest)))
            .filter(house_guest::Column::Stayed.eq(0_i16));
        let first = first_stay.exec(db).await.map_err(failed)?.rows_affected == 1;
        Ok(GuestCounts { completed: 0, stayed: u32::from(first) })
    }
}
