//! What the fields mean, each name once for all calls, on the pages of `docs/api` and in the OpenAPI
//! document. A dotted entry is for that place only.

/// Fields of requests.
pub const REQUEST: &[(&str, &str)] = &[
    ("acreage", "floor area in square metres, 1 to 100,000"),
    ("action", "`accept` or `reject`"),
    ("address", "1 to 512 characters"),
    ("aid", "district"),
    ("area_id", "district"),
    ("avatar", "the picture"),
    ("beds", "beds in words, 1 to 64 characters"),
    ("capacity", "guests, 1 to 1,000"),
    ("comment", "1 to 1,000 characters"),
    ("deposit", "元 with at most two decimals, 0 allowed"),
    ("ed", "last day, `YYYY-MM-DD`"),
    ("end_date", "last day, `YYYY-MM-DD`"),
    ("facility", "ids of facilities"),
    ("house_id", "the house"),
    ("house_image", "the picture"),
    ("id_card", "18 characters (GB 11643-1999); `x` is `X`"),
    ("image_code_id", "the id under which the captcha was asked for"),
    ("image_code_text", "what the captcha shows"),
    ("max_days", "longest stay in days, 0 for no limit"),
    ("min_days", "shortest stay in days, at least 1"),
    ("mobile", "11 digits, `1[3-9]…`"),
    ("name", "1 to 32 characters, unique"),
    ("old_password", "the password that holds"),
    ("order_id", "the order"),
    ("p", "page, from 1; the default is 1"),
    ("password", "8 characters to 1,024 bytes"),
    ("phonecode", "the code from the SMS"),
    ("price", "元 a day with at most two decimals, at least 0.01"),
    ("real_name", "2 to 32 characters"),
    ("reject_reason", "why, 1 to 500 characters"),
    ("role", "`custom` (as the guest, the default) or `landlord`"),
    ("room_count", "rooms, 1 to 100"),
    ("sd", "first day, `YYYY-MM-DD`"),
    ("sk", "order: `new` (the default), `booking`, `price-inc` or `price-des`"),
    ("sms_code", "the code from the SMS"),
    ("start_date", "first day, `YYYY-MM-DD`"),
    ("title", "1 to 64 characters"),
    ("unit", "layout in words, 1 to 32 characters"),
    ("username", "1 to 32 characters, unique"),
];

/// Fields of answers.
pub const ANSWER: &[(&str, &str)] = &[
    ("acreage", "floor area in square metres"),
    ("address", "where it is"),
    ("aid", "the district"),
    ("sessions[].address", "the address from which it was opened"),
    ("amount", "what all days cost, in 分"),
    ("aname", "its name"),
    ("area_id", "the district"),
    ("area_name", "name of its district"),
    ("areas", "all districts"),
    ("areas[].name", "its name"),
    ("avatar", "URL of the portrait, empty without"),
    ("avatar_url", "the same as `avatar`"),
    ("beds", "beds in words"),
    ("capacity", "guests"),
    ("comment", "what the guest wrote, or the reason of a rejected order; empty without"),
    ("comment_time", "when the guest's comment was written, `YYYY-MM-DD HH:MM:SS`; empty without"),
    ("comments", "the newest first"),
    ("comments[].comment", "what the guest wrote"),
    ("content", "the same as `comment`"),
    ("comments[].ctime", "when it was written, `YYYY-MM-DD HH:MM:SS`"),
    ("comments[].user_name", "the guest"),
    ("create_time", "when the user signed up, `YYYY-MM-DD HH:MM:SS`"),
    ("sessions[].create_time", "when it was opened, `YYYY-MM-DD HH:MM:SS`"),
    ("ctime", "the day of its publication"),
    ("current", "whether it is the one that asks"),
    ("current_page", "the page that this is"),
    ("data", "the answer"),
    ("data[].name", "name of the district"),
    ("data.avatar_url", "URL of the portrait, empty without"),
    ("data.pic_url", "URL of the new portrait"),
    ("days", "days that are paid"),
    ("deposit", "分"),
    ("end_date", "last day"),
    ("facilities", "ids of its facilities"),
    ("hid", "the house"),
    ("house", "the house"),
    ("house_id", "the house"),
    ("houses", "the houses"),
    ("identity", "the real-name data"),
    ("id_card", "null before it was written"),
    ("image_url", "the same as `img_url`"),
    ("images", "the same as `img_urls`"),
    ("img_url", "URL of its index picture, empty without"),
    ("img_urls", "URLs of its pictures, in the order of their upload"),
    ("max_days", "longest stay in days, 0 for no limit"),
    ("min_days", "shortest stay in days"),
    ("mobile", "the user's own mobile"),
    ("name", "the user's name"),
    ("next", "where the next page begins, for `after`; null when this page was not full"),
    ("order_count", "completed orders"),
    ("order_id", "the order"),
    ("orders", "the newest first"),
    ("orders_as_landlord[].ctime", "when it was placed, `YYYY-MM-DD HH:MM:SS`"),
    ("orders_as_landlord[].img_url", "URL of the house's index picture, empty without"),
    ("orders_as_landlord[].title", "the house"),
    ("orders_as_guest", "one's own orders, the newest first"),
    ("orders_as_landlord", "orders for one's own houses, the newest first"),
    ("orders[].ctime", "when it was placed, `YYYY-MM-DD HH:MM:SS`"),
    ("orders[].img_url", "URL of the house's index picture, empty without"),
    ("orders[].title", "the house"),
    ("price", "a day, in 分"),
    ("real_name", "null before it was written"),
    ("room_count", "rooms"),
    ("session_id", "the name of the session"),
    ("sessions", "the living sessions, the newest first"),
    ("start_date", "first day"),
    ("status", "where it stands, see below"),
    ("title", "headline"),
    ("total", "how many houses match, counted up to `search.max_results`"),
    ("total_page", "how many pages there are"),
    ("unit", "layout in words"),
    ("url", "URL of the new picture"),
    ("user", "the profile"),
    ("user_avatar", "URL of the landlord's portrait, empty without"),
    ("user_id", "the user"),
    ("user_name", "the landlord"),
    ("house.user_id", "the landlord"),
];

/// The meaning of a field: of the entry that is the longest end of its path.
pub fn meaning(words: &'static [(&str, &str)], path: &str) -> Option<&'static str> {
    let fits = |name: &str| path == name || path.ends_with(&format!(".{name}"));
    words.iter().filter(|(name, _)| fits(name)).max_by_key(|(name, _)| name.len()).map(|(_, says)| *says)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_end_of_a_path_decides() {
        assert_eq!(meaning(ANSWER, "data.house.user_id"), Some("the landlord"));
        assert_eq!(meaning(ANSWER, "data.user_id"), Some("the user"));
        assert_eq!(meaning(ANSWER, "houses[].user_name"), Some("the landlord"));
        assert_eq!(meaning(ANSWER, "data.house.comments[].user_name"), Some("the guest"));
        assert_eq!(meaning(ANSWER, "xname"), None);
    }
}
