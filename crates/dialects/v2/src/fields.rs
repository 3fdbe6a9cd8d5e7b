//! The fields of a JSON body, one by one: every fault is collected, and an unknown field is one too.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::future::LocalBoxFuture;
use minsu_domain::{Change, Invalid, parse_day};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    body::Body,
    json::{is_json, read},
    native_fault::{FieldFault, FieldRule, NativeFault},
};
use serde_json::{Map, Value};

/// A JSON object whose fields are read one by one.
pub(crate) struct Fields {
    left: Map<String, Value>,
    faults: Vec<FieldFault>,
}

impl Fields {
    fn of(body: &[u8]) -> Result<Self, ApiError> {
        let not_an_object = || NativeFault::InvalidFields(vec![whole(FieldRule::Type)]);
        match read(body) {
            Ok(Value::Object(left)) => Ok(Self { left, faults: Vec::new() }),
            Ok(_) => Err(not_an_object().into()),
            // JSON, but with a string that is no Unicode text.
            Err(RequestFault::WrongFields) => Err(NativeFault::InvalidFields(vec![whole(FieldRule::Format)]).into()),
            Err(fault) => Err(fault.into()),
        }
    }

    /// A field that must be there.
    pub(crate) fn need<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Result<T, FieldRule>) -> Option<T> {
        match self.left.remove(name) {
            Some(value) => self.checked(name, read(&value)),
            None => self.checked(name, Err(FieldRule::Required)),
        }
    }

    /// A field that may be absent. `null` is not absent.
    pub(crate) fn may<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Result<T, FieldRule>) -> Option<T> {
        let value = self.left.remove(name)?;
        self.checked(name, read(&value))
    }

    /// A field that `null` clears and that stays where it is absent.
    pub(crate) fn change<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Result<T, FieldRule>) -> Change<T> {
        match self.left.remove(name) {
            None => Change::Keep,
            Some(Value::Null) => Change::Clear,
            Some(value) => self.checked(name, read(&value)).map_or(Change::Keep, Change::Set),
        }
    }

    /// A list of objects that must be there, each read by its fields; its faults lie at `/name/0/field`.
    pub(crate) fn each<T>(&mut self, name: &str, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let items = self.need(name, |value| value.as_array().cloned().ok_or(FieldRule::Type))?;
        let mut all = Vec::new();
        for (place, item) in items.into_iter().enumerate() {
            let Value::Object(left) = item else {
                self.fault_inside(format!("/{name}/{place}"), FieldRule::Type);
                continue;
            };
            let mut fields = Self { left, faults: Vec::new() };
            all.extend(read(&mut fields));
            fields.faults.extend(fields.left.keys().map(|name| FieldFault::at(name, FieldRule::Unknown)));
            for FieldFault { pointer, rule } in fields.faults {
                self.fault_inside(format!("/{name}/{place}{pointer}"), rule);
            }
        }
        Some(all)
    }

    /// A field that must be there, but for one that has a value already: where it is absent, the value stays.
    pub(crate) fn keep<T>(
        &mut self,
        name: &str,
        standing: Option<T>,
        read: impl FnOnce(&Value) -> Result<T, FieldRule>,
    ) -> Option<T> {
        match standing {
            Some(standing) if !self.left.contains_key(name) => Some(standing),
            _ => self.need(name, read),
        }
    }

    /// As [`Self::keep`], of a field that may be absent: `null` takes the value away.
    pub(crate) fn keep_or_clear<T>(
        &mut self,
        name: &str,
        standing: Option<Option<T>>,
        read: impl FnOnce(&Value) -> Result<T, FieldRule>,
    ) -> Option<T> {
        match (standing, self.left.get(name)) {
            (Some(standing), None) => standing,
            (Some(_), Some(Value::Null)) => {
                self.left.remove(name);
                None
            }
            _ => self.may(name, read),
        }
    }

    /// Whether a field is there that is still to be read.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    /// Whether the object has no field, or none that is still to be read.
    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// A fault somewhere inside a field, at a JSON pointer.
    pub(crate) fn fault_inside(&mut self, pointer: String, rule: FieldRule) {
        self.faults.push(FieldFault { pointer, rule });
    }

    /// Whether nothing was wrong so far.
    pub(crate) fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    /// Another fault of a field, unless one of it was found already.
    pub(crate) fn fault(&mut self, name: &str, rule: FieldRule) {
        let fault = FieldFault::at(name, rule);
        if !self.faults.iter().any(|known| known.pointer == fault.pointer) {
            self.faults.push(fault);
        }
    }

    fn checked<T>(&mut self, name: &str, read: Result<T, FieldRule>) -> Option<T> {
        read.map_err(|rule| self.faults.push(FieldFault::at(name, rule))).ok()
    }

    /// What was made of the fields.
    ///
    /// # Errors
    /// [`NativeFault::InvalidFields`] with every field that is missing, wrong or unknown.
    pub(crate) fn finish<T>(mut self, made: Option<T>) -> Result<T, ApiError> {
        let unknown = self.left.keys().map(|name| FieldFault::at(name, FieldRule::Unknown));
        self.faults.extend(unknown);
        match made {
            Some(made) if self.faults.is_empty() => Ok(made),
            _ => Err(NativeFault::InvalidFields(self.faults).into()),
        }
    }
}

