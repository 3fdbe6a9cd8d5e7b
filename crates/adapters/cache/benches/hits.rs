//! A ready page that this process has: what a cached answer costs before HTTP.

use std::{hint::black_box, sync::Arc};

use bytes::Bytes;
use chrono::NaiveDate;
use criterion::{Criterion, criterion_group, criterion_main};
use minsu_cache::TwoTierPages;
use minsu_domain::{AreaId, HouseFilter, PageNumber};
use minsu_ports::{PageCache, PageKey, Rendered};

/// A page of a district, newest first.
fn key() -> Option<PageKey> {
    let day = NaiveDate::default();
    let filter = HouseFilter { area: AreaId::new(3).ok(), ..HouseFilter::default() };
    PageKey::search("v1", filter, PageNumber::FIRST, || day..=day)
}

async fn find(pages: &(dyn PageCache + 'static), body: &Bytes) -> Option<Bytes> {
    let page = pages.get_or_render(&key()?, async || Ok::<_, ()>(Rendered::Keep(body.clone()))).await;
    page.ok().map(|page| page.body)
}

fn hits(criterion: &mut Criterion) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        panic!("no runtime");
    };
    let pages: Arc<dyn PageCache> = Arc::new(TwoTierPages::alone(64 << 20));
    let body = Bytes::from(vec![b'x'; 4500]);
    assert!(runtime.block_on(find(&*pages, &body)).is_some(), "there is no page");
    criterion.bench_function("a list that is ready in this process", |bencher| {
        bencher.iter(|| runtime.block_on(find(black_box(&*pages), &body)));
    });
}

criterion_group!(benches, hits);
criterion_main!(benches);
