//! The history of orders.

use minsu_domain::{ChangedBy, OrderChange, OrderId, Transition, Version};
use minsu_ports::{NewOrder, OrderAct, OrderNote, StoreError};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, Statement,
    sea_query::Value,
};

use crate::{
    entity::{
        order::{self, number as status_number},
        order_change::{ActiveModel, Column, Entity, Model, changed_by, number},
    },
    errors::{CorruptRow, failed},
    executor::Executor,
    repos::{
        sql::Sql,
        values::{Table, stored},
    },
};

const CHANGES: Table = Table("order_changes");

/// The first entry of an order that its guest places.
pub(crate) fn first(order_id: i64, order: &NewOrder) -> Model {
    Model {
        order_id,
        number: 1,
        changed_at: order.created_at,
        changed_by: number(ChangedBy::Guest),
        from_status: None,
        to_status: status_number(order.status),
        reason: None,
    }
}

/// A statement that also writes the first entry of the order that it inserts and whose id it returns; for PostgreSQL.
pub(crate) fn with_first(insertion: Statement, order: &NewOrder) -> Statement {
    let Model { order_id: _, number, changed_at, changed_by, from_status, to_status, reason } = first(0, order);
    let mut sql = Sql::around("WITH placed AS (", insertion, ") ");
    sql.push("INSERT INTO order_changes (order_id, number, changed_at, changed_by, from_status, to_status, reason) ");
    sql.push("SELECT id, ").bind(number).push(", ").bind(changed_at).push(", ").bind(changed_by).push(", ");
    sql.bind(from_status).push(", ").bind(to_status).push(", ").bind(reason);
    sql.push(" FROM placed RETURNING order_id");
    sql.done()
}

/// Writes an entry as it is.
pub(crate) async fn write(db: &Executor, row: Model) -> Result<(), DbErr> {
    let Model { order_id, number, changed_at, changed_by, from_status, to_status, reason } = row;
    let row = ActiveModel {
        order_id: Set(order_id),
        number: Set(number),
        changed_at: Set(changed_at),
        changed_by: Set(changed_by),
        from_status: Set(from_status),
        to_status: Set(to_status),
        reason: Set(reason),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Writes the entry of a step that was just taken, under the version that the order has now.
pub(crate) async fn write_step(
    db: &Executor,
    id: OrderId,
    step: Transition,
    act: OrderAct,
    note: &OrderNote,
) -> Result<(), StoreError> {
    let reason = match note {
        OrderNote::Reason(reason) => Some(reason.as_str().to_owned()),
        OrderNote::None | OrderNote::Comment(..) => None,
    };
    let mut sql = Sql::new(db.get_database_backend());
    sql.push("INSERT INTO order_changes (order_id, number, changed_at, changed_by, from_status, to_status, reason) ");
    sql.push("SELECT id, version, ").bind(act.at).push(", ").bind(number(act.by)).push(", ");
    sql.bind(status_number(step.from)).push(", ").bind(status_number(step.to)).push(", ");
    sql.bind(Value::from(reason)).push(" FROM orders WHERE id = ").bind(id.get());
    db.execute_raw(sql.done()).await.map_err(failed)?;
    Ok(())
}

/// See [`minsu_ports::OrderRepo::history`].
pub(crate) async fn read(db: &Executor, id: OrderId, version: Version) -> Result<Vec<OrderChange>, StoreError> {
    let rows = Entity::find()
        .filter(Column::OrderId.eq(id.get()).and(Column::Number.lte(stored(version.get()))))
        .order_by_asc(Column::Number)
        .all(db)
        .await
        .map_err(failed)?;
    rows.into_iter().map(|row| Ok(change(row)?)).collect()
}

fn change(row: Model) -> Result<OrderChange, CorruptRow> {
    let status = |column, stored| order::status(stored).ok_or(CHANGES.corrupt(column));
    Ok(OrderChange {
        at: row.changed_at,
        by: changed_by(row.changed_by).ok_or(CHANGES.corrupt("changed_by"))?,
        from: row.from_status.map(|stored| status("from_status", stored)).transpose()?,
        to: status("to_status", row.to_status)?,
        reason: row.reason,
    })
}
