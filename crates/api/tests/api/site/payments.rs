//! Orders are paid by forms alone: at the sandbox, by a code, at another site; receipts, statements, refunds.

use chrono::TimeDelta;
use minsu_domain::{PaymentMethod, PaymentProviderKind};
use minsu_ports::{Job, PaymentAction, PaymentError, ProviderState, StartedPayment, testkit::MockPaymentProvider};
use reqwest::Method;

use super::{
    browser::{Browser, Page, site},
    shop::Shop,
};

/// Chooses a way to pay.
async fn start(guest: &Browser, order: &str, method: &str) -> Page {
    let pay = format!("{order}/pay");
    guest.submit("/me", &pay, &[("method", method)]).await
}

/// Clicks a button of the sandbox.
async fn press(guest: &Browser, sandbox: &str, button: &str) -> Page {
    guest.submit("/me", sandbox, &[(button, button)]).await
}

/// Demands to be led back to the page of the order, with the number of the payment.
#[track_caller]
fn leads_back(page: &Page, order: &str) {
    let back = format!("{order}/pay?out_trade_no=");
    assert!(page.status == 303 && page.location().starts_with(&back), "{} {}", page.status, page.location());
}

#[tokio::test]
async fn a_guest_pays_at_the_sandbox_and_has_a_receipt() {
    let shop = Shop::sandbox().await;
    let (landlord, guest, order) = shop.accepted().await;
    let (pay, receipt) = (format!("{order}/pay"), format!("{order}/receipt"));
    guest.get("/orders").await.says(200, &format!("href=\"{pay}\""));
    landlord.get("/host/orders").await.says(200, "须在此前支付");
    assert!(!landlord.get(&order).await.text.contains(&pay), "a landlord does not pay");
    guest.get(&pay).await.says(200, "¥399.80");
    guest.get(&receipt).await.says(404, "没有找到这个页面");

    let started = start(&guest, &order, "sandbox").await;
    let sandbox = started.location().to_owned();
    assert!(started.status == 303 && sandbox.starts_with("/sandbox-payment/"), "{sandbox}");
    guest.get(&sandbox).await.says(200, "<button type=\"submit\" name=\"fail\"");
    let waiting = guest.get(&pay).await;
    waiting.says(200, "data-waiting=\"open\"");
    waiting.says(200, "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>");
    let policy = waiting.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("connect-src 'self'; default-src 'none'; "), "{policy}");

    leads_back(&press(&guest, &sandbox, "fail").await, &order);
    guest.get(&pay).await.says(200, "data-waiting");
    // The same way again is the same attempt.
    assert_eq!(start(&guest, &order, "sandbox").await.location(), sandbox);
    leads_back(&press(&guest, &sandbox, "close").await, &order);
    guest.get(&pay).await.says(200, "上一次支付已关闭");
    press(&guest, &sandbox, "pay").await.leads_to(&sandbox);
    guest.get(&sandbox).await.says(200, "已关闭或过期");

    let sandbox = start(&guest, &order, "sandbox").await.location().to_owned();
    // A payer need not be logged in, as at a provider.
    let telephone = Browser::new(&shop.server);
    let fields = [("csrf", telephone.get(&sandbox).await.hidden("csrf")), ("pay", "pay".to_owned())];
    let paid = telephone.send(telephone.request(Method::POST, &sandbox).form(&fields)).await;
    leads_back(&paid, &order);
    guest.get(paid.location()).await.leads_to(&format!("{receipt}?done=paid"));
    guest.get(&format!("{receipt}?done=paid")).await.says(200, "支付成功");
    guest.get(&receipt).await.says(200, "sandbox-");
    press(&guest, &sandbox, "pay").await.leads_to(&sandbox);
    guest.get(&sandbox).await.says(200, "已支付。");
    let again = guest.submit("/me", &pay, &[("method", "sandbox")]).await;
    again.says(422, "订单状态不允许该操作");
    landlord.get(&order).await.says(200, "支付方式");
    shop.demand_sound_books().await;
}

