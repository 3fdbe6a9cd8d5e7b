//! The options of this dialect.

/// Which shape `data` has in `check_login` and `profile/avatar`, the two answers in which the
/// documents and the pages published for them differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClassicData {
    /// As the documents print it: the name; `{pic_url, user_id}`.
    #[default]
    Documented,
    /// As the pages read it: `{name}`; the URL.
    Pages,
}

/// The options that a site may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Which shape two answers have.
    pub data: ClassicData,
}
