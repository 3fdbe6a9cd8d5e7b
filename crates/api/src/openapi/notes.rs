//! What the API says about a call beyond what can be seen in an exchange: on the pages of `docs/api` and
//! in the OpenAPI document.

/// A remark on a call.
pub struct Note {
    /// Method and route, as registered.
    pub call: &'static str,
    /// What it does, in Markdown.
    pub says: &'static str,
    /// Fields of the example that may be left out.
    pub optional: &'static [&'static str],
    /// Fields that mean something of their own here, and fields that the example does not show.
    pub fields: &'static [(&'static str, &'static str)],
}

const fn note(
    call: &'static str,
    says: &'static str,
    optional: &'static [&'static str],
    fields: &'static [(&'static str, &'static str)],
) -> Note {
    Note { call, says, optional, fields }
}

const SEARCH: &[&str] = &["aid", "sd", "ed", "sk", "p"];
const WISHES: &[&str] =
    &["aid", "sd", "ed", "sk", "p", "min_price", "max_price", "capacity", "room_count", "facility", "q", "after"];
const CAPTCHA: &str = "A picture of four characters, upper and lower case the same when they are answered. It can be \
    answered once within 180 seconds, rightly or wrongly. The newer picture of an id replaces the older one.";
const SPOKEN: &str = "The four characters of a picture that was asked for, spoken with pauses, for people who do not \
    see it. The setting `captcha.voice` chooses Mandarin or English. It may be heard as often as one likes, each time \
    another recording, until the captcha is answered or too old: then, and for an id under which no picture was asked \
    for, it answers 4002.";
const SMS: &str = "Sends six digits that live for 300 seconds and are burnt after five tries. The captcha is used \
    up, also by a wrong answer. Known and unknown mobiles get the same answer.";
const AVATAR: &str = "Uploads a portrait: JPEG, PNG or WebP by its content, one file, at most 10 MiB; it is stored as a \
    new JPEG.";
const PICTURE: &str = "Adds a picture to one's own house; the first one becomes its index picture. JPEG, PNG or WebP by \
    its content, one file, at most 10 MiB; it is stored as a new JPEG, with a small one for lists.";
const DETAIL: &str = "A house with all its pictures and its 30 newest comments.";
const ONCE: &str = "Writes the real name, once: any later call answers 4003.";
const PUBLISH: &str = "Publishes a house. It needs a verified real name (4105 without). Every number may be a string.";
const SLIDES: &str = "The home page: at most five houses with a picture, the most booked ones first.";
const PLACE: &str = "Orders a house for some days; both ends count. Days that somebody else holds answer 4004, \
    one's own house 4105, the past and a stay that the house does not take 4103.";
const ORDERS: &str = "One's own orders, or those for one's houses, the newest first.";

