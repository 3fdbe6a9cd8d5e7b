//! A landlord's houses.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::{houses, users};
use minsu_domain::{HouseId, ListingState, PageLimit};
use minsu_ports::OwnHouse;
use minsu_web::{api_error::ApiError, fields::parse_id, language::Language, login::LoggedIn, present, state::State};

use crate::{
    done,
    form::Fields,
    format,
    frame::{self, Frame},
    language::say,
};

struct Own {
    id: i64,
    title: String,
    small: String,
    price: String,
    state: &'static str,
    class: &'static str,
    bookings: u32,
    created: String,
}

/// The state of a listing, and the class of its label.
pub const fn state_of(language: Language, state: ListingState) -> (&'static str, &'static str) {
    match state {
        ListingState::Draft => (say(language, "草稿", "Draft"), "waiting"),
        ListingState::Published => (say(language, "已发布", "Published"), "good"),
        ListingState::Unlisted => (say(language, "已下架", "Off the site"), "waiting"),
        ListingState::Blocked => (say(language, "已被平台下架", "Blocked by the site"), "over"),
        ListingState::Deleted => (say(language, "已删除", "Deleted"), "over"),
    }
}

impl Own {
    fn new(state: &State, language: Language, house: OwnHouse) -> Self {
        let (name, class) = state_of(language, house.state);
        Self {
            id: house.id.get(),
            title: house.offer.title,
            small: present::small_picture(&state.app, house.pictures.first().map(|first| &first.key)),
            price: format::money(house.offer.price),
            state: name,
            class,
            bookings: house.order_count,
            created: present::date(&state.app, house.created_at),
        }
    }
}

#[derive(Template)]
#[template(path = "host_houses.html")]
struct HousesPage {
    f: Frame,
    verified: bool,
    houses: Vec<Own>,
    next: Option<i64>,
}

/// `GET /host`
pub async fn list(state: web::Data<State>, request: HttpRequest, viewer: LoggedIn) -> Result<HttpResponse, ApiError> {
    let fields = Fields::of_query(&request);
    let frame = done::told(Frame::of(&request, &state), &fields);
    let after = fields.filled("after").and_then(|id| parse_id::<HouseId>(id).ok());
    let listed = houses::own_listings(&state.app, viewer.0, after, PageLimit::USUAL).await?;
    let page = HousesPage {
        verified: users::has_identity(&state.app, viewer.0).await?,
        next: listed.next.map(HouseId::get),
        houses: listed.listings.into_iter().map(|house| Own::new(&state, frame.language, house)).collect(),
        f: frame,
    };
    frame::personal(&request, &state, &page, &page.f)
}
