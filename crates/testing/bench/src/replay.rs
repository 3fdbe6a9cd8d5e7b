//! Recorded traffic, sent to several servers in alternation.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::lookup_host, time::timeout};
use url::Url;

use crate::{
    cli::Replay,
    error::BenchError,
    load::{self, Expect, Load},
    stats::{Spread, ratio},
    table::{cells, table},
    terminal::{print, say},
    traffic::{self, Recorded},
};

/// How long the name of a server may take to be found.
const LOOKUP_LIMIT: Duration = Duration::from_secs(10);

/// One of the servers.
struct Target {
    url: Url,
    address: SocketAddr,
    load: Load,
    rates: Vec<f64>,
    sent: usize,
    refused: usize,
}

/// Sends everything once to each server, unmeasured, then in turns; prints requests a second, as shares
/// of the first server's.
///
/// # Errors
/// [`BenchError`] for the first thing that goes wrong.
pub async fn run(options: &Replay) -> Result<(), BenchError> {
    let requests = traffic::read(&options.file)?;
    if requests.is_empty() {
        return Err(BenchError::Traffic { line: 1, why: "there is no request".to_owned() });
    }
    let mut targets = Vec::new();
    for url in &options.against {
        targets.push(Target::new(url, &requests, options.connections.into()).await?);
    }
    for round in 0..=options.pairs {
        say(&format!("round {round} of {}", options.pairs));
        for target in &mut targets {
            target.measure(round > 0).await?;
        }
    }
    print(&format!(
        "{} requests, {} connections, {} rounds\n\n{}",
        requests.len(),
        options.connections,
        options.pairs,
        report(&targets)
    ))
}

impl Target {
    async fn new(url: &Url, requests: &[Recorded], connections: usize) -> Result<Self, BenchError> {
        let unusable = || BenchError::Unusable(url.to_string());
        let (host, port) = match (url.scheme(), url.host_str(), url.port_or_known_default()) {
            ("http", Some(host), Some(port)) => (host, port),
            _ => return Err(unusable()),
        };
        let name = format!("{host}:{port}");
        let too_long = |_| BenchError::TooLong { name: format!("finding {name}"), limit: LOOKUP_LIMIT };
        let found = timeout(LOOKUP_LIMIT, lookup_host(&name)).await.map_err(too_long)?;
        let address = found.map_err(BenchError::io(format!("find {name}")))?.next().ok_or_else(unusable)?;
        let below = url.path().trim_end_matches('/');
        let bytes = |(index, request): (usize, &Recorded)| {
            request.bytes(&name, below).map_err(|why| BenchError::Traffic { line: index + 1, why })
        };
        let requests: Vec<_> = requests.iter().enumerate().map(bytes).collect::<Result<_, _>>()?;
        let load = Load { count: requests.len(), requests: Arc::new(requests), connections, expect: Expect::NoFailure };
        Ok(Self { url: url.clone(), address, load, rates: Vec::new(), sent: 0, refused: 0 })
    }

    async fn measure(&mut self, counts: bool) -> Result<(), BenchError> {
        let tally = load::run(self.address, &self.load).await?;
        if counts {
            self.rates.push(ratio(self.load.count as f64, tally.elapsed.as_secs_f64()));
            self.sent += self.load.count;
            self.refused += tally.unexpected;
        }
        Ok(())
    }
}

fn report(targets: &[Target]) -> String {
    let mut lines = vec![cells(["server", "requests, /s", "share: min", "median", "max", "status 400 and above"])];
    let first = targets.first().map(|first| first.rates.as_slice()).unwrap_or_default();
    lines.extend(targets.iter().map(|target| {
        let none = Spread { min: 0.0, median: 0.0, max: 0.0 };
        let share = target.rates.iter().zip(first).map(|(rate, first)| ratio(*rate, *first));
        let share = Spread::of(share).unwrap_or(none);
        let rate = Spread::of(target.rates.iter().copied()).unwrap_or(none);
        cells([
            target.url.as_str(),
            &format!("{:.0}", rate.median),
            &format!("{:.2}", share.min),
            &format!("{:.2}", share.median),
            &format!("{:.2}", share.max),
            &format!("{:.1} %", 100.0 * ratio(target.refused as f64, target.sent as f64)),
        ])
    }));
    table(&lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_plain_http_goes_anywhere() {
        for url in ["https://localhost/", "unix:/run/socket", "data:,x"] {
            let target = Target::new(&Url::parse(url).unwrap(), &[], 1).await;
            assert!(matches!(target, Err(BenchError::Unusable(_))), "{url}");
        }
        let url = Url::parse("http://127.0.0.1:81/below/").unwrap();
        let target = Target::new(&url, &[], 1).await.unwrap();
        assert_eq!(target.address, SocketAddr::from(([127, 0, 0, 1], 81)));
    }
}
