//! How connections to a master under Sentinel and to a cluster are made.

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use deadpool_redis::redis::{
    ConnectionInfo, RedisConnectionInfo, RedisError, RedisResult, TlsCertificates, TlsMode,
    aio::MultiplexedConnection,
    cluster::{ClusterClient, ClusterClientBuilder},
    cluster_async::ClusterConnection,
    io::tcp::TcpSettings,
    sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType},
};

/// Asks Sentinels for the master each time.
pub(super) struct SentinelManager {
    pub(super) sentinels: Vec<ConnectionInfo>,
    pub(super) master: String,
    pub(super) told: RedisConnectionInfo,
    /// Whether Sentinels and servers speak TLS.
    pub(super) tls: bool,
    pub(super) authorities: Option<TlsCertificates>,
}

/// Finds the nodes of a cluster by those that are known.
pub(super) struct ClusterManager(ClusterClient);

impl SentinelManager {
    /// A client of its own for each connection: one that is shared would let them wait for each other.
    pub(super) fn client(&self) -> RedisResult<SentinelClient> {
        let addresses = self.sentinels.iter().map(|sentinel| sentinel.addr().clone());
        let tcp = || TcpSettings::default().set_nodelay(true);
        let mut client = SentinelClientBuilder::new(addresses, &self.master, SentinelServerType::Master)?
            .set_client_to_redis_db(self.told.db())
            .set_client_to_redis_protocol(self.told.protocol())
            .set_client_to_redis_tcp_settings(tcp())
            .set_client_to_sentinel_tcp_settings(tcp());
        if let Some(user) = self.told.username() {
            client = client.set_client_to_redis_username(user);
        }
        if let Some(password) = self.told.password() {
            client = client.set_client_to_redis_password(password);
        }
        // All Sentinels have the same user and password.
        let asked = self.sentinels.first().map(ConnectionInfo::redis_settings);
        if let Some(user) = asked.and_then(RedisConnectionInfo::username) {
            client = client.set_client_to_sentinel_username(user);
        }
        if let Some(password) = asked.and_then(RedisConnectionInfo::password) {
            client = client.set_client_to_sentinel_password(password);
        }
        if self.tls {
            client =
                client.set_client_to_redis_tls_mode(TlsMode::Secure).set_client_to_sentinel_tls_mode(TlsMode::Secure);
        }
        if let Some(authorities) = &self.authorities {
            client = client
                .set_client_to_redis_certificates(authorities.clone())
                .set_client_to_sentinel_certificates(authorities.clone());
        }
        client.build()
    }
}

impl ClusterManager {
    pub(super) fn new(nodes: Vec<ConnectionInfo>, authorities: Option<TlsCertificates>) -> RedisResult<Self> {
        let mut client = ClusterClientBuilder::new(nodes).tcp_settings(TcpSettings::default().set_nodelay(true));
        if let Some(authorities) = authorities {
            client = client.certs(authorities);
        }
        client.build().map(Self)
    }
}

impl Manager for SentinelManager {
    type Type = MultiplexedConnection;
    type Error = RedisError;

    async fn create(&self) -> RedisResult<MultiplexedConnection> {
        self.client()?.get_async_connection().await
    }

    async fn recycle(&self, _: &mut MultiplexedConnection, _: &Metrics) -> RecycleResult<RedisError> {
        handed_out_once()
    }
}

impl Manager for ClusterManager {
    type Type = ClusterConnection;
    type Error = RedisError;

    async fn create(&self) -> RedisResult<ClusterConnection> {
        self.0.get_async_connection().await
    }

    async fn recycle(&self, _: &mut ClusterConnection, _: &Metrics) -> RecycleResult<RedisError> {
        handed_out_once()
    }
}

/// Recycling always fails: a connection is handed out once, and the caller that returns it has no use for it.
fn handed_out_once() -> RecycleResult<RedisError> {
    Err(RecycleError::message("a connection is handed out once"))
}
