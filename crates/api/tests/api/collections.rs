//! `fixtures/http`: exchanges of every spelling of every dialect. They are replayed against a fresh
//! server, each answer is held against the recorded one, and between them they make every call that
//! there is, at each of its paths.
//!
//! A request without an answer gets the one that the server gave: write the request, run the test twice.

mod recording;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use minsu_api::wiring::registered_dialects;
use minsu_dialect_classic::{ClassicData, Options};
use minsu_web::routes::Routes;
use reqwest::Method;
use serde_json::Value;

use crate::{
    docs::workspace_file,
    support::{Answer, Client, TestServer, shape::mismatch, world::day},
};

/// A request of a file, its variables not yet filled in.
struct Request {
    title: String,
    name: Option<String>,
    prompts: Vec<String>,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    /// The recorded answer: its status and media type, and its JSON.
    answer: Option<(String, String)>,
}

/// A file: its variables, its requests.
struct Collection {
    variables: BTreeMap<String, String>,
    requests: Vec<Request>,
}

fn read(file: &str) -> Collection {
    let text = std::fs::read_to_string(workspace_file(file)).unwrap();
    let mut sections = text.split("### ");
    let head = sections.next().unwrap().lines();
    let variables = head.filter_map(|line| line.strip_prefix('@')?.split_once(" = "));
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Collection { variables, requests: sections.map(request).collect() }
}

fn request(section: &str) -> Request {
    let mut lines = section.lines();
    let title = lines.next().unwrap().to_owned();
    let (mut name, mut prompts) = (None, Vec::new());
    let first = loop {
        let line = lines.next().unwrap_or_else(|| panic!("{title} makes no request"));
        if let Some(text) = line.strip_prefix("# @name ") {
            name = Some(text.to_owned());
        } else if let Some(text) = line.strip_prefix("# @prompt ") {
            prompts.push(text.split(' ').next().unwrap().to_owned());
        } else {
            break line;
        }
    };
    let (method, url) = first.split_once(' ').unwrap();
    let headers = lines.by_ref().take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let lines: Vec<_> = lines.collect();
    let (body, answer) = match lines.iter().position(|line| line.starts_with("# ← ")) {
        Some(place) => lines.split_at(place),
        None => (&lines[..], &[][..]),
    };
    let answer: Vec<_> = answer.iter().filter_map(|line| line.strip_prefix("# ")).collect();
    Request {
        title,
        name,
        prompts,
        method: method.to_owned(),
        url: url.to_owned(),
        headers,
        body: body.join("\n").trim_end().to_owned(),
        answer: answer.split_first().map(|(head, json)| ((*head).to_owned(), json.join("\n"))),
    }
}

/// A client that makes the requests of a file one after the other.
struct Reader {
    client: Client,
    variables: BTreeMap<String, String>,
    answers: BTreeMap<String, Value>,
}

impl Reader {
    /// A text with its variables, which may hold variables themselves.
    fn filled(&self, text: &str) -> String {
        let Some((before, rest)) = text.split_once("{{") else { return text.to_owned() };
        let (inner, after) = rest.split_once("}}").unwrap();
        let value = if let Some(days) = inner.strip_prefix("$datetime \"YYYY-MM-DD\" ") {
            day(days.strip_suffix(" d").unwrap().parse().unwrap())
        } else if let Some((name, path)) = inner.split_once(".response.body.$.") {
            let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
            let value = self.answers[name].pointer(&pointer).unwrap_or_else(|| panic!("{name} answered no {path}"));
            value.as_str().map_or_else(|| value.to_string(), String::from)
        } else {
            let value = self.variables.get(inner).unwrap_or_else(|| panic!("no variable {inner}"));
            self.filled(value)
        };
        format!("{before}{value}{}", self.filled(after))
    }

    /// Answers a prompt of a file as its user would.
    fn answer(&mut self, prompt: &str, request: &Request, last_captcha: &str) {
        let who = ["{{landlord}}", "{{guest}}", "{{new_mobile}}"].into_iter().find(|who| request.body.contains(who));
        let value = match (prompt, who) {
            ("text", _) => self.client.captcha_text(last_captcha),
            ("code", Some(who)) => self.client.sms_code(&self.filled(who)),
            other => panic!("unknown prompt {other:?}"),
        };
        self.variables.insert(prompt.to_owned(), value);
    }

    async fn make(&mut self, request: &Request, folder: &Path) -> Answer {
        let url = self.filled(&request.url);
        let mut call = self.client.request(Method::from_bytes(request.method.as_bytes()).unwrap(), &url);
        for (name, value) in &request.headers {
            call = call.header(name, self.filled(value));
        }
        let mut body = Vec::new();
        for line in self.filled(&request.body).lines() {
            match line.strip_prefix("< ") {
                Some(file) => body.extend(std::fs::read(folder.join(file)).unwrap()),
                None => body.extend_from_slice(line.as_bytes()),
            }
            body.extend_from_slice(b"\r\n");
        }
        let answer = self.client.send(if request.body.is_empty() { call } else { call.body(body) }).await;
        if let Some(name) = &request.name {
            self.answers.insert(name.clone(), answer.json.clone());
        }
        answer
    }
}

