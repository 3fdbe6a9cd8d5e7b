//! The sentences of values that cannot be: in Chinese as the dialects of the documents say them, in English as the
//! pages of the site do.

use minsu_domain::{Field, Invalid, Rule};

/// The sentence for a value that cannot be: fixed for each field, never the value.
pub const fn sentence_of(invalid: Invalid) -> &'static str {
    match (invalid.field, invalid.rule) {
        (Field::Password, Rule::Common) => "密码过于常见",
        (Field::Password, Rule::HasMobile) => "密码不能包含手机号",
        _ => of_field(invalid.field).0,
    }
}

/// The same in English, for a person in front of a form.
pub const fn in_english(invalid: Invalid) -> &'static str {
    match invalid.rule {
        Rule::Common => "This password is too common.",
        Rule::HasMobile => "The password must not contain the mobile number.",
        Rule::CheckDigit => "The identity number has a wrong check digit.",
        Rule::Format | Rule::Range => of_field(invalid.field).1,
    }
}

/// The English sentence of a field that no form of the site has for a person to fill in.
const FORM: &str = "Something in the form is not right.";

/// The sentences of a field, whichever of its rules is broken: in Chinese and in English.
const fn of_field(field: Field) -> (&'static str, &'static str) {
    match field {
        Field::Id => ("编号错误", FORM),
        Field::Mobile => ("手机号格式错误", "This is not a mobile number."),
        Field::UserName => ("用户名须为1-32个字符", "A name has 1 to 32 characters."),
        Field::Password => ("密码长度不符合要求", "A password has at least 8 characters."),
        Field::RealName => ("真实姓名格式错误", "A real name has 2 to 32 characters."),
        Field::IdentityNumber => ("身份证号格式错误", "The identity number is not right: it has 18 characters."),
        Field::Money => ("金额格式错误", "The price is not right."),
        Field::Day => ("日期格式错误", "The days are not right."),
        Field::Stay => ("日期范围错误", "The days are not right."),
        Field::Listing => ("房屋信息错误", FORM),
        Field::Title => ("房屋标题错误", "The title is missing, too long, or has the signs < or >."),
        Field::Address => ("详细地址错误", "The address is missing, too long, or has the signs < or >."),
        Field::Description => ("房屋描述错误", "The description is too long, or has characters that no text may have."),
        Field::Price => ("房屋价格错误", "The price is not right."),
        Field::Deposit => ("押金错误", "The deposit is not right."),
        Field::RoomCount => ("房间数目错误", "The number of rooms is not right."),
        Field::Acreage => ("房屋面积错误", "The area is not right."),
        Field::Unit => ("户型描述错误", "The layout is missing or too long."),
        Field::Capacity => ("宜住人数错误", "The number of guests is not right."),
        Field::Beds => ("卧床配置错误", "The beds are missing, or the text is too long."),
        Field::MinDays => ("最少入住天数错误", "The shortest stay is not right."),
        Field::MaxDays => ("最多入住天数错误", "The longest stay is shorter than the shortest one."),
        Field::Facility => ("配套设施错误", "There is no such facility."),
        Field::Caption => ("图片说明错误", "The caption is too long, or has characters that it cannot have."),
        Field::Comment => ("评价内容错误", "The comment is empty or too long."),
        Field::RejectReason => ("拒单理由错误", "Please give a reason."),
        Field::DateRange => ("日期范围错误", "The days are not right."),
        Field::Page => ("页码错误", FORM),
        Field::Words => ("搜索词错误", "Search for words of at least two letters."),
        Field::Cursor => ("翻页位置错误", FORM),
        Field::PictureKey => ("图片地址错误", FORM),
        Field::IdempotencyKey => ("幂等键错误", FORM),
        Field::TokenName => ("令牌名称错误", FORM),
        Field::TokenScopes => ("令牌权限错误", FORM),
        Field::TokenExpiry => ("令牌有效期错误", FORM),
        Field::Version => ("版本号错误", FORM),
        Field::From => ("起始日期错误", "The days are not right."),
        Field::To => ("结束日期错误", "The days are not right."),
        Field::WeekdayPrices => ("按星期的价格错误", "The prices of weekdays are not right."),
        Field::ArrivalDays => ("可入住的星期错误", "The weekdays are not right."),
        Field::DepartureDays => ("可离店的星期错误", "The weekdays are not right."),
        Field::NoticeDays => ("提前预订天数错误", "The number of days is not right."),
        Field::WindowDays => ("可预订期限错误", "The number of days is not right."),
        Field::PreparationDays => ("整理天数错误", "The number of days is not right."),
        Field::CleaningFee => ("清洁费错误", "The fee is not right."),
        Field::GuestsIncluded => ("包含人数错误", "The number of guests is not right."),
        Field::ExtraGuestFee => ("加人费错误", "The fee is not right."),
        Field::WeeklyDiscount => ("周租折扣错误", "The discount is not right."),
        Field::MonthlyDiscount => ("月租折扣错误", "The discount is not right."),
        Field::Seasons => ("季节错误", "The seasons are not right."),
        Field::Changes => ("日历修改错误", "The changes are not right."),
        Field::Note => ("备注错误", "The note is too long, or has the signs < or >."),
        Field::Occupants => ("入住人错误", "The people who stay are missing, more than guests, or named twice."),
        Field::CalendarName => ("日历名称错误", "A calendar has a name of 1 to 64 characters."),
        Field::FeedOffset => ("日历天数偏移错误", "At most two days are added before each event, and two behind."),
        Field::Url => ("网址错误", "This is not an address that begins with https://."),
        Field::Events => ("事件类型错误", "There is no such kind of event."),
        Field::Sms => ("短信通知设置错误", FORM),
    }
}
