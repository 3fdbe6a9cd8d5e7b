//! Twenty equal calls at once, of which one wins.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{PASSWORD, Site, day};
use crate::child::reqwest_client;

impl Site {
    pub async fn twenty_real_names(&self) -> (usize, Vec<String>) {
        let identity = json!({"real_name": "韩梅梅", "id_card": "440524188001010014"});
        self.twenty(|_| (self.guests[0].clone(), "POST", "/user/auth".to_owned(), identity.clone())).await
    }

    pub async fn twenty_registrations(&self) -> (usize, Vec<String>) {
        let code = self.code_for("13711111111").await;
        let body = json!({"mobile": "13711111111", "sms_code": code, "password": PASSWORD});
        self.twenty(|_| (reqwest_client(), "POST", "/users".to_owned(), body.clone())).await
    }

    pub async fn twenty_renames(&self) -> (usize, Vec<String>) {
        let mut people = Vec::new();
        for number in 0..20 {
            let person = reqwest_client();
            self.register(&person, &format!("136000000{number:02}")).await;
            people.push(person);
        }
        self.twenty(|i| (people[i].clone(), "PUT", "/user/name".to_owned(), json!({"name": "只有一个"}))).await
    }

    pub async fn twenty_accepts(&self) -> (usize, Vec<String>) {
        let body = json!({"house_id": self.houses[0].0, "start_date": day(0), "end_date": day(0)});
        let id = self.call(&self.guests[0], "POST", "/orders", &body).await["data"]["order_id"].clone();
        let path = format!("/orders/{id}/status");
        self.twenty(|_| (self.landlord.clone(), "PUT", path.clone(), json!({"action": "accept"}))).await
    }

    /// Twenty calls at once: how many succeeded, and the codes of the others.
    async fn twenty(
        &self,
        call: impl Fn(usize) -> (reqwest::Client, &'static str, String, Value),
    ) -> (usize, Vec<String>) {
        let answers = join_all((0..20).map(|i| {
            let (client, method, path, body) = call(i);
            async move { self.call(&client, method, &path, &body).await["errno"].as_str().unwrap().to_owned() }
        }))
        .await;
        let others: Vec<_> = answers.into_iter().filter(|code| code != "0").collect();
        (20 - others.len(), others)
    }
}
