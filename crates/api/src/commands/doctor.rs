//! `minsu doctor`: looks at everything that the site depends on, with a line and a remedy each.

mod classic;
mod feeds;
mod finding;
mod machine;
mod payments;

use std::{error::Error, sync::Arc};

use minsu_ports::{CacheError, Clock, Randomness, Store, StoreError};
use minsu_store::{SchemaState, schema_status};
use minsu_system::{OsRandomness, SystemClock};

use finding::{Finding, told, with_causes, with_remedy};

use super::{CommandError, print};
use crate::wiring;
use minsu_settings::{ObjectsAdapter, PaymentAdapter, Problems, Settings, SmsAdapter};

/// Checks schema, database, cache, object store, SMS service, payment provider, calendars of other sites, settings, clock
/// and file limits, and says what old front ends get. All are checked whatever the others do: each is set up by itself.
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
    let database = answers(wiring::store(settings).await, async |store| {
        store.ping().await?;
        Ok::<_, StoreError>("answers")
    })
    .await;
    findings.push(("database", database.map_err(|error| format!("{error}; start it, or mend database.url"))));
    let cache = answers(wiring::cache(settings).await, async |(cache, redis)| {
        cache.ping().await?;
        let evicts = match redis {
            Some(redis) => redis.evicts().await,
            None => None,
        };
        Ok::<_, CacheError>(if evicts == Some(true) { FORGETFUL } else { "answers" })
    })
    .await;
    findings.push(("cache", cache.map_err(|error| format!("{error}; start it, or mend cache.url"))));
    findings.push(("objects", objects(settings).await));
    findings.push(("sms", sms(settings).await));
    if settings.payment.url.adapter() != PaymentAdapter::None {
        findings.push(("payment", payments::provider(settings).await));
    }
    findings.push(("payment.backlog", payments::former_providers(settings).await));
    findings.push(("calendars", feeds::health(settings).await));
    findings.push(("settings", fit_together(settings)));
    findings.push(("classic.data", classic::data(settings)));
    findings.push(("classic.tell_registered", classic::tell_registered(settings)));
    findings
}

/// A Redis that works, until it is full.
const FORGETFUL: &str = "answers, but forgets sessions and counters when it is full; set maxmemory-policy noeviction";

/// Whether a backend that was connected to answers, and what there is to say about it.
async fn answers<T, C, P>(connected: Result<T, C>, ping: impl AsyncFnOnce(T) -> Result<&'static str, P>) -> Finding
where
    C: Error + 'static,
    P: Error + 'static,
{
    let backend = connected.map_err(|error| with_causes(&error))?;
    ping(backend).await.map(str::to_owned).map_err(|error| with_causes(&error))
}

/// Whether `minsu serve` would accept the settings.
fn fit_together(settings: &Settings) -> Finding {
    settings.check().map_err(|Problems(problems)| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        problems.join("; ")
    })?;
    let randomness: Arc<dyn Randomness> = Arc::new(OsRandomness);
    let made = wiring::inside(settings, &randomness).map(|_| "go together".to_owned());
    told(made, "mend the settings that it names")
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

/// Stores, reads and removes an object that no other process uses.
async fn objects(settings: &Settings) -> Finding {
    let remedy = match settings.objects.url.adapter() {
        ObjectsAdapter::File => "let the server write into its media folder",
        ObjectsAdapter::Qiniu | ObjectsAdapter::S3 => "mend [objects]: bucket, region, keys and their rights",
    };
    match wiring::objects(settings, clock()) {
        Ok(store) => {
            let probed = minsu_objects::probe(store.as_ref()).await;
            told(probed.map(|()| "stores, reads and removes".to_owned()), remedy)
        }
        Err(error) => told(Err(error), remedy),
    }
}

/// Sends no message; the finding names what is not checked without one.
async fn sms(settings: &Settings) -> Finding {
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
    match wiring::sms(settings, None, clock()) {
        Ok(sender) => told(sender.probe().await.map(|()| good.to_owned()), remedy),
        Err(error) => told(Err(error), remedy),
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}
