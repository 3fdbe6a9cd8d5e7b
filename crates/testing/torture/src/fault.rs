//! The faults.

use std::{fmt, time::Duration};

use crate::engine::Engine;

/// A process of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A `minsu serve`, by its number.
    Api(usize),
    /// The `minsu worker`.
    Worker,
    /// Redis.
    Redis,
    /// The database server.
    Database,
}

/// A connection of the site to a backend, by way of the fault proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// To the database.
    Database,
    /// To Redis.
    Redis,
}

/// A service of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The object store.
    Objects,
    /// The SMS service.
    Sms,
}

/// A fault; it lasts for a while and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `kill -9`; started again at the end.
    Kill(Target),
    /// SIGSTOP; SIGCONT at the end.
    Freeze(Target),
    /// The database server is stopped as an administrator does; started again at the end.
    Restart,
    /// SIGTERM in full load; started again at the end.
    Terminate(usize),
    /// Connections are reset, old and new ones.
    Reset(Link),
    /// Every packet takes 500 ms.
    Slow(Link),
    /// Connections stay open and carry nothing any more, old ones for ever.
    HalfOpen(Link),
    /// A service takes requests and does not answer.
    Silent(Service),
    /// A process may open no further file descriptor.
    NoDescriptors(usize),
    /// The file system of the SQLite file is full.
    DiskFull,
}

impl Fault {
    /// Every fault that is possible on an engine.
    pub fn all(engine: Engine) -> Vec<Self> {
        use Fault::{DiskFull, Freeze, HalfOpen, Kill, NoDescriptors, Reset, Restart, Silent, Slow, Terminate};
        let mut all = vec![
            Kill(Target::Api(0)),
            Freeze(Target::Api(0)),
            Terminate(0),
            NoDescriptors(0),
            Silent(Service::Objects),
            Silent(Service::Sms),
        ];
        if engine == Engine::Sqlite {
            all.push(DiskFull);
            return all;
        }
        all.extend([
            Kill(Target::Api(1)),
            Kill(Target::Worker),
            Kill(Target::Redis),
            Kill(Target::Database),
            Freeze(Target::Api(1)),
            Freeze(Target::Worker),
            Freeze(Target::Redis),
            Freeze(Target::Database),
            Restart,
            Terminate(1),
            NoDescriptors(1),
        ]);
        for link in [Link::Database, Link::Redis] {
            all.extend([Reset(link), Slow(link), HalfOpen(link)]);
        }
        all
    }

    /// Whether every process of the site is without a backend meanwhile, so that none is ready. A full disk is not
    /// seen by the probe of readiness, which writes no row.
    pub fn takes_a_backend(self) -> bool {
        matches!(
            self,
            Self::Kill(Target::Redis | Target::Database)
                | Self::Freeze(Target::Redis | Target::Database)
                | Self::Restart
                | Self::Reset(_)
                | Self::HalfOpen(_)
        )
    }

    /// Whether sessions are lost: they are in Redis, which keeps nothing over its death here.
    pub fn loses_sessions(self) -> bool {
        self == Self::Kill(Target::Redis)
    }

    /// How long it lasts at most.
    pub const LONGEST: Duration = Duration::from_secs(4);
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
