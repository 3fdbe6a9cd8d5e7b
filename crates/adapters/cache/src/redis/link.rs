//! Connections: how they are made, and the handles that calls send on.

use std::time::Duration;

use deadpool::managed;
use deadpool_redis::{
    PoolConfig, PoolError, Runtime, Timeouts,
    redis::{
        Client, Cmd, ErrorKind, Pipeline, RedisError, RedisFuture, TlsCertificates, Value,
        aio::{ConnectionLike, MultiplexedConnection},
        cluster_async::ClusterConnection,
        cmd,
    },
};

use super::{
    managers::{ClusterManager, SentinelManager},
    options::{RedisOptionsError, Servers},
};

/// How long a connection may take to make, the search for a master or the nodes included. It is
/// longer than a call's deadline: making goes on while calls give up, so that a first address
/// that does not answer does not keep us from the second.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);

/// Makes connections.
#[derive(Clone)]
pub(super) enum Pools {
    Single(deadpool_redis::Pool),
    Sentinel(managed::Pool<SentinelManager>),
    Cluster(managed::Pool<ClusterManager>),
}

/// A connection that counts in its pool until it is dropped or discarded.
pub(super) enum Connection {
    Single(deadpool_redis::Connection),
    Sentinel(managed::Object<SentinelManager>),
    Cluster(managed::Object<ClusterManager>),
}

/// A handle on a connection; cloned for each call.
#[derive(Clone)]
pub(super) enum Link {
    Direct(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Pools {
    /// Pools of this many connections. Connects to nothing yet.
    pub(super) fn new(
        servers: Servers,
        authorities: Option<TlsCertificates>,
        connections: usize,
    ) -> Result<Self, RedisOptionsError> {
        let tls = servers.use_tls();
        let timeouts = Timeouts { wait: Some(CONNECT_DEADLINE), create: Some(CONNECT_DEADLINE), recycle: None };
        let config = PoolConfig { max_size: connections, timeouts, ..PoolConfig::default() };
        let invalid = RedisOptionsError::Url;
        let unbuilt = |error| RedisOptionsError::Pool(Box::new(error));
        Ok(match servers {
            Servers::Single(mut server) => {
                if let Some(authorities) = authorities {
                    server =
                        Client::build_with_tls(server, authorities).map_err(invalid)?.get_connection_info().clone();
                }
                // Each call has its own deadline, so the connection needs none for answers.
                let answers = deadpool_redis::redis::AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(CONNECT_DEADLINE))
                    .set_response_timeout(None);
                let manager = deadpool_redis::Manager::new_with_config(server, answers).map_err(invalid)?;
                let pool = deadpool_redis::Pool::builder(manager).config(config).runtime(Runtime::Tokio1).build();
                Self::Single(pool.map_err(unbuilt)?)
            }
            Servers::Sentinel { sentinels, master, told } => {
                let manager = SentinelManager { sentinels, master, told, tls, authorities };
                // Tried once: what is wrong in it is not to show at every connection.
                drop(manager.client().map_err(invalid)?);
                let pool = managed::Pool::builder(manager).config(config).runtime(Runtime::Tokio1).build();
                Self::Sentinel(pool.map_err(unbuilt)?)
            }
            Servers::Cluster(nodes) => {
                let manager = ClusterManager::new(nodes, authorities).map_err(invalid)?;
                let pool = managed::Pool::builder(manager).config(config).runtime(Runtime::Tokio1).build();
                Self::Cluster(pool.map_err(unbuilt)?)
            }
        })
    }

    /// Whether one request may be about any keys; those of a cluster lie on several servers.
    pub(super) fn take_many_keys(&self) -> bool {
        !matches!(self, Self::Cluster(_))
    }

    /// Makes a connection. Its driver runs on the runtime that this is called on.
    pub(super) async fn connect(&self) -> Result<Connection, PoolError> {
        Ok(match self {
            Self::Single(pool) => Connection::Single(pool.get().await?),
            Self::Sentinel(pool) => Connection::Sentinel(pool.get().await?),
            Self::Cluster(pool) => Connection::Cluster(pool.get().await?),
        })
    }
}

impl Connection {
    pub(super) fn link(&self) -> Link {
        match self {
            Self::Single(connection) => Link::Direct(connection.as_ref().clone()),
            Self::Sentinel(connection) => Link::Direct(MultiplexedConnection::clone(connection)),
            Self::Cluster(connection) => Link::Cluster(ClusterConnection::clone(connection)),
        }
    }

    /// Takes the connection out of its pool, so that it is never handed out again. It closes
    /// when the last call on it has ended.
    pub(super) fn discard(self) {
        match self {
            Self::Single(connection) => drop(deadpool_redis::Connection::take(connection)),
            Self::Sentinel(connection) => drop(managed::Object::take(connection)),
            Self::Cluster(connection) => drop(managed::Object::take(connection)),
        }
    }
}

impl Link {
    /// The error of a connection whose driver has ended; waits for ever while it runs.
    pub(super) async fn ended(self) -> RedisError {
        match self {
            Self::Direct(mut connection) => match connection.send_packed_command(&cmd("PING")).await {
                Err(error) if error.kind() == ErrorKind::Io => error,
                Ok(_) | Err(_) => std::future::pending().await,
            },
            // It watches the connections to its nodes by itself.
            Self::Cluster(_) => std::future::pending().await,
        }
    }
}

impl ConnectionLike for Link {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Direct(connection) => connection.req_packed_command(command),
            Self::Cluster(connection) => connection.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Direct(connection) => connection.req_packed_commands(commands, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(commands, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Direct(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}
