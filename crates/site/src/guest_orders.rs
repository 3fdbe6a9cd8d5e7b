//! A guest's orders, and the comment after the stay.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::orders::{self, BeforeStay, Role};
use minsu_domain::{Comment, OrderId};
use minsu_web::{api_error::ApiError, login::LoggedIn, state::State};

use crate::{form::MemberForm, listing::id_in_path, order_list};

/// `GET /orders`
pub async fn list(state: web::Data<State>, request: HttpRequest, viewer: LoggedIn) -> Result<HttpResponse, ApiError> {
    order_list::list(&state, &request, viewer.0, Role::Guest).await
}

/// `POST /orders/{id}/comment`
pub async fn comment(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: OrderId = id_in_path(&id)?;
    orders::view(&state.app, form.viewer, id).await?;
    let commented = async {
        let comment = Comment::new(form.fields.get("comment"))?;
        orders::comment(&state.app, form.viewer, id, &comment, BeforeStay::Refused).await?;
        Ok("commented")
    };
    order_list::answered(&state, &request, form.viewer, Role::Guest, commented.await).await
}