/// A fault of the body as a whole.
fn whole(rule: FieldRule) -> FieldFault {
    FieldFault { pointer: String::new(), rule }
}

impl FromRequest for Fields {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_json(request) {
            return Box::pin(std::future::ready(Err(RequestFault::UnsupportedMediaType.into())));
        }
        let body = Body::from_request(request, payload);
        Box::pin(async move { Self::of(&body.await?.0) })
    }
}

/// The same of a call whose body may be left out: then there is no field.
pub(crate) struct OptionalFields(pub(crate) Fields);

impl FromRequest for OptionalFields {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(request);
        let body = Body::from_request(request, payload);
        Box::pin(async move {
            let Body(bytes) = body.await?;
            if bytes.is_empty() {
                return Ok(Self(Fields { left: Map::new(), faults: Vec::new() }));
            }
            if is_json { Fields::of(&bytes).map(Self) } else { Err(RequestFault::UnsupportedMediaType.into()) }
        })
    }
}

/// A text.
pub(crate) fn string(value: &Value) -> Result<String, FieldRule> {
    value.as_str().map(String::from).ok_or(FieldRule::Type)
}

/// A text that a value of the domain is made from.
pub(crate) fn text<T>(make: impl FnOnce(&str) -> Result<T, Invalid>) -> impl FnOnce(&Value) -> Result<T, FieldRule> {
    |value| Ok(make(value.as_str().ok_or(FieldRule::Type)?)?)
}

/// A whole number that a value of the domain is made from. `5.0` is one, as JSON has it.
pub(crate) fn integer<T>(make: impl Fn(i64) -> Result<T, Invalid>) -> impl Fn(&Value) -> Result<T, FieldRule> {
    move |value| {
        if let Some(number) = value.as_i64() {
            return Ok(make(number)?);
        }
        let number = value.as_f64().ok_or(FieldRule::Type)?;
        // Beyond this, neighbouring numbers look the same.
        let is_whole = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
        match value.is_u64() || number.abs() >= 9_007_199_254_740_992.0 {
            true => Err(FieldRule::Range),
            false if is_whole => Ok(make(number as i64)?),
            false => Err(FieldRule::Type),
        }
    }
}

/// A whole number.
pub(crate) fn number(value: &Value) -> Result<i64, FieldRule> {
    integer(Ok)(value)
}

/// Whole numbers.
pub(crate) fn integers(value: &Value) -> Result<Vec<i64>, FieldRule> {
    value.as_array().ok_or(FieldRule::Type)?.iter().map(number).collect()
}

/// `true` or `false`.
pub(crate) fn boolean(value: &Value) -> Result<bool, FieldRule> {
    value.as_bool().ok_or(FieldRule::Type)
}

