//! The effect of the settings of `[classic]` on old front ends. Every value can be right, so no finding is a
//! failure.

use super::finding::Finding;
use minsu_settings::{ClassicData, Settings};

/// `classic.data`: the shape of the two answers about which documents and published pages disagree.
pub(super) fn data(settings: &Settings) -> Finding {
    let text = match settings.classic.data {
        ClassicData::Documented => {
            "documented: check_login and profile/avatar answer as documents 000 and 001 print it; every published \
             classic front end needs \"pages\""
        }
        ClassicData::Pages => {
            "pages: check_login and profile/avatar answer as published classic front ends read it, not as documents \
             000 and 001 print it"
        }
    };
    Ok(text.to_owned())
}

/// `classic.tell_registered`: to whom the SMS call tells that a mobile is registered.
pub(super) fn tell_registered(settings: &Settings) -> Finding {
    let text = if settings.classic.tell_registered {
        "true: the SMS call answers 4003 for a registered mobile, to its owner and to anyone else who asks"
    } else {
        "false: the SMS call tells no one whether a mobile is registered; classic pages that wait for its 4003 leave \
         a visitor whose mobile is registered without a message"
    };
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_named_with_what_it_means() {
        let mut settings = Settings::default();
        let texts = |settings: &Settings| [data(settings).unwrap(), tell_registered(settings).unwrap()];
        let [shape, told] = texts(&settings);
        assert!(shape.starts_with("documented: ") && shape.ends_with("needs \"pages\""), "{shape}");
        assert!(told.starts_with("false: ") && told.contains("4003"), "{told}");
        settings.classic.data = ClassicData::Pages;
        settings.classic.tell_registered = true;
        let [shape, told] = texts(&settings);
        assert!(shape.starts_with("pages: "), "{shape}");
        assert!(told.starts_with("true: ") && told.ends_with("anyone else who asks"), "{told}");
    }
}
