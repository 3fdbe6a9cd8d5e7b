//! The address of a feed.

use minsu_domain::{Field, HouseId, Invalid};
use minsu_ports::{FeedAddressError, FeedSource, SealedText};

use crate::{App, AppError, CalendarError};

/// The most bytes of an address.
const MAX_BYTES: usize = 2_000;

/// Checks an address, and seals it for a house.
///
/// # Errors
/// [`AppError::Invalid`], [`CalendarError::AddressRefused`], [`CalendarError::UnknownHost`].
pub(super) async fn sealed(app: &App, house: HouseId, url: &str) -> Result<FeedSource, AppError> {
    let url = url.trim();
    if url.len() > MAX_BYTES {
        return Err(Invalid::range(Field::Url).into());
    }
    let address = app.feed_fetcher.check(url).await.map_err(|error| match error {
        FeedAddressError::NotAUrl => AppError::from(Invalid::format(Field::Url)),
        FeedAddressError::Refused => CalendarError::AddressRefused.into(),
        FeedAddressError::UnknownHost => CalendarError::UnknownHost.into(),
    })?;
    Ok(FeedSource { url: app.sealer.seal_text(SealedText::CalendarUrl(house), &address.url)?, host: address.host })
}
