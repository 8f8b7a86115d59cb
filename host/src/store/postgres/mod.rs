//! Events in PostgreSQL, for when several hosts share one log.

mod aliases;
mod append;
mod connect;
mod dialect;
mod health;
mod instances;
mod lanes;
mod order;
mod rows;
mod schema;
mod searchable;
mod select;
mod transact;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use self::connect::Address;
use self::health::Health;
use self::lanes::Lanes;
use super::{CommitObserver, EventRow, InstanceRow, PendingWrite, Store, StoreFailure, Write};
use crate::query::{Answer, Plan};

/// For how long a commit shows that writes work.
const FRESH: Duration = Duration::from_secs(1);
/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(30);

/// How a PostgreSQL store is opened.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// The address, as `postgres://user:password@address/database`.
    pub url: String,
    /// How many connections are held at most for reading, and as many for writing.
    pub connections: u32,
    /// How many writes may wait.
    pub queued_writes: usize,
    /// How many bytes of writes may wait.
    pub queued_bytes: usize,
    /// How long a query may take.
    pub query_timeout: Duration,
    /// Told of each commit.
    pub observer: CommitObserver,
}

impl PostgresOptions {
    /// The defaults for an address.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            connections: 8,
            queued_writes: 10_000,
            queued_bytes: 256 * 1024 * 1024,
            query_timeout: Duration::from_secs(30),
            observer: CommitObserver::default(),
        }
    }
}

/// Events in PostgreSQL.
pub struct PostgresStore {
    /// For reading only: what is slow there keeps no write from its connection.
    pool: PgPool,
    writes: PgPool,
    lanes: Arc<Lanes>,
    health: Health,
    query_timeout: Duration,
}

impl PostgresStore {
    /// Connects and brings the tables up to date.
    ///
    /// # Errors
    /// When the database cannot be reached, or was set up by a newer host.
    pub async fn open(options: PostgresOptions) -> Result<Self, StoreFailure> {
        let address = Address::parse(&options.url)?;
        address.try_out().await?;
        let pool = || {
            PgPoolOptions::new()
                .max_connections(options.connections)
                .acquire_timeout(ACQUIRE)
                .connect_lazy_with(address.options.clone())
        };
        let (reads, writes) = (pool(), pool());
        schema::migrate(&writes)
            .await
            .map_err(|failure| failure.at(&address.shown))?;
        let lanes = Lanes::new(
            writes.clone(),
            options.queued_writes,
            options.queued_bytes,
            options.observer,
        );
        Ok(Self {
            pool: reads,
            writes,
            lanes,
            health: Health::new(address.options),
            query_timeout: options.query_timeout,
        })
    }
}

#[async_trait]
impl Store for PostgresStore {
    fn submit(&self, write: Write) -> PendingWrite {
        self.lanes.submit(write)
    }

    async fn instance(&self, reference: &str) -> Result<InstanceRow, StoreFailure> {
        rows::find(&mut *self.pool.acquire().await?, reference).await
    }

    async fn instances(&self) -> Result<Vec<InstanceRow>, StoreFailure> {
        rows::all(&mut *self.pool.acquire().await?).await
    }

    async fn query(&self, plan: Arc<Plan>) -> Result<Answer, StoreFailure> {
        let seconds = self.query_timeout.as_secs();
        let work = async {
            let mut transaction = self
                .pool
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await?;
            let timeout = self.query_timeout.as_millis();
            sqlx::query(sqlx::AssertSqlSafe(format!(
                "SET LOCAL statement_timeout = {timeout}"
            )))
            .execute(&mut *transaction)
            .await?;
            let answer = select::query(&mut transaction, &plan).await;
            transaction.rollback().await?;
            answer
        };
        match work.await {
            Err(StoreFailure::Cancelled) => Err(StoreFailure::QueryTimeout(seconds)),
            other => other,
        }
    }

    async fn events_after(
        &self,
        instance_id: &str,
        position: i64,
        count: u32,
    ) -> Result<Vec<EventRow>, StoreFailure> {
        rows::after(
            &mut *self.pool.acquire().await?,
            instance_id,
            position,
            count,
        )
        .await
    }

    async fn check(&self) -> Result<(), StoreFailure> {
        if let Some(why) = self.lanes.death.cause() {
            return Err(StoreFailure::Database(why.into()));
        }
        if self.lanes.done_within(FRESH) {
            return Ok(());
        }
        self.health.check().await
    }

    async fn died(&self) -> String {
        self.lanes.death.died().await
    }

    async fn close(&self) {
        self.lanes.close().await;
        self.health.close().await;
        self.pool.close().await;
        self.writes.close().await;
    }
}
