//! The contract that every store has to keep.

use minsu_store::{Pooler, SqlStore};

use crate::support::{Engine, Guard, fresh, fresh_pooled};

async fn fresh_sqlite() -> (SqlStore, Guard) {
    fresh(Engine::Sqlite).await
}

async fn fresh_postgres() -> (SqlStore, Guard) {
    fresh(Engine::Postgres).await
}

async fn fresh_mariadb() -> (SqlStore, Guard) {
    fresh(Engine::MariaDb).await
}

async fn fresh_behind_sessions() -> (SqlStore, Guard) {
    fresh_pooled(Pooler::Session).await
}

async fn fresh_behind_transactions() -> (SqlStore, Guard) {
    fresh_pooled(Pooler::Transaction).await
}

mod sqlite {
    minsu_ports::store_contract!(crate::contract::fresh_sqlite);
}

mod postgres {
    minsu_ports::store_contract!(crate::contract::fresh_postgres);
}

mod mariadb {
    minsu_ports::store_contract!(crate::contract::fresh_mariadb);
}

mod pgbouncer_session {
    minsu_ports::store_contract!(crate::contract::fresh_behind_sessions);
}

mod pgbouncer_transaction {
    minsu_ports::store_contract!(crate::contract::fresh_behind_transactions);
}
