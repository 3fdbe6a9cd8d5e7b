//! The states of an order.

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// 待接单: waits for the landlord.
    WaitAccept,
    /// 待支付: waits for the money; reached only with a payment adapter.
    WaitPayment,
    /// 已支付: paid; reached only with a payment adapter.
    Paid,
    /// 待评价: waits for the guest's comment.
    WaitComment,
    /// 已完成: commented; the end.
    Complete,
    /// 已取消: taken back; the end.
    Canceled,
    /// 已拒单: refused by the landlord; the end.
    Rejected,
}

impl OrderStatus {
    /// Every state, in the order in which an order passes them.
    pub const ALL: [Self; 7] = [
        Self::WaitAccept,
        Self::WaitPayment,
        Self::Paid,
        Self::WaitComment,
        Self::Complete,
        Self::Canceled,
        Self::Rejected,
    ];

    /// Whether an order in this state occupies its days.
    pub const fn holds_days(self) -> bool {
        !matches!(self, Self::Canceled | Self::Rejected)
    }

    /// Whether no change of the order is possible any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::Canceled | Self::Rejected)
    }
}
