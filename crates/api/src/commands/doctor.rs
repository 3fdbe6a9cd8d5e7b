//! `minsu doctor`: looks at everything that the site depends on, with a line and a remedy each.

mod machine;

use bytes::Bytes;
use minsu_domain::PictureKey;
use minsu_store::{SchemaState, schema_status};

use super::{CommandError, print};
use crate::{settings::Settings, wiring::wire};

/// What a check found: good, or what to do.
type Finding = Result<String, String>;

/// Checks the schema, the database, the cache, the object store, the clock and the limit of
/// open files. All are checked,
/// also after one that fails.
///
/// # Errors
/// When any check failed, so that scripts can tell.
pub async fn doctor(settings: &Settings) -> Result<(), CommandError> {
    let mut findings = vec![("schema", schema(settings).await)];
    match wire(settings).await {
        Ok(state) => {
            let app = &state.app;
            let answers = |result: Result<(), String>| result.map(|()| "answers".to_owned());
            let database = app.store.ping().await.map_err(|error| remedy(&error, "start it, or mend database.url"));
            findings.push(("database", answers(database)));
            let cache = app.cache.ping().await.map_err(|error| remedy(&error, "start it, or mend cache.url"));
            findings.push(("cache", answers(cache)));
            findings.push(("objects", objects(app).await));
            findings.push(("clock", machine::clock(settings, app).await));
        }
        Err(error) => findings.push(("settings", Err(remedy(&error, "mend the settings that it names")))),
    }
    findings.push(("files", machine::files(settings)));
    let mut failed = 0;
    for (name, finding) in findings {
        match finding {
            Ok(text) => print(format_args!("ok      {name}: {text}"))?,
            Err(text) => {
                failed += 1;
                print(format_args!("FAILED  {name}: {text}"))?;
            }
        }
    }
    if failed == 0 { Ok(()) } else { Err(format!("{failed} checks failed").into()) }
}

async fn schema(settings: &Settings) -> Finding {
    let status = schema_status(settings.database.url.expose())
        .await
        .map_err(|error| remedy(&error, "start the database, or mend database.url"))?;
    match status.state() {
        SchemaState::Current => Ok(format!("{} migrations applied", status.applied.len())),
        SchemaState::Older => Err("older than this binary; run `minsu migrate up`".to_owned()),
        SchemaState::Newer => Err("newer than this binary; run the newer one".to_owned()),
    }
}

/// Writes, reads and removes a probe object.
async fn objects(app: &minsu_application::App) -> Finding {
    let probe = async {
        let key = PictureKey::new("doctor/probe.jpg")?;
        let bytes = Bytes::from_static(b"probe");
        app.objects.put(&key, bytes.clone()).await?;
        let read = app.objects.get(&key).await?;
        app.objects.delete(&key).await?;
        if read == Some(bytes) { Ok(()) } else { Err("the probe came back changed, or not at all".into()) }
    };
    let result: Result<(), CommandError> = probe.await;
    result
        .map(|()| "stores, reads and removes".to_owned())
        .map_err(|error| remedy(error.as_ref(), "mend [objects], its keys and its rights"))
}

fn remedy(error: &(dyn std::error::Error + 'static), what_to_do: &str) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    format!("{text}; {what_to_do}")
}
