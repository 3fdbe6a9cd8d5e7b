//! Jobs and the subjects that they failed for.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_ports::{Job, JobFailure, JobRepo, StoreError, WorkerId};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, sea_query::Value};

use crate::{
    errors::failed,
    repos::{sql::Sql, values::Table},
    session::SqlSession,
};

const FAILURES: Table = Table("job_failures");
/// The most characters of an error that are kept.
const ERROR_CHARS: usize = 500;

#[async_trait]
impl JobRepo for SqlSession {
    async fn lease(
        &mut self,
        job: Job,
        worker: WorkerId,
        now: DateTime<Utc>,
        first: DateTime<Utc>,
        lasts: Duration,
    ) -> Result<bool, StoreError> {
        self.add_job(job, first).await?;
        let mut sql = self.sql()?;
        let (clock, ends) = lease_clock(sql.backend(), lasts);
        sql.push("UPDATE jobs SET worker = ").bind(worker.0.cast_signed()).push(", lease_ends = ").push(&ends);
        sql.push(" WHERE job = ").bind(job.name()).push(" AND due_at <= ").bind(now);
        sql.push(" AND (lease_ends IS NULL OR lease_ends <= ").push(clock).push(")");
        Ok(self.run(sql).await? > 0)
    }

    async fn finish(&mut self, job: Job, worker: WorkerId, next: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE jobs SET worker = NULL, lease_ends = NULL, due_at = ").bind(next);
        sql.push(" WHERE job = ").bind(job.name()).push(" AND worker = ").bind(worker.0.cast_signed());
        Ok(self.run(sql).await? > 0)
    }

    async fn due(&mut self) -> Result<Vec<(Job, DateTime<Utc>)>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT job, due_at FROM jobs");
        let mut due = Vec::new();
        for row in self.db.query_all_raw(sql.done()).await.map_err(failed)? {
            // A job of another version is none of ours.
            if let Some(job) = Job::of_name(&row.try_get_by_index::<String>(0).map_err(failed)?) {
                due.push((job, row.try_get_by_index(1).map_err(failed)?));
            }
        }
        due.sort_by_key(|(job, _)| Job::ALL.iter().position(|known| known == job));
        Ok(due)
    }

    async fn attempts(&mut self, job: Job, subject: i64) -> Result<u32, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT attempts FROM job_failures WHERE job = ").bind(job.name());
        sql.push(" AND subject = ").bind(subject);
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        let attempts = row.map_or(Ok(0), |row| row.try_get_by_index::<i32>(0)).map_err(failed)?;
        Ok(FAILURES.count("attempts", attempts)?)
    }

    async fn failed(&mut self, failure: &JobFailure) -> Result<(), StoreError> {
        let JobFailure { job, subject, attempts, next_at, error } = failure;
        let error: String = error.chars().take(ERROR_CHARS).collect();
        let mut sql = self.sql()?;
        sql.push("DELETE FROM job_failures WHERE job = ").bind(job.name()).push(" AND subject = ").bind(*subject);
        self.run(sql).await?;
        let mut sql = self.sql()?;
        sql.push("INSERT INTO job_failures (job, subject, attempts, next_at, error) VALUES (");
        sql.bind(job.name()).push(", ").bind(*subject).push(", ").bind(i32::try_from(*attempts).unwrap_or(i32::MAX));
        sql.push(", ").bind(Value::from(*next_at)).push(", ").bind(error).push(")");
        self.run(sql).await.map(|_| ())
    }

    async fn succeeded(&mut self, job: Job, subjects: &[i64]) -> Result<u64, StoreError> {
        let Some((first, others)) = subjects.split_first() else { return Ok(0) };
        let mut sql = self.sql()?;
        sql.push("DELETE FROM job_failures WHERE job = ").bind(job.name()).push(" AND subject IN (").bind(*first);
        for subject in others {
            sql.push(", ").bind(*subject);
        }
        sql.push(")");
        self.run(sql).await
    }

    async fn dead_letters(&mut self, limit: u32) -> Result<Vec<JobFailure>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT job, subject, attempts, error FROM job_failures WHERE next_at IS NULL ORDER BY job, subject");
        sql.limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().filter_map(|row| dead_letter(row).transpose()).collect()
    }

    async fn retry(&mut self, job: Job, subject: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE job_failures SET attempts = 0, next_at = ").bind(now).push(" WHERE job = ").bind(job.name());
        sql.push(" AND subject = ").bind(subject).push(" AND next_at IS NULL");
        Ok(self.run(sql).await? > 0)
    }
}

impl SqlSession {
    pub(super) fn sql(&self) -> Result<Sql, StoreError> {
        Ok(Sql::new(self.db.writing()?.get_database_backend()))
    }

    pub(super) async fn run(&self, sql: Sql) -> Result<u64, StoreError> {
        Ok(self.db.writing()?.execute_raw(sql.done()).await.map_err(failed)?.rows_affected())
    }

    /// The one number that a statement selects; 0 without a row.
    pub(super) async fn counted(&self, sql: Sql) -> Result<u64, StoreError> {
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).map_err(failed)?;
        Ok(count.unsigned_abs())
    }

    /// The row of a job that runs for the first time.
    async fn add_job(&self, job: Job, first: DateTime<Utc>) -> Result<(), StoreError> {
        let mut sql = self.sql()?;
        let (insert, unless_there) = match sql.backend() {
            DbBackend::MySql => ("INSERT IGNORE", ""),
            _ => ("INSERT", " ON CONFLICT DO NOTHING"),
        };
        sql.push(insert).push(" INTO jobs (job, due_at) VALUES (").bind(job.name()).push(", ").bind(first);
        sql.push(")").push(unless_there);
        self.run(sql).await.map(|_| ())
    }
}

/// The clock of the database, and the instant so much later.
fn lease_clock(backend: DbBackend, lasts: Duration) -> (&'static str, String) {
    let seconds = lasts.as_secs();
    match backend {
        DbBackend::Postgres => ("CURRENT_TIMESTAMP", format!("CURRENT_TIMESTAMP + INTERVAL '{seconds} seconds'")),
        DbBackend::MySql => ("UTC_TIMESTAMP(6)", format!("UTC_TIMESTAMP(6) + INTERVAL {seconds} SECOND")),
        _ => (
            "strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now')",
            format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '+{seconds} seconds')"),
        ),
    }
}

fn dead_letter(row: &QueryResult) -> Result<Option<JobFailure>, StoreError> {
    let Some(job) = Job::of_name(&row.try_get_by_index::<String>(0).map_err(failed)?) else { return Ok(None) };
    Ok(Some(JobFailure {
        job,
        subject: row.try_get_by_index(1).map_err(failed)?,
        attempts: FAILURES.count("attempts", row.try_get_by_index(2).map_err(failed)?)?,
        next_at: None,
        error: row.try_get_by_index(3).map_err(failed)?,
    }))
}
