//! A client of the site with a cookie, whose calls are logged.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{
    Method,
    header::{COOKIE, SET_COOKIE},
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::{
    envelope::{Answer, Dialect, judge},
    history::{Act, Outcome, Record, Returned},
    world::World,
};

/// The longest wait for an answer: the longest waits for a connection and for a statement, the second after which a
/// database that hangs is given up, the same once more for the key of a repeated request, and a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(9);
/// A client gives up long after that, so that an answer that is too late is seen.
const GIVES_UP: Duration = Duration::from_secs(20);
/// How often a request with an idempotency key is sent, and the pause between.
const REPEATS: usize = 4;
const PAUSE: Duration = Duration::from_millis(400);

/// What is sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) dialect: Dialect,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Body,
    /// `If-Match`.
    pub(crate) version: Option<String>,
    /// `Idempotency-Key`.
    pub(crate) key: Option<String>,
}

/// The body of a call.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    None,
    Json(Value),
    Picture { field: &'static str, bytes: Vec<u8> },
}

impl Call {
    pub(crate) fn new(dialect: Dialect, method: Method, path: impl Into<String>, body: Body) -> Self {
        Self { dialect, method, path: path.into(), body, version: None, key: None }
    }

    /// A GET.
    pub(crate) fn get(dialect: Dialect, path: impl Into<String>) -> Self {
        Self::new(dialect, Method::GET, path, Body::None)
    }

    /// A call with JSON.
    pub(crate) fn json(dialect: Dialect, method: Method, path: impl Into<String>, body: Value) -> Self {
        Self::new(dialect, method, path, Body::Json(body))
    }

    pub(crate) fn at_version(self, version: &str) -> Self {
        Self { version: Some(version.to_owned()), ..self }
    }

    pub(crate) fn with_key(self, key: String) -> Self {
        Self { key: Some(key), ..self }
    }

    fn url(&self, base: &str) -> String {
        let prefix = match self.dialect {
            Dialect::V1 => "/api/v1.0",
            Dialect::Classic => "/api",
            Dialect::V2 => "/api/v2",
        };
        format!("{base}{prefix}{}", self.path)
    }
}

/// A client.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) world: Arc<World>,
    pub(crate) name: String,
    pub(crate) random: fastrand::Rng,
    pub(crate) cookie: Option<String>,
}

impl Caller {
    /// One whose decisions follow from the seed and its name.
    pub(crate) fn new(world: &Arc<World>, name: impl Into<String>) -> Self {
        let name = name.into();
        let fork = name.bytes().fold(world.seed, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        Self { world: Arc::clone(world), name, random: fastrand::Rng::with_seed(fork), cookie: None }
    }

    /// A process of the site.
    pub(crate) fn any_node(&mut self) -> usize {
        self.random.usize(..self.world.addresses.bases.len())
    }

    /// Calls a random process and logs it.
    pub(crate) async fn call(
        &mut self,
        act: Act,
        call: Call,
        returned: impl Fn(&Value) -> Option<Returned>,
    ) -> Outcome {
        let node = self.any_node();
        self.call_at(node, act, call, returned).await
    }

    /// Calls a process and logs it. A call with an idempotency key is repeated until it has an answer, at any process.
    pub(crate) async fn call_at(
        &mut self,
        mut node: usize,
        act: Act,
        call: Call,
        returned: impl Fn(&Value) -> Option<Returned>,
    ) -> Outcome {
        let begun = self.world.history.now();
        let mut answer = self.send(node, &call).await;
        if call.key.is_some() {
            for _ in 1..REPEATS {
                let is_open = match &answer {
                    Answer::Unavailable(_) => true,
                    Answer::Refused(code) => code == "in_progress",
                    _ => false,
                };
                if !is_open {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
                node = self.any_node();
                answer = self.send(node, &call).await;
            }
        }
        let outcome = match answer {
            Answer::Done(json) => match returned(&json) {
                Some(returned) => Outcome::Done(returned),
                None => {
                    self.world.history.violated("an answer has what its call promises", format!("{act:?}: {json}"));
                    Outcome::Unknown(json.to_string())
                }
            },
            Answer::Refused(code) if code == "in_progress" => Outcome::Unknown(code),
            Answer::Refused(code) => Outcome::Refused(code),
            Answer::Unavailable(why) | Answer::Foreign(why) => Outcome::Unknown(why),
        };
        let (client, dialect, ended) = (self.name.clone(), call.dialect.name(), self.world.history.now());
        self.world.history.add(Record { client, node, dialect, act, begun, ended, outcome: outcome.clone() });
        outcome
    }

    /// Sends a call and judges the answer; a broken connection is [`Answer::Unavailable`].
    pub(crate) async fn send(&mut self, node: usize, call: &Call) -> Answer {
        let (begun, sent) = (Instant::now(), self.world.history.now());
        let answer = self.exchange(node, call).await;
        let stalled = Duration::from_micros(self.world.stalls.between(sent, self.world.history.now()));
        let (took, what) =
            (begun.elapsed().saturating_sub(stalled), || format!("{} {} by {}", call.method, call.path, self.name));
        self.world.waits.note(took);
        if took > DEADLINE && !self.world.was_stopped(node, begun) {
            self.world.history.violated("nobody waits longer than the deadline", format!("{took:?}: {}", what()));
        }
        match answer {
            Ok(Answer::Foreign(text)) => {
                let found = format!("{}: {text}", what());
                self.world.history.violated("every answer is an envelope with a known code", found);
                Answer::Foreign(text)
            }
            Ok(answer) => answer,
            Err(error) => Answer::Unavailable(error),
        }
    }

    async fn exchange(&mut self, node: usize, call: &Call) -> Result<Answer, String> {
        let url = call.url(&self.world.addresses.bases[node]);
        let mut request = self.world.http.request(call.method.clone(), url).timeout(GIVES_UP);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        if let Some(version) = &call.version {
            request = request.header("if-match", version);
        }
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        request = match &call.body {
            Body::None => request,
            Body::Json(json) => request.json(json),
            Body::Picture { field, bytes } => {
                let part = Part::bytes(bytes.clone()).file_name("picture.png");
                request.multipart(Form::new().part(*field, part))
            }
        };
        let response = request.send().await.map_err(|error| describe(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(|error| describe(&error))?;
        for cookie in headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let pair = cookie.split(';').next().unwrap_or_default();
            if pair.starts_with("minsu_session=") {
                self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
            }
        }
        Ok(judge(call.dialect, status, &body))
    }

    /// Logs in, in a random dialect.
    pub(crate) async fn log_in(&mut self, mobile: &str) -> bool {
        let body = json!({"mobile": mobile, "password": PASSWORD});
        let (dialect, path) = match self.random.u8(..3) {
            0 => (Dialect::V1, "/sessions"),
            1 => (Dialect::Classic, "/login"),
            _ => (Dialect::V2, "/session"),
        };
        self.cookie = None;
        let call = Call::json(dialect, Method::POST, path, body);
        matches!(self.call(Act::LogIn, call, nothing).await, Outcome::Done(_)) && self.cookie.is_some()
    }
}

/// The password of everybody.
pub(crate) const PASSWORD: &str = "an untold secret";

/// For calls that return nothing that matters.
pub(crate) fn nothing(_: &Value) -> Option<Returned> {
    Some(Returned::Nothing)
}

/// The error with its causes.
fn describe(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text
}
