//! The people who stay: the guest names them, the landlord sees them masked and reports them.

use chrono::NaiveDate;
use minsu_domain::{
    Event, IdentityNumber, OccupantList, Order, OrderEvent, OrderId, Principal, RegisteredOccupant, TransitionRefused,
};
use minsu_ports::{Identity, LockedGuest, SealedIdentity, Session, Store};

use super::AgreedPrice;
use crate::{App, AppError, OrderError, sessions, transaction::in_locked_transaction};

/// A person who stays, as a page shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownOccupant {
    /// The name: whole for the guest, with its first character alone for the landlord.
    pub name: String,
    /// The masked identity number.
    pub number: String,
}

/// The people of an order for the register of the police.
#[derive(Clone, PartialEq, Eq)]
pub struct OccupantReport {
    /// The order.
    pub order: OrderId,
    /// The first day.
    pub start: NaiveDate,
    /// The end as the guest named it.
    pub end: NaiveDate,
    /// The people, whole, in the order in which the guest named them.
    pub people: Vec<Identity>,
}

/// The guest names the people who stay, in place of those named before; an empty list erases them. Possible until
/// the order is final or the stay is over.
///
/// # Errors
/// [`OrderError::NotFound`], [`OrderError::TransitionRefused`], and [`minsu_domain::Field::Occupants`] for more people
/// than guests, or for none where the site demands them.
pub async fn name_occupants(
    app: &App,
    viewer: Principal,
    id: OrderId,
    occupants: &OccupantList,
) -> Result<(), AppError> {
    let today = app.today();
    let begin =
        async |store: &dyn Store| Ok(LockedGuest::begin(store, viewer.user).await?.ok_or(OrderError::NotFound)?);
    in_locked_transaction(app, begin, async |transaction, guest| {
        let order = transaction.orders().find(id).await?.ok_or(OrderError::NotFound)?;
        order.demand_registers(viewer.user, today)?;
        occupants.demand_fit(order.guests, app.policy.occupants_required)?;
        // A cancellation at the same moment erases what is written here, or is seen here.
        if !transaction.occupants().lock_order(guest, id, order.status).await? {
            return Err(TransitionRefused::WrongState.into());
        }
        write(app, &mut **transaction, id, order.last_day(), occupants).await?;
        transaction.record(Event::OrderOccupantsNamed(OrderEvent::of(&order, order.status)));
        Ok(())
    })
    .await
}

/// Whether a new order has the people that the site demands. The old pages have no fields for them; their guests name
/// them afterwards.
///
/// # Errors
/// [`minsu_domain::Field::Occupants`].
pub(super) fn demand_named(
    app: &App,
    price: &AgreedPrice,
    guests: u32,
    occupants: &OccupantList,
) -> Result<(), AppError> {
    let is_demanded = app.policy.occupants_required && *price != AgreedPrice::OldPage;
    Ok(occupants.demand_fit(guests, is_demanded)?)
}

/// Seals and writes the people of an order.
pub(super) async fn write(
    app: &App,
    session: &mut (impl Session + ?Sized),
    order: OrderId,
    last_day: NaiveDate,
    occupants: &OccupantList,
) -> Result<(), AppError> {
    if occupants.is_empty() {
        session.occupants().erase(order).await?;
        return Ok(());
    }
    let sealed = app.sealer.seal_occupants(order, occupants)?;
    Ok(session.occupants().replace(order, last_day, &sealed).await?)
}

/// The people of an order: for its guest, and for its landlord from the acceptance on. Identity numbers are masked
/// for both, names for the landlord.
///
/// # Errors
/// [`OrderError::NotFound`], [`OrderError::TransitionRefused`].
pub async fn occupants(app: &App, viewer: Principal, id: OrderId) -> Result<Vec<ShownOccupant>, AppError> {
    let (order, sealed) = found(app, id).await?;
    order.demand_sees_occupants(viewer.user)?;
    let is_guest = viewer.user == order.guest;
    let shown = |Identity { real_name, id_card }| ShownOccupant {
        name: if is_guest { real_name } else { RegisteredOccupant::masked_name(&real_name) },
        number: IdentityNumber::masked(&id_card),
    };
    Ok(opened(app, id, sealed)?.into_iter().map(shown).collect())
}

/// The people of an order with their whole names and numbers, for its landlord from the acceptance on.
///
/// # Errors
/// [`crate::SessionError::ConfirmationNeeded`], [`OrderError::NotFound`], [`OrderError::TransitionRefused`].
pub async fn report_occupants(app: &App, viewer: Principal, id: OrderId) -> Result<OccupantReport, AppError> {
    sessions::demand_confirmed(viewer)?;
    let (order, sealed) = found(app, id).await?;
    order.demand_reports_occupants(viewer.user)?;
    let people = opened(app, id, sealed)?;
    tracing::info!(order = %id, landlord = %viewer.user, people = people.len(), "occupants exported");
    Ok(OccupantReport { order: id, start: order.start, end: order.end, people })
}

async fn found(app: &App, id: OrderId) -> Result<(Order, Option<SealedIdentity>), AppError> {
    let mut session = app.store.read_own().await?;
    let order = session.orders().find(id).await?.ok_or(OrderError::NotFound)?;
    let sealed = session.occupants().of_order(id).await?;
    Ok((order, sealed))
}

