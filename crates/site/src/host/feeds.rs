//! Calendars of other sites: connecting one, what became of it, and the links that these sites are given.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::{
    AppError,
    exports::{self, CreateExport, CreatedExport},
    feeds::{self, ChangeFeed, ConnectFeed, ListedFeed},
    houses,
};
use minsu_domain::{CalendarName, DayOffsets, FeedId, HouseId, Principal};
use minsu_ports::{Export, FeedConflict, FeedStanding};
use minsu_web::{
    api_error::ApiError, feed_polls::poll_soon, language::Language, login::LoggedIn, present, state::State,
};

use crate::{
    answer::answer,
    done,
    form::{Fields, MemberForm},
    frame::{self, Frame},
    language::say,
    listing::id_in_path,
    local,
};

/// A stay of another site on days of an order.
struct Conflict {
    order: i64,
    days: String,
}

struct Feed {
    id: i64,
    name: String,
    host: String,
    state: &'static str,
    class: &'static str,
    /// The code of what is wrong; empty where nothing is.
    error: String,
    /// When the last good answer came; empty before.
    good_at: String,
    days_held: u32,
    held_back: u32,
    /// How many events count, and how many do not; empty before the first answer.
    events: Vec<(u32, u32)>,
    is_paused: bool,
    conflicts: Vec<Conflict>,
}

struct Link {
    id: i64,
    name: String,
    /// The calendar of the channel that has it; empty where it is for any.
    feed: String,
    /// When it was last fetched; empty before.
    fetched_at: String,
}

#[derive(Template)]
#[template(path = "host_feeds.html")]
struct FeedsPage {
    f: Frame,
    tab: &'static str,
    part: &'static str,
    id: i64,
    title: String,
    feeds: Vec<Feed>,
    links: Vec<Link>,
    /// A link that was just made: its name and its address, which is not shown again.
    made: Option<(String, String)>,
    typed: Fields,
}

impl FeedsPage {
    const NAME: usize = CalendarName::MAX_CHARS;
    const MOST: u64 = feeds::MAX_FEEDS;
}

fn state_of(language: Language, standing: FeedStanding) -> (&'static str, &'static str) {
    match standing {
        FeedStanding::New => (say(language, "等待首次读取", "Not read yet"), "waiting"),
        FeedStanding::Ok => (say(language, "正常", "Working"), "good"),
        FeedStanding::Failing => (say(language, "读取失败", "Cannot be read"), "bad"),
        FeedStanding::Suspicious => (say(language, "日期异常减少", "Lost most of its days"), "bad"),
        FeedStanding::Paused => (say(language, "已暂停", "Paused"), "over"),
    }
}

fn feed(state: &State, language: Language, listed: ListedFeed) -> Feed {
    let ListedFeed { feed, conflicts } = listed;
    let (name, class) = state_of(language, feed.standing());
    let conflict = |conflict: FeedConflict| Conflict {
        order: conflict.order.get(),
        days: conflict.days.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    Feed {
        id: feed.id.get(),
        state: name,
        class,
        held_back: feed.held_back(),
        name: feed.terms.name.as_str().to_owned(),
        host: feed.host,
        error: feed.error.unwrap_or_default(),
        good_at: feed.good_at.map(|at| present::date_time(&state.app, at)).unwrap_or_default(),
        days_held: feed.days_held,
        events: feed.events.map(|events| (events.busy, events.free + events.own)).into_iter().collect(),
        is_paused: feed.terms.is_paused,
        conflicts: conflicts.into_iter().map(conflict).collect(),
    }
}

fn link(state: &State, feeds: &[Feed], export: Export) -> Link {
    let of_channel = export.feed.and_then(|id| feeds.iter().find(|feed| feed.id == id.get()));
    Link {
        id: export.id.get(),
        name: export.name.as_str().to_owned(),
        feed: of_channel.map(|feed| feed.name.clone()).unwrap_or_default(),
        fetched_at: export.fetched_at.map(|at| present::date_time(&state.app, at)).unwrap_or_default(),
    }
}

async fn shown(
    state: &State,
    request: &HttpRequest,
    frame: Frame,
    (viewer, id): (Principal, HouseId),
    (made, typed): (Option<(String, String)>, Fields),
) -> Result<HttpResponse, ApiError> {
    let app = &state.app;
    let house = houses::own_listing(app, viewer, id).await?;
    let feeds = feeds::list(app, viewer, id).await?;
    let feeds: Vec<_> = feeds.into_iter().map(|listed| feed(state, frame.language, listed)).collect();
    let links = exports::list(app, viewer, id).await?;
    let page = FeedsPage {
        tab: "",
        part: "feeds",
        id: id.get(),
        title: house.offer.title,
        links: links.into_iter().map(|export| link(state, &feeds, export)).collect(),
        feeds,
        made,
        typed,
        f: frame,
    };
    frame::personal(request, state, &page, &page.f)
}

/// `GET /host/houses/{id}/feeds`
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let frame = done::told(Frame::of(&request, &state), &Fields::of_query(&request));
    let nothing = (None, Fields::known(vec![]));
    shown(&state, &request, frame, (viewer.0, id_in_path(&id)?), nothing).await
}

