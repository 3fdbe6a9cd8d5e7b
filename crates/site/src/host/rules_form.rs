//! The forms of rules and of a season: what they read, and what they show of what is there.

use minsu_domain::{
    CancellationPreset, Field, HouseRules, Invalid, Money, RulesDraft, Season, SeasonDraft, Weekdays, parse_day,
};
use minsu_web::api_error::{ApiError, RequestFault};

use super::weekday_fields::{self, chosen, fen, prices, written_prices};
use crate::{form::Fields, format};

/// The fields of the form of rules.
pub(super) fn written(rules: &HouseRules) -> Fields {
    let HouseRules {
        weekday_prices,
        arrival_days,
        departure_days,
        notice_days,
        window_days,
        preparation_days,
        instant,
        cancellation,
        cleaning_fee,
        guests_included,
        extra_guest_fee,
        weekly_discount,
        monthly_discount,
    } = rules;
    let mut fields = vec![
        ("notice_days", notice_days.to_string()),
        ("window_days", window_days.unwrap_or(0).to_string()),
        ("preparation_days", preparation_days.to_string()),
        ("instant", if *instant { "1".to_owned() } else { String::new() }),
        ("cancellation", cancellation.name().to_owned()),
        ("cleaning_fee", format::yuan(*cleaning_fee)),
        ("guests_included", guests_included.to_string()),
        ("extra_guest_fee", format::yuan(*extra_guest_fee)),
        ("weekly_discount", percent(weekly_discount.get())),
        ("monthly_discount", percent(monthly_discount.get())),
    ];
    let weekdays = [
        written_prices(weekday_prices),
        weekday_fields::written("arrival_days", *arrival_days),
        weekday_fields::written("departure_days", *departure_days),
    ]
    .concat();
    fields.extend(weekdays.iter().map(|(name, value)| (name.as_str(), value.clone())));
    Fields::known(fields)
}

/// Basis points in percent: 1250 is `12.50`. A percent has as many of them as a 元 has 分.
fn percent(points: u16) -> String {
    Money::from_fen(points.into()).map(format::yuan).unwrap_or_default()
}

/// The rules of the form.
///
/// # Errors
/// The first field that cannot be read.
pub(super) fn rules(fields: &Fields) -> Result<RulesDraft, ApiError> {
    let number = |name, field| whole(fields.get(name), field);
    let amount = |name| fields.filled(name).map_or(Ok(0), fen);
    let points = |name, field| {
        let text = fields.filled(name).unwrap_or("0");
        fen(text).map_err(|_| ApiError::from(Invalid::format(field)))
    };
    Ok(RulesDraft {
        weekday_prices: prices(fields)?,
        arrival_days: Some(chosen(fields, "arrival_days", Field::ArrivalDays)?),
        departure_days: Some(chosen(fields, "departure_days", Field::DepartureDays)?),
        notice_days: number("notice_days", Field::NoticeDays)?,
        window_days: number("window_days", Field::WindowDays)?,
        preparation_days: number("preparation_days", Field::PreparationDays)?,
        instant: fields.filled("instant").is_some(),
        cancellation: CancellationPreset::of_name(fields.get("cancellation")).ok_or(RequestFault::WrongFields)?,
        cleaning_fee: amount("cleaning_fee")?,
        guests_included: number("guests_included", Field::GuestsIncluded)?,
        extra_guest_fee: amount("extra_guest_fee")?,
        weekly_discount: points("weekly_discount", Field::WeeklyDiscount)?,
        monthly_discount: points("monthly_discount", Field::MonthlyDiscount)?,
    })
}

fn whole(text: &str, field: Field) -> Result<i64, ApiError> {
    Ok(text.trim().parse().map_err(|_| Invalid::format(field))?)
}

