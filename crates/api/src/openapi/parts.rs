//! A dialect's part of the document: its paths below its prefix, its schemas under its name.

use serde_json::{Map, Value, json};

use super::{
    notes::Note,
    operations::{self, Operation},
    schemas,
};
use crate::{dialect::Dialect, http::errno::Errno};

/// Calls that one handler serves at two paths or with two methods: the second one, after which it
/// is described, and its own operation id.
const TWINS: [(&str, &str, &str); 4] = [
    ("post /order", "post /order/list2", "classic_place_order_at_list2"),
    ("post /order/reject", "post /house/reject", "classic_reject_order_at_house"),
    ("get /house/list", "post /house/list", "classic_search_by_post"),
    ("get /house/list2", "post /house/list2", "classic_cached_search_by_post"),
];

/// What the parts make together.
#[derive(Default)]
pub struct Document {
    /// Every call.
    pub paths: Map<String, Value>,
    /// Every schema by its name.
    pub schemas: Map<String, Value>,
    /// Every refusal as an answer.
    pub examples: Map<String, Value>,
}

impl Document {
    /// utoipa puts what a generic envelope wraps into the envelope's own schema, and leaves a schema
    /// behind that nobody refers to.
    pub fn drop_unused_schemas(&mut self) {
        loop {
            let text = format!("{:?}{:?}", self.paths, self.schemas);
            let before = self.schemas.len();
            self.schemas.retain(|name, _| text.contains(&format!("\"#/components/schemas/{name}\"")));
            if self.schemas.len() == before {
                return;
            }
        }
    }
}

/// What a dialect brings.
pub struct Part {
    /// Its name, before the names of its schemas.
    pub name: &'static str,
    /// Where it is mounted.
    pub prefix: &'static str,
    /// Whose codes its refusals have.
    pub dialect: Dialect,
    /// What its calls do.
    pub notes: &'static [Note],
    /// What utoipa read in its handlers.
    pub source: utoipa::openapi::OpenApi,
}

impl Part {
    /// Puts its paths, schemas and examples into the document.
    pub fn assemble(&self, document: &mut Document) {
        let mut read = self.read();
        let (mut schemas, mut paths) = (Map::new(), Map::new());
        for (name, schema) in take_object(&mut read["components"]["schemas"]) {
            // These two are what a field is read with; `fields` says what it takes.
            if !["Text", "Int"].contains(&name.as_str()) {
                schemas.insert(format!("{}.{name}", self.name), schema);
            }
        }
        for (path, mut methods) in take_object(&mut read["paths"]) {
            for (method, operation) in take_object(&mut methods) {
                for (method, path, operation) in self.with_twin(method, &path, operation) {
                    let call = Operation {
                        part: self,
                        call: format!("{} {path}", method.to_uppercase()),
                        reads_body: method != "get",
                        source: operation,
                    };
                    let described = operations::describe(call, &mut schemas, &mut document.examples);
                    paths.entry(format!("{}{path}", self.prefix)).or_insert_with(|| json!({}))[method] = described;
                }
            }
        }
        self.mark_success(&mut schemas);
        operations::add_examples(&mut paths, &schemas);
        schemas.insert(format!("{}.Failure", self.name), self.failure());
        document.paths.extend(paths);
        document.schemas.extend(schemas);
    }

    /// The document that utoipa made, its references with the dialect's name.
    fn read(&self) -> Value {
        let text = self.source.to_json().unwrap_or_default();
        let own = format!("#/components/schemas/{}.", self.name);
        serde_json::from_str(&text.replace("#/components/schemas/", &own)).unwrap_or_default()
    }

    fn with_twin(&self, method: String, path: &str, operation: Value) -> Vec<(String, String, Value)> {
        let call = format!("{method} {path}");
        let mut all = Vec::new();
        for (_, twin, id) in TWINS.iter().filter(|(first, ..)| self.dialect == Dialect::Classic && *first == call) {
            if let Some((method, path)) = twin.split_once(' ') {
                let mut operation = operation.clone();
                operation["operationId"] = json!(id);
                all.push((method.to_owned(), path.to_owned(), operation));
            }
        }
        all.push((method, path.to_owned(), operation));
        all
    }

    /// The code that a success has, in every envelope.
    fn mark_success(&self, schemas: &mut Map<String, Value>) {
        for schema in schemas.values_mut() {
            schemas::each_object(schema, &mut |properties| {
                if let Some(errno) = properties.get_mut("errno") {
                    *errno = match self.dialect {
                        Dialect::V1 => json!({ "type": "string", "enum": ["0"], "description": "success" }),
                        Dialect::Classic => json!({ "type": "integer", "enum": [0], "description": "success" }),
                    };
                }
                if let Some(errcode) = properties.get_mut("errcode") {
                    *errcode = json!({ "type": "string", "enum": ["0"], "description": "success" });
                }
                if let Some(errmsg) = properties.get_mut("errmsg") {
                    *errmsg = json!({ "type": "string", "description": "a fixed sentence", "examples": ["OK"] });
                }
            });
        }
    }

    /// The envelope of a refusal.
    fn failure(&self) -> Value {
        let codes: Vec<_> = Errno::ALL.iter().filter(|errno| **errno != Errno::Ok).map(|errno| errno.code()).collect();
        let code = json!({ "type": "string", "enum": codes, "description": "the code" });
        let sentence = json!({
            "type": "string",
            "description": "a fixed sentence, never anything that the client sent",
            "examples": [Errno::ParamErr.meaning()],
        });
        match self.dialect {
            Dialect::V1 => json!({
                "type": "object",
                "description": "A refusal.",
                "required": ["errno", "errmsg"],
                "properties": { "errno": code, "errmsg": sentence },
            }),
            Dialect::Classic => json!({
                "type": "object",
                "description": "A refusal.",
                "required": ["errno", "errcode", "errmsg"],
                "properties": {
                    "errno": code,
                    "errcode": code,
                    "errmsg": sentence,
                    "house_id": {
                        "type": "string", "enum": [""], "description": "where a house could not be published",
                    },
                },
            }),
        }
    }
}

fn take_object(value: &mut Value) -> Map<String, Value> {
    match value.take() {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
