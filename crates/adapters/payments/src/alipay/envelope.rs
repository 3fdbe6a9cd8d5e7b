//! The outer object of an answer, as bytes: what is signed is a member's bytes as they were received.

use super::charset::Charset;

/// The node of an answer and its signature.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Envelope<'a> {
    /// The bytes of the node.
    pub(super) node: &'a [u8],
    /// The signature, if there is one.
    pub(super) sign: Option<String>,
}

/// The node with this name, or the error node, of an answer; none for what is no answer, or where a member is there
/// twice: which one was signed could not be told.
pub(super) fn open<'a>(body: &'a [u8], charset: Charset, name: &str) -> Option<Envelope<'a>> {
    let mut scanner = Scanner { bytes: body, at: 0, charset };
    let (mut node, mut sign) = (None, None);
    scanner.token(b'{')?;
    loop {
        let key = scanner.key()?;
        scanner.token(b':')?;
        let value = scanner.value()?;
        let is_node = key == name.as_bytes() || key == b"error_response";
        if is_node && node.replace(value).is_some() || key == b"sign" && sign.replace(value).is_some() {
            return None;
        }
        scanner.space();
        match scanner.take()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    scanner.space();
    let node = node.filter(|node| scanner.at == body.len() && node.starts_with(b"{"))?;
    let sign = match sign {
        Some(text) => Some(serde_json::from_slice(text).ok()?),
        None => None,
    };
    Some(Envelope { node, sign })
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    charset: Charset,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// The next byte that is no space, which must be this one.
    fn token(&mut self, wanted: u8) -> Option<()> {
        self.space();
        (self.take()? == wanted).then_some(())
    }

    /// A name, without its quotes. Names of Alipay have no escapes.
    fn key(&mut self) -> Option<&'a [u8]> {
        self.space();
        let begin = self.at + 1;
        self.string()?;
        Some(&self.bytes[begin..self.at - 1]).filter(|key| !key.contains(&b'\\'))
    }

    /// Goes over a text.
    fn string(&mut self) -> Option<()> {
        self.token(b'"')?;
        loop {
            match self.take()? {
                b'"' => return Some(()),
                b'\\' => {
                    self.take()?;
                }
                byte if self.charset.width(byte) == 2 => {
                    self.take()?;
                }
                _ => {}
            }
        }
    }

    /// Goes over a value, and returns its bytes. What is between braces is only counted: it is read as JSON later.
    fn value(&mut self) -> Option<&'a [u8]> {
        self.space();
        let begin = self.at;
        let mut open = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.string()?,
                b'{' | b'[' => {
                    open += 1;
                    self.at += 1;
                }
                b'}' | b']' if open > 0 => {
                    open -= 1;
                    self.at += 1;
                }
                b',' | b'}' | b']' if open == 0 => break,
                _ => self.at += 1,
            }
            // Behind a text or an object the value is over; a number goes on to its comma.
            if open == 0 && matches!(self.bytes[self.at - 1], b'"' | b'}' | b']') {
                break;
            }
        }
        Some(&self.bytes[begin..self.at]).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rsa::tests::digest_of_signature;

    const NAME: &str = "alipay_trade_query_response";
    const NODE: &str =
        r#"{"code":"10000","subject":"a\/b \"sign\":\"x\"","total_amount":"199.99","trade_status":"TRADE_SUCCESS"}"#;

    fn opened(body: &[u8], charset: Charset) -> Option<(&[u8], Option<String>)> {
        open(body, charset, NAME).map(|envelope| (envelope.node, envelope.sign))
    }

    #[test]
    fn the_node_is_what_was_received() {
        let sign = Some("abc/d=".to_owned());
        for body in [
            format!(r#"{{"{NAME}":{NODE},"sign":"abc\/d="}}"#),
            format!(r#"{{"sign":"abc/d=","{NAME}":{NODE}}}"#),
            format!("{{ \"alipay_cert_sn\" : 7 , \"{NAME}\" : {NODE}\n, \"sign\":\t\"abc/d=\" }}\r\n"),
            format!(r#"{{"error_response":{NODE},"sign":"abc/d="}}"#),
        ] {
            assert_eq!(opened(body.as_bytes(), Charset::Utf8), Some((NODE.as_bytes(), sign.clone())), "{body}");
        }
        let expected = "e4d78d05e5b6377c8bc26b68c9ef37b8b91eadc42f851e2850697b2c9f1bdd06";
        assert_eq!(digest_of_signature(NODE.as_bytes()), expected);
    }

    #[test]
    fn characters_of_two_bytes_hide_no_quote_and_no_brace() {
        // The second bytes of these are a backslash and a brace.
        let node = b"{\"subject\":\"\x81\x5c\",\"other\":\"\x81\x7d\"}";
        let body = [format!("{{\"{NAME}\":").as_bytes(), node, b",\"sign\":\"s\"}"].concat();
        assert_eq!(opened(&body, Charset::Gbk), Some((&node[..], Some("s".to_owned()))));
        assert_eq!(opened(&body, Charset::Utf8), None);
    }

    #[test]
    fn what_is_ambiguous_or_cut_is_refused() {
        let whole = format!(r#"{{"{NAME}":{NODE},"sign":"s"}}"#);
        for length in 0..whole.len() {
            assert_eq!(opened(&whole.as_bytes()[..length], Charset::Utf8), None, "{length}");
        }
        for body in [
            format!(r#"{{"{NAME}":{NODE},"{NAME}":{NODE},"sign":"s"}}"#),
            format!(r#"{{"{NAME}":{NODE},"error_response":{NODE},"sign":"s"}}"#),
            format!(r#"{{"{NAME}":{NODE},"sign":"s","sign":"t"}}"#),
            format!(r#"{{"{NAME}":"text","sign":"s"}}"#),
            format!(r#"{{"{NAME}":{NODE},"sign":"s"}}}}"#),
            r#"{"sign":"s"}"#.to_owned(),
            "[]".to_owned(),
        ] {
            assert_eq!(opened(body.as_bytes(), Charset::Utf8), None, "{body}");
        }
        let unsigned = format!(r#"{{"{NAME}":{NODE}}}"#);
        assert_eq!(opened(unsigned.as_bytes(), Charset::Utf8), Some((NODE.as_bytes(), None)));
    }
}
