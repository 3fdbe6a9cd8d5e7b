//! What a run does, all of it drawn from its seed.

use std::{fmt, time::Duration};

use crate::{engine::Engine, fault::Fault};

/// A fault of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Its number among the faults of the seed.
    pub number: usize,
    /// What happens.
    pub fault: Fault,
    /// How long.
    pub duration: Duration,
}

/// What a run does. The seed decides everything that the clients and the faults do; which of two simultaneous calls
/// the site serves first, it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// The engine.
    pub engine: Engine,
    /// The faults, one after the other.
    pub faults: Vec<Planned>,
    /// How many faults the seed drew, before some were left out.
    pub drawn: usize,
    /// Guests.
    pub guests: usize,
}

impl Plan {
    /// The plan of a seed: so many faults, each kind once before any comes again.
    pub fn draw(seed: u64, engine: Engine, faults: usize, guests: usize) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut bag = Vec::new();
        let drawn = (0..faults).map(|number| {
            if bag.is_empty() {
                bag = Fault::all(engine);
                random.shuffle(&mut bag);
            }
            let fault = bag.pop().unwrap_or(Fault::Terminate(0));
            let longest = Fault::LONGEST.as_millis() as u64;
            Planned { number, fault, duration: Duration::from_millis(random.u64(300..longest)) }
        });
        Self { seed, engine, faults: drawn.collect(), drawn: faults, guests }
    }

    /// The same with these faults alone, by their numbers.
    pub fn keeping(mut self, numbers: &[usize]) -> Self {
        self.faults.retain(|planned| numbers.contains(&planned.number));
        self
    }

    /// Smaller plans to try when this one fails, the smallest first: without any fault, with half of the guests,
    /// without one of the faults.
    pub fn smaller(&self) -> Vec<Self> {
        let mut smaller = Vec::new();
        if self.faults.len() > 1 {
            smaller.push(Self { faults: Vec::new(), ..self.clone() });
        }
        if self.guests > 1 {
            smaller.push(Self { guests: self.guests / 2, ..self.clone() });
        }
        smaller.extend((0..self.faults.len()).map(|left_out| {
            let mut plan = self.clone();
            plan.faults.remove(left_out);
            plan
        }));
        smaller
    }
}

impl fmt::Display for Plan {
    /// The command that runs it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, engine, drawn, guests, faults } = self;
        write!(f, "TORTURE_SEED={seed} TORTURE_ENGINE={} TORTURE_FAULTS={drawn} ", engine.name())?;
        if faults.len() != *drawn {
            let kept: Vec<_> = faults.iter().map(|planned| planned.number.to_string()).collect();
            write!(f, "TORTURE_KEEP={} ", if kept.is_empty() { "none".to_owned() } else { kept.join(",") })?;
        }
        write!(f, "TORTURE_GUESTS={guests} make torture")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_plan_again_and_another_one_another() {
        let plan = |seed| Plan::draw(seed, Engine::Postgres, 8, 6);
        assert_eq!(plan(7), plan(7));
        assert_ne!(plan(7), plan(8));
        let all = Fault::all(Engine::MariaDb).len();
        let drawn = Plan::draw(1, Engine::MariaDb, all, 6);
        for fault in Fault::all(Engine::MariaDb) {
            assert!(drawn.faults.iter().any(|planned| planned.fault == fault), "{fault} is not drawn");
        }
    }

    #[test]
    fn a_smaller_plan_tells_its_own_command() {
        let plan = Plan::draw(7, Engine::Sqlite, 3, 6);
        let smaller = plan.smaller();
        assert_eq!(smaller.len(), 5);
        assert!(smaller[0].to_string().contains("TORTURE_FAULTS=3 TORTURE_KEEP=none TORTURE_GUESTS=6"));
        assert!(smaller[4].to_string().contains("TORTURE_KEEP=0,1 "));
        assert_eq!(Plan::draw(7, Engine::Sqlite, 3, 6).keeping(&[0, 1]), smaller[4]);
    }
}
