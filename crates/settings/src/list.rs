//! Lists: an array in the file, one text with commas or line breaks in the environment.

use std::{fmt::Display, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error};

/// Reads a list whose items are read from texts. A bad item is named by its place, and not
/// repeated: it may be a secret.
pub(super) fn read<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    let items = match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => split(&text),
        toml::Value::Array(values) => {
            let texts = values.into_iter().map(|value| value.as_str().map(str::to_owned));
            texts.collect::<Option<_>>().ok_or_else(|| D::Error::custom("must be an array of texts"))?
        }
        _ => return Err(D::Error::custom("must be an array of texts")),
    };
    let read = |(index, item): (usize, String)| {
        item.parse().map_err(|error| D::Error::custom(format_args!("item {}: {error}", index + 1)))
    };
    items.into_iter().enumerate().map(read).collect()
}

fn split(text: &str) -> Vec<String> {
    let items = text.split([',', '\n']).map(str::trim);
    items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Holder {
        #[serde(deserialize_with = "read")]
        list: Vec<u16>,
    }

    #[test]
    fn arrays_and_texts_with_commas_or_lines_are_the_same() {
        for text in ["list = ['1', '22']", "list = '1,22'", "list = ' 1 , 22,'", "list = \"1\\n22\\n\""] {
            assert_eq!(toml::from_str::<Holder>(text).unwrap().list, [1, 22], "{text}");
        }
        assert!(toml::from_str::<Holder>("list = ''").unwrap().list.is_empty());
    }

    #[test]
    fn a_bad_item_is_named_by_its_place() {
        for (text, message) in [
            ("list = ['1', 'geheim']", "item 2: invalid digit found in string"),
            ("list = ['1', 2]", "must be an array of texts"),
            ("list = 7", "must be an array of texts"),
        ] {
            assert_eq!(toml::from_str::<Holder>(text).unwrap_err().message(), message, "{text}");
        }
    }
}
