//! A dialect as the common document describes it.

use super::call::Described;
use crate::dialect::{Dialect, Envelope};

/// A dialect whose failures have an envelope.
pub struct Documented<'a> {
    /// The dialect.
    pub dialect: &'a Dialect,
    /// Its envelope.
    pub envelope: &'static dyn Envelope,
    /// The same, as the document shows it.
    pub failure: Described,
}

impl std::ops::Deref for Documented<'_> {
    type Target = Dialect;

    fn deref(&self) -> &Dialect {
        self.dialect
    }
}
