//! `docs/api/{v1,classic}.md`: every call as it was just made. What differs from run to run
//! (codes, days, ids of pictures) is printed as one sample.

use std::fmt::Write;

use minsu_domain::OrderStatus;
use minsu_web::{openapi::call::Call, routes::Routes};
use serde_json::Value;

use super::{
    compare, generated,
    samples::{answer_fields, pretty, query_names, sampled, shortened},
};
use crate::{
    openapi::DOCUMENT,
    support::Answer,
    tables::{Answers, Row, Sends, Who},
};

/// A page and its own texts.
pub struct Page {
    pub file: &'static str,
    pub title: &'static str,
    pub prefix: &'static str,
    introduction: &'static str,
    routes: fn() -> Routes,
}

pub const V1_PAGE: Page = Page {
    file: "docs/api/v1.md",
    title: "The v1 dialect",
    prefix: "/api/v1.0",
    introduction: "\
Documents 002 and 004, and the order calls that the pages of this dialect use.

Every answer is JSON with `errno`, always a string, and `errmsg`; a success may have `data`. A refusal
has status 200 and no `data`.",
    routes: minsu_dialect_v1::routes,
};

pub const CLASSIC_PAGE: Page = Page {
    file: "docs/api/classic.md",
    title: "The classic dialects",
    prefix: "/api",
    introduction: "\
Documents 000 and 003 (`errno`) and 001 (`errcode`), served at once: requests take the names of both,
answers carry the names of both.

Every answer is JSON with `errno` (the number `0`, or a string such as `\"4001\"`), `errcode` (always a
string) and `errmsg`; what a call answers stands beside them. A refusal has status 200.",
    routes: minsu_dialect_classic::routes,
};

const RULES: &str = "
[Errors](../errors.md) has the codes; [documents](documents.md) says which item of which document a call is.

- Login is the cookie `minsu_session`. A call that needs it answers 4101 without, unless it says otherwise.
- Calls that change something are refused (4201) when a page of another site makes them.
- Money is 分 in answers and 元 where a house is published. Ids in requests may be numbers or strings.
- Dates are `YYYY-MM-DD`, times `YYYY-MM-DD HH:MM:SS` in the site's time zone.
- Lists are cut to their first entry here. Tokens, codes, days and digests are samples.
";

impl Page {
    /// The call of a row.
    fn call(&self, row: &Row) -> Call {
        let is_called =
            |call: &&Call| call.verb.method().as_str() == row.method.as_str() && call.path == row.documented;
        *(self.routes)().calls().iter().find(is_called).unwrap()
    }