#[tokio::test]
async fn a_cancellation_shows_what_goes_back_and_the_statement_what_is_kept() {
    let shop = Shop::sandbox().await;
    let (landlord, guest, order) = shop.accepted().await;
    guest.get(&format!("{order}/cancel")).await.says(200, "<dt>已支付</dt><dd>¥0</dd>");
    let sandbox = start(&guest, &order, "sandbox").await.location().to_owned();
    press(&guest, &sandbox, "pay").await;
    landlord.get("/host/statement").await.says(200, "还没有入账的订单");
    let cancel = format!("{order}/cancel");
    // Three days before: half, by the usual policy.
    guest.get(&cancel).await.says(200, "<dt>退还房客</dt><dd>¥199.90</dd>");
    guest.submit(&cancel, &cancel, &[]).await.leads_to("/orders?done=canceled");
    guest.get(&order).await.says(200, "退款处理中");
    assert_eq!(shop.work(Job::SendRefunds).await, 1);
    guest.get(&order).await.says(200, "已退款");
    guest.get(&format!("{order}/receipt")).await.says(200, "已退款合计");
    guest.get(&format!("{order}/pay")).await.says(200, "订单已结束，无需支付");
    let statement = landlord.get("/host/statement").await;
    statement.says(200, "<dt>房客支付</dt><dd>¥399.80</dd>");
    statement.says(200, "<dt>应得</dt><dd><strong>¥199.90</strong></dd>");
    let file = landlord.get("/host/statement.csv").await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(file.headers["cache-control"], "no-store");
    file.says(200, "\"399.80\",\"199.90\",\"199.90\",\"0.00\",\"199.90\"\r\n");
    let month = landlord.get("/host/statement.csv?month=2020-01").await;
    assert_eq!(month.text.lines().count(), 1, "{}", month.text);
    landlord.get("/host/statement?month=<b>").await.says(200, "¥399.80");
    guest.get("/host/statement").await.says(200, "还没有入账的订单");
    shop.demand_sound_books().await;
}

#[tokio::test]
async fn a_payment_that_comes_too_late_is_told_with_its_refund() {
    let shop = Shop::sandbox().await;
    let (landlord, guest, order) = shop.accepted().await;
    let (pay, sandbox) = (format!("{order}/pay"), start(&guest, &order, "sandbox").await.location().to_owned());
    let cancel = format!("{order}/cancel");
    landlord.submit(&cancel, &cancel, &[]).await.leads_to("/host/orders?done=canceled");
    leads_back(&press(&guest, &sandbox, "pay").await, &order);
    guest.get(&pay).await.says(200, "到账时订单已结束");
    assert_eq!(shop.work(Job::SendRefunds).await, 1);
    guest.get(&pay).await.says(200, "已退款");
    shop.demand_sound_books().await;
}

#[tokio::test]
async fn an_order_is_not_paid_after_its_time() {
    let shop = Shop::sandbox().await;
    let (_, guest, order) = shop.accepted().await;
    shop.clock.forward(TimeDelta::minutes(31));
    guest.get(&format!("{order}/pay")).await.says(200, "支付时间已过");
    let late = guest.submit("/me", &format!("{order}/pay"), &[("method", "sandbox")]).await;
    late.says(422, "支付时间已过");
}

#[tokio::test]
async fn pages_of_payments_are_the_guests_alone() {
    let shop = Shop::sandbox().await;
    let (landlord, guest, order) = shop.accepted().await;
    let (stranger, visitor) = (Browser::new(&shop.server), Browser::new(&shop.server));
    stranger.sign_up("13900000003").await;
    let sandbox = start(&guest, &order, "sandbox").await.location().to_owned();
    press(&guest, &sandbox, "pay").await;
    for page in ["pay", "receipt"] {
        let path = format!("{order}/{page}");
        for person in [&landlord, &stranger] {
            person.get(&path).await.says(404, "<main id=\"main\"");
        }
        visitor.get(&path).await.leads_to(&format!("/login?next={}", path.replace('/', "%2F")));
    }
    for person in [&landlord, &stranger] {
        person.submit("/me", &format!("{order}/pay"), &[("method", "sandbox")]).await.says(404, "<main id=\"main\"");
    }
    let forged = format!("{}x", sandbox.strip_suffix(|_: char| true).unwrap());
    stranger.get(&forged).await.says(404, "<main id=\"main\"");
    press(&stranger, &forged, "pay").await.says(404, "<main id=\"main\"");
    press(&stranger, &sandbox, "steal").await.says(422, "<main id=\"main\"");
    for method in ["", "cash", "wechat_qr"] {
        let refused = guest.submit("/me", &format!("{order}/pay"), &[("method", method)]).await;
        refused.says(422, "role=\"alert\"");
    }
}

