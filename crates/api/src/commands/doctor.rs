//! `minsu doctor`: looks at everything that the site depends on, with a line and a remedy each.

mod machine;

use std::error::Error;

use minsu_application::App;
use minsu_store::{SchemaState, schema_status};

use super::{CommandError, print};
use crate::{
    settings::{ObjectsAdapter, Settings, SmsAdapter},
    wiring::{self, wire},
};

/// What a check found: good, or what to do.
type Finding = Result<String, String>;

/// Checks schema, database, cache, object store, SMS service, clock and file limits. All are
/// checked, also after one that fails.
///
/// # Errors
/// When any check failed, so that scripts can tell.
pub async fn doctor(settings: &Settings) -> Result<(), CommandError> {
    let mut failed = 0;
    for (name, finding) in findings(settings).await {
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

async fn findings(settings: &Settings) -> Vec<(&'static str, Finding)> {
    let mut findings = vec![
        ("clock", machine::clock(settings)),
        ("files", machine::open_files(settings)),
        ("folder", machine::data_folder(settings)),
        ("schema", schema(settings).await),
    ];
    if let Some(options) = wiring::traces(&settings.traces) {
        let taken = minsu_traces::probe(&options).await.map(|()| "the collector takes them".to_owned());
        findings.push(("traces", told(taken, "start the collector, or mend [traces]")));
    }
    match wire(settings).await {
        Ok(state) => {
            let app = &state.app;
            let database = app.store.ping().await.map(|()| "answers".to_owned());
            findings.push(("database", told(database, "start it, or mend database.url")));
            let cache = app.cache.ping().await.map(|()| "answers".to_owned());
            findings.push(("cache", told(cache, "start it, or mend cache.url")));
            findings.push(("objects", objects(settings, app).await));
            findings.push(("sms", sms(settings, app).await));
        }
        Err(error) => findings.push(("settings", told(Err(error), "mend the settings that it names"))),
    }
    findings
}

async fn schema(settings: &Settings) -> Finding {
    let status = schema_status(settings.database.url.expose()).await;
    let status = status.map_err(|error| with_remedy(&error, "start the database, or mend database.url"))?;
    match status.state() {
        SchemaState::Current => Ok(format!("{} migrations applied", status.applied.len())),
        SchemaState::Older => Err("older than this binary; run `minsu migrate up`".to_owned()),
        SchemaState::Newer => Err("newer than this binary; run the newer one".to_owned()),
    }
}

/// Stores, reads and removes an object that nobody else uses.
async fn objects(settings: &Settings, app: &App) -> Finding {
    let probed = minsu_objects::probe(app.objects.as_ref()).await;
    let remedy = match settings.objects.url.adapter() {
        ObjectsAdapter::File => "let the server write into its media folder",
        ObjectsAdapter::Qiniu | ObjectsAdapter::S3 => "mend [objects]: bucket, region, keys and their rights",
    };
    told(probed.map(|()| "stores, reads and removes".to_owned()), remedy)
}

/// Nothing is sent: what that cannot tell is said.
async fn sms(settings: &Settings, app: &App) -> Finding {
    let (good, remedy) = match settings.sms.url.adapter() {
        SmsAdapter::Outbox => ("writes into the development outbox", "let the server write into its data folder"),
        SmsAdapter::Yuntongxun => (
            "takes the account and its token; app and template are tried by a message only",
            "mend [sms]: account_sid and auth_token",
        ),
        SmsAdapter::Aliyun => {
            ("takes the key, and the template is approved", "mend [sms]: the key, its rights and the template")
        }
    };
    told(app.sms.probe().await.map(|()| good.to_owned()), remedy)
}

fn told<E: Error + 'static>(result: Result<String, E>, remedy: &str) -> Finding {
    result.map_err(|error| with_remedy(&error, remedy))
}

fn with_remedy(error: &(dyn Error + 'static), remedy: &str) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    format!("{text}; {remedy}")
}
