//! The files of the sandbox.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use minsu_domain::{AttemptNumber, Money};
use minsu_ports::BillEntry;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::SecretString;

use super::record::{Entry, Record};
use crate::{failure::Failure, timestamped_hmac::hex};

/// What the name of an attempt's file ends with.
const ENDING: &str = ".jsonl";

/// A folder with a file for each attempt, readable by its owner only. A line that was cut off by a crash counts as
/// never written, and the next line takes its place.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Makes the folder.
    pub(super) fn make(&self) -> io::Result<()> {
        fs::create_dir_all(&self.path)
    }

    /// The secret of the folder, which the first process makes.
    pub(super) fn secret(&self) -> io::Result<SecretString> {
        self.make()?;
        let mut file = open(&self.path.join("secret"))?;
        file.lock()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        if text.len() < 64 {
            let mut bytes = [0; 32];
            SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("no randomness"))?;
            text = hex(&bytes);
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
        }
        Ok(text.into())
    }

    /// Reads an attempt and adds the line that is decided on, under the lock of its file. Asking about an attempt that
    /// was never made makes no file.
    pub(super) fn change<T>(
        &self,
        number: &AttemptNumber,
        mut decide: impl FnMut(&Record) -> Result<(Option<Entry>, T), Failure>,
    ) -> Result<T, Failure> {
        let path = self.path.join(format!("{}{ENDING}", number.as_str()));
        if !path.try_exists().map_err(Failure::Folder)? {
            let (entry, answer) = decide(&Record::default())?;
            if entry.is_none() {
                return Ok(answer);
            }
            self.make().map_err(Failure::Folder)?;
        }
        add(&mut open(&path).map_err(Failure::Folder)?, decide)
    }

    /// What was paid and paid back at the times that are wanted.
    pub(super) fn bill(&self, is_wanted: impl Fn(i64) -> bool) -> io::Result<Vec<BillEntry>> {
        let mut found = Vec::new();
        self.make()?;
        for file in fs::read_dir(&self.path)? {
            let path = file?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some(number) = name.strip_suffix(ENDING).and_then(AttemptNumber::parse) else { continue };
            let mut amount = 0;
            for entry in entries(&fs::read(&path)?).0 {
                let (at, refund, money) = match entry {
                    Entry::Made(made) => {
                        amount = made.amount;
                        continue;
                    }
                    Entry::Paid { at } => (at, None, amount),
                    Entry::Refunded { at, number, amount } => (at, Some(number), amount),
                    Entry::Failed { .. } | Entry::Closed { .. } => continue,
                };
                if is_wanted(at) {
                    let raw_number = number.as_str().to_owned();
                    let amount = Money::from_fen(money).unwrap_or(Money::ZERO);
                    found.push(BillEntry { number: Some(number.clone()), raw_number, refund, amount });
                }
            }
        }
        Ok(found)
    }
}

fn add<T>(
    file: &mut File,
    mut decide: impl FnMut(&Record) -> Result<(Option<Entry>, T), Failure>,
) -> Result<T, Failure> {
    // Held until the file is closed.
    file.lock().map_err(Failure::Folder)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(Failure::Folder)?;
    let (entries, whole) = entries(&bytes);
    let record = entries.into_iter().fold(Record::default(), |record, entry| record.with(entry));
    let (entry, answer) = decide(&record)?;
    if let Some(entry) = entry {
        append(file, whole, &entry).map_err(Failure::Folder)?;
    }
    Ok(answer)
}

fn append(file: &mut File, whole: usize, entry: &Entry) -> io::Result<()> {
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    let whole = u64::try_from(whole).map_err(io::Error::other)?;
    file.set_len(whole)?;
    file.seek(SeekFrom::Start(whole))?;
    file.write_all(&line)?;
    file.sync_data()
}

/// The entries of the whole lines, and how many bytes those are.
fn entries(bytes: &[u8]) -> (Vec<Entry>, usize) {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let lines = bytes[..whole].split(|byte| *byte == b'\n');
    (lines.filter_map(|line| serde_json::from_slice(line).ok()).collect(), whole)
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}
