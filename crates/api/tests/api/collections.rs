//! `fixtures/http`: the collections of all dialects are replayed as somebody would who clicks through
//! them, and between them they make every call that there is.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use minsu_api::{dialect, http::routes::Routes};
use reqwest::Method;
use serde_json::Value;

use crate::{
    docs::workspace_file,
    support::{Client, TestServer, world::day},
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
    promises: Vec<String>,
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
    let (promises, body): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with("# → "));
    Request {
        title,
        name,
        prompts,
        method: method.to_owned(),
        url: url.to_owned(),
        headers,
        body: body.join("\n").trim_end().to_owned(),
        promises: promises.into_iter().map(|line| line.replacen("# → ", "", 1)).collect(),
    }
}

/// Somebody who clicks through a file.
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

    /// What somebody types who is asked.
    fn answer(&mut self, prompt: &str, request: &Request, last_captcha: &str) {
        let who = ["{{landlord}}", "{{guest}}"].into_iter().find(|who| request.body.contains(who));
        let value = match (prompt, who) {
            ("text", _) => self.client.captcha_text(last_captcha),
            ("code", Some(who)) => self.client.sms_code(&self.filled(who)),
            other => panic!("nobody knows {other:?}"),
        };
        self.variables.insert(prompt.to_owned(), value);
    }

    async fn make(&mut self, request: &Request, folder: &Path) -> String {
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
        assert_eq!(answer.status.as_u16(), 200, "{}", request.title);
        if let Some(name) = &request.name {
            self.answers.insert(name.clone(), answer.json.clone());
        }
        String::from_utf8_lossy(&answer.bytes).into_owned()
    }
}

async fn replay(file: &str) {
    let server = TestServer::start().await;
    let collection = read(file);
    let mut variables = collection.variables;
    variables.insert("host".into(), server.base.clone());
    let mut reader = Reader { client: Client::new(&server), variables, answers: BTreeMap::new() };
    let path = workspace_file(file);
    let mut last_captcha = String::new();
    for request in &collection.requests {
        // The id stands last where a captcha is asked for: in the path, or in the query.
        let asks = ["/imagecode", "/piccode"].iter().any(|path| request.url.contains(path));
        if asks && !request.url.ends_with("/audio") {
            last_captcha = reader.filled(request.url.rsplit(['/', '=']).next().unwrap());
        }
        for prompt in &request.prompts {
            reader.answer(prompt, request, &last_captcha);
        }
        let said = reader.make(request, path.parent().unwrap()).await;
        for promise in &request.promises {
            let mut rest = said.as_str();
            for piece in reader.filled(promise).split('…') {
                let found = rest.split_once(piece);
                rest = found.unwrap_or_else(|| panic!("{}: no {piece} in {said}", request.title)).1;
            }
        }
    }
}

#[tokio::test]
async fn the_collection_of_v1_does_what_it_promises() {
    replay("fixtures/http/v1.http").await;
}

#[tokio::test]
async fn the_collection_of_the_errno_dialect_does_what_it_promises() {
    replay("fixtures/http/classic-errno.http").await;
}

#[tokio::test]
async fn the_collection_of_the_errcode_dialect_does_what_it_promises() {
    replay("fixtures/http/classic-errcode.http").await;
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
        routes.infos().iter().map(|info| format!("{} {}", info.method, bare(info.path))).collect()
    };
    assert_eq!(calls("fixtures/http/v1.http"), routed(dialect::v1::routes()));
    let classic = &calls("fixtures/http/classic-errno.http") | &calls("fixtures/http/classic-errcode.http");
    assert_eq!(classic, routed(dialect::classic::routes()));
}
