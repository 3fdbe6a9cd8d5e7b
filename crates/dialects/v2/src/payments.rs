//! Paying an order. Where the site takes no payments, there are no such calls.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use minsu_application::{
    App, AppError, OrderError, PaymentFailed,
    payments::{self, ReturnPage, StartPayment},
};
use minsu_domain::{PaymentMethod, PaymentProviderKind, Scope, TransitionRefused};
use minsu_ports::{PaymentError, RawNotice};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    body::Body,
    client_address::Client,
    native_fault::FieldRule,
    openapi::{
        call::{Call, Input, Verb},
        refusals::{self, ConcatAll},
    },
};

use crate::{
    acting::{Caller, Site},
    bodies::PaymentBody,
    fields::Fields,
    listings::id_in_path,
    orders::ID,
    payment_dto::PaymentData,
    reply::Reply,
    values,
};

/// The most bytes of a provider's message.
const NOTICE_BYTES: usize = 65_536;

pub(crate) const PAY: Call = Call::post::<PaymentData>("/orders/{id}/payments", "pay_order", "Starts to pay an order.")
    .says(
        "The guest starts to pay an order that waits for its payment, and gets what the browser does: it opens a URL or \
         shows a QR code. An order has one attempt at a time that can be paid; the same way again answers the same \
         attempt. Whether it is paid is told by `GET /payments/{id}`. Where the site takes no payments, there is no such \
         call.",
    )
    .has_location()
    .needs_scope(Scope::OrdersWrite)
    .demands_key()
    .with_path(ID)
    .with_json::<PaymentBody>()
    .refuses(|| {
        [
            refusals::app([
                AppError::Order(OrderError::NotFound),
                TransitionRefused::WrongState.into(),
                AppError::Payment(PaymentFailed::NotOffered),
                AppError::Payment(PaymentFailed::Provider(PaymentError::Unknown(refusals::cause()))),
            ]),
            unknown(),
        ]
        .concat_all()
    })
    .leads("/id", &[("payment", "id")]);

fn unknown() -> Vec<ApiError> {
    vec![RequestFault::UnknownPath.into()]
}

/// Refuses where the site takes no payments.
fn demand_payments(app: &App) -> Result<(), ApiError> {
    if app.payment.is_some() { Ok(()) } else { Err(RequestFault::UnknownPath.into()) }
}

pub(crate) async fn pay(
    site: Site,
    caller: Caller,
    client: Client,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<PaymentData>, ApiError> {
    let method = body.need("method", |value| {
        let name = value.as_str().ok_or(FieldRule::Type)?;
        PaymentMethod::of_name(name).ok_or(FieldRule::Format)
    });
    let (method, order) = (body.finish(method)?, id_in_path(&id)?);
    demand_payments(site.app())?;
    let (app, viewer) = (site.app(), caller.0);
    let command = StartPayment {
        order,
        method: Some(method),
        return_to: ReturnPage::Site,
        payer_address: Some(client.0.to_string()),
    };
    let id = payments::start(app, viewer, &command).await?;
    let payment = payments::view_unasked(app, viewer, id).await?;
    Ok(Reply::created(&format!("/payments/{id}"), payment.into()))
}

pub(crate) const PAYMENT: Call = Call::get::<PaymentData>("/payments/{id}", "payment", "An attempt to pay.")
    .says(
        "How far an attempt of the caller to pay is. While it can be paid the provider is asked, at most once in three \
         seconds.",
    )
    .needs_scope(Scope::OrdersRead)
    .with_path(Input::new("id", "the attempt", values::id))
    .refuses(|| refusals::app([AppError::Payment(PaymentFailed::NotFound)]));

pub(crate) async fn payment(site: Site, caller: Caller, id: web::Path<String>) -> Result<Reply<PaymentData>, ApiError> {
    demand_payments(site.app())?;
    Ok(Reply::ok(payments::view(site.app(), caller.0, id_in_path(&id)?).await?.into()))
}

pub(crate) const NOTICE: Call = Call::without_content(
    Verb::Post,
    "/payments/notices/{provider}",
    "payment_notice",
    "A message of a payment provider.",
)
.says(
    "For payment providers alone: a message with the provider's signature, answered in the provider's form. Nothing of \
     it counts before the signature is verified.",
)
.with_path(Input::new("provider", "the provider", values::provider))
.refuses(unknown);

pub(crate) async fn notice(
    site: Site,
    request: HttpRequest,
    provider: web::Path<String>,
    body: Body,
) -> Result<HttpResponse, ApiError> {
    let app = site.app();
    demand_payments(app)?;
    let provider = PaymentProviderKind::of_name(&provider).ok_or(RequestFault::UnknownPath)?;
    if body.0.len() > NOTICE_BYTES {
        return Err(RequestFault::BodyTooLarge.into());
    }
    let headers = request.headers().iter();
    let headers = headers.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    let notice = RawNotice { headers: headers.collect(), body: body.0.to_vec(), received_at: app.clock.now() };
    let answer = payments::take_notice(app, provider, &notice).await.map_err(|error| match error {
        AppError::Payment(PaymentFailed::NotFound) => RequestFault::UnknownPath.into(),
        error => ApiError::from(error),
    })?;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    if let Some(media_type) = answer.media_type {
        response.insert_header((header::CONTENT_TYPE, media_type));
    }
    Ok(response.body(answer.body))
}
