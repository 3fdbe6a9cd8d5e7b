//! A landlord's rules of a house: prices of weekdays, fees, discounts, when stays begin and end; and the page that has
//! the seasons too.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::{App, houses};
use minsu_domain::{CancellationPreset, HouseDraft, HouseId, HouseRules, Principal, Season, Seasons};
use minsu_web::{api_error::ApiError, language::Language, login::LoggedIn, state::State};

use super::{
    calendar::first_fault,
    edit::version,
    rules_form,
    weekday_fields::{self, WeekdayFields},
};
use crate::{
    answer::answer,
    calendar, done,
    form::{Fields, MemberForm},
    format,
    frame::{self, Frame},
    house_rules,
    language::say,
    listing::id_in_path,
    local,
    reference::Choice,
};

/// A season in the list.
struct Listed {
    from: String,
    to: String,
    price: String,
    /// What else it sets.
    rules: Vec<String>,
}

impl Listed {
    fn new(language: Language, season: &Season) -> Self {
        let names = |days| house_rules::names(language, days);
        let labelled = |chinese, english, text: String| format!("{} {text}", say(language, chinese, english));
        let weekdays = season.weekday_prices.numbers().map(|(number, price)| {
            let all = calendar::weekdays(language);
            let name = all.get(usize::from(number) - 1).map_or("", |(short, _)| short);
            format!("{name} {}", format::money(price))
        });
        let least = season.min_days.map(|days| labelled("最少", "at least", format::days(language, days)));
        let most = season.max_days.filter(|days| *days > 0);
        let most = most.map(|days| labelled("最多", "at most", format::days(language, days)));
        let arrival = season.arrival_days.map(|days| labelled("入住", "arrivals", names(days)));
        let departure = season.departure_days.map(|days| labelled("离店", "departures", names(days)));
        Self {
            from: season.from.to_string(),
            to: season.to.to_string(),
            price: season.price.map(format::money).unwrap_or_default(),
            rules: weekdays.chain([least, most, arrival, departure].into_iter().flatten()).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "host_rules.html")]
struct RulesPage {
    f: Frame,
    tab: &'static str,
    part: &'static str,
    id: i64,
    title: String,
    version: u32,
    /// The form of the rules.
    typed: Fields,
    weekdays: Vec<WeekdayFields>,
    policies: Vec<Choice>,
    seasons: Vec<Listed>,
    /// The form of a season.
    season: Fields,
    season_days: Vec<WeekdayFields>,
    /// Whether the season has anything by weekday.
    by_weekday: bool,
}

/// The most of each number.
impl RulesPage {
    const NOTICE: i64 = HouseRules::MAX_NOTICE_DAYS;
    const WINDOW: i64 = HouseRules::MAX_WINDOW_DAYS;
    const PREPARATION: i64 = HouseRules::MAX_PREPARATION_DAYS;
    const GUESTS: i64 = HouseDraft::MAX_CAPACITY;
    const DAYS: i64 = HouseDraft::MAX_STAY_DAYS;
    const SEASONS: usize = Seasons::MAX;
}

fn policies(language: Language, chosen: &str) -> Vec<Choice> {
    let choice = |preset: CancellationPreset| Choice {
        value: preset.name().to_owned(),
        name: policy(language, preset).to_owned(),
        chosen: preset.name() == chosen,
    };
    CancellationPreset::ALL.into_iter().map(choice).collect()
}

/// A cancellation policy in words.
pub fn policy(language: Language, preset: CancellationPreset) -> &'static str {
    match preset {
        CancellationPreset::Flexible => {
            say(language, "灵活：入住前 24 小时可全额退款", "Flexible: everything is refunded until 24 hours before")
        }
        CancellationPreset::Moderate => say(
            language,
            "适中：入住前 5 天可全额退款，此后退一半",
            "Moderate: everything until 5 days before, then half",
        ),
        CancellationPreset::Strict => {
            say(language, "严格：入住前 7 天可退一半，此后不退", "Strict: half until 7 days before, then nothing")
        }
    }
}

/// What was typed into the forms of the page: nothing where what is stored is shown.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) rules: Option<Fields>,
    pub(super) season: Option<Fields>,
}

pub(super) async fn shown(
    state: &State,
    request: &HttpRequest,
    frame: Frame,
    (viewer, id): (Principal, HouseId),
    typed: Typed,
) -> Result<HttpResponse, ApiError> {
    let (app, language) = (&state.app, frame.language);
    let house = houses::own_listing(app, viewer, id).await?;
    let (rules, _) = houses::own_rules(app, viewer, id).await?;
    let (seasons, _) = houses::own_seasons(app, viewer, id).await?;
    let rules = typed.rules.unwrap_or_else(|| rules_form::written(&rules));
    let season = typed.season.unwrap_or_else(|| {
        let asked = Fields::of_query(request);
        let found = seasons.iter().find(|season| season.from.to_string() == asked.get("season"));
        found.map_or_else(|| Fields::known(vec![]), rules_form::written_season)
    });
    let season_days = weekday_fields::shown(language, &season);
    let page = RulesPage {
        tab: "",
        part: "rules",
        id: id.get(),
        title: house.offer.title,
        version: house.version.get(),
        weekdays: weekday_fields::shown(language, &rules),
        policies: policies(language, rules.get("cancellation")),
        typed: rules,
        seasons: seasons.iter().map(|season| Listed::new(language, season)).collect(),
        by_weekday: season_days.iter().any(|day| day.arrival || day.departure || !day.price.is_empty()),
        season_days,
        season,
        f: frame,
    };
    frame::personal(request, state, &page, &page.f)
}

/// `GET /host/houses/{id}/rules`; `?season=YYYY-MM-DD` fills the form of a season with the one of that first day.
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let frame = done::told(Frame::of(&request, &state), &Fields::of_query(&request));
    shown(&state, &request, frame, (viewer.0, id_in_path(&id)?), Typed::default()).await
}

/// `POST /host/houses/{id}/rules`
pub async fn change(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, MemberForm { viewer, token: _, fields }): (HouseId, _) = (id_in_path(&id)?, form);
    houses::own_listing(&state.app, viewer, id).await?;
    let changed = changed(&state.app, viewer, id, &fields).await;
    let done = changed.map(|()| local::redirect(&format!("/host/houses/{id}/rules?done=ruled")));
    answer(&state, &request, done, async |frame| {
        let typed = Typed { rules: Some(fields), season: None };
        shown(&state, &request, frame, (viewer, id), typed).await
    })
    .await
}

async fn changed(app: &App, viewer: Principal, id: HouseId, fields: &Fields) -> Result<(), ApiError> {
    let (seen, draft) = (version(fields)?, rules_form::rules(fields)?);
    let rules = HouseRules::of(&draft).map_err(|faults| first_fault(faults.first().copied()))?;
    Ok(houses::put_rules(app, viewer, id, Some(seen), &rules).await?)
}