fn opened(app: &App, id: OrderId, sealed: Option<SealedIdentity>) -> Result<Vec<Identity>, AppError> {
    Ok(sealed.map(|sealed| app.sealer.open_occupants(id, &sealed)).transpose()?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        SessionError,
        test_app::{TestApp, confirmed_principal, now, order, principal},
    };
    use minsu_domain::{Field, Invalid, OrderStatus, RealName};
    use minsu_ports::testkit::{EventLog, MockIdentitySealer, MockUnitOfWork};

    fn id() -> OrderId {
        OrderId::new(3).unwrap()
    }

    fn people(count: usize) -> OccupantList {
        let numbers = ["11010519491231002X", "440524188001010014", "110105194912310038"];
        let person = |number: &&str| RegisteredOccupant {
            name: RealName::new("张三").unwrap(),
            number: IdentityNumber::new(number, now().date_naive()).unwrap(),
        };
        OccupantList::new(numbers[..count].iter().map(person).collect()).unwrap()
    }

    fn sealed() -> SealedIdentity {
        SealedIdentity { key_id: "k".into(), sealed: vec![1] }
    }

    /// The result of naming so many people, and how many were written.
    async fn named(
        by: i64,
        status: OrderStatus,
        count: usize,
        (required, held): (bool, bool),
    ) -> (Result<(), AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.orders.expect_find().returning(move |_| Ok(Some(order(status))));
        unit.occupants.expect_lock_order().withf(move |_, _, held| *held == status).returning(move |_, _, _| Ok(held));
        unit.occupants
            .expect_replace()
            .withf(|_, last, _| *last == order(OrderStatus::Paid).end)
            .returning(|_, _, _| Ok(()));
        unit.occupants.expect_erase().returning(|_| Ok(true));
        let mut sealer = MockIdentitySealer::new();
        sealer.expect_seal_occupants().returning(|_, _| Ok(sealed()));
        let log = EventLog::default();
        let mut app = TestApp::default().store(unit.begun_once()).sealer(sealer).subscriber(log.clone()).build();
        app.policy.occupants_required = required;
        (name_occupants(&app, principal(by), id(), &people(count)).await, log.committed().len())
    }

    #[tokio::test]
    async fn the_guest_names_as_many_people_as_guests() {
        use OrderStatus::{Canceled, WaitAccept, WaitComment};
        let fine = (false, true);
        for (by, status, count, how, done) in [
            (2, WaitAccept, 1, fine, true),
            (2, WaitComment, 2, fine, true),
            (2, WaitComment, 0, fine, true),
            // More than guests; none where they are demanded.
            (2, WaitComment, 3, fine, false),
            (2, WaitComment, 0, (true, true), false),
            (1, WaitComment, 1, fine, false),
            (2, Canceled, 1, fine, false),
            // The order was moved on meanwhile.
            (2, WaitAccept, 1, (false, false), false),
        ] {
            let (result, events) = named(by, status, count, how).await;
            assert_eq!(
                (result.is_ok(), events),
                (done, usize::from(done)),
                "{by} {status:?} {count} {how:?} {result:?}"
            );
        }
        let (many, _) = named(2, WaitComment, 3, fine).await;
        assert!(matches!(many, Err(AppError::Invalid(invalid)) if invalid == Invalid::range(Field::Occupants)));
    }

    fn app(status: OrderStatus) -> App {
        let mut session = MockUnitOfWork::default();
        session.orders.expect_find().returning(move |_| Ok(Some(order(status))));
        session.occupants.expect_of_order().returning(|_| Ok(Some(sealed())));
        let mut sealer = MockIdentitySealer::new();
        let person = || Identity { real_name: "张三".into(), id_card: "11010519491231002X".into() };
        sealer.expect_open_occupants().returning(move |_, _| Ok(vec![person()]));
        TestApp::default().store(session.read_own_once()).sealer(sealer).build()
    }

    #[tokio::test]
    async fn numbers_are_masked_and_names_too_for_the_landlord() {
        for (viewer, name) in [(1, "张*"), (2, "张三")] {
            let shown = occupants(&app(OrderStatus::WaitComment), principal(viewer), id()).await.unwrap();
            let expected = ShownOccupant { name: name.into(), number: "1101**********002X".into() };
            assert_eq!(shown, [expected]);
        }
        let early = occupants(&app(OrderStatus::WaitAccept), principal(1), id()).await;
        assert!(early.is_err());
    }

    #[tokio::test]
    async fn whole_numbers_are_for_the_landlord_whose_session_is_confirmed() {
        let report = report_occupants(&app(OrderStatus::WaitComment), confirmed_principal(1), id()).await.unwrap();
        assert_eq!(report.people[0].id_card, "11010519491231002X");
        let open = report_occupants(&TestApp::default().build(), principal(1), id()).await;
        assert!(matches!(open, Err(AppError::Session(SessionError::ConfirmationNeeded))));
        for (viewer, status) in
            [(2, OrderStatus::WaitComment), (1, OrderStatus::WaitAccept), (1, OrderStatus::Canceled)]
        {
            assert!(report_occupants(&app(status), confirmed_principal(viewer), id()).await.is_err());
        }
    }

    #[test]
    fn old_pages_are_not_asked_for_people() {
        let mut app = TestApp::default().build();
        for (required, price, fine) in
            [(true, AgreedPrice::Rules, false), (true, AgreedPrice::OldPage, true), (false, AgreedPrice::Rules, true)]
        {
            app.policy.occupants_required = required;
            assert_eq!(demand_named(&app, &price, 2, &people(0)).is_ok(), fine, "{required} {price:?}");
            assert!(demand_named(&app, &price, 2, &people(2)).is_ok());
            assert!(demand_named(&app, &price, 1, &people(2)).is_err());
        }
    }
}
