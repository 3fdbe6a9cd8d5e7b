//! One house: pictures, facilities, free days, the price of the chosen days, comments.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use chrono::NaiveDate;
use minsu_application::{
    App,
    houses::{self, BookableDay},
    orders::{self, StayToBook},
};
use minsu_domain::{Dwelling, HouseId, Money, Principal, parse_day};
use minsu_ports::{HouseDetail, ListingPicture, Rendered};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    fields::parse_id,
    language::Language,
    login::Viewer,
    native_fault::NativeFault,
    page_keys::PageKey,
    pages, present,
    state::State,
};

use crate::{
    calendar::{self, Mark, Month},
    fault,
    form::Fields,
    format,
    frame::{self, Frame},
    free_days::{self, FreeDays},
    house_rules::{self, Fact},
    language,
    price::Price,
    reference::{self, Choice},
    search::forms,
};

/// An id of a path; what cannot be one names nothing.
pub fn id_in_path<T: TryFrom<i64, Error = minsu_domain::Invalid>>(text: &str) -> Result<T, ApiError> {
    parse_id(text).map_err(|_| RequestFault::UnknownPath.into())
}

/// A picture in its two widths.
pub struct Picture {
    pub id: i64,
    pub small: String,
    pub large: String,
    pub caption: String,
}

/// A comment.
struct Said {
    name: String,
    date: String,
    text: String,
}

/// The days that a visitor chose, as they stand in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChosenStay {
    pub start: String,
    pub end: String,
    pub guests: String,
}

impl ChosenStay {
    /// From a query or a form.
    pub fn of(fields: &Fields) -> Self {
        let text = |name| fields.get(name).trim().chars().take(10).collect();
        Self { start: text("start"), end: text("end"), guests: text("guests") }
    }

    /// Whether both days are named.
    pub fn is_whole(&self) -> bool {
        !self.start.is_empty() && !self.end.is_empty()
    }

    /// What a form keeps of a price that it shows: a price is that of its days and guests alone.
    pub fn priced(&self, fen: i64) -> String {
        let guests = if self.guests.is_empty() { "1" } else { &self.guests };
        format!("{}/{}/{guests}/{fen}", self.start, self.end)
    }

    /// The price that was shown for this stay, as [`Self::priced`] kept it.
    pub fn price_shown(&self, kept: &str) -> Option<Money> {
        let fen = kept.rsplit('/').next()?.parse().ok()?;
        if self.priced(fen) == kept { Money::from_fen(fen).ok() } else { None }
    }

    /// The stay on these days.
    ///
    /// # Errors
    /// Days that cannot be, and more guests than the house takes.
    pub fn to_book(&self, house: HouseId, capacity: u32) -> Result<StayToBook, ApiError> {
        let guests = if self.guests.is_empty() { Some(1) } else { self.guests.parse::<u32>().ok() };
        let guests = match guests {
            Some(guests) if (1..=capacity).contains(&guests) => guests,
            Some(guests) if guests > capacity => return Err(NativeFault::TooManyGuests.into()),
            _ => return Err(RequestFault::WrongFields.into()),
        };
        Ok(StayToBook { house, start: parse_day(&self.start)?, end: parse_day(&self.end)?, guests })
    }
}

#[derive(Template)]
#[template(path = "listing.html")]
struct ListingPage {
    f: Frame,
    id: i64,
    title: String,
    area: String,
    address: String,
    description: Option<String>,
    landlord: String,
    avatar: String,
    price: String,
    deposit: String,
    dwelling: Dwelling,
    min_days: u32,
    max_days: u32,
    bookings: u32,
    days: FreeDays,
    pictures: Vec<Picture>,
    facilities: Vec<String>,
    comments: Vec<Said>,
    rules: Vec<Fact>,
    months: Vec<Month<Mark>>,
    stay: ChosenStay,
    quote: Option<Price>,
}

/// The pictures of a house.
pub fn pictures(app: &App, pictures: Vec<ListingPicture>) -> Vec<Picture> {
    let picture = |ListingPicture { id, key, caption }| Picture {
        id: id.get(),
        small: present::small_picture(app, Some(&key)),
        large: present::picture(app, Some(&key)),
        caption: caption.map(|caption| caption.as_str().to_owned()).unwrap_or_default(),
    };
    pictures.into_iter().map(picture).collect()
}

fn named(choices: Vec<Choice>) -> Vec<String> {
    choices.into_iter().filter(|choice| choice.chosen).map(|choice| choice.name).collect()
}

/// This month and the next one, of a house with these days from today on.
fn months(language: Language, today: NaiveDate, days: &[BookableDay]) -> Vec<Month<Mark>> {
    let mark = |day: NaiveDate| match free_days::is_taken(days, day) {
        None => Mark::Outside,
        Some(true) => Mark::Taken,
        Some(false) => Mark::Free,
    };
    let next = calendar::last_of(today).succ_opt().unwrap_or(today);
    [today, next].map(|day| Month::of(language, day, mark)).into()
}

