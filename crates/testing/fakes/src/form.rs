//! Multipart forms (RFC 7578), read strictly.

use bytes::Bytes;

/// A field of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) value: Bytes,
}

/// The fields of a form; `None` when anything about it is wrong.
pub(crate) fn parse(content_type: &str, body: &Bytes) -> Option<Vec<Field>> {
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=")?.trim_matches('"');
    let first = format!("--{boundary}\r\n");
    let between = format!("\r\n--{boundary}");
    let mut at = body.starts_with(first.as_bytes()).then_some(first.len())?;
    let mut fields = Vec::new();
    loop {
        let end = at + find(&body[at..], between.as_bytes())?;
        fields.push(field(&body.slice(at..end))?);
        at = end + between.len();
        match body.get(at..at + 2)? {
            b"\r\n" => at += 2,
            b"--" => return body[at + 2..].iter().all(u8::is_ascii_whitespace).then_some(fields),
            _ => return None,
        }
    }
}

fn field(part: &Bytes) -> Option<Field> {
    let end = find(part, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&part[..end]).ok()?;
    let header = |wanted: &str| {
        head.lines().find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case(wanted)))
    };
    let disposition = header("content-disposition")?.1.strip_prefix("form-data; ")?;
    let parameter = |wanted: &str| {
        disposition
            .split("; ")
            .find_map(|parameter| parameter.strip_prefix(wanted)?.strip_prefix("=\"")?.strip_suffix('"'))
    };
    Some(Field {
        name: parameter("name")?.to_owned(),
        file_name: parameter("filename").map(str::to_owned),
        media_type: header("content-type").map(|(_, value)| value.to_owned()),
        value: part.slice(end + 4..),
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields_and_files() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\n\
                    Content-Disposition: form-data; name=\"f\"; filename=\"n\"\r\nContent-Type: t\r\n\r\n\r\n--y\r\n--x--\r\n";
        let fields = parse("multipart/form-data; boundary=x", &Bytes::from_static(body.as_bytes())).unwrap();
        assert_eq!(fields.len(), 2);
        assert_eq!((fields[0].name.as_str(), &fields[0].value[..]), ("a", b"1".as_slice()));
        assert_eq!((fields[1].file_name.as_deref(), fields[1].media_type.as_deref()), (Some("n"), Some("t")));
        assert_eq!(&fields[1].value[..], b"\r\n--y");
    }

    #[test]
    fn refuses_a_form_without_an_end() {
        let body = Bytes::from_static(b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x");
        assert_eq!(parse("multipart/form-data; boundary=x", &body), None);
        assert_eq!(parse("application/json", &body), None);
    }
}
