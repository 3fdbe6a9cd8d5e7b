//! What a worker writes into its log.

use std::path::Path;

use crate::error::BenchError;

/// How much of a job a worker says that it has done.
///
/// # Errors
/// When the log cannot be read.
pub fn done(log: &Path, job: &str) -> Result<u64, BenchError> {
    let text = std::fs::read_to_string(log).map_err(BenchError::io("read the worker's log"))?;
    let lines = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let done = |line: serde_json::Value| {
        let is_of_job = line["message"] == "did due work" && line["job"] == job;
        line["done"].as_u64().filter(|_| is_of_job)
    };
    Ok(lines.filter_map(done).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_tells_how_much_was_done() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("worker.log");
        let lines = r#"{"level":"INFO","message":"did due work","job":"expire_orders","done":7000,"failed":0}
not json
{"level":"INFO","message":"did due work","job":"erase_occupants","done":3,"failed":0}
{"level":"INFO","message":"did due work","job":"expire_orders","done":3000,"failed":0}
"#;
        std::fs::write(&log, lines).unwrap();
        assert_eq!(done(&log, "expire_orders").unwrap(), 10_000);
        assert_eq!(done(&log, "poll_feeds").unwrap(), 0);
    }
}
