//! Which addresses a call may reach.

use std::net::IpAddr;

use super::address::is_global;

/// Which addresses a call may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those of the internet.
    Global,
    /// Those of the internet, and this machine.
    GlobalOrLoopback,
    /// This machine alone: for URLs that are refused elsewhere.
    Loopback,
}

impl Reach {
    pub fn admits(self, address: IpAddr) -> bool {
        match self {
            Self::Global => is_global(address),
            Self::GlobalOrLoopback => is_global(address) || address.is_loopback(),
            Self::Loopback => address.is_loopback(),
        }
    }
}
