//! Paying an order: the choice of a way, the code or the link to the provider, and what became of it. What a browser
//! brings back from a provider is a reason to ask the provider, and nothing else.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web,
};
use askama::Template;
use minsu_application::{
    App, AppError, OrderError, orders,
    payments::{self, Payment, ReturnPage, StartPayment},
};
use minsu_domain::{AttemptState, OrderId, OrderStatus, PaymentMethod, Principal};
use minsu_ports::{OrderView, PaymentAction};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    language::Language,
    login::LoggedIn,
    present,
    state::State,
};

use super::{
    qr,
    summary::{self, Back},
};
use crate::{
    answer::answer,
    form::{Fields, MemberForm},
    format,
    frame::{self, Frame},
    language::say,
    listing::id_in_path,
    local,
};

/// A way to pay.
struct Way {
    name: &'static str,
    words: &'static str,
}

/// What the guest does to pay.
enum Action {
    /// Opens the provider's page.
    Open(String),
    /// Scans this code.
    Scan(qr::Code),
    /// Waits: the provider has not told yet.
    Nothing,
}

/// How far the payment is.
enum Stage {
    /// The guest chooses a way.
    Choose { closed: bool },
    /// The provider waits for the guest, or the site for the provider.
    Wait { way: &'static str, action: Action },
    /// Nothing is to be paid.
    Over { sentence: &'static str },
}

#[derive(Template)]
#[template(path = "pay.html")]
struct PayPage {
    f: Frame,
    id: i64,
    title: String,
    start: String,
    end: String,
    days: String,
    total: String,
    /// Until when it is to be paid.
    until: Option<String>,
    ways: Vec<Way>,
    stage: Stage,
    /// Whether the page shows by itself what comes of it.
    waits: bool,
    /// The provider's page, to which the browser goes on at once.
    goes_to: Option<String>,
    /// What goes back of what was paid.
    refunds: Vec<Back>,
}

/// An order of the guest's own. That it is another guest's is not told, nor is it to its landlord.
///
/// # Errors
/// [`OrderError::NotFound`].
pub(super) async fn own(app: &App, viewer: Principal, id: OrderId) -> Result<OrderView, AppError> {
    let order = orders::view(app, viewer, id).await?;
    if order.guest.id == viewer.user { Ok(order) } else { Err(OrderError::NotFound.into()) }
}

/// The payments of an order, the last one as the provider says it is now.
async fn asked(app: &App, viewer: Principal, id: OrderId) -> Result<Vec<Payment>, AppError> {
    let mut payments = payments::of_order(app, viewer, id).await?;
    for payment in payments.iter_mut().filter(|payment| payment.attempt.state.is_live()) {
        *payment = payments::view(app, viewer, payment.attempt.id).await?;
    }
    Ok(payments)
}

/// `GET /orders/{id}/pay`, which is also where providers send browsers back to.
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (app, viewer, id): (_, _, OrderId) = (&state.app, viewer.0, id_in_path(&id)?);
    own(app, viewer, id).await?;
    let payments = asked(app, viewer, id).await?;
    // The answer of the provider may have moved it.
    let order = own(app, viewer, id).await?;
    let is_paid = matches!(order.status, OrderStatus::Paid | OrderStatus::WaitComment | OrderStatus::Complete);
    if is_paid && payments.iter().any(|payment| payment.attempt.received.is_some()) {
        return Ok(local::redirect(&format!("/orders/{id}/receipt?done=paid")));
    }
    let goes = Fields::of_query(&request).filled("go").is_some();
    shown(&state, &request, Frame::of(&request, &state), order, payments, goes)
}

fn shown(
    state: &State,
    request: &HttpRequest,
    f: Frame,
    order: OrderView,
    payments: Vec<Payment>,
    goes: bool,
) -> Result<HttpResponse, ApiError> {
    let (app, language) = (&state.app, f.language);
    let until = order.expires_at.filter(|_| order.status == OrderStatus::WaitPayment);
    let stage = stage(app, language, &order, &payments);
    let goes_to = match &stage {
        Stage::Wait { action: Action::Open(url), .. } if goes => Some(url.clone()),
        Stage::Choose { .. } | Stage::Wait { .. } | Stage::Over { .. } => None,
    };
    // A way that the guest is on already is not chosen again, unless the provider has not answered.
    let on_the_way = payments.iter().find(|payment| payment.action.is_some()).map(|payment| payment.attempt.method);
    let ways = payments::methods(app).into_iter().filter(|method| Some(*method) != on_the_way);
    let page = PayPage {
        id: order.id.get(),
        title: order.title,
        start: order.start.to_string(),
        end: order.end.to_string(),
        days: format::days(language, order.quote.days()),
        total: format::money(order.quote.total()),
        until: until.map(|until| present::date_time(app, until)),
        ways: ways.map(|method| Way { name: method.name(), words: summary::way(language, method) }).collect(),
        waits: matches!(stage, Stage::Wait { .. }),
        stage,
        goes_to,
        refunds: summary::paid(app, language, payments).into_iter().flat_map(|paid| paid.refunds).collect(),
        f,
    };
    let mut response = frame::personal(request, state, &page, &page.f)?;
    if page.waits {
        may_ask_and_leave(&mut response);
    }
    Ok(response)
}

fn stage(app: &App, language: Language, order: &OrderView, payments: &[Payment]) -> Stage {
    let over = |chinese, english| Stage::Over { sentence: say(language, chinese, english) };
    match order.status {
        OrderStatus::WaitPayment => {}
        OrderStatus::WaitAccept => return over("房东接单后才需要支付。", "You pay after the landlord has accepted."),
        OrderStatus::Canceled | OrderStatus::Rejected => {
            return over("订单已结束，无需支付。", "The order is over; nothing is to be paid.");
        }
        OrderStatus::Paid | OrderStatus::WaitComment | OrderStatus::Complete => {
            return over("此订单无需在线支付。", "Nothing is to be paid here for this order.");
        }
    }
    if let Some(live) = payments.iter().find(|payment| payment.attempt.state.is_live()) {
        let action = match &live.action {
            Some(PaymentAction::Redirect(url)) => Action::Open(url.clone()),
            Some(PaymentAction::Qr(text)) => qr::code(text).map_or(Action::Nothing, Action::Scan),
            None => Action::Nothing,
        };
        return Stage::Wait { way: summary::way(language, live.attempt.method), action };
    }
    if order.expires_at.is_some_and(|until| until <= app.clock.now()) {
        return over("支付时间已过，订单即将自动取消。", "The time to pay is over; the order will be cancelled.");
    }
    Stage::Choose { closed: payments.last().is_some_and(|last| last.attempt.state == AttemptState::Closed) }
}

/// A page that waits asks for itself again by its script, and tells a provider from which site its visitors come, which
/// WeChat Pay demands.
fn may_ask_and_leave(response: &mut HttpResponse) {
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let policy = policy.map(|policy| format!("connect-src 'self'; {policy}"));
    if let Some(policy) = policy.and_then(|policy| HeaderValue::try_from(policy).ok()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// `POST /orders/{id}/pay`
pub async fn start(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (app, viewer, order): (_, _, OrderId) = (&state.app, form.viewer, id_in_path(&id)?);
    own(app, viewer, order).await?;
    let done = async {
        let method = PaymentMethod::of_name(form.fields.get("method")).ok_or(RequestFault::WrongFields)?;
        let payer_address = Some(client.0.to_string());
        let command = StartPayment { order, method: Some(method), return_to: ReturnPage::Site, payer_address };
        let payment = payments::start(app, viewer, &command).await?;
        let payment = payments::view(app, viewer, payment).await?;
        Ok(local::redirect(&next(app, order, payment.action)))
    };
    let done = done.await;
    answer(&state, &request, done, async |frame| {
        let order = own(app, viewer, order).await?;
        let payments = payments::of_order(app, viewer, order.id).await?;
        shown(&state, &request, frame, order, payments, false)
    })
    .await
}

/// Where the browser goes to pay. To another site it goes on from a page of this one: the policy of pages lets no form
/// lead elsewhere.
fn next(app: &App, order: OrderId, action: Option<PaymentAction>) -> String {
    match action {
        Some(PaymentAction::Redirect(url)) => {
            local::path_here(app, &url).map_or_else(|| format!("/orders/{order}/pay?go=1"), str::to_owned)
        }
        Some(PaymentAction::Qr(_)) | None => format!("/orders/{order}/pay"),
    }
}
