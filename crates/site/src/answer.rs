//! The answer to a form that changes something.

use actix_web::{HttpRequest, HttpResponse};
use minsu_web::{api_error::ApiError, state::State};

use crate::{fault, frame::Frame};

/// Where what the form asked for was done, the answer to that; where it was refused and the form can be mended,
/// `again` shows its page with the refusal above it.
///
/// # Errors
/// A refusal that the form cannot mend, and those of `again`.
pub async fn answer(
    state: &State,
    request: &HttpRequest,
    done: Result<HttpResponse, ApiError>,
    again: impl AsyncFnOnce(Frame) -> Result<HttpResponse, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let error = match done {
        Ok(response) => return Ok(response),
        Err(error) => error,
    };
    let frame = Frame::of(request, state);
    let sentence = fault::above_the_form(error, frame.language)?;
    again(frame.refused(sentence)).await
}
