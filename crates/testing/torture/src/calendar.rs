//! Whether what clients saw of one house's calendar is linearizable: whether some order of the calls, in which each
//! takes effect at one instant between its beginning and its end, explains every answer. This is the search of Wing
//! and Gong with the memory of Lowe, as in Jepsen's Knossos. The rules of the calendar are written down here once
//! more, and nothing of the product is used.

use std::collections::HashSet;

/// Days, a bit for each.
pub type Days = u64;

/// What a call asked of the calendar, and what it was told. Orders are numbered within the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The order was made: its days were free.
    Booked(usize),
    /// Some of the days were taken.
    Taken(Days),
    /// A waiting order was accepted.
    Accepted(usize),
    /// A waiting order was rejected.
    Rejected(usize),
    /// A waiting or accepted order was cancelled.
    Canceled(usize),
    /// An accepted order was commented on, which completes it.
    Commented(usize),
    /// The order was not in a state in which it could be decided.
    NotWaiting(usize),
    /// The order was not accepted, so it took no comment.
    NotAccepted(usize),
    /// The order was neither waiting nor accepted, so it could not be cancelled.
    Final(usize),
    /// Days were blocked: no order had them.
    Blocked(Days),
    /// Days could not be blocked: an order had some of them.
    NotBlocked(Days),
    /// Days were freed.
    Freed(Days),
    /// Someone read which days orders have and which are blocked.
    Read { held: Days, blocked: Days },
}

/// A call on the calendar of a house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// What it did.
    pub step: Step,
    /// When it began.
    pub begun: u64,
    /// When it ended; [`u64::MAX`] where no end is known.
    pub ended: u64,
    /// Whether it may have had no effect at all.
    pub may_be_lost: bool,
    /// Its number in the log.
    pub record: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Status {
    None,
    Waiting,
    Accepted,
    Complete,
    Dead,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    orders: Vec<Status>,
    blocked: Days,
}

impl State {
    fn held(&self, days: &[Days]) -> Days {
        let live = self.orders.iter().zip(days).filter(|(status, _)| !matches!(status, Status::None | Status::Dead));
        live.fold(0, |held, (_, days)| held | days)
    }

    /// The state after the step; none where the answer does not fit.
    fn after(&self, step: Step, days: &[Days]) -> Option<Self> {
        let mut next = self.clone();
        let held = self.held(days);
        let mut moves = |order: usize, from: &[Status], to: Status| {
            let is_possible = from.contains(&next.orders[order]);
            next.orders[order] = to;
            is_possible
        };
        let fits = match step {
            Step::Booked(order) => {
                moves(order, &[Status::None], Status::Waiting) && (held | self.blocked) & days[order] == 0
            }
            Step::Taken(days) => (held | self.blocked) & days != 0,
            Step::Accepted(order) => moves(order, &[Status::Waiting], Status::Accepted),
            Step::Rejected(order) => moves(order, &[Status::Waiting], Status::Dead),
            Step::Canceled(order) => moves(order, &[Status::Waiting, Status::Accepted], Status::Dead),
            Step::Commented(order) => moves(order, &[Status::Accepted], Status::Complete),
            Step::NotWaiting(order) => self.orders[order] != Status::Waiting,
            Step::NotAccepted(order) => self.orders[order] != Status::Accepted,
            Step::Final(order) => !matches!(self.orders[order], Status::Waiting | Status::Accepted),
            Step::Blocked(days) => {
                next.blocked |= days;
                held & days == 0
            }
            Step::NotBlocked(days) => held & days != 0,
            Step::Freed(days) => {
                next.blocked &= !days;
                true
            }
            Step::Read { held: seen, blocked } => seen == held && blocked == self.blocked,
        };
        fits.then_some(next)
    }
}

/// What the search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// An order of the calls explains every answer.
    Linearizable,
    /// None does: the calls that could not be explained, whichever way the others are put.
    Impossible { unexplained: Vec<usize> },
    /// The search was given up.
    Undecided,
}

