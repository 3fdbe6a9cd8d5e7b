//! Signing up everyone who acts in a run.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::json;
use tokio::time::sleep;

use crate::{
    caller::{Call, Caller},
    envelope::{Answer, Dialect},
    guest::Guest,
    history::{Outcome, Returned},
    landlord::Landlord,
    newcomer::Newcomers,
    watch::Prober,
    world::{House, World},
};

/// Landlords; two clients act for each.
const LANDLORDS: usize = 2;
/// Their houses before the run.
const HOUSES: usize = 2;
/// How long a process may take to be ready after its first start.
const START: Duration = Duration::from_secs(60);

/// How often something is tried that gets no answer.
const TRIES: usize = 5;

/// A client at work.
pub(crate) type Client = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Everyone who acts in a run.
pub(crate) struct People {
    pub(crate) clients: Vec<Client>,
    pub(crate) prober: Prober,
}

/// Waits for the site, signs everyone up and publishes the first houses.
///
/// # Errors
/// When the site, which nothing happened to yet, does not do it.
pub(crate) async fn sign_up_all(world: &Arc<World>, guests: usize) -> io::Result<People> {
    for node in 0..world.addresses.bases.len() {
        ready(world, node).await?;
    }
    let mut clients: Vec<Client> = Vec::new();
    for number in 0..LANDLORDS {
        let mobile = format!("1380000{number:04}");
        let mut caller = Caller::new(world, format!("landlord{number}a"));
        sign_up(&mut caller, &mobile).await?;
        let identity = json!({"real_name": "李雷", "id_card": "11010519491231002X"});
        let verify = Call::json(Dialect::V1, Method::POST, "/user/auth", identity);
        demand(matches!(caller.send(0, &verify).await, Answer::Done(_)), "a real name")?;
        let mut first = Landlord { caller, number, mobile: mobile.clone() };
        for house in 0..HOUSES {
            let title = format!("四合院 {number}-{house}");
            let Outcome::Done(Returned::Id(id)) = first.publish(&title).await else {
                return Err(io::Error::other("a house is not published"));
            };
            world.add_house(House { id, landlord: number });
        }
        let mut caller = Caller::new(world, format!("landlord{number}b"));
        demand(caller.log_in(&mobile).await, "a second login")?;
        let second = Landlord { caller, number, mobile };
        clients.extend([Box::pin(first.act_until_the_end()) as Client, Box::pin(second.act_until_the_end())]);
    }
    for number in 0..guests {
        let mobile = format!("1390000{number:04}");
        let mut caller = Caller::new(world, format!("guest{number}"));
        let id = sign_up(&mut caller, &mobile).await?;
        clients.push(Box::pin(Guest { caller, number, id, mobile }.act_until_the_end()));
    }
    let newcomers = Newcomers { caller: Caller::new(world, "newcomers"), prefix: "1370000".to_owned() };
    clients.push(Box::pin(newcomers.act_until_the_end()));
    let mobile = "13600000000".to_owned();
    let mut caller = Caller::new(world, "prober");
    let id = sign_up(&mut caller, &mobile).await?;
    Ok(People { clients, prober: Prober { caller, id, mobile } })
}

fn demand(is_done: bool, what: &str) -> io::Result<()> {
    if is_done { Ok(()) } else { Err(io::Error::other(format!("before any fault: {what}"))) }
}

/// Signs up; tried again, for a machine that is busy with other things.
async fn sign_up(caller: &mut Caller, mobile: &str) -> io::Result<i64> {
    for _ in 1..TRIES {
        if let Ok(id) = try_to_sign_up(caller, mobile).await {
            return Ok(id);
        }
    }
    try_to_sign_up(caller, mobile).await
}

async fn try_to_sign_up(caller: &mut Caller, mobile: &str) -> io::Result<i64> {
    let captcha = caller.captcha().await;
    let (id, text) = captcha.ok_or_else(|| io::Error::other("before any fault: a captcha"))?;
    demand(matches!(caller.send_code(&id, &text, mobile).await, Outcome::Done(_)), "an SMS")?;
    let code = caller.world.sms_code(mobile).unwrap_or_default();
    match caller.register(mobile, &code).await {
        Outcome::Done(Returned::Id(id)) => Ok(id),
        other => Err(io::Error::other(format!("before any fault: registering: {other:?}"))),
    }
}

async fn ready(world: &World, node: usize) -> io::Result<()> {
    let (url, begun) = (format!("{}/readyz", world.addresses.bases[node]), Instant::now());
    while begun.elapsed() < START {
        let answer = world.http.get(&url).timeout(Duration::from_secs(5)).send().await;
        if answer.is_ok_and(|answer| answer.status() == 200) {
            return Ok(());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Err(io::Error::other(format!("process {node} is not ready")))
}

impl Caller {
    /// Whether a login works, which takes the account and its password; no answer is no refusal.
    pub(crate) async fn is_registered(&mut self, mobile: &str) -> bool {
        for _ in 0..TRIES {
            if self.log_in(mobile).await {
                return true;
            }
            let last = self.world.history.records().pop();
            if last.is_some_and(|record| matches!(record.outcome, Outcome::Refused(_))) {
                return false;
            }
        }
        true
    }
}
