//! The OpenAPI 3.1 document of all dialects.
//!
//! Every fact has one place: what a call is and does is the [`Call`](call::Call) beside its handler,
//! what a field means and looks like is its doc comment and its attribute in the DTO, which values it
//! takes is said by the bounds of the domain ([`values`]), and which code a refusal has by the one
//! mapping of `api_error`. This module puts them together.
//!
//! # Adding a call
//! 1. A [`Call`](call::Call) beside its handler, and a line in the dialect's table of routes.
//! 2. DTOs that derive `ToSchema` (`IntoParams` for a query), with a doc comment and an example, or a
//!    type of [`values`], at each field.

pub mod call;
pub mod document;
mod documented;
pub mod envelopes;
pub mod examples;
pub mod operation;
pub mod refusals;
mod schema_values;
pub mod schemas;
mod site;
pub mod texts;
pub mod values;
