//! What a page says after something was done: the redirect names it, so that nothing has to be kept.

use minsu_web::language::Language;

use crate::{
    form::Fields,
    frame::{Frame, Notice},
    language::say,
};

const SENTENCES: [(&str, &str, &str); 40] = [
    ("welcome", "注册成功，欢迎！", "Welcome! Your account is ready."),
    ("booked", "预订已提交，请等待房东接单。", "Your request was sent. The landlord will answer it."),
    ("paid", "支付成功，谢谢！", "Thank you, your payment has arrived."),
    ("commented", "评价已发布，谢谢！", "Thank you, your comment is published."),
    ("accepted", "已接单。", "You accepted the order."),
    ("rejected", "已拒单，日期已重新开放。", "You rejected the order; its days are free again."),
    ("named", "入住人已保存。", "The people who stay were saved."),
    ("canceled", "订单已取消，日期已重新开放。", "The order was cancelled; its days are free again."),
    ("drafted", "房源已保存。请上传图片，然后发布。", "The house is saved. Add a picture, then publish it."),
    ("pictured", "图片已上传。", "The picture was added."),
    ("published", "房源已发布。", "The house is published."),
    ("edited", "房源信息已修改。", "The house was changed."),
    ("arranged", "图片顺序和说明已保存。", "Order and captions were saved."),
    ("unpictured", "图片已删除。", "The picture was deleted."),
    ("unlisted", "房源已下架，可随时重新发布。", "The house is off the site; you can publish it again at any time."),
    ("removed", "房源已删除。", "The house was deleted."),
    ("planned", "日历已保存。", "The calendar was saved."),
    (
        "ruled",
        "价格和规则已保存，已有订单不受影响。",
        "Prices and rules were saved. Orders that were placed stay as they are.",
    ),
    ("seasoned", "季节已保存。", "The season was saved."),
    ("unseasoned", "季节已删除。", "The season was deleted."),
    ("connected", "日历已连接，正在读取。", "The calendar is connected and being read."),
    ("syncing", "正在读取日历。", "The calendar is being read."),
    ("released", "这些日期已空出。", "These days are free."),
    ("paused", "日历已暂停，已占用的日期保持不变。", "The calendar is paused; its days stay shut."),
    ("resumed", "日历已恢复，正在读取。", "The calendar is read again."),
    ("disconnected", "日历已断开，日期已空出。", "The calendar is disconnected; its days are free."),
    ("unlinked", "链接已删除。", "The link was deleted."),
    (
        "tested",
        "测试消息即将发送，请稍后查看投递记录。",
        "The test is on its way; its result is in the list in a moment.",
    ),
    ("hook_on", "已启用。", "The webhook is on."),
    ("hook_off", "已停用，等待中的投递已搁置。", "The webhook is off; what waited for it is parked."),
    ("unhooked", "Webhook 已删除。", "The webhook was deleted."),
    ("redelivered", "即将重新投递。", "It is sent once more in a moment."),
    ("notified", "通知设置已保存。", "Your choice of messages was saved."),
    ("renamed", "用户名已修改。", "Your name was changed."),
    ("portrayed", "头像已更新。", "Your portrait was changed."),
    ("verified", "实名认证已完成。", "Your real name is written down."),
    ("password", "密码已修改，其他设备已退出登录。", "The password was changed; other devices were logged out."),
    ("reset", "新密码已设置，请登录。", "The new password is set. Please log in."),
    ("ended", "该设备已退出登录。", "The device was logged out."),
    ("deleted", "账号已注销。", "Your account was deleted."),
];

/// The frame with what was just done.
pub fn told(frame: Frame, fields: &Fields) -> Frame {
    let notice = sentence(frame.language, fields.get("done")).map(Notice::Done);
    Frame { notice, ..frame }
}

fn sentence(language: Language, name: &str) -> Option<&'static str> {
    let found = SENTENCES.iter().find(|(known, _, _)| *known == name);
    found.map(|(_, chinese, english)| say(language, chinese, english))
}
