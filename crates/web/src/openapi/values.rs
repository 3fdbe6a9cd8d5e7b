//! Which values the fields of requests take, and how one looks, derived from the bounds of the domain.
//! Where a rule cannot be said in a schema (a check digit, a day that is past) the schema takes more
//! than the call does; it never takes less.
//!
//! A field of a body names its type (`#[schema(value_type = values::Mobile)]`), a parameter of a query too
//! (`#[param(inline, value_type = Option<values::PageIfAny>)]`). Where the field has a doc comment, that
//! says what it means; otherwise the description here does.

use minsu_domain::{Comment, HouseDraft, OrderReason, Password, RealName, UserName};
use serde_json::Value;
use utoipa::{
    PartialSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema, SchemaFormat,
        schema::{AnyOfBuilder, KnownFormat, SchemaType, Type},
    },
};

/// More than blanks. Which characters a text may not have is told in words.
const TEXT: &str = "\\S";
/// 元 with at most two decimals.
const YUAN: &str = "^[0-9]+([.][0-9]{1,2})?$";
/// A number or nothing, as pages send it in queries.
const MAYBE_NUMBER: &str = "^([0-9]+|undefined)?$";
const UUID: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";
const CAPTCHA: &str = "f78a6c48-70fc-4b6a-b564-7e8043903e24";
/// The most characters that the answer of a captcha is read with.
const CAPTCHA_TEXT_CHARS: usize = 32;
/// The bytes of the longest character: a text of so many characters fits whatever they are.
const BYTES_OF_A_CHARACTER: usize = 4;

crate::schema_values! {
    /// A mobile number.
    Mobile => done(pattern("^1[3-9][0-9]{9}$", "13800000000").description(Some("11 digits, `1[3-9]…`")));
    /// A code from an SMS.
    SmsCode => done(pattern("^[0-9]{6}$", "407319").description(Some("the code from the SMS")));
    /// A new password, or the one of an account.
    NewPassword => done(
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(Password::MIN_CHARS))
            .max_length(Some(Password::MAX_BYTES / BYTES_OF_A_CHARACTER))
            .examples(["123456789"])
            .description(Some(format!(
                "{} characters to {} bytes",
                Password::MIN_CHARS,
                grouped(Password::MAX_BYTES)
            ))),
    );
    /// The name of a user.
    Name => done(
        text(1, UserName::MAX_CHARS, "Anna")
            .description(Some(format!("{}, unique", characters(1, UserName::MAX_CHARS)))),
    );
    /// A real name.
    PersonName => done(
        text(RealName::MIN_CHARS, RealName::MAX_CHARS, "李雷")
            .description(Some(characters(RealName::MIN_CHARS, RealName::MAX_CHARS))),
    );
    /// The number of an identity card.
    IdCard => done(
        pattern("^[0-9]{17}[0-9Xx]$", "11010519491231002X")
            .description(Some("18 characters (GB 11643-1999); `x` is `X`")),
    );
    /// The id of a house.
    HouseId => done(id().description(Some("the house")));
    /// The id of an order.
    OrderId => done(id().description(Some("the order")));
    /// The first day of a stay.
    FirstDay => done(day("2026-12-01").description(Some("first day, `YYYY-MM-DD`")));
    /// The last day of a stay.
    LastDay => done(day("2026-12-03").description(Some("last day, `YYYY-MM-DD`")));
    /// What a landlord decides.
    Action => done(
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(["accept", "reject"]))
            .description(Some("`accept` or `reject`")),
    );
    /// Why a landlord rejects, where it is not read otherwise.
    ReasonIfAny => done(
        ObjectBuilder::new().schema_type(Type::String).examples(["那几天要装修"]).description(Some(format!(
            "why, {}; not read with `accept`",
            characters(1, OrderReason::MAX_CHARS)
        ))),
    );
    /// Why a landlord rejects.
    Reason => done(
        text(1, OrderReason::MAX_CHARS, "那几天要装修")
            .description(Some(format!("why, {}", characters(1, OrderReason::MAX_CHARS)))),
    );
    /// What a guest says.
    CommentText => done(
        text(1, Comment::MAX_CHARS, "很干净，下次再来").description(Some(characters(1, Comment::MAX_CHARS))),
    );
    /// The id of a captcha.
    CaptchaId => done(
        ObjectBuilder::new()
            .schema_type(either(Type::String, Type::Integer))
            .pattern(Some("^[A-Za-z0-9-]{1,64}$"))
            .examples([CAPTCHA])
            .description(Some("the id under which the captcha was asked for")),
    );
    /// The answer of a captcha.
    CaptchaText => done(
        ObjectBuilder::new()
            .schema_type(either(Type::String, Type::Number))
            .min_length(Some(1))
            .max_length(Some(CAPTCHA_TEXT_CHARS))
            .examples(["ACE3"])
            .description(Some("what the captcha shows")),
    );
    /// A district in a search: a number, or nothing.
    AreaIfAny => maybe_number("1", "district");
    /// A page of a search.
    PageIfAny => maybe_number("1", "page, from 1; the default is 1");
    /// The first day of a search.
    FirstDayIfAny => maybe_day("2026-12-01", "first day, `YYYY-MM-DD`");
    /// The last day of a search.
    LastDayIfAny => maybe_day("2026-12-03", "last day, `YYYY-MM-DD`");
    /// The least price of a search.
    MinPrice => maybe_number("10000", "least price of a day, in 分");
    /// The greatest price of a search.
    MaxPrice => maybe_number("50000", "greatest price of a day, in 分");
    /// The least number of guests of a search.
    Guests => maybe_number("4", format!("room for at least so many guests, {}", range(1, HouseDraft::MAX_CAPACITY)));
    /// The least number of rooms of a search.
    Rooms => maybe_number("2", format!("at least so many rooms, {}", range(1, HouseDraft::MAX_ROOM_COUNT)));
    /// Any text.
    AnyText => done(ObjectBuilder::new().schema_type(Type::String));
    /// Whose orders.
    Role => done(
        ObjectBuilder::new()
            .schema_type(Type::String)
            .examples(["landlord"])
            .description(Some("`custom` (as the guest, the default) or `landlord`")),
    );
    /// What an SMS code is asked for.
    Purpose => done(
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["", "undefined", "register", "password", "mobile"])),
    );
    /// The order of a search.
    Sort => done(
        ObjectBuilder::new()
            .schema_type(either(Type::String, Type::Number))
            .examples(["booking"])
            .description(Some("order: `new` (the default), `booking`, `price-inc` or `price-des`")),
    );
}

