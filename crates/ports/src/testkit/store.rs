//! The contract of [`crate::Store`].