async fn replay(file: &str) {
    replay_on(&TestServer::start().await, file).await;
}

async fn replay_on(server: &TestServer, file: &str) {
    let collection = read(file);
    let mut variables = collection.variables;
    variables.insert("host".into(), server.base.clone());
    let mut reader = Reader { client: Client::new(server), variables, answers: BTreeMap::new() };
    let path = workspace_file(file);
    let (mut last_captcha, mut recordings) = (String::new(), Vec::new());
    for request in &collection.requests {
        // The id stands last where a captcha is asked for: in the path, or in the query.
        let asks = ["/imagecode", "/image_codes", "/piccode"].iter().any(|path| request.url.contains(path));
        if asks && !request.url.ends_with("/audio") {
            last_captcha = reader.filled(request.url.rsplit(['/', '=']).next().unwrap());
        }
        for prompt in &request.prompts {
            reader.answer(prompt, request, &last_captcha);
        }
        let answer = reader.make(request, path.parent().unwrap()).await;
        let values = ["landlord", "guest", "first", "last"]
            .map(|name| (name.to_owned(), reader.filled(&format!("{{{{{name}}}}}"))));
        let recorded = recording::recorded(&answer, &values.into());
        let Some((head, json)) = &request.answer else {
            recordings.push(recorded);
            continue;
        };
        recordings.push(format!("{head}\n{json}").trim_end().to_owned());
        let title = &request.title;
        assert_eq!(recorded.lines().next(), Some(head.as_str()), "{file}, {title}: {}", answer.json);
        if !json.is_empty() {
            let expected: Value = serde_json::from_str(&reader.filled(json)).unwrap();
            assert_eq!(mismatch(&answer.json, &expected), None, "{file}, {title}: {}", answer.json);
        }
    }
    if collection.requests.iter().any(|request| request.answer.is_none()) {
        write_answers(file, &recordings);
        panic!("{file} had requests without an answer; those of this run were written: look at them and commit them");
    }
}

/// Writes the answers behind the requests of a file.
fn write_answers(file: &str, recordings: &[String]) {
    let path = workspace_file(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut sections = text.split("### ");
    let mut written = sections.next().unwrap().to_owned();
    for (section, answer) in sections.zip(recordings) {
        let request = section.split("\n# ← ").next().unwrap().trim_end();
        let answer = answer.lines().map(|line| format!("# {line}\n")).collect::<String>();
        written.push_str(&format!("### {request}\n\n{answer}\n"));
    }
    std::fs::write(path, format!("{}\n", written.trim_end())).unwrap();
}

#[tokio::test]
async fn v1_answers_as_recorded() {
    replay("fixtures/http/v1.http").await;
}

#[tokio::test]
async fn v1_answers_younger_pages_as_recorded() {
    replay("fixtures/http/v1-younger.http").await;
}

#[tokio::test]
async fn classic_errno_answers_as_recorded() {
    replay("fixtures/http/classic-errno.http").await;
}

#[tokio::test]
async fn classic_errcode_answers_as_recorded() {
    replay("fixtures/http/classic-errcode.http").await;
}

/// The pages that use the third names read what the setting `classic.data = "pages"` answers.
#[tokio::test]
async fn classic_answers_the_third_names_as_recorded() {
    let options = Options { data: ClassicData::Pages };
    let server = TestServer::start_with(|state| state.dialects = registered_dialects(options)).await;
    replay_on(&server, "fixtures/http/classic-third.http").await;
}

/// `POST /order/accept` and so on: what a file calls, below its dialect's prefix.
fn calls(file: &str) -> BTreeSet<String> {
    let collection = read(file);
    let path = |url: &str| {
        let path = url.strip_prefix("{{api}}").unwrap().split('?').next().unwrap().to_owned();
        path.split('/').map(|part| if part.starts_with("{{") { "{}" } else { part }).collect::<Vec<_>>().join("/")
    };
    collection.requests.iter().map(|request| format!("{} {}", request.method, path(&request.url))).collect()
}

#[test]
fn the_collections_make_every_call() {
    let routed = |routes: Routes| -> BTreeSet<String> {
        let bare = |path: &str| {
            let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
            parts.collect::<Vec<_>>().join("/")
        };
        let calls = routes.calls().iter().flat_map(|call| call.paths().map(move |path| (call.verb.method(), path)));
        calls.map(|(method, path)| format!("{method} {}", bare(path))).collect()
    };
    let made = |files: &[&str]| -> BTreeSet<_> {
        files.iter().flat_map(|file| calls(&format!("fixtures/http/{file}.http"))).collect()
    };
    assert_eq!(made(&["v1", "v1-younger"]), routed(minsu_dialect_v1::routes()));
    assert_eq!(made(&["classic-errno", "classic-errcode", "classic-third"]), routed(minsu_dialect_classic::routes()));
}
