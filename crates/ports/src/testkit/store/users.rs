//! Users.

use futures_util::future::{join, join_all};
use minsu_domain::{PictureKey, UserId};

use super::fixtures::{add_user, instant, mobile, name, new_user, picture, retried, set_avatar, user};
use crate::{
    Credentials, ErasedUser, LockedAccount, NumberDigests, PasswordHash, SealedIdentity, Store, StoreError, UniqueKey,
    User,
};

/// A user reads back as written, emoji and instant included.
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

/// No user is found under an unknown id, and no call changes one.
pub async fn what_is_not_there_is_none_or_false(store: &dyn Store) {
    let unknown = UserId::new(i64::MAX).unwrap();
    let sealed = SealedIdentity { key_id: "k".to_owned(), sealed: vec![1] };
    let mut unit = store.begin().await.unwrap();
    let users = unit.users();
    assert_eq!(users.find(unknown).await.unwrap(), None);
    assert_eq!(users.credentials(&mobile(1)).await.unwrap(), None);
    assert_eq!(users.identity(unknown).await.unwrap(), None);
    assert!(!users.set_password_hash(unknown, &PasswordHash("h".to_owned())).await.unwrap());
    assert!(!users.rename(unknown, &name("Anna")).await.unwrap());
    assert!(!users.set_identity_once(unknown, &sealed).await.unwrap());
    drop(unit);
    assert!(LockedAccount::begin(store, unknown).await.unwrap().is_none());
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

/// Case, accents, blanks and emoji make another name; composition, width and the number of blanks do not.
pub async fn names_compare_by_their_keys(store: &dyn Store) {
    let names = ["Anna", "anna", "ANNA", "Ánna", "An na", "strasse", "straße", "🏠", "🏡", "アンナ"];
    for (number, text) in (1..).zip(names) {
        add_user(store, &new_user(number, text)).await.unwrap();
    }
    let other = user(store, 98).await;
    for taken in ["straße", "A\u{301}nna", "Ａnna", "An  na", "ｱﾝﾅ"] {
        let error = add_user(store, &new_user(99, taken)).await.unwrap_err();
        assert!(matches!(error, StoreError::Duplicate(UniqueKey::UserName)), "{taken:?} {error:?}");
        let mut unit = store.begin().await.unwrap();
        let error = unit.users().rename(other, &name(taken)).await.unwrap_err();
        assert!(matches!(error, StoreError::Duplicate(UniqueKey::UserName)), "{taken:?} {error:?}");
    }
}

/// Of simultaneous sign-ups with one number, one succeeds and the others get the reason.
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

/// Keeping one's own name succeeds; the old name is free for another user at once.
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

/// The last hash and the last portrait are stored; writing the same again succeeds.
pub async fn hash_and_avatar_are_replaced(store: &dyn Store) {
    let (anna, berta) = (user(store, 1).await, user(store, 2).await);
    let hash = PasswordHash("$argon2id$new".to_owned());
    let mut unit = store.begin().await.unwrap();
    for _ in 0..2 {
        assert!(unit.users().set_password_hash(anna, &hash).await.unwrap());
    }
    unit.commit().await.unwrap();
    let keys = ["avatars/1.jpg", "avatars/2.jpg", "avatars/2.jpg"];
    for (key, before) in keys.into_iter().zip([None, Some(keys[0]), Some(keys[1])]) {
        assert_eq!(set_avatar(store, anna, key).await, before.map(picture));
    }
    let mut session = store.read().await.unwrap();
    assert_eq!(session.users().find(anna).await.unwrap().unwrap().avatar, Some(picture("avatars/2.jpg")));
    assert_eq!(session.users().find(berta).await.unwrap().unwrap().avatar, None);
    assert_eq!(session.users().credentials(&mobile(1)).await.unwrap().unwrap().password_hash, hash);
    assert_ne!(session.users().credentials(&mobile(2)).await.unwrap().unwrap().password_hash, hash);
}

/// Of simultaneous portraits each finds the one before it, and an erasure finds the last: no portrait is left
/// that nothing names.
pub async fn every_portrait_is_found_by_what_replaces_it(store: &dyn Store) {
    for number in 1..=20_u32 {
        let anna = user(store, number).await;
        let keys = ["1.jpg", "2.jpg", "3.jpg"].map(|name| format!("avatars/{number}/{name}"));
        let uploads = join_all(keys.iter().map(|key| try_set_avatar(store, anna, key)));
        let erased = format!("erased {number}");
        let erasure = erase_finding(store, anna, &erased);
        let (replaced, last) =
            if number % 2 == 0 { join(uploads, erasure).await } else { (uploads.await, erasure.await) };
        let written = replaced.iter().filter(|done| done.is_some()).count();
        let mut found: Vec<_> = replaced.into_iter().flatten().flatten().chain(last).collect();
        found.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
        found.dedup();
        assert_eq!(found.len(), written, "{found:?}");
    }
}

/// Replaces the portrait and returns the one before; `None` where the user was erased.
async fn try_set_avatar(store: &dyn Store, user: UserId, key: &str) -> Option<Option<PictureKey>> {
    retried(async || {
        let Some((mut unit, account)) = LockedAccount::begin(store, user).await? else { return Ok(None) };
        let before = unit.users().set_avatar(&account, &picture(key)).await?;
        unit.commit().await.map(|()| Some(before))
    })
    .await
}

/// Erases a user and returns the portrait that was there.
async fn erase_finding(store: &dyn Store, user: UserId, replacement: &str) -> Option<PictureKey> {
    retried(async || {
        let (unit, erased) = ErasedUser::begin(store, user, &name(replacement)).await?.unwrap();
        unit.commit().await.map(|()| erased.before().avatar.clone())
    })
    .await
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

/// Twenty at once: one gets `true`, and its data are stored.
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

/// A mobile is replaced where it is still the expected one; the old one is free then, and a taken one is refused.
pub async fn a_mobile_is_replaced_once_and_frees_the_old_one(store: &dyn Store) {
    let anna = user(store, 1).await;
    user(store, 2).await;
    let mut unit = store.begin().await.unwrap();
    assert!(unit.users().replace_mobile(anna, &mobile(1), &mobile(9)).await.unwrap());
    assert!(!unit.users().replace_mobile(anna, &mobile(1), &mobile(8)).await.unwrap());
    unit.commit().await.unwrap();
    let mut session = store.read().await.unwrap();
    assert_eq!(session.users().credentials(&mobile(9)).await.unwrap().unwrap().user, anna);
    assert_eq!(session.users().credentials(&mobile(1)).await.unwrap(), None);
    drop(session);
    let mut unit = store.begin().await.unwrap();
    let error = unit.users().replace_mobile(anna, &mobile(9), &mobile(2)).await.unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(UniqueKey::Mobile)), "{error:?}");
    drop(unit);
    add_user(store, &new_user(1, "a new one")).await.unwrap();
}

