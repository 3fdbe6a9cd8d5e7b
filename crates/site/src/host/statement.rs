//! A landlord's statement: what orders came to, month by month.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use minsu_application::{
    App,
    payments::{self, AccountLine},
};
use minsu_domain::Money;
use minsu_web::{api_error::ApiError, csv, language::Language, login::LoggedIn, present, state::State};

use crate::{
    form::Fields,
    format,
    frame::{self, Frame},
};

/// Amounts that add up: what was paid, less what went back, less what the site keeps, is the landlord's.
struct Amounts {
    paid: String,
    refunded: String,
    kept: String,
    fee: String,
    payable: String,
}

struct Line {
    order: i64,
    at: String,
    amounts: Amounts,
}

struct Month {
    /// `YYYY-MM`.
    key: String,
    name: String,
    is_shown: bool,
}

#[derive(Template)]
#[template(path = "host_statement.html")]
struct StatementPage {
    f: Frame,
    /// What the landlord has earned until now.
    balance: String,
    months: Vec<Month>,
    /// The month that is shown.
    month: Option<String>,
    orders: u64,
    total: Amounts,
    lines: Vec<Line>,
}

/// The month of a line in the site's time zone.
fn month_of(app: &App, line: &AccountLine) -> String {
    app.local(line.at).format("%Y-%m").to_string()
}

fn sum(lines: &[AccountLine], of: impl Fn(&AccountLine) -> i64) -> i64 {
    lines.iter().map(of).sum()
}

fn payable(line: &AccountLine) -> i64 {
    line.kept.fen() - line.fee.fen()
}

fn written(fen: i64) -> String {
    Money::from_fen(fen).map(format::money).unwrap_or_default()
}

fn amounts(lines: &[AccountLine]) -> Amounts {
    Amounts {
        paid: written(sum(lines, |line| line.paid.fen())),
        refunded: written(sum(lines, |line| line.refunded.fen())),
        kept: written(sum(lines, |line| line.kept.fen())),
        fee: written(sum(lines, |line| line.fee.fen())),
        payable: written(sum(lines, payable)),
    }
}

fn months(app: &App, language: Language, lines: &[AccountLine], shown: Option<&str>) -> Vec<Month> {
    let keys: BTreeSet<String> = lines.iter().map(|line| month_of(app, line)).collect();
    let month = |key: String| {
        let first = NaiveDate::parse_from_str(&format!("{key}-01"), "%Y-%m-%d").unwrap_or_default();
        Month { name: format::month(language, first), is_shown: shown == Some(key.as_str()), key }
    };
    keys.into_iter().rev().map(month).collect()
}

/// `GET /host/statement`: the month that is asked for, or the latest one.
pub async fn look(state: web::Data<State>, request: HttpRequest, viewer: LoggedIn) -> Result<HttpResponse, ApiError> {
    let (app, f) = (&state.app, Frame::of(&request, &state));
    let all = payments::account(app, viewer.0.user).await?;
    let balance = written(sum(&all, payable));
    let fields = Fields::of_query(&request);
    let latest = all.iter().map(|line| month_of(app, line)).max();
    let is_known = |asked: &&str| all.iter().any(|line| month_of(app, line) == **asked);
    let month = fields.filled("month").filter(is_known).map(str::to_owned).or(latest);
    let months = months(app, f.language, &all, month.as_deref());
    let mut shown: Vec<_> = all.into_iter().filter(|line| month.as_ref() == Some(&month_of(app, line))).collect();
    shown.sort_by_key(|line| std::cmp::Reverse((line.at, line.order)));
    let line = |line: &AccountLine| Line {
        order: line.order.get(),
        at: present::date_time(app, line.at),
        amounts: amounts(std::slice::from_ref(line)),
    };
    let page = StatementPage {
        balance,
        months,
        month,
        orders: shown.len() as u64,
        total: amounts(&shown),
        lines: shown.iter().map(line).collect(),
        f,
    };
    frame::personal(&request, &state, &page, &page.f)
}

/// `GET /host/statement.csv`: of a month, or of all of them.
pub async fn file(state: web::Data<State>, request: HttpRequest, viewer: LoggedIn) -> Result<HttpResponse, ApiError> {
    let app = &state.app;
    let mut lines = payments::account(app, viewer.0.user).await?;
    if let Some(month) = Fields::of_query(&request).filled("month") {
        lines.retain(|line| month_of(app, line) == month);
    }
    let rows: Vec<String> = lines.iter().map(|line| row(app, line)).collect();
    let head = csv::row(["order_id", "at", "paid", "refunded", "kept", "fee", "payable"]);
    Ok(csv::file("statement.csv", head, rows.into_iter()))
}

fn row(app: &App, line: &AccountLine) -> String {
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
    csv::row([
        &line.order.to_string(),
        &present::date_time(app, line.at),
        &yuan(line.paid.fen()),
        &yuan(line.refunded.fen()),
        &yuan(line.kept.fen()),
        &yuan(line.fee.fen()),
        &yuan(payable(line)),
    ])
}
