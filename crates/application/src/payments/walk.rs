//! A random walk: orders, payments, messages in any order, refunds, crashes and the clock, against a store and a
//! provider in memory. After each step the books of every order agree with each other and with the provider's.

mod interleaving;
mod memory;
mod memory_payments;
mod provider;

use std::sync::Arc;

use chrono::{Days, TimeDelta};
use minsu_domain::{
    BasisPoints, ChangedBy, Comment, Field, LedgerAccount, Money, Order, OrderId, OrderReason, OrderStatus, PaymentId,
    PaymentMethod, PaymentPolicy, PaymentProviderKind, Quote, QuoteLine, QuoteLineKind, RefundId, RefundProgress,
    RefundReason, Stay, StayRule,
};
use minsu_ports::RawNotice;

use self::{
    interleaving::{Rng, Running, WalkClock, finish, go_on},
    memory::MemoryStore,
    provider::WalkProvider,
};
use super::{ReturnPage, StartPayment};
use crate::{
    App,
    orders::{self, BeforeStay, Decision},
    test_app::{TestApp, counting, order, principal},
};

const STEPS: usize = 100_000;
/// A world begins anew after so many steps.
const STEPS_OF_A_WORLD: usize = 500;
/// Few, so that what happens happens to the same ones.
const ORDERS_OF_A_WORLD: usize = 5;
const RUNNING_AT_ONCE: usize = 6;

struct World {
    app: App,
    store: MemoryStore,
    provider: WalkProvider,
    clock: WalkClock,
    rng: Rng,
    running: Vec<Running>,
}

impl World {
    fn new(seed: u64) -> Self {
        let (rng, clock, store) = (Rng::new(seed), WalkClock::default(), MemoryStore::default());
        let provider = WalkProvider::new(rng.clone(), clock.clone());
        let mut app = TestApp::default().cache(counting(1)).build();
        app.store = Arc::new(store.clone());
        app.payment = Some(Arc::new(provider.clone()));
        app.clock = Arc::new(clock.clone());
        app.randomness = Arc::new(rng.clone());
        app.policy.booking.orders.payment = PaymentPolicy::Required;
        app.policy.payment.commission = BasisPoints::new(1_250, Field::Money).unwrap();
        Self { app, store, provider, clock, rng, running: Vec::new() }
    }

    fn order(&self) -> OrderId {
        let placed = self.store.state().orders.len();
        OrderId::new(1 + self.rng.below(placed) as i64).unwrap()
    }

    /// A new order in place of none, some days ahead, with a cleaning fee.
    fn place(&self) {
        let mut state = self.store.state();
        if state.orders.len() >= ORDERS_OF_A_WORLD {
            return;
        }
        let id = OrderId::new(state.orders.len() as i64 + 1).unwrap();
        let start = self.app.today() + Days::new(self.rng.below(12) as u64);
        let stay = Stay::new(start, start + Days::new(2), StayRule::Days).unwrap();
        let money = |fen: usize| Money::from_fen(fen as i64).unwrap();
        let days = QuoteLine::days(start, 3, money(1 + self.rng.below(20_000))).unwrap();
        let cleaning = QuoteLine::fee(QuoteLineKind::Cleaning, &stay, 1, money(self.rng.below(3_000))).unwrap();
        let quote = Quote::of_lines(vec![days, cleaning]).unwrap();
        let created_at = minsu_ports::Clock::now(&self.clock);
        let expires_at = Some(created_at + TimeDelta::hours(24));
        let order =
            Order { id, start, end: stay.end(), quote, created_at, expires_at, ..order(OrderStatus::WaitAccept) };
        state.orders.insert(id, order);
        state.held.insert(id);
    }

    /// How many attempts and refunds there are.
    fn counts(&self) -> (usize, usize) {
        let state = self.store.state();
        (state.attempts.len(), state.refunds.len())
    }

    /// Begins a use case.
    fn begin<T>(&mut self, work: impl Future<Output = T> + 'static) {
        self.running.push(Box::pin(async move { drop(work.await) }));
    }

    fn step(&mut self) {
        if self.running.len() >= RUNNING_AT_ONCE || (!self.running.is_empty() && !self.rng.once_in(3)) {
            let place = self.rng.below(self.running.len());
            // The process may die here.
            if self.rng.once_in(60) || go_on(&mut self.running[place]) {
                drop(self.running.swap_remove(place));
            }
            return;
        }
        self.act();
    }

