//! The search: filters, order, pages.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::{
    App,
    houses::{HousePage, SearchHouses},
};
use minsu_ports::HouseSummary;
use minsu_web::{api_error::ApiError, house_lists, language::Language, login::Viewer, present, state::State};

use crate::{
    cards::Card,
    fault,
    form::Fields,
    frame::{self, Frame},
    language::{self, say},
    reference::{self, Choice},
    search_form::{SORTS, SearchForm},
};

/// The names of the pages of a language in the page cache: for visitors without and with a login.
pub const fn forms(language: Language) -> [&'static str; 2] {
    match language {
        Language::Chinese => ["site-zh", "site-zh-members"],
        Language::English => ["site-en", "site-en-members"],
    }
}

/// How many houses were found, and which page of them this is.
struct Found {
    total: u64,
    is_exact: bool,
    page: u64,
    pages: u64,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    f: Frame,
    form: SearchForm,
    areas: Vec<Choice>,
    facilities: Vec<Choice>,
    sorts: Vec<Choice>,
    found: Option<Found>,
    cards: Vec<Card>,
}

impl SearchPage {
    fn previous(&self) -> Option<String> {
        let page = self.found.as_ref().filter(|found| found.page > 1)?.page;
        Some(self.form.query(page - 1))
    }

    fn next(&self) -> Option<String> {
        let found = self.found.as_ref().filter(|found| found.page < found.pages)?;
        Some(self.form.query(found.page + 1))
    }
}

/// The page with its filters, without houses yet.
async fn page(state: &State, f: Frame, form: SearchForm) -> Result<SearchPage, ApiError> {
    let language = f.language;
    let sorts = SORTS.iter().map(|(name, _)| Choice {
        value: (*name).to_owned(),
        name: sort_name(language, name).to_owned(),
        chosen: form.sort == *name,
    });
    Ok(SearchPage {
        areas: reference::areas(state, language, &form.area).await?,
        facilities: reference::facilities(state, language, &form.facilities).await?,
        sorts: sorts.collect(),
        form,
        f,
        found: None,
        cards: Vec::new(),
    })
}

fn sort_name(language: Language, name: &str) -> &'static str {
    match name {
        "popular" => say(language, "最受欢迎", "Most booked"),
        "price" => say(language, "价格从低到高", "Price: low to high"),
        "-price" => say(language, "价格从高到低", "Price: high to low"),
        _ => say(language, "最新发布", "Newest"),
    }
}

/// `GET /houses`
pub async fn search(state: web::Data<State>, request: HttpRequest, viewer: Viewer) -> Result<HttpResponse, ApiError> {
    let (app, language, fields) = (&state.app, language::of(&request), Fields::of_query(&request));
    let frame = Frame::public(language, viewer.0.is_some());
    let typed = SearchForm::typed(&fields);
    let (search, days) = match read(app, &typed, fields.get("page")) {
        Ok(search) => search,
        Err(error) => {
            let sentence = fault::above_the_form(error, language)?;
            let page = page(&state, frame.refused(sentence), typed).await?;
            return frame::personal(&request, &state, &page, &page.f);
        }
    };
    let mut page = page(&state, frame, typed.understood(&search)).await?;
    let [strangers, members] = forms(language);
    let print = |found: HousePage| {
        let total = |house: &HouseSummary| found.totals.get(&house.id).copied();
        let card = |house| Card::new(app, language, house, (days, total(house)));
        page.cards = found.houses.iter().map(card).collect();
        page.found = Some(Found {
            total: found.total,
            is_exact: found.total < app.policy.max_results,
            page: found.page.get().into(),
            pages: found.total_pages,
        });
        frame::rendered(&page)
    };
    let form = present::form(&viewer, strangers, members);
    let page = house_lists::cached(&state, &request, form, &search, print).await?;
    let mut response = page.as_html(&request);
    frame::as_page(&mut response, &request, &state);
    Ok(response)
}

/// The search, and how many days its stay has.
fn read(app: &App, typed: &SearchForm, page: &str) -> Result<(SearchHouses, Option<u32>), ApiError> {
    let search = typed.read(page)?;
    let days = search.days(app)?;
    Ok((search, days))
}
