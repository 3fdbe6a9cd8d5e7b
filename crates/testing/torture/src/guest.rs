//! Guests: they book, cancel, comment, change their names and portraits, log out and in, and read.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::{Body, Call, Caller, nothing},
    envelope::Dialect,
    history::{Act, Outcome, Returned},
    picture::picture,
    world::{KnownOrder, WINDOW},
};

/// A guest with an account.
pub(crate) struct Guest {
    pub(crate) caller: Caller,
    pub(crate) number: usize,
    pub(crate) id: i64,
    pub(crate) mobile: String,
}

impl Guest {
    /// Acts until the run is over.
    pub(crate) async fn act_until_the_end(mut self) {
        while self.caller.world.goes_on() {
            let outcome = self.act().await;
            let pause = self.caller.random.u64(5..60);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            match outcome {
                Outcome::Refused(code) if code == "4101" || code == "4102" || code == "not_logged_in" => {
                    self.caller.log_in(&self.mobile).await;
                }
                // Where nothing answers, there is no point in asking a thousand times a second.
                Outcome::Unknown(_) => tokio::time::sleep(Duration::from_millis(150)).await,
                _ => {}
            }
        }
    }

    async fn act(&mut self) -> Outcome {
        match self.caller.random.u8(..100) {
            ..45 => self.book().await,
            45..55 => self.cancel().await,
            55..67 => self.comment().await,
            67..72 => self.rename().await,
            72..75 => self.portrait().await,
            75..80 => self.log_out().await,
            _ => self.browse().await,
        }
    }

    async fn book(&mut self) -> Outcome {
        let random = &mut self.caller.random;
        let house = self.caller.world.any_house(random);
        let (first, length) = (random.u8(..WINDOW - 3), random.u8(..3));
        let (last, dialect) = (first + length, random.u8(..3));
        let key = uuid(random);
        let (start, end) = (self.caller.world.date(first), self.caller.world.date(last));
        let old = json!({"house_id": house.id, "start_date": start, "end_date": end});
        let call = match dialect {
            0 => Call::json(Dialect::V1, Method::POST, "/orders", old),
            1 => Call::json(Dialect::Classic, Method::POST, "/order", old),
            _ => {
                let body = json!({"listing_id": house.id, "start": start, "end": end, "guests": 1});
                Call::json(Dialect::V2, Method::POST, "/orders", body).with_key(key)
            }
        };
        let act = Act::Book { house: house.id, guest: self.id, first, last };
        let id = |json: &Value| {
            let id = [&json["data"]["order_id"], &json["order_id"], &json["id"]].into_iter().find_map(Value::as_i64);
            id.map(Returned::Id)
        };
        let outcome = self.caller.call(act, call, id).await;
        if let Outcome::Done(Returned::Id(id)) = outcome {
            self.caller.world.add_order(KnownOrder { id, house, guest: self.number });
        }
        outcome
    }

    /// One of the own orders, mostly a new one.
    fn own_order(&mut self) -> Option<KnownOrder> {
        let number = self.number;
        let own = self.caller.world.orders(|order| order.guest == number);
        let newest = &own[own.len().saturating_sub(6)..];
        self.caller.random.choice(newest).copied()
    }

    async fn cancel(&mut self) -> Outcome {
        let Some(order) = self.own_order() else { return self.book().await };
        let (path, key) = (format!("/orders/{}/cancel", order.id), uuid(&mut self.caller.random));
        let call = Call::json(Dialect::V2, Method::POST, path, json!({"reason": "改期"})).with_key(key);
        self.caller.call(Act::Cancel { order: order.id, by_landlord: false }, call, nothing).await
    }

    async fn comment(&mut self) -> Outcome {
        let Some(order) = self.own_order() else { return self.book().await };
        let text = format!("住得很好 {}", self.caller.random.u32(..));
        let call = if self.caller.random.bool() {
            let path = format!("/orders/{}/comment", order.id);
            Call::json(Dialect::V1, Method::PUT, path, json!({"comment": text}))
        } else {
            let body = json!({"order_id": order.id, "comment": text});
            Call::json(Dialect::Classic, Method::POST, "/order/comment", body)
        };
        self.caller.call(Act::Comment { order: order.id, text }, call, nothing).await
    }

