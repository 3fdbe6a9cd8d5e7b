//! The samples of `fixtures/ics`.

use std::{fs, path::Path};

use crate::support::{ranges, read};

#[test]
fn every_sample_has_the_days_of_the_index() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fixtures/ics");
    let index = fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let rows = index.lines().filter(|line| !line.starts_with('#')).skip(1);
    let mut known: Vec<String> = Vec::new();
    for row in rows {
        let columns: Vec<_> = row.split('\t').collect();
        let (file, busy) = (columns[0], columns[3]);
        let found = match read(fs::read(folder.join(file)).unwrap()) {
            Ok(reading) if !reading.is_complete() => format!("incomplete: {:?}", reading.fault),
            Ok(reading) if reading.days.is_empty() => "none".to_owned(),
            Ok(reading) => ranges(&reading),
            Err(_) => "error".to_owned(),
        };
        assert_eq!(found, busy, "{file}");
        known.push(file.to_owned());
    }
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<_> = files.filter(|name| name.ends_with(".ics")).collect();
    files.sort();
    assert_eq!(files, known);
}
