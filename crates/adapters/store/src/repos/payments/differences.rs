//! Differences between providers' bills and the payments here.

use chrono::NaiveDate;
use minsu_domain::{Money, PaymentProviderKind};
use minsu_ports::{Difference, StoreError};
use sea_orm::{ConnectionTrait, sea_query::Value};

use crate::{repos::sql::Sql, session::SqlSession};

/// The most characters of a provider's number that are kept.
const NUMBER_CHARS: usize = 64;

impl SqlSession {
    pub(super) async fn replace_differences(
        &self,
        provider: PaymentProviderKind,
        day: NaiveDate,
        differences: &[Difference],
    ) -> Result<(), StoreError> {
        let mut sql = self.sql()?;
        sql.push("DELETE FROM bill_differences WHERE provider = ").bind(provider.name()).push(" AND day = ").bind(day);
        self.run(sql).await?;
        for difference in differences {
            let fen = |amount: Option<Money>| Value::from(amount.map(Money::fen));
            let number: String = difference.number.chars().take(NUMBER_CHARS).collect();
            let mut sql = self.sql()?;
            sql.push("INSERT INTO bill_differences (provider, day, number, kind, theirs, ours) VALUES (");
            sql.bind(provider.name()).push(", ").bind(day).push(", ").bind(number).push(", ");
            sql.bind(difference.kind.name()).push(", ").bind(fen(difference.theirs)).push(", ");
            sql.bind(fen(difference.ours)).push(")");
            self.run(sql).await?;
        }
        Ok(())
    }

    pub(super) async fn forgotten_differences(&self, before: NaiveDate) -> Result<u64, StoreError> {
        let mut sql = self.sql()?;
        sql.push("DELETE FROM bill_differences WHERE day < ").bind(before);
        self.run(sql).await
    }

    pub(super) async fn old_differences(&self, before: NaiveDate) -> Result<u64, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT COUNT(*) FROM bill_differences WHERE day < ").bind(before);
        self.counted(sql).await
    }

    pub(super) async fn difference_count(&self, since: NaiveDate) -> Result<u64, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT COUNT(*) FROM bill_differences WHERE day >= ").bind(since);
        self.counted(sql).await
    }
}