/// v1, in the order of the routes.
pub const V1: &[Note] = &[
    note("GET /imagecode/{id}", CAPTCHA, &[], &[("id", "a UUID made by the client")]),
    note("GET /imagecode/{id}/audio", SPOKEN, &[], &[("id", "the id under which the picture was asked for")]),
    note(
        "GET /smscode/{spec:.*}",
        "Sends six digits that live for 300 seconds and are burnt after five tries. The captcha is used up, also \
         by a wrong answer. Known and unknown mobiles get the same answer. The spellings that documents 002 and 004 \
         print work too: `/smscode/{mobile}&text=…&id=…` and `/smscode/{mobile},text=…,id=…`.",
        &[],
        &[
            ("text", "what the captcha shows"),
            ("id", "the id under which the captcha was asked for"),
            ("purpose", "`register` (the default), or `password` for a new password"),
        ],
    ),
    note("POST /users", "Signs up and logs in: the answer sets the session cookie.", &[], &[]),
    note("POST /sessions", "Logs in: the answer sets a new session cookie.", &[], &[]),
    note("GET /session", "Whether somebody is logged in: `errmsg` is `true`, or, with code 4101, `false`.", &[], &[]),
    note("DELETE /session", "Logs out.", &[], &[]),
    note("GET /user", "One's own profile.", &[], &[]),
    note(
        "DELETE /user",
        "Erases the account, for good: mobile, password, portrait, real name, houses. Orders and comments stay under a \
         name that is nobody's. A wrong password answers 4106, orders that are not over 4004. The answer drops the \
         session cookie.",
        &[],
        &[("password", "the password, once more")],
    ),
    note("GET /user/export", "Everything that the site knows of oneself, in one piece.", &[], &[]),
    note("GET /user/sessions", "One's own sessions, the newest first; sixteen at most.", &[], &[]),
    note(
        "DELETE /user/sessions/{id}",
        "Ends one of one's own sessions; 4002 for one that is not there.",
        &[],
        &[("id", "the session, as the list names it")],
    ),
    note(
        "PUT /user/password",
        "Takes another password and ends all other sessions. A wrong old one answers 4106.",
        &[],
        &[("old_password", "the password that holds")],
    ),
    note(
        "POST /user/password/reset",
        "Sets a new password by an SMS code that was asked for with `purpose=password`, and ends all sessions. A mobile \
         without an account answers 4104.",
        &[],
        &[],
    ),
    note("POST /user/avatar", AVATAR, &[], &[]),
    note("PUT /user/name", "Takes another name. One that somebody else has answers 4001.", &[], &[]),
    note("GET /user/auth", "One's own real-name data.", &[], &[]),
    note("POST /user/auth", ONCE, &[], &[]),
    note("GET /user/houses", "One's own houses, the newest first.", &[], &[]),
    note("GET /user/orders", ORDERS, &["role"], &[]),
    note("GET /areas", "All districts.", &[], &[]),
    note(
        "GET /houses",
        "A page of the houses that are free on some days; one date alone is an open range. Empty parameters and the \
         text `undefined` count as absent. A page past the end is empty. The parameters behind `p` narrow further and \
         are this dialect's own. `q` finds houses whose title and address together have every two neighbouring \
         characters of each word; capital letters and full-width forms do not matter. Pages by number end where \
         counting stops (`search.max_results`); pages by `after` go on to the last house.",
        WISHES,
        &[
            ("min_price", "least price of a day, in 分"),
            ("max_price", "greatest price of a day, in 分"),
            ("capacity", "room for at least so many guests, 1 to 1,000"),
            ("room_count", "at least so many rooms, 1 to 100"),
            ("facility", "ids of facilities, all of which the house has: with commas between them, or several times"),
            ("q", "words in title and address, each of two characters or more, together at most 64 characters"),
            ("after", "`next` of the page before, in the same order; `p` then says nothing"),
        ],
    ),
    note("POST /houses", PUBLISH, &["facility"], &[]),
    note("GET /houses/index", SLIDES, &[], &[]),
    note("GET /houses/{id}", DETAIL, &[], &[("id", "the house")]),
    note(
        "POST /houses/{id}/images",
        PICTURE,
        &["house_id"],
        &[("id", "the house"), ("house_id", "not read: pages send it along")],
    ),
    note("POST /orders", PLACE, &[], &[]),
    note(
        "PUT /orders/{id}/status",
        "The landlord accepts or rejects an order that waits. A rejected order frees its days at once.",
        &[],
        &[("id", "the order"), ("reason", "why, 1 to 500 characters; not read with `accept`")],
    ),
    note(
        "PUT /orders/{id}/comment",
        "The guest comments on an accepted order, which completes it and counts for the house.",
        &[],
        &[("id", "the order"), ("order_id", "not read: pages send it along")],
    ),
];

