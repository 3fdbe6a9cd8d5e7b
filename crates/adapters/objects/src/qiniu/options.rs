//! The settings of a bucket.

use secrecy::SecretString;

/// The address of a bucket and the keys of its owner.
#[derive(Debug, Clone)]
pub struct QiniuOptions {
    /// The bucket.
    pub bucket: String,
    /// The access key of its owner.
    pub access_key: String,
    /// The secret key of its owner.
    pub secret_key: SecretString,
    /// The upload host of its region; see [`QiniuRegion::upload_url`].
    pub upload_url: String,
    /// The host that deletes: [`QiniuOptions::RESOURCE_URL`].
    pub resource_url: String,
    /// The host that lists: [`QiniuOptions::LIST_URL`].
    pub list_url: String,
    /// The bucket's own domain, where browsers get pictures.
    pub public_base: String,
}

impl QiniuOptions {
    /// The host that manages the objects of all regions.
    pub const RESOURCE_URL: &'static str = "https://rs.qiniuapi.com";

    /// The host that lists the objects of all regions.
    pub const LIST_URL: &'static str = "https://rsf.qiniuapi.com";
}

/// A region by the name that Qiniu gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QiniuRegion {
    /// East China.
    Z0,
    /// North China.
    Z1,
    /// South China.
    Z2,
    /// North America.
    Na0,
    /// South-east Asia.
    As0,
    /// East China 2.
    CnEast2,
}

impl QiniuRegion {
    /// The region of a name such as `z0` or `cn-east-2`.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "z0" => Self::Z0,
            "z1" => Self::Z1,
            "z2" => Self::Z2,
            "na0" => Self::Na0,
            "as0" => Self::As0,
            "cn-east-2" => Self::CnEast2,
            _ => return None,
        })
    }

    /// The upload host.
    pub const fn upload_url(self) -> &'static str {
        match self {
            Self::Z0 => "https://upload.qiniup.com",
            Self::Z1 => "https://upload-z1.qiniup.com",
            Self::Z2 => "https://upload-z2.qiniup.com",
            Self::Na0 => "https://upload-na0.qiniup.com",
            Self::As0 => "https://upload-as0.qiniup.com",
            Self::CnEast2 => "https://upload-cn-east-2.qiniup.com",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_named_as_qiniu_names_them() {
        assert_eq!(QiniuRegion::from_name("z0").map(QiniuRegion::upload_url), Some("https://upload.qiniup.com"));
        for name in ["z1", "z2", "na0", "as0", "cn-east-2"] {
            let url = QiniuRegion::from_name(name).map(QiniuRegion::upload_url);
            assert_eq!(url.map(str::to_owned), Some(format!("https://upload-{name}.qiniup.com")));
        }
        assert_eq!(QiniuRegion::from_name("z9"), None);
    }
}
