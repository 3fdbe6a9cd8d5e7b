//! Personal tokens.

use futures_util::future::join_all;
use minsu_domain::{Scope, TokenId, TokenName, UserId};

use super::fixtures::{instant, name, user};
use crate::{ErasedUser, LockedAccount, NewToken, PersonalToken, Store, StoreError, TokenHash};

/// A token that expires at second 100 where its number is odd.
fn new_token(number: u8) -> NewToken {
    NewToken {
        name: TokenName::new(&format!("日历 {number}")).unwrap(),
        scopes: [Scope::CalendarRead, Scope::ProfileRead].into_iter().collect(),
        hash: TokenHash([number; 32]),
        created_at: instant(number.into()),
        expires_at: (number % 2 == 1).then(|| instant(100)),
    }
}

async fn add(store: &dyn Store, user: UserId, token: &NewToken) -> Result<TokenId, StoreError> {
    let (mut unit, owner) = LockedAccount::begin(store, user).await?.unwrap();
    let id = unit.tokens().insert(&owner, token).await?;
    unit.commit().await.map(|()| id)
}

async fn found(store: &dyn Store, number: u8) -> Option<PersonalToken> {
    store.read_own().await.unwrap().tokens().find(TokenHash([number; 32])).await.unwrap()
}

/// Tokens read back, by their hash and by their owner, the newest first; a hash is one token's.
pub async fn a_new_token_reads_back(store: &dyn Store) {
    let (anna, berta) = (user(store, 1).await, user(store, 2).await);
    let mut expected = Vec::new();
    for number in [1, 2] {
        let NewToken { name, scopes, created_at, expires_at, .. } = new_token(number);
        let id = add(store, anna, &new_token(number)).await.unwrap();
        let token = PersonalToken { id, user: anna, name, scopes, created_at, expires_at, last_used_at: None };
        assert_eq!(found(store, number).await, Some(token.clone()));
        expected.insert(0, token);
    }
    add(store, berta, &new_token(3)).await.unwrap();
    assert!(matches!(add(store, berta, &new_token(3)).await, Err(StoreError::Backend(_))));
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.tokens().of_user(anna).await.unwrap(), expected);
    assert_eq!(session.tokens().find(TokenHash([9; 32])).await.unwrap(), None);
}

/// Its use is written down when the last one is long enough ago.
pub async fn the_use_of_a_token_is_noted_now_and_then(store: &dyn Store) {
    let anna = user(store, 1).await;
    let id = add(store, anna, &new_token(1)).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    assert!(unit.tokens().note_use(id, instant(10), instant(0)).await.unwrap());
    assert!(!unit.tokens().note_use(id, instant(11), instant(9)).await.unwrap());
    assert!(unit.tokens().note_use(id, instant(12), instant(10)).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(found(store, 1).await.unwrap().last_used_at, Some(instant(12)));
}

/// A person deletes one's own tokens only; expired ones go by their age.
pub async fn tokens_are_deleted_by_their_owner_and_by_age(store: &dyn Store) {
    let (anna, berta) = (user(store, 1).await, user(store, 2).await);
    let mut ids = Vec::new();
    for number in 1..=5 {
        ids.push(add(store, anna, &new_token(number)).await.unwrap());
    }
    let mut unit = store.begin().await.unwrap();
    let tokens = unit.tokens();
    assert!(!tokens.delete(berta, ids[0]).await.unwrap());
    assert!(tokens.delete(anna, ids[0]).await.unwrap());
    assert!(!tokens.delete(anna, ids[0]).await.unwrap());
    assert!(!tokens.replace_hash(berta, ids[1], TokenHash([12; 32])).await.unwrap());
    assert!(tokens.replace_hash(anna, ids[1], TokenHash([12; 32])).await.unwrap());
    assert_eq!(tokens.count_expired(instant(100)).await.unwrap(), 0);
    assert_eq!(tokens.count_expired(instant(101)).await.unwrap(), 2);
    assert_eq!(tokens.delete_expired(instant(100), 10).await.unwrap(), 0);
    assert_eq!(tokens.delete_expired(instant(101), 1).await.unwrap(), 1);
    assert_eq!(tokens.delete_expired(instant(101), 10).await.unwrap(), 1);
    unit.commit().await.unwrap();
    assert_eq!((found(store, 2).await, found(store, 12).await.map(|token| token.id)), (None, Some(ids[1])));
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.tokens().delete_all_of(anna).await.unwrap(), 2);
    unit.commit().await.unwrap();
    assert_eq!(store.read_own().await.unwrap().tokens().of_user(anna).await.unwrap(), []);
}

/// Of sixteen simultaneous additions as many succeed as the bound lets through; a deleted account gets none.
pub async fn simultaneous_tokens_of_an_account_see_each_other(store: &dyn Store) {
    let anna = user(store, 1).await;
    let additions = (1..=16).map(async |number| {
        loop {
            let added = async {
                let (mut unit, owner) = LockedAccount::begin(store, anna).await?.unwrap();
                if unit.tokens().count(&owner).await? >= 5 {
                    return Ok(false);
                }
                unit.tokens().insert(&owner, &new_token(number)).await?;
                unit.commit().await.map(|()| true)
            };
            match added.await {
                Err(StoreError::Conflict(_)) => {}
                result => return result.unwrap(),
            }
        }
    });
    assert_eq!(join_all(additions).await.into_iter().filter(|added| *added).count(), 5);
    let (mut unit, erased) = ErasedUser::begin(store, anna, &name("erased")).await.unwrap().unwrap();
    assert_eq!(unit.tokens().delete_all_of(erased.id()).await.unwrap(), 5);
    unit.commit().await.unwrap();
    assert!(LockedAccount::begin(store, anna).await.unwrap().is_none());
}
