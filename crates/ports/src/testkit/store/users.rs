//! People.

use futures_util::future::join_all;
use minsu_domain::UserId;

use super::fixtures::{add_user, instant, mobile, name, new_user, picture, user};
use crate::{Credentials, PasswordHash, SealedIdentity, Store, StoreError, UniqueKey, User};

/// What was written is what is read, emoji and instant included.
pub async fn a_new_user_reads_back(store: &dyn Store) {
    let new = new_user(7, "民宿 🏠 Ünï");
    let id = add_user(store, &new).await.unwrap();
    let mut session = store.read().await.unwrap();
    let expected = User { id, name: new.name, mobile: new.mobile.clone(), avatar: None, created_at: instant(7) };
    assert_eq!(session.users().find(id).await.unwrap(), Some(expected));
    let credentials = Credentials { user: id, password_hash: new.password_hash };
    assert_eq!(session.users().credentials(&new.mobile).await.unwrap(), Some(credentials));
    assert_eq!(session.users().identity(id).await.unwrap(), None);
}

/// Nobody is found under an unknown id, and nothing is changed for them.
pub async fn what_is_not_there_is_none_or_false(store: &dyn Store) {
    let nobody = UserId::new(i64::MAX).unwrap();
    let sealed = SealedIdentity { key_id: "k".to_owned(), sealed: vec![1] };
    let mut unit = store.begin().await.unwrap();
    let users = unit.users();
    assert_eq!(users.find(nobody).await.unwrap(), None);
    assert_eq!(users.credentials(&mobile(1)).await.unwrap(), None);
    assert_eq!(users.identity(nobody).await.unwrap(), None);
    assert!(!users.set_password_hash(nobody, &PasswordHash("h".to_owned())).await.unwrap());
    assert!(!users.rename(nobody, &name("Anna")).await.unwrap());
    assert!(!users.set_avatar(nobody, &picture("a.jpg")).await.unwrap());
    assert!(!users.set_identity_once(nobody, &sealed).await.unwrap());
}

/// A second user with the same number is refused by that name.
pub async fn a_mobile_has_one_user(store: &dyn Store) {
    add_user(store, &new_user(1, "Anna")).await.unwrap();
    let error = add_user(store, &new_user(1, "Berta")).await.unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(UniqueKey::Mobile)), "{error:?}");
    add_user(store, &new_user(2, "Berta")).await.unwrap();
}

/// A second user with the same name is refused by that name, at sign-up and at a rename.
pub async fn a_name_has_one_user(store: &dyn Store) {
    add_user(store, &new_user(1, "users_mobile' for key 'x")).await.unwrap();
    let error = add_user(store, &new_user(2, "users_mobile' for key 'x")).await.unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(UniqueKey::UserName)), "{error:?}");
    let berta = user(store, 2).await;
    let mut unit = store.begin().await.unwrap();
    let error = unit.users().rename(berta, &name("users_mobile' for key 'x")).await.unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(UniqueKey::UserName)), "{error:?}");
}

/// Case, accents, width, composition, invisible characters and emoji all make another name.
pub async fn names_compare_byte_by_byte(store: &dyn Store) {
    let names = [
        "Anna",
        "anna",
        "ANNA",
        "Ánna",
        "A\u{301}nna",
        "Ａnna",
        "Anna\u{200b}",
        "Anna\u{3164}",
        "An na",
        "An  na",
        "strasse",
        "straße",
        "🏠",
        "🏡",
        "ｱﾝﾅ",
        "アンナ",
    ];
    for (number, text) in (1..).zip(names) {
        add_user(store, &new_user(number, text)).await.unwrap();
    }
    let error = add_user(store, &new_user(99, "straße")).await.unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(UniqueKey::UserName)), "{error:?}");
}