    /// The operation of the OpenAPI document for a row's call, at its path.
    fn operation(&self, row: &Row) -> &'static Value {
        let call = self.call(row);
        let path = if row.route == call.path { call.documented_as.unwrap_or(call.path) } else { row.route };
        &DOCUMENT["paths"][format!("{}{path}", self.prefix)][call.verb.key()]
    }

    /// Whether a field of a row's example must be there: the document demands it, or one of its names.
    pub fn demands(&self, row: &Row, name: &str) -> bool {
        let fields = documented_fields(self.operation(row));
        let has_other_names = fields.iter().any(|field| field.says.starts_with(&format!("another name of `{name}`")));
        fields.iter().any(|field| field.name == name && (field.required || has_other_names))
    }

    /// Compares the page with the exchanges of a run. Every route has a row and an answer.
    pub fn compare(&self, routes: &Routes, exchanges: &[(Row, Answer)]) {
        let mut text = format!("# {}\n\n{}\n{}\n{RULES}", self.title, generated("tables"), self.introduction);
        for call in routes.calls() {
            let of_route = |row: &Row| row.method.as_str() == call.verb.method().as_str() && row.route == call.path;
            let (row, answer) = exchanges.iter().find(|(row, _)| of_route(row)).unwrap();
            self.render(&mut text, row, answer);
        }
        text.push_str(&statuses());
        compare(self.file, &text);
    }

    fn render(&self, text: &mut String, row: &Row, answer: &Answer) {
        let call = self.call(row);
        let path = row.route.split_once(":.*").map_or(row.route.to_owned(), |_| "/smscode/{mobile}".to_owned());
        let login = match row.who {
            Who::Anyone => "Needs no login.",
            Who::Guest | Who::Landlord | Who::Party | Who::Newcomer => "Needs a login.",
        };
        writeln!(text, "\n## {} {}{path}\n\n{} {login}", row.method, self.prefix, call.says).unwrap();
        for (route, _) in row.aliases {
            write!(text, "Also at `{}{route}`.", self.prefix).unwrap();
            let own = call.aliases.iter().find(|alias| alias.path == *route).and_then(|alias| alias.says);
            writeln!(text, "{}", own.map(|says| format!(" {says}")).unwrap_or_default()).unwrap();
        }
        text.push('\n');

        let fields = self.fields_of(row);
        if !fields.is_empty() {
            text.push_str("| field | in | required | meaning |\n|---|---|---|---|\n");
            for field in fields {
                let required = if field.required { "yes" } else { "no" };
                writeln!(text, "| `{}` | {} | {required} | {} |", field.name, field.place, field.says).unwrap();
            }
            text.push('\n');
        }

        writeln!(text, "```http\n{} {}{}", row.method, self.prefix, sampled(row.path)).unwrap();
        match &row.sends {
            Sends::Nothing => {}
            Sends::Json(body) => {
                let body: Value = serde_json::from_str(&sampled(&body.to_string())).unwrap();
                writeln!(text, "Content-Type: application/json\n\n{}", pretty(&body, "", 0)).unwrap();
            }
            Sends::Picture(file, fields) => {
                text.push_str("Content-Type: multipart/form-data\n\n");
                for (name, value) in *fields {
                    writeln!(text, "{name}={}", sampled(value)).unwrap();
                }
                writeln!(text, "{file}=@picture.jpg").unwrap();
            }
        }
        text.push_str("```\n\n");

        match &row.answers {
            Answers::Jpeg => text.push_str("Answers the picture, `image/jpeg`; on failure the envelope.\n"),
            Answers::Wav => text.push_str("Answers the recording, `audio/wav`; on failure the envelope.\n"),
            Answers::Json(_) => {
                let (json, raw) = (shortened("", &answer.json), String::from_utf8_lossy(&answer.bytes));
                writeln!(text, "```json\n{}\n```", pretty(&json, &raw, 0)).unwrap();
                let mut fields = Vec::new();
                answer_fields("", &json, &raw, &mut fields);
                if !fields.is_empty() {
                    text.push_str("\n| field | type | meaning |\n|---|---|---|\n");
                }
                for (path, kind) in fields {
                    let says = meaning(self.operation(row), &path)
                        .unwrap_or_else(|| panic!("no word for {path} of {}", row.path));
                    writeln!(text, "| `{path}` | {kind} | {says} |").unwrap();
                }
            }
        }
    }
}

/// A field of a request.
struct RequestField {
    name: String,
    place: &'static str,
    required: bool,
    says: String,
}

/// The fields of a request as the document has them: of the path, the query, and the body or form.
fn documented_fields(operation: &'static Value) -> Vec<RequestField> {
    let says = |value: &Value| value["description"].as_str().unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let place = if parameter["in"] == "path" { "path" } else { "query" };
        let name = parameter["name"].as_str().unwrap().to_owned();
        all.push(RequestField { name, place, required: parameter["required"] == true, says: says(parameter) });
    }
    for (kind, place) in [("application/json", "body"), ("multipart/form-data", "form")] {
        let schema = resolved(&operation["requestBody"]["content"][kind]["schema"]);
        let required = |name: &String| schema["required"].as_array().is_some_and(|all| all.iter().any(|it| it == name));
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            all.push(RequestField { name: name.clone(), place, required: required(name), says: says(property) });
        }
    }
    all
}

