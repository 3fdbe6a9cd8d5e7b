//! Writing the real name, once.

use minsu_domain::{IdentityNumber, RealName, UserId};

use crate::{App, AppError, unit::in_unit};

/// Real-name data as typed.
#[derive(Debug, Clone)]
pub struct VerifyIdentity {
    /// The name.
    pub real_name: String,
    /// The identity number.
    pub id_card: String,
}

/// Seals and writes real-name data. A second write changes nothing, also a simultaneous one.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::IdentityAlreadyVerified`].
pub async fn verify_identity(app: &App, viewer: UserId, command: &VerifyIdentity) -> Result<(), AppError> {
    let name = RealName::new(&command.real_name)?;
    let number = IdentityNumber::new(&command.id_card, app.today())?;
    let sealed = app.sealer.seal(viewer, &name, &number)?;
    in_unit(app, async |unit| {
        if unit.users().set_identity_once(viewer, &sealed).await? {
            Ok(())
        } else {
            Err(AppError::IdentityAlreadyVerified)
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, user};
    use minsu_ports::{
        SealedIdentity,
        testkit::{MockIdentitySealer, MockUnitOfWork},
    };

    async fn written(id_card: &str, first: bool) -> (Result<(), AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.users
            .expect_set_identity_once()
            .withf(|_, sealed| sealed.sealed == b"sealed")
            .returning(move |_, _| Ok(first));
        let commits = unit.commits.clone();
        let mut store = minsu_ports::testkit::MockStore::new();
        store.expect_begin().return_once(move || Ok(Box::new(unit)));
        let mut sealer = MockIdentitySealer::new();
        sealer
            .expect_seal()
            .returning(|_, _, _| Ok(SealedIdentity { key_id: "k1".into(), sealed: b"sealed".to_vec() }));
        let app = TestApp::default().store(store).sealer(sealer).build();
        let command = VerifyIdentity { real_name: "李雷".into(), id_card: id_card.into() };
        (verify_identity(&app, user(1), &command).await, commits.count())
    }

    #[tokio::test]
    async fn the_second_write_is_refused_and_a_bad_number_never_sealed() {
        assert!(matches!(written("11010519491231002X", true).await, (Ok(()), 1)));
        let second = written("11010519491231002X", false).await;
        assert!(matches!(second, (Err(AppError::IdentityAlreadyVerified), 0)));
        assert!(matches!(written("110105194912310021", true).await, (Err(AppError::Invalid(_)), 0)));
    }
}
