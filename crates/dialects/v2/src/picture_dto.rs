//! Pictures in answers.

use minsu_application::App;
use minsu_domain::PictureKey;
use minsu_ports::ListingPicture;
use minsu_web::present;
use serde::Serialize;
use utoipa::ToSchema;

/// A picture of a listing.
#[derive(Debug, Serialize, ToSchema)]
pub struct PictureData {
    /// The id.
    #[schema(examples(5))]
    id: i64,
    #[serde(flatten)]
    cover: CoverData,
    /// What the landlord writes below it; absent where nothing was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("院子"))]
    caption: Option<String>,
}

impl PictureData {
    pub(crate) fn new(app: &App, picture: ListingPicture) -> Self {
        let ListingPicture { id, key, caption } = picture;
        let caption = caption.map(|caption| caption.as_str().to_owned());
        Self { id: id.get(), cover: CoverData::new(app, &key), caption }
    }
}

/// A picture in its two sizes.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverData {
    /// The address of the picture.
    #[schema(examples("https://media.example.com/houses/3/0123456789abcdef.jpg"))]
    url: String,
    /// The address of its small variant, for lists.
    #[schema(examples("https://media.example.com/houses/3/0123456789abcdef-small.jpg"))]
    small_url: String,
}

impl CoverData {
    pub(crate) fn new(app: &App, key: &PictureKey) -> Self {
        Self { url: present::picture(app, Some(key)), small_url: present::small_picture(app, Some(key)) }
    }
}
