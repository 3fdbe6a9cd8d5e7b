//! Answers, unpacked within limits.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use reqwest::{
    Response,
    header::{CONTENT_ENCODING, HeaderMap},
};

use super::error::OutboundError;

/// Bytes up to a limit.
#[derive(Debug)]
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
    is_full: bool,
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if more.len() > self.most - self.bytes.len() {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A body that is coming in.
enum Body {
    Plain(Bounded),
    Gzip(Box<MultiGzDecoder<Bounded>>),
}

impl Body {
    fn of(headers: &HeaderMap, most: usize) -> Result<Self, OutboundError> {
        let bounded = Bounded { bytes: Vec::new(), most, is_full: false };
        let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
        let encoding = match encodings.next().map(|value| value.to_str()) {
            None => "identity",
            Some(Ok(encoding)) => encoding.trim(),
            Some(Err(_)) => return Err(OutboundError::Encoding),
        };
        if encodings.next().is_some() {
            return Err(OutboundError::Encoding);
        }
        match encoding.to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Plain(bounded)),
            "gzip" | "x-gzip" => Ok(Self::Gzip(Box::new(MultiGzDecoder::new(bounded)))),
            _ => Err(OutboundError::Encoding),
        }
    }

    fn add(&mut self, piece: &[u8]) -> Result<(), OutboundError> {
        let (done, bounded) = match self {
            Self::Plain(bounded) => (bounded.write_all(piece), &*bounded),
            Self::Gzip(decoder) => (decoder.write_all(piece), decoder.get_ref()),
        };
        done.map_err(|_| if bounded.is_full { OutboundError::TooLong } else { OutboundError::Encoding })
    }

    fn finish(self) -> Result<Vec<u8>, OutboundError> {
        match self {
            Self::Plain(bounded) => Ok(bounded.bytes),
            Self::Gzip(mut decoder) => {
                if decoder.try_finish().is_err() {
                    let is_full = decoder.get_ref().is_full;
                    return Err(if is_full { OutboundError::TooLong } else { OutboundError::Encoding });
                }
                Ok(std::mem::take(&mut decoder.get_mut().bytes))
            }
        }
    }
}

/// The body of an answer, unpacked. Neither what comes nor what is unpacked may be longer than `most`.
pub(super) async fn read(response: &mut Response, most: usize) -> Result<Vec<u8>, OutboundError> {
    let mut body = Body::of(response.headers(), most)?;
    let mut length = 0;
    while let Some(piece) = response.chunk().await.map_err(|error| OutboundError::of(&error))? {
        length += piece.len();
        if length > most {
            return Err(OutboundError::TooLong);
        }
        body.add(&piece)?;
    }
    if length == 0 { Ok(Vec::new()) } else { body.finish() }
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(packed: &[u8], most: usize) -> Result<Vec<u8>, OutboundError> {
        let headers = HeaderMap::from_iter([(CONTENT_ENCODING, "gzip".parse().unwrap())]);
        let mut body = Body::of(&headers, most)?;
        packed.chunks(7).try_for_each(|piece| body.add(piece))?;
        body.finish()
    }

    #[test]
    fn what_is_packed_counts_as_unpacked() {
        let text = b"BEGIN:VCALENDAR".repeat(100);
        assert_eq!(unpacked(&gzip(&text), text.len()), Ok(text.clone()));
        assert_eq!(unpacked(&gzip(&text), text.len() - 1), Err(OutboundError::TooLong));
        // Several members are one text.
        assert_eq!(unpacked(&[gzip(b"a"), gzip(b"b")].concat(), 2), Ok(b"ab".to_vec()));
        let bomb = gzip(&vec![0; 50 << 20]);
        assert_eq!(unpacked(&bomb, 5 << 20), Err(OutboundError::TooLong));
    }

    #[test]
    fn what_is_cut_or_not_packed_is_no_answer() {
        let packed = gzip(&b"BEGIN:VCALENDAR".repeat(100));
        for end in 1..packed.len() {
            assert_eq!(unpacked(&packed[..end], 9999), Err(OutboundError::Encoding), "{end}");
        }
        assert_eq!(unpacked(b"BEGIN:VCALENDAR", 99), Err(OutboundError::Encoding));
    }
}
