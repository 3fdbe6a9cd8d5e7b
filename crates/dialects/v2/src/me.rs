//! Oneself: the profile, the portrait, the real name.

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use minsu_application::{
    AccountError, AppError,
    users::{self, ProfileVersion, VerifyIdentity},
};
use minsu_domain::{IdentityNumber, Principal, RealName, Scope, UserName};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    native_fault::{FieldFault, FieldRule, NativeFault},
    openapi::{
        call::{Call, Input},
        refusals::{self, ConcatAll},
        values,
    },
    present,
    upload::Upload,
};

use crate::{
    acting::{Caller, Site},
    bodies::{IdentityBody, ProfilePatch},
    dto::{AvatarData, IdentityData, UserData},
    fields::{Fields, text},
    reply::Reply,
    sessions::oneself,
    version,
};

fn changed() -> Vec<ApiError> {
    refusals::app([AppError::Account(AccountError::NotFound)])
}

pub(crate) fn expected(request: &HttpRequest) -> Result<Option<ProfileVersion>, ApiError> {
    version::expected(request, ProfileVersion::parse)
}

pub(crate) const ME: Call = Call::get::<UserData>("/me", "me", "One's own profile.")
    .says("The profile. Its `ETag` is the version that PATCH, the portrait and the real name share.")
    .needs_scope(Scope::ProfileRead)
    .has_tag()
    .refuses(changed);

pub(crate) async fn me(site: Site, caller: Caller) -> Result<Reply<UserData>, ApiError> {
    let user = oneself(site.app(), caller.0).await?;
    let tag = version::tag(user.version());
    Ok(Reply::ok(user).with(tag))
}

pub(crate) const PATCH: Call = Call::patch::<UserData>("/me", "change_me", "Changes the profile.")
    .says("A JSON merge patch (RFC 7396) of the profile: what is absent stays.")
    .needs_login()
    .edits()
    .with_json::<ProfilePatch>()
    .refuses(|| [changed(), refusals::app([AppError::Account(AccountError::NameTaken)])].concat_all());

pub(crate) async fn patch(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    mut body: Fields,
) -> Result<Reply<UserData>, ApiError> {
    let expected = expected(&request)?;
    let name = body.may("name", text(UserName::new));
    body.finish(Some(()))?;
    match name {
        Some(name) => users::rename(site.app(), caller.0, &name, expected).await?,
        None => unchanged(&site, caller.0, expected).await?,
    }
    me(site, caller).await
}

/// A patch of nothing is one of the version all the same.
pub(crate) async fn unchanged(
    site: &Site,
    viewer: Principal,
    expected: Option<ProfileVersion>,
) -> Result<(), ApiError> {
    let current = oneself(site.app(), viewer).await?.version();
    match expected {
        Some(expected) if expected.to_string() != current => Err(NativeFault::VersionStale.into()),
        _ => Ok(()),
    }
}

pub(crate) const AVATAR: Call = Call::put::<AvatarData>("/me/avatar", "set_avatar", "Uploads a portrait.")
    .says("A portrait: JPEG, PNG or WebP by its content, one file; it is stored as a new JPEG.")
    .needs_login()
    .edits()
    .with_upload(&[Input::new("picture", "", values::file)])
    .refuses(|| [changed(), refusals::pictures()].concat_all());

pub(crate) async fn avatar(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    client: Client,
    multipart: Multipart,
) -> Result<Reply<AvatarData>, ApiError> {
    let expected = expected(&request)?;
    let picture = picture(Upload::receive(&site.state, caller.0, multipart).await?)?;
    let key = users::set_avatar(site.app(), caller.0, client.0, picture, expected).await?;
    let tag = version::tag(oneself(site.app(), caller.0).await?.version());
    Ok(Reply::ok(AvatarData { avatar: present::picture(site.app(), Some(&key)) }).with(tag))
}

/// The one file of an upload.
pub(crate) fn picture(upload: Upload) -> Result<bytes::Bytes, ApiError> {
    upload.single_file(&["picture"]).map_err(|error| match error {
        ApiError::Request(RequestFault::WrongFields) => {
            NativeFault::InvalidFields(vec![FieldFault::at("picture", FieldRule::Required)]).into()
        }
        error => error,
    })
}

pub(crate) const IDENTITY: Call = Call::get::<IdentityData>("/me/identity", "identity", "One's own real-name data.")
    .says("The real name, and the identity number but for its middle; 404 before they were written.")
    .needs_login()
    .has_tag()
    .refuses(|| [changed(), vec![RequestFault::UnknownPath.into()]].concat_all());

pub(crate) async fn identity(site: Site, caller: Caller) -> Result<Reply<IdentityData>, ApiError> {
    let identity = users::identity(site.app(), caller.0).await?.ok_or(RequestFault::UnknownPath)?;
    let tag = version::tag(oneself(site.app(), caller.0).await?.version());
    Ok(Reply::ok(IdentityData::from(identity)).with(tag))
}

pub(crate) const VERIFY: Call =
    Call::put::<IdentityData>("/me/identity", "verify_identity", "Writes the real name, once.")
        .says("Writes the real name and the number of the identity card (GB 11643-1999), once.")
        .needs_login()
        .edits()
        .with_json::<IdentityBody>()
        .refuses(|| {
            [changed(), refusals::app([AppError::Account(AccountError::IdentityAlreadyVerified)])].concat_all()
        });

pub(crate) async fn verify(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    mut body: Fields,
) -> Result<Reply<IdentityData>, ApiError> {
    let (expected, today) = (expected(&request)?, site.app().today());
    let real_name = body.need("real_name", text(|typed| RealName::new(typed).map(|_| typed.to_owned())));
    let id_card = body.need("id_number", text(|typed| IdentityNumber::new(typed, today).map(|_| typed.to_owned())));
    let command = || Some(VerifyIdentity { real_name: real_name?, id_card: id_card? });
    let command = body.finish(command())?;
    users::verify_identity(site.app(), caller.0, &command, expected).await?;
    identity(site, caller).await
}