/// A schema, or the one that it refers to.
fn resolved(schema: &'static Value) -> &'static Value {
    match schema["$ref"].as_str().and_then(|target| target.strip_prefix("#/components/schemas/")) {
        Some(name) => resolved(&DOCUMENT["components"]["schemas"][name]),
        None => schema,
    }
}

/// The description of a field of a call's answer, such as `data.houses[].title`.
fn meaning(operation: &'static Value, path: &str) -> Option<&'static str> {
    let mut schema = &operation["responses"]["200"]["content"]["application/json"]["schema"]["anyOf"][0];
    for part in path.split('.') {
        let (name, in_list) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
        schema = property(schema, name)?;
        if in_list {
            schema = &resolved(schema)["items"];
        }
    }
    schema["description"].as_str()
}

/// The property of an object, of a part of one, or of what may be null.
fn property(schema: &'static Value, name: &str) -> Option<&'static Value> {
    let schema = resolved(schema);
    let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
    schema["properties"].get(name).or_else(|| parts.into_iter().find_map(|part| property(part, name)))
}

impl Page {
    /// The fields of a row's request: those of the example, then those that only the document has, then
    /// those that are not read.
    fn fields_of(&self, row: &Row) -> Vec<RequestField> {
        let mut shown: Vec<(String, &'static str)> = Vec::new();
        let placeholders = row.route.split('{').skip(1).map(|rest| rest.split(['}', ':']).next().unwrap());
        shown.extend(placeholders.map(|name| (if name == "spec" { "mobile" } else { name }.to_owned(), "path")));
        shown.extend(query_names(row.path).map(|name| (name.to_owned(), "query")));
        match &row.sends {
            Sends::Nothing => {}
            Sends::Json(body) => shown.extend(body.as_object().unwrap().keys().map(|name| (name.clone(), "body"))),
            Sends::Picture(file, fields) => {
                shown.push(((*file).to_owned(), "form"));
                shown.extend(fields.iter().map(|(name, _)| ((*name).to_owned(), "form")));
            }
        }
        let call = self.call(row);
        let place_of_others = match &row.sends {
            Sends::Nothing => "query",
            Sends::Json(_) => "body",
            Sends::Picture(..) => "form",
        };
        let not_read =
            call.not_read.iter().map(|(name, says)| ((*name).to_owned(), place_of_others, (*says).to_owned()));
        let mut known: Vec<_> = documented_fields(self.operation(row))
            .into_iter()
            .map(|field| (field.name, field.place, field.says))
            .chain(not_read)
            .collect();
        let is_shown = |name: &String| shown.iter().any(|(shown, _)| shown == name);
        let (of_example, mut others): (Vec<_>, Vec<_>) = known.drain(..).partition(|(name, ..)| is_shown(name));
        let says = |name: &String| of_example.iter().find(|(known, ..)| known == name).map(|(.., says)| says.clone());
        let mut fields: Vec<_> = shown
            .iter()
            .map(|(name, place)| RequestField {
                required: *place == "path" || self.demands(row, name),
                says: says(name).unwrap_or_else(|| panic!("no word for the field {name} of {}", row.path)),
                name: name.clone(),
                place,
            })
            .collect();
        let is_search = matches!(&row.sends, Sends::Json(_)) && others.iter().any(|(_, place, _)| *place == "query");
        others.retain(|(_, place, _)| !is_search || *place == "body");
        fields.extend(others.into_iter().map(|(name, place, says)| RequestField {
            name,
            place,
            required: false,
            says,
        }));
        fields
    }
}

/// The meaning of an order's `status` in either dialect.
fn statuses() -> String {
    let mut text = String::from("\n## States of an order\n\n| v1 | classic | holds its days |\n|---|---|---|\n");
    for status in OrderStatus::ALL {
        let holds = if status.holds_days() { "yes" } else { "no" };
        let (name, number) =
            (minsu_dialect_v1::spellings::order_status(status), minsu_dialect_classic::spellings::order_status(status));
        let row = format!("| `{name}` | {number} | {holds} |\n");
        // A paid order is shown as one that waits for its comment: old pages know no other.
        if !text.contains(&row) {
            text.push_str(&row);
        }
    }
    text
}
