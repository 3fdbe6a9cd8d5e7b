//! The Debian package: made, unpacked, and run as its units run it.

use minsu_testservers::redis::RedisServer;

use super::workspace_file;

#[tokio::test]
async fn what_the_package_holds_runs_as_its_units_say() {
    let (database, redis) = (minsu_testservers::postgres().await, RedisServer::start());
    let output = std::process::Command::new("timeout")
        .args(["--kill-after=10", "900", "bash"])
        .arg(workspace_file("scripts/try-package.sh"))
        .arg(env!("CARGO_BIN_EXE_minsu"))
        .env("DATABASE_URL", database.url())
        .env("REDIS_URL", redis.url())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("the package holds"), "{said}");
}
