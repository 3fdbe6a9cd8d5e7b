//! Listings by `ListObjectsV2`.

use std::mem;

use async_trait::async_trait;
use minsu_domain::PictureKey;
use minsu_http::HttpClient;
use minsu_ports::{LISTED_AT_ONCE, ListedObject, ObjectError, ObjectListing};
use object_store::{
    aws::AmazonS3,
    list::{PaginatedListOptions, PaginatedListStore},
};

use super::error::S3Error;

/// Where a listing goes on.
enum Position {
    Start,
    /// Behind a page, by the continuation token that came with it.
    Behind(String),
    End,
}

/// The listing of the objects below a prefix.
pub(super) struct S3Listing {
    http: HttpClient,
    bucket: AmazonS3,
    prefix: String,
    position: Position,
}

impl S3Listing {
    pub(super) fn new(http: HttpClient, bucket: AmazonS3, folder: &PictureKey) -> Self {
        Self { http, bucket, prefix: format!("{}/", folder.as_str()), position: Position::Start }
    }

    /// One request; what is no key of the site is left out.
    async fn page(&mut self, token: Option<String>, limit: u32) -> Result<Vec<ListedObject>, S3Error> {
        let options = PaginatedListOptions {
            max_keys: Some(limit.clamp(1, LISTED_AT_ONCE) as usize),
            page_token: token.clone(),
            ..PaginatedListOptions::default()
        };
        let page = self.bucket.list_paginated(Some(&self.prefix), options).await?;
        self.position = match page.page_token {
            Some(next) if Some(&next) == token.as_ref() => return Err(S3Error::SamePage),
            Some(next) => Position::Behind(next),
            None => Position::End,
        };
        let objects = page.result.objects.into_iter().filter_map(|object| {
            let key = PictureKey::new(object.location.as_ref()).ok()?;
            Some(ListedObject { key, modified_at: object.last_modified })
        });
        Ok(objects.collect())
    }
}

#[async_trait]
impl ObjectListing for S3Listing {
    async fn next(&mut self, limit: u32) -> Result<Vec<ListedObject>, ObjectError> {
        loop {
            // After a failure the listing has ended.
            let token = match mem::replace(&mut self.position, Position::End) {
                Position::Start => None,
                Position::Behind(token) => Some(token),
                Position::End => return Ok(Vec::new()),
            };
            let http = self.http.clone();
            let page = http.in_time(self.page(token, limit)).await;
            let page = page.map_err(|error| ObjectError::Failed(error.into()))?;
            if !page.is_empty() {
                return Ok(page);
            }
        }
    }
}
