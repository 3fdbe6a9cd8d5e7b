//! A site that demands a proof of work with each SMS.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    support::{Client, TestServer},
    tables::fresh_mobile,
};

/// The largest number that may have to be tried.
const MOST: u32 = 2_000;

fn digest(salt: &str, number: u32) -> String {
    Sha256::digest(format!("{salt}{number}")).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The payload of a number for a challenge.
fn payload(posed: &Value, number: u32) -> String {
    let of = |name: &str| posed[name].clone();
    let solved = json!({
        "algorithm": of("algorithm"), "challenge": of("challenge"), "number": number, "salt": of("salt"),
        "signature": of("signature"), "took": 5,
    });
    BASE64_STANDARD.encode(solved.to_string())
}

/// Looks for the number as a browser does.
fn solved(posed: &Value) -> u32 {
    let (salt, challenge) = (posed["salt"].as_str().unwrap(), posed["challenge"].as_str().unwrap());
    (0..=MOST).find(|number| digest(salt, *number) == challenge).unwrap()
}

/// A captcha with its challenge, and the body that answers it.
async fn captcha(client: &Client) -> (Value, Value) {
    let captcha = client.post("/api/v2/captchas", &json!({})).await.done(201);
    let text = client.captcha_text(captcha["id"].as_str().unwrap());
    let body = json!({
        "mobile": fresh_mobile(), "purpose": "register", "captcha_id": captcha["id"], "captcha_text": text,
    });
    (captcha["proof_of_work"].clone(), body)
}

fn with_proof(body: &Value, proof: Value) -> Value {
    let mut body = body.clone();
    body["proof_of_work"] = proof;
    body
}

#[tokio::test]
async fn an_sms_takes_a_proof_of_work_where_the_site_demands_one() {
    let server = TestServer::start_with(|state| state.app.policy.proof_of_work = MOST).await;
    let client = Client::new(&server);
    let (posed, body) = captcha(&client).await;
    assert_eq!((&posed["algorithm"], &posed["maxnumber"]), (&json!("SHA-256"), &json!(MOST)));
    let number = solved(&posed);
    let good = payload(&posed, number);
    client.post("/api/v2/sms-codes", &with_proof(&body, json!(good))).await.done(202);
    let mobile = body["mobile"].as_str().unwrap();
    assert_eq!(client.sms_codes(mobile).len(), 1);

    // Without one, with one that was used, with a wrong number, for a challenge of one's own, with no payload.
    let (other, _) = captcha(&client).await;
    let mut own = posed.clone();
    own["salt"] = json!("00?expires=99999999999&");
    own["challenge"] = json!(digest("00?expires=99999999999&", 1));
    for proof in [
        None,
        Some(json!(good)),
        Some(json!(payload(&other, solved(&other) + 1))),
        Some(json!(payload(&own, 1))),
        Some(json!("not a payload")),
    ] {
        let (_, body) = captcha(&client).await;
        let body = match &proof {
            Some(proof) => with_proof(&body, proof.clone()),
            None => body,
        };
        client.post("/api/v2/sms-codes", &body).await.problem(422, "captcha_wrong");
        assert_eq!(client.sms_codes(body["mobile"].as_str().unwrap()), Vec::<String>::new(), "{proof:?}");
    }
    let (_, body) = captcha(&client).await;
    let mistyped = client.post("/api/v2/sms-codes", &with_proof(&body, json!(5))).await.problem(422, "invalid_fields");
    assert_eq!(mistyped.faults(), [("/proof_of_work".to_owned(), "type".to_owned())]);
    // A proof is not bound to a captcha; the other one still counts once.
    let good = payload(&other, solved(&other));
    client.post("/api/v2/sms-codes", &with_proof(&body, json!(good))).await.done(202);
}

#[tokio::test]
async fn no_proof_is_posed_or_demanded_elsewhere() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    let (posed, body) = captcha(&client).await;
    assert_eq!(posed, Value::Null);
    client.post("/api/v2/sms-codes", &with_proof(&body, json!("left over"))).await.done(202);
}