    fn act(&mut self) {
        let (app, order) = (self.app.clone(), self.order());
        let (attempts, refunds) = self.counts();
        let payment = PaymentId::new(1 + self.rng.below(attempts) as i64).unwrap();
        let refund = RefundId::new(1 + self.rng.below(refunds) as i64).unwrap();
        let number = self.store.state().attempts.get(&payment).map(|(attempt, _)| attempt.number.clone());
        match self.rng.below(20) {
            0 => self.place(),
            1 | 2 => self.begin(async move {
                orders::decide(&app, principal(1), order, &Decision::Accept { despite_conflict: false }).await
            }),
            3 if self.rng.once_in(4) => {
                let reason = Decision::Reject(OrderReason::new("full").unwrap());
                self.begin(async move { orders::decide(&app, principal(1), order, &reason).await });
            }
            4 if self.rng.once_in(3) => {
                let by = 1 + self.rng.below(3) as i64;
                self.begin(async move { orders::cancel(&app, principal(by), order, None).await });
            }
            5 if self.rng.once_in(4) => {
                let text = Comment::new("fine").unwrap();
                let may = BeforeStay::AsTheSiteAllows;
                self.begin(async move { orders::comment(&app, principal(2), order, &text, may).await });
            }
            6..=8 => {
                let method =
                    Some(if self.rng.once_in(3) { PaymentMethod::AlipayQr } else { PaymentMethod::AlipayPage });
                let command = StartPayment { order, method, return_to: ReturnPage::Site, payer_address: None };
                self.begin(async move { super::start(&app, principal(2), &command).await });
            }
            9 | 10 => {
                if let Some(number) = number {
                    self.provider.pay(&number);
                }
            }
            11 | 12 => self.deliver(),
            13 => {
                let query = number.map(|number| number.as_str().to_owned()).unwrap_or_default();
                self.begin(async move { super::returned(&app, &query).await });
            }
            14 => self.begin(async move { super::check_attempt(&app, payment).await }),
            15 => self.begin(async move { super::expire_unpaid(&app, order).await }),
            16 if self.rng.once_in(8) => self.begin(async move { super::retry_refund(&app, refund).await }),
            16 => self.begin(async move { super::send_refund(&app, refund).await }),
            17 => self.begin(async move { super::end_stay(&app, order).await }),
            18 if self.rng.once_in(3) => {
                let amount = Money::from_fen(1 + self.rng.below(500) as i64).unwrap();
                self.begin(async move { super::pay_back(&app, payment, amount).await });
            }
            19 => self.pass_time(),
            _ => {}
        }
    }

    fn pass_time(&self) {
        let minutes = [1, 5, 40, 600][self.rng.below(4)];
        // Most of the walk is not over in a day.
        if minutes < 600 || self.rng.once_in(8) {
            self.clock.advance(TimeDelta::minutes(minutes));
        }
    }

    /// Delivers a message of the provider, or a forged one; it stays to be delivered again.
    fn deliver(&mut self) {
        let place = self.rng.below(self.provider.books().notices.len() + 1);
        let known = place < self.provider.books().notices.len();
        self.deliver_body(if known { place.to_string() } else { "forged".to_owned() });
    }

    fn deliver_body(&mut self, body: String) {
        let body = body.into_bytes();
        let notice = RawNotice { headers: vec![], body, received_at: minsu_ports::Clock::now(&self.clock) };
        let app = self.app.clone();
        self.begin(async move { super::take_notice(&app, PaymentProviderKind::Alipay, &notice).await });
    }

    /// Everything that is wrong now.
    fn faults(&self) -> Vec<String> {
        let (state, provider) = (self.store.state(), self.provider.books());
        let mut faults = Vec::new();
        for order in state.orders.values() {
            faults.extend(state.books(order).faults().iter().map(|fault| format!("order {}: {fault}", order.id)));
            if order.status.holds_days() != state.held.contains(&order.id) {
                faults.push(format!("order {}: its days", order.id));
            }
        }
        for (attempt, _) in state.attempts.values() {
            let trade = provider.trades.get(&attempt.number);
            let paid = trade.and_then(|trade| trade.paid);
            if let Some(received) = &attempt.received
                && Some(received.amount) != paid
            {
                faults.push(format!("attempt {}: the provider has {paid:?}", attempt.id));
            }
            let order = &state.orders[&attempt.order];
            let by_clock = state.history.iter().any(|(id, change)| {
                *id == order.id && change.by == ChangedBy::Clock && change.to == OrderStatus::Canceled
            });
            if by_clock && attempt.amount == paid.unwrap_or(Money::ZERO) {
                faults.push(format!("attempt {}: paid, and its order expired for want of a payment", attempt.id));
            }
        }
        for refund in state.refunds.values().filter(|refund| refund.progress == RefundProgress::Done) {
            let number = &state.attempts[&refund.payment].0.number;
            let there = provider.trades.get(number).and_then(|trade| trade.refunds.get(&refund.number));
            if there != Some(&(refund.amount, true)) {
                faults.push(format!("refund {}: the provider has {there:?}", refund.id));
            }
        }
        faults
    }