/// Classic, in the order of the routes.
pub const CLASSIC: &[Note] = &[
    note(
        "GET /imagecode",
        CAPTCHA,
        &["pcodeid"],
        &[("codeid", "1 to 64 of `A-Z a-z 0-9 -`"), ("pcodeid", "the captcha shown before; it is dropped")],
    ),
    note(
        "GET /piccode",
        "The same as `/imagecode`, in the words of document 001.",
        &["pre"],
        &[("cur", "1 to 64 of `A-Z a-z 0-9 -`"), ("pre", "the captcha shown before; it is dropped")],
    ),
    note(
        "POST /smscode",
        SMS,
        &[],
        &[
            ("piccode_id", "another name of `image_code_id`"),
            ("piccode", "another name of `image_code_text`"),
            ("PICCODE", "the same, as document 001 spells it"),
        ],
    ),
    note(
        "POST /register",
        "Signs up and logs in: the answer sets the session cookie. An SMS code that is too old answers 4002 `验证码过期`, \
         a wrong one 4004 `验证码错误`.",
        &["password2", "imagecode"],
        &[
            ("password2", "the password once more; another one answers 4103"),
            ("imagecode", "not read: pages send it along"),
            ("image_code_text", "the captcha's text that the SMS was asked with; another one answers 4004"),
        ],
    ),
    note("POST /login", "Logs in: the answer sets a new session cookie. A wrong password answers 4102.", &[], &[]),
    note(
        "GET /check_login",
        "Who is logged in: `data` and `name` are the name; 4102 for nobody. With `classic.data = \"pages\"`, `data` is \
         `{\"name\": …}`.",
        &[],
        &[],
    ),
    note("GET /logout", "Logs out; 4102 for nobody.", &[], &[]),
    note("GET /profile", "One's own profile. A body is not read.", &[], &[]),
    note(
        "POST /profile/avatar",
        "Uploads a portrait: JPEG, PNG or WebP by its content, one file, at most 10 MiB; it is stored as a new JPEG. \
         With `classic.data = \"pages\"`, `data` is the URL itself.",
        &[],
        &[("avater", "another name of `avatar`, as document 000 spells it")],
    ),
    note(
        "POST /profile/name",
        "Takes another name. One that somebody else has answers 4001.",
        &[],
        &[("name", "another name of `username` (document 001)"), ("user_name", "another name of `username`")],
    ),
    note("GET /profile/auth", "One's own real-name data.", &[], &[]),
    note("POST /profile/auth", ONCE, &[], &[]),
    note("GET /house/area", "All districts.", &[], &[]),
    note(
        "GET /house/my",
        "One's own houses, the newest first, under two names.",
        &["custom"],
        &[("custom", "not read: document 001 item 18 prints it, for a list of orders; those are at `/order/my`")],
    ),
    note("GET /house/info", DETAIL, &[], &[("house_id", "the house"), ("id", "another name of `house_id`")]),
    note(
        "POST /house/info",
        "Publishes a house. It needs a verified real name (4105 without). Every number may be a string. A failure has \
         `\"house_id\": \"\"`.",
        &["facility"],
        &[],
    ),
    note("POST /house/image", PICTURE, &[], &[]),
    note("GET /house/index", "The home page: at most five houses with a picture, and all districts.", &[], &[]),
    note(
        "GET /house/list",
        "A page of the houses that are free on some days, never from a cache. Empty parameters and the text `undefined` \
         count as absent. A page past the end is empty.",
        SEARCH,
        &[],
    ),
    note(
        "POST /house/list",
        "The same; the parameters stand in the query, in a JSON body or in a form body.",
        SEARCH,
        &[],
    ),
    note("GET /house/list2", "The same as `/house/list`; it may come from the cache.", SEARCH, &[]),
    note("POST /house/list2", "The same as `/house/list`; it may come from the cache.", SEARCH, &[]),
    note("POST /order", PLACE, &[], &[]),
    note("POST /order/list2", "The same as `/order`, at the URL that document 001 item 17 prints.", &[], &[]),
    note("GET /order/my", ORDERS, &["role"], &[]),
    note("POST /order/accept", "The landlord accepts an order that waits.", &[], &[]),
    note("POST /order/reject", "The landlord rejects an order that waits, which frees its days at once.", &[], &[]),
    note("POST /house/reject", "The same as `/order/reject`, at the URL that document 001 item 20 prints.", &[], &[]),
    note(
        "POST /order/comment",
        "The guest comments on an accepted order, which completes it and counts for the house.",
        &[],
        &[],
    ),
];
