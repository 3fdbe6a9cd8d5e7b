//! Servers that speak TLS too.

use std::path::Path;

use crate::{Certificates, process::free_port};

/// What a server needs to speak TLS, beside its plain port.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    /// Its loopback port.
    pub(super) port: u16,
    settings: Vec<(&'static str, String)>,
}

impl Tls {
    /// A port with these certificates. Servers among themselves speak TLS only.
    pub(super) fn new(certificates: &Certificates) -> Self {
        let port = free_port();
        let text = |path: &Path| path.to_str().expect("a temporary directory with a plain name").to_owned();
        let settings = vec![
            ("tls-port", port.to_string()),
            ("tls-cert-file", text(&certificates.server())),
            ("tls-key-file", text(&certificates.key())),
            ("tls-ca-cert-file", text(&certificates.authority())),
            ("tls-auth-clients", "no".to_owned()),
            ("tls-replication", "yes".to_owned()),
            ("tls-cluster", "yes".to_owned()),
        ];
        Self { port, settings }
    }

    /// The settings as words of a command line.
    pub(super) fn words(&self) -> Vec<String> {
        self.settings.iter().flat_map(|(name, value)| [format!("--{name}"), value.clone()]).collect()
    }

    /// The settings as lines of a file.
    pub(super) fn lines(&self) -> String {
        self.settings.iter().map(|(name, value)| format!("{name} {value}\n")).collect()
    }
}
