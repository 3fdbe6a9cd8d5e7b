//! Types that exist for their schema only.

/// Declares unit types, each with the schema of a value: `Name => schema;`. The expression is a
/// `RefOr<Schema>` of utoipa, made anew whenever a document is.
#[macro_export]
macro_rules! schema_values {
    ($($(#[$doc:meta])* $name:ident => $schema:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::Schema> {
                $schema
            }
        }

        impl ::utoipa::ToSchema for $name {}
    )*};
}
