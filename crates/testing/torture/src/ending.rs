//! What is tried when the faults are over: what was used up stays used up, the worker works, and nothing piles up.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    caller::Caller,
    database::rows,
    engine::Engine,
    history::{Act, Outcome, Returned},
    site::Site,
    watch::Prober,
    world::{SpentCode, World},
};

/// How soon due work is done: a worker that was killed keeps its lease for a minute.
const DUE: Duration = Duration::from_secs(75);
/// How soon descriptors return.
const RETURN: Duration = Duration::from_secs(8);
/// Descriptors above those at the beginning: pools that were filled by the load.
const DESCRIPTORS: usize = 80;
/// Memory above that at the beginning: caches that were filled by the load.
const MEMORY: u64 = 96 << 20;

/// Tries every cookie that was logged out, and codes that were used, once more.
pub(crate) async fn nothing_works_again(world: &Arc<World>) {
    let mut caller = Caller::new(world, "afterwards");
    for cookie in world.ended_cookies() {
        for node in 0..world.addresses.bases.len() {
            caller.cookie = Some(cookie.clone());
            caller.try_cookie(node).await;
        }
    }
    caller.cookie = None;
    for (number, code) in world.spent().into_iter().enumerate() {
        let (again, invariant) = match &code {
            SpentCode::Captcha { id, text } => {
                (caller.send_code(id, text, &format!("1350000{number:04}")).await, "no captcha works twice")
            }
            SpentCode::Sms { mobile, code } => (caller.register(mobile, code).await, "no SMS code works twice"),
        };
        if matches!(again, Outcome::Done(_)) {
            world.history.violated(invariant, format!("{code:?}"));
        }
    }
    let records = world.history.records();
    let registered = records.iter().filter(|it| it.is_done()).filter_map(|it| match &it.act {
        Act::Register { mobile } => Some(mobile.clone()),
        _ => None,
    });
    for mobile in registered.take(40) {
        if !caller.is_registered(&mobile).await {
            world.history.violated("every acknowledged registration is there", format!("{mobile} cannot log in"));
        }
    }
}

/// The answer to a request is overdue at once: the worker, or the process that does its work, cancels it.
pub(crate) async fn a_request_expires(
    site: &Site,
    world: &World,
    engine: Engine,
    prober: &mut Prober,
) -> io::Result<()> {
    let Some(order) = waiting_order(site, world, engine, prober).await? else { return Ok(()) };
    let overdue = format!("UPDATE orders SET expires_at = created_at WHERE id = {order} AND status = 0");
    rows(engine, &site.database, &overdue).await?;
    let (begun, status) = (Instant::now(), format!("SELECT 'x' FROM orders WHERE id = {order} AND status = 0"));
    while begun.elapsed() < DUE {
        if rows(engine, &site.database, &status).await?.is_empty() {
            world.history.remark(format!("order {order} expired after {:?}", begun.elapsed()));
            return Ok(());
        }
        sleep(Duration::from_millis(200)).await;
    }
    world.history.violated("due work is done", format!("order {order} does not expire"));
    Ok(())
}

/// An order that waits, a new one where none does.
async fn waiting_order(site: &Site, world: &World, engine: Engine, prober: &mut Prober) -> io::Result<Option<i64>> {
    let id = "SELECT CAST(MAX(id) AS CHAR(20)) FROM orders WHERE status = 0";
    let found = rows(engine, &site.database, id).await?;
    if let Some(id) = found.first().and_then(|row| row.first()?.as_ref()?.trim().parse().ok()) {
        return Ok(Some(id));
    }
    let Some(house) = world.houses().pop() else { return Ok(None) };
    let (first, act) = (0, Act::Book { house: house.id, guest: prober.id, first: 0, last: 0 });
    let body = json!({"house_id": house.id, "start_date": world.date(first), "end_date": world.date(first)});
    let call = crate::caller::Call::json(crate::envelope::Dialect::V1, reqwest::Method::POST, "/orders", body);
    let id = |json: &Value| json["data"]["order_id"].as_i64().map(Returned::Id);
    Ok(match prober.caller.call(act, call, id).await {
        Outcome::Done(Returned::Id(id)) => Some(id),
        _ => None,
    })
}

/// Descriptors and memory of each process.
pub(crate) fn resources(site: &Site) -> Vec<(usize, u64)> {
    let programs = site.nodes.iter().chain(&site.worker);
    programs.map(|program| (program.descriptors(), program.memory())).collect()
}

/// Demands that they are about those of the beginning.
pub(crate) async fn demand_resources(site: &Site, world: &World, before: &[(usize, u64)]) {
    let begun = Instant::now();
    loop {
        let now = resources(site);
        let pairs = || before.iter().zip(&now);
        let descriptors_are_back = pairs().all(|(before, now)| now.0 <= before.0 + DESCRIPTORS);
        let memory_is_back = pairs().all(|(before, now)| now.1 <= before.1 + MEMORY);
        if descriptors_are_back && memory_is_back {
            world.history.remark(format!("descriptors and memory: {before:?} before, {now:?} now"));
            return;
        }
        if begun.elapsed() > RETURN {
            world.history.violated("descriptors and memory return", format!("{now:?}, and {before:?} before"));
            return;
        }
        sleep(Duration::from_millis(200)).await;
    }
}
