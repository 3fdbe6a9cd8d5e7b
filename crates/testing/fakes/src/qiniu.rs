//! Qiniu Kodo: form upload, resource management and download on one address.

mod account;
mod token;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use hyper::{
    Method, Request, Response,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use minsu_ports::Clock;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use self::{
    account::Refused,
    token::{Policy, policy_of},
};
use crate::{
    Faults, SetClock,
    encoding::{hmac_sha1, json, percent_decoded},
    form::{self, Field},
    server::{Server, Service},
};

/// A running Qiniu with one bucket. Its upload, resource and download hosts are one address.
#[derive(Debug)]
pub struct Qiniu {
    server: Server,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    clock: SetClock,
    objects: Mutex<BTreeMap<String, Bytes>>,
    put_at: Mutex<BTreeMap<String, DateTime<Utc>>>,
}

impl Qiniu {
    /// The bucket.
    pub const BUCKET: &'static str = "minsu-pictures";
    /// The access key of its owner.
    pub const ACCESS_KEY: &'static str = account::ACCESS_KEY;
    /// The secret key of its owner.
    pub const SECRET_KEY: &'static str = account::SECRET_KEY;

    /// Starts one whose time is that of the clock.
    pub async fn start(clock: SetClock) -> Self {
        let state = Arc::new(State { clock, objects: Mutex::default(), put_at: Mutex::default() });
        let service: Arc<dyn Service> = Arc::clone(&state) as _;
        Self { server: Server::start(service).await, state }
    }

    /// The address of all its hosts.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// Its faults.
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// The stored objects.
    pub fn objects(&self) -> BTreeMap<String, Bytes> {
        self.state.objects.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stores an object without a request.
    pub fn plant(&self, key: &str, content: &'static [u8]) {
        let content = Bytes::from_static(content);
        self.state.objects.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), content);
    }
}

#[async_trait]
impl Service for State {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path();
        let done = match (request.method(), path) {
            (&Method::POST, "/") => self.upload(&request),
            (&Method::POST, _) if path.starts_with("/delete/") => self.delete(&request),
            (&Method::GET, "/list") => self.list(&request),
            (&Method::GET, _) => return self.download(&path[1..]),
            _ => Err((405, "method not allowed")),
        };
        match done {
            Ok(body) => qiniu(200, &body),
            Err((status, error)) => qiniu(status, &json!({ "error": error })),
        }
    }

    fn refusal(&self, code: &str, _: &Request<Bytes>) -> Response<Bytes> {
        qiniu(code.parse().unwrap(), &json!({ "error": "as the test wants it" }))
    }
}

impl State {
    fn upload(&self, request: &Request<Bytes>) -> Result<Value, Refused> {
        let content_type =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let fields = form::parse(content_type, request.body()).ok_or((400, "invalid multipart format"))?;
        if let Some(odd) =
            fields.iter().find(|field| !matches!(field.name.as_str(), "token" | "key" | "file" | "crc32"))
        {
            panic!("a field that is not part of the protocol: {odd:?}");
        }
        let text = |name: &str| {
            let field = fields.iter().find(|field| field.name == name)?;
            std::str::from_utf8(&field.value).ok()
        };
        let token = text("token").ok_or((401, "token not specified"))?;
        let policy = policy_of(token, self.clock.now().timestamp())?;
        let file =
            fields.iter().find(|field| field.name == "file").ok_or((400, "file is not specified in multipart"))?;
        if file.file_name.as_deref().unwrap_or_default().is_empty() {
            return Err((400, "the file has no file name"));
        }
        let hash = hash_of(&file.value);
        let key = text("key").map_or_else(|| hash.clone(), str::to_owned);
        self.store(&policy, &key, file)?;
        Ok(json!({ "hash": hash, "key": key }))
    }

