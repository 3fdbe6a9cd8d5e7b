//! Webhooks, events on their way to them, messages to people, and which messages people want; `dispatch_head` has the
//! position up to which events were handed out to both.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, counted_id, create, index, instant, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum Users {
    Table,
    Id,
}

#[derive(DeriveIden, Clone, Copy)]
enum Webhooks {
    Table,
    Id,
    UserId,
    /// Of the URL: what may be shown of it.
    Host,
    /// The key that sealed.
    KeyId,
    /// The URL and the secrets.
    Sealed,
    /// Names of kinds with commas between them; empty for every kind.
    Kinds,
    /// 0 on, 1 off, 2 given up.
    State,
    Version,
    /// The position behind which events are taken.
    Since,
    FormerUntil,
    FailingSince,
    CreatedAt,
}

#[derive(DeriveIden, Clone, Copy)]
enum WebhookDeliveries {
    Table,
    Id,
    WebhookId,
    /// Of the event; none for a test.
    Position,
    Kind,
    /// What keeps its order: the order, or the listing below 0; 0 for nothing.
    OrderingKey,
    /// 0 waiting, 1 delivered, 2 parked.
    State,
    Attempts,
    NextAt,
    CreatedAt,
    EndedAt,
    Status,
    Error,
    Millis,
}

#[derive(DeriveIden, Clone, Copy)]
enum Messages {
    Table,
    Id,
    UserId,
    Kind,
    OrderId,
    RecordedAt,
    Attempts,
    NextAt,
}

#[derive(DeriveIden, Clone, Copy)]
enum MessageChoices {
    Table,
    UserId,
    /// One bit for each kind that is not wanted.
    Refused,
}

#[derive(DeriveIden, Clone, Copy)]
enum DispatchHead {
    Table,
    Id,
    Position,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_table("webhooks").await? {
            let indexes = vec![index("webhooks_user", Webhooks::Table, [Webhooks::UserId])];
            create(manager, webhooks(manager), indexes).await?;
        }
        if !manager.has_table("webhook_deliveries").await? {
            create(manager, deliveries(manager), delivery_indexes()).await?;
        }
        if !manager.has_table("messages").await? {
            let indexes = vec![
                index("messages_due", Messages::Table, [Messages::NextAt]),
                index("messages_user", Messages::Table, [Messages::UserId]),
            ];
            create(manager, messages(manager), indexes).await?;
        }
        if !manager.has_table("message_choices").await? {
            let mut owner = reference(
                "message_choices_owner",
                (MessageChoices::Table, MessageChoices::UserId),
                (Users::Table, Users::Id),
            );
            let table = Table::create()
                .table(MessageChoices::Table)
                .col(ColumnDef::new(MessageChoices::UserId).big_integer().not_null().primary_key())
                .col(ColumnDef::new(MessageChoices::Refused).integer().not_null())
                .foreign_key(&mut owner)
                .take();
            create(manager, table, vec![]).await?;
        }
        if !manager.has_table("dispatch_head").await? {
            let table = Table::create()
                .table(DispatchHead::Table)
                .col(ColumnDef::new(DispatchHead::Id).integer().not_null().primary_key())
                .col(ColumnDef::new(DispatchHead::Position).big_integer().not_null())
                .take();
            create(manager, clustered(manager, table), vec![]).await?;
        }
        // What happened before is not sent.
        let first = "INSERT INTO dispatch_head (id, position) SELECT 1, position FROM event_head \
                     WHERE id = 1 AND NOT EXISTS (SELECT 1 FROM dispatch_head)";
        manager.get_connection().execute_unprepared(first).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["dispatch_head", "message_choices", "messages", "webhook_deliveries", "webhooks"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).if_exists().take()).await?;
        }
        Ok(())
    }
}

fn webhooks(manager: &SchemaManager<'_>) -> TableCreateStatement {
    use Webhooks as W;
    Table::create()
        .table(W::Table)
        .col(counted_id(W::Id))
        .col(ColumnDef::new(W::UserId).big_integer().not_null())
        .col(ColumnDef::new(W::Host).string_len(255).not_null())
        .col(ColumnDef::new(W::KeyId).string_len(32).not_null())
        .col(ColumnDef::new(W::Sealed).blob().not_null())
        .col(ColumnDef::new(W::Kinds).string_len(1000).not_null())
        .col(ColumnDef::new(W::State).small_integer().not_null())
        .col(ColumnDef::new(W::Version).integer().not_null())
        .col(ColumnDef::new(W::Since).big_integer().not_null())
        .col(instant(manager, W::FormerUntil))
        .col(instant(manager, W::FailingSince))
        .col(instant(manager, W::CreatedAt).not_null())
        .foreign_key(&mut reference("webhooks_owner", (W::Table, W::UserId), (Users::Table, Users::Id)))
        .take()
}

fn deliveries(manager: &SchemaManager<'_>) -> TableCreateStatement {
    use WebhookDeliveries as D;
    Table::create()
        .table(D::Table)
        .col(counted_id(D::Id))
        .col(ColumnDef::new(D::WebhookId).big_integer().not_null())
        .col(ColumnDef::new(D::Position).big_integer())
        .col(ColumnDef::new(D::Kind).string_len(40).not_null())
        .col(ColumnDef::new(D::OrderingKey).big_integer().not_null())
        .col(ColumnDef::new(D::State).small_integer().not_null())
        .col(ColumnDef::new(D::Attempts).integer().not_null())
        .col(instant(manager, D::NextAt).not_null())
        .col(instant(manager, D::CreatedAt).not_null())
        .col(instant(manager, D::EndedAt))
        .col(ColumnDef::new(D::Status).small_integer())
        .col(ColumnDef::new(D::Error).string_len(40))
        .col(ColumnDef::new(D::Millis).integer())
        .foreign_key(&mut reference(
            "webhook_deliveries_webhook",
            (D::Table, D::WebhookId),
            (Webhooks::Table, Webhooks::Id),
        ))
        .take()
}

fn delivery_indexes() -> Vec<IndexCreateStatement> {
    use WebhookDeliveries as D;
    vec![
        index("webhook_deliveries_event", D::Table, [D::WebhookId, D::Position]).unique().take(),
        index("webhook_deliveries_list", D::Table, [D::WebhookId, D::Id]),
        index("webhook_deliveries_ordering", D::Table, [D::WebhookId, D::State, D::OrderingKey, D::Id]),
        index("webhook_deliveries_due", D::Table, [D::State, D::NextAt, D::WebhookId]),
        index("webhook_deliveries_next", D::Table, [D::WebhookId, D::State, D::NextAt]),
        index("webhook_deliveries_ended", D::Table, [D::EndedAt]),
    ]
}

fn messages(manager: &SchemaManager<'_>) -> TableCreateStatement {
    use Messages as M;
    Table::create()
        .table(M::Table)
        .col(counted_id(M::Id))
        .col(ColumnDef::new(M::UserId).big_integer().not_null())
        .col(ColumnDef::new(M::Kind).string_len(40).not_null())
        .col(ColumnDef::new(M::OrderId).big_integer())
        .col(instant(manager, M::RecordedAt).not_null())
        .col(ColumnDef::new(M::Attempts).integer().not_null())
        .col(instant(manager, M::NextAt).not_null())
        .take()
}
