//! Logging in with a mobile and a password.

use minsu_domain::{Mobile, Password, PasswordPolicy, UserId};
use minsu_ports::{HashError, PasswordHash, Verdict, Work};

use super::login_guard::LoginGuard;
use crate::{App, AppError, ClientAddress, SessionError, sessions::VerifiedLogin, transaction::in_transaction, turns};

/// Asks for a login.
#[derive(Debug, Clone)]
pub struct LogIn {
    /// The mobile.
    pub mobile: Mobile,
    /// The password as typed.
    pub password: String,
    /// The address of the client.
    pub client: ClientAddress,
}

/// Compares the password. An unknown mobile takes as long as a wrong password and gets the same
/// answer. The database connection is returned before the slow comparison begins. A hash with
/// outdated parameters is renewed; the login succeeds even if that fails.
///
/// # Errors
/// [`AppError::TooOften`], [`SessionError::WrongCredentials`], [`AppError::Busy`].
pub async fn log_in(app: &App, command: &LogIn) -> Result<VerifiedLogin, AppError> {
    // Under overload a login is refused before it costs anything, and does not count as a wrong guess.
    if app.passwords.is_busy() {
        return Err(HashError::Busy.into());
    }
    let turn = turns::turn(app, Work::Hashing, &command.client.party()).await?;
    let guard = LoginGuard::begin(app, &command.mobile, command.client).await?;
    let credentials = app.store.read_own().await?.users().credentials(&command.mobile).await?;
    let hash = credentials.as_ref().map(|credentials| &credentials.password_hash);
    let verdict = app.passwords.verify(&command.password, hash).await?;
    drop(turn);
    let (user, mut password_hash) = match (credentials, verdict) {
        (Some(found), Verdict::Right | Verdict::RightButOutdated) => (found.user, found.password_hash),
        _ => {
            tracing::info!(mobile = command.mobile.masked(), address = %command.client, "login refused");
            return Err(SessionError::WrongCredentials.into());
        }
    };
    tracing::info!(%user, address = %command.client, "login");
    guard.succeed(app).await?;
    if verdict == Verdict::RightButOutdated {
        match rehash(app, user, &password_hash, &command.password).await {
            Ok(renewed) => password_hash = renewed,
            Err(error) => tracing::warn!(%error, %user, "could not renew an outdated password hash"),
        }
    }
    Ok(VerifiedLogin { user, password_hash })
}

/// Renews a hash unless the password was changed meanwhile, and returns the new hash, or the old one.
async fn rehash(app: &App, user: UserId, old: &PasswordHash, password: &str) -> Result<PasswordHash, AppError> {
    let password = Password::new(password.to_owned(), PasswordPolicy::default())?;
    let hash = app.passwords.hash(&password).await?;
    let renewed = in_transaction(app, async |transaction| {
        Ok(transaction.users().replace_password_hash(user, old, &hash).await?)
    })
    .await?;
    Ok(if renewed { hash } else { old.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, client, counting, mobile, user};
    use minsu_ports::{
        Credentials, Overloaded,
        testkit::{MockPasswordHasher, MockStore, MockUnitOfWork, MockWorkScheduler},
    };

    fn store(known: bool, renewals: usize) -> MockStore {
        let mut reading = MockUnitOfWork::default();
        let credentials = Credentials { user: user(5), password_hash: PasswordHash("old".into()) };
        reading.users.expect_credentials().return_once(move |_| Ok(known.then_some(credentials)));
        let mut store = reading.read_own_once();
        store.expect_begin().times(renewals).returning(|| {
            let mut unit = MockUnitOfWork::default();
            unit.users
                .expect_replace_password_hash()
                .times(1)
                .withf(|id, old, hash| *id == user(5) && old.0 == "old" && hash.0 == "new")
                .returning(|_, _, _| Ok(true));
            Ok(Box::new(unit))
        });
        store
    }

    async fn log_in_with(known: bool, verdict: Verdict, renewals: usize) -> Result<(UserId, String), AppError> {
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_is_busy().return_const(false);
        hasher
            .expect_verify()
            .times(1)
            .withf(move |_, hash| hash.is_some() == known)
            .returning(move |_, _| Ok(verdict));
        let mut cache = counting(1);
        cache.expect_get().returning(|_| Ok(None));
        let right = usize::from(verdict != Verdict::Wrong);
        cache.expect_delete().never();
        cache.expect_set().times(right).returning(|_, _, _| Ok(()));
        hasher.expect_hash().times(renewals).returning(|_| Ok(PasswordHash("new".into())));
        let app = TestApp::default().cache(cache).store(store(known, renewals)).passwords(hasher).build();
        let command = LogIn { mobile: mobile(), password: "123456789".into(), client: client() };
        log_in(&app, &command).await.map(|verified_login| (verified_login.user, verified_login.password_hash.0))
    }

    #[tokio::test]
    async fn an_unknown_mobile_is_compared_too() {
        assert!(matches!(
            log_in_with(false, Verdict::Wrong, 0).await,
            Err(AppError::Session(SessionError::WrongCredentials))
        ));
        assert!(matches!(
            log_in_with(true, Verdict::Wrong, 0).await,
            Err(AppError::Session(SessionError::WrongCredentials))
        ));
        assert_eq!(log_in_with(true, Verdict::Right, 0).await.unwrap(), (user(5), "old".into()));
    }

    #[tokio::test]
    async fn who_comes_when_it_is_busy_costs_nothing() {
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_is_busy().return_const(true);
        // Neither the cache nor the store expects a call.
        let app = TestApp::default().passwords(hasher).build();
        let command = LogIn { mobile: mobile(), password: "123456789".into(), client: client() };
        assert!(matches!(log_in(&app, &command).await, Err(AppError::Busy(_))));
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_is_busy().return_const(false);
        let mut scheduler = MockWorkScheduler::new();
        scheduler
            .expect_enter()
            .times(1)
            .withf(|work, party| *work == Work::Hashing && *party == client().party())
            .returning(|_, _| Err(Overloaded));
        let app = TestApp::default().passwords(hasher).scheduler(scheduler).build();
        assert!(matches!(log_in(&app, &command).await, Err(AppError::Busy(_))));
    }

    #[tokio::test]
    async fn an_outdated_hash_is_renewed() {
        assert_eq!(log_in_with(true, Verdict::RightButOutdated, 1).await.unwrap(), (user(5), "new".into()));
    }
}
