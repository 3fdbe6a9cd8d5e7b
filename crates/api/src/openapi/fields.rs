//! Which values a field takes and how one looks, each name once for all calls. Where a rule cannot be
//! said in a schema (a check digit, a day that is past) the schema takes more than the call does; it
//! never takes less.

use serde_json::{Value, json};

/// More than blanks. Which characters a text may not have is told in words.
const TEXT: &str = "\\S";

const MOBILE: &str = "^1[3-9][0-9]{9}$";
const UUID: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";
/// 元 with at most two decimals.
const YUAN: &str = "^[0-9]+([.][0-9]{1,2})?$";
/// A number or nothing, as pages send it in queries.
const MAYBE_NUMBER: &str = "^([0-9]+|undefined)?$";

/// A field of a request.
pub fn taken(name: &str) -> Value {
    match name {
        "mobile" => json!({ "type": "string", "pattern": MOBILE, "examples": ["13800000000"] }),
        "sms_code" | "phonecode" => {
            json!({ "type": "string", "pattern": "^[0-9]{6}$", "examples": ["407319"] })
        }
        "password" | "password2" | "old_password" => {
            json!({ "type": "string", "minLength": 8, "maxLength": 256, "examples": ["123456789"] })
        }
        "name" | "username" | "user_name" => line(32, "Anna"),
        "real_name" => {
            json!({ "type": "string", "minLength": 2, "maxLength": 32, "pattern": TEXT, "examples": ["李雷"] })
        }
        "id_card" => {
            json!({ "type": "string", "pattern": "^[0-9]{17}[0-9Xx]$", "examples": ["11010519491231002X"] })
        }
        "title" => text_or_number(64, "什刹海四合院"),
        "address" => text_or_number(512, "西城区羊房胡同 1 号"),
        "unit" => text_or_number(32, "两室一厅"),
        "beds" => text_or_number(64, "双人床 2 张"),
        "price" => json!({ "type": ["string", "number"], "pattern": YUAN, "examples": ["199.90"] }),
        "deposit" => json!({ "type": ["string", "number"], "pattern": YUAN, "examples": ["500"] }),
        "area_id" => number(1, 16, 1),
        "room_count" => number(1, 100, 2),
        "acreage" => number(1, 100_000, 60),
        "capacity" => number(1, 1000, 4),
        "min_days" => number(1, 3650, 1),
        "max_days" => number(0, 3650, 0),
        "facility" => json!({ "type": "array", "maxItems": 100, "items": number(1, 23, 1), "examples": [[1, 3, 16]] }),
        "house_id" | "order_id" | "id" => number(1, i64::MAX, 1),
        "start_date" => json!({ "type": "string", "format": "date", "examples": ["2026-12-01"] }),
        "end_date" => json!({ "type": "string", "format": "date", "examples": ["2026-12-03"] }),
        "action" => json!({ "type": "string", "enum": ["accept", "reject"] }),
        // Not read when accepting.
        "reason" => json!({ "type": "string", "examples": ["那几天要装修"] }),
        "reject_reason" => {
            json!({ "type": "string", "minLength": 1, "maxLength": 500, "pattern": TEXT, "examples": ["那几天要装修"] })
        }
        "comment" => {
            json!({ "type": "string", "minLength": 1, "maxLength": 1000, "pattern": TEXT, "examples": ["很干净，下次再来"] })
        }
        "image_code_id" | "piccode_id" | "codeid" | "cur" => json!({
            "type": ["string", "integer"], "pattern": "^[A-Za-z0-9-]{1,64}$", "examples": ["f78a6c48-70fc-4b6a-b564-7e8043903e24"],
        }),
        // A captcha that never was is nobody's, whatever it is called.
        "pcodeid" | "pre" | "custom" => json!({ "type": "string" }),
        "image_code_text" | "piccode" | "PICCODE" | "text" => {
            json!({ "type": ["string", "number"], "minLength": 1, "maxLength": 32, "examples": ["ACE3"] })
        }
        "aid" | "p" => json!({ "type": ["string", "integer"], "pattern": MAYBE_NUMBER, "examples": ["1"] }),
        "sd" => maybe_day("2026-12-01"),
        "ed" => maybe_day("2026-12-03"),
        "purpose" => json!({ "type": "string", "enum": ["", "undefined", "register", "password"] }),
        "sk" => json!({ "type": ["string", "number"], "examples": ["booking"] }),
        "role" => json!({ "type": "string", "examples": ["landlord"] }),
        // Not read, whatever it is.
        "imagecode" => json!({ "examples": ["ACE3"] }),
        "avatar" | "avater" | "house_image" => json!({ "type": "string", "format": "binary" }),
        _ => json!({ "type": "string" }),
    }
}

