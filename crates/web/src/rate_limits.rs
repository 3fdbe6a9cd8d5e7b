//! `RateLimit` and `RateLimit-Policy`: how much of a limit is left, as the IETF draft on rate limit headers
//! writes it.

use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use minsu_application::standing::Standing;

/// What a client may do in a window, by limit.
pub static POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// How much of it is left.
pub static STATE: HeaderName = HeaderName::from_static("ratelimit");

/// Adds a limit to the two headers; those of other limits stay. The name has letters and hyphens; times are
/// whole seconds, rounded up.
pub fn add(headers: &mut HeaderMap, name: &str, standing: &Standing) {
    let Standing { quota, left, .. } = standing;
    let policy = format!("\"{name}\";q={quota};w={}", seconds(standing.window));
    let state = format!("\"{name}\";r={left};t={}", seconds(standing.resets_in));
    for (header, text) in [(&POLICY, policy), (&STATE, state)] {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.append(header.clone(), value);
        }
    }
}

fn seconds(duration: Duration) -> u128 {
    duration.as_millis().div_ceil(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_stand_beside_each_other_in_whole_seconds() {
        let mut headers = HeaderMap::new();
        let window = Duration::from_secs(60);
        let standing =
            |left, milliseconds| Standing { quota: 60, window, left, resets_in: Duration::from_millis(milliseconds) };
        add(&mut headers, "captchas", &standing(59, 59_001));
        add(&mut headers, "requests", &standing(0, 0));
        let all = |name: &HeaderName| headers.get_all(name).map(|it| it.to_str().unwrap()).collect::<Vec<_>>();
        assert_eq!(all(&POLICY), ["\"captchas\";q=60;w=60", "\"requests\";q=60;w=60"]);
        assert_eq!(all(&STATE), ["\"captchas\";r=59;t=60", "\"requests\";r=0;t=0"]);
    }
}
