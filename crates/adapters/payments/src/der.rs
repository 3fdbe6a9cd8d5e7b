//! As much of DER as public keys and certificates need, strictly: lengths in their shortest form, nothing left over.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;
/// `[0]`, the version of a certificate.
const VERSION: u8 = 0xa0;
/// The algorithm `rsaEncryption` with its empty parameters.
const RSA: [u8; 13] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// The rest of a sequence of elements.
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The next element: its tag and its content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x83 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
                let shortest = length >= 0x80 && bytes.first() != Some(&0);
                (Some(length).filter(|_| shortest)?, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The content of the next element, which must have this tag.
    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// The content of the one sequence that these bytes are.
fn sequence(der: &[u8]) -> Option<Elements<'_>> {
    let mut outer = Elements(der);
    let content = outer.expect(SEQUENCE)?;
    outer.end()?;
    Some(Elements(content))
}

/// The RSA public key (PKCS#1) in these bytes: a `RSAPublicKey` itself, a `SubjectPublicKeyInfo`, or a certificate.
pub(crate) fn rsa_public_key(der: &[u8]) -> Option<&[u8]> {
    of_pkcs1(der).or_else(|| of_key_info(der)).or_else(|| of_certificate(der))
}

/// Modulus of 2048 to 8192 bits, and exponent.
fn of_pkcs1(der: &[u8]) -> Option<&[u8]> {
    let mut key = sequence(der)?;
    let modulus = key.expect(INTEGER)?;
    key.expect(INTEGER)?;
    key.end()?;
    // A zero byte stands before a modulus whose highest bit is set.
    let bytes = modulus.strip_prefix(&[0]).unwrap_or(modulus).len();
    (256..=1024).contains(&bytes).then_some(der)
}

fn of_key_info(der: &[u8]) -> Option<&[u8]> {
    let mut info = sequence(der)?;
    let algorithm = info.expect(SEQUENCE)?;
    let key = info.expect(BIT_STRING)?.strip_prefix(&[0])?;
    info.end()?;
    if algorithm == RSA { of_pkcs1(key) } else { None }
}

fn of_certificate(der: &[u8]) -> Option<&[u8]> {
    let mut certificate = sequence(der)?;
    let mut body = Elements(certificate.expect(SEQUENCE)?);
    certificate.expect(SEQUENCE)?;
    certificate.expect(BIT_STRING)?;
    certificate.end()?;
    body.expect(VERSION)?;
    body.expect(INTEGER)?;
    // Algorithm, issuer, validity, subject.
    for _ in 0..4 {
        body.expect(SEQUENCE)?;
    }
    let before = body.0;
    body.expect(SEQUENCE)?;
    of_key_info(&before[..before.len() - body.0.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An element with the length in its shortest form.
    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len();
        let mut out = match length {
            0..0x80 => vec![tag, length as u8],
            0x80..0x100 => vec![tag, 0x81, length as u8],
            _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
        };
        out.extend_from_slice(content);
        out
    }

    fn key(bytes: usize) -> Vec<u8> {
        let modulus = [vec![0, 0xff], vec![7; bytes - 1]].concat();
        element(SEQUENCE, &[element(INTEGER, &modulus), element(INTEGER, &[1, 0, 1])].concat())
    }

    fn key_info(key: &[u8]) -> Vec<u8> {
        let bits = element(BIT_STRING, &[&[0], key].concat());
        element(SEQUENCE, &[element(SEQUENCE, &RSA), bits].concat())
    }

    fn certificate(info: &[u8]) -> Vec<u8> {
        let any = element(SEQUENCE, &[]);
        let head = [element(VERSION, &element(INTEGER, &[2])), element(INTEGER, &[9])].concat();
        let body = [head, any.repeat(4), info.to_vec(), any.clone()].concat();
        element(SEQUENCE, &[element(SEQUENCE, &body), any, element(BIT_STRING, &[0, 1])].concat())
    }

    #[test]
    fn a_key_is_found_in_each_of_its_forms() {
        let key = key(256);
        let info = key_info(&key);
        for der in [&key, &info, &certificate(&info)] {
            assert_eq!(rsa_public_key(der), Some(&key[..]));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let short = key(128);
        let mut long_form = key(256);
        // The same length with a zero in front.
        long_form.splice(1..4, [0x83, 0, long_form[2], long_form[3]]);
        let mut trailing = key_info(&key(256));
        trailing.push(0);
        for bad in [vec![], vec![SEQUENCE], short.clone(), key_info(&short), long_form, trailing] {
            assert_eq!(rsa_public_key(&bad), None);
        }
        let whole = certificate(&key_info(&key(256)));
        for length in 0..whole.len() {
            assert_eq!(rsa_public_key(&whole[..length]), None, "{length}");
        }
    }
}
