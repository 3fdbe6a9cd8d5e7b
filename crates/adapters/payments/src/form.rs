//! Forms as they are received, and the query of a return page.

use minsu_domain::AttemptNumber;

/// More parameters than any message has.
const MAX_PARAMETERS: usize = 200;

/// The parameters of a form in their order, decoded to bytes: their charset is not known yet. None for what is no form.
pub(crate) fn parameters(form: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut found = Vec::new();
    for pair in form.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        found.push((decoded(&pair[..equals])?, decoded(&pair[equals + 1..])?));
        if found.len() > MAX_PARAMETERS {
            return None;
        }
    }
    Some(found)
}

fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let (digits, after) = rest.split_at_checked(2)?;
                let digit = |byte: u8| char::from(byte).to_digit(16);
                out.push(u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()?);
                rest = after;
            }
            _ => out.push(byte),
        }
    }
    Some(out)
}

/// The parameter that names the attempt on a return page: Alipay adds it itself, the others get it from us.
const NUMBER: &str = "out_trade_no";

/// A return URL that names the attempt.
pub(crate) fn with_number(return_url: &str, number: &AttemptNumber) -> String {
    let joint = if return_url.contains('?') { '&' } else { '?' };
    format!("{return_url}{joint}{NUMBER}={}", number.as_str())
}

/// The attempt that the query of a return page names; none where it names several.
pub(crate) fn returned(query: &str) -> Option<AttemptNumber> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let mut named = parameters(query.as_bytes())?.into_iter().filter(|(name, _)| name == NUMBER.as_bytes());
    let (_, number) = named.next()?;
    if named.next().is_some() {
        return None;
    }
    AttemptNumber::parse(str::from_utf8(&number).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded_to_bytes() {
        let found = parameters(b"a=1&b=%D0%A1+%2B&&c=").unwrap();
        let expected: [(&[u8], &[u8]); 3] = [(b"a", b"1"), (b"b", b"\xd0\xa1 +"), (b"c", b"")];
        assert_eq!(found.len(), 3);
        for ((name, value), expected) in found.iter().zip(expected) {
            assert_eq!((&name[..], &value[..]), expected);
        }
        for bad in [&b"a"[..], b"a=%", b"a=%4", b"a=%zz", &b"a=1&".repeat(201)] {
            assert_eq!(parameters(bad), None);
        }
    }

    #[test]
    fn a_return_page_names_one_attempt() {
        let number = AttemptNumber::from_random([7; AttemptNumber::BYTES]);
        let page = with_number("https://minsu.example/payComplete.html?order=1", &number);
        assert_eq!(returned(page.split_once('?').unwrap().1), Some(number.clone()));
        assert_eq!(returned(&format!("?out_trade_no={}&total_amount=1", number.as_str())), Some(number.clone()));
        let twice = format!("out_trade_no={0}&out_trade_no={0}", number.as_str());
        for bad in ["", "out_trade_no=", "out_trade_no=MS01A1", "order=1", &twice] {
            assert_eq!(returned(bad), None, "{bad}");
        }
    }
}