    /// Every process runs to its end, the provider answers, and the clock does its work: then no question is left open.
    fn settle(&mut self) {
        self.running.drain(..).for_each(finish);
        self.provider.books().reliable = true;
        for minutes in [1, 60, 30_000] {
            self.clock.advance(TimeDelta::minutes(minutes));
            let (attempts, refunds) = self.counts();
            for id in (1..=attempts).map(|id| PaymentId::new(id as i64).unwrap()) {
                let app = self.app.clone();
                self.begin(async move { super::check_attempt(&app, id).await });
            }
            self.running.drain(..).for_each(finish);
            // What a provider has to say it says until it is taken in.
            let notices = self.provider.books().notices.len();
            for place in 0..notices {
                self.deliver_body(place.to_string());
            }
            self.running.drain(..).for_each(finish);
            for id in (1..=ORDERS_OF_A_WORLD).map(|id| OrderId::new(id as i64).unwrap()) {
                let app = self.app.clone();
                self.begin(async move {
                    drop(super::expire_unpaid(&app, id).await);
                    drop(super::end_stay(&app, id).await);
                });
            }
            for id in (1..=refunds + attempts).map(|id| RefundId::new(id as i64).unwrap()) {
                let app = self.app.clone();
                self.begin(async move {
                    drop(super::send_refund(&app, id).await);
                    drop(super::send_refund(&app, id).await);
                });
            }
            self.running.drain(..).for_each(finish);
        }
    }

    /// What is wrong at the end.
    fn last_faults(&self) -> Vec<String> {
        let mut faults = self.faults();
        let (state, provider) = (self.store.state(), self.provider.books());
        let live = state.attempts.values().filter(|(attempt, _)| attempt.state.is_live());
        faults.extend(live.map(|(attempt, _)| format!("attempt {}: never settled", attempt.id)));
        let open = state.refunds.values().filter(|refund| !refund.progress.is_final());
        faults.extend(open.map(|refund| format!("refund {}: never settled", refund.id)));
        let unpaid = state.orders.values().filter(|order| order.status == OrderStatus::WaitPayment);
        faults.extend(unpaid.map(|order| format!("order {}: waits for ever", order.id)));
        // All money that the provider has is on the account, and all money is someone's.
        let there: i64 = provider
            .trades
            .values()
            .map(|trade| {
                trade.paid.map_or(0, Money::fen) - trade.refunds.values().map(|(amount, _)| amount.fen()).sum::<i64>()
            })
            .sum();
        let on = |account| state.ledger.values().map(|transfer| transfer.on(account)).sum::<i64>();
        if on(LedgerAccount::ProviderClearing) != there {
            faults.push(format!("the provider has {there}, the ledger {}", on(LedgerAccount::ProviderClearing)));
        }
        let failed = state.refunds.values().filter(|refund| refund.progress == RefundProgress::Failed);
        let failed: i64 =
            failed.filter(|refund| refund.reason != RefundReason::Site).map(|refund| refund.amount.fen()).sum();
        if -on(LedgerAccount::GuestHeld) != failed {
            faults.push(format!("{} are held, {failed} could not be paid back", -on(LedgerAccount::GuestHeld)));
        }
        faults
    }
}

/// How often each thing happened, so that a walk that does nothing is noticed.
#[derive(Debug, Default)]
struct Seen {
    paid: usize,
    reasons: [usize; 5],
    earned: usize,
}

/// `MINSU_WALK_SEED` repeats a walk.
#[test]
#[expect(clippy::disallowed_methods, reason = "tests have no port for the environment")]
fn a_walk_of_100_000_steps_keeps_the_books() {
    let seed = std::env::var("MINSU_WALK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_127);
    let mut seen = Seen::default();
    for world in 0..STEPS / STEPS_OF_A_WORLD {
        let mut walk = World::new(seed + world as u64);
        for step in 0..STEPS_OF_A_WORLD {
            walk.step();
            let faults = walk.faults();
            assert!(faults.is_empty(), "seed {seed}, world {world}, step {step}: {faults:#?}");
        }
        walk.settle();
        let faults = walk.last_faults();
        assert!(faults.is_empty(), "seed {seed}, world {world}, at the end: {faults:#?}");
        let state = walk.store.state();
        seen.paid += state.attempts.values().filter(|(attempt, _)| attempt.received.is_some()).count();
        seen.earned += state.ledger.keys().filter(|key| key.starts_with("earned")).count();
        for refund in state.refunds.values() {
            seen.reasons[RefundReason::ALL.iter().position(|reason| *reason == refund.reason).unwrap()] += 1;
        }
    }
    // Paid twice it is only where a provider takes money for what it closed.
    let [canceled, late, _, wrong_amount, site] = seen.reasons;
    let reasons = [canceled, late, wrong_amount, site];
    assert!(seen.paid > 200 && seen.earned > 100 && reasons.iter().all(|count| *count > 5), "{seen:?}");
}
