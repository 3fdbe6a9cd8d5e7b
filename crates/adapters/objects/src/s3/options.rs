//! The settings of a bucket.

use minsu_http::{SettingError, host_url};
use secrecy::SecretString;

/// How the bucket is named in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Addressing {
    /// As the first part of the path: MinIO and most self-hosted stores.
    #[default]
    Path,
    /// As the first part of the host name: Aliyun OSS, Tencent COS, new buckets of AWS.
    VirtualHost,
}

/// The address of a bucket and the keys of its owner.
#[derive(Debug, Clone)]
pub struct S3Options {
    /// The URL of the store, without the bucket.
    pub endpoint: String,
    /// How the bucket is named in a request.
    pub addressing: Addressing,
    /// The region that signatures name.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The access key of its owner.
    pub access_key: String,
    /// The secret key of its owner.
    pub secret_key: SecretString,
    /// The bucket's domain, where browsers get pictures.
    pub public_base: String,
}

impl S3Options {
    /// The endpoint as the client expects it: with the bucket in its host name where requests name it there.
    pub(super) fn bucket_endpoint(&self) -> Result<String, SettingError> {
        let mut endpoint = host_url("endpoint", &self.endpoint)?;
        if self.addressing == Addressing::VirtualHost {
            let host = format!("{}.{}", self.bucket, endpoint.host_str().unwrap_or_default());
            endpoint.set_host(Some(&host)).map_err(|_| SettingError::Value("bucket"))?;
        }
        Ok(endpoint.as_str().trim_end_matches('/').to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(addressing: Addressing) -> S3Options {
        S3Options {
            endpoint: "https://oss-cn-beijing.aliyuncs.com".to_owned(),
            addressing,
            region: "oss-cn-beijing".to_owned(),
            bucket: "minsu".to_owned(),
            access_key: "key".to_owned(),
            secret_key: "secret".into(),
            public_base: "https://pictures.example.com".to_owned(),
        }
    }

    #[test]
    fn the_bucket_stands_in_the_host_where_the_store_wants_it() {
        let endpoint = |addressing| options(addressing).bucket_endpoint().unwrap();
        assert_eq!(endpoint(Addressing::Path), "https://oss-cn-beijing.aliyuncs.com");
        assert_eq!(endpoint(Addressing::VirtualHost), "https://minsu.oss-cn-beijing.aliyuncs.com");
    }

    #[test]
    fn the_secret_is_not_shown() {
        assert!(!format!("{:?}", options(Addressing::Path)).contains("secret\""));
    }
}
