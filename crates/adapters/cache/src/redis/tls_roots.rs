//! TLS roots: the certificate authorities that servers are verified against.

use std::path::Path;

use deadpool_redis::redis::TlsCertificates;
use rustls::{
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject},
};

use super::options::{RedisOptionsError, Servers};

/// The authorities of a file, instead of those of the system.
pub(super) fn authorities(
    servers: &Servers,
    file: Option<&Path>,
) -> Result<Option<TlsCertificates>, RedisOptionsError> {
    if !servers.use_tls() {
        return file.map_or(Ok(None), |_| Err(RedisOptionsError::NoTls));
    }
    // The client uses the process-wide crypto provider, which is set once: one set earlier is kept.
    if CryptoProvider::get_default().is_none() {
        let _ = ring::default_provider().install_default();
    }
    let Some(file) = file else { return Ok(None) };
    let pem = std::fs::read(file).map_err(RedisOptionsError::CaFile)?;
    let mut certificates = CertificateDer::pem_slice_iter(&pem).peekable();
    // With an empty list, no server would be trusted.
    if certificates.peek().is_none() || !certificates.all(|certificate| certificate.is_ok()) {
        return Err(RedisOptionsError::NoAuthority);
    }
    Ok(Some(TlsCertificates { client_tls: None, root_cert: Some(pem) }))
}
