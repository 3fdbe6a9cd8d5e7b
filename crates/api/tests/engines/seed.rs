//! `minsu seed` and `minsu stats` on each engine: as much as was asked for, also after a run that was
//! killed in its middle.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::Engine;

fn minsu(engine: &Engine, folder: &tempfile::TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minsu"));
    command
        .args(arguments)
        .env("MINSU_PROFILE", "dev")
        .env("MINSU_DATA_DIR", folder.path())
        .env("MINSU_DATABASE__URL", engine.url())
        .env("MINSU_PASSWORDS__MEMORY_KIB", "64")
        .env("MINSU_PASSWORDS__ITERATIONS", "1")
        .env("MINSU_LOG__FILTER", "warn")
        .stdin(Stdio::null());
    command
}

fn run(engine: &Engine, folder: &tempfile::TempDir, arguments: &[&str]) -> String {
    let output = minsu(engine, folder, arguments).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{arguments:?}: {out}{err}");
    out + &err
}

/// Houses and orders of all districts, as `minsu stats` prints them.
fn counted(engine: &Engine, folder: &tempfile::TempDir) -> (u64, u64) {
    let stats = run(engine, folder, &["stats"]);
    let all = stats.lines().find(|line| line.ends_with("all")).unwrap();
    let numbers: Vec<_> = all.split_whitespace().take(2).map(|number| number.parse().unwrap()).collect();
    (numbers[0], numbers[1])
}

async fn a_run_that_was_killed_is_taken_up(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    run(&engine, &folder, &["migrate"]);
    // An order that meets a block is left out.
    let all = ["seed", "--houses", "45", "--orders", "60", "--with-blocks", "0"];
    let told = run(&engine, &folder, &all);
    assert!(told.contains("houses: 45 of 45") && told.contains("orders: 60 of 60"), "{told}");
    assert_eq!(counted(&engine, &folder), (45, 60));
    run(&engine, &folder, &all);
    assert_eq!(counted(&engine, &folder), (45, 60));

    let more = ["seed", "--houses", "20045", "--orders", "20060"];
    let mut child: Child = minsu(&engine, &folder, &more).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    child.kill().unwrap();
    child.wait().unwrap();
    run(&engine, &folder, &["seed", "--houses", "2045", "--orders", "4060"]);
    let (houses, orders) = counted(&engine, &folder);
    // With more houses than before an order may meet one of the first sixty, and is left out.
    assert!(houses >= 2045 && (4000..=20_060).contains(&orders), "{houses} houses, {orders} orders");

    let svg = folder.path().join("stats.svg");
    run(&engine, &folder, &["stats", "--svg", svg.to_str().unwrap()]);
    assert!(std::fs::read_to_string(svg).unwrap().starts_with("<svg"));
    // Another seed makes other people.
    run(&engine, &folder, &["seed", "--houses", "20", "--orders", "0", "--seed", "2"]);
    assert_eq!(counted(&engine, &folder), (houses + 20, orders));
}

super::on_every_engine!(a_run_that_was_killed_is_taken_up);