/// Of simultaneous sign-ups with one number, one succeeds and the others learn why.
pub async fn sixteen_sign_ups_make_one_user(store: &dyn Store) {
    let sign_up = async |number: u32| {
        let new = crate::NewUser { mobile: mobile(1), ..new_user(2, &format!("sign-up {number}")) };
        match add_user(store, &new).await {
            Ok(_) => true,
            Err(StoreError::Duplicate(UniqueKey::Mobile)) => false,
            Err(error) => panic!("neither added nor taken: {error:?}"),
        }
    };
    let added = join_all((0..16).map(sign_up)).await;
    assert_eq!(added.iter().filter(|added| **added).count(), 1);
}

/// To keep one's own name is fine; the old name is free for somebody else at once.
pub async fn a_rename_frees_the_name(store: &dyn Store) {
    let anna = add_user(store, &new_user(1, "Anna")).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    assert!(unit.users().rename(anna, &name("Anna")).await.unwrap());
    assert!(unit.users().rename(anna, &name("Berta")).await.unwrap());
    unit.commit().await.unwrap();
    let found = store.read().await.unwrap().users().find(anna).await.unwrap().unwrap();
    assert_eq!(found.name, name("Berta"));
    add_user(store, &new_user(2, "Anna")).await.unwrap();
}

/// The last hash and the last portrait count; to write the same again is fine.
pub async fn hash_and_avatar_are_replaced(store: &dyn Store) {
    let (anna, berta) = (user(store, 1).await, user(store, 2).await);
    let hash = PasswordHash("$argon2id$new".to_owned());
    let mut unit = store.begin().await.unwrap();
    for key in ["avatars/1.jpg", "avatars/2.jpg", "avatars/2.jpg"] {
        assert!(unit.users().set_avatar(anna, &picture(key)).await.unwrap());
        assert!(unit.users().set_password_hash(anna, &hash).await.unwrap());
    }
    unit.commit().await.unwrap();
    let mut session = store.read().await.unwrap();
    assert_eq!(session.users().find(anna).await.unwrap().unwrap().avatar, Some(picture("avatars/2.jpg")));
    assert_eq!(session.users().find(berta).await.unwrap().unwrap().avatar, None);
    assert_eq!(session.users().credentials(&mobile(1)).await.unwrap().unwrap().password_hash, hash);
    assert_ne!(session.users().credentials(&mobile(2)).await.unwrap().unwrap().password_hash, hash);
}

/// Any bytes are kept; the second write changes nothing.
pub async fn identity_is_written_once(store: &dyn Store) {
    let anna = user(store, 1).await;
    let first = SealedIdentity { key_id: "2026-11".to_owned(), sealed: (0..=255).collect() };
    let second = SealedIdentity { key_id: "2026-12".to_owned(), sealed: vec![0] };
    for (identity, written) in [(&first, true), (&second, false), (&first, false)] {
        let mut unit = store.begin().await.unwrap();
        assert_eq!(unit.users().set_identity_once(anna, identity).await.unwrap(), written);
        unit.commit().await.unwrap();
    }
    assert_eq!(store.read().await.unwrap().users().identity(anna).await.unwrap(), Some(first));
}

/// Twenty at once: one is told that it wrote, and its data is what is there.
pub async fn one_of_twenty_identities_wins(store: &dyn Store) {
    let anna = user(store, 1).await;
    let sealed = |number: u8| SealedIdentity { key_id: format!("key {number}"), sealed: vec![number; 64] };
    let write = async |number: u8| {
        loop {
            let result = async {
                let mut unit = store.begin().await?;
                let written = unit.users().set_identity_once(anna, &sealed(number)).await?;
                unit.commit().await.map(|()| written)
            };
            match result.await {
                Err(StoreError::Conflict(_)) => {}
                result => return result.unwrap(),
            }
        }
    };
    let written = join_all((0..20).map(write)).await;
    let winners: Vec<_> = (0..20u8).filter(|number| written[usize::from(*number)]).collect();
    assert_eq!(winners.len(), 1, "{written:?}");
    let identity = store.read().await.unwrap().users().identity(anna).await.unwrap();
    assert_eq!(identity, Some(sealed(winners[0])));
}
