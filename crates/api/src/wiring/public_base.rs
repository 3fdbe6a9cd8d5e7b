//! The address of pictures.

use minsu_settings::{Profile, Settings};

/// Where browsers get pictures. A path alone becomes a whole URL in profile dev, where no proxy is before
/// the server; in production only the site owner knows the host that visitors see.
pub(super) fn public_base(settings: &Settings) -> String {
    let base = &settings.objects.public_base;
    if settings.profile == Profile::Dev && base.starts_with('/') {
        format!("http://{}{base}", settings.server.listen)
    } else {
        base.clone()
    }
}
