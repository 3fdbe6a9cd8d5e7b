//! Lists of houses as cached pages, for every dialect.

use actix_web::HttpRequest;
use bytes::Bytes;
use minsu_application::{
    AppError,
    houses::{self, CacheableSearch, HousePage, SearchHouses},
};
use minsu_domain::PageNumber;
use minsu_ports::{Rendered, Work, WorkTurn};

use super::{
    api_error::ApiError,
    client_address,
    page_keys::PageKey,
    pages::{PublicPage, ready},
    state::State,
};

/// A page of a search, from the page cache where the search is cacheable. The number of matches is cached apart
/// from the pages: it is the expensive part, the same for all of them, and simultaneous searches share one
/// count. Misses wait for a turn of the client's network.
///
/// # Errors
/// Those of the search, and of `print`.
pub async fn cached(
    state: &State,
    request: &HttpRequest,
    form: &'static str,
    query: &SearchHouses,
    print: impl FnOnce(HousePage) -> Result<Bytes, ApiError>,
) -> Result<PublicPage, ApiError> {
    let search = query.cacheable(&state.app)?;
    let key = search.as_ref().and_then(|search| PageKey::search(form, search));
    ready(state, key, async || {
        let _turn = turn(state, request).await?;
        let total = matches(state, query, search.as_ref()).await?;
        let page = houses::search(&state.app, query, total).await?;
        // Pages behind the end of a search, and of districts that do not exist, are not cached: clients could
        // name any number of those.
        let cacheable =
            !page.houses.is_empty() || query.page == PageNumber::FIRST && query.is_of_known_area(&state.app).await?;
        let body = print(page)?;
        Ok(rendered(state, search.as_ref(), cacheable, body))
    })
    .await
}

/// A page of a search that reads the database each time.
///
/// # Errors
/// Those of the search.
pub async fn anew(state: &State, request: &HttpRequest, query: &SearchHouses) -> Result<HousePage, ApiError> {
    let _turn = turn(state, request).await?;
    let total = houses::count(&state.app, query).await?;
    Ok(houses::search(&state.app, query, total).await?)
}

/// The turn of a search that the database has to answer.
async fn turn(state: &State, request: &HttpRequest) -> Result<WorkTurn, AppError> {
    minsu_application::turn(&state.app, Work::Searches, &client_address::of(request).party()).await
}

/// Lists of stays that people book are shared with other processes; of all others this one keeps the newest.
fn rendered(state: &State, search: Option<&CacheableSearch>, cacheable: bool, body: Bytes) -> Rendered {
    let usual = search.is_some_and(|search| !search.stay.is_dated() || search.stay.is_usual(state.app.today()));
    match (cacheable, usual) {
        (true, true) => Rendered::Cacheable(body),
        (true, false) => Rendered::CacheableHere(body),
        (false, _) => Rendered::Uncacheable(body),
    }
}

async fn matches(state: &State, query: &SearchHouses, search: Option<&CacheableSearch>) -> Result<u64, ApiError> {
    let Some(key) = search.and_then(PageKey::matches) else { return Ok(houses::count(&state.app, query).await?) };
    let count = async || {
        let total = houses::count(&state.app, query).await?;
        let digits = total.to_string().into();
        let cacheable = total > 0 || query.is_of_known_area(&state.app).await?;
        Ok::<_, ApiError>(rendered(state, search, cacheable, digits))
    };
    let counted = state.pages.get_or_render(key.entry(), count).await?;
    match std::str::from_utf8(&counted.body).ok().and_then(|digits| digits.parse().ok()) {
        Some(total) => Ok(total),
        None => Ok(houses::count(&state.app, query).await?),
    }
}
