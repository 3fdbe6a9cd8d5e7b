//! A few accounts and addresses ask for as much heavy work as they can: logins with right passwords, pictures that
//! are dear to decode, searches that are dear to answer.

use std::{
    net::{IpAddr, Ipv4Addr},
    process::Command,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use crate::{Bound, PASSWORD, Report, Setup, Site, Visitor, identity_number, production::production};

/// Facilities, all of them.
const ALL: &str = "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23";

fn address(network: u8, host: u8) -> IpAddr {
    Ipv4Addr::new(198, 51, network, host).into()
}

/// Repeats a call from several tasks until it is told to stop; how many were made.
async fn flood<F: Future<Output = ()>>(stop: &AtomicBool, callers: usize, call: impl Fn(usize) -> F) -> usize {
    let made = AtomicUsize::new(0);
    let caller = async |number: usize| {
        while !stop.load(Ordering::SeqCst) {
            call(number).await;
            made.fetch_add(1, Ordering::SeqCst);
        }
    };
    join_all((0..callers).map(caller)).await;
    made.load(Ordering::SeqCst)
}

/// Sixteen accounts on three addresses log in with right passwords as often as they can.
pub async fn logins(setup: &Setup) -> Report {
    let site = Site::start(setup, &production(&[("MINSU_PASSWORDS__QUEUE", "16")])).await;
    let honest = setup.effort.of(6, 40);
    let mut report = Report::of("Logins: 16 accounts on 3 addresses, right passwords");
    for number in 0..16 {
        Visitor::from(&site, address(number, 9)).register(&format!("138{number:08}")).await.ok();
    }
    for number in 0..honest {
        Visitor::from(&site, address(100 + number, 1)).register(&format!("139{number:08}")).await.ok();
    }
    let stop = AtomicBool::new(false);
    let attackers: Vec<_> = (0..16u8).map(|number| Visitor::from(&site, address(200, number % 3))).collect();
    let attack = flood(&stop, 48, |caller| {
        let (attacker, mobile) = (attackers[caller % 16].clone(), format!("138{:08}", caller % 16));
        async move { drop(attacker.log_in(&mobile, PASSWORD).await) }
    });
    let others = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let mut worked = 0;
        for number in 0..honest {
            let visitor = Visitor::from(&site, address(100 + number, 1));
            worked += usize::from(visitor.log_in(&format!("139{number:08}"), PASSWORD).await.is_ok());
        }
        stop.store(true, Ordering::SeqCst);
        worked
    };
    let (made, worked) = tokio::join!(attack, others);
    report.measured("logins of the attacker", made as f64, "logins", Bound::Free);
    report.share("honest logins", worked, honest.into(), Bound::AtLeast(95.0));
    report
}

/// One account uploads pictures that are small to send and dear to decode.
pub async fn pictures(setup: &Setup, dear: Vec<u8>, honest: Vec<Vec<u8>>) -> Report {
    let site = Site::start(setup, &production(&[])).await;
    let mut report = Report::of("Pictures: one account, small and dear ones");
    let landlord = Visitor::from(&site, address(1, 1));
    landlord.register("13800000000").await.ok();
    landlord.verify(&identity_number(1)).await.ok();
    let house = landlord.publish("什刹海四合院").await.ok()["house_id"].to_string();
    let attacker = Visitor::from(&site, address(2, 1));
    attacker.register("13900000000").await.ok();

    let stop = AtomicBool::new(false);
    let attack = flood(&stop, 24, |_| {
        let (attacker, dear) = (attacker.clone(), dear.clone());
        async move { drop(attacker.upload("/api/v1.0/user/avatar", "avatar", dear).await) }
    });
    let uploads = honest.len();
    let others = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let mut worked = 0;
        for picture in honest {
            let answer = landlord.upload(&format!("/api/v1.0/houses/{house}/images"), "house_image", picture).await;
            worked += usize::from(answer.is_ok());
        }
        stop.store(true, Ordering::SeqCst);
        worked
    };
    let (made, worked) = tokio::join!(attack, others);
    report.measured("uploads of the attacker", made as f64, "uploads", Bound::Free);
    report.share("uploads of a landlord", worked, uploads, Bound::AtLeast(95.0));
    report
}

/// One address asks for houses with all facilities and another price each time, twenty times a second. Full: of
/// 30,000 houses on PostgreSQL.
pub async fn searches(setup: &Setup) -> Report {
    let database = minsu_testservers::postgres().await;
    let url = [("MINSU_DATABASE__URL", database.url())];
    let site = Site::start(setup, &production(&url)).await;
    let (rounds, houses) = setup.effort.of((30, "2000"), (400, "30000"));
    let seeded = Command::new(&setup.binary)
        .args(["seed", "--orders", "0", "--houses", houses])
        .env("MINSU_PROFILE", "dev")
        .env("MINSU_DATA_DIR", site.data())
        .envs(url)
        .output()
        .unwrap();
    assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
    let mut report = Report::of("Searches: one address, all facilities, 20 a second");
    let quiet = others(&site, rounds).await.1;
    let stop = AtomicBool::new(false);
    let attacker = Visitor::from(&site, address(2, 1));
    let price = AtomicUsize::new(0);
    let attack = flood(&stop, 20, |_| {
        let (attacker, price) = (attacker.clone(), price.fetch_add(1, Ordering::SeqCst));
        async move {
            // Each with another price, which no cache has seen.
            drop(attacker.get(&format!("/api/v1.0/houses?facility={ALL}&min_price={price}")).await);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let honest = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let found = others(&site, rounds).await;
        stop.store(true, Ordering::SeqCst);
        found
    };
    let (made, (failed, loud)) = tokio::join!(attack, honest);
    report.measured("searches of the attacker", made as f64, "searches", Bound::Free);
    report.share("searches of others that failed", failed, rounds, Bound::AtMost(0.0));
    report.measured("p99 of others, quiet", quiet, "ms", Bound::Free);
    // Below ten milliseconds the machine's own noise is larger than a search. A short attack runs beside other tests
    // and is not timed.
    let bound = setup.effort.of(Bound::Free, Bound::AtMost(3.0 * quiet.max(10.0)));
    report.measured("p99 of others, under attack", loud, "ms", bound);
    report
}

/// Searches of visitors from many addresses: how many failed, and the p99 of their time in milliseconds.
async fn others(site: &Site, rounds: usize) -> (usize, f64) {
    let (mut failed, mut took) = (0, Vec::new());
    for round in 0..rounds {
        let visitor = Visitor::from(site, address(100 + (round % 100) as u8, 1));
        let begun = Instant::now();
        failed +=
            usize::from(!visitor.get(&format!("/api/v1.0/houses?capacity=2&max_price={round}00000")).await.is_ok());
        took.push(begun.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    took.sort_by(f64::total_cmp);
    (failed, took[(took.len() * 99).div_ceil(100) - 1])
}
