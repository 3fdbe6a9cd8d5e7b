//! Clients that read and clients that order, without a pause.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::task::JoinSet;

use crate::{proxy::Nginx, visitor::Visitor};

/// Clients that read at the same time.
const READERS: usize = 6;
/// Clients that order at the same time, each with one order in flight.
pub const WRITERS: usize = 3;
/// Days that a house can be ordered for here.
const DAYS: u64 = 300;

/// The results.
#[derive(Debug)]
pub struct Outcome {
    pub landlord: Visitor,
    pub reads: usize,
    pub failed_reads: Vec<String>,
    pub acknowledged: Vec<i64>,
    pub failed_writes: Vec<String>,
}

/// The results of one client.
#[derive(Default)]
struct Seen {
    reads: usize,
    failed_reads: Vec<String>,
    acknowledged: Vec<i64>,
    failed_writes: Vec<String>,
}

pub struct Load {
    landlord: Visitor,
    stop: Arc<AtomicBool>,
    people: JoinSet<Seen>,
}

impl Load {
    /// Publishes some houses, then starts all clients.
    pub async fn begin(_: &Nginx, visitor: impl Fn() -> Visitor) -> Self {
        let landlord = visitor();
        landlord.register("13800000001").await;
        landlord.verify().await;
        let mut houses = Vec::new();
        for _ in 0..5 {
            houses.push(landlord.publish().await);
        }
        let stop = Arc::new(AtomicBool::new(false));
        let next = Arc::new(AtomicU64::new(0));
        let mut people = JoinSet::new();
        for number in 0..READERS {
            let (reader, stop, house) = (visitor(), stop.clone(), houses[0]);
            people.spawn(async move {
                let mut seen = Seen::default();
                while !stop.load(Ordering::Relaxed) {
                    let answer =
                        if (seen.reads + number) % 2 == 0 { reader.search().await } else { reader.house(house).await };
                    seen.reads += 1;
                    if answer.status != 200 || answer.json["errno"] != "0" {
                        seen.failed_reads.push(format!("{} {}", answer.status, answer.text));
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                seen
            });
        }
        for number in 0..WRITERS {
            let (writer, stop, next, houses) = (visitor(), stop.clone(), next.clone(), houses.clone());
            writer.register(&format!("1390000000{number}")).await;
            people.spawn(async move {
                let mut seen = Seen::default();
                while !stop.load(Ordering::Relaxed) {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    let Some(house) = houses.get((turn / DAYS) as usize) else { break };
                    let answer = writer.order(*house, 1 + turn % DAYS).await;
                    match answer.json["data"]["order_id"].as_i64() {
                        Some(id) => seen.acknowledged.push(id),
                        None => seen.failed_writes.push(format!("{} {}", answer.status, answer.text)),
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                seen
            });
        }
        Self { landlord, stop, people }
    }

    /// Stops all clients.
    pub async fn end(mut self) -> Outcome {
        self.stop.store(true, Ordering::Relaxed);
        let mut outcome = Outcome {
            landlord: self.landlord,
            reads: 0,
            failed_reads: Vec::new(),
            acknowledged: Vec::new(),
            failed_writes: Vec::new(),
        };
        while let Some(person) = self.people.join_next().await {
            let seen = person.unwrap();
            outcome.reads += seen.reads;
            outcome.failed_reads.extend(seen.failed_reads);
            outcome.acknowledged.extend(seen.acknowledged);
            outcome.failed_writes.extend(seen.failed_writes);
        }
        outcome
    }
}
