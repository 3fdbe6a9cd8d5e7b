//! The tables of the site, read past it.

use std::{collections::BTreeMap, io};

use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, PgConnection, Row as _, SqliteConnection};

use crate::plan::Engine;

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) house: i64,
    pub(crate) guest: i64,
    pub(crate) start: NaiveDate,
    pub(crate) end: NaiveDate,
    pub(crate) days: i64,
    pub(crate) price: i64,
    pub(crate) amount: i64,
    pub(crate) status: i64,
    pub(crate) version: i64,
    pub(crate) comment: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) lines: i64,
}

/// A change of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) number: i64,
    pub(crate) by: i64,
    pub(crate) from: Option<i64>,
    pub(crate) to: i64,
}

/// A house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HouseRow {
    pub(crate) title: String,
    pub(crate) orders: i64,
    pub(crate) version: i64,
}

/// The tables of the site that a run changes.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) orders: BTreeMap<i64, Order>,
    pub(crate) changes: BTreeMap<i64, Vec<Change>>,
    /// The occupied days with the order, where it is one.
    pub(crate) days: BTreeMap<(i64, NaiveDate), Option<i64>>,
    /// The claims that are not orders.
    pub(crate) claims: Vec<(i64, NaiveDate)>,
    /// The sums of the lines of the orders that have some in rows.
    pub(crate) lines: BTreeMap<i64, (i64, i64)>,
    pub(crate) houses: BTreeMap<i64, HouseRow>,
    /// House and key.
    pub(crate) pictures: Vec<(i64, String)>,
    /// Mobile, name and key of the portrait, by id.
    pub(crate) users: BTreeMap<i64, (String, String, Option<String>)>,
}

type Texts = Vec<Vec<Option<String>>>;

/// Runs a statement and reads every column as text.
pub(crate) async fn rows(engine: Engine, url: &str, sql: &str) -> io::Result<Texts> {
    macro_rules! read {
        ($connection:ty) => {{
            let mut connection = <$connection>::connect(url).await.map_err(io::Error::other)?;
            let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await;
            let rows = rows.map_err(|error| io::Error::other(format!("{sql}: {error}")))?;
            connection.close().await.map_err(io::Error::other)?;
            let texts = rows.iter().map(|row| (0..row.len()).map(|at| row.try_get(at)).collect());
            texts.collect::<Result<Texts, sqlx::Error>>().map_err(io::Error::other)
        }};
    }
    match engine {
        Engine::Sqlite => read!(SqliteConnection),
        Engine::Postgres => read!(PgConnection),
        Engine::MariaDb => read!(MySqlConnection),
    }
}

/// The columns of a table as texts.
async fn table(engine: Engine, url: &str, table: &str, columns: &[&str], more: &str) -> io::Result<Texts> {
    let kind = if engine == Engine::MariaDb { "CHAR" } else { "TEXT" };
    let columns: Vec<_> = columns.iter().map(|column| format!("CAST({column} AS {kind})")).collect();
    rows(engine, url, &format!("SELECT {} FROM {table} {more}", columns.join(", "))).await
}

fn whole(text: Option<&Option<String>>) -> i64 {
    text.and_then(|text| text.as_deref()).and_then(|text| text.parse().ok()).unwrap_or(-1)
}

fn date(text: Option<&Option<String>>) -> NaiveDate {
    let text = text.and_then(|text| text.as_deref()).unwrap_or_default();
    text.get(..10).and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn text(text: Option<&Option<String>>) -> Option<String> {
    text.and_then(Clone::clone)
}

impl Tables {
    /// Reads everything; nothing may be changing meanwhile.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn read(engine: Engine, url: &str) -> io::Result<Self> {
        let mut tables = Self::default();
        let all = async |name: &str, columns: &[&str], more: &str| table(engine, url, name, columns, more).await;
        let columns = [
            "id",
            "house_id",
            "guest_id",
            "start_day",
            "end_day",
            "days",
            "price",
            "amount",
            "status",
            "version",
            "comment",
            "reject_reason",
            "line_count",
        ];
        for row in all("orders", &columns, "").await? {
            let order = order(&row);
            tables.orders.insert(order.id, order);
        }
        let columns = ["order_id", "number", "changed_by", "from_status", "to_status"];
        for row in all("order_changes", &columns, "ORDER BY order_id, number").await? {
            let from = text(row.get(3)).map(|_| whole(row.get(3)));
            let change = Change { number: whole(row.get(1)), by: whole(row.get(2)), from, to: whole(row.get(4)) };
            tables.changes.entry(whole(row.first())).or_default().push(change);
        }
        for row in all("house_day", &["house_id", "day", "order_id"], "").await? {
            let order = text(row.get(2)).map(|_| whole(row.get(2)));
            tables.days.insert((whole(row.first()), date(row.get(1))), order);
        }
        for row in all("house_claims", &["house_id", "day"], "").await? {
            tables.claims.push((whole(row.first()), date(row.get(1))));
        }
        for row in
            all("order_lines", &["order_id", "COUNT(*)", "SUM(quantity * unit_price)"], "GROUP BY order_id").await?
        {
            tables.lines.insert(whole(row.first()), (whole(row.get(1)), whole(row.get(2))));
        }
        for row in all("houses", &["id", "title", "order_count", "version"], "").await? {
            let (title, orders, version) = (text(row.get(1)).unwrap_or_default(), whole(row.get(2)), whole(row.get(3)));
            tables.houses.insert(whole(row.first()), HouseRow { title, orders, version });
        }
        for row in all("house_pictures", &["house_id", "picture"], "").await? {
            tables.pictures.push((whole(row.first()), text(row.get(1)).unwrap_or_default()));
        }
        for row in all("users", &["id", "mobile", "name", "avatar"], "").await? {
            let [mobile, name] = [row.get(1), row.get(2)].map(|column| text(column).unwrap_or_default());
            tables.users.insert(whole(row.first()), (mobile, name, text(row.get(3))));
        }
        Ok(tables)
    }
}

fn order(row: &[Option<String>]) -> Order {
    Order {
        id: whole(row.first()),
        house: whole(row.get(1)),
        guest: whole(row.get(2)),
        start: date(row.get(3)),
        end: date(row.get(4)),
        days: whole(row.get(5)),
        price: whole(row.get(6)),
        amount: whole(row.get(7)),
        status: whole(row.get(8)),
        version: whole(row.get(9)),
        comment: text(row.get(10)),
        reason: text(row.get(11)),
        lines: whole(row.get(12)),
    }
}

impl Order {
    /// Whether it holds its days: neither cancelled nor rejected.
    pub(crate) fn is_live(&self) -> bool {
        !matches!(self.status, 5 | 6)
    }

    /// Its days; the run uses the rule in which both ends count.
    pub(crate) fn dates(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let (start, end) = (self.start, self.end);
        start.iter_days().take_while(move |day| *day <= end)
    }
}