fn digests(key: &str, current: &str, former: &[&str]) -> NumberDigests {
    NumberDigests {
        key_id: key.into(),
        current: current.into(),
        former: former.iter().map(|it| (*it).into()).collect(),
    }
}

async fn note(store: &dyn Store, id: UserId, number: &NumberDigests, most: u32) -> bool {
    loop {
        let result = async {
            let mut unit = store.begin().await?;
            let noted = unit.users().note_identity_number(id, number, most).await?;
            unit.commit().await.map(|()| noted)
        };
        match result.await {
            Err(StoreError::Conflict(_)) => {}
            result => return result.unwrap(),
        }
    }
}

/// A number is noted for as many accounts as are allowed, under any of its digests; an erasure forgets it.
pub async fn a_number_is_noted_for_so_many_accounts(store: &dyn Store) {
    let (anna, berta, cora) = (user(store, 1).await, user(store, 2).await, user(store, 3).await);
    let old = digests("old", "a1", &[]);
    let new = digests("new", "b1", &["a1"]);
    assert!(note(store, anna, &old, 1).await);
    assert!(!note(store, berta, &new, 1).await, "found by the digest of the key before");
    assert!(note(store, anna, &new, 1).await, "one's own number again, by another key");
    assert!(!note(store, berta, &new, 1).await);
    assert!(note(store, berta, &digests("new", "b2", &[]), 1).await);
    assert!(note(store, berta, &new, 2).await);
    assert!(!note(store, cora, &new, 2).await);
    assert!(note(store, cora, &new, 0).await, "without a bound");
    let mut unit = store.begin().await.unwrap();
    unit.users().erase(anna, &name("erased 1")).await.unwrap();
    unit.users().erase(berta, &name("erased 2")).await.unwrap();
    unit.commit().await.unwrap();
    assert!(note(store, cora, &new, 1).await);
}

/// Sixteen accounts at once: as many get the number as are allowed.
pub async fn one_of_sixteen_accounts_gets_a_number(store: &dyn Store) {
    let mut people = Vec::new();
    for number in 1..=16 {
        people.push(user(store, number).await);
    }
    for (most, current) in [(1, "c1"), (3, "c2")] {
        let number = digests("k", current, &[]);
        let noted = join_all(people.iter().map(|id| note(store, *id, &number, most))).await;
        assert_eq!(noted.iter().filter(|noted| **noted).count(), most as usize, "{noted:?}");
    }
}
