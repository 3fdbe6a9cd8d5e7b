//! Multipart uploads: one picture, a few small fields, limits on everything.

use actix_multipart::{Multipart, MultipartError};
use actix_web::error::PayloadError;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use super::{
    api_error::{ApiError, RequestFault},
    body_guard,
};

/// The most parts of an upload.
const MAX_PARTS: usize = 8;
/// The most bytes of a part that is not a file.
const MAX_FIELD_BYTES: usize = 1024;

/// The parts of an upload.
pub struct Upload {
    files: Vec<(String, Bytes)>,
    fields: Vec<(String, String)>,
}

impl Upload {
    /// Reads the parts. Reading stops at the first limit that is passed, so that nobody can
    /// make the server take in more than `limit` bytes.
    ///
    /// # Errors
    /// [`RequestFault::BodyTooLarge`], [`RequestFault::MalformedBody`].
    pub async fn read(mut multipart: Multipart, limit: usize) -> Result<Self, ApiError> {
        let mut upload = Self { files: Vec::new(), fields: Vec::new() };
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

    /// The one file, under one of the names that the call knows.
    ///
    /// # Errors
    /// [`RequestFault::WrongFields`] for no file, two files, or another name.
    pub fn single_file(&self, names: &[&str]) -> Result<Bytes, ApiError> {
        match self.files.as_slice() {
            [(name, bytes)] if names.contains(&name.as_str()) && !bytes.is_empty() => Ok(bytes.clone()),
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
