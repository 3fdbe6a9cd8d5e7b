//! The contract of the entries that a cache in memory keeps here.

use minsu_ports::testkit;

use crate::support::{Engine, fresh, on_every_engine};

on_every_engine! { it_keeps_the_contract }

async fn it_keeps_the_contract(engine: Engine) {
    let (store, _guard) = fresh(engine).await;
    testkit::cache_journal::every_rule(&store).await;
}
