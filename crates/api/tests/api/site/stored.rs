//! Stored texts on pages: markup, quotes, marks of direction, long words and emoji are shown as text.

use std::sync::Arc;

use minsu_domain::{AreaId, Dwelling, HouseDraft, HouseId, HouseOffer, Money, PictureKey, StayLimits, UserId};
use minsu_ports::{Clock as _, LockedLandlord, NewHouse, Store};
use minsu_system::SystemClock;

use super::browser::{Browser, day, house, site, site_with};

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

/// A house with texts that no form takes, as an earlier rule or another program may have stored them.
async fn store_house(store: &Arc<dyn Store>, landlord: UserId, text: &str) -> HouseId {
    let offer = HouseOffer {
        title: text.chars().take(64).collect(),
        price: Money::from_fen(19_900).unwrap(),
        deposit: Money::from_fen(0).unwrap(),
        area: AreaId::new(4).unwrap(),
        address: text.to_owned(),
        description: Some(text.to_owned()),
        dwelling: Dwelling {
            unit: text.chars().take(32).collect(),
            beds: text.chars().take(64).collect(),
            ..HouseOffer::try_from(HouseDraft::sample()).unwrap().dwelling
        },
        limits: StayLimits::new(1, 0).unwrap(),
        facilities: Vec::new(),
    };
    let (mut transaction, locked) = LockedLandlord::begin(&**store, landlord).await.unwrap().unwrap();
    let created_at = SystemClock.now();
    let id = transaction.houses().insert(&locked, &NewHouse { offer, created_at }).await.unwrap();
    let picture = PictureKey::new(&format!("houses/{id}/x.jpg")).unwrap();
    transaction.houses().add_picture(&locked, id, &picture, 1).await.unwrap();
    transaction.commit().await.unwrap();
    id
}

#[tokio::test]
async fn what_was_stored_before_there_were_rules_is_shown_as_text() {
    let mut store = None;
    let server = site_with(|state| store = Some(state.app.store.clone())).await;
    let store = store.unwrap();
    let landlord = Browser::new(&server);
    landlord.publish("13900000001", "小屋").await;
    let id = UserId::new(1).unwrap();
    let texts = [
        "<script>alert(1)</script>".to_owned(),
        "</title><img src=x onerror='alert(1)'>".to_owned(),
        "{{ 7 * 7 }} ${7*7} <!-- --> ]]>".to_owned(),
        format!("\u{202e}drow\u{202c} \u{200f}שלום\u{200e} \u{2066}مرحبا\u{2069} 🏡👩‍👩‍👧 \" ' & {}", "w".repeat(400)),
    ];
    // All of them first: no event tells the kept pages of what comes later.
    let mut houses = Vec::new();
    for text in &texts {
        houses.push((store_house(&store, id, text).await, text));
    }
    for (house, text) in houses {
        let beginning = written(&text.chars().take(32).collect::<String>());
        let book = format!("/houses/{house}/book?start={0}&end={0}&guests=1", day(3));
        let pages = [
            "/".to_owned(),
            "/houses".into(),
            format!("/houses/{house}"),
            "/host".into(),
            format!("/host/houses/{house}"),
            book,
        ];
        for path in pages {
            let page = landlord.get(&path).await;
            page.says(200, &beginning);
            for markup in ["<script>alert", "<img src=x", "<!-- -->", "{{ 49"] {
                assert!(!page.text.contains(markup), "{markup} at {path}");
            }
        }
        // Marks of direction work inside of the text only: everything of people's is in an element of its own.
        let page = landlord.get(&format!("/houses/{house}")).await;
        page.says(200, &format!("<h1 dir=\"auto\">{}</h1>", written(&text.chars().take(64).collect::<String>())));
        page.says(200, &format!("<p class=\"text\" dir=\"auto\">{}</p>", written(text)));
    }
}
