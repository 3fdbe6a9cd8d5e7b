//! Districts and facilities to choose from. They hardly ever change, so the page cache keeps them.

use bytes::Bytes;
use minsu_application::{areas, facilities};
use minsu_domain::{AreaId, FacilityId};
use minsu_ports::Rendered;
use minsu_web::{
    api_error::ApiError,
    language::Language,
    page_keys::PageKey,
    pages::{self, PublicPage},
    state::State,
};

use crate::names;

/// One of several things to choose.
pub struct Choice {
    pub value: String,
    pub name: String,
    pub chosen: bool,
}

/// The name of these lists in the page cache.
const FORM: &str = "site";

/// The districts.
///
/// # Errors
/// [`minsu_application::AppError::StoreUnavailable`].
pub async fn areas(state: &State, language: Language, chosen: &str) -> Result<Vec<Choice>, ApiError> {
    let list = pages::ready(state, PageKey::areas(FORM), async || {
        let areas = areas::list(&state.app).await?;
        Ok(written(areas.iter().map(|area| (area.id.get(), area.name.as_str()))))
    })
    .await?;
    let named = |id, name: &str| AreaId::new(id).map(|id| names::area(language, id, name)).ok();
    Ok(choices(&list, named, |id| id == chosen))
}

/// The facilities.
///
/// # Errors
/// [`minsu_application::AppError::StoreUnavailable`].
pub async fn facilities(state: &State, language: Language, chosen: &[String]) -> Result<Vec<Choice>, ApiError> {
    let list = pages::ready(state, PageKey::facilities(FORM), async || {
        let facilities = facilities::list(&state.app).await?;
        Ok(written(facilities.iter().map(|facility| (facility.id.get(), facility.name.as_str()))))
    })
    .await?;
    let named = |id, name: &str| FacilityId::new(id).map(|id| names::facility(language, id, name)).ok();
    Ok(choices(&list, named, |id| chosen.iter().any(|chosen| chosen == id)))
}

/// A line for each: the id, a blank, the name.
fn written<'a>(list: impl Iterator<Item = (i64, &'a str)>) -> Rendered {
    let lines: String = list.map(|(id, name)| format!("{id} {name}\n")).collect();
    Rendered::Cacheable(Bytes::from(lines))
}

fn choices(
    list: &PublicPage,
    named: impl Fn(i64, &str) -> Option<String>,
    is_chosen: impl Fn(&str) -> bool,
) -> Vec<Choice> {
    let lines = str::from_utf8(list.body()).unwrap_or_default().lines();
    let choice = |line: &str| {
        let (id, name) = line.split_once(' ')?;
        Some(Choice { name: named(id.parse().ok()?, name)?, chosen: is_chosen(id), value: id.to_owned() })
    };
    lines.filter_map(choice).collect()
}