async fn page(
    state: &State,
    f: Frame,
    house: HouseDetail,
    viewer: Option<Principal>,
    today: NaiveDate,
) -> Result<ListingPage, ApiError> {
    let (app, language) = (&state.app, f.language);
    let HouseDetail { id, landlord, offer, pictures: shown, comments, created_at: _, version: _, order_count } = house;
    let found = free_days::of(app, id, viewer).await?;
    let ids: Vec<_> = offer.facilities.iter().map(ToString::to_string).collect();
    Ok(ListingPage {
        area: named(reference::areas(state, language, &offer.area.to_string()).await?).concat(),
        facilities: named(reference::facilities(state, language, &ids).await?),
        f,
        id: id.get(),
        title: offer.title,
        address: offer.address,
        description: offer.description,
        landlord: landlord.name.as_str().to_owned(),
        avatar: present::portrait(app, landlord.avatar.as_ref()),
        price: format::money(offer.price),
        deposit: format::money(offer.deposit),
        dwelling: offer.dwelling,
        min_days: offer.limits.min_days(),
        max_days: offer.limits.max_days(),
        bookings: order_count,
        days: FreeDays::new(app, &found),
        rules: house_rules::facts(language, &found.rules),
        pictures: pictures(app, shown),
        comments: comments
            .into_iter()
            .map(|comment| Said {
                name: comment.user_name.as_str().to_owned(),
                date: present::date(app, comment.written_at),
                text: comment.text,
            })
            .collect(),
        months: months(language, today, &found.days),
        stay: ChosenStay::default(),
        quote: None,
    })
}

/// `GET /houses/{id}`: the same for every visitor, unless days are chosen.
pub async fn listing(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: Viewer,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (app, language, today) = (&state.app, language::of(&request), state.app.today());
    let id: HouseId = id_in_path(&id)?;
    let frame = Frame::public(language, viewer.0.is_some());
    let stay = ChosenStay::of(&Fields::of_query(&request));
    if stay.is_whole() {
        let house = houses::detail(app, id, viewer.0).await?;
        let capacity = house.offer.dwelling.capacity;
        let mut page = page(&state, frame, house, viewer.0, today).await?;
        let asked = stay.to_book(id, capacity);
        page.stay = stay;
        let quote = match asked {
            Ok(asked) => orders::preview(app, viewer.0, &asked).await.map_err(Into::into),
            Err(error) => Err(error),
        };
        match quote {
            Ok(quote) => page.quote = Some(Price::new(language, &quote)),
            Err(error) => page.f = page.f.refused(fault::above_the_form(error, language)?),
        }
        return frame::personal_with(&request, &state, StatusCode::OK, &page, &page.f);
    }
    let [strangers, members] = forms(language);
    let key = PageKey::listing(present::form(&viewer, strangers, members), id, today);
    let shown = pages::ready(&state, key, async || {
        let house = houses::detail(app, id, viewer.0).await?;
        Ok(Rendered::Cacheable(frame::rendered(&page(&state, frame, house, viewer.0, today).await?)?))
    })
    .await?;
    let mut response = shown.as_html(&request);
    frame::as_page(&mut response, &request, &state);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_fit_into_the_house() {
        let stay =
            |guests: &str| ChosenStay { start: "2026-12-01".into(), end: "2026-12-02".into(), guests: guests.into() };
        let house = HouseId::new(1).unwrap();
        for (guests, fits) in [("", true), ("1", true), ("4", true), ("5", false), ("0", false), ("x", false)] {
            assert_eq!(stay(guests).to_book(house, 4).is_ok(), fits, "{guests:?}");
        }
        let never = ChosenStay { end: "2026-02-30".into(), ..stay("1") };
        assert!(never.to_book(house, 4).is_err());
    }

    #[test]
    fn a_price_is_that_of_its_days_and_guests() {
        let stay =
            |end: &str, guests: &str| ChosenStay { start: "2026-12-01".into(), end: end.into(), guests: guests.into() };
        let kept = stay("2026-12-02", "").priced(3998);
        assert_eq!(stay("2026-12-02", "1").price_shown(&kept), Money::from_fen(3998).ok());
        for (other, kept) in
            [(stay("2026-12-03", ""), kept.as_str()), (stay("2026-12-02", "2"), &kept), (stay("2026-12-02", ""), "x")]
        {
            assert_eq!(other.price_shown(kept), None);
        }
    }

    #[test]
    fn two_months_show_what_cannot_be_booked_and_what_is_taken() {
        let day = |text| parse_day(text).unwrap();
        let today = day("2026-12-31");
        let days = today.iter_days().take(30).map(|date| BookableDay {
            date,
            is_taken: date == day("2027-01-02"),
            arrival: true,
            departure: true,
            ends_gap: false,
            min_days: 1,
            max_days: 180,
        });
        let months = months(Language::English, today, &days.collect::<Vec<_>>());
        let marks: Vec<_> = months.iter().flat_map(|month| month.weeks.iter().flatten().flatten()).collect();
        assert_eq!(marks.len(), 62);
        for cell in marks {
            let expected = match cell.date.as_str() {
                "2027-01-02" => Mark::Taken,
                date if date < "2026-12-31" || date > "2027-01-29" => Mark::Outside,
                _ => Mark::Free,
            };
            assert_eq!(cell.mark, expected, "{}", cell.date);
        }
    }
}