/// A parameter in a query: numbers there may be empty, which counts as absent.
pub fn in_query(name: &str) -> Value {
    let example = match name {
        "min_price" => "10000",
        "max_price" => "50000",
        "capacity" => "4",
        "room_count" => "2",
        _ => return taken(name),
    };
    json!({ "type": ["string", "integer"], "pattern": MAYBE_NUMBER, "examples": [example] })
}

/// A parameter in a path.
pub fn in_path(operation: &str, name: &str) -> Value {
    match (operation, name) {
        ("v1_image_code" | "v1_image_code_audio", _) => {
            json!({ "type": "string", "pattern": UUID, "examples": ["f78a6c48-70fc-4b6a-b564-7e8043903e24"] })
        }
        ("v1_end_user_session", _) => json!({ "type": "string", "examples": ["5d41402abc4b2a76"] }),
        (_, "id") => json!({ "type": "integer", "minimum": 1, "maximum": 999_999_999, "examples": [1] }),
        _ => taken(name),
    }
}

/// Answers whose type the code leaves open, by their path and the other fields of their answer.
pub fn special(path: &str, schema: &Value) -> Option<Value> {
    let open = schema.get("type").is_none() && schema.get("$ref").is_none();
    match path {
        "data" if open => Some(json!({
            "description": "the name or the URL itself, or an object of it: setting `classic.data`",
            "type": ["string", "object"],
        })),
        _ => None,
    }
}

/// An example of a field of an answer; numbers and lists of them by their names too.
pub fn shown(name: &str, schema: &Value) -> Option<Value> {
    let picture = "/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg";
    let example = match name {
        "acreage" => json!(60),
        "address" => json!("西城区羊房胡同 1 号"),
        "amount" => json!(5997),
        "aname" | "area_name" => json!("西城区"),
        "avatar" | "avatar_url" | "user_avatar" => json!("/media/avatars/8f/8f434346648f6b96df89dda901c5176b.jpg"),
        "beds" => json!("双人床 2 张"),
        "capacity" => json!(4),
        "comment" | "content" => json!("很干净，下次再来"),
        "comment_time" | "create_time" | "ctime" => json!("2026-11-21 10:30:00"),
        "days" => json!(3),
        "deposit" => json!(50_000),
        "end_date" => json!("2026-12-03"),
        "facilities" => json!([1, 3, 16]),
        "house_id" if schema["type"] == "string" => json!("1"),
        "aid" | "area_id" => json!(2),
        "current_page" | "hid" | "house_id" | "min_days" | "total_page" | "total" | "user_id" => json!(1),
        "id_card" => json!("11010519491231002X"),
        "images" | "img_urls" => json!([picture]),
        "image_url" | "img_url" | "url" => json!(picture),
        "max_days" => json!(0),
        "mobile" => json!("13800000000"),
        "name" | "user_name" => json!("用户3k8fj2mz"),
        "next" => json!("n6440c4c4d8000-2a"),
        "order_count" => json!(5),
        "order_id" => json!(7),
        "price" => json!(1999),
        "real_name" => json!("李雷"),
        "room_count" => json!(2),
        "current" => json!(true),
        "session_id" => json!("5d41402abc4b2a76"),
        "start_date" => json!("2026-12-01"),
        "status" if schema["type"] == "string" => json!("WAIT_ACCEPT"),
        "status" => json!(0),
        "title" => json!("什刹海四合院"),
        "unit" => json!("两室一厅"),
        "data" if schema["type"] == json!(["string", "object"]) => json!("用户3k8fj2mz"),
        _ => return None,
    };
    Some(example)
}

fn line(max: u32, example: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": max, "pattern": TEXT, "examples": [example] })
}

/// A text for which a number is taken too.
fn text_or_number(max: u32, example: &str) -> Value {
    json!({ "type": ["string", "number"], "minLength": 1, "maxLength": max, "pattern": TEXT, "examples": [example] })
}

/// A whole number, which may be written as a text.
fn number(min: i64, max: i64, example: i64) -> Value {
    json!({
        "type": ["integer", "string"], "minimum": min, "maximum": max, "pattern": "^-?[0-9]+$", "examples": [example],
    })
}

/// A day or nothing, as pages send it in queries.
fn maybe_day(example: &str) -> Value {
    json!({
        "type": "string", "anyOf": [{ "format": "date" }, { "enum": ["", "undefined"] }], "examples": [example],
    })
}
