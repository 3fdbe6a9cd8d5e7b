//! What every dialect shares: errors and their codes, sessions, uploads, limits, the log line.

pub mod api_error;
pub mod body;
pub mod body_guard;
pub mod browsers;
pub mod client_address;
pub mod cross_site;
pub mod docs;
pub mod errno;
pub mod fields;
pub mod front;
pub mod health;
pub mod json;
pub mod leaving;
pub mod login;
pub mod media;
pub mod metrics;
pub mod pages;
pub mod render;
pub mod request_limiter;
pub mod request_log;
pub mod routes;
pub mod shortcuts;
pub mod state;
pub mod traced;
pub mod upload;
