//! Paying, as the pages of this dialect do it. Where the site takes no payments, there are no such calls: see
//! [`crate::routes_with_payments`].

use actix_web::web;
use minsu_application::{
    AppError, OrderError, PaymentFailed,
    payments::{self, ReturnPage, StartPayment},
};
use minsu_domain::{Field, OrderId, TransitionRefused};
use minsu_ports::{PaymentAction, PaymentError};
use serde::Serialize;
use utoipa::ToSchema;

use super::envelope::{Done, Reply};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    body::Body,
    client_address::Client,
    fields::parse_id,
    login::LoggedIn,
    openapi::{
        call::{Call, Input},
        refusals::{self, ConcatAll},
        values,
    },
    state::State,
};

/// Where the page goes to pay.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayUrlData {
    /// The address that the browser opens.
    #[schema(examples("https://openapi.alipay.com/gateway.do?…"))]
    pay_url: String,
}

pub(crate) const PAY: Call = Call::post::<Reply<PayUrlData>>(
    "/orders/{id}/payment",
    "pay_order",
    "Starts to pay an order.",
)
.says(
    "The guest starts to pay an order that waits for its payment; the page opens `pay_url`. Another one's order and \
         one that waits for no payment answer 4004.",
)
.needs_login()
.with_path(Input::new("id", "the order", values::id_in_path))
.refuses(|| {
    [
        refusals::app([
            TransitionRefused::WrongState.into(),
            AppError::Payment(PaymentFailed::Provider(PaymentError::Unknown(refusals::cause()))),
        ]),
        refusals::invalid(&[Field::Id]),
    ]
    .concat_all()
});

pub(crate) async fn pay(
    state: web::Data<State>,
    viewer: LoggedIn,
    client: Client,
    id: web::Path<String>,
) -> Result<Reply<PayUrlData>, ApiError> {
    let order: OrderId = parse_id(&id)?;
    let command = StartPayment {
        order,
        method: None,
        return_to: ReturnPage::OldPages,
        payer_address: Some(client.0.to_string()),
    };
    // The pages know one refusal: an order that cannot be paid by this guest.
    let started = payments::start(&state.app, viewer.0, &command).await.map_err(|error| match error {
        AppError::Order(OrderError::NotFound) => TransitionRefused::WrongState.into(),
        error => error,
    })?;
    let payment = payments::view_unasked(&state.app, viewer.0, started).await?;
    let pay_url = match payment.action {
        Some(PaymentAction::Redirect(url)) => url,
        // The page of the site shows the code.
        Some(PaymentAction::Qr(_)) | None => format!("/orders/{order}/pay"),
    };
    Ok(Reply::new(PayUrlData { pay_url }))
}

pub(crate) const RETURNED: Call = Call::post::<Done>("/payment", "payment_returned", "A payer came back.")
    .says(
        "The page behind the provider's sends its query string as a form. Nothing of it is believed: the provider is \
         asked whether it was paid. A string that names no payment answers 4004.",
    )
    .refuses(refused_return);

pub(crate) const PUT_RETURNED: Call =
    Call::put::<Done>("/order/payment", "payment_returned_put", "The same, as younger pages call it.")
        .says("As `POST /payment`.")
        .refuses(refused_return);

fn refused_return() -> Vec<ApiError> {
    refusals::app([AppError::Payment(PaymentFailed::NotFound)])
}

pub(crate) async fn returned(state: web::Data<State>, body: Body) -> Result<Done, ApiError> {
    let query = str::from_utf8(&body.0).map_err(|_| RequestFault::MalformedBody)?;
    payments::returned(&state.app, query).await?;
    Ok(Done::OK)
}
