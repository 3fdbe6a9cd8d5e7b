//! Descriptions of calls that are the same in all dialects.

/// A new captcha.
pub const CAPTCHA: &str = "A picture of four characters, upper and lower case the same when they are answered. It can be \
    answered once within 180 seconds, rightly or wrongly. The newer picture of an id replaces the older \
    one.";

/// A picture of a house.
pub const PICTURE: &str = "Adds a picture to one's own house; the first one becomes its index picture. JPEG, PNG or WebP by its \
    content, one file, at most 10 MiB; it is stored as a new JPEG, with a small one for lists.";

/// One house.
pub const DETAIL: &str = "A house with all its pictures and its 30 newest comments.";

/// Writing the real name.
pub const ONCE: &str = "Writes the real name, once: any later call answers 4003.";

/// A list of orders.
pub const ORDERS: &str = "One's own orders, or those for one's houses, the newest first.";
