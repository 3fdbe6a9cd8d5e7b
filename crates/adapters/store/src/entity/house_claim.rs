//! Claims: what keeps a day from being booked beside the stay of an order. A row of `house_day` without an order says
//! that at least one claim covers the day.

use minsu_domain::{Claim, FeedId, OrderId};
use sea_orm::entity::prelude::*;

use crate::{errors::CorruptRow, repos::values::Table};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "house_claims")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) house_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) day: Date,
    /// As in `house_day`: 1 a block, 2 a feed, 3 the preparation after an order.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) source: i16,
    /// The feed or the order; 0 for a block.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) owner_id: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The numbers of a block and of a preparation in the column `source`.
pub(crate) const BLOCK: i16 = 1;
const FEED: i16 = 2;
pub(crate) const PREPARATION: i16 = 3;

/// The columns `source` and `owner_id` of a claim.
pub(crate) fn columns(claim: Claim) -> (i16, i64) {
    match claim {
        Claim::Block => (BLOCK, 0),
        Claim::Feed(feed) => (FEED, feed.get()),
        Claim::Preparation(order) => (PREPARATION, order.get()),
    }
}

impl Model {
    pub(crate) fn claim(&self) -> Result<Claim, CorruptRow> {
        const CLAIMS: Table = Table("house_claims");
        match self.source {
            BLOCK => Ok(Claim::Block),
            FEED => Ok(Claim::Feed(CLAIMS.checked("owner_id", FeedId::new(self.owner_id))?)),
            PREPARATION => Ok(Claim::Preparation(CLAIMS.checked("owner_id", OrderId::new(self.owner_id))?)),
            _ => Err(CLAIMS.corrupt("source")),
        }
    }
}
