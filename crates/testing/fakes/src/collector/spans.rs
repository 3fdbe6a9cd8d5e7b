//! A delivery of traces, read strictly: a field that there is not, an id of the wrong length, a span
//! that ends before it begins or has no name refuse all of it.

use std::collections::BTreeMap;

use super::protobuf::{Malformed, Value, fields};
use crate::encoding::hex;

/// A span as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// The name of the service that sent it.
    pub service: String,
    /// The trace, in hexadecimal digits.
    pub trace: String,
    /// Its own id.
    pub id: String,
    /// The id of its parent; empty for the first of a trace.
    pub parent: String,
    /// Its name.
    pub name: String,
    /// 1 internal, 2 server, 3 client.
    pub kind: u64,
    /// When it began, in nanoseconds since 1970.
    pub start: u64,
    /// When it ended.
    pub end: u64,
    /// Its attributes, values as texts.
    pub attributes: BTreeMap<String, String>,
    /// How many events it carries.
    pub events: usize,
    /// Whether it failed.
    pub failed: bool,
}

impl Span {
    /// An attribute; empty where there is none.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// The spans of a delivery.
pub(super) fn read(message: &[u8]) -> Result<Vec<Span>, Malformed> {
    let mut spans = Vec::new();
    for (number, value) in fields(message)? {
        match number {
            1 => of_resource(value.bytes()?, &mut spans)?,
            _ => return Err(Malformed),
        }
    }
    Ok(spans)
}

fn of_resource(message: &[u8], spans: &mut Vec<Span>) -> Result<(), Malformed> {
    let (mut service, mut found) = (String::new(), Vec::new());
    for (number, value) in fields(message)? {
        match number {
            1 => {
                let mut attributes = BTreeMap::new();
                for (number, value) in fields(value.bytes()?)? {
                    match number {
                        1 => attribute(value.bytes()?, &mut attributes)?,
                        2 => drop(value.varint()?),
                        _ => return Err(Malformed),
                    }
                }
                service = attributes.remove("service.name").ok_or(Malformed)?;
            }
            2 => of_scope(value.bytes()?, &mut found)?,
            3 => drop(value.text()?),
            _ => return Err(Malformed),
        }
    }
    spans.extend(found.into_iter().map(|span| Span { service: service.clone(), ..span }));
    Ok(())
}

fn of_scope(message: &[u8], spans: &mut Vec<Span>) -> Result<(), Malformed> {
    for (number, value) in fields(message)? {
        match number {
            1 => drop(fields(value.bytes()?)?),
            2 => spans.push(span(value.bytes()?)?),
            3 => drop(value.text()?),
            _ => return Err(Malformed),
        }
    }
    Ok(())
}

fn span(message: &[u8]) -> Result<Span, Malformed> {
    let mut span = Span::default();
    for (number, value) in fields(message)? {
        match number {
            1 => span.trace = id(value, 16)?,
            2 => span.id = id(value, 8)?,
            3 => drop(value.text()?),
            4 if value.bytes()?.is_empty() => {}
            4 => span.parent = id(value, 8)?,
            5 => span.name = value.text()?,
            6 => span.kind = value.varint()?,
            7 => span.start = value.fixed64()?,
            8 => span.end = value.fixed64()?,
            9 => attribute(value.bytes()?, &mut span.attributes)?,
            10 | 12 | 14 => drop(value.varint()?),
            11 => span.events += 1,
            13 => drop(fields(value.bytes()?)?),
            15 => span.failed = fields(value.bytes()?)?.contains(&(3, Value::Varint(2))),
            16 => drop(value.fixed32()?),
            _ => return Err(Malformed),
        }
    }
    let whole = !span.trace.is_empty() && !span.id.is_empty() && !span.name.is_empty();
    let timely = span.start > 0 && span.start <= span.end;
    if whole && timely && (1..=5).contains(&span.kind) { Ok(span) } else { Err(Malformed) }
}

fn id(value: Value<'_>, length: usize) -> Result<String, Malformed> {
    let bytes = value.bytes()?;
    if bytes.len() == length && bytes.iter().any(|byte| *byte != 0) { Ok(hex(bytes)) } else { Err(Malformed) }
}

fn attribute(message: &[u8], attributes: &mut BTreeMap<String, String>) -> Result<(), Malformed> {
    let [(1, key), (2, value)] = fields(message)?[..] else { return Err(Malformed) };
    let [(kind, value)] = fields(value.bytes()?)?[..] else { return Err(Malformed) };
    let text = match kind {
        1 => value.text()?,
        2 => (value.varint()? != 0).to_string(),
        3 => value.varint()?.cast_signed().to_string(),
        4 => f64::from_bits(value.fixed64()?).to_string(),
        _ => return Err(Malformed),
    };
    // A name that comes twice is forbidden.
    if attributes.insert(key.text()?, text).is_none() { Ok(()) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field with bytes, whose length fits into one byte.
    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
    }

    fn delivery(span: &[u8]) -> Vec<u8> {
        let service = [field(1, b"service.name"), field(2, &field(1, b"minsu"))].concat();
        field(1, &[field(1, &field(1, &service)), field(2, &field(2, span))].concat())
    }

    fn span(id: &[u8], end: u8) -> Vec<u8> {
        let times = [&[0x39, 7, 0, 0, 0, 0, 0, 0, 0, 0x41, end, 0, 0, 0, 0, 0, 0, 0][..]].concat();
        [field(1, &[1; 16]), field(2, id), field(5, b"GET"), vec![0x30, 2], times].concat()
    }

    #[test]
    fn a_whole_span_is_read_and_half_a_one_refused() {
        let read_back = read(&delivery(&span(&[2; 8], 9))).unwrap();
        assert_eq!(read_back.len(), 1);
        assert_eq!((&*read_back[0].service, &*read_back[0].name, read_back[0].kind), ("minsu", "GET", 2));
        for wrong in [span(&[2; 7], 9), span(&[0; 8], 9), span(&[2; 8], 6), [span(&[2; 8], 9), field(17, b"")].concat()]
        {
            assert_eq!(read(&delivery(&wrong)), Err(Malformed));
        }
        assert_eq!(read(b""), Ok(vec![]));
    }
}
