//! The home page: the most booked houses, and the search.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::houses;
use minsu_ports::Rendered;
use minsu_web::{api_error::ApiError, login::Viewer, page_keys::PageKey, pages, present, state::State};

use crate::{
    frame::{self, Frame},
    language,
    reference::{self, Choice},
    search::forms,
    search_form::SearchForm,
};

struct Slide {
    id: i64,
    title: String,
    small: String,
    large: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    f: Frame,
    slides: Vec<Slide>,
    areas: Vec<Choice>,
    form: SearchForm,
}

/// `GET /`
pub async fn home(state: web::Data<State>, request: HttpRequest, viewer: Viewer) -> Result<HttpResponse, ApiError> {
    let language = language::of(&request);
    let [strangers, members] = forms(language);
    let page = pages::ready(&state, PageKey::slides(present::form(&viewer, strangers, members)), async || {
        let app = &state.app;
        let slides = houses::slides(app).await?.into_iter().map(|slide| Slide {
            id: slide.id.get(),
            small: present::small_picture(app, Some(&slide.picture)),
            large: present::picture(app, Some(&slide.picture)),
            title: slide.title,
        });
        let page = HomePage {
            f: Frame::public(language, viewer.0.is_some()),
            slides: slides.collect(),
            areas: reference::areas(&state, language, "").await?,
            form: SearchForm::default(),
        };
        Ok(Rendered::Cacheable(frame::rendered(&page)?))
    })
    .await?;
    let mut response = page.as_html(&request);
    frame::as_page(&mut response, &request, &state);
    Ok(response)
}
