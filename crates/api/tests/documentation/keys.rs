//! Keys are rotated as the how-to says, on a site of two processes, without an error for any user: each user
//! reads their real name from both processes, after each restart of each.

use std::{fs, path::Path, process::Command, thread};

use minsu_testservers::redis::RedisServer;
use tempfile::TempDir;

use super::{machine::program, run, site::Site};

/// Signs a user up and writes their real name. Arguments: site, folder of the site, mobile, cookie file.
const SIGN_UP: &str = r#"
set -euo pipefail
api=$1/api/v1.0 outbox=$2/dev-outbox.jsonl id=$(cat /proc/sys/kernel/random/uuid)
ask() { curl --silent --noproxy '*' --header 'Content-Type: application/json' "$@"; }
ask --output /dev/null "$api/imagecode/$id"
text=$(grep "$id" "$outbox" | sed 's/.*"text":"\([^"]*\)".*/\1/')
ask "$api/smscode/$3?text=$text&id=$id"
code=$(grep "$3" "$outbox" | tail -n 1 | sed 's/.*"code":"\([^"]*\)".*/\1/')
ask --cookie-jar "$4" --data "{\"mobile\":\"$3\",\"sms_code\":\"$code\",\"password\":\"an untold secret\"}" "$api/users"
ask --cookie "$4" --data '{"real_name":"韩梅梅","id_card":"11010519491231002X"}' "$api/user/auth"
"#;

/// `systemctl restart minsu@PORT`: asks this test to, and waits until it has.
const SYSTEMCTL: &str = r#"#!/bin/sh
cd "$(dirname "$0")"
[ "$1" = restart ] || exit 1
echo "${2#minsu@}" >asking && mv asking asked
while [ -e asked ]; do sleep 0.02; done
"#;

/// The users of the site.
struct People {
    folder: TempDir,
    number: u32,
}

impl People {
    fn one_more(&mut self, site: &Site) {
        self.number += 1;
        let (mobile, jar) = (format!("1380000{:04}", self.number), self.jar(self.number));
        let output = Command::new("bash")
            .args(["-c", SIGN_UP, "sign-up", &site.url, site.data(), &mobile, &jar])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.matches("\"errno\":\"0\"").count() == 3, "{output:?}");
    }

    fn jar(&self, number: u32) -> String {
        self.folder.path().join(number.to_string()).to_str().unwrap().to_owned()
    }

    /// Each of them reads their real name from each process.
    fn all_read_their_names(&self, sites: &[Site; 2]) {
        for (site, number) in sites.iter().flat_map(|site| (1..=self.number).map(move |number| (site, number))) {
            let url = format!("{}/api/v1.0/user/auth", site.url);
            let output =
                Command::new("curl").args(["--silent", "--noproxy", "*", "--cookie", &self.jar(number), &url]).output();
            let said = String::from_utf8(output.unwrap().stdout).unwrap();
            assert!(said.contains("韩梅梅"), "person {number} at {}: {said}", site.url);
        }
    }
}

/// Restarts the process that the how-to wants to, where it does.
fn serve_filters(programs: &Path, sites: &mut [Site; 2], people: &mut People) -> bool {
    let asked = programs.join("asked");
    let Ok(port) = fs::read_to_string(&asked) else { return false };
    let index = ["8080", "8081"].iter().position(|known| *known == port.trim()).unwrap();
    sites[index].restart();
    people.one_more(&sites[index]);
    people.all_read_their_names(sites);
    fs::remove_file(asked).unwrap();
    true
}

fn rotate(database: &str, cache: &str) {
    let programs = tempfile::tempdir().unwrap();
    let place = programs.path().to_str().unwrap().to_owned();
    program(programs.path(), "systemctl", SYSTEMCTL);
    let minsu = env!("CARGO_BIN_EXE_minsu");
    program(programs.path(), "minsu-admin", &format!("#!/bin/sh\nulimit -n 4096\nexec '{minsu}' \"$@\"\n"));
    let keys = format!("{place}/keys");
    // Not every program ends a file in a line.
    fs::write(&keys, "old:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
    let variables =
        [("MINSU_DATABASE__URL", database), ("MINSU_CACHE__URL", cache), ("MINSU_IDENTITY__KEYS_FILE", &keys)];
    let mut sites = [Site::start(&variables), Site::start(&variables)];
    let mut people = People { folder: tempfile::tempdir().unwrap(), number: 0 };
    people.one_more(&sites[0]);
    people.all_read_their_names(&sites);

    let data = sites[0].data().to_owned();
    let mut restarts = 0;
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let given =
                [("BIN_DIR", place.as_str()), ("KEYS", &keys), ("MINSU_PROFILE", "dev"), ("MINSU_DATA_DIR", &data)];
            run("docs/how-to/rotate-keys.md", &[&given[..], &variables].concat());
        });
        while !reader.is_finished() {
            restarts += u32::from(serve_filters(programs.path(), &mut sites, &mut people));
            thread::sleep(std::time::Duration::from_millis(20));
        }
        reader.join().unwrap();
    });
    assert_eq!(restarts, 6);
    let left = fs::read_to_string(&keys).unwrap();
    assert!(left.lines().count() == 1 && !left.contains("old:"), "{left}");
    people.all_read_their_names(&sites);
    for site in &mut sites {
        assert_eq!(site.terminate(), Some(0));
    }
}

#[tokio::test]
async fn no_request_fails_while_keys_are_rotated() {
    let (database, redis) = (minsu_testservers::postgres().await, RedisServer::start());
    let (database_url, cache) = (database.url().to_owned(), redis.url());
    tokio::task::spawn_blocking(move || rotate(&database_url, &cache)).await.unwrap();
}
