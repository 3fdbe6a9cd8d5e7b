//! The progress of a long run: a bar on a terminal, a line now and then elsewhere.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// Lines come so far apart.
const APART: Duration = Duration::from_secs(5);

pub struct Progress {
    what: &'static str,
    bar: ProgressBar,
    begin: u64,
    total: u64,
    started: Instant,
    told: Cell<Instant>,
}

impl Progress {
    /// Begins at what is there already.
    pub fn new(what: &'static str, begin: u64, total: u64) -> Self {
        let template = "{msg:7} {bar:40} {human_pos}/{human_len} {per_sec} {eta}";
        let bar = ProgressBar::new(total).with_message(what).with_position(begin);
        let bar = match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        let now = Instant::now();
        Self { what, bar, begin, total, started: now, told: Cell::new(now) }
    }

    pub fn at(&self, position: u64) {
        self.bar.set_position(position);
        if self.bar.is_hidden() && self.told.get().elapsed() >= APART {
            self.told.set(Instant::now());
            self.tell(position);
        }
    }

    pub fn done(self) {
        self.bar.finish();
        if self.bar.is_hidden() {
            self.tell(self.total.max(self.begin));
        }
    }

    fn tell(&self, position: u64) {
        use std::io::Write;
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = position.saturating_sub(self.begin) as f64 / seconds.max(0.001);
        let line = format!("{}: {position} of {} in {seconds:.0} s, {rate:.0} a second", self.what, self.total);
        // A closed standard error is ignored.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}