    async fn rename(&mut self) -> Outcome {
        let name = format!("客人{}-{}", self.number, self.caller.random.u32(..));
        let call = match self.caller.random.u8(..3) {
            0 => Call::json(Dialect::V1, Method::PUT, "/user/name", json!({"name": name})),
            1 => Call::json(Dialect::Classic, Method::POST, "/profile/name", json!({"name": name})),
            _ => Call::json(Dialect::V2, Method::PATCH, "/me", json!({"name": name})).at_version("*"),
        };
        self.caller.call(Act::Rename { user: self.id, name }, call, nothing).await
    }

    async fn portrait(&mut self) -> Outcome {
        let bytes = picture(&mut self.caller.random);
        let body = Body::Picture { field: "avatar", bytes };
        let call = Call::new(Dialect::V1, Method::POST, "/user/avatar", body);
        let url = |json: &Value| Some(Returned::Url(json["data"]["avatar_url"].as_str()?.to_owned()));
        self.caller.call(Act::Portrait { user: self.id }, call, url).await
    }

    /// Logs out, and tries the cookie again everywhere.
    async fn log_out(&mut self) -> Outcome {
        let Some(cookie) = self.caller.cookie.clone() else {
            return Outcome::Refused("4101".to_owned());
        };
        let call = match self.caller.random.u8(..3) {
            0 => Call::new(Dialect::V1, Method::DELETE, "/session", Body::None),
            1 => Call::get(Dialect::Classic, "/logout"),
            _ => Call::new(Dialect::V2, Method::DELETE, "/session", Body::None),
        };
        let outcome = self.caller.call(Act::LogOut { cookie: cookie.clone() }, call, nothing).await;
        if matches!(outcome, Outcome::Done(_)) {
            self.caller.world.add_ended_cookie(cookie.clone());
            for node in 0..self.caller.world.addresses.bases.len() {
                self.caller.cookie = Some(cookie.clone());
                self.caller.try_cookie(node).await;
            }
            self.caller.cookie = None;
        }
        self.caller.log_in(&self.mobile).await;
        outcome
    }

    async fn browse(&mut self) -> Outcome {
        let random = &mut self.caller.random;
        let (house, day) = (self.caller.world.any_house(random).id, random.u8(..WINDOW - 3));
        let (from, to) = (self.caller.world.date(day), self.caller.world.date(day + 2));
        let (dialect, path) = match random.u8(..8) {
            0 => (Dialect::V1, format!("/houses?aid=1&sd={from}&ed={to}&sk=new&p=1")),
            1 => (Dialect::V1, format!("/houses/{house}")),
            2 => (Dialect::Classic, format!("/house/info?house_id={house}")),
            3 => (Dialect::Classic, format!("/house/list?aid=1&sd={from}&ed={to}&p=1")),
            4 => (Dialect::V2, format!("/listings?start={from}&end={to}")),
            5 => (Dialect::V2, format!("/listings/{house}/calendar?from={from}&to={to}")),
            6 => (Dialect::V2, "/orders?role=guest&limit=20".to_owned()),
            _ => (Dialect::V1, "/user/orders?role=custom".to_owned()),
        };
        let call = Call::get(dialect, path.clone());
        self.caller.call(Act::Read { path }, call, nothing).await
    }
}

impl Caller {
    /// Asks who is logged in, with a cookie whose logout was acknowledged.
    pub(crate) async fn try_cookie(&mut self, node: usize) {
        let Some(cookie) = self.cookie.clone() else { return };
        let act = Act::TryCookie { cookie: cookie.clone() };
        let mut outcome = self.call_at(node, act.clone(), Call::get(Dialect::V1, "/session"), nothing).await;
        if matches!(outcome, Outcome::Unknown(_)) {
            outcome = self.call_at(node, act, Call::get(Dialect::V1, "/session"), nothing).await;
        }
        if matches!(outcome, Outcome::Done(_)) {
            self.world.history.violated("no session survives its logout", format!("{cookie} at process {node}"));
        }
        self.cookie = Some(cookie);
    }
}

/// A random UUID of a seeded generator.
pub(crate) fn uuid(random: &mut fastrand::Rng) -> String {
    uuid::Builder::from_random_bytes(random.u128(..).to_le_bytes()).into_uuid().to_string()
}
