//! Booking: the price once more, then the order.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use minsu_application::{
    App, AppError, OrderError, houses,
    orders::{self, AgreedPrice, PlaceOrder},
};
use minsu_domain::{HouseId, Money, OrderId, OrderStatus, Principal, RealName};
use minsu_ports::HouseDetail;
use minsu_web::{api_error::ApiError, login::LoggedIn, present, state::State};

use crate::{
    answer::answer,
    fault,
    form::{Fields, MemberForm},
    format,
    frame::{self, Frame},
    free_days::{self, FreeDays},
    listing::{ChosenStay, id_in_path},
    local,
    occupant_fields::{self, OccupantField},
    price::Price,
};

#[derive(Template)]
#[template(path = "book.html")]
struct BookPage {
    f: Frame,
    id: i64,
    title: String,
    address: String,
    landlord: String,
    small: String,
    capacity: u32,
    deposit: String,
    stay: ChosenStay,
    days: FreeDays,
    quote: Option<Price>,
    /// Keeps the price for a while.
    token: String,
    /// What the price was when it was shown last, where it has changed since.
    was: Option<String>,
    /// The fields of the people who stay, where the site demands them.
    fields: Vec<OccupantField>,
    most: usize,
}

async fn page(
    state: &State,
    f: Frame,
    viewer: Principal,
    house: HouseDetail,
    (stay, shown): (ChosenStay, Option<Money>),
    typed: Option<&Fields>,
) -> Result<BookPage, ApiError> {
    let (app, language) = (&state.app, f.language);
    let found = free_days::of(app, house.id, Some(viewer)).await?;
    let capacity = house.offer.dwelling.capacity;
    let quote = match stay.to_book(house.id, capacity) {
        Ok(order) => {
            let quoted = orders::quote(app, Some(viewer), &order).await;
            quoted.map(|quoted| (quoted, order.guests)).map_err(ApiError::from)
        }
        Err(error) => Err(error),
    };
    let mut page = BookPage {
        f,
        id: house.id.get(),
        title: house.offer.title,
        address: house.offer.address,
        landlord: house.landlord.name.as_str().to_owned(),
        small: present::small_picture(app, house.pictures.first().map(|first| &first.key)),
        capacity,
        deposit: format::money(house.offer.deposit),
        stay,
        days: FreeDays::new(app, &found),
        quote: None,
        token: String::new(),
        was: None,
        fields: Vec::new(),
        most: RealName::MAX_CHARS,
    };
    match quote {
        Ok((quoted, guests)) => {
            page.was = shown.filter(|shown| *shown != quoted.quote.total()).map(format::money);
            page.quote = Some(Price::new(language, &quoted.quote));
            page.token = quoted.token;
            if app.policy.occupants_required {
                page.fields = occupant_fields::fields(guests, typed);
            }
        }
        Err(error) => page.f = page.f.refused(fault::above_the_form(error, language)?),
    }
    Ok(page)
}

/// `GET /houses/{id}/book`
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: HouseId = id_in_path(&id)?;
    let house = houses::detail(&state.app, id, Some(viewer.0)).await?;
    let fields = Fields::of_query(&request);
    let stay = ChosenStay::of(&fields);
    let shown = stay.price_shown(fields.get("shown"));
    let page = page(&state, Frame::of(&request, &state), viewer.0, house, (stay, shown), None).await?;
    frame::personal_with(&request, &state, StatusCode::OK, &page, &page.f)
}

/// `POST /houses/{id}/book`
pub async fn book(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: HouseId = id_in_path(&id)?;
    let house = houses::detail(&state.app, id, Some(form.viewer)).await?;
    let stay = ChosenStay::of(&form.fields);
    // The price that the page showed.
    let total = form.fields.get("total").parse().ok().and_then(|fen| Money::from_fen(fen).ok());
    let done = async {
        let stay = stay.to_book(id, house.offer.dwelling.capacity)?;
        let occupants = occupant_fields::read(stay.guests, &form.fields, state.app.today())?;
        let kept = form.fields.filled("quote").map(|token| AgreedPrice::Quote(token.to_owned()));
        let order = PlaceOrder { stay, price: kept.unwrap_or(AgreedPrice::Rules), total, occupants };
        let placed = place(&state.app, form.viewer, order).await?;
        Ok(local::redirect(&after(&state.app, form.viewer, placed).await?))
    };
    let done = done.await;
    answer(&state, &request, done, async |frame| {
        let refused = frame.notice;
        let mut page = page(&state, frame, form.viewer, house, (stay, total), Some(&form.fields)).await?;
        // Not what the price of these days says, but why they were not booked.
        page.f.notice = refused;
        frame::personal(&request, &state, &page, &page.f)
    })
    .await
}

/// Where a guest goes on to: an order that waits for its payment at once is paid.
async fn after(app: &App, viewer: Principal, order: OrderId) -> Result<String, AppError> {
    if app.payment.is_some() && orders::view(app, viewer, order).await?.status == OrderStatus::WaitPayment {
        return Ok(format!("/orders/{order}/pay"));
    }
    Ok("/orders?done=booked".to_owned())
}

/// Places the order. A price that is kept no longer may still be that of the rules: then it is booked as it was shown.
async fn place(app: &App, viewer: Principal, order: PlaceOrder) -> Result<OrderId, AppError> {
    let placed = orders::place(app, viewer, &order).await;
    match placed {
        Err(AppError::Order(OrderError::QuoteExpired)) if order.total.is_some() => {
            orders::place(app, viewer, &PlaceOrder { price: AgreedPrice::Rules, ..order }).await
        }
        placed => placed,
    }
}
