//! The language of titles.

pub use minsu_web::language::Language;
