//! `minsu prune`: deletes data that is not needed any more, and compares the object store with the database.

use minsu_application::{
    App,
    maintenance::{self, ORPHAN_AGE, PrunedObjects},
    object_comparison::{self, Unreferenced},
};
use minsu_ports::Doomed;

use super::{CommandError, print};
use minsu_settings::Settings;

/// Deletes what the section `[retention]` does not keep, removes stored pictures that no row references, tells which
/// referenced ones are missing, and prints the numbers. It may run while the site is running, and repeatedly.
///
/// # Errors
/// When the database or the object store refuses.
pub async fn prune(settings: &Settings, app: &App) -> Result<(), CommandError> {
    let pruned = maintenance::prune(app, settings.retention.dead_orders()).await?;
    print_rows("deleted", pruned)?;
    let PrunedObjects { noted, walked } = maintenance::prune_objects(app).await?;
    print(format_args!("removed {noted} pictures that no row shows"))?;
    print(format_args!("removed {} of {} objects: no row references them", walked.unreferenced, walked.objects))?;
    let missing = object_comparison::missing_objects(app, |_| {}).await?;
    print(format_args!("missing {missing} objects that rows reference"))?;
    Ok(())
}

/// Prints what [`prune`] would remove, a line each, and the numbers; changes nothing.
///
/// # Errors
/// As [`prune`].
pub async fn preview(settings: &Settings, app: &App) -> Result<(), CommandError> {
    let mut printed = Ok(());
    let mut line = |text: std::fmt::Arguments<'_>| {
        if printed.is_ok() {
            printed = print(text);
        }
    };
    let rows = maintenance::preview(app, settings.retention.dead_orders(), |what, id| {
        let kind = match what {
            Doomed::Orders => "order",
            Doomed::Houses => "house",
            Doomed::Users => "account",
        };
        line(format_args!("would delete {kind} {id}"));
    })
    .await?;
    let walked = object_comparison::sweep_objects(app, ORPHAN_AGE, Unreferenced::Keep, |key| {
        line(format_args!("would remove object {}", key.as_str()));
    })
    .await?;
    let missing = object_comparison::missing_objects(app, |key| {
        line(format_args!("missing object {}", key.as_str()));
    })
    .await?;
    printed?;
    print_rows("would delete", rows)?;
    print(format_args!("would remove {} of {} objects: no row references them", walked.unreferenced, walked.objects))?;
    print(format_args!("missing {missing} objects that rows reference"))?;
    Ok(())
}

fn print_rows(done: &str, rows: maintenance::Pruned) -> Result<(), CommandError> {
    let maintenance::Pruned {
        orders,
        houses,
        users,
        idempotency_keys,
        tokens,
        events,
        notices,
        differences,
        deliveries,
        occupants,
    } = rows;
    print(format_args!("{done} {orders} dead orders, {houses} withdrawn houses, {users} erased accounts"))?;
    print(format_args!("{done} {idempotency_keys} expired idempotency keys, {tokens} expired tokens"))?;
    print(format_args!("{done} {events} events of more than a month ago"))?;
    print(format_args!("{done} {notices} payment notices of more than half a year ago"))?;
    print(format_args!("{done} {differences} differences to payment bills of more than half a year ago"))?;
    print(format_args!("{done} {deliveries} deliveries to webhooks that ended some time ago"))?;
    print(format_args!("{done} the occupants of {occupants} past orders"))?;
    Ok(())
}
