//! The lines of orders whose price has more than one.

use std::collections::HashMap;

use minsu_domain::Quote;
use minsu_ports::StoreError;
use sea_orm::{ActiveModelTrait as _, ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder};

use crate::{
    entity::order_line::{self, Column, Entity, Model},
    errors::failed,
    executor::Executor,
};

/// Lines by the id of their order, in their order.
pub(super) type Lines = HashMap<i64, Vec<Model>>;

/// Writes the lines of a new order; none where `orders` has room for its one line.
pub(super) async fn write(db: &Executor, order_id: i64, quote: &Quote) -> Result<(), StoreError> {
    let rows = order_line::rows(order_id, quote);
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    Entity::insert_many(rows).exec_without_returning(db).await.map(|_| ()).map_err(failed)
}

/// The lines of these orders, of which each has so many; those of one line are not asked about.
pub(super) async fn of(db: &Executor, orders: impl IntoIterator<Item = (i64, i32)>) -> Result<Lines, StoreError> {
    let ids: Vec<_> = orders.into_iter().filter(|(_, count)| *count > 1).map(|(id, _)| id).collect();
    let mut lines = Lines::new();
    if ids.is_empty() {
        return Ok(lines);
    }
    let rows = Entity::find().filter(Column::OrderId.is_in(ids)).order_by_asc(Column::Number).all(db).await;
    for row in rows.map_err(failed)? {
        lines.entry(row.order_id).or_default().push(row);
    }
    Ok(lines)
}
