//! Landlords: they decide, block days, edit, add pictures, publish and read their calendars. Two clients act for
//! each, as in a household with one account.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::{Body, Call, Caller, nothing},
    envelope::{Answer, Dialect},
    guest::uuid,
    history::{Act, Outcome, Returned},
    picture::picture,
    world::{House, KnownOrder, WINDOW, World},
};

/// A client of a landlord.
pub(crate) struct Landlord {
    pub(crate) caller: Caller,
    pub(crate) number: usize,
    pub(crate) mobile: String,
}

impl Landlord {
    /// Acts until the run is over.
    pub(crate) async fn act_until_the_end(mut self) {
        while self.caller.world.goes_on() {
            let outcome = self.act().await;
            let pause = self.caller.random.u64(10..80);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            match outcome {
                Outcome::Refused(code) if code == "4101" || code == "4102" || code == "not_logged_in" => {
                    self.caller.log_in(&self.mobile).await;
                }
                Outcome::Unknown(_) => tokio::time::sleep(Duration::from_millis(150)).await,
                _ => {}
            }
        }
    }

    async fn act(&mut self) -> Outcome {
        match self.caller.random.u8(..100) {
            ..45 => self.decide().await,
            45..52 => self.cancel().await,
            52..66 => self.block().await,
            66..80 => self.schedule().await,
            80..90 => self.edit().await,
            90..97 => self.upload().await,
            _ => self.publish_one_more().await,
        }
    }

    fn own_house(&mut self) -> Option<House> {
        let mut houses = self.caller.world.houses();
        houses.retain(|house| house.landlord == self.number);
        self.caller.random.choice(&houses).copied()
    }

    fn own_order(&mut self) -> Option<KnownOrder> {
        let number = self.number;
        let own = self.caller.world.orders(|order| order.house.landlord == number);
        let newest = &own[own.len().saturating_sub(10)..];
        self.caller.random.choice(newest).copied()
    }

    async fn decide(&mut self) -> Outcome {
        let Some(KnownOrder { id: order, .. }) = self.own_order() else { return self.schedule().await };
        let accepts = self.caller.random.u8(..10) < 4;
        if self.caller.random.u8(..4) > 0 {
            return self.decide_on(order, accepts).await;
        }
        // Two clicks at once: one of them decides.
        let mut other = Self { caller: self.caller.fork(), number: self.number, mobile: self.mobile.clone() };
        futures_util::future::join(self.decide_on(order, accepts), other.decide_on(order, !accepts)).await.0
    }

    async fn decide_on(&mut self, order: i64, accepts: bool) -> Outcome {
        let random = &mut self.caller.random;
        let (dialect, reason) = (random.u8(..3), format!("装修 {}", random.u16(..)));
        let status = format!("/orders/{order}/status");
        let call = match (dialect, accepts) {
            (0, true) => Call::json(Dialect::V1, Method::PUT, status, json!({"action": "accept"})),
            (0, false) => Call::json(Dialect::V1, Method::PUT, status, json!({"action": "reject", "reason": reason})),
            (1, true) => Call::json(Dialect::Classic, Method::POST, "/order/accept", json!({"order_id": order})),
            (1, false) => {
                let body = json!({"order_id": order, "reject_reason": reason});
                Call::json(Dialect::Classic, Method::POST, "/order/reject", body)
            }
            (_, true) => Call::json(Dialect::V2, Method::POST, format!("/orders/{order}/accept"), json!({})),
            (_, false) => {
                Call::json(Dialect::V2, Method::POST, format!("/orders/{order}/reject"), json!({"reason": reason}))
            }
        };
        let act = if accepts { Act::Accept { order } } else { Act::Reject { order, reason } };
        self.caller.call(act, call, nothing).await
    }

    async fn cancel(&mut self) -> Outcome {
        let Some(KnownOrder { id: order, .. }) = self.own_order() else { return self.schedule().await };
        let (path, key) = (format!("/orders/{order}/cancel"), uuid(&mut self.caller.random));
        let call = Call::json(Dialect::V2, Method::POST, path, json!({"reason": "漏水"})).with_key(key);
        self.caller.call(Act::Cancel { order, by_landlord: true }, call, nothing).await
    }

