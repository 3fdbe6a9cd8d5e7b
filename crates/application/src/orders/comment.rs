//! The guest comments, and the order is complete.

use minsu_domain::{Comment, OrderId, TransitionRefused, UserId};
use minsu_ports::{Event, OrderNote, Scope};

use crate::{App, AppError, changes::announce, unit::in_unit};

/// Writes the guest's comment, completes the order and counts it for the house: all three or
/// none.
///
/// # Errors
/// [`AppError::OrderNotFound`], [`AppError::TransitionRefused`].
pub async fn comment(app: &App, viewer: UserId, id: OrderId, comment: &Comment) -> Result<(), AppError> {
    let note = OrderNote::Comment(comment.clone(), app.clock.now());
    let mut scopes = Vec::new();
    let commented = in_unit(app, async |unit| {
        let order = unit.orders().find(id).await?.ok_or(AppError::OrderNotFound)?;
        scopes = vec![Scope::Offers, Scope::House(order.house)];
        let step = order.comment(viewer)?;
        if !unit.orders().advance(id, step, &note).await? {
            return Err(TransitionRefused::WrongState.into());
        }
        unit.houses().count_completed_order(order.house).await?;
        Ok(step.to)
    })
    .await;
    announce(app, &commented, &scopes).await;
    app.events.happened(Event::OrderEntered(commented?));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, order, user};
    use minsu_domain::{HouseId, OrderStatus};
    use minsu_ports::testkit::{MockPageCache, MockUnitOfWork};

    async fn commented(by: i64, first: bool, counted: usize) -> (Result<(), AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_find().returning(|_| Ok(Some(order(OrderStatus::WaitComment))));
        unit.orders.expect_advance().returning(move |_, _, _| Ok(first));
        unit.houses.expect_count_completed_order().times(counted).returning(|_| Ok(()));
        let commits = unit.commits.clone();
        let mut pages = MockPageCache::new();
        let house = HouseId::new(7).unwrap();
        pages
            .expect_changed()
            .times(counted)
            .withf(move |scopes| scopes == [Scope::Offers, Scope::House(house)])
            .returning(|_| ());
        let app = TestApp::default().store(unit.begun_once()).pages(pages).build();
        let text = Comment::new("很好").unwrap();
        (comment(&app, user(by), OrderId::new(3).unwrap(), &text).await, commits.count())
    }

    #[tokio::test]
    async fn a_comment_counts_once_and_only_from_the_guest() {
        assert!(matches!(commented(2, true, 1).await, (Ok(()), 1)));
        let second = commented(2, false, 0).await;
        assert!(matches!(second, (Err(AppError::TransitionRefused(TransitionRefused::WrongState)), 0)));
        let landlord = commented(1, true, 0).await;
        assert!(matches!(landlord, (Err(AppError::TransitionRefused(TransitionRefused::WrongParty)), 0)));
    }
}
