//! The sentences of values that cannot be: in Chinese as the dialects of the documents say them, in English as the
//! pages of the site do.

use minsu_domain::{Field, Invalid, Rule};

/// The sentence for a value that cannot be: fixed for each field, never the value.
pub const fn sentence_of(invalid: Invalid) -> &'static str {
    match (invalid.field, invalid.rule) {
        (Field::Password, Rule::Common) => return "密码过于常见",
        (Field::Password, Rule::HasMobile) => return "密码不能包含手机号",
        _ => {}
    }
    match invalid.field {
        Field::Id => "编号错误",
        Field::Mobile => "手机号格式错误",
        Field::UserName => "用户名须为1-32个字符",
        Field::Password => "密码长度不符合要求",
        Field::RealName => "真实姓名格式错误",
        Field::IdentityNumber => "身份证号格式错误",
        Field::Money => "金额格式错误",
        Field::Day => "日期格式错误",
        Field::Stay | Field::DateRange => "日期范围错误",
        Field::Listing => "房屋信息错误",
        Field::Title => "房屋标题错误",
        Field::Address => "详细地址错误",
        Field::Description => "房屋描述错误",
        Field::Price => "房屋价格错误",
        Field::Deposit => "押金错误",
        Field::RoomCount => "房间数目错误",
        Field::Acreage => "房屋面积错误",
        Field::Unit => "户型描述错误",
        Field::Capacity => "宜住人数错误",
        Field::Beds => "卧床配置错误",
        Field::MinDays => "最少入住天数错误",
        Field::MaxDays => "最多入住天数错误",
        Field::Facility => "配套设施错误",
        Field::Caption => "图片说明错误",
        Field::Comment => "评价内容错误",
        Field::RejectReason => "拒单理由错误",
        Field::Page => "页码错误",
        Field::Words => "搜索词错误",
        Field::Cursor => "翻页位置错误",
        Field::PictureKey => "图片地址错误",
        Field::IdempotencyKey => "幂等键错误",
        Field::TokenName => "令牌名称错误",
        Field::TokenScopes => "令牌权限错误",
        Field::TokenExpiry => "令牌有效期错误",
        Field::Version => "版本号错误",
        Field::From => "起始日期错误",
        Field::To => "结束日期错误",
        Field::WeekdayPrices => "按星期的价格错误",
        Field::ArrivalDays => "可入住的星期错误",
        Field::DepartureDays => "可离店的星期错误",
        Field::NoticeDays => "提前预订天数错误",
        Field::WindowDays => "可预订期限错误",
        Field::PreparationDays => "整理天数错误",
        Field::CleaningFee => "清洁费错误",
        Field::GuestsIncluded => "包含人数错误",
        Field::ExtraGuestFee => "加人费错误",
        Field::WeeklyDiscount => "周租折扣错误",
        Field::MonthlyDiscount => "月租折扣错误",
        Field::Seasons => "季节错误",
        Field::Changes => "日历修改错误",
        Field::Note => "备注错误",
        Field::Occupants => "入住人错误",
        Field::FeedOffset => "日历天数偏移错误",
    }
}

/// The same in English, for a person in front of a form.
pub const fn in_english(invalid: Invalid) -> &'static str {
    match invalid.rule {
        Rule::Common => "This password is too common.",
        Rule::HasMobile => "The password must not contain the mobile number.",
        Rule::CheckDigit => "The identity number has a wrong check digit.",
        Rule::Format | Rule::Range => of_field(invalid.field),
    }
}

const fn of_field(field: Field) -> &'static str {
    match field {
        Field::Mobile => "This is not a mobile number.",
        Field::UserName => "A name has 1 to 32 characters.",
        Field::Password => "A password has at least 8 characters.",
        Field::RealName => "A real name has 2 to 32 characters.",
        Field::IdentityNumber => "The identity number is not right: it has 18 characters.",
        Field::Day | Field::Stay | Field::DateRange | Field::From | Field::To => "The days are not right.",
        Field::Title => "The title is missing, too long, or has the signs < or >.",
        Field::Address => "The address is missing, too long, or has the signs < or >.",
        Field::Description => "The description is too long, or has characters that no text may have.",
        Field::Price | Field::Money => "The price is not right.",
        Field::Deposit => "The deposit is not right.",
        Field::RoomCount => "The number of rooms is not right.",
        Field::Acreage => "The area is not right.",
        Field::Unit => "The layout is missing or too long.",
        Field::Capacity => "The number of guests is not right.",
        Field::Beds => "The beds are missing, or the text is too long.",
        Field::MinDays => "The shortest stay is not right.",
        Field::MaxDays => "The longest stay is shorter than the shortest one.",
        Field::Facility => "There is no such facility.",
        Field::Caption => "The caption is too long, or has characters that it cannot have.",
        Field::Comment => "The comment is empty or too long.",
        Field::RejectReason => "Please give a reason.",
        Field::Words => "Search for words of at least two letters.",
        Field::WeekdayPrices => "The prices of weekdays are not right.",
        Field::ArrivalDays | Field::DepartureDays => "The weekdays are not right.",
        Field::NoticeDays | Field::WindowDays | Field::PreparationDays => "The number of days is not right.",
        Field::CleaningFee | Field::ExtraGuestFee => "The fee is not right.",
        Field::GuestsIncluded => "The number of guests is not right.",
        Field::WeeklyDiscount | Field::MonthlyDiscount => "The discount is not right.",
        Field::Seasons => "The seasons are not right.",
        Field::Changes => "The changes are not right.",
        Field::Note => "The note is too long, or has the signs < or >.",
        Field::Occupants => "The people who stay are missing, more than guests, or named twice.",
        Field::FeedOffset => "A calendar adds at most two days before and two days behind each event.",
        Field::Id
        | Field::Listing
        | Field::Page
        | Field::Cursor
        | Field::PictureKey
        | Field::IdempotencyKey
        | Field::TokenName
        | Field::TokenScopes
        | Field::TokenExpiry
        | Field::Version => "Something in the form is not right.",
    }
}
