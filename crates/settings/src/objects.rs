//! The section `[objects]`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{Scheme, Secret, ServiceUrl};

/// The object storage adapters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectsAdapter {
    /// A folder on this machine.
    File,
    /// Qiniu's form upload.
    Qiniu,
    /// The S3 protocol.
    S3,
}

impl Scheme for ObjectsAdapter {
    const ALL: &'static [(&'static str, Self)] = &[("file", Self::File), ("qiniu", Self::Qiniu), ("s3", Self::S3)];

    fn is_local(self) -> bool {
        self == Self::File
    }
}

/// Where pictures are kept.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectsSettings {
    /// `file:` for the folder `media` of the data directory, `file:/a/folder`, `qiniu://bucket` or
    /// `s3://bucket`.
    pub url: ServiceUrl<ObjectsAdapter>,
    /// The prefix of the key in the address of a picture: the URL of `/media` as visitors reach
    /// it, or of the bucket's own domain. Profile dev takes a path too.
    #[validate(length(min = 1, max = 200))]
    pub public_base: String,
    /// Name of the bucket, where the URL does not give it.
    pub bucket: Option<String>,
    /// Region of the bucket, in the service's own words.
    pub region: Option<String>,
    /// Base URL of the service's upload interface, where it is not the service's usual one.
    pub endpoint: Option<String>,
    /// Base URL of the service's interface for deletions, where it is not the service's usual one.
    /// Qiniu only.
    pub manage_endpoint: Option<String>,
    /// Base URL of the service's interface for listings, where it is not the service's usual one. Qiniu only.
    pub list_endpoint: Option<String>,
    /// Whether requests name the bucket in the host name, as Aliyun OSS, Tencent COS and AWS want
    /// it, and not in the path. S3 only.
    pub virtual_host: bool,
    /// Access key of the service.
    pub access_key: Option<Secret>,
    /// File that holds the access key.
    pub access_key_file: Option<PathBuf>,
    /// Secret key of the service.
    pub secret_key: Option<Secret>,
    /// File that holds the secret key.
    pub secret_key_file: Option<PathBuf>,
    /// HTTP proxy on the way to the service. None by default.
    pub proxy_url: Option<Secret>,
    /// File that holds the URL of the proxy.
    pub proxy_url_file: Option<PathBuf>,
    /// Longest wait for the service, in milliseconds. Who uploads waits half a second more at most,
    /// while what may be left of a failed upload is removed.
    #[validate(range(min = 1, max = 60_000))]
    pub deadline_ms: u64,
}

impl ObjectsSettings {
    /// Longest wait for the service.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }

    /// Whether pictures have whole addresses, and not paths.
    pub(super) fn has_public_url(&self) -> bool {
        self.public_base.starts_with("https://") || self.public_base.starts_with("http://")
    }

    /// Name of the bucket: the key `bucket`, or what the URL says.
    pub fn bucket(&self) -> Option<&str> {
        let in_url = match self.url.adapter() {
            ObjectsAdapter::File => "",
            ObjectsAdapter::Qiniu | ObjectsAdapter::S3 => self.url.rest(),
        };
        self.bucket.as_deref().or(Some(in_url).filter(|bucket| !bucket.is_empty()))
    }

    /// The folder of [`ObjectsAdapter::File`].
    pub(super) fn folder(&self, data_dir: &Path) -> PathBuf {
        match self.url.rest() {
            "" => data_dir.join("media"),
            folder => PathBuf::from(folder),
        }
    }
}

impl Default for ObjectsSettings {
    fn default() -> Self {
        Self {
            url: ServiceUrl::new("file", ObjectsAdapter::File, ""),
            public_base: "/media".to_owned(),
            bucket: None,
            region: None,
            endpoint: None,
            virtual_host: false,
            manage_endpoint: None,
            list_endpoint: None,
            access_key: None,
            access_key_file: None,
            secret_key: None,
            secret_key_file: None,
            proxy_url: None,
            proxy_url_file: None,
            deadline_ms: 5500,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_stands_in_the_url_or_in_its_key() {
        for (url, key, bucket) in [
            ("qiniu://pictures", None, Some("pictures")),
            ("s3://", Some("other"), Some("other")),
            ("s3://pictures", Some("other"), Some("other")),
            ("s3://", None, None),
            ("file:/srv/media", None, None),
        ] {
            let settings = ObjectsSettings {
                url: url.parse().unwrap(),
                bucket: key.map(str::to_owned),
                ..ObjectsSettings::default()
            };
            assert_eq!(settings.bucket(), bucket, "{url} {key:?}");
        }
    }

    #[test]
    fn the_folder_is_media_unless_the_url_names_another() {
        for (url, folder) in [
            ("file:", "/d/media"),
            ("file://", "/d/media"),
            ("file:/srv/pictures", "/srv/pictures"),
            ("file:///srv/pictures", "/srv/pictures"),
            ("file:pictures", "pictures"),
        ] {
            let settings = ObjectsSettings { url: url.parse().unwrap(), ..ObjectsSettings::default() };
            assert_eq!(settings.folder(Path::new("/d")), Path::new(folder), "{url}");
        }
    }
}
