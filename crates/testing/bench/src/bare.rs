//! The ceiling: an actix-web handler that does nothing but answer with a fixed body.

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::{cli::Bare, error::BenchError};

/// Serves a body of the given size on every path, whatever was sent, until SIGTERM.
///
/// # Errors
/// When the address is taken.
pub fn serve(options: &Bare) -> Result<(), BenchError> {
    let body = web::Bytes::from(vec![b'x'; options.bytes]);
    let workers = usize::from(options.workers);
    actix_web::rt::System::new()
        .block_on(async {
            HttpServer::new(move || {
                let body = body.clone();
                App::new().default_service(web::to(move |_sent: web::Bytes| {
                    let body = body.clone();
                    async move { HttpResponse::Ok().content_type("application/json").body(body) }
                }))
            })
            .workers(workers)
            .bind(options.listen)?
            .run()
            .await
        })
        .map_err(BenchError::io(format!("serve on {}", options.listen)))
}
