//! Acknowledged data survive `kill -9`: a child process commits users one after the other and
//! prints the number of each afterwards; it is killed in the middle, and every user whose number it
//! printed must be there. On SQLite, where the process itself is the database.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use chrono::DateTime;
use minsu_domain::{Mobile, UserName};
use minsu_ports::{NewUser, PasswordHash, Store};
use minsu_store::{SqlStore, StoreOptions, migrate_up};
use tempfile::TempDir;

fn mobile(number: u32) -> Mobile {
    Mobile::new(&format!("138{number:08}")).unwrap()
}

async fn commit_until_killed(store: &SqlStore, first: u32) {
    let mut acknowledge = std::io::stdout();
    for number in first.. {
        let user = NewUser {
            name: UserName::new(&format!("person {number}")).unwrap(),
            mobile: mobile(number),
            password_hash: PasswordHash("hash".to_owned()),
            created_at: DateTime::UNIX_EPOCH,
        };
        let mut unit = store.begin().await.unwrap();
        unit.users().insert(&user).await.unwrap();
        unit.commit().await.unwrap();
        writeln!(acknowledge, "{number}").unwrap();
    }
}

/// Kills a child after it acknowledged `count` users; the numbers of all that it acknowledged.
fn killed_after(count: usize, url: &str, first: u32) -> Vec<u32> {
    let program = std::env::current_exe().unwrap();
    let first = first.to_string();
    let mut child = Command::new(program).args(["child", url, &first]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged: Vec<u32> = lines.by_ref().take(count).map(|line| line.unwrap().parse().unwrap()).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    acknowledged.extend(lines.map_while(|line| line.ok()?.parse::<u32>().ok()));
    acknowledged
}

async fn acknowledged_users_survive() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}/minsu.db", folder.path().display());
    migrate_up(&url).await.unwrap();
    let mut acknowledged = vec![];
    for (round, count) in (0..).zip([1, 40, 200]) {
        acknowledged.extend(killed_after(count, &url, 1 + round * 10_000));
        let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
        let mut session = store.read().await.unwrap();
        for number in &acknowledged {
            let found = session.users().credentials(&mobile(*number)).await.unwrap();
            assert!(found.is_some(), "user {number} was acknowledged and is lost");
        }
        drop(session);
        store.close().await;
    }
    assert!(acknowledged.len() >= 241);
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1..) {
        Some([mode, url, first]) if mode == "child" => runtime.block_on(async {
            let store = SqlStore::connect(&StoreOptions::new(url)).await.unwrap();
            commit_until_killed(&store, first.parse().unwrap()).await;
        }),
        // Listing tests or running some by name: this is one test without a name.
        Some(arguments) if arguments.iter().any(|argument| argument == "--list") => {}
        _ => runtime.block_on(acknowledged_users_survive()),
    }
}
