//! The demo houses of profile dev, so that a first look at the site shows something. They lie in
//! `fixtures/demo` and are part of the binary.

use std::net::Ipv4Addr;

use bytes::Bytes;
use include_dir::{Dir, include_dir};
use minsu_application::{
    App, AppError, ClientAddress, houses,
    users::{self, VerifyIdentity},
};
use minsu_domain::{Field, HouseFilter, Invalid, Means, Mobile, Password, PasswordPolicy, Principal, Role, UserName};
use minsu_ports::{NewUser, StoreError, UniqueKey};
use serde::Deserialize;

use super::CommandError;
use minsu_web::house_body::HouseBody;

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../fixtures/demo");

#[derive(Deserialize)]
struct Demo {
    landlord: DemoLandlord,
    houses: Vec<DemoHouse>,
}

#[derive(Deserialize)]
struct DemoLandlord {
    name: String,
}

#[derive(Deserialize)]
struct DemoHouse {
    #[serde(flatten)]
    form: HouseBody,
    pictures: Vec<String>,
}

/// Publishes the demo houses, unless the site has a house already. They are published by the same use cases as
/// other houses. Their landlord's password is random and not stored: no login is possible with a value from the
/// source code.
///
/// # Errors
/// When an adapter fails or the fixtures are broken.
pub async fn publish_on_an_empty_site(app: &App) -> Result<(), CommandError> {
    if app.store.read_own().await?.houses().count(&HouseFilter::default(), 1).await? > 0 {
        return Ok(());
    }
    let text = FOLDER.get_file("houses.json").and_then(|file| file.contents_utf8()).ok_or("no demo houses")?;
    let demo: Demo = serde_json::from_str(text)?;
    let Some(landlord) = add_landlord(app, &demo.landlord).await? else { return Ok(()) };
    let this_machine = ClientAddress::new(Ipv4Addr::LOCALHOST.into());
    for house in demo.houses {
        // A house whose shortest stay exceeds the longest one of the site is left out.
        let id = match houses::publish(app, landlord, house.form.into()).await {
            Err(AppError::Invalid(Invalid { field: Field::MinDays, .. })) => continue,
            published => published?,
        };
        for name in house.pictures {
            let picture = FOLDER.get_file(format!("pictures/{name}")).ok_or("a demo picture is missing")?;
            houses::add_picture(app, landlord, this_machine, id, Bytes::from_static(picture.contents())).await?;
        }
    }
    Ok(())
}

/// Adds the landlord; `None` where there is one already: another process starts at the same moment, or one was
/// killed while it published.
async fn add_landlord(app: &App, landlord: &DemoLandlord) -> Result<Option<Principal>, CommandError> {
    let mut random = [0; 32];
    app.randomness.fill(&mut random);
    let forgotten = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let user = NewUser {
        name: UserName::new(&landlord.name)?,
        mobile: Mobile::new("13000000000")?,
        password_hash: app.passwords.hash(&Password::new(forgotten, PasswordPolicy::default())?).await?,
        created_at: app.clock.now(),
    };
    let mut unit = app.store.begin().await?;
    let id = match unit.users().insert(&user).await {
        Err(StoreError::Duplicate(UniqueKey::Mobile | UniqueKey::UserName)) => return Ok(None),
        inserted => inserted?,
    };
    unit.commit().await?;
    // The sample number of GB 11643-1999, which belongs to no person.
    let identity = VerifyIdentity { real_name: "张三".into(), id_card: "11010519491231002X".into() };
    let landlord = Principal { user: id, role: Role::User, means: Means::Session { confirmed: false } };
    users::verify_identity(app, landlord, &identity, None).await?;
    Ok(Some(landlord))
}
