//! The `Cookie` header, read as bytes: cookies of other applications on the host may hold any bytes, and
//! only those of one name are looked at.

use actix_web::{HttpRequest, http::header};

/// The values of all cookies of a name, in the order in which the client sent them. Bytes that are no
/// text, in other cookies or in these, hide none of them.
pub fn values<'a>(request: &'a HttpRequest, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    let lines = request.headers().get_all(header::COOKIE);
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{http::header::HeaderValue, test::TestRequest};

    #[test]
    fn only_the_name_counts() {
        for (lines, expected) in [
            (&[&b"s=1"[..]][..], &["1"][..]),
            (&[b"city=\xe5\x8c\x97\xe4\xba\xac; s=1"], &["1"]),
            (&[b"a=\xff\xfe;s=1;b=\x80"], &["1"]),
            (&[b"s=1; s=2", b"t=9;  s=3 "], &["1", "2", "3"]),
            (&[b"xs=0; s =0; S=0; s; =s=0; t=s=0"], &[]),
            (&[b"s=; ;;; s==a=b"], &["", "=a=b"]),
            (&[b""], &[]),
            (&[], &[]),
        ] {
            let mut request = TestRequest::default();
            for line in lines {
                request = request.append_header((header::COOKIE, HeaderValue::from_bytes(line).unwrap()));
            }
            let request = request.to_http_request();
            let found: Vec<_> =
                values(&request, "s").map(|value| String::from_utf8_lossy(value).into_owned()).collect();
            assert_eq!(found, expected, "{lines:?}");
        }
    }
}
