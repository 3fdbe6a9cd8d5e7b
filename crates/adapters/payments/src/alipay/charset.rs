//! The charsets of Alipay.

use encoding_rs::GBK;

/// How the bytes of an answer or a notice are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Utf8,
    /// GBK, GB2312 and GB18030 are one to their readers.
    Gbk,
}

impl Charset {
    /// The charset of this name; UTF-8 where none is named.
    pub(super) fn named(name: Option<&str>) -> Option<Self> {
        let name = name.unwrap_or("utf-8").trim_matches('"').to_ascii_lowercase();
        match name.as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "gbk" | "gb2312" | "gb18030" => Some(Self::Gbk),
            _ => None,
        }
    }

    /// The charset of a media type.
    pub(super) fn of_media_type(media_type: Option<&str>) -> Option<Self> {
        let parameters = media_type.unwrap_or_default().split(';').skip(1).filter_map(|one| one.trim().split_once('='));
        let mut charsets = parameters.filter(|(name, _)| name.eq_ignore_ascii_case("charset"));
        Self::named(charsets.next().map(|(_, charset)| charset))
    }

    /// The text of these bytes; none where they are none.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Utf8 => str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Gbk => GBK.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned()),
        }
    }

    /// How many bytes the character takes that begins with this one, as far as finding the ends of texts needs it: the
    /// second byte of a character in GBK may look like a backslash or a brace.
    pub(super) fn width(self, first: u8) -> usize {
        if self == Self::Gbk && first >= 0x81 { 2 } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_names_its_charset() {
        for (media_type, expected) in [
            (None, Some(Charset::Utf8)),
            (Some("text/html"), Some(Charset::Utf8)),
            (Some("text/html;charset=utf-8"), Some(Charset::Utf8)),
            (Some("text/html; Charset=\"GBK\""), Some(Charset::Gbk)),
            (Some("text/html;charset=gb2312"), Some(Charset::Gbk)),
            (Some("text/html;charset=latin1"), None),
        ] {
            assert_eq!(Charset::of_media_type(media_type), expected, "{media_type:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert_eq!(Charset::Gbk.decode(b"\xd0\xa1\xd4\xba").as_deref(), Some("小院"));
        assert_eq!(Charset::Gbk.decode(b"\xd0"), None);
        assert_eq!(Charset::Utf8.decode(b"\xd0"), None);
    }
}
