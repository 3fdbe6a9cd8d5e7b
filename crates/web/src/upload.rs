//! Multipart uploads: one picture, a few small fields, limits on everything.

use actix_multipart::{Multipart, MultipartError};
use actix_web::error::PayloadError;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use minsu_domain::Principal;

use super::{
    api_error::{ApiError, RequestFault},
    body_guard,
    state::State,
    upload_budget::{HeldBytes, UploadBudget},
    upload_turns::UploadTurn,
};

/// The most parts of an upload.
const MAX_PARTS: usize = 8;
/// The most bytes of a part that is not a file.
const MAX_FIELD_BYTES: usize = 1024;

/// The parts of an upload.
pub struct Upload {
    files: Vec<(String, Bytes)>,
    fields: Vec<(String, String)>,
    turn: Option<UploadTurn>,
    held: HeldBytes,
}

/// A file with the turn of its upload, which ends when nothing needs the bytes any more: after decoding,
/// and before anything is stored, so that an object store that hangs does not delay the next upload.
struct File {
    bytes: Bytes,
    _turn: Option<UploadTurn>,
    _held: HeldBytes,
}

impl AsRef<[u8]> for File {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Upload {
    /// Waits for the user's turn and reads the parts.
    ///
    /// # Errors
    /// Those of [`Upload::read`], and [`AppError::Busy`] (see [`UploadTurns::turn`]).
    ///
    /// [`AppError::Busy`]: minsu_application::AppError::Busy
    /// [`UploadTurns::turn`]: super::upload_turns::UploadTurns::turn
    pub async fn receive(state: &State, uploader: Principal, multipart: Multipart) -> Result<Self, ApiError> {
        let turn = state.uploads.turn(uploader.user).await?;
        let upload = Self::read(multipart, state.http.upload_limit, &state.upload_budget).await?;
        Ok(Self { turn: Some(turn), ..upload })
    }

    /// Reads the parts. Reading stops at the first limit that is passed: no more than `limit` bytes are
    /// kept.
    ///
    /// # Errors
    /// [`RequestFault::BodyTooLarge`], [`RequestFault::MalformedBody`], and [`AppError::Busy`] when the uploads in
    /// progress hold as many bytes as the budget has.
    ///
    /// [`AppError::Busy`]: minsu_application::AppError::Busy
    pub async fn read(mut multipart: Multipart, limit: usize, budget: &UploadBudget) -> Result<Self, ApiError> {
        let mut upload = Self { files: Vec::new(), fields: Vec::new(), turn: None, held: budget.upload() };
        let mut left = limit;
        let mut parts = 0;
        while let Some(part) = multipart.next().await {
            let mut part = match part {
                Ok(part) => part,
                // A form without any part has no boundary to start with.
                Err(MultipartError::Incomplete) if parts == 0 => break,
                Err(error) => return Err(from_multipart(&error)),
            };
            parts += 1;
            if parts > MAX_PARTS {
                return Err(RequestFault::BodyTooLarge.into());
            }
            let disposition = part.content_disposition();
            let name = disposition.and_then(|it| it.get_name()).unwrap_or_default().to_owned();
            let is_file = disposition.is_some_and(|it| it.get_filename().is_some());
            let part_limit = if is_file { left } else { left.min(MAX_FIELD_BYTES) };
            let mut bytes = BytesMut::new();
            while let Some(chunk) = part.next().await {
                let chunk = chunk.map_err(|error| from_multipart(&error))?;
                if bytes.len() + chunk.len() > part_limit {
                    return Err(RequestFault::BodyTooLarge.into());
                }
                upload.held.grow(chunk.len())?;
                bytes.extend_from_slice(&chunk);
            }
            left -= bytes.len();
            if is_file {
                upload.files.push((name, bytes.freeze()));
            } else {
                let text = std::str::from_utf8(&bytes).map_err(|_| RequestFault::WrongFields)?;
                upload.fields.push((name, text.to_owned()));
            }
        }
        Ok(upload)
    }

    /// The one file, under one of the names that the call knows. It keeps the turn until it is dropped.
    ///
    /// # Errors
    /// [`RequestFault::WrongFields`] for no file, two files, or another name.
    pub fn single_file(mut self, names: &[&str]) -> Result<Bytes, ApiError> {
        match (self.files.pop(), self.files.is_empty()) {
            (Some((name, bytes)), true) if names.contains(&name.as_str()) && !bytes.is_empty() => {
                Ok(Bytes::from_owner(File { bytes, _turn: self.turn, _held: self.held }))
            }
            _ => Err(RequestFault::WrongFields.into()),
        }
    }

    /// A field that is not a file.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a multipart error means for the client.
fn from_multipart(error: &MultipartError) -> ApiError {
    match error {
        MultipartError::ContentTypeMissing
        | MultipartError::ContentTypeParse
        | MultipartError::ContentTypeIncompatible => RequestFault::UnsupportedMediaType,
        MultipartError::Payload(PayloadError::Overflow) => RequestFault::BodyTooLarge,
        MultipartError::Payload(error) if body_guard::is_too_slow(error) => RequestFault::TimedOut,
        _ => RequestFault::MalformedBody,
    }
    .into()
}
