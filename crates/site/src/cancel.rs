//! Cancelling an order: what is refunded, then the cancellation.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::orders::{self, CancellationPreview};
use minsu_domain::{Money, OrderId, OrderReason, Principal};
use minsu_web::{api_error::ApiError, login::LoggedIn, present, state::State};

use crate::{
    answer::answer,
    form::MemberForm,
    format,
    frame::{self, Frame},
    listing::id_in_path,
    local, order_list,
};

#[derive(Template)]
#[template(path = "cancel.html")]
struct CancelPage {
    f: Frame,
    id: i64,
    /// The list of orders that it is in.
    back: &'static str,
    title: String,
    start: String,
    end: String,
    /// What was paid until now, at a site where orders are paid.
    paid: Option<String>,
    refunded: String,
    kept: String,
    /// When less is refunded.
    until: Option<String>,
    most: usize,
}

async fn shown(
    state: &State,
    request: &HttpRequest,
    f: Frame,
    viewer: Principal,
    id: OrderId,
) -> Result<HttpResponse, ApiError> {
    let app = &state.app;
    let order = orders::view(app, viewer, id).await?;
    let preview = orders::preview_cancellation(app, viewer, id).await?;
    let (refunded, kept) = moved(&preview, f.payments);
    let page = CancelPage {
        id: id.get(),
        back: order_list::path(order_list::role(viewer, order.landlord.id)),
        title: order.title,
        start: order.start.to_string(),
        end: order.end.to_string(),
        paid: f.payments.then(|| format::money(preview.paid)),
        refunded: format::money(refunded),
        kept: format::money(kept),
        until: preview.until.map(|at| present::date_time(app, at)),
        most: OrderReason::MAX_CHARS,
        f,
    };
    frame::personal(request, state, &page, &page.f)
}

/// What goes back and what is kept. Where orders are paid, it is of what was paid until now; elsewhere guest and landlord
/// settle the price among themselves.
fn moved(preview: &CancellationPreview, is_paid_here: bool) -> (Money, Money) {
    if !is_paid_here {
        return (preview.refunded, preview.kept);
    }
    let refunded = preview.refunded.min(preview.paid);
    (refunded, Money::from_fen(preview.paid.fen() - refunded.fen()).unwrap_or(Money::ZERO))
}

/// `GET /orders/{id}/cancel`
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: OrderId = id_in_path(&id)?;
    shown(&state, &request, Frame::of(&request, &state), viewer.0, id).await
}

/// `POST /orders/{id}/cancel`
pub async fn cancel(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, viewer): (OrderId, _) = (id_in_path(&id)?, form.viewer);
    // Who is no party does not learn that there is such an order.
    let order = orders::view(&state.app, viewer, id).await?;
    let done = async {
        let reason = form.fields.filled("reason").map(OrderReason::new).transpose()?;
        orders::cancel(&state.app, viewer, id, reason.as_ref()).await?;
        let list = order_list::path(order_list::role(viewer, order.landlord.id));
        Ok(local::redirect(&format!("{list}?done=canceled")))
    };
    let done = done.await;
    answer(&state, &request, done, async |frame| shown(&state, &request, frame, viewer, id).await).await
}