/// The id of a house in a query.
pub fn house() -> RefOr<Schema> {
    HouseId::schema()
}

/// A mobile in a path.
pub fn mobile() -> RefOr<Schema> {
    Mobile::schema()
}

/// An id in a path.
pub fn id_in_path() -> RefOr<Schema> {
    let id = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(999_999_999));
    done(id.examples([1]))
}

/// The id that a client makes for a captcha.
pub fn uuid() -> RefOr<Schema> {
    done(pattern(UUID, CAPTCHA))
}

/// The name of a session in a path.
pub fn session() -> RefOr<Schema> {
    done(ObjectBuilder::new().schema_type(Type::String).examples(["5d41402abc4b2a76"]))
}

/// A file of a form.
pub fn file() -> RefOr<Schema> {
    let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
    done(ObjectBuilder::new().schema_type(Type::String).format(Some(binary)).description(Some("the picture")))
}

pub(crate) fn done(builder: ObjectBuilder) -> RefOr<Schema> {
    builder.into()
}

fn either(one: Type, other: Type) -> SchemaType {
    SchemaType::from_iter([one, other])
}

fn pattern(pattern: &str, example: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).examples([example])
}

/// A text of so many characters.
fn text(min: usize, max: usize, example: &str) -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(min)).max_length(Some(max));
    text.pattern(Some(TEXT)).examples([example])
}

/// A text for which a number is taken too; `says` stands before its bounds.
pub(crate) fn written(max: usize, example: &str, says: &str) -> ObjectBuilder {
    let taken = text(1, max, example).schema_type(either(Type::String, Type::Number));
    taken.description(Some(format!("{says}{}", characters(1, max))))
}

pub(crate) fn yuan(example: &str) -> ObjectBuilder {
    pattern(YUAN, example).schema_type(either(Type::String, Type::Number))
}

/// A whole number, which may be written as a text.
pub(crate) fn number(min: i64, max: i64, example: i64) -> ObjectBuilder {
    let number = ObjectBuilder::new().schema_type(either(Type::Integer, Type::String));
    number.minimum(Some(min)).maximum(Some(max)).pattern(Some("^-?[0-9]+$")).examples([example])
}

pub(crate) fn counted(min: i64, max: i64, example: i64, says: &str) -> ObjectBuilder {
    number(min, max, example).description(Some(format!("{says}, {}", range(min, max))))
}

fn id() -> ObjectBuilder {
    number(1, i64::MAX, 1)
}

fn day(example: &str) -> ObjectBuilder {
    let date = SchemaFormat::KnownFormat(KnownFormat::Date);
    ObjectBuilder::new().schema_type(Type::String).format(Some(date)).examples([example])
}

/// A number or nothing, as pages send it in queries.
fn maybe_number(example: &str, says: impl Into<String>) -> RefOr<Schema> {
    let number = pattern(MAYBE_NUMBER, example).schema_type(either(Type::String, Type::Integer));
    done(number.description(Some(says)))
}

/// A day or nothing, as pages send it in queries.
fn maybe_day(example: &str, says: &str) -> RefOr<Schema> {
    let date =
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
    let nothing = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["", "undefined"]));
    let either = AnyOfBuilder::new().item(date).item(nothing);
    either.description(Some(says)).examples([Value::from(example)]).into()
}

/// `1 to 64 characters`.
fn characters(min: usize, max: usize) -> String {
    format!("{} to {} characters", min, grouped(max))
}

/// `1 to 1,000`.
fn range(min: i64, max: i64) -> String {
    format!("{min} to {}", grouped(usize::try_from(max).unwrap_or(usize::MAX)))
}

/// A number with commas between thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at(first);
    let groups = (0..tail.len() / 3).map(|group| &tail[3 * group..3 * group + 3]);
    std::iter::once(head).filter(|head| !head.is_empty()).chain(groups).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        for (number, printed) in [(1, "1"), (64, "64"), (1000, "1,000"), (1024, "1,024"), (100_000, "100,000")] {
            assert_eq!(grouped(number), printed);
        }
    }
}
