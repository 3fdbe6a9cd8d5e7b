//! The receipt of a paid order, to be printed.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::payments;
use minsu_domain::{Money, OrderId, RefundProgress};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    login::LoggedIn,
    present,
    state::State,
};

use super::{
    pay::own,
    summary::{self, Paid},
};
use crate::{
    done,
    form::Fields,
    format,
    frame::{self, Frame},
    listing::id_in_path,
    price::Price,
};

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    f: Frame,
    id: i64,
    title: String,
    landlord: String,
    guest: String,
    start: String,
    end: String,
    guests: u32,
    placed: String,
    status: &'static str,
    class: &'static str,
    quote: Price,
    paid: Vec<Paid>,
    /// What the guest has got back, where it is anything.
    refunded: Option<String>,
}

/// `GET /orders/{id}/receipt`
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (app, id): (_, OrderId) = (&state.app, id_in_path(&id)?);
    let order = own(app, viewer.0, id).await?;
    let payments = payments::of_order(app, viewer.0, id).await?;
    if payments.iter().all(|payment| payment.attempt.received.is_none()) {
        return Err(RequestFault::UnknownPath.into());
    }
    let refunds = payments.iter().flat_map(|payment| &payment.refunds);
    let done = refunds.filter(|refund| refund.progress == RefundProgress::Done);
    let refunded: i64 = done.map(|refund| refund.amount.fen()).sum();
    let refunded = Money::from_fen(refunded).ok().filter(|refunded| refunded.fen() > 0);
    let f = done::told(Frame::of(&request, &state), &Fields::of_query(&request));
    let (status, class) = format::status(f.language, order.status);
    let page = ReceiptPage {
        id: id.get(),
        landlord: order.landlord.name.as_str().to_owned(),
        guest: order.guest.name.as_str().to_owned(),
        title: order.title,
        start: order.start.to_string(),
        end: order.end.to_string(),
        guests: order.guests,
        placed: present::date_time(app, order.created_at),
        status,
        class,
        quote: Price::new(f.language, &order.quote),
        paid: summary::paid(app, f.language, payments),
        refunded: refunded.map(format::money),
        f,
    };
    frame::personal(&request, &state, &page, &page.f)
}
