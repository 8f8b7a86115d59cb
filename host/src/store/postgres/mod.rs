//! Events in PostgreSQL, for when several hosts share one log.

mod address;
mod aliases;
mod append;
mod connect;
mod connect_failure;
mod dialect;
mod health;
mod instance_queues;
#[cfg(test)]
mod instance_queues_tests;
mod instances;
mod last_commit;
mod outage;
mod read;
mod reduce;
mod rows;
mod schema;
mod searchable;
mod select;
mod servers;
mod session_check;
mod staging;
mod throttle;
mod transact;
mod url;
mod write_queues;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use self::address::Address;
use self::health::Health;
use self::read::Queries;
use self::servers::Servers;
use self::write_queues::WriteQueues;
use super::read_scheduler::ReadScheduler;
use super::write_limit::WriteLimit;
use super::{
    Caller, CommitObserver, EventRow, InstancePage, InstanceRow, InstanceRows, PendingWrite, Store,
    StoreFailure, Write,
};
use crate::query::{Answer, Plan};
use async_trait::async_trait;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;

/// How long a commit counts as proof that writes work.
const FRESH: Duration = Duration::from_secs(1);
/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(30);
/// How long the host waits for a server at the start.
const WAIT: Duration = Duration::from_secs(60);

/// How a PostgreSQL store is opened.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// The address, as `postgres://user:password@address/database`. It may name several servers, in libpq's
    /// form: `postgres://user:password@one:5432,two:5432/database`.
    pub url: String,
    /// The option or variable that named the address, for errors.
    pub named_by: &'static str,
    /// How long the host waits at the start for a server that takes writes.
    pub wait: Duration,
    /// How long a request waits for a connection.
    pub acquire: Duration,
    /// The most connections for reading, and as many again for writing.
    pub connections: u32,
    /// How many writes may wait.
    pub queued_writes: usize,
    /// How many bytes of writes may wait.
    pub queued_bytes: usize,
    /// How long a query may take.
    pub query_timeout: Duration,
    /// Called after each commit.
    pub observer: CommitObserver,
}

impl PostgresOptions {
    /// The defaults for an address.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            named_by: "--store",
            wait: WAIT,
            acquire: ACQUIRE,
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
    servers: Arc<Servers>,
    queries: Queries,
    reads: ReadScheduler,
    write_queues: Arc<WriteQueues>,
    health: Health,
}

impl PostgresStore {
    /// Connects and brings the tables up to date.
    ///
    /// # Errors
    /// When no server takes writes in time, or the database was set up by a newer host.
    pub async fn open(options: PostgresOptions) -> Result<Self, StoreFailure> {
        let address = Address::parse(&options.url, options.named_by)?;
        let shown = address.shown.clone();
        let primary = connect::wait_for_server(&address, options.wait).await?;
        let servers = Servers::new(address, primary, options.connections, options.acquire)?;
        if let Err(failure) = schema::migrate(&servers).await {
            servers.close().await;
            return Err(failure.at(&shown));
        }
        let write_queues = WriteQueues::new(
            Arc::clone(&servers),
            WriteLimit::new(options.queued_writes, options.queued_bytes),
            options.observer,
        );
        let (short, long) = reads_at_a_time(options.connections);
        Ok(Self {
            queries: Queries {
                servers: Arc::clone(&servers),
            },
            reads: ReadScheduler::new(short, long, options.query_timeout),
            write_queues,
            health: Health::new(Arc::clone(&servers)),
            servers,
        })
    }

    /// Runs a read, which an outage ends while it waits for its permit. One that had no connection by its deadline
    /// fails with the reason for that.
    async fn unless_out<T>(
        &self,
        has_started: &AtomicBool,
        reading: impl Future<Output = Result<T, StoreFailure>>,
    ) -> Result<T, StoreFailure> {
        let server = self.servers.current();
        match server.outages.unless_out(has_started, reading).await {
            Err(StoreFailure::NoConnection) => Err(server.why_none().await),
            done => done,
        }
    }
}

/// How many short and how many long reads run at a time on so many connections.
fn reads_at_a_time(connections: u32) -> (usize, usize) {
    let connections = usize::try_from(connections).unwrap_or(usize::MAX);
    let short = (connections.saturating_mul(3) / 8).max(1);
    (short, connections.saturating_sub(short).max(1))
}

#[async_trait]
impl Store for PostgresStore {
    fn submit(&self, write: Write) -> PendingWrite {
        self.write_queues.submit(write)
    }

    async fn instance(&self, caller: Caller, reference: &str) -> Result<InstanceRow, StoreFailure> {
        let find = |mut connection: PoolConnection<Postgres>| async move {
            rows::find(&mut connection, reference).await
        };
        let has_started = AtomicBool::new(false);
        let looking = self.reads.look_up(caller, async |permit| {
            has_started.store(true, Ordering::Relaxed);
            self.queries.short(Some(&permit), find).await
        });
        self.unless_out(&has_started, looking).await
    }

    async fn instances(
        &self,
        caller: Caller,
        page: InstancePage,
    ) -> Result<InstanceRows, StoreFailure> {
        let list = |mut connection: PoolConnection<Postgres>| async move {
            rows::list(&mut connection, page).await
        };
        let has_started = AtomicBool::new(false);
        let listing = self.reads.look_up(caller, async |permit| {
            has_started.store(true, Ordering::Relaxed);
            self.queries.short(Some(&permit), list).await
        });
        self.unless_out(&has_started, listing).await
    }

    async fn query(&self, caller: Caller, plan: Arc<Plan>) -> Result<Answer, StoreFailure> {
        let has_started = AtomicBool::new(false);
        let asking = self.reads.query(caller, |permit| {
            has_started.store(true, Ordering::Relaxed);
            self.queries.run(permit, Arc::clone(&plan))
        });
        self.unless_out(&has_started, asking).await
    }

    async fn events_after(
        &self,
        instance_id: &str,
        position: i64,
        count: u32,
    ) -> Result<Vec<EventRow>, StoreFailure> {
        let after = |mut connection: PoolConnection<Postgres>| async move {
            rows::after(&mut connection, instance_id, position, count).await
        };
        self.queries.short(None, after).await
    }

    async fn check(&self) -> Result<(), StoreFailure> {
        if self.write_queues.is_closed() {
            return Err(StoreFailure::Closed);
        }
        if let Some(why) = self.write_queues.panics.cause() {
            return Err(StoreFailure::Database(why.into()));
        }
        if self.write_queues.last_commit.is_within(FRESH) {
            return Ok(());
        }
        self.health.check().await
    }

    async fn failed(&self) -> String {
        self.write_queues.panics.panicked().await
    }

    fn stop_reading(&self) {
        self.reads.stop();
    }

    async fn close(&self) {
        self.reads.close().await;
        self.write_queues.close().await;
        self.health.close().await;
        self.servers.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::reads_at_a_time;

    #[test]
    fn short_and_long_reads_share_the_connections_and_either_has_some() {
        assert_eq!(reads_at_a_time(8), (3, 5), "docs/host.md says so");
        assert_eq!(reads_at_a_time(1), (1, 1), "they take turns");
        for connections in [2_u32, 3, 4, 7, 16, 100, 1_000] {
            let (short, long) = reads_at_a_time(connections);
            // One that had its turn would wait for a connection otherwise.
            assert_eq!(short + long, connections as usize);
            assert!(short * 4 >= connections as usize, "{short} and {long}");
            assert!(long * 2 >= connections as usize, "{short} and {long}");
        }
    }
}
