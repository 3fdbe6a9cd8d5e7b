//! Places at which a test stops a worker, to kill it there.

use async_trait::async_trait;

/// A place between two steps of the work of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultPoint {
    /// The lease of a job is committed, and nothing else was done.
    LeaseTaken,
    /// The subjects of a batch were read.
    BatchRead,
    /// A subject was read in the transaction that changes it.
    SubjectRead,
    /// A subject was changed, and the transaction is not committed.
    SubjectChanged,
    /// The transaction is committed, and nothing notes the success yet.
    SubjectCommitted,
    /// The success of a batch is noted.
    SuccessNoted,
    /// The lease was given back.
    LeaseGivenBack,
    /// An attempt to pay is committed, and the provider does not know it.
    AttemptCommitted,
    /// The provider knows an attempt, and its answer is not written.
    AttemptStarted,
    /// A provider's message is verified, and nothing of it is written.
    NoticeVerified,
    /// A payment is written, and the transaction is not committed.
    PaymentWritten,
    /// What a provider's message says is committed, and the provider is not answered.
    NoticeCommitted,
    /// A cancellation and its refund are written, and the transaction is not committed.
    CancellationWritten,
    /// The call of a refund is written down and not made.
    RefundCommitted,
    /// The provider paid back, and its answer is not written.
    RefundCalled,
    /// The provider closed an attempt, and was not asked again whether it was paid before.
    AttemptClosed,
    /// A closed attempt is written, and its order still waits.
    AttemptSettled,
    /// An order that was not paid in time is cancelled, and the transaction is not committed.
    UnpaidCanceled,
    /// A stay is ended and earned, and the transaction is not committed.
    StayEnded,
    /// Events are handed out to webhooks and messages, and the transaction is not committed.
    EventsHandedOut,
    /// Events are handed out, and nothing is delivered.
    HandedOutCommitted,
    /// The attempt of a delivery is committed, and nothing is sent.
    DeliveryClaimed,
    /// The receiver of a delivery answered, and nothing of it is written.
    DeliveryAnswered,
    /// The result of an attempt is committed.
    DeliveryRecorded,
}

impl FaultPoint {
    /// Those of the expiry of unanswered orders, in the order in which a run comes by.
    pub const OF_EXPIRY: [Self; 7] = [
        Self::LeaseTaken,
        Self::BatchRead,
        Self::SubjectRead,
        Self::SubjectChanged,
        Self::SubjectCommitted,
        Self::SuccessNoted,
        Self::LeaseGivenBack,
    ];
    /// Those of an order that is paid, cancelled and paid back, in the order in which it comes by.
    pub const OF_PAYMENTS: [Self; 8] = [
        Self::AttemptCommitted,
        Self::AttemptStarted,
        Self::NoticeVerified,
        Self::PaymentWritten,
        Self::NoticeCommitted,
        Self::CancellationWritten,
        Self::RefundCommitted,
        Self::RefundCalled,
    ];

    /// Those of deadlines of orders that are paid here.
    pub const OF_DEADLINES: [Self; 4] =
        [Self::AttemptClosed, Self::AttemptSettled, Self::UnpaidCanceled, Self::StayEnded];

    /// Every point.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::OF_EXPIRY.into_iter().chain(Self::OF_PAYMENTS).chain(Self::OF_DEADLINES).chain(Self::OF_WEBHOOKS)
    }

    /// Those of an event on its way to a webhook, in the order in which it comes by.
    pub const OF_WEBHOOKS: [Self; 5] = [
        Self::EventsHandedOut,
        Self::HandedOutCommitted,
        Self::DeliveryClaimed,
        Self::DeliveryAnswered,
        Self::DeliveryRecorded,
    ];

    /// Its name in the settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LeaseTaken => "lease_taken",
            Self::BatchRead => "batch_read",
            Self::SubjectRead => "subject_read",
            Self::SubjectChanged => "subject_changed",
            Self::SubjectCommitted => "subject_committed",
            Self::SuccessNoted => "success_noted",
            Self::LeaseGivenBack => "lease_given_back",
            Self::AttemptCommitted => "attempt_committed",
            Self::AttemptStarted => "attempt_started",
            Self::NoticeVerified => "notice_verified",
            Self::PaymentWritten => "payment_written",
            Self::NoticeCommitted => "notice_committed",
            Self::CancellationWritten => "cancellation_written",
            Self::RefundCommitted => "refund_committed",
            Self::RefundCalled => "refund_called",
            Self::AttemptClosed => "attempt_closed",
            Self::AttemptSettled => "attempt_settled",
            Self::UnpaidCanceled => "unpaid_canceled",
            Self::StayEnded => "stay_ended",
            Self::EventsHandedOut => "events_handed_out",
            Self::HandedOutCommitted => "handed_out_committed",
            Self::DeliveryClaimed => "delivery_claimed",
            Self::DeliveryAnswered => "delivery_answered",
            Self::DeliveryRecorded => "delivery_recorded",
        }
    }

    /// The point of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::all().find(|point| point.name() == name)
    }
}

/// What happens where the work of the clock comes by a [`FaultPoint`].
#[async_trait]
pub trait FaultPoints: Send + Sync {
    /// Returns at once, but where a test stops the work.
    async fn reach(&self, point: FaultPoint);
}

/// No point stops the work: on every site but those of tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFaultPoints;

#[async_trait]
impl FaultPoints for NoFaultPoints {
    async fn reach(&self, _: FaultPoint) {}
}
