//! The outbox keeps the contract of the SMS port and writes lines that scripts read.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use minsu_domain::Mobile;
use minsu_ports::{DevCode, DevOutbox, SmsMessage, SmsSender, testkit::sms as contract};
use minsu_sms::Outbox;
use serde_json::{Value, json};
use tempfile::TempDir;

struct Lines(PathBuf);

impl Lines {
    fn read(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.0).unwrap();
        assert!(text.ends_with('\n'));
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[async_trait]
impl contract::Inbox for Lines {
    async fn received(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let content = |line: &Value| text(line.get("code").unwrap_or(&line["text"]));
        self.read().iter().map(|line| (text(&line["mobile"]), content(line))).collect()
    }
}

fn outbox(folder: &Path) -> (Outbox, Lines) {
    let path = folder.join("data/dev-outbox.jsonl");
    (Outbox::new(path.clone()), Lines(path))
}

#[tokio::test]
async fn a_code_arrives_once() {
    let folder = TempDir::new().unwrap();
    let (outbox, lines) = outbox(folder.path());
    contract::a_code_arrives_once(&outbox, &lines).await;
}

#[tokio::test]
async fn a_message_arrives_once() {
    let folder = TempDir::new().unwrap();
    let (outbox, lines) = outbox(folder.path());
    contract::a_message_arrives_once(&outbox, &lines, "dev").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_all_arrive() {
    let folder = TempDir::new().unwrap();
    let (outbox, lines) = outbox(folder.path());
    contract::many_at_once_all_arrive(&outbox, &lines).await;
}

#[tokio::test]
async fn a_failure_tells_neither_number_nor_code() {
    let folder = TempDir::new().unwrap();
    let outbox = Outbox::new(folder.path().to_owned());
    contract::a_failure_tells_neither_number_nor_code(&outbox).await;
}

#[tokio::test]
async fn a_probe_writes_nothing_and_tells_what_cannot_be_written() {
    let folder = TempDir::new().unwrap();
    let (outbox, lines) = outbox(folder.path());
    outbox.probe().await.unwrap();
    assert_eq!(fs::read(&lines.0).unwrap(), b"");
    Outbox::new(folder.path().to_owned()).probe().await.unwrap_err();
}

#[tokio::test]
async fn writes_the_lines_that_scripts_read() {
    let folder = TempDir::new().unwrap();
    let (outbox, lines) = outbox(folder.path());
    outbox.captcha("id-1\n\"", "AB\u{2028}C").await;
    let mobile = Mobile::new("13800000000").unwrap();
    outbox.send_code(&mobile, "012345", Duration::from_secs(300)).await.unwrap();
    let (event, template, values) = ("order.placed", "dev".to_owned(), vec![]);
    let message = SmsMessage { event, template, values, text: "您有新的订单".to_owned() };
    outbox.send_message(&mobile, &message).await.unwrap();
    assert_eq!(
        lines.read(),
        [
            json!({"kind": "captcha", "id": "id-1\n\"", "text": "AB\u{2028}C"}),
            json!({"kind": "sms", "mobile": "13800000000", "code": "012345"}),
            json!({"kind": "message", "mobile": "13800000000", "event": "order.placed", "text": "您有新的订单"}),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lines_of_two_outboxes_stay_whole() {
    let folder = TempDir::new().unwrap();
    let (one, lines) = outbox(folder.path());
    let (other, _) = outbox(folder.path());
    let (one, other) = (std::sync::Arc::new(one), std::sync::Arc::new(other));
    let writers: Vec<_> = (0..40)
        .map(|turn| {
            let outbox = std::sync::Arc::clone(if turn % 2 == 0 { &one } else { &other });
            tokio::spawn(async move { outbox.captcha(&format!("{turn}"), &"x".repeat(200_000)).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let lines = lines.read();
    assert_eq!(lines.len(), 40);
    assert!(lines.iter().all(|line| line["text"].as_str().unwrap().len() == 200_000));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt;

    let folder = TempDir::new().unwrap();
    let (outbox, lines) = outbox(folder.path());
    let mode = || fs::metadata(&lines.0).unwrap().permissions().mode() & 0o777;
    outbox.captcha("1", "A").await;
    assert_eq!(mode(), 0o600);
    fs::set_permissions(&lines.0, fs::Permissions::from_mode(0o644)).unwrap();
    outbox.captcha("2", "B").await;
    assert_eq!(mode(), 0o600);
}

#[tokio::test]
async fn the_newest_code_reads_back() {
    let folder = TempDir::new().unwrap();
    let (outbox, _) = outbox(folder.path());
    let (mobile, other) = (Mobile::new("13812345678").unwrap(), Mobile::new("13812345679").unwrap());
    assert_eq!(outbox.newest(DevCode::Sms(&mobile)).await, None);
    for code in ["111111", "222222"] {
        outbox.send_code(&mobile, code, Duration::from_secs(300)).await.unwrap();
    }
    outbox.captcha("one", "AB2C").await;
    // More than is read of the end of the file, and a line of a kind that is not known.
    let path = folder.path().join("data/dev-outbox.jsonl");
    assert_eq!(outbox.newest(DevCode::Sms(&mobile)).await.as_deref(), Some("222222"));
    assert_eq!(outbox.newest(DevCode::Captcha("one")).await.as_deref(), Some("AB2C"));
    assert_eq!(outbox.newest(DevCode::Captcha("two")).await, None);
    assert_eq!(outbox.newest(DevCode::Sms(&other)).await, None);
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str(&"{\"kind\":\"message\",\"mobile\":\"13812345678\"}\n".repeat(2_000));
    fs::write(&path, text).unwrap();
    assert_eq!(outbox.newest(DevCode::Sms(&mobile)).await, None);
    outbox.send_code(&mobile, "333333", Duration::from_secs(300)).await.unwrap();
    assert_eq!(outbox.newest(DevCode::Sms(&mobile)).await.as_deref(), Some("333333"));
}
