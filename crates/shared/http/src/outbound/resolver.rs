//! Names of hosts: looked up and checked in one go, for the connection that then uses the addresses.

use std::{
    error::Error as StdError,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use super::reach::Reach;

/// A look-up that goes on.
pub type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Where the addresses of a name come from.
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of a name.
    fn addresses(&self, host: &str) -> LookingUp;
}

/// Addresses as the system knows them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn addresses(&self, host: &str) -> LookingUp {
        let host = host.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect()) })
    }
}

/// A name that leads to no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum NameError {
    #[error("an address of the host is not called")]
    Refused,
    #[error("the host has no address")]
    Unknown,
}

/// The resolver of a connection.
#[derive(Clone)]
pub(super) struct CheckingResolver {
    pub lookup: Arc<dyn Lookup>,
    pub reach: Reach,
    /// Addresses of this site.
    pub own: Arc<[IpAddr]>,
}

impl CheckingResolver {
    /// The addresses of a name. One that may not be reached refuses all of them: a public name has none.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, NameError> {
        let addresses = self.lookup.addresses(host).await.map_err(|_| NameError::Unknown)?;
        if addresses.is_empty() {
            return Err(NameError::Unknown);
        }
        let is_right = |address: &IpAddr| self.reach.admits(*address) && !self.own.contains(address);
        if addresses.iter().all(is_right) { Ok(addresses) } else { Err(NameError::Refused) }
    }
}

impl Resolve for CheckingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            // The port of the URL takes the place of this one.
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok::<_, Box<dyn StdError + Send + Sync>>(addresses)
        })
    }
}
