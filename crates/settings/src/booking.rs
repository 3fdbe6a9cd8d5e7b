//! The section `[booking]`.

use minsu_application::OldPages;
use minsu_domain::{BookingPolicy, OrderPolicy, StayRule};
use serde::{Deserialize, Serialize};
use validator::Validate;

/// What a stay is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CountedIn {
    /// Days, both ends included.
    Days,
    /// Nights: the last day is free for the next guest.
    Nights,
}

/// What an order of the old pages costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OldPagesCost {
    /// Days × base price.
    Shown,
    /// What the rules of the listing say.
    Rules,
}

/// How stays are counted and how far ahead they may lie.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct BookingSettings {
    /// `days` (both ends count) or `nights` (the day of departure is free for the next guest).
    pub rule: CountedIn,
    /// Longest stay, in days or nights.
    #[validate(range(min = 1, max = 3660))]
    pub max_stay_days: u32,
    /// How many days ahead a stay may end.
    #[validate(range(min = 1, max = 36_500))]
    pub horizon_days: u32,
    /// Whether free days between occupied ones that are fewer than the shortest stay of the house may be booked, all
    /// of them at once.
    pub short_gaps: bool,
    /// How many hours a landlord has for an answer; an order that is not answered by then is cancelled. The order of a
    /// stay that begins earlier is cancelled when it begins, but not within two hours.
    #[validate(range(min = 2, max = 720))]
    pub answer_hours: u32,
    /// The hour at which the days of a stay begin, in the site's time zone: for deadlines and cancellations.
    #[validate(range(max = 23))]
    pub check_in_hour: u32,
    /// Whether a guest may comment on an accepted order before its first day, as the old pages let them. The native API
    /// takes no review before that day, whatever this says.
    pub comment_before_stay: bool,
    /// What an order of the old pages costs: `shown`, the days × the base price, which is what these pages show; or
    /// `rules`, what the rules of the listing say.
    pub old_pages: OldPagesCost,
    /// Whether only guests with a verified real name may order.
    pub real_name_to_order: bool,
    /// Whether an order of the native API or of the site must name at least one of the people who stay, with the identity
    /// number. The old pages have no fields for them: their guests name them afterwards.
    pub occupants_required: bool,
}

impl BookingSettings {
    /// What an order of the old pages costs.
    pub const fn old_pages(&self) -> OldPages {
        match self.old_pages {
            OldPagesCost::Shown => OldPages::Shown,
            OldPagesCost::Rules => OldPages::Rules,
        }
    }

    /// The policy that these settings make.
    pub fn policy(&self) -> BookingPolicy {
        BookingPolicy {
            rule: match self.rule {
                CountedIn::Days => StayRule::Days,
                CountedIn::Nights => StayRule::Nights,
            },
            max_stay_days: self.max_stay_days,
            horizon_days: self.horizon_days,
            short_gaps: self.short_gaps,
            answer_hours: self.answer_hours,
            check_in_hour: self.check_in_hour,
            orders: OrderPolicy { comment_before_stay: self.comment_before_stay, ..OrderPolicy::default() },
        }
    }
}

impl Default for BookingSettings {
    fn default() -> Self {
        Self {
            rule: CountedIn::Days,
            max_stay_days: 180,
            horizon_days: 1830,
            short_gaps: true,
            answer_hours: 24,
            check_in_hour: 14,
            comment_before_stay: true,
            old_pages: OldPagesCost::Shown,
            real_name_to_order: false,
            occupants_required: false,
        }
    }
}
