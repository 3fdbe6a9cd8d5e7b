//! Units of work that are tried again when the database chose another transaction.

use std::time::Duration;

use chrono::TimeDelta;
use minsu_ports::{StoreError, UnitOfWork};

use crate::{App, AppError};

/// How often a unit of work is begun before its conflict is given back as unavailable.
const ATTEMPTS: u32 = 6;
/// After so long it is not begun again: who waited for a lock to the end of the database's patience
/// would wait as long each time, and the visitor for all of them.
const PATIENCE: TimeDelta = TimeDelta::seconds(1);

/// Runs `work` in a unit of work and commits it. When the database reports a conflict (deadlock,
/// serialisation failure, busy), everything is rolled back and, after a short random pause, done
/// again for about a second: `work` must therefore have no effect outside its unit.
///
/// # Errors
/// What `work` returns (the unit is then rolled back), or [`AppError::StoreUnavailable`].
pub(crate) async fn in_unit<T>(
    app: &App,
    mut work: impl AsyncFnMut(&mut dyn UnitOfWork) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let (begun, mut attempt) = (app.clock.now(), 1);
    loop {
        match once(app, &mut work).await {
            Err(AppError::StoreUnavailable(StoreError::Conflict(cause)))
                if attempt < ATTEMPTS && app.clock.now() - begun < PATIENCE =>
            {
                tracing::debug!(attempt, %cause, "transaction conflict, trying again");
                app.clock.sleep(pause(attempt, app.random())).await;
                attempt += 1;
            }
            result => return result,
        }
    }
}

async fn once<T>(
    app: &App,
    work: &mut impl AsyncFnMut(&mut dyn UnitOfWork) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let mut unit = app.store.begin().await?;
    let result = work(unit.as_mut()).await?;
    unit.commit().await?;
    Ok(result)
}

/// Full jitter: up to 4 ms doubled by each attempt, so that two that met do not meet again.
fn pause(attempt: u32, random: [u8; 2]) -> Duration {
    let ceiling = 4_000u64 << attempt;
    Duration::from_micros(ceiling * u64::from(u16::from_be_bytes(random)) / u64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::TestApp;
    use chrono::DateTime;
    use minsu_ports::testkit::{MockClock, MockStore, MockUnitOfWork};

    fn conflict() -> StoreError {
        StoreError::Conflict("deadlock".into())
    }

    #[tokio::test]
    async fn a_conflict_is_tried_again_and_committed_once() {
        let unit = MockUnitOfWork::default();
        let commits = unit.commits.clone();
        let mut units = vec![Ok(unit), Err(conflict()), Err(conflict())];
        let mut store = MockStore::new();
        store.expect_begin().times(3).returning(move || Ok(Box::new(units.pop().unwrap()?)));
        let app = TestApp::default().store(store).build();
        assert_eq!(in_unit(&app, async |_| Ok(5)).await.unwrap(), 5);
        assert_eq!(commits.count(), 1);
    }

    #[tokio::test]
    async fn endless_conflicts_end_as_unavailable() {
        let mut store = MockStore::new();
        store.expect_begin().times(ATTEMPTS as usize).returning(|| Err(conflict()));
        let app = TestApp::default().store(store).build();
        let result = in_unit(&app, async |_| Ok(())).await;
        assert!(matches!(result, Err(AppError::StoreUnavailable(StoreError::Conflict(_)))));
    }

    #[tokio::test]
    async fn a_conflict_that_took_long_is_not_waited_for_again() {
        let mut store = MockStore::new();
        store.expect_begin().times(2).returning(|| Err(conflict()));
        let mut app = TestApp::default().store(store).build();
        let mut clock = MockClock::new();
        let mut times = [0, 900, 1000].map(|ms| DateTime::from_timestamp_millis(ms).unwrap()).into_iter();
        clock.expect_now().times(3).returning(move || times.next().unwrap());
        clock.expect_sleep().times(1).returning(|_| ());
        app.clock = std::sync::Arc::new(clock);
        let result = in_unit(&app, async |_| Ok(())).await;
        assert!(matches!(result, Err(AppError::StoreUnavailable(StoreError::Conflict(_)))));
    }

    #[tokio::test]
    async fn a_refusal_is_not_tried_again_and_not_committed() {
        let unit = MockUnitOfWork::default();
        let commits = unit.commits.clone();
        let app = TestApp::default().store(unit.begun_once()).build();
        let result = in_unit(&app, async |_| Err::<(), _>(AppError::DaysTaken)).await;
        assert!(matches!(result, Err(AppError::DaysTaken)));
        assert_eq!(commits.count(), 0);
    }

    #[test]
    fn pauses_grow_and_stay_below_a_seventh_of_a_second() {
        assert_eq!(pause(1, [0, 0]), Duration::ZERO);
        assert_eq!(pause(1, [255, 255]), Duration::from_millis(8));
        assert_eq!(pause(ATTEMPTS - 1, [255, 255]), Duration::from_millis(128));
    }
}