async fn answered(
    state: &State,
    request: &HttpRequest,
    (viewer, id): (Principal, HouseId),
    result: Result<&'static str, ApiError>,
    typed: Fields,
) -> Result<HttpResponse, ApiError> {
    let done = result.map(|done| local::redirect(&format!("/host/houses/{id}/feeds?done={done}")));
    answer(state, request, done, async |frame| shown(state, request, frame, (viewer, id), (None, typed)).await).await
}

/// `POST /host/houses/{id}/feeds`: connects a calendar.
pub async fn connect(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, MemberForm { viewer, token: _, fields }): (HouseId, _) = (id_in_path(&id)?, form);
    houses::own_listing(&state.app, viewer, id).await?;
    let connected = match command(&fields) {
        Ok(command) => feeds::connect(&state.app, viewer, id, command).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    if let Ok(feed) = connected {
        poll_soon(&state.app, feed);
    }
    answered(&state, &request, (viewer, id), connected.map(|_| "connected"), fields).await
}

fn command(fields: &Fields) -> Result<ConnectFeed, ApiError> {
    let days = |name| fields.get(name).trim().parse::<i64>().unwrap_or_default();
    Ok(ConnectFeed {
        name: CalendarName::new(fields.get("name"))?,
        url: fields.get("url").to_owned(),
        offsets: DayOffsets::new(-days("before"), days("behind"))?,
        is_all_closures: fields.filled("all_closures").is_some(),
    })
}

/// `POST /host/houses/{id}/feeds/{feed}`: what the button says.
pub async fn act(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let MemberForm { viewer, token: _, fields } = form;
    let (house, id): (HouseId, FeedId) = (id_in_path(&path.0)?, id_in_path(&path.1)?);
    let app = &state.app;
    let pause = |is_paused| ChangeFeed { is_paused: Some(is_paused), ..ChangeFeed::default() };
    let result = match fields.get("act") {
        // Asked for a moment ago: it is being read.
        "sync" => match feeds::sync(app, viewer, house, id).await {
            Ok(()) | Err(AppError::TooOften(_)) => Ok("syncing"),
            Err(error) => Err(error),
        },
        "release" => feeds::release(app, viewer, house, id).await.map(|()| "released"),
        "pause" => feeds::change(app, viewer, (house, id), None, &pause(true)).await.map(|()| "paused"),
        "resume" => feeds::change(app, viewer, (house, id), None, &pause(false)).await.map(|()| "resumed"),
        _ => feeds::disconnect(app, viewer, house, id).await.map(|()| "disconnected"),
    };
    if let Ok("syncing" | "resumed") = result {
        poll_soon(app, id);
    }
    answered(&state, &request, (viewer, house), result.map_err(ApiError::from), Fields::known(vec![])).await
}

/// `POST /host/houses/{id}/links`: makes a link, which the answer shows once.
pub async fn make_link(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, MemberForm { viewer, token: _, fields }): (HouseId, _) = (id_in_path(&id)?, form);
    houses::own_listing(&state.app, viewer, id).await?;
    let feed = fields.filled("feed").map(id_in_path).transpose()?;
    let made = match CalendarName::new(fields.get("link_name")) {
        Ok(name) => exports::create(&state.app, viewer, id, &CreateExport { name, feed }).await.map_err(ApiError::from),
        Err(invalid) => Err(invalid.into()),
    };
    show_link(&state, &request, (viewer, id), made, fields).await
}

/// `POST /host/houses/{id}/links/{link}`: renews or deletes a link.
pub async fn change_link(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let MemberForm { viewer, token: _, fields } = form;
    let house: HouseId = id_in_path(&path.0)?;
    let id = id_in_path(&path.1)?;
    if fields.get("act") == "renew" {
        let made = exports::renew(&state.app, viewer, house, id).await.map_err(ApiError::from);
        return show_link(&state, &request, (viewer, house), made, Fields::known(vec![])).await;
    }
    let deleted = exports::delete(&state.app, viewer, house, id).await.map(|()| "unlinked").map_err(ApiError::from);
    answered(&state, &request, (viewer, house), deleted, Fields::known(vec![])).await
}

/// The page with a link that was made. It is no redirect: the link stands nowhere else.
async fn show_link(
    state: &State,
    request: &HttpRequest,
    (viewer, id): (Principal, HouseId),
    made: Result<CreatedExport, ApiError>,
    typed: Fields,
) -> Result<HttpResponse, ApiError> {
    match made {
        Ok(CreatedExport { export, secret }) => {
            let made = (export.name.as_str().to_owned(), present::address(state, request, &secret.path()));
            let nothing = Fields::known(vec![]);
            shown(state, request, Frame::of(request, state), (viewer, id), (Some(made), nothing)).await
        }
        Err(error) => answered(state, request, (viewer, id), Err(error), typed).await,
    }
}
