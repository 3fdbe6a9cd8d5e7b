//! The section `[log]`.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

/// The log, which goes to standard error.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// `text` or `json`.
    pub format: LogFormat,
    /// What is logged: a level, or directives such as `info,minsu_store=debug`.
    #[validate(custom(function = "is_filter"))]
    pub filter: String,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

fn is_filter(text: &str) -> Result<(), ValidationError> {
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) => Ok(()),
        Err(_) => Err(ValidationError::new("filter").with_message("must be a level or directives of tracing".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_a_level_or_directives() {
        for (text, fine) in
            [("info", true), ("warn,minsu_store=debug", true), ("minsu_api=loud", false), ("a=b=c", false)]
        {
            assert_eq!(is_filter(text).is_ok(), fine, "{text}");
        }
    }
}
