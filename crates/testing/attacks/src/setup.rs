//! What an attack is given.

use std::path::PathBuf;

/// How much an attack does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Seconds: enough to see that the defence is there.
    Short,
    /// As much as the figures of `docs/security.md` were measured with.
    Full,
}

impl Effort {
    /// [`Effort::Full`] where the variable `ATTACK` says `full`, which `make attack` sets.
    pub fn from_environment() -> Self {
        if std::env::var("ATTACK").is_ok_and(|effort| effort == "full") { Self::Full } else { Self::Short }
    }

    /// One of two numbers, by effort.
    pub fn of<T>(self, short: T, full: T) -> T {
        match self {
            Self::Short => short,
            Self::Full => full,
        }
    }
}

/// What an attack is given.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The binary under attack.
    pub binary: PathBuf,
    /// How much the attack does.
    pub effort: Effort,
}
