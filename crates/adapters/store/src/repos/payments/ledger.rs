//! The ledger: rows are added and never changed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use minsu_domain::{LedgerAccount, Money, OrderId, SignedMoney, Transfer, UserId};
use minsu_ports::{StatementLine, StoreError};
use sea_orm::{ConnectionTrait, DbBackend};

use super::rows::{column, insert_unless_there, is_one_of};
use crate::{
    errors::{CorruptRow, failed},
    repos::{sql::Sql, values::Table},
    session::SqlSession,
};

const ENTRIES: Table = Table("ledger_entries");

impl SqlSession {
    pub(super) async fn posted(&self, transfer: &Transfer, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut written = 0;
        for (account, amount) in &transfer.entries {
            let mut sql = self.sql()?;
            let (insert, unless_there) = insert_unless_there(sql.backend());
            sql.push(insert).push("ledger_entries (transfer_key, account, order_id, amount, posted_at) VALUES (");
            sql.bind(transfer.key.clone()).push(", ").bind(account.name()).push(", ").bind(transfer.order.get());
            sql.push(", ").bind(amount.fen()).push(", ").bind(at).push(")").push(unless_there);
            written += self.run(sql).await?;
        }
        // Some of its entries alone would be another transfer of the same key.
        if written != 0 && written != transfer.entries.len() as u64 {
            return Err(ENTRIES.corrupt("transfer_key").into());
        }
        Ok(written != 0)
    }

    pub(super) async fn transfers(&self, orders: &[OrderId]) -> Result<Vec<Transfer>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT transfer_key, order_id, account, amount FROM ledger_entries WHERE ");
        is_one_of(&mut sql, orders);
        let mut transfers: BTreeMap<String, Transfer> = BTreeMap::new();
        for row in self.db.query_all_raw(sql.done()).await.map_err(failed)? {
            let key: String = column(&row, 0)?;
            let order = ENTRIES.order("order_id", column(&row, 1)?)?;
            let entry = (account(&column::<String>(&row, 2)?)?, signed(column(&row, 3)?)?);
            let empty = || Transfer { key: key.clone(), order, entries: Vec::new() };
            transfers.entry(key.clone()).or_insert_with(empty).entries.push(entry);
        }
        Ok(transfers.into_values().collect())
    }

    pub(super) async fn sums(&self) -> Result<Vec<(LedgerAccount, SignedMoney)>, StoreError> {
        let backend = self.db.get_database_backend();
        let mut sql = Sql::new(backend);
        sql.push("SELECT account, ").push(&sum(backend, "amount")).push(" FROM ledger_entries GROUP BY account");
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        let sums = rows.iter().map(|row| Ok((account(&column::<String>(row, 0)?)?, signed(column(row, 1)?)?)));
        let mut sums = sums.collect::<Result<Vec<_>, StoreError>>()?;
        sums.sort();
        Ok(sums)
    }

    pub(super) async fn money_orders(&self, after: Option<OrderId>, limit: u32) -> Result<Vec<OrderId>, StoreError> {
        let after = after.map_or(0, OrderId::get);
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT order_id FROM payment_attempts WHERE order_id > ").bind(after);
        sql.push(" UNION SELECT order_id FROM ledger_entries WHERE order_id > ").bind(after);
        sql.push(" ORDER BY order_id").limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(|row| Ok(ENTRIES.order("order_id", column(row, 0)?)?)).collect()
    }

    pub(super) async fn statement_lines(
        &self,
        landlord: UserId,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<StatementLine>, StoreError> {
        let backend = self.db.get_database_backend();
        let of = |account: LedgerAccount| {
            sum(backend, &format!("CASE WHEN e.account = '{}' THEN e.amount ELSE 0 END", account.name()))
        };
        let key = match backend {
            DbBackend::MySql => "CONCAT('earned:', o.id)",
            DbBackend::Postgres => "'earned:' || CAST(o.id AS varchar)",
            _ => "'earned:' || o.id",
        };
        let mut sql = Sql::new(backend);
        sql.push("SELECT o.id, MIN(e.posted_at), ").push(&of(LedgerAccount::GuestHeld)).push(", ");
        sql.push(&of(LedgerAccount::PlatformFee)).push(" FROM orders o JOIN ledger_entries e ON e.transfer_key = ");
        sql.push(key).push(" WHERE o.landlord_id = ").bind(landlord.get()).push(" AND o.id > ");
        sql.bind(after.map_or(0, OrderId::get)).push(" GROUP BY o.id ORDER BY o.id").limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        let line = |row: &sea_orm::QueryResult| {
            Ok(StatementLine {
                order: ENTRIES.order("order_id", column(row, 0)?)?,
                at: column(row, 1)?,
                earned: money(column(row, 2)?)?,
                fee: money(-column::<i64>(row, 3)?)?,
            })
        };
        rows.iter().map(line).collect()
    }
}

/// A sum as an integer of 64 bits, which the engines make another number of.
fn sum(backend: DbBackend, what: &str) -> String {
    match backend {
        DbBackend::MySql => format!("CAST(SUM({what}) AS SIGNED)"),
        _ => format!("CAST(SUM({what}) AS bigint)"),
    }
}

fn account(name: &str) -> Result<LedgerAccount, CorruptRow> {
    LedgerAccount::of_name(name).ok_or(ENTRIES.corrupt("account"))
}

fn signed(fen: i64) -> Result<SignedMoney, CorruptRow> {
    ENTRIES.checked("amount", SignedMoney::from_fen(fen))
}

fn money(fen: i64) -> Result<Money, CorruptRow> {
    ENTRIES.money("amount", fen)
}
