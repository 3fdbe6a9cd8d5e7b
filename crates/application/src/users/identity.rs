//! One's own real-name data.

use minsu_domain::{IdentityNumber, Principal, UserId};
use minsu_ports::Identity;

use crate::{App, AppError};

/// The real-name data of the user behind a session; `None` before it was written. The number is masked: an open
/// session is no proof that the person is there. The policy may show it whole to pages of before.
///
/// # Errors
/// [`AppError::Internal`] when it cannot be unsealed.
pub async fn identity(app: &App, viewer: Principal) -> Result<Option<Identity>, AppError> {
    let whole = unsealed(app, viewer.user).await?;
    Ok(if app.policy.show_whole_identity { whole } else { whole.map(masked) })
}

/// The same for an export, where the number is masked whatever the policy says: an export is a file that lies about.
///
/// # Errors
/// As [`identity`].
pub(super) async fn exported(app: &App, viewer: Principal) -> Result<Option<Identity>, AppError> {
    Ok(unsealed(app, viewer.user).await?.map(masked))
}

/// The real-name data with the whole number.
///
/// # Errors
/// As [`identity`].
pub(super) async fn unsealed(app: &App, user: UserId) -> Result<Option<Identity>, AppError> {
    let sealed = app.store.read_own().await?.users().identity(user).await?;
    Ok(sealed.map(|sealed| app.sealer.open(user, &sealed)).transpose()?)
}

fn masked(identity: Identity) -> Identity {
    Identity { id_card: IdentityNumber::masked(&identity.id_card), ..identity }
}

/// Whether the person behind a session has written their real name.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn has_identity(app: &App, viewer: Principal) -> Result<bool, AppError> {
    Ok(app.store.read_own().await?.users().identity(viewer.user).await?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal};
    use minsu_ports::{
        SealedIdentity,
        testkit::{MockIdentitySealer, MockUnitOfWork},
    };

    fn app(whole: bool) -> App {
        let mut session = MockUnitOfWork::default();
        session.users.expect_identity().returning(|_| Ok(Some(SealedIdentity { key_id: "k".into(), sealed: vec![1] })));
        let mut sealer = MockIdentitySealer::new();
        sealer
            .expect_open()
            .returning(|_, _| Ok(Identity { real_name: "李雷".into(), id_card: "11010519491231002X".into() }));
        let mut app = TestApp::default().store(session.read_own_once()).sealer(sealer).build();
        app.policy.show_whole_identity = whole;
        app
    }

    #[tokio::test]
    async fn the_number_is_masked_unless_the_site_shows_it_and_in_an_export_always() {
        let shown = identity(&app(false), principal(1)).await.unwrap().unwrap();
        assert_eq!((shown.real_name.as_str(), shown.id_card.as_str()), ("李雷", "1101**********002X"));
        assert_eq!(identity(&app(true), principal(1)).await.unwrap().unwrap().id_card, "11010519491231002X");
        assert_eq!(exported(&app(true), principal(1)).await.unwrap().unwrap().id_card, "1101**********002X");
    }
}