    fn store(&self, policy: &Policy, key: &str, file: &Field) -> Result<(), Refused> {
        let (bucket, scope_key) = match policy.scope.split_once(':') {
            Some((bucket, key)) => (bucket, Some(key)),
            None => (policy.scope.as_str(), None),
        };
        if bucket != Qiniu::BUCKET {
            return Err((631, "no such bucket"));
        }
        if scope_key.is_some_and(|scope_key| scope_key != key) {
            return Err((403, "key doesn't match with scope"));
        }
        if policy.size_limit.is_some_and(|limit| file.value.len() as u64 > limit) {
            return Err((413, "request entity is larger than the limit"));
        }
        let media_type = file.media_type.as_deref().unwrap_or("application/octet-stream");
        if policy.media_types.as_ref().is_some_and(|types| !types.iter().any(|allowed| allowed == media_type)) {
            return Err((403, "limited mimeType: this file type is forbidden to upload"));
        }
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        // Without a key in its scope a policy only adds, whatever it says.
        if (policy.insert_only || scope_key.is_none()) && objects.contains_key(key) {
            return Err((614, "file exists"));
        }
        objects.insert(key.to_owned(), file.value.clone());
        self.put_at.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), self.clock.now());
        Ok(())
    }

    /// One page by key, as `rsf.qiniuapi.com/list` gives it; the marker is opaque to clients.
    fn list(&self, request: &Request<Bytes>) -> Result<Value, Refused> {
        is_signed(request)?;
        let query = request.uri().query().unwrap_or_default();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let parameters: BTreeMap<_, _> =
            pairs.filter_map(|(name, value)| Some((name, percent_decoded(value)?))).collect();
        let parameter = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
        if parameter("bucket") != Qiniu::BUCKET {
            return Err((631, "no such bucket"));
        }
        let limit: usize = parameter("limit").parse().unwrap_or(0);
        if !(1..=1000).contains(&limit) {
            return Err((400, "invalid limit"));
        }
        let marker = URL_SAFE.decode(parameter("marker")).ok().and_then(|marker| String::from_utf8(marker).ok());
        let marker = marker.ok_or((400, "invalid marker"))?;
        let (objects, put_at) = (self.objects.lock().unwrap(), self.put_at.lock().unwrap());
        let mut found = objects.keys().filter(|key| key.starts_with(parameter("prefix")) && **key > marker);
        let page: Vec<_> = found.by_ref().take(limit).collect();
        let next = found.next().and(page.last()).map(|last| URL_SAFE.encode(last)).unwrap_or_default();
        let item = |key: &&String| {
            let put_at = put_at.get(*key).map_or(0, |at| at.timestamp_micros() * 10);
            json!({"key": key, "hash": "unused", "fsize": objects[*key].len(), "mimeType": "image/jpeg", "putTime": put_at})
        };
        Ok(json!({"marker": next, "items": page.iter().map(item).collect::<Vec<_>>()}))
    }

    fn delete(&self, request: &Request<Bytes>) -> Result<Value, Refused> {
        is_signed(request)?;
        let path = request.uri().path();
        let entry = path.trim_start_matches("/delete/");
        let entry = URL_SAFE.decode(entry).ok().and_then(|entry| String::from_utf8(entry).ok());
        let entry = entry.ok_or((400, "invalid encoded entry"))?;
        let (bucket, key) = entry.split_once(':').ok_or((400, "invalid entry"))?;
        if bucket != Qiniu::BUCKET {
            return Err((631, "no such bucket"));
        }
        let removed = self.objects.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        removed.map(|_| json!({})).ok_or((612, "no such file or directory"))
    }

    fn download(&self, key: &str) -> Response<Bytes> {
        match self.objects.lock().unwrap_or_else(PoisonError::into_inner).get(key) {
            Some(content) => Response::builder()
                .header(CONTENT_TYPE, "image/jpeg")
                .header("X-Reqid", "fake")
                .body(content.clone())
                .unwrap(),
            None => qiniu(404, &json!({ "error": "Document not found" })),
        }
    }
}

/// Whether a request without a body is signed by the owner of the bucket.
fn is_signed(request: &Request<Bytes>) -> Result<(), Refused> {
    let target = request.uri().path_and_query().map(|target| target.as_str()).unwrap_or_default();
    let mac = URL_SAFE.encode(hmac_sha1(Qiniu::SECRET_KEY, &format!("{target}\n")));
    let expected = format!("QBox {}:{mac}", Qiniu::ACCESS_KEY);
    let sent = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if sent == Some(expected.as_str()) { Ok(()) } else { Err((401, "bad token")) }
}

fn qiniu(status: u16, body: &Value) -> Response<Bytes> {
    let mut answer = json(status, body);
    answer.headers_mut().insert("X-Reqid", "fake".parse().unwrap());
    answer
}

/// The service's hash of a file of at most 4 MiB.
fn hash_of(content: &[u8]) -> String {
    assert!(content.len() <= 4 << 20, "the fake service only hashes small files");
    URL_SAFE.encode([&[0x16], Sha1::digest(content).as_slice()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_documentation() {
        assert_eq!(hash_of(b""), "Fto5o-5ea0sNMlW_75VgGJCv2AcJ");
    }
}
