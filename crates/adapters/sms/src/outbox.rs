//! The outbox of profile dev.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use minsu_domain::Mobile;
use minsu_ports::{DevCode, DevOutbox, SmsError, SmsMessage, SmsSender};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

/// A file that takes one JSON object a line instead of sending anything:
/// `{"kind":"sms","mobile":…,"code":…}`, `{"kind":"captcha","id":…,"text":…}` and
/// `{"kind":"message","mobile":…,"event":…,"text":…}`. Lines stay whole
/// with many writers, also from other processes; the file is readable by its owner only.
#[derive(Debug)]
pub struct Outbox {
    path: PathBuf,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line<'a> {
    Captcha { id: &'a str, text: &'a str },
    Sms { mobile: &'a str, code: &'a str },
    Message { mobile: &'a str, event: &'a str, text: &'a str },
}

/// A line as it is read back; lines of other kinds, also those of later versions, are passed over.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Written {
    Captcha { id: String, text: String },
    Sms { mobile: String, code: String },
}

impl Written {
    /// Its code, if it is the one that is looked for.
    fn code_of(self, wanted: DevCode<'_>) -> Option<String> {
        match (self, wanted) {
            (Self::Captcha { id, text }, DevCode::Captcha(wanted)) => (id == wanted).then_some(text),
            (Self::Sms { mobile, code }, DevCode::Sms(wanted)) => (mobile == wanted.as_str()).then_some(code),
            (Self::Captcha { .. }, DevCode::Sms(_)) | (Self::Sms { .. }, DevCode::Captcha(_)) => None,
        }
    }
}

/// How much of the end of the file is read for a code, in bytes.
const TAIL: u64 = 64 * 1024;

impl Outbox {
    /// An outbox in this file, which is made with its folder when the first line comes.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Returns when the line is in the file.
    async fn append(&self, line: &Line<'_>) -> io::Result<()> {
        let mut line = serde_json::to_vec(line)?;
        line.push(b'\n');
        self.write(line).await
    }

    async fn write(&self, bytes: Vec<u8>) -> io::Result<()> {
        let path = self.path.clone();
        spawn_blocking(move || append(&path, &bytes)).await?
    }
}

#[async_trait]
impl SmsSender for Outbox {
    #[tracing::instrument(level = "trace", name = "sms", skip_all, fields(otel.kind = "client"))]
    async fn send_code(&self, to: &Mobile, code: &str, _lifetime: Duration) -> Result<(), SmsError> {
        let line = Line::Sms { mobile: to.as_str(), code };
        self.append(&line).await.map_err(|error| SmsError::Failed(error.into()))
    }

    #[tracing::instrument(level = "trace", name = "sms", skip_all, fields(otel.kind = "client"))]
    async fn send_message(&self, to: &Mobile, message: &SmsMessage) -> Result<(), SmsError> {
        let line = Line::Message { mobile: to.as_str(), event: message.event, text: &message.text };
        self.append(&line).await.map_err(|error| SmsError::Failed(error.into()))
    }

    // Whether lines can be written, without writing one.
    async fn probe(&self) -> Result<(), SmsError> {
        self.write(Vec::new()).await.map_err(|error| SmsError::Failed(error.into()))
    }
}

#[async_trait]
impl DevOutbox for Outbox {
    async fn captcha(&self, id: &str, answer: &str) {
        if let Err(error) = self.append(&Line::Captcha { id, text: answer }).await {
            tracing::warn!(%error, path = %self.path.display(), "could not write to the development outbox");
        }
    }

    /// It reads the end of the file: another process may have sent the code.
    async fn newest<'a>(&self, code: DevCode<'a>) -> Option<String> {
        let path = self.path.clone();
        let end = spawn_blocking(move || tail(&path)).await.map_err(io::Error::from).flatten();
        let end = end.inspect_err(|error| tracing::debug!(%error, "the development outbox cannot be read")).ok()?;
        let lines = end.split(|byte| *byte == b'\n').rev();
        lines.filter_map(|line| serde_json::from_slice::<Written>(line).ok()).find_map(|line| line.code_of(code))
    }
}

fn tail(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut end = Vec::new();
    file.take(TAIL).read_to_end(&mut end)?;
    Ok(end)
}

fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = open(path)?;
    // Held until the file is closed: an append of several pieces would not be one line.
    file.lock()?;
    file.write_all(bytes)?;
    file.flush()
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

    let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    let mut permissions = file.metadata()?.permissions();
    // A file that was there before may have been made by a shell.
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(0o600);
        file.set_permissions(permissions)?;
    }
    Ok(file)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}
