//! The page of the sandbox, which plays the payment provider: what is clicked is kept by the sandbox, and its signed
//! message is taken in as one that came from outside.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::{AppError, PaymentFailed, payments};
use minsu_domain::PaymentProviderKind;
use minsu_ports::{PaymentError, PaymentSandbox, ProviderState, SandboxButton};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    present,
    state::State,
};

use crate::{
    form::VisitorForm,
    format,
    frame::{self, Frame},
    local,
};

/// The sandbox of the site.
#[derive(Clone)]
pub struct Sandbox(pub Arc<dyn PaymentSandbox>);

#[derive(Template)]
#[template(path = "sandbox.html")]
struct SandboxPage {
    f: Frame,
    token: String,
    number: String,
    subject: String,
    amount: String,
    until: String,
    /// What became of it, once nothing can be clicked any more.
    over: Option<&'static str>,
    back: String,
}

fn sandbox(request: &HttpRequest) -> Result<&Sandbox, ApiError> {
    request.app_data::<Sandbox>().ok_or_else(|| RequestFault::UnknownPath.into())
}

fn failed(error: PaymentError) -> ApiError {
    AppError::from(PaymentFailed::Provider(error)).into()
}

/// `GET /sandbox-payment/{token}`
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    token: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let shown = sandbox(&request)?.0.shown(&token).await.map_err(failed)?;
    let payment = shown.ok_or(RequestFault::UnknownPath)?;
    let f = Frame::of(&request, &state);
    let over = match payment.state {
        ProviderState::Open | ProviderState::NotFound => None,
        ProviderState::Paid(_) => Some(f.say("已支付。", "It is paid.")),
        ProviderState::Closed => {
            Some(f.say("已关闭或过期，不能再支付。", "It is closed or expired and cannot be paid."))
        }
    };
    let back = payment.return_url;
    let page = SandboxPage {
        token: token.into_inner(),
        number: payment.number.as_str().to_owned(),
        subject: payment.subject,
        amount: format::money(payment.amount),
        until: present::date_time(&state.app, payment.expires_at),
        over,
        back: local::path_here(&state.app, &back).unwrap_or(&back).to_owned(),
        f,
    };
    frame::personal(&request, &state, &page, &page.f)
}

/// `POST /sandbox-payment/{token}`: the holder of the token is the payer, as at a provider.
pub async fn press(
    state: web::Data<State>,
    request: HttpRequest,
    form: VisitorForm,
    token: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let named = SandboxButton::ALL.into_iter().find(|(name, _)| form.0.filled(name).is_some());
    let (_, button) = named.ok_or(RequestFault::WrongFields)?;
    let reply = match sandbox(&request)?.0.press(&token, button).await {
        Ok(reply) => reply.ok_or(RequestFault::UnknownPath)?,
        // Clicked twice, or too late: the page says what became of it.
        Err(PaymentError::Refused(_)) => return Ok(local::redirect(&format!("/sandbox-payment/{token}"))),
        Err(error) => return Err(failed(error)),
    };
    // A message that is not taken in is lost, as it may be on the way: the site finds the payment by asking.
    payments::take_notice(&state.app, PaymentProviderKind::Sandbox, &reply.notice).await?;
    let back = reply.return_url;
    Ok(local::redirect(local::path_here(&state.app, &back).unwrap_or(&back)))
}
