//! Newcomers: they sign up, and try to use every code twice, at two processes at once.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::{Call, Caller, PASSWORD, nothing},
    envelope::Dialect,
    guest::uuid,
    history::{Act, Outcome, Returned},
    world::SpentCode,
};

/// A stream of newcomers.
pub(crate) struct Newcomers {
    pub(crate) caller: Caller,
    /// The first digits of their mobiles.
    pub(crate) prefix: String,
}

impl Newcomers {
    /// Signs people up until the run is over.
    pub(crate) async fn act_until_the_end(mut self) {
        let mut count = 0;
        while self.caller.world.goes_on() {
            self.sign_up_twice(count).await;
            count += 1;
            let pause = self.caller.random.u64(100..600);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    async fn sign_up_twice(&mut self, count: usize) {
        let mobiles = [0, 1].map(|second| format!("{}{:04}", self.prefix, 2 * count + second));
        let Some((id, text)) = self.caller.captcha().await else { return };
        let mut other = self.caller.fork();
        let sent = futures_util::future::join(
            self.caller.send_code(&id, &text, &mobiles[0]),
            other.send_code(&id, &text, &mobiles[1]),
        )
        .await;
        let done = [&sent.0, &sent.1].map(|outcome| matches!(outcome, Outcome::Done(_)));
        if done == [true; 2] {
            self.caller.world.history.violated("no captcha works twice", format!("{id} for {mobiles:?}"));
        }
        let Some(mobile) = done.iter().position(|done| *done).map(|at| mobiles[at].clone()) else { return };
        self.caller.world.add_spent(SpentCode::Captcha { id, text });
        let Some(code) = self.caller.world.sms_code(&mobile) else { return };
        let mut other = self.caller.fork();
        let registered =
            futures_util::future::join(self.caller.register(&mobile, &code), other.register(&mobile, &code)).await;
        let done = [registered.0, registered.1].iter().filter(|it| matches!(it, Outcome::Done(_))).count();
        if done == 2 {
            self.caller.world.history.violated("no SMS code works twice", format!("{code} of {mobile}"));
        }
        if done > 0 {
            self.caller.world.add_spent(SpentCode::Sms { mobile, code });
        }
    }
}

impl Caller {
    /// The same client with decisions of its own from now on.
    pub(crate) fn fork(&mut self) -> Self {
        Self { random: self.random.fork(), ..self.clone() }
    }

    /// A captcha and its answer, as profile dev writes it.
    pub(crate) async fn captcha(&mut self) -> Option<(String, String)> {
        let (id, node) = (uuid(&mut self.random), self.any_node());
        let url = format!("{}/api/v1.0/imagecode/{id}", self.world.addresses.bases[node]);
        let picture = self.world.http.get(url).timeout(Duration::from_secs(20)).send().await.ok()?;
        if !picture.status().is_success() {
            return None;
        }
        picture.bytes().await.ok()?;
        let text = self.world.captcha_text(&id)?;
        Some((id, text))
    }

    /// Asks for an SMS code.
    pub(crate) async fn send_code(&mut self, captcha: &str, text: &str, mobile: &str) -> Outcome {
        let call = Call::get(Dialect::V1, format!("/smscode/{mobile}?text={text}&id={captcha}"));
        let act = Act::SendCode { captcha: captcha.to_owned(), mobile: mobile.to_owned() };
        self.call(act, call, nothing).await
    }

    /// Registers.
    pub(crate) async fn register(&mut self, mobile: &str, code: &str) -> Outcome {
        let (call, id): (_, fn(&Value) -> Option<i64>) = if self.random.bool() {
            let body = json!({"mobile": mobile, "sms_code": code, "password": PASSWORD});
            (Call::json(Dialect::V1, Method::POST, "/users", body), |json| json["data"]["user_id"].as_i64())
        } else {
            let body = json!({"mobile": mobile, "sms_code": code, "password": PASSWORD});
            (Call::json(Dialect::V2, Method::POST, "/users", body), |json| json["id"].as_i64())
        };
        let act = Act::Register { mobile: mobile.to_owned() };
        self.call(act, call, |json| id(json).map(Returned::Id)).await
    }
}