/// The most states that are looked at.
const MOST: usize = 500_000;

/// Searches for an order of the calls; `days` are those of each order.
pub fn check(mut calls: Vec<Call>, days: &[Days]) -> Verdict {
    // Those that end first are tried first: one without an end, only where nothing else explains an answer.
    calls.sort_by_key(|call| (call.ended, call.begun));
    let needed = calls.iter().filter(|call| !call.may_be_lost).count();
    let start = State { orders: vec![Status::None; days.len()], blocked: 0 };
    let mut search =
        Search { done: Set(vec![0; calls.len().div_ceil(64)]), count: 0, best: 0, unexplained: Vec::new(), calls };
    let mut seen = HashSet::new();
    let mut path = vec![Frame { candidates: search.candidates(), next: 0, state: start, by: None }];
    while let Some(frame) = path.last_mut() {
        if search.count == needed {
            return Verdict::Linearizable;
        }
        let Some(&candidate) = frame.candidates.get(frame.next) else {
            let by = frame.by;
            path.pop();
            if let Some(by) = by {
                search.undo(by);
            }
            continue;
        };
        frame.next += 1;
        let Some(state) = frame.state.after(search.calls[candidate].step, days) else { continue };
        search.apply(candidate);
        if seen.insert((search.done.clone(), state.clone())) {
            if seen.len() > MOST {
                return Verdict::Undecided;
            }
            path.push(Frame { candidates: search.candidates(), next: 0, state, by: Some(candidate) });
        } else {
            search.undo(candidate);
        }
    }
    Verdict::Impossible { unexplained: search.unexplained }
}

/// A point of the search.
struct Frame {
    candidates: Vec<usize>,
    next: usize,
    state: State,
    /// The call that led here.
    by: Option<usize>,
}

/// A set of small numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Set(Vec<u64>);

impl Set {
    fn has(&self, number: usize) -> bool {
        self.0[number / 64] >> (number % 64) & 1 == 1
    }

    fn flip(&mut self, number: usize) {
        self.0[number / 64] ^= 1 << (number % 64);
    }
}

struct Search {
    calls: Vec<Call>,
    done: Set,
    /// Those done that had to be.
    count: usize,
    /// The most that were done, and what could come next then.
    best: usize,
    unexplained: Vec<usize>,
}

impl Search {
    /// The calls that may take effect next: those that began before any other one ended.
    fn candidates(&mut self) -> Vec<usize> {
        let open = || self.calls.iter().enumerate().filter(|(at, _)| !self.done.has(*at));
        let first_end = open().filter(|(_, call)| !call.may_be_lost).map(|(_, call)| call.ended).min();
        let first_end = first_end.unwrap_or(u64::MAX);
        let candidates: Vec<usize> = open().filter(|(_, call)| call.begun <= first_end).map(|(at, _)| at).collect();
        if self.count >= self.best {
            self.best = self.count;
            let ended = candidates.iter().filter(|at| self.calls[**at].ended < u64::MAX).take(8);
            self.unexplained = ended.map(|at| self.calls[*at].record).collect();
        }
        candidates
    }

    fn apply(&mut self, call: usize) {
        self.done.flip(call);
        self.count += usize::from(!self.calls[call].may_be_lost);
    }

