//! The parts of envelopes: codes, sentences, and what they wrap.

use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::errno::Errno;

/// The code of a success, as a text.
pub fn success_code() -> RefOr<Schema> {
    RefOr::from(ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["0"])).description(Some("success")))
}

/// The code of a success, as a number.
pub fn success_number() -> RefOr<Schema> {
    RefOr::from(ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some([0])).description(Some("success")))
}

/// The sentence of a success.
pub fn success_sentence() -> RefOr<Schema> {
    RefOr::from(ObjectBuilder::new().schema_type(Type::String).examples(["OK"]).description(Some("a fixed sentence")))
}

/// What an envelope wraps.
pub fn the_answer<T: ToSchema>() -> RefOr<Schema> {
    let mut schema = T::schema();
    let says = Some("the answer".to_owned());
    match &mut schema {
        RefOr::T(Schema::Object(object)) => object.description = says,
        RefOr::T(Schema::Array(array)) => array.description = says,
        RefOr::T(_) | RefOr::Ref(_) => {}
    }
    schema
}

/// The code of a refusal.
pub fn failure_code() -> RefOr<Schema> {
    let codes = Errno::ALL.into_iter().filter(|errno| *errno != Errno::Ok).map(Errno::code);
    RefOr::from(ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes)).description(Some("the code")))
}

/// The sentence of a refusal.
pub fn failure_sentence() -> RefOr<Schema> {
    let says = "a fixed sentence, never anything that the client sent";
    let sentence = ObjectBuilder::new().schema_type(Type::String).examples([Errno::ParamErr.meaning()]);
    RefOr::from(sentence.description(Some(says)))
}
