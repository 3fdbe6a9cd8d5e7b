//! The contract of [`crate::Cache`].
