//! A ready page that this process has: what a cached answer costs before HTTP.

use std::{hint::black_box, sync::Arc};

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use minsu_cache::TwoTierCache;
use minsu_ports::{CommonTag, EntryKey, InvalidationTag, RenderCache, Rendered};

/// A page of a district, newest first.
fn key() -> Option<EntryKey> {
    const OFFERS: InvalidationTag = InvalidationTag::Common(CommonTag::new(0, "offers"));
    const PEOPLE: InvalidationTag = InvalidationTag::Common(CommonTag::new(2, "people"));
    EntryKey::new("v1", format_args!("houses___{}_new", 3), 1, [Some(OFFERS), Some(PEOPLE), None])
}

async fn lookup(pages: &(dyn RenderCache + 'static), body: &Bytes) -> Option<Bytes> {
    let page = pages.get_or_render(&key()?, async || Ok::<_, ()>(Rendered::Cacheable(body.clone()))).await;
    page.ok().map(|page| page.body)
}

fn hits(criterion: &mut Criterion) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        panic!("no runtime");
    };
    let pages: Arc<dyn RenderCache> = Arc::new(TwoTierCache::alone(64 << 20));
    let body = Bytes::from(vec![b'x'; 4500]);
    assert!(runtime.block_on(lookup(&*pages, &body)).is_some(), "there is no page");
    criterion.bench_function("a list that is ready in this process", |bencher| {
        bencher.iter(|| runtime.block_on(lookup(black_box(&*pages), &body)));
    });
}

criterion_group!(benches, hits);
criterion_main!(benches);
