//! The guest comments, and the order is complete.

use minsu_domain::{ChangedBy, Comment, Event, OrderId, OrderPolicy, OrderStatus, Principal};
use minsu_ports::{CompletedOrder, OrderAct, OrderNote};

use super::step::take_step;
use crate::{App, AppError, OrderError, payments, transaction::in_transaction};

/// What a dialect says of comments before the first day of the stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeforeStay {
    /// The site's setting decides ([`OrderPolicy::comment_before_stay`]).
    AsTheSiteAllows,
    /// Refused on every site.
    Refused,
}

/// Writes the guest's comment, completes the order and counts it for the house: all three or
/// none.
///
/// # Errors
/// [`OrderError::NotFound`], [`OrderError::TransitionRefused`].
pub async fn comment(
    app: &App,
    viewer: Principal,
    id: OrderId,
    comment: &Comment,
    before_stay: BeforeStay,
) -> Result<(), AppError> {
    let act = OrderAct { by: ChangedBy::Guest, at: app.clock.now() };
    let note = OrderNote::Comment(comment.clone(), act.at);
    let today = app.today();
    let allowed = app.policy.booking.orders.comment_before_stay && before_stay == BeforeStay::AsTheSiteAllows;
    let policy = OrderPolicy { comment_before_stay: allowed, ..app.policy.booking.orders };
    in_transaction(app, async |transaction| {
        let order = transaction.orders().find(id).await?.ok_or(OrderError::NotFound)?;
        let step = order.comment(viewer.user, today, &policy)?;
        take_step(transaction, &order, step, act, &note, Event::OrderCommented).await?;
        if order.status == OrderStatus::Paid {
            payments::earn(app, transaction, id, act.at).await?;
        }
        let stay_begun = order.has_begun(today);
        let completed = CompletedOrder { house: order.house, guest: order.guest, stay_begun };
        Ok(transaction.houses().count_completed_order(completed).await?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, order, principal};
    use minsu_domain::{Order, OrderEvent, TransitionRefused, parse_day};
    use minsu_ports::testkit::{EventLog, MockUnitOfWork};

    async fn commented(by: i64, first: bool, counted: usize) -> (Result<(), AppError>, usize) {
        let ordered = order(OrderStatus::WaitComment);
        // The stay is to come.
        let completed = CompletedOrder { house: ordered.house, guest: ordered.guest, stay_begun: false };
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_find().returning(|_| Ok(Some(order(OrderStatus::WaitComment))));
        unit.orders
            .expect_advance()
            .withf(|_, _, act, _| act.by == ChangedBy::Guest)
            .returning(move |_, _, _, _| Ok(first));
        unit.houses
            .expect_count_completed_order()
            .times(counted)
            .withf(move |order| *order == completed)
            .returning(|_| Ok(()));
        let commits = unit.commits.clone();
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let text = Comment::new("很好").unwrap();
        let result = comment(&app, principal(by), OrderId::new(3).unwrap(), &text, BeforeStay::AsTheSiteAllows).await;
        let commented = OrderEvent::of(&order(OrderStatus::WaitComment), OrderStatus::Complete);
        assert_eq!(log.committed(), vec![Event::OrderCommented(commented); counted]);
        (result, commits.count())
    }

    #[tokio::test]
    async fn a_comment_counts_once_and_only_from_the_guest() {
        assert!(matches!(commented(2, true, 1).await, (Ok(()), 1)));
        let second = commented(2, false, 0).await;
        assert!(matches!(
            second,
            (Err(AppError::Order(OrderError::TransitionRefused(TransitionRefused::WrongState))), 0)
        ));
        let landlord = commented(1, true, 0).await;
        assert!(matches!(
            landlord,
            (Err(AppError::Order(OrderError::TransitionRefused(TransitionRefused::WrongParty))), 0)
        ));
    }

    #[tokio::test]
    async fn a_comment_before_the_stay_is_for_the_site_and_the_dialect_to_allow() {
        for (on_the_site, in_the_dialect, allowed) in [
            (true, BeforeStay::AsTheSiteAllows, true),
            (false, BeforeStay::AsTheSiteAllows, false),
            (true, BeforeStay::Refused, false),
        ] {
            let mut unit = MockUnitOfWork::default();
            unit.orders.expect_find().returning(|_| Ok(Some(order(OrderStatus::WaitComment))));
            unit.orders.expect_advance().times(usize::from(allowed)).returning(|_, _, _, _| Ok(true));
            unit.houses.expect_count_completed_order().returning(|_| Ok(()));
            let mut app = TestApp::default().store(unit.begun_once()).build();
            app.policy.booking.orders.comment_before_stay = on_the_site;
            let (id, text) = (OrderId::new(3).unwrap(), Comment::new("很好").unwrap());
            let early = comment(&app, principal(2), id, &text, in_the_dialect).await;
            let refused =
                matches!(early, Err(AppError::Order(OrderError::TransitionRefused(TransitionRefused::StayNotBegun))));
            assert_eq!((early.is_ok(), refused), (allowed, !allowed), "{early:?}");
        }
    }

    #[tokio::test]
    async fn a_comment_from_the_first_day_on_counts_a_guest_who_stayed() {
        // In Beijing it is the 22nd.
        for (start, stay_begun) in [("2026-11-21", true), ("2026-11-22", true), ("2026-11-23", false)] {
            let ordered = Order { start: parse_day(start).unwrap(), ..order(OrderStatus::WaitComment) };
            let completed = CompletedOrder { house: ordered.house, guest: ordered.guest, stay_begun };
            let mut unit = MockUnitOfWork::default();
            unit.orders.expect_find().return_once(move |_| Ok(Some(ordered)));
            unit.orders.expect_advance().returning(|_, _, _, _| Ok(true));
            unit.houses
                .expect_count_completed_order()
                .once()
                .withf(move |order| *order == completed)
                .returning(|_| Ok(()));
            let app = TestApp::default().store(unit.begun_once()).build();
            let (id, text) = (OrderId::new(3).unwrap(), Comment::new("很好").unwrap());
            comment(&app, principal(2), id, &text, BeforeStay::AsTheSiteAllows).await.unwrap();
        }
    }
}
