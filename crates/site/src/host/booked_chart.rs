//! How full a house is by month and what a booked day costs, as a chart: bars of the share of the days, a line of the
//! average prices, and the same figures as a table.

use minsu_application::houses::BookedMonth;
use minsu_domain::Money;
use minsu_web::language::Language;

use crate::format;

/// A month of the chart. Places are in units of the drawing, which is [`Chart::WIDTH`] × [`Chart::HEIGHT`].
pub(super) struct Bar {
    /// The month and its year.
    pub(super) name: String,
    /// The name below the bar.
    pub(super) short: String,
    pub(super) days: u64,
    pub(super) booked: u64,
    pub(super) percent: String,
    /// The average price; empty where no day is booked.
    pub(super) average: String,
    pub(super) left: u32,
    pub(super) middle: u32,
    pub(super) top: u32,
    pub(super) height: u32,
    /// How high the average price stands.
    pub(super) price: Option<u32>,
}

/// A chart.
pub(super) struct Chart {
    pub(super) bars: Vec<Bar>,
    /// The points of the line of prices: `x,y` with blanks between them.
    pub(super) points: String,
    /// The greatest average price; empty where no day is booked.
    pub(super) dearest: String,
}

impl Chart {
    pub(super) const WIDTH: u32 = 360;
    pub(super) const HEIGHT: u32 = 170;
    /// The place of 0 % and of a price of nothing, and the room above it.
    pub(super) const GROUND: u32 = 145;
    pub(super) const ROOM: u32 = 125;
    /// The place of 100 %.
    pub(super) const TOP: u32 = Self::GROUND - Self::ROOM;
    pub(super) const MIDDLE: u32 = Self::GROUND - Self::ROOM / 2;
    pub(super) const LEFT: u32 = 30;
    pub(super) const RIGHT: u32 = Self::LEFT + 12 * Self::STEP;
    pub(super) const BAR: u32 = 15;
    const STEP: u32 = 27;

    pub(super) fn new(language: Language, months: &[BookedMonth]) -> Self {
        let dearest = months.iter().filter_map(BookedMonth::average).max();
        let bars: Vec<_> = (0..).zip(months).map(|(place, month)| bar(language, place, month, dearest)).collect();
        let point = |bar: &Bar| bar.price.map(|price| format!("{},{price}", bar.middle));
        Self {
            points: bars.iter().filter_map(point).collect::<Vec<_>>().join(" "),
            dearest: dearest.map(format::money).unwrap_or_default(),
            bars,
        }
    }
}

fn bar(language: Language, place: u32, month: &BookedMonth, dearest: Option<Money>) -> Bar {
    let permille = month.permille();
    let height = high(permille, 1000);
    let left = Chart::LEFT + place * Chart::STEP + (Chart::STEP - Chart::BAR) / 2;
    let average = month.average();
    let share = |fen: i64| u64::try_from(fen).unwrap_or(0);
    let price = average.zip(dearest).filter(|(_, dearest)| dearest.fen() > 0);
    Bar {
        name: format::month(language, month.first),
        short: match language {
            Language::Chinese => month.first.format("%-m月").to_string(),
            Language::English => month.first.format("%b").to_string(),
        },
        days: month.days,
        booked: month.booked,
        percent: format!("{}.{}%", permille / 10, permille % 10),
        average: average.map(format::money).unwrap_or_default(),
        left,
        middle: left + Chart::BAR / 2,
        top: Chart::GROUND - height,
        height,
        price: price.map(|(average, dearest)| Chart::GROUND - high(share(average.fen()), share(dearest.fen()))),
    }
}

/// How high a part of a whole stands.
fn high(part: u64, whole: u64) -> u32 {
    let high = u64::from(Chart::ROOM) * part.min(whole) / whole.max(1);
    u32::try_from(high).unwrap_or(Chart::ROOM)
}
