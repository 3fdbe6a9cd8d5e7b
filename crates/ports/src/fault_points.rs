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
}

impl FaultPoint {
    /// Every one, in the order in which a run comes by.
    pub const ALL: [Self; 7] = [
        Self::LeaseTaken,
        Self::BatchRead,
        Self::SubjectRead,
        Self::SubjectChanged,
        Self::SubjectCommitted,
        Self::SuccessNoted,
        Self::LeaseGivenBack,
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
        }
    }

    /// The point of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.name() == name)
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
