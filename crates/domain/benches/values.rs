//! Operations on values in nearly every request: parsing input, and days.

use std::hint::black_box;

use chrono::NaiveDate;
use criterion::{Criterion, criterion_group, criterion_main};
use minsu_domain::{IdentityNumber, Mobile, SearchWords, Stay, StayRule, format_day, parse_day, terms_of};

fn days(criterion: &mut Criterion) {
    let today = NaiveDate::default();
    criterion.bench_function("parse a day", |bencher| bencher.iter(|| parse_day(black_box("2026-12-01"))));
    criterion.bench_function("print a day", |bencher| bencher.iter(|| format_day(black_box(today))));
    criterion.bench_function("the days of a stay of a fortnight", |bencher| {
        let end = today + chrono::Days::new(13);
        bencher.iter(|| Stay::new(black_box(today), end, StayRule::Days).map(|stay| stay.occupied().count()));
    });
    criterion.bench_function("whether two stays clash", |bencher| {
        let stay = |first, last| {
            Stay::new(today + chrono::Days::new(first), today + chrono::Days::new(last), StayRule::Nights)
        };
        let stays = (stay(3, 9), stay(8, 12));
        bencher.iter(|| match black_box(&stays) {
            (Ok(one), Ok(other)) => one.clashes(other),
            _ => false,
        });
    });
}

fn texts(criterion: &mut Criterion) {
    let today = NaiveDate::default();
    criterion.bench_function("a mobile", |bencher| bencher.iter(|| Mobile::new(black_box("13900000001"))));
    criterion.bench_function("an identity number with its check digit", |bencher| {
        bencher.iter(|| IdentityNumber::new(black_box("11010519491231002X"), today));
    });
    criterion.bench_function("words of a search", |bencher| {
        bencher.iter(|| SearchWords::parse(black_box("什刹海 四合院")));
    });
    criterion.bench_function("the terms of a title and an address", |bencher| {
        bencher.iter(|| terms_of(black_box(["什刹海边的四合院，两室一厅", "西城区羊房胡同 1 号"])));
    });
}

criterion_group!(benches, days, texts);
criterion_main!(benches);