/// The fields of the form of a season. It replaces the season whose first day is `season`.
pub(super) fn written_season(season: &Season) -> Fields {
    let Season { from, to, price, weekday_prices, min_days, max_days, arrival_days, departure_days } = season;
    let number = |days: &Option<u32>| days.map(|days| days.to_string()).unwrap_or_default();
    let mut fields = vec![
        ("season", from.to_string()),
        ("from", from.to_string()),
        ("to", to.to_string()),
        ("price", price.map(format::yuan).unwrap_or_default()),
        ("min_days", number(min_days)),
        ("max_days", number(max_days)),
    ];
    let days = |list: &str, days: &Option<Weekdays>| days.map(|days| weekday_fields::written(list, days));
    let weekdays = [
        written_prices(weekday_prices),
        days("arrival_days", arrival_days).unwrap_or_default(),
        days("departure_days", departure_days).unwrap_or_default(),
    ]
    .concat();
    fields.extend(weekdays.iter().map(|(name, value)| (name.as_str(), value.clone())));
    Fields::known(fields)
}

/// The season of the form; what is left empty is as the house has it.
///
/// # Errors
/// The first field that cannot be read.
pub(super) fn season(fields: &Fields) -> Result<SeasonDraft, ApiError> {
    let number = |name, field| fields.filled(name).map(|text| whole(text, field)).transpose();
    let weekdays = |list, field| Ok::<_, ApiError>(Some(chosen(fields, list, field)?).filter(|days| !days.is_empty()));
    Ok(SeasonDraft {
        from: parse_day(fields.get("from"))?,
        to: parse_day(fields.get("to"))?,
        price: fields.filled("price").map(fen).transpose()?,
        weekday_prices: prices(fields)?,
        min_days: number("min_days", Field::MinDays)?,
        max_days: number("max_days", Field::MaxDays)?,
        arrival_days: weekdays("arrival_days", Field::ArrivalDays)?,
        departure_days: weekdays("departure_days", Field::DepartureDays)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_domain::Seasons;

    #[test]
    fn the_form_of_rules_shows_what_it_reads() {
        let draft = RulesDraft {
            weekday_prices: vec![(5, 25_999), (6, 26_050)],
            arrival_days: Some(vec![1, 6]),
            departure_days: Some(vec![7]),
            notice_days: 1,
            window_days: 180,
            preparation_days: 2,
            instant: true,
            cancellation: CancellationPreset::Strict,
            cleaning_fee: 5000,
            guests_included: 2,
            extra_guest_fee: 3050,
            weekly_discount: 1000,
            monthly_discount: 2525,
        };
        for draft in [draft, RulesDraft::default()] {
            let known = HouseRules::of(&draft).unwrap();
            assert_eq!(HouseRules::of(&rules(&written(&known)).unwrap()).unwrap(), known);
        }
        assert_eq!(written(&HouseRules::default()).get("weekly_discount"), "0");
    }

    #[test]
    fn the_form_of_a_season_shows_what_it_reads() {
        let bare = [("from", "2027-02-05"), ("to", "2027-02-12"), ("price", "499.99")];
        let bare = Fields::known(bare.map(|(name, value)| (name, value.to_owned())).into());
        let bare = season(&bare).unwrap();
        assert_eq!((bare.price, &bare.arrival_days, bare.max_days), (Some(49_999), &None, None));
        let full = SeasonDraft {
            weekday_prices: vec![(6, 68_888)],
            min_days: Some(3),
            max_days: Some(0),
            arrival_days: Some(vec![1]),
            departure_days: Some(vec![2, 3]),
            ..bare.clone()
        };
        for draft in [bare, full] {
            let seasons = Seasons::of(std::slice::from_ref(&draft)).unwrap();
            let fields = written_season(seasons.iter().next().unwrap());
            assert_eq!(season(&fields).unwrap(), draft);
            assert_eq!(fields.get("season"), "2027-02-05");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let known = written(&HouseRules::default());
        let with = |name: &str, value: &str| {
            let fields = ["notice_days", "window_days", "preparation_days", "cancellation", "guests_included"];
            let fields =
                fields.map(|field| (field, if field == name { value.to_owned() } else { known.get(field).to_owned() }));
            let others = [(name, value.to_owned())].into_iter().filter(|(name, _)| known.filled(name).is_none());
            rules(&Fields::known(fields.into_iter().chain(others).collect())).is_ok()
        };
        assert!(with("", ""));
        for (name, value) in [("notice_days", "x"), ("cancellation", "never"), ("price_3", "1.999"), ("price_3", "x")] {
            assert!(!with(name, value), "{name}={value}");
        }
    }
}
