//! One scenario: the bare handler and the measured server in alternation.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::time::timeout;

use crate::{
    error::BenchError,
    http::Connection,
    load::{self, Expect, Load, Tally},
    plan::Round,
    proc,
    scenario::Scenario,
    server::Server,
    site::Site,
    stats::{Spread, ratio},
    world::World,
};

/// How long the first answer may take.
const FIRST_LIMIT: Duration = Duration::from_secs(30);
/// A measurement in which more than one answer of so many is not the expected one means nothing.
const TOLERATED: usize = 100;
/// The warm-up sends one request of so many.
const WARM_UP: usize = 4;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Measurements of each side.
    pub pairs: usize,
    /// Percent of the requests.
    pub percent: usize,
}

/// The measurements of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The scenario.
    pub name: &'static str,
    /// Requests of the measured server in all.
    pub requests: usize,
    /// Bytes of a body.
    pub body: usize,
    /// Requests a second of the bare handler.
    pub bare_rate: Spread,
    /// Requests a second of the measured server.
    pub rate: Spread,
    /// The second as a share of the first, pair by pair.
    pub share: Spread,
    /// Processor time of a request of the bare handler, in microseconds.
    pub bare_micros: f64,
    /// Processor time of a request of the measured server, in microseconds.
    pub micros: f64,
    /// The most memory of the measured server, in KiB.
    pub peak_kib: u64,
    /// Answers that were not the expected one.
    pub unexpected: usize,
    /// The beginning of one of them.
    pub sample: Option<String>,
}

/// One side of a scenario, with what its processor time was spent on.
pub struct Side<'a> {
    server: &'a Server,
    /// Requests a second of each measurement.
    pub rates: Vec<f64>,
    requests: usize,
    processor: Duration,
    unexpected: usize,
    sample: Option<String>,
}

impl<'a> Side<'a> {
    /// Nothing measured yet.
    pub fn new(server: &'a Server) -> Self {
        Self { server, rates: Vec::new(), requests: 0, processor: Duration::ZERO, unexpected: 0, sample: None }
    }

    /// One measurement.
    ///
    /// # Errors
    /// When answers do not come.
    pub async fn measure(&mut self, load: &Load) -> Result<(), BenchError> {
        let before = proc::processor_time(self.server.pid())?;
        let tally = load::run(self.server.address, load).await?;
        self.processor += proc::processor_time(self.server.pid())?.saturating_sub(before);
        self.take(tally, load.count);
        Ok(())
    }

    /// Whether nearly all answers were the expected ones.
    ///
    /// # Errors
    /// [`BenchError::Unexpected`] with one that was not.
    pub fn check(&self, name: &str) -> Result<(), BenchError> {
        if self.unexpected * TOLERATED > self.requests {
            return Err(BenchError::Unexpected {
                request: format!("{} of {} requests of {name}", self.unexpected, self.requests),
                answer: self.sample.clone().unwrap_or_default(),
            });
        }
        Ok(())
    }

    fn take(&mut self, tally: Tally, count: usize) {
        self.rates.push(ratio(count as f64, tally.elapsed.as_secs_f64()));
        self.requests += count;
        self.unexpected += tally.unexpected;
        self.sample = self.sample.take().or(tally.sample);
    }

    /// Processor time of a request, in microseconds.
    pub fn micros(&self) -> f64 {
        ratio(self.processor.as_secs_f64() * 1e6, self.requests as f64)
    }
}

/// Measures a scenario.
///
/// # Errors
/// When answers do not come, or more than a few are not the expected ones.
pub async fn measure(
    site: &Site,
    minsu: &Server,
    world: &World,
    scenario: &Scenario,
    effort: Effort,
) -> Result<Row, BenchError> {
    let count = (scenario.count * effort.percent / 100).max(1);
    let bare_count = (scenario.bare_count * effort.percent / 100).max(1);
    proc::reset_peak(minsu.pid());

    let warm_up = load(scenario, world, Round { number: 0, count: count.div_ceil(WARM_UP) });
    accept_first(scenario, minsu, &warm_up).await?;
    let body = body_size(minsu.address, &warm_up.requests[0]).await?;
    let bare = site.bare(body).await?;
    load::run(minsu.address, &warm_up).await?;
    load::run(bare.address, &for_the_bare_handler(&warm_up, bare_count.div_ceil(WARM_UP))).await?;

    let (mut ceiling, mut subject) = (Side::new(&bare), Side::new(minsu));
    for number in 1..=effort.pairs {
        let load = load(scenario, world, Round { number, count });
        accept_first(scenario, minsu, &load).await?;
        ceiling.measure(&for_the_bare_handler(&load, bare_count)).await?;
        subject.measure(&load).await?;
    }
    let row = row(scenario.name, body, &ceiling, &subject, proc::memory(minsu.pid())?.peak);
    bare.stop("the bare handler").await?;
    row
}

/// The load of a round.
pub fn load(scenario: &Scenario, world: &World, round: Round) -> Load {
    Load {
        requests: Arc::new((scenario.plan)(world, &round)),
        count: round.count,
        connections: scenario.connections,
        expect: scenario.expect,
    }
}

/// The same requests, sent to the bare handler.
fn for_the_bare_handler(load: &Load, count: usize) -> Load {
    Load { count, expect: Expect::Anything, ..load.clone() }
}

/// Sends the requests once that are to be refused later.
///
/// # Errors
/// When answers do not come.
pub async fn accept_first(scenario: &Scenario, minsu: &Server, load: &Load) -> Result<(), BenchError> {
    if scenario.repeats {
        load::run(minsu.address, &for_the_bare_handler(load, load.count)).await?;
    }
    Ok(())
}

/// How large the body of an answer is.
async fn body_size(address: SocketAddr, request: &[u8]) -> Result<usize, BenchError> {
    let ask = async { Ok(Connection::open(address).await?.exchange(request).await?.body.len()) };
    let doing = "asking for the first answer";
    let answer = timeout(FIRST_LIMIT, ask).await;
    let limit = || BenchError::TooLong { name: doing.to_owned(), limit: FIRST_LIMIT };
    answer.map_err(|_| limit())?.map_err(BenchError::http(doing))
}

fn row(name: &'static str, body: usize, bare: &Side, minsu: &Side, peak_kib: u64) -> Result<Row, BenchError> {
    minsu.check(name)?;
    bare.check(name)?;
    let shares = minsu.rates.iter().zip(&bare.rates).map(|(rate, bare)| ratio(*rate, *bare));
    let none = || BenchError::Unreadable(format!("{name}, which was never measured"));
    Ok(Row {
        name,
        requests: minsu.requests,
        body,
        share: Spread::of(shares).ok_or_else(none)?,
        bare_rate: Spread::of(bare.rates.iter().copied()).ok_or_else(none)?,
        rate: Spread::of(minsu.rates.iter().copied()).ok_or_else(none)?,
        bare_micros: bare.micros(),
        micros: minsu.micros(),
        peak_kib,
        unexpected: minsu.unexpected,
        sample: minsu.sample.clone(),
    })
}
