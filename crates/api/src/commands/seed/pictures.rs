//! Pictures of made-up houses: the demo pictures, stored once and shown by many houses.

use bytes::Bytes;
use minsu_application::App;
use minsu_domain::PictureKey;

use super::{CommandError, plausible::Plausible};
use crate::commands::demo;

/// The most pictures of a house.
const MOST: u64 = 5;

/// A stored picture and its bytes in both sizes.
pub type Stored = (PictureKey, u64);

/// Stores the pictures; those that are there already are stored again.
///
/// # Errors
/// When a picture cannot be made or stored.
pub async fn store(app: &App) -> Result<Vec<Stored>, CommandError> {
    let mut stored = Vec::new();
    for (name, content) in demo::pictures() {
        let picture = app.pictures.house(Bytes::from_static(content)).await?;
        let key = PictureKey::new(&format!("houses/seed/{name}"))?;
        let bytes = (picture.large.len() + picture.small.len()) as u64;
        app.objects.put(&key.small(), picture.small).await?;
        app.objects.put(&key, picture.large).await?;
        stored.push((key, bytes));
    }
    Ok(stored)
}

/// Different pictures for a house, one to five where it has any.
pub fn of_house(plausible: &mut Plausible, percent: u8, stored: &[Stored]) -> Vec<Stored> {
    if stored.is_empty() || !plausible.is_among(percent) {
        return Vec::new();
    }
    let length = stored.len() as u64;
    let (first, count) = (plausible.below(length), 1 + plausible.below(MOST.min(length)));
    let place = |number: u64| usize::try_from((first + number) % length).unwrap_or(0);
    (0..count).map(|number| stored[place(number)].clone()).collect()
}
