//! The options of a client.

use std::time::Duration;

use secrecy::SecretString;

/// The deadlines and the proxy of an adapter's HTTP client.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// The most time that one use of the service takes, retries included.
    pub deadline: Duration,
    /// The most time that making a connection takes; within the deadline.
    pub connect_deadline: Duration,
    /// The URL of a proxy, which may carry a name and a password.
    pub proxy: Option<SecretString>,
}

impl Default for HttpOptions {
    /// Six seconds in all, two of them for the connection, no proxy.
    fn default() -> Self {
        Self { deadline: Duration::from_secs(6), connect_deadline: Duration::from_secs(2), proxy: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_seconds_in_all_unless_said_otherwise() {
        let options = HttpOptions::default();
        assert_eq!((options.deadline.as_secs(), options.connect_deadline.as_secs()), (6, 2));
    }
}
