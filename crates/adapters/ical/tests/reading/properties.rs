//! Whatever the bytes are.

use std::{collections::BTreeSet, fs, path::Path};

use chrono::{DateTime, Days, Utc};
use minsu_domain::CalendarExport;
use minsu_ports::CalendarFeeds as _;
use proptest::{collection::vec, prelude::*};

use crate::support::{calendars, day, read};

fn samples() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fixtures/ics");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "ics")).collect();
    files.sort();
    files.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

/// A piece of a rule or of a date, right or wrong.
fn piece() -> impl Strategy<Value = String> {
    let names = [
        "FREQ=DAILY",
        "FREQ=WEEKLY",
        "FREQ=MONTHLY",
        "FREQ=YEARLY",
        "COUNT=5",
        "INTERVAL=3",
        "INTERVAL=65535",
        "BYDAY=MO,-1FR",
        "BYDAY=53SU",
        "BYMONTHDAY=31,-31",
        "BYYEARDAY=366,-366",
        "BYWEEKNO=53,-53",
        "BYMONTH=2",
        "BYSETPOS=-1",
        "BYSETPOS=366",
        "BYHOUR=23",
        "BYMINUTE=59",
        "BYSECOND=59",
        "WKST=SU",
        "UNTIL=20270101",
        "UNTIL=99991231T235959Z",
        "UNTIL=00010101",
    ];
    prop_oneof![8 => proptest::sample::select(names.to_vec()).prop_map(str::to_owned), 1 => "[A-Z]{1,9}=[0-9,A-Z+-]{0,9}"]
}

fn start() -> impl Strategy<Value = String> {
    let starts =
        ["00010101", "16010101T000000", "19700101", "20261205", "20280229T235959Z", "20320101", "99991231T235959"];
    proptest::sample::select(starts.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_written_reads_back_to_the_same_days(offsets in proptest::collection::btree_set(0u64..1826, 0..200), link: [u8; 32]) {
        let days: BTreeSet<_> = offsets.iter().map(|n| day("2026-12-01") + Days::new(*n)).collect();
        let export = CalendarExport::new(link, DateTime::<Utc>::default(), days.iter().copied());
        let calendar = calendars(2).write(&export);
        prop_assert!(calendar.split(|byte| *byte == b'\n').all(|line| line.len() <= 76));
        let reading = read(calendar).unwrap();
        prop_assert!(reading.is_complete());
        prop_assert_eq!(reading.days.iter().map(|(day, _)| day).collect::<BTreeSet<_>>(), days);
    }

    #[test]
    fn any_bytes_have_an_answer(bytes in vec(any::<u8>(), 0..400)) {
        let _ = read(bytes.clone());
        let _ = read([b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n".as_slice(), &bytes, b"\nEND:VEVENT\nEND:VCALENDAR"].concat());
    }

    #[test]
    fn a_changed_sample_has_an_answer(n in 0usize..12, changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..12)) {
        let mut bytes = samples()[n].clone();
        for (place, byte, kind) in changes {
            if bytes.is_empty() {
                break;
            }
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => drop(bytes.remove(place)),
                _ => bytes.insert(place, byte),
            }
        }
        let _ = read(bytes);
    }

    #[test]
    fn any_rule_has_an_answer(start in start(), pieces in vec(piece(), 1..6)) {
        let content = format!("BEGIN:VEVENT\nDTSTART:{start}\nRRULE:{}\nEND:VEVENT", pieces.join(";"));
        let calendar = format!("BEGIN:VCALENDAR\n{content}\nEND:VCALENDAR");
        prop_assert!(read(calendar).is_ok());
    }
}

#[test]
fn a_sample_that_is_cut_anywhere_is_no_good_answer() {
    for sample in samples() {
        for end in 0..sample.trim_ascii_end().len() {
            assert!(read(sample[..end].to_vec()).is_err(), "{end}");
        }
    }
}