    fn undo(&mut self, call: usize) {
        self.done.flip(call);
        self.count -= usize::from(!self.calls[call].may_be_lost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(step: Step, begun: u64, ended: u64) -> Call {
        Call { step, begun, ended, may_be_lost: false, record: 0 }
    }

    fn lost(step: Step, begun: u64) -> Call {
        Call { may_be_lost: true, ended: u64::MAX, ..call(step, begun, 0) }
    }

    fn is_linearizable(calls: &[Call], days: &[Days]) -> bool {
        check(calls.to_vec(), days) == Verdict::Linearizable
    }

    #[test]
    fn one_day_has_one_order_at_a_time() {
        let twice = [call(Step::Booked(0), 0, 10), call(Step::Booked(1), 5, 15)];
        assert!(!is_linearizable(&twice, &[0b11, 0b10]));
        assert!(is_linearizable(&twice, &[0b01, 0b10]));
        let rejected = call(Step::Rejected(0), 8, 12);
        assert!(is_linearizable(&[twice[0], twice[1], rejected], &[0b11, 0b10]));
        // The rejection began after the second booking had ended.
        let too_late = call(Step::Rejected(0), 16, 20);
        assert!(!is_linearizable(&[twice[0], twice[1], too_late], &[0b11, 0b10]));
    }

    #[test]
    fn a_refusal_needs_an_order_or_a_block() {
        let taken = call(Step::Taken(0b1), 10, 20);
        assert!(!is_linearizable(&[taken], &[]));
        assert!(is_linearizable(&[call(Step::Booked(0), 0, 5), taken], &[0b1]));
        // The one whose end is not known may explain it, but not before it began.
        assert!(is_linearizable(&[taken, lost(Step::Booked(0), 15)], &[0b1]));
        assert!(!is_linearizable(&[taken, lost(Step::Booked(0), 21)], &[0b1]));
        assert!(is_linearizable(&[taken, lost(Step::Blocked(0b1), 3)], &[]));
    }

    #[test]
    fn an_order_is_decided_once() {
        let made = call(Step::Booked(0), 0, 1);
        let (accepted, canceled) = (call(Step::Accepted(0), 2, 9), call(Step::Canceled(0), 2, 9));
        assert!(is_linearizable(&[made, accepted, canceled], &[1]));
        assert!(!is_linearizable(&[made, call(Step::Rejected(0), 2, 9), canceled], &[1]));
        assert!(!is_linearizable(&[made, accepted, call(Step::Accepted(0), 2, 9)], &[1]));
        assert!(is_linearizable(&[made, accepted, call(Step::NotWaiting(0), 3, 9)], &[1]));
        assert!(!is_linearizable(&[made, call(Step::NotWaiting(0), 3, 9)], &[1]));
        assert!(!is_linearizable(&[made, accepted, call(Step::NotAccepted(0), 10, 12)], &[1]));
        assert!(!is_linearizable(&[made, call(Step::Final(0), 2, 3)], &[1]));
    }

    #[test]
    fn a_read_sees_one_instant() {
        let made = call(Step::Booked(0), 0, 10);
        let read = |held, blocked, begun, ended| call(Step::Read { held, blocked }, begun, ended);
        assert!(is_linearizable(&[made, read(0, 0, 5, 6)], &[0b11]));
        assert!(is_linearizable(&[made, read(0b11, 0, 5, 6)], &[0b11]));
        assert!(!is_linearizable(&[made, read(0b01, 0, 5, 6)], &[0b11]), "half of an order");
        assert!(!is_linearizable(&[made, read(0, 0, 11, 12)], &[0b11]), "an order that is lost");
        let (blocked, freed) = (call(Step::Blocked(0b100), 0, 2), call(Step::Freed(0b100), 4, 6));
        assert!(is_linearizable(&[blocked, freed, read(0, 0b100, 3, 3), read(0, 0, 7, 8)], &[]));
        assert!(!is_linearizable(&[blocked, freed, read(0, 0b100, 7, 8)], &[]));
        assert!(!is_linearizable(&[made, call(Step::Blocked(0b10), 11, 12)], &[0b11]));
        assert!(is_linearizable(&[made, call(Step::NotBlocked(0b10), 11, 12)], &[0b11]));
    }

    #[test]
    fn the_calls_that_nothing_explains_are_told() {
        let unexplained = Call { record: 7, ..call(Step::Taken(0b1), 2, 3) };
        let calls = vec![call(Step::Freed(0b1), 0, 1), unexplained, call(Step::Freed(0b1), 4, 5)];
        assert_eq!(check(calls, &[]), Verdict::Impossible { unexplained: vec![7] });
    }
}
