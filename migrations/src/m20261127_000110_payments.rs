//! Attempts to pay orders, refunds, what providers said, and the ledger.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, counted_id, create, index, instant, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum Orders {
    Table,
    Id,
}

#[derive(DeriveIden, Clone, Copy)]
enum PaymentAttempts {
    Table,
    Id,
    Number,
    OrderId,
    /// The order again while the attempt can be paid: its key lets an order have one such attempt.
    LiveOrder,
    Method,
    Amount,
    /// 0 new, 1 open, 2 paid, 3 closed.
    State,
    Reference,
    ReturnUrl,
    PayerAddress,
    /// 0 a redirect, 1 a QR code.
    ActionKind,
    ActionText,
    /// When the action leads nowhere any more, where it is before the attempt expires.
    ActionEndsAt,
    Received,
    ProviderTransaction,
    ReceivedAt,
    PaysOrder,
    /// What all refunds together pay back.
    Refunds,
    CreatedAt,
    ExpiresAt,
    NextCheckAt,
}

#[derive(DeriveIden, Clone, Copy)]
enum Refunds {
    Table,
    Id,
    Number,
    AttemptId,
    OrderId,
    Amount,
    Reason,
    /// 0 asked, 1 pending, 2 done, 3 failed.
    Progress,
    Reference,
    Failure,
    CreatedAt,
    NextCheckAt,
    EndedAt,
}

#[derive(DeriveIden, Clone, Copy)]
enum ProviderEvents {
    Table,
    Provider,
    EventId,
    Number,
    Kind,
    ReceivedAt,
}

#[derive(DeriveIden, Clone, Copy)]
enum LedgerEntries {
    Table,
    TransferKey,
    Account,
    OrderId,
    Amount,
    PostedAt,
}

#[derive(DeriveIden, Clone, Copy)]
enum BillDifferences {
    Table,
    Provider,
    Day,
    Number,
    Kind,
    Theirs,
    Ours,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_table("payment_attempts").await? {
            create(manager, attempts(manager), attempt_indexes()).await?;
        }
        if !manager.has_table("refunds").await? {
            let indexes = vec![
                index("refunds_number", Refunds::Table, [Refunds::Number]).unique().take(),
                index("refunds_attempt", Refunds::Table, [Refunds::AttemptId]),
                index("refunds_order", Refunds::Table, [Refunds::OrderId]),
                index("refunds_due", Refunds::Table, [Refunds::Progress, Refunds::NextCheckAt]),
                index("refunds_ended", Refunds::Table, [Refunds::EndedAt]),
            ];
            create(manager, refunds(manager), indexes).await?;
        }
        if !manager.has_table("provider_events").await? {
            let age = index("provider_events_age", ProviderEvents::Table, [ProviderEvents::ReceivedAt]);
            create(manager, clustered(manager, events(manager)), vec![age]).await?;
        }
        if !manager.has_table("ledger_entries").await? {
            let indexes = vec![
                index("ledger_entries_order", LedgerEntries::Table, [LedgerEntries::OrderId]),
                index("ledger_entries_account", LedgerEntries::Table, [LedgerEntries::Account, LedgerEntries::Amount]),
            ];
            create(manager, clustered(manager, entries(manager)), indexes).await?;
        }
        if !manager.has_table("bill_differences").await? {
            create(manager, clustered(manager, differences()), vec![]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["bill_differences", "ledger_entries", "provider_events", "refunds", "payment_attempts"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).if_exists().take()).await?;
        }
        Ok(())
    }
}

fn attempts(manager: &SchemaManager<'_>) -> TableCreateStatement {
    use PaymentAttempts as A;
    Table::create()
        .table(A::Table)
        .col(counted_id(A::Id))
        .col(ColumnDef::new(A::Number).string_len(32).not_null())
        .col(ColumnDef::new(A::OrderId).big_integer().not_null())
        .col(ColumnDef::new(A::LiveOrder).big_integer())
        .col(ColumnDef::new(A::Method).string_len(20).not_null())
        .col(ColumnDef::new(A::Amount).big_integer().not_null())
        .col(ColumnDef::new(A::State).small_integer().not_null())
        .col(ColumnDef::new(A::Reference).string_len(255))
        .col(ColumnDef::new(A::ReturnUrl).string_len(1000).not_null())
        .col(ColumnDef::new(A::PayerAddress).string_len(64))
        .col(ColumnDef::new(A::ActionKind).small_integer())
        .col(ColumnDef::new(A::ActionText).text())
        .col(instant(manager, A::ActionEndsAt))
        .col(ColumnDef::new(A::Received).big_integer())
        .col(ColumnDef::new(A::ProviderTransaction).string_len(255))
        .col(instant(manager, A::ReceivedAt))
        .col(ColumnDef::new(A::PaysOrder).boolean().not_null())
        .col(ColumnDef::new(A::Refunds).big_integer().not_null())
        .col(instant(manager, A::CreatedAt).not_null())
        .col(instant(manager, A::ExpiresAt).not_null())
        .col(instant(manager, A::NextCheckAt).not_null())
        .foreign_key(&mut reference("payment_attempts_order", (A::Table, A::OrderId), (Orders::Table, Orders::Id)))
        .take()
}

