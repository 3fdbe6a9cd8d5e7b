//! Certificates for servers that speak TLS.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// An authority of its own, and the certificate that it gave to a server at 127.0.0.1.
#[derive(Debug)]
pub struct Certificates {
    directory: TempDir,
}

impl Certificates {
    /// Makes keys and certificates that are good for a day.
    ///
    /// # Panics
    /// When openssl is not installed or fails.
    pub fn make() -> Self {
        let made = Self { directory: TempDir::new().expect("a temporary directory") };
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
        let authority = ["req", "-x509", "-days", "1", "-subj", "/CN=test authority"];
        made.openssl(&[&authority[..], &key, &["-keyout", "authority.key", "-out", "authority.pem"]].concat());
        let asked = ["req", "-subj", "/CN=server", "-addext", "subjectAltName=IP:127.0.0.1"];
        made.openssl(&[&asked[..], &key, &["-keyout", "server.key", "-out", "server.csr"]].concat());
        let signed = ["x509", "-req", "-days", "1", "-in", "server.csr", "-copy_extensions", "copy"];
        let by = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-out", "server.pem"];
        made.openssl(&[&signed[..], &by].concat());
        made
    }

    /// The file with the authority's certificate.
    pub fn authority(&self) -> PathBuf {
        self.file("authority.pem")
    }

    /// The file with the server's certificate.
    pub fn server(&self) -> PathBuf {
        self.file("server.pem")
    }

    /// The file with the server's key.
    pub fn key(&self) -> PathBuf {
        self.file("server.key")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(Path::new(name))
    }

    fn openssl(&self, words: &[&str]) {
        let made =
            Command::new("openssl").args(words).current_dir(self.directory.path()).stderr(Stdio::null()).status();
        assert!(made.expect("openssl is installed").success(), "openssl {words:?}");
    }
}
