//! The contract that every store has to keep.

use minsu_store::SqlStore;

use crate::support::{Engine, Guard, fresh};

async fn fresh_sqlite() -> (SqlStore, Guard) {
    fresh(Engine::Sqlite).await
}

async fn fresh_postgres() -> (SqlStore, Guard) {
    fresh(Engine::Postgres).await
}

async fn fresh_mariadb() -> (SqlStore, Guard) {
    fresh(Engine::MariaDb).await
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