/// Whole numbers by the number of a weekday: `{"5": 25999}`.
pub(crate) fn by_weekday(value: &Value) -> Result<Vec<(i64, i64)>, FieldRule> {
    let weekday = |name: &str| name.parse::<i64>().ok().filter(|number| number.to_string() == name);
    let price = |(name, value): (&String, &Value)| Ok((weekday(name).ok_or(FieldRule::Format)?, number(value)?));
    value.as_object().ok_or(FieldRule::Type)?.iter().map(price).collect()
}

/// A day, `YYYY-MM-DD`.
pub(crate) fn day(value: &Value) -> Result<chrono::NaiveDate, FieldRule> {
    text(parse_day)(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_domain::{HouseId, Mobile};

    fn faults(body: &str) -> Vec<(String, FieldRule)> {
        let read = |body: &str| {
            let mut fields = Fields::of(body.as_bytes())?;
            let mobile = fields.need("mobile", text(Mobile::new));
            let house = fields.may("house", integer(HouseId::new));
            fields.finish((|| Some((mobile?, house)))())
        };
        match read(body) {
            Ok(_) => Vec::new(),
            Err(ApiError::Native(NativeFault::InvalidFields(faults))) => {
                faults.into_iter().map(|fault| (fault.pointer, fault.rule)).collect()
            }
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn every_fault_is_told_at_once() {
        assert_eq!(faults(r#"{"mobile": "13800000000"}"#), []);
        assert_eq!(faults(r#"{"mobile": "13800000000", "house": 5.0}"#), []);
        let all = [
            ("/mobile", FieldRule::Format),
            ("/house", FieldRule::Type),
            ("/a~1b", FieldRule::Unknown),
            ("/c", FieldRule::Unknown),
        ];
        let all = all.map(|(pointer, rule)| (pointer.to_owned(), rule));
        assert_eq!(faults(r#"{"mobile": "1", "house": "5", "a/b": 1, "c": null}"#), all);
    }

    #[test]
    fn a_patch_keeps_what_it_does_not_name() {
        let read = |body: &str| {
            let mut fields = Fields::of(body.as_bytes()).unwrap();
            let kept = fields.keep("a", Some(1), integer(Ok));
            let text = fields.keep_or_clear("b", Some(Some("b".to_owned())), string);
            (kept, text, fields.faults.len(), fields.is_empty())
        };
        let b = |text: &str| Some(text.to_owned());
        assert_eq!(read("{}"), (Some(1), b("b"), 0, true));
        assert_eq!(read(r#"{"a": 2, "b": "c"}"#), (Some(2), b("c"), 0, true));
        assert_eq!(read(r#"{"b": null, "c": 1}"#), (Some(1), None, 0, false));
        assert_eq!(read(r#"{"a": null, "b": 1}"#), (None, None, 2, true));
    }

    #[test]
    fn absent_null_and_mistyped_are_three_things() {
        let at = |pointer: &str, rule| vec![(pointer.to_owned(), rule)];
        assert_eq!(faults("{}"), at("/mobile", FieldRule::Required));
        assert_eq!(faults(r#"{"mobile": null}"#), at("/mobile", FieldRule::Type));
        assert_eq!(faults(r#"{"mobile": "13800000000", "house": null}"#), at("/house", FieldRule::Type));
        for (number, rule) in [
            ("0", FieldRule::Range),
            ("1.5", FieldRule::Type),
            ("1e300", FieldRule::Range),
            ("18446744073709551615", FieldRule::Range),
            ("true", FieldRule::Type),
        ] {
            let body = format!(r#"{{"mobile": "13800000000", "house": {number}}}"#);
            assert_eq!(faults(&body), at("/house", rule), "{number}");
        }
        assert_eq!(faults("[]"), at("", FieldRule::Type));
        assert_eq!(faults(r#"{"mobile": "\ud83d"}"#), at("", FieldRule::Format));
    }
}
