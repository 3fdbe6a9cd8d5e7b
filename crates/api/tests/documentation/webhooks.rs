//! The programs of the page on webhooks verify what the site sends, in the languages that this machine has, and so do the
//! libraries of Standard Webhooks.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::UNIX_EPOCH,
};

use minsu_domain::{Event, HouseId, ListingEvent, UserId, WebhookSecret};
use minsu_http::{OutboundOptions, OutboundRules};
use minsu_ports::{OrderedEvent, WebhookCall, WebhookMessage, WebhookSender};
use minsu_webhooks::HttpWebhooks;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{
    npm::{install, run_in},
    workspace_file,
};

const SECRET: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// The page with a program in each language, which the test here runs.
pub(super) const PAGE: &str = "docs/how-to/webhooks.md";
/// Languages: the fence of their block, the file that it is written to, and how it is run.
const LANGUAGES: [(&str, &str, &[&str]); 5] = [
    ("python", "verify.py", &["python3", "verify.py"]),
    ("javascript", "verify.js", &["node", "verify.js"]),
    ("go", "verify.go", &["go", "run", "verify.go"]),
    ("php", "verify.php", &["php", "verify.php"]),
    ("bash", "verify.sh", &["bash", "verify.sh"]),
];
/// The folder of Python's packages, beside the requirements.
const PYTHON_MODULES: &str = "python_modules";
/// Those that every machine has on which the tests run.
const ALWAYS: [&str; 3] = ["python", "javascript", "bash"];

/// A message as it came.
#[derive(Clone)]
struct Message {
    id: String,
    timestamp: String,
    signature: String,
    body: Vec<u8>,
}

/// A message that the site sent, signed by two secrets.
async fn sent() -> Message {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let receiving = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        loop {
            let mut piece = [0; 4096];
            let read = socket.read(&mut piece).await.unwrap();
            request.extend_from_slice(&piece[..read]);
            let text = String::from_utf8(request.clone()).unwrap();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let header = |name: &str| {
                let lines = head.lines().filter_map(|line| line.split_once(": "));
                lines.clone().find(|(known, _)| *known == name).unwrap().1.to_owned()
            };
            if body.len() < header("content-length").parse().unwrap() {
                continue;
            }
            socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
            return Message {
                id: header("webhook-id"),
                timestamp: header("webhook-timestamp"),
                signature: header("webhook-signature"),
                body: body.as_bytes().to_vec(),
            };
        }
    });
    let rules = OutboundRules { allow_loopback: true, ..OutboundRules::default() };
    let sender = HttpWebhooks::new(OutboundOptions { rules, ..OutboundOptions::default() }).unwrap();
    let at = chrono::DateTime::from_timestamp(UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed(), 0).unwrap();
    let listing = ListingEvent { house: HouseId::new(3).unwrap(), landlord: UserId::new(1).unwrap() };
    let event = OrderedEvent { position: 42, at, event: Event::ListingPublished(listing) };
    // The first signature is that of a secret which the receiver does not know yet.
    let secrets = [9, 7].map(|byte| WebhookSecret::new([byte; 32]).unwrap());
    let (id, message) = (event.id(), WebhookMessage::Event(event));
    let call = WebhookCall { url: &url, id: &id, at, secrets: &secrets, message };
    assert_eq!(sender.send(call).await, Ok(204));
    receiving.await.unwrap()
}

/// The status with which a program ends that is given a message; none where the machine does not have its language.
fn status(folder: &Path, command: &[&str], message: &Message) -> Option<i32> {
    let spawned = Command::new(command[0])
        .args(&command[1..])
        .current_dir(folder)
        .env("HOME", folder)
        .env("PYTHONPATH", folder.join(PYTHON_MODULES))
        .env("WEBHOOK_SECRET", SECRET)
        .env("WEBHOOK_ID", &message.id)
        .env("WEBHOOK_TIMESTAMP", &message.timestamp)
        .env("WEBHOOK_SIGNATURE", &message.signature)
        .stdin(Stdio::piped())
        .spawn();
    let mut child = spawned.ok()?;
    // One that refuses by the timestamp may not read.
    let _ = child.stdin.take().unwrap().write_all(&message.body);
    Some(child.wait().unwrap().code().unwrap())
}

/// Messages that are not right, each in its way.
fn wrong(message: &Message) -> [Message; 6] {
    let with = |change: fn(&mut Message)| {
        let mut other = message.clone();
        change(&mut other);
        other
    };
    [
        with(|message| message.body.push(b' ')),
        with(|message| message.id.push('1')),
        with(|message| message.timestamp = (message.timestamp.parse::<i64>().unwrap() - 1).to_string()),
        with(|message| message.signature = message.signature.split(' ').next().unwrap().to_owned()),
        with(|message| message.signature = message.signature.replace("v1,", "v2,")),
        // The vector of the specification, years ago.
        with(|message| message.timestamp = "1614265330".into()),
    ]
}

#[tokio::test]
async fn the_programs_of_the_page_take_what_the_site_sends_and_nothing_else() {
    let page = std::fs::read_to_string(workspace_file(PAGE)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let message = sent().await;
    let wrong = wrong(&message);
    for (language, file, command) in LANGUAGES {
        let fence = format!("\n```{language}\n");
        let (_, block) = page.split_once(&fence).unwrap();
        let (program, _) = block.split_once("\n```\n").unwrap();
        std::fs::write(folder.path().join(file), program).unwrap();
        let Some(taken) = status(folder.path(), command, &message) else {
            assert!(!ALWAYS.contains(&language), "{language} is missing");
            continue;
        };
        assert_eq!(taken, 0, "{language} refuses what the site sends");
        for (place, message) in wrong.iter().enumerate() {
            assert_eq!(status(folder.path(), command, message), Some(1), "{language} takes wrong message {place}");
        }
    }
}

/// The package of the requirements file, once.
fn install_python(folder: &Path) {
    let requirements = std::fs::read_to_string(folder.join("requirements.txt")).unwrap();
    let package = requirements.split_whitespace().next().unwrap().replace("==", "-");
    if !folder.join(PYTHON_MODULES).join(format!("{package}.dist-info")).exists() {
        let quietly = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade"];
        let exactly = ["--require-hashes", "--target", PYTHON_MODULES, "--requirement", "requirements.txt"];
        run_in(folder, "python3", &[&quietly[..], &exactly].concat(), &[]);
    }
}

#[tokio::test]
async fn the_libraries_of_standard_webhooks_take_what_the_site_sends_and_nothing_else() {
    let folder = workspace_file("fixtures/webhooks");
    install(&folder);
    install_python(&folder);
    let message = sent().await;
    for program in [["node", "verify.js"], ["python3", "verify.py"]] {
        assert_eq!(status(&folder, &program, &message), Some(0), "{program:?} refuses what the site sends");
        for (place, message) in wrong(&message).iter().enumerate() {
            assert_eq!(status(&folder, &program, message), Some(3), "{program:?} takes wrong message {place}");
        }
    }
}
