//! What a stay costs: the one function that prices stays.

use super::{HouseRules, HouseSchedule};
use crate::{BookingRefused, Invalid, Money, Quote, QuoteLine, QuoteLineKind, Stay};

impl HouseSchedule {
    /// The price of a stay: its days, less one discount for its length, more the cleaning fee and the fee of guests
    /// beyond those that are included, each day.
    ///
    /// The discount is of the days alone and is rounded once, half a 分 up.
    ///
    /// # Errors
    /// [`BookingRefused::Amount`] above [`Money::MAX`].
    pub fn quote(&self, stay: &Stay, guests: u32) -> Result<Quote, BookingRefused> {
        self.priced(stay, guests).map_err(|_| BookingRefused::Amount)
    }

    fn priced(&self, stay: &Stay, guests: u32) -> Result<Quote, Invalid> {
        let mut lines = self.day_lines(stay)?;
        let of_days = Quote::of_lines(lines.clone())?.total();
        let HouseRules { cleaning_fee, guests_included, extra_guest_fee, .. } = self.rules;
        let discount = self.rules.discount(stay.days()).of(of_days);
        if discount > Money::ZERO {
            lines.push(QuoteLine::discount(stay, discount));
        }
        if cleaning_fee > Money::ZERO {
            lines.push(QuoteLine::fee(QuoteLineKind::Cleaning, stay, 1, cleaning_fee)?);
        }
        let extra_guests = guests.saturating_sub(guests_included);
        if extra_guests > 0 && extra_guest_fee > Money::ZERO {
            let quantity = extra_guests.saturating_mul(stay.days());
            lines.push(QuoteLine::fee(QuoteLineKind::ExtraGuests, stay, quantity, extra_guest_fee)?);
        }
        Quote::of_lines(lines)
    }

    /// Consecutive days of one price make a line.
    fn day_lines(&self, stay: &Stay) -> Result<Vec<QuoteLine>, Invalid> {
        let mut lines = vec![];
        let mut run: Option<(chrono::NaiveDate, u32, Money)> = None;
        for day in stay.occupied() {
            let price = self.price_on(day).0;
            run = match run {
                Some((first, days, of_run)) if of_run == price => Some((first, days + 1, price)),
                ended => {
                    if let Some((first, days, of_run)) = ended {
                        lines.push(QuoteLine::days(first, days, of_run)?);
                    }
                    Some((day, 1, price))
                }
            };
        }
        if let Some((first, days, price)) = run {
            lines.push(QuoteLine::days(first, days, price)?);
        }
        Ok(lines)
    }
}