/// A provider with a code and a page of its own, at which no payment is made.
fn elsewhere() -> MockPaymentProvider {
    let mut provider = MockPaymentProvider::new();
    provider.expect_kind().return_const(PaymentProviderKind::WechatPay);
    provider.expect_methods().returning(|| vec![PaymentMethod::WechatQr, PaymentMethod::WechatH5]);
    provider.expect_query().returning(|_| Ok(ProviderState::Open));
    provider.expect_returned().returning(|_| None);
    provider
}

#[tokio::test]
async fn a_code_is_drawn_on_the_page() {
    let mut provider = elsewhere();
    provider.expect_start().times(1).returning(|_| {
        let action = PaymentAction::Qr("weixin://wxpay/bizpayurl?pr=p4lpSuKzz".to_owned());
        Ok(StartedPayment { action, reference: None, ends_at: None })
    });
    let shop = Shop::of(provider).await;
    let (_, guest, order) = shop.accepted().await;
    let pay = format!("{order}/pay");
    let choice = guest.get(&pay).await;
    choice.says(200, "value=\"wechat_qr\"");
    choice.says(200, "value=\"wechat_h5\"");
    assert!(!choice.text.contains("sandbox") && !choice.text.contains("alipay"), "{}", choice.text);
    start(&guest, &order, "wechat_qr").await.leads_to(&pay);
    let page = guest.get(&pay).await;
    page.says(200, "<svg class=\"qr\" role=\"img\" aria-label=\"支付二维码\"");
    page.says(200, "选择支付方式");
    page.says(200, "value=\"wechat_h5\"");
    assert!(!page.text.contains("value=\"wechat_qr\""), "the guest is on this way already");
    guest.get("/sandbox-payment/x").await.says(404, "没有找到这个页面");
}

#[tokio::test]
async fn a_browser_leaves_for_a_provider_from_a_page_of_the_site() {
    let url = "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=1&package=2\"><b>";
    let mut provider = elsewhere();
    provider.expect_start().times(1).returning(|_| {
        let action = PaymentAction::Redirect(url.to_owned());
        Ok(StartedPayment { action, reference: None, ends_at: None })
    });
    let shop = Shop::of(provider).await;
    let (_, guest, order) = shop.accepted().await;
    let pay = format!("{order}/pay");
    start(&guest, &order, "wechat_h5").await.leads_to(&format!("{pay}?go=1"));
    let leads = guest.get(&format!("{pay}?go=1")).await;
    leads.says(200, "<meta http-equiv=\"refresh\" content=\"0; url=https://wx.tenpay.com/");
    assert!(!leads.text.contains("2\"><b>"), "{}", leads.text);
    assert_eq!(leads.headers["referrer-policy"], "strict-origin-when-cross-origin");
    let stays = guest.get(&pay).await;
    stays.says(200, "前往支付");
    assert!(!stays.text.contains("content=\"0;"), "{}", stays.text);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_told_on_the_page() {
    let mut provider = elsewhere();
    provider.expect_start().returning(|_| Err(PaymentError::Unknown("silent".into())));
    let shop = Shop::of(provider).await;
    let (_, guest, order) = shop.accepted().await;
    let silent = start(&guest, &order, "wechat_qr").await;
    silent.says(422, "支付服务暂时不可用");
    silent.says(422, "data-waiting=\"new\"");
}

#[tokio::test]
async fn a_site_that_takes_no_payments_has_no_page_of_them() {
    let server = site().await;
    let landlord = Browser::new(&server);
    landlord.publish("13900000001", "小屋").await;
    for path in ["/orders/1/pay", "/orders/1/receipt", "/host/statement", "/host/statement.csv", "/sandbox-payment/x"] {
        for method in [Method::GET, Method::POST] {
            let visitor = Browser::new(&server);
            visitor.send(visitor.request(method, path)).await.says(404, "没有找到这个页面");
        }
        landlord.get(path).await.says(404, "没有找到这个页面");
    }
    for path in ["/host", "/host/orders", "/orders", "/me"] {
        let page = landlord.get(path).await;
        assert!(!page.text.contains("statement") && !page.text.contains("/pay"), "{path}: {}", page.text);
    }
}
