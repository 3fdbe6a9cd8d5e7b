//! Writing the real name, once.

use minsu_domain::{Event, IdentityNumber, Principal, RealName};

use super::profile_version::{ProfileVersion, in_transaction_at};
use crate::{AccountError, App, AppError};

/// Real-name data as typed.
#[derive(Debug, Clone)]
pub struct VerifyIdentity {
    /// The name.
    pub real_name: String,
    /// The identity number.
    pub id_card: String,
}

/// Seals and writes real-name data. A second write changes nothing, also a simultaneous one. A number belongs to as
/// many accounts as the policy allows.
///
/// # Errors
/// [`AppError::Invalid`], [`AccountError::IdentityAlreadyVerified`], [`AccountError::IdentityInUse`],
/// [`AccountError::VersionStale`].
pub async fn verify_identity(
    app: &App,
    viewer: Principal,
    command: &VerifyIdentity,
    expected: Option<ProfileVersion>,
) -> Result<(), AppError> {
    let name = RealName::new(&command.real_name)?;
    let number = IdentityNumber::new(&command.id_card, app.today())?;
    let sealed = app.sealer.seal(viewer.user, &name, &number)?;
    let digests = app.sealer.digests(number.reveal());
    in_transaction_at(app, viewer.user, expected, async |transaction| {
        if !transaction.users().set_identity_once(viewer.user, &sealed).await? {
            return Err(AccountError::IdentityAlreadyVerified.into());
        }
        let most = app.policy.accounts_per_identity;
        if !transaction.users().note_identity_number(viewer.user, &digests, most).await? {
            return Err(AccountError::IdentityInUse.into());
        }
        transaction.record(Event::AccountIdentityVerified { user: viewer.user });
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal};
    use minsu_ports::{
        NumberDigests, SealedIdentity,
        testkit::{MockIdentitySealer, MockUnitOfWork},
    };

    async fn written(id_card: &str, first: bool, free: bool) -> (Result<(), AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.users
            .expect_set_identity_once()
            .withf(|_, sealed| sealed.sealed == b"sealed")
            .returning(move |_, _| Ok(first));
        unit.users
            .expect_note_identity_number()
            .withf(|_, digests, most| digests.current == "digest" && *most == 1)
            .returning(move |_, _, _| Ok(free));
        let commits = unit.commits.clone();
        let mut store = minsu_ports::testkit::MockStore::new();
        store.expect_begin().return_once(move || Ok(Box::new(unit)));
        let mut sealer = MockIdentitySealer::new();
        sealer
            .expect_seal()
            .returning(|_, _, _| Ok(SealedIdentity { key_id: "k1".into(), sealed: b"sealed".to_vec() }));
        sealer.expect_digests().returning(|_| NumberDigests {
            key_id: "k1".into(),
            current: "digest".into(),
            former: Vec::new(),
        });
        let app = TestApp::default().store(store).sealer(sealer).build();
        let command = VerifyIdentity { real_name: "李雷".into(), id_card: id_card.into() };
        (verify_identity(&app, principal(1), &command, None).await, commits.count())
    }

    #[tokio::test]
    async fn the_second_write_is_refused_and_a_bad_number_never_sealed() {
        assert!(matches!(written("11010519491231002X", true, true).await, (Ok(()), 1)));
        let used = written("11010519491231002X", true, false).await;
        assert!(matches!(used, (Err(AppError::Account(AccountError::IdentityInUse)), 0)));
        let second = written("11010519491231002X", false, true).await;
        assert!(matches!(second, (Err(AppError::Account(AccountError::IdentityAlreadyVerified)), 0)));
        assert!(matches!(written("110105194912310021", true, true).await, (Err(AppError::Invalid(_)), 0)));
    }
}
