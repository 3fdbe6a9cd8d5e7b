//! The proof of work as a client sends it: the payload of ALTCHA, Base64 of a JSON object.

use base64::{Engine, prelude::BASE64_STANDARD};
use minsu_application::proof::{ALGORITHM, Solution};
use serde::Deserialize;

/// The object in a payload. Clients add how long they looked, which says nothing.
#[derive(Deserialize)]
struct Payload {
    algorithm: String,
    challenge: String,
    number: u32,
    salt: String,
    signature: String,
}

/// The solution in a payload. A text that is none solves nothing, like an absent one.
pub fn solution(payload: &str) -> Option<Solution> {
    let json = BASE64_STANDARD.decode(payload).ok()?;
    let Payload { algorithm, challenge, number, salt, signature } = serde_json::from_slice(&json).ok()?;
    (algorithm == ALGORITHM).then_some(Solution { challenge, number, salt, signature })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(json: &str) -> Option<Solution> {
        solution(&BASE64_STANDARD.encode(json))
    }

    #[test]
    fn a_payload_of_the_scheme_is_read_and_anything_else_is_none() {
        let good = r#"{"algorithm":"SHA-256","challenge":"c","number":7,"salt":"s","signature":"g","took":12}"#;
        let read = Solution { challenge: "c".into(), number: 7, salt: "s".into(), signature: "g".into() };
        assert_eq!(payload(good), Some(read));
        for bad in [
            good.replace("SHA-256", "SHA-512"),
            good.replace('7', "-7"),
            good.replace('7', "4294967296"),
            good.replace(r#""salt":"s","#, ""),
            "[]".to_owned(),
            String::new(),
        ] {
            assert_eq!(payload(&bad), None, "{bad}");
        }
        assert_eq!((solution(good), solution("====")), (None, None));
    }
}
