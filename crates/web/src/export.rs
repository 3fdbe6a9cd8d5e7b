//! Exports of accounts, sent piece by piece. A task of its own writes the answer and waits for the client: with a
//! turn for heavy work, and without a database connection. However the export ends, the task frees its place; a
//! client that takes no piece for the write timeout, or does not finish within [`LONGEST_EXPORT`], is cut off.

mod piece;
mod writer;

use std::time::Duration;

use actix_web::{HttpResponse, http::header::ContentType};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use minsu_application::{
    App, AppError, ClientAddress,
    sessions::{SessionInfo, SessionToken},
    users::{Export, ExportPlace, ExportedListing, ExportedOrder, ExportedPerson, LONGEST_EXPORT},
};
use minsu_domain::Principal;
use minsu_ports::OrderSide;
use serde::Serialize;
use thiserror::Error;
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    time::timeout,
};
use tracing::Instrument;

use self::{
    piece::{Ended, Piece},
    writer::Writer,
};
use super::{api_error::ApiError, state::State};

/// How a dialect writes an export.
pub trait ExportForm: 'static {
    /// Whether it has the whole identity number, which the session must be confirmed for; else a masked one.
    const WHOLE_NUMBER: bool;

    /// The whole answer, in which the lists of listings, of orders as a guest, of orders as a landlord and of
    /// sessions are empty and come in this order, and no other list is empty.
    fn frame(app: &App, person: ExportedPerson) -> impl Serialize;

    /// A listing.
    fn listing(app: &App, listing: ExportedListing) -> impl Serialize;

    /// An order, on either side.
    fn order(app: &App, order: ExportedOrder) -> impl Serialize;

    /// A session.
    fn session(app: &App, session: SessionInfo) -> impl Serialize;
}

/// Whose export is asked for, and from where.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    /// The person.
    pub viewer: Principal,
    /// The session that asks.
    pub session: SessionToken,
    /// The client.
    pub client: ClientAddress,
}

/// The body ended early: the connection is closed before the end of the answer, so that it cannot be taken for a
/// whole one.
#[derive(Debug, Error)]
#[error("the export is incomplete")]
struct Incomplete;

/// Answers with an export. One that is short is sent in one piece, with its length.
///
/// # Errors
/// [`AppError::TooOften`] while another export of the person is running, [`AppError::Busy`], and what goes wrong
/// before the first piece is full. What goes wrong later cuts the connection.
pub async fn send<F: ExportForm>(state: &State, request: ExportRequest) -> Result<HttpResponse, ApiError> {
    let (out, mut pieces) = mpsc::channel(1);
    let task = run::<F>(state.app.clone(), request, state.http.write_timeout, out);
    tokio::spawn(task.in_current_span());
    let first = match pieces.recv().await {
        Some(Piece::Part(first)) => first,
        Some(Piece::Last(whole)) => return Ok(HttpResponse::Ok().content_type(ContentType::json()).body(whole)),
        Some(Piece::Failed(error)) => return Err(error.into()),
        None => return Err(AppError::Internal("the export ended without an answer".into()).into()),
    };
    let rest = stream::unfold(Some(pieces), async |pieces| {
        let mut pieces = pieces?;
        match pieces.recv().await {
            Some(Piece::Part(part)) => Some((Ok(part), Some(pieces))),
            Some(Piece::Last(last)) => Some((Ok(last), None)),
            Some(Piece::Failed(error)) => {
                log(&error);
                Some((Err(Incomplete), None))
            }
            None => Some((Err(Incomplete), None)),
        }
    });
    let body = stream::iter([Ok(first)]).chain(rest);
    Ok(HttpResponse::Ok().content_type(ContentType::json()).streaming(Box::pin(body)))
}

/// Writes an export and frees its place before the last piece is sent: a client that has read everything can ask
/// again at once.
async fn run<F: ExportForm>(app: App, request: ExportRequest, patience: Duration, out: mpsc::Sender<Piece>) {
    let place = match ExportPlace::take(&app, request.viewer).await {
        Ok(place) => place,
        Err(error) => return fail(&out, error),
    };
    let written = tokio::select! {
        written = timeout(LONGEST_EXPORT, write::<F>(&app, &place, request, patience, &out)) => {
            written.unwrap_or(Err(Ended::TookTooLong))
        }
        () = out.closed() => Err(Ended::ClientLeft),
    };
    if let Err(error) = place.free(&app).await {
        tracing::warn!(%error, "the place of an export was not freed and has to expire");
    }
    match written {
        Ok(last) => {
            // A client that left is not waited for: there is nothing more to free.
            let _ = timeout(patience, out.send(Piece::Last(last))).await;
        }
        Err(Ended::Failed(error)) => fail(&out, error),
        Err(ended) => tracing::info!(reason = %ended, "an export was not sent to its end"),
    }
}

/// Tells a failure. Before the first piece it becomes the answer, and is logged with it; behind one it cuts the
/// answer off.
fn fail(out: &mpsc::Sender<Piece>, error: AppError) {
    if let Err(TrySendError::Full(Piece::Failed(error))) = out.try_send(Piece::Failed(error)) {
        log(&error);
    }
}

fn log(error: &AppError) {
    tracing::error!(?error, "an export failed after its beginning was sent");
}

/// Writes everything but the last piece, which is returned. The turn ends with this.
async fn write<F: ExportForm>(
    app: &App,
    place: &ExportPlace,
    request: ExportRequest,
    patience: Duration,
    out: &mpsc::Sender<Piece>,
) -> Result<Bytes, Ended> {
    let ExportRequest { viewer, session, client } = request;
    let mut export = Export::begin(app, place, viewer, session, client).await?;
    let person = if F::WHOLE_NUMBER { export.person_with_whole_number().await } else { export.person().await };
    let mut writer = Writer::new(&F::frame(app, person?), 4, patience, out)?;
    loop {
        let page = export.listings().await?;
        if page.is_empty() {
            break;
        }
        for listing in page {
            writer.add(&F::listing(app, listing))?;
            writer.send_full().await?;
        }
    }
    for side in [OrderSide::Guest, OrderSide::Landlord] {
        writer.next_list();
        loop {
            let page = export.orders(side).await?;
            if page.is_empty() {
                break;
            }
            for order in page {
                writer.add(&F::order(app, order))?;
                writer.send_full().await?;
            }
        }
    }
    writer.next_list();
    for session in export.sessions().await? {
        writer.add(&F::session(app, session))?;
        writer.send_full().await?;
    }
    Ok(writer.end())
}
