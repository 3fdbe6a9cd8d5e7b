//! The ledger: a transfer happens once, and the books tell whose money it is.

use futures_util::future::join_all;
use minsu_domain::{BasisPoints, LedgerAccount, Transfer};

use super::{
    fixtures::{fen, instant, retried},
    payments::{AMOUNT, add, new_attempt, number, orders},
};
use crate::Store;

/// A transfer is written once, sums up on its accounts, and is on the landlord's statement.
pub async fn the_ledger_happens_once(store: &dyn Store) {
    let orders = orders(store, 2).await;
    let commission = BasisPoints::new(1_000, minsu_domain::Field::Money).unwrap();
    let paid = Transfer::received(&number(1), orders[0], fen(AMOUNT));
    let earned = Transfer::earned(orders[0], fen(AMOUNT), commission);
    let post = async |transfer: &Transfer| {
        retried(async || {
            let mut unit = store.begin().await?;
            let first = unit.payments().post(transfer, instant(9)).await?;
            unit.commit().await.map(|()| first)
        })
        .await
    };
    for transfer in [&paid, &earned] {
        let posted = join_all((0..16).map(|_| post(transfer))).await;
        assert_eq!(posted.into_iter().filter(|first| *first).count(), 1);
    }
    // Of nothing there is nothing to write.
    assert!(!post(&Transfer::earned(orders[1], fen(0), commission)).await);
    let mut session = store.read_own().await.unwrap();
    let mut sorted = vec![earned, paid];
    for transfer in &mut sorted {
        transfer.entries.sort();
    }
    let mut found = session.payments().transfers_of(&orders).await.unwrap();
    for transfer in &mut found {
        transfer.entries.sort();
    }
    assert_eq!(found, sorted);
    let balances = session.payments().balances().await.unwrap();
    let balances: Vec<_> = balances.into_iter().map(|(account, sum)| (account, sum.fen())).collect();
    let (fee, rest) = (2_000, AMOUNT - 2_000);
    assert_eq!(
        balances,
        [
            (LedgerAccount::ProviderClearing, AMOUNT),
            (LedgerAccount::GuestHeld, 0),
            (LedgerAccount::LandlordPayable, -rest),
            (LedgerAccount::PlatformFee, -fee),
        ]
    );
    let landlord = session.orders().find(orders[0]).await.unwrap().unwrap().landlord;
    let lines = session.payments().statement(landlord, None, 10).await.unwrap();
    let lines: Vec<_> = lines.iter().map(|line| (line.order, line.at, line.earned.fen(), line.fee.fen())).collect();
    assert_eq!(lines, [(orders[0], instant(9), AMOUNT, fee)]);
    assert_eq!(session.payments().statement(landlord, Some(orders[0]), 10).await.unwrap(), []);
}

/// Orders with an attempt or an entry, each once, in pages.
pub async fn orders_with_money_come_in_pages(store: &dyn Store) {
    let orders = orders(store, 4).await;
    for (order, byte) in [(orders[1], 1), (orders[3], 2)] {
        add(store, order, &new_attempt(byte)).await.unwrap();
    }
    let mut unit = store.begin().await.unwrap();
    for (order, byte) in [(orders[1], 1), (orders[2], 3)] {
        unit.payments().post(&Transfer::received(&number(byte), order, fen(1)), instant(1)).await.unwrap();
    }
    unit.commit().await.unwrap();
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.payments().orders_with_money(None, 2).await.unwrap(), [orders[1], orders[2]]);
    assert_eq!(session.payments().orders_with_money(Some(orders[2]), 2).await.unwrap(), [orders[3]]);
}
