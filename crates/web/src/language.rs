//! The language in which a person is spoken to.

use actix_web::{
    HttpRequest,
    http::header::{ACCEPT_LANGUAGE, HeaderMap},
};

/// A language that the site speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `zh-CN`, the default.
    Chinese,
    /// `en`.
    English,
}

impl Language {
    /// The language that a client prefers of these (RFC 9110, 12.5.4).
    pub fn of(request: &HttpRequest) -> Self {
        Self::preferred(request.headers())
    }

    fn preferred(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT_LANGUAGE).filter_map(|line| line.to_str().ok());
        let (mut chinese, mut english, mut any) = (None::<f32>, None::<f32>, None::<f32>);
        for range in lines.flat_map(|line| line.split(',')) {
            let (range, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
            let primary = range.trim().split('-').next().unwrap_or_default();
            let best = match primary {
                "*" => &mut any,
                zh if zh.eq_ignore_ascii_case("zh") => &mut chinese,
                en if en.eq_ignore_ascii_case("en") => &mut english,
                _ => continue,
            };
            *best = Some(best.unwrap_or(0.0).max(weight));
        }
        let of = |own: Option<f32>| own.or(any).unwrap_or(0.0);
        if of(english) > of(chinese) { Self::English } else { Self::Chinese }
    }

    /// The language with this tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        [Self::Chinese, Self::English].into_iter().find(|language| language.tag() == tag)
    }

    /// Its tag, for `Content-Language`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn the_language_with_the_most_weight_is_taken() {
        for (header, expected) in [
            ("", Language::Chinese),
            ("en", Language::English),
            ("en-GB,en;q=0.9", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("en;q=0.5, zh;q=0.4", Language::English),
            ("fr", Language::Chinese),
            ("fr, en;q=0.1", Language::English),
            ("*", Language::Chinese),
            ("zh;q=0, *", Language::English),
            ("EN", Language::English),
            ("en;q=nonsense", Language::Chinese),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(header));
            assert_eq!(Language::preferred(&headers), expected, "{header:?}");
        }
        assert_eq!(Language::preferred(&HeaderMap::new()), Language::Chinese);
    }

    #[test]
    fn a_language_has_its_tag() {
        for language in [Language::Chinese, Language::English] {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
        }
        assert_eq!(Language::of_tag("fr"), None);
    }
}
