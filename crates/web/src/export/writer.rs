//! Writes JSON whose lists arrive row by row, in pieces of a bounded length.

use std::{mem, time::Duration};

use bytes::Bytes;
use minsu_application::AppError;
use serde::Serialize;
use tokio::{sync::mpsc, time::timeout};

use super::piece::{Ended, Piece};

/// Bytes from which on a piece is sent.
const PIECE: usize = 32 << 10;

/// An answer that is being written.
pub(super) struct Writer<'a> {
    /// The text of the frame behind each list, the last first.
    rest: Vec<Bytes>,
    /// Whether the list has no row yet.
    is_empty: bool,
    piece: Vec<u8>,
    /// How long the client may take no piece.
    patience: Duration,
    out: &'a mpsc::Sender<Piece>,
}

impl<'a> Writer<'a> {
    /// Begins with a frame that has so many lists, all of them empty.
    pub(super) fn new(
        frame: &impl Serialize,
        lists: usize,
        patience: Duration,
        out: &'a mpsc::Sender<Piece>,
    ) -> Result<Self, AppError> {
        let text = serde_json::to_vec(frame).map_err(|error| AppError::Internal(error.into()))?;
        let mut rest = cut(&text);
        if rest.len() != lists + 1 {
            return Err(AppError::Internal(format!("{} lists in an export instead of {lists}", rest.len() - 1).into()));
        }
        rest.reverse();
        let piece = rest.pop().map(Vec::from).unwrap_or_default();
        Ok(Self { rest, is_empty: true, piece, patience, out })
    }

    /// Adds a row to the list.
    ///
    /// # Errors
    /// [`AppError::Internal`] for a value that is no JSON.
    pub(super) fn add(&mut self, row: &impl Serialize) -> Result<(), AppError> {
        if !mem::replace(&mut self.is_empty, false) {
            self.piece.push(b',');
        }
        serde_json::to_writer(&mut self.piece, row).map_err(|error| AppError::Internal(error.into()))
    }

    /// Sends the piece, if it is full.
    ///
    /// # Errors
    /// [`Ended::ClientLeft`], [`Ended::ClientStalled`].
    pub(super) async fn send_full(&mut self) -> Result<(), Ended> {
        if self.piece.len() < PIECE {
            return Ok(());
        }
        let piece = mem::replace(&mut self.piece, Vec::with_capacity(PIECE + PIECE / 4));
        let sent = timeout(self.patience, self.out.send(Piece::Part(piece.into()))).await;
        sent.map_err(|_| Ended::ClientStalled(self.patience))?.map_err(|_| Ended::ClientLeft)
    }

    /// Goes on to the next list.
    pub(super) fn next_list(&mut self) {
        self.piece.extend_from_slice(&self.rest.pop().unwrap_or_default());
        self.is_empty = true;
    }

    /// What was not sent yet, to the end of the answer.
    pub(super) fn end(mut self) -> Bytes {
        while !self.rest.is_empty() {
            self.next_list();
        }
        self.piece.into()
    }
}

/// A JSON text, cut within each of its empty lists.
fn cut(text: &[u8]) -> Vec<Bytes> {
    let (mut pieces, mut begin) = (Vec::new(), 0);
    let (mut in_string, mut escaped) = (false, false);
    for (place, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' if !in_string && text.get(place + 1) == Some(&b']') => {
                pieces.push(Bytes::copy_from_slice(&text[begin..=place]));
                begin = place + 1;
            }
            _ => {}
        }
    }
    pieces.push(Bytes::copy_from_slice(&text[begin..]));
    pieces
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(50);

    /// The pieces of the answer with these rows in its two lists.
    async fn written(name: &str, rows: [&[Value]; 2]) -> Vec<Bytes> {
        let (out, mut pieces) = mpsc::channel(1000);
        let frame = json!({"name": name, "a": [], "b": [], "full": [1]});
        let mut writer = Writer::new(&frame, 2, PATIENCE, &out).unwrap();
        for row in rows[0] {
            writer.add(row).unwrap();
            writer.send_full().await.unwrap();
        }
        writer.next_list();
        for row in rows[1] {
            writer.add(row).unwrap();
            writer.send_full().await.unwrap();
        }
        let last = writer.end();
        drop(out);
        let mut sent = Vec::new();
        while let Some(piece) = pieces.recv().await {
            let Piece::Part(part) = piece else { panic!("{piece:?}") };
            sent.push(part);
        }
        sent.push(last);
        sent
    }

    #[tokio::test]
    async fn the_pieces_are_the_answer_as_it_would_be_in_one() {
        let many: Vec<_> = (0..5_000).map(|number| json!({"number": number, "text": "四合院 \" \\ []"})).collect();
        let one = [json!([])];
        for name in ["x", r#""a":[] "#, r"\", r#"\","b":[]"#] {
            for (a, b) in [(&many[..], &one[..]), (&[], &[]), (&one, &many), (&many[..1], &[])] {
                let pieces = written(name, [a, b]).await;
                assert!(pieces.iter().all(|piece| piece.len() < PIECE + 100));
                assert_eq!(pieces.len() > 1, a.len() + b.len() > 1000);
                let whole = json!({"name": name, "a": a, "b": b, "full": [1]}).to_string();
                assert_eq!(String::from_utf8(pieces.concat()).unwrap(), whole);
            }
        }
    }

    #[tokio::test]
    async fn a_frame_with_other_lists_is_a_defect() {
        let (out, _pieces) = mpsc::channel(1);
        for frame in [json!({"a": [], "b": [1]}), json!({"a": [], "b": [], "c": []})] {
            assert!(matches!(Writer::new(&frame, 2, PATIENCE, &out).err(), Some(AppError::Internal(_))));
        }
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_ends_the_answer() {
        let (out, _pieces) = mpsc::channel(1);
        let mut writer = Writer::new(&json!([]), 1, PATIENCE, &out).unwrap();
        let row = "x".repeat(PIECE);
        writer.add(&row).unwrap();
        writer.send_full().await.unwrap();
        let begun = std::time::Instant::now();
        writer.add(&row).unwrap();
        assert!(matches!(writer.send_full().await, Err(Ended::ClientStalled(PATIENCE))));
        assert!(begun.elapsed() >= PATIENCE);
    }

    #[tokio::test]
    async fn a_client_that_left_ends_the_answer() {
        let (out, pieces) = mpsc::channel(1);
        drop(pieces);
        let mut writer = Writer::new(&json!([]), 1, PATIENCE, &out).unwrap();
        writer.add(&"x".repeat(PIECE)).unwrap();
        assert!(matches!(writer.send_full().await, Err(Ended::ClientLeft)));
    }
}
