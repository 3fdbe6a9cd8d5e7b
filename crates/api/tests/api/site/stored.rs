//! Stored texts on pages: markup, quotes, marks of direction, long words and emoji are shown as text.

use super::browser::{Browser, day, house, site};

/// What people may write in a name or a comment, and how a page has it.
fn written(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;").replace('\'', "&#39;")
}

#[tokio::test]
async fn texts_stay_texts() {
    let server = site().await;
    let (landlord, guest) = (Browser::new(&server), Browser::new(&server));
    let id = landlord.publish("13900000001", "\" onerror=alert(1) x='&amp;🛏️\u{5d0}\u{5d1}").await;
    guest.sign_up("13900000002").await;
    // Each comment is for a house of its own, because it is written from the first day on.
    let texts = ["\"><b onclick=\"alert(1)", "'quotes' & &lt;script&gt; 🏡", "مرحبا שלום", &"长".repeat(512)];
    for text in texts {
        let house = landlord.publish_another("又一间").await;
        let (start, book) = (day(0), format!("/houses/{house}/book"));
        let stay = [("start", start.as_str()), ("end", start.as_str()), ("guests", "1")];
        guest.submit("/me", &book, &stay).await.leads_to("/orders?done=booked");
        let orders = landlord.get("/host/orders").await;
        let order = orders.text.split("id=\"order-").nth(1).unwrap().split('"').next().unwrap().to_owned();
        landlord.submit("/host/orders", &format!("/host/orders/{order}/accept"), &[]).await;
        let comment = guest.submit("/orders", &format!("/orders/{order}/comment"), &[("comment", text)]).await;
        if text.contains('<') || text.contains('>') {
            // Markup does not even get in; what was stored by other means would still be text.
            comment.says(422, "role=\"alert\"");
            continue;
        }
        comment.leads_to("/orders?done=commented");
        for path in [format!("/houses/{house}"), "/orders".into(), "/host/orders".into()] {
            let browser = if path == "/host/orders" { &landlord } else { &guest };
            browser.get(&path).await.says(200, &written(text));
        }
    }
    let title = written("\" onerror=alert(1) x='&amp;🛏️\u{5d0}\u{5d1}");
    for path in ["/", "/houses", &format!("/houses/{id}")] {
        let page = guest.get(path).await;
        page.says(200, &title);
        assert!(!page.text.contains("\" onerror=") && !page.text.contains("<b onclick"), "{path}");
    }
}

#[tokio::test]
async fn what_a_form_was_sent_comes_back_as_text() {
    let server = site().await;
    let person = Browser::new(&server);
    person.sign_up("13900000001").await;
    let nasty = "\"><script>alert(1)</script>";
    let mut fields = house(nasty);
    fields.push(("beds", "'"));
    let refused = person.submit("/host/new", "/host/new", &fields).await;
    refused.says(422, &format!("value=\"{}\"", written(nasty)));
    assert!(!refused.text.contains("<script>"));
    let login = Browser::new(&server);
    let path = "/login?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&mobile=%22%3E%3Cscript%3E";
    let page = login.get(path).await;
    assert!(!page.text.contains("<script>"), "{}", page.text);
    page.says(200, "name=\"next\" value=\"/me\"");
    let search = login.get("/houses?q=%22%3E%3Cscript%3E&area=%22%3E%3Cscript%3E").await;
    assert!(!search.text.contains("<script>"), "{}", search.text);
}
