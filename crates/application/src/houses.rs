//! Houses: publishing, pictures, lists, search.

mod add_picture;
mod detail;
mod of_landlord;
mod publish;
mod search;
mod slides;

pub use add_picture::add_picture;
pub use detail::detail;
pub use of_landlord::of_landlord;
pub use publish::publish;
pub use search::{Counting, HousePage, SearchHouses, search};
pub use slides::slides;
