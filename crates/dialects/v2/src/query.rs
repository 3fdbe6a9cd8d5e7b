//! The parameters of a query, one by one, as [`crate::fields`] reads a body.

use minsu_domain::{Invalid, PageLimit, parse_day};
use minsu_web::{
    api_error::ApiError,
    fields::parse_id,
    native_fault::{FieldFault, FieldRule, NativeFault},
};
use url::form_urlencoded;

/// The parameters of a query. An empty one is there, and empty.
pub(crate) struct Query {
    left: Vec<(String, String)>,
    faults: Vec<FieldFault>,
}

impl Query {
    pub(crate) fn of(query: &str) -> Self {
        let left = form_urlencoded::parse(query.as_bytes());
        Self { left: left.map(|(name, value)| (name.into_owned(), value.into_owned())).collect(), faults: Vec::new() }
    }

    /// Every value of a parameter, in their order.
    fn take(&mut self, name: &str) -> Vec<String> {
        let (own, left) = std::mem::take(&mut self.left).into_iter().partition(|(known, _)| known == name);
        self.left = left;
        let own: Vec<(String, String)> = own;
        own.into_iter().map(|(_, value)| value).collect()
    }

    /// A parameter that may be absent, and may stand there once.
    pub(crate) fn may<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, FieldRule>) -> Option<T> {
        let mut values = self.take(name);
        let value = values.pop()?;
        let read = if values.is_empty() { read(&value) } else { Err(FieldRule::Repeated) };
        self.checked(name, read)
    }

    /// A parameter that may stand there several times, or several values with commas between them.
    pub(crate) fn list<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, FieldRule>) -> Option<T> {
        let values = self.take(name);
        if values.is_empty() {
            return None;
        }
        self.checked(name, read(&values.join(",")))
    }

    /// How many entries a page has.
    pub(crate) fn limit(&mut self) -> PageLimit {
        let limit = self.may("limit", |text| {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = if is_number { text.parse().map_err(|_| FieldRule::Range) } else { Err(FieldRule::Format) };
            number.and_then(|number| Ok(PageLimit::new(number)?))
        });
        limit.unwrap_or(PageLimit::USUAL)
    }

    /// Another fault of a parameter.
    pub(crate) fn fault(&mut self, name: &str, rule: FieldRule) {
        self.faults.push(FieldFault::at(name, rule));
    }

    fn checked<T>(&mut self, name: &str, read: Result<T, FieldRule>) -> Option<T> {
        read.map_err(|rule| self.fault(name, rule)).ok()
    }

    /// That nothing was wrong.
    ///
    /// # Errors
    /// [`NativeFault::InvalidFields`] with every parameter that is wrong, doubled or unknown.
    pub(crate) fn finish(mut self) -> Result<(), ApiError> {
        for (name, _) in std::mem::take(&mut self.left) {
            self.fault(&name, FieldRule::Unknown);
        }
        if self.faults.is_empty() { Ok(()) } else { Err(NativeFault::InvalidFields(self.faults).into()) }
    }
}

/// A text that a value of the domain is made from.
pub(crate) fn text<T>(make: impl FnOnce(&str) -> Result<T, Invalid>) -> impl FnOnce(&str) -> Result<T, FieldRule> {
    |text| Ok(make(text)?)
}

/// An id.
pub(crate) fn id<T: TryFrom<i64, Error = Invalid>>(text: &str) -> Result<T, FieldRule> {
    Ok(parse_id(text)?)
}

/// A day, `YYYY-MM-DD`.
pub(crate) fn day(text: &str) -> Result<chrono::NaiveDate, FieldRule> {
    Ok(parse_day(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_domain::AreaId;

    #[test]
    fn doubled_unknown_and_wrong_parameters_are_told_at_once() {
        let mut query = Query::of("area=x&limit=0&a=1&a=2&facility=1&facility=2%2C3&odd=");
        assert_eq!(query.may("area", id::<AreaId>), None);
        assert_eq!(query.limit(), PageLimit::USUAL);
        assert_eq!(query.may("a", |_| Ok(())), None);
        assert_eq!(query.list("facility", |ids| Ok(ids.to_owned())).as_deref(), Some("1,2,3"));
        let Err(ApiError::Native(NativeFault::InvalidFields(faults))) = query.finish() else { panic!("no faults") };
        let faults: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.rule)).collect();
        let expected = [
            ("/area", FieldRule::Format),
            ("/limit", FieldRule::Range),
            ("/a", FieldRule::Repeated),
            ("/odd", FieldRule::Unknown),
        ];
        assert_eq!(faults, expected);
    }
}
