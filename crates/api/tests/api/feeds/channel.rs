//! A stand-in for the server of another site.

use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Notify,
};

/// What it answers.
#[derive(Clone)]
pub(super) enum Answers {
    /// These bytes, head and body.
    Bytes(Vec<u8>),
    /// A calendar with a tag, and 304 to a request that has it.
    Tagged(String, &'static str),
    /// A calendar, once it is let go.
    Late(String, Arc<Notify>),
}

/// The server; it answers every request with what it has now.
pub(super) struct Channel {
    pub(super) url: String,
    answers: Arc<Mutex<Answers>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Channel {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/calendar.ics?s=0123456789", listener.local_addr().unwrap());
        let answers = Arc::new(Mutex::new(Answers::Bytes(ok(&calendar(&[])))));
        let channel = Self { url, answers: Arc::clone(&answers), asked: Arc::default() };
        let asked = Arc::clone(&channel.asked);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (answers, asked) = (Arc::clone(&answers), Arc::clone(&asked));
                tokio::spawn(async move {
                    let mut head = vec![0; 8192];
                    let length = socket.read(&mut head).await.unwrap_or(0);
                    let head = String::from_utf8_lossy(&head[..length]).to_lowercase();
                    asked.lock().unwrap().push(head.clone());
                    let answer = answers.lock().unwrap().clone();
                    let bytes = match answer {
                        Answers::Bytes(bytes) => bytes,
                        Answers::Tagged(_, tag) if head.contains(&format!("if-none-match: \"{tag}\"")) => {
                            b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_vec()
                        }
                        Answers::Tagged(calendar, tag) => {
                            answer_with(&format!("200 OK\r\nETag: \"{tag}\""), calendar.as_bytes())
                        }
                        Answers::Late(calendar, resume) => {
                            resume.notified().await;
                            ok(&calendar)
                        }
                    };
                    let _ = socket.write_all(&bytes).await;
                    let _ = socket.shutdown().await;
                });
            }
        });
        channel
    }

    /// Answers this from now on.
    pub(super) fn answer(&self, answers: Answers) {
        *self.answers.lock().unwrap() = answers;
    }

    /// Has these stays from now on: first day, and the day after the last.
    pub(super) fn has(&self, stays: &[(NaiveDate, NaiveDate)]) {
        self.answer(Answers::Bytes(ok(&calendar(stays))));
    }

    /// The heads of the requests so far, in lower case.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

pub(super) fn answer_with(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub(super) fn ok(body: &str) -> Vec<u8> {
    answer_with("200 OK\r\nContent-Type: text/calendar", body.as_bytes())
}

/// A calendar as Airbnb writes it: with a name and digits in a place that no one may keep.
pub(super) fn calendar(stays: &[(NaiveDate, NaiveDate)]) -> String {
    let event = |(number, (first, end)): (usize, &(NaiveDate, NaiveDate))| {
        format!(
            "BEGIN:VEVENT\r\nUID:{number}-{first}@channel.example\r\nDTEND;VALUE=DATE:{}\r\nDTSTART;VALUE=DATE:{}\r\n\
             SUMMARY:Reserved\r\nDESCRIPTION:Hanmeimei 4417\r\nEND:VEVENT\r\n",
            end.format("%Y%m%d"),
            first.format("%Y%m%d"),
        )
    };
    let events: String = stays.iter().enumerate().map(event).collect();
    format!("BEGIN:VCALENDAR\r\nPRODID:-//Channel//EN\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}
