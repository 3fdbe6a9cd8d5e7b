//! Jobs, one row for each, with the worker that holds it; and the subjects that a job failed for.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, create, index, instant};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum Jobs {
    Table,
    Job,
    DueAt,
    Worker,
    LeaseEnds,
}

#[derive(DeriveIden, Clone, Copy)]
enum JobFailures {
    Table,
    Job,
    Subject,
    Attempts,
    NextAt,
    Error,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_table("jobs").await? {
            let table = Table::create()
                .table(Jobs::Table)
                .col(ColumnDef::new(Jobs::Job).string_len(40).not_null().primary_key())
                .col(instant(manager, Jobs::DueAt).not_null())
                .col(ColumnDef::new(Jobs::Worker).big_integer())
                .col(instant(manager, Jobs::LeaseEnds))
                .take();
            create(manager, clustered(manager, table), vec![]).await?;
        }
        if !manager.has_table("job_failures").await? {
            let table = Table::create()
                .table(JobFailures::Table)
                .col(ColumnDef::new(JobFailures::Job).string_len(40).not_null())
                .col(ColumnDef::new(JobFailures::Subject).big_integer().not_null())
                .col(ColumnDef::new(JobFailures::Attempts).integer().not_null())
                .col(instant(manager, JobFailures::NextAt))
                .col(ColumnDef::new(JobFailures::Error).string_len(500).not_null())
                .primary_key(Index::create().col(JobFailures::Job).col(JobFailures::Subject))
                .take();
            let dead = index("job_failures_next", JobFailures::Table, [JobFailures::NextAt]);
            create(manager, clustered(manager, table), vec![dead]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(JobFailures::Table).if_exists().take()).await?;
        manager.drop_table(Table::drop().table(Jobs::Table).if_exists().take()).await
    }
}
