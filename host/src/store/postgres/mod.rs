//! Events in PostgreSQL, for when several hosts share one log.

mod aliases;
mod append;
mod connect;
mod dialect;
mod health;
mod instances;
mod lanes;
mod order;
mod read;
mod reduce;
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
use self::read::Queries;
use super::reading::Reading;
use super::{
    Caller, CommitObserver, EventRow, InstancePage, InstanceRow, InstanceRows, PendingWrite, Store,
    StoreFailure, Write,
};
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
    queries: Queries,
    reading: Reading,
    writes: PgPool,
    lanes: Arc<Lanes>,
    health: Health,
}

impl PostgresStore {
    /// Connects and brings the tables up to date.
    ///
    /// # Errors
    /// When the database cannot be reached, or was set up by a newer host.
    pub async fn open(options: PostgresOptions) -> Result<Self, StoreFailure> {
        let address = Address::parse(&options.url)?;
        address.try_out().await?;
        let pool = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(ACQUIRE)
                .after_connect(|connection, _| Box::pin(connect::prepare(connection)))
                .connect_lazy_with(address.options.clone())
        };
        let (reads, writes) = (pool(options.connections), pool(options.connections));
        schema::migrate(&writes)
            .await
            .map_err(|failure| failure.at(&address.shown))?;
        let lanes = Lanes::new(
            writes.clone(),
            options.queued_writes,
            options.queued_bytes,
            options.observer,
        );
        let short = usize::try_from(options.connections * 3 / 8)
            .unwrap_or(1)
            .max(1);
        let connections = usize::try_from(options.connections).unwrap_or(1);
        let long = connections.saturating_sub(short).max(1);
        Ok(Self {
            queries: Queries {
                reads,
                control: pool(1),
            },
            reading: Reading::new(short, long, options.query_timeout),
            writes,
            lanes,
            health: Health::new(address.options),
        })
    }
}

#[async_trait]
impl Store for PostgresStore {
    fn submit(&self, write: Write) -> PendingWrite {
        self.lanes.submit(write)
    }

    async fn instance(&self, caller: Caller, reference: &str) -> Result<InstanceRow, StoreFailure> {
        self.reading
            .look_up(caller, async |_turn| {
                rows::find(&mut *self.queries.reads.acquire().await?, reference).await
            })
            .await
    }

    async fn instances(
        &self,
        caller: Caller,
        page: InstancePage,
    ) -> Result<InstanceRows, StoreFailure> {
        self.reading
            .look_up(caller, async |_turn| {
                rows::list(&mut *self.queries.reads.acquire().await?, page).await
            })
            .await
    }

    async fn query(&self, caller: Caller, plan: Arc<Plan>) -> Result<Answer, StoreFailure> {
        self.reading
            .query(caller, |turn| self.queries.run(turn, Arc::clone(&plan)))
            .await
    }

    async fn events_after(
        &self,
        instance_id: &str,
        position: i64,
        count: u32,
    ) -> Result<Vec<EventRow>, StoreFailure> {
        rows::after(
            &mut *self.queries.reads.acquire().await?,
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

    fn stop_reading(&self) {
        self.reading.stop();
    }

    async fn close(&self) {
        self.reading.close().await;
        self.lanes.close().await;
        self.health.close().await;
        self.queries.reads.close().await;
        self.queries.control.close().await;
        self.writes.close().await;
    }
}