    async fn block(&mut self) -> Outcome {
        let Some(House { id: house, .. }) = self.own_house() else { return self.decide().await };
        let random = &mut self.caller.random;
        let (first, length, blocked) = (random.u8(..WINDOW - 3), random.u8(..3), random.u8(..5) < 2);
        let last = first + length;
        let (from, to) = (self.caller.world.date(first), self.caller.world.date(last));
        let body = json!({"changes": [{"from": from, "to": to, "blocked": blocked}]});
        let call = Call::json(Dialect::V2, Method::PUT, format!("/listings/{house}/schedule"), body).at_version("*");
        self.caller.call(Act::Block { house, first, last, blocked }, call, nothing).await
    }

    async fn schedule(&mut self) -> Outcome {
        let Some(House { id: house, .. }) = self.own_house() else { return Outcome::Unknown("no house".to_owned()) };
        let world = self.caller.world.clone();
        let (from, to) = (world.date(0), world.date(WINDOW - 1));
        let call = Call::get(Dialect::V2, format!("/listings/{house}/schedule?from={from}&to={to}"));
        self.caller.call(Act::Schedule { house }, call, |json| occupants(&world, json)).await
    }

    /// Reads the version and changes the title of exactly that one; the other client of the account may be first.
    async fn edit(&mut self) -> Outcome {
        let Some(House { id: house, .. }) = self.own_house() else { return self.decide().await };
        let path = format!("/listings/{house}");
        let node = self.caller.any_node();
        let seen = match self.caller.send(node, &Call::get(Dialect::V2, path.clone())).await {
            Answer::Done(listing) => listing["version"].as_i64(),
            Answer::Refused(code) => return Outcome::Refused(code),
            Answer::Unavailable(why) | Answer::Foreign(why) => return Outcome::Unknown(why),
        };
        let Some(seen) = seen else { return Outcome::Refused("not_logged_in".to_owned()) };
        let title = format!("小院 {}", self.caller.random.u32(..));
        let call = Call::json(Dialect::V2, Method::PATCH, path, json!({"title": title}));
        let version = |json: &Value| json["version"].as_i64().map(Returned::Version);
        self.caller.call(Act::Edit { house, title }, call.at_version(&format!("\"{seen}\"")), version).await
    }

    async fn upload(&mut self) -> Outcome {
        let Some(House { id: house, .. }) = self.own_house() else { return self.decide().await };
        let bytes = picture(&mut self.caller.random);
        let call = if self.caller.random.bool() {
            let body = Body::Picture { field: "house_image", bytes };
            Call::new(Dialect::V1, Method::POST, format!("/houses/{house}/images"), body)
        } else {
            let body = Body::Picture { field: "picture", bytes };
            Call::new(Dialect::V2, Method::POST, format!("/listings/{house}/pictures"), body)
        };
        let url = |json: &Value| {
            let url = [&json["data"]["url"], &json["url"]].into_iter().find_map(Value::as_str)?;
            Some(Returned::Url(url.to_owned()))
        };
        self.caller.call(Act::Upload { house }, call, url).await
    }

    /// Publishes one more, so that guests find free days as long as the run lasts.
    async fn publish_one_more(&mut self) -> Outcome {
        let title = format!("新房 {}", self.caller.random.u32(..));
        let outcome = self.publish(&title).await;
        if let Outcome::Done(Returned::Id(id)) = outcome {
            self.caller.world.add_house(House { id, landlord: self.number });
        }
        outcome
    }

    /// Publishes a house.
    pub(crate) async fn publish(&mut self, title: &str) -> Outcome {
        let form = json!({
            "title": title, "price": "100.01", "area_id": "1", "address": "某处", "room_count": "1", "acreage": "30",
            "unit": "一室", "capacity": "2", "beds": "双人床", "deposit": "0", "min_days": "1", "max_days": "0",
            "facility": ["1"],
        });
        let call = if self.caller.random.bool() {
            Call::json(Dialect::V1, Method::POST, "/houses", form)
        } else {
            Call::json(Dialect::Classic, Method::POST, "/house/info", form)
        };
        let id = |json: &Value| {
            let id = [&json["data"]["house_id"], &json["house_id"]];
            id.into_iter().find_map(|id| id.as_i64().or_else(|| id.as_str()?.parse().ok())).map(Returned::Id)
        };
        self.caller.call(Act::Publish { title: title.to_owned() }, call, id).await
    }
}

/// Who has each day.
fn occupants(world: &World, json: &Value) -> Option<Returned> {
    let (mut held, mut blocked) = (0, 0);
    for item in json["items"].as_array()? {
        let day = world.day(item["date"].as_str()?.parse().ok()?)?;
        match item["whose"].as_str() {
            Some("order") => held |= 1 << day,
            Some("block") => blocked |= 1 << day,
            _ => {}
        }
    }
    Some(Returned::Days { held, blocked })
}
