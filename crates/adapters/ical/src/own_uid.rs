//! Identifiers of the events that this site makes.

use minsu_domain::{CalendarExport, DayRange, format_day};
use minsu_ports::Signer;

const EVENT: &str = "calendar event";
const OWN: &str = "calendar event of this site";
const ENDING: &str = "@minsu";
/// The bytes of each of the two parts.
const PART: usize = 16;

/// The identifier of days in a row: a keyed hash of the link and the days, which tells nothing and differs from link
/// to link, and a signature of it, by which this site knows it again.
pub(crate) fn uid(signer: &dyn Signer, export: &CalendarExport, range: DayRange) -> String {
    let days = format!("{} {}", format_day(range.first), format_day(range.end));
    let hash = signer.sign(EVENT, &[export.link.as_slice(), days.as_bytes()].concat());
    let signature = signer.sign(OWN, &hash[..PART]);
    format!("{}{}{ENDING}", hex(&hash[..PART]), hex(&signature[..PART]))
}

/// Whether an identifier is one of [`uid`], whatever the link.
pub(crate) fn is_own(signer: &dyn Signer, uid: &str) -> bool {
    let Some(bytes) = uid.strip_suffix(ENDING).and_then(bytes) else { return false };
    bytes.len() == 2 * PART && signer.verify(OWN, &bytes[..PART], &bytes[PART..])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let is_hex = hex.len() == 4 * PART && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then_some(())?;
    (0..hex.len()).step_by(2).map(|place| u8::from_str_radix(&hex[place..place + 2], 16).ok()).collect()
}