fn attempt_indexes() -> Vec<IndexCreateStatement> {
    use PaymentAttempts as A;
    vec![
        index("payment_attempts_number", A::Table, [A::Number]).unique().take(),
        index("payment_attempts_live", A::Table, [A::LiveOrder]).unique().take(),
        index("payment_attempts_order", A::Table, [A::OrderId]),
        index("payment_attempts_due", A::Table, [A::State, A::NextCheckAt]),
        index("payment_attempts_received", A::Table, [A::ReceivedAt]),
    ]
}

fn refunds(manager: &SchemaManager<'_>) -> TableCreateStatement {
    use Refunds as R;
    Table::create()
        .table(R::Table)
        .col(counted_id(R::Id))
        .col(ColumnDef::new(R::Number).string_len(32).not_null())
        .col(ColumnDef::new(R::AttemptId).big_integer().not_null())
        .col(ColumnDef::new(R::OrderId).big_integer().not_null())
        .col(ColumnDef::new(R::Amount).big_integer().not_null())
        .col(ColumnDef::new(R::Reason).small_integer().not_null())
        .col(ColumnDef::new(R::Progress).small_integer().not_null())
        .col(ColumnDef::new(R::Reference).string_len(255))
        .col(ColumnDef::new(R::Failure).string_len(200))
        .col(instant(manager, R::CreatedAt).not_null())
        .col(instant(manager, R::NextCheckAt).not_null())
        .col(instant(manager, R::EndedAt))
        .foreign_key(&mut reference(
            "refunds_of_attempt",
            (R::Table, R::AttemptId),
            (PaymentAttempts::Table, PaymentAttempts::Id),
        ))
        .take()
}

fn events(manager: &SchemaManager<'_>) -> TableCreateStatement {
    use ProviderEvents as E;
    Table::create()
        .table(E::Table)
        .col(ColumnDef::new(E::Provider).string_len(20).not_null())
        .col(ColumnDef::new(E::EventId).string_len(255).not_null())
        .col(ColumnDef::new(E::Number).string_len(32).not_null())
        .col(ColumnDef::new(E::Kind).string_len(20).not_null())
        .col(instant(manager, E::ReceivedAt).not_null())
        .primary_key(Index::create().col(E::Provider).col(E::EventId))
        .take()
}

/// No foreign key: the ledger outlives everything.
fn entries(manager: &SchemaManager<'_>) -> TableCreateStatement {
    use LedgerEntries as L;
    Table::create()
        .table(L::Table)
        .col(ColumnDef::new(L::TransferKey).string_len(40).not_null())
        .col(ColumnDef::new(L::Account).string_len(20).not_null())
        .col(ColumnDef::new(L::OrderId).big_integer().not_null())
        .col(ColumnDef::new(L::Amount).big_integer().not_null())
        .col(instant(manager, L::PostedAt).not_null())
        .primary_key(Index::create().col(L::TransferKey).col(L::Account))
        .take()
}

fn differences() -> TableCreateStatement {
    use BillDifferences as D;
    Table::create()
        .table(D::Table)
        .col(ColumnDef::new(D::Provider).string_len(20).not_null())
        .col(ColumnDef::new(D::Day).date().not_null())
        .col(ColumnDef::new(D::Number).string_len(64).not_null())
        .col(ColumnDef::new(D::Kind).string_len(20).not_null())
        .col(ColumnDef::new(D::Theirs).big_integer())
        .col(ColumnDef::new(D::Ours).big_integer())
        .primary_key(Index::create().col(D::Provider).col(D::Day).col(D::Number))
        .take()
}
