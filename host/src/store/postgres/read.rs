//! Runs queries in PostgreSQL, and cancels them there when nobody waits for them any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Connection, Postgres, Row, Transaction};
use tokio::sync::oneshot::{self, error::TryRecvError};
use tokio::time::Instant;

use super::select;
use super::servers::{Server, Servers};
use crate::query::{Answer, Plan};
use crate::store::StoreFailure;
use crate::store::read_scheduler::ReadPermit;

/// How long a cancelled query has to end before it is cancelled again.
const PAUSE: Duration = Duration::from_millis(50);

/// The servers that queries run on.
#[derive(Clone)]
pub struct Queries {
    pub servers: Arc<Servers>,
}

/// The session that runs a query; 0 while that is not known.
#[derive(Default)]
struct Session(AtomicI32);

impl Queries {
    /// Runs a query until its deadline. It holds its permit and its connection until it has ended in the
    /// server too, even when this future is dropped.
    pub async fn run(&self, permit: ReadPermit, plan: Arc<Plan>) -> Result<Answer, StoreFailure> {
        let (wanted, unwanted) = oneshot::channel::<()>();
        let queries = self.clone();
        let task = tokio::spawn(async move {
            let mut unwanted = unwanted;
            loop {
                let server = queries.servers.current();
                let running = run_on(&server, &permit, &plan, &mut unwanted);
                if let Ok(done) = server.unless_replaced(running).await {
                    return done;
                }
                // The host has switched to another server; run the query again there.
                if unwanted.try_recv() != Err(TryRecvError::Empty) {
                    return Err(StoreFailure::Cancelled);
                }
            }
        });
        let done = task.await;
        drop(wanted);
        done.map_err(|error| StoreFailure::Database(error.to_string()))?
    }

    /// Runs a short read, and runs it again on the next server after a failover.
    pub async fn short<T, R: Future<Output = Result<T, StoreFailure>>>(
        &self,
        permit: Option<&ReadPermit>,
        read: impl Fn(PoolConnection<Postgres>) -> R,
    ) -> Result<T, StoreFailure> {
        loop {
            let server = self.servers.current();
            let reading = async {
                permit.inspect(|permit| permit.awaits_connection());
                let connection = server.acquire(&server.reads).await?;
                permit.inspect(|permit| permit.runs());
                read(connection).await
            };
            if let Ok(done) = server.unless_replaced(reading).await {
                return done;
            }
        }
    }
}

async fn run_on(
    server: &Server,
    permit: &ReadPermit,
    plan: &Plan,
    unwanted: &mut oneshot::Receiver<()>,
) -> Result<Answer, StoreFailure> {
    let session = Session::default();
    let mut work = std::pin::pin!(query(server, &session, permit, plan));
    tokio::select! {
        done = &mut work => return done,
        // The caller has dropped its side.
        _ = unwanted => {}
    }
    // Repeat this: the session may not be known yet, or may be between two statements.
    loop {
        cancel(server, &session).await;
        if let Ok(done) = tokio::time::timeout(PAUSE, &mut work).await {
            return done;
        }
    }
}

/// Cancels the statement of a session. The session belongs to the query until that is polled to its end, so
/// this cancels no other query.
async fn cancel(server: &Server, session: &Session) {
    let pid = session.0.load(Ordering::Acquire);
    if pid == 0 {
        return;
    }
    let cancel = sqlx::query("SELECT pg_cancel_backend($1)").bind(pid);
    if let Err(error) = cancel.execute(&server.control).await {
        tracing::warn!(%error, "a query that nobody waits for could not be stopped");
    }
}

async fn query(
    server: &Server,
    session: &Session,
    permit: &ReadPermit,
    plan: &Plan,
) -> Result<Answer, StoreFailure> {
    permit.awaits_connection();
    let mut connection = server.acquire(&server.reads).await?;
    permit.runs();
    let mut transaction = connection
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    begin(&mut transaction, session, permit.ends).await?;
    let answer = select::query(&mut transaction, plan).await;
    session.0.store(0, Ordering::Release);
    if answer.as_ref().is_ok_and(|answer| answer.is_cut) {
        // Gigabytes may still be on their way; close the connection instead of reading them.
        drop(transaction);
        drop(connection.detach());
        return answer;
    }
    transaction.rollback().await?;
    answer
}

/// Sets the statement timeout and learns the session's process id. JIT is off: compiling a query with many
/// conditions takes seconds in which it cannot be cancelled.
async fn begin(
    transaction: &mut Transaction<'_, Postgres>,
    session: &Session,
    ends: Instant,
) -> Result<(), StoreFailure> {
    let left = ends.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(StoreFailure::Cancelled);
    }
    // Rounded up: what PostgreSQL cancels before the deadline was cancelled by somebody else.
    let left = left.as_millis() + 1;
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT pg_backend_pid(), set_config('statement_timeout', '{left}', true), set_config('jit', 'off', true)"
    )))
    .persistent(false)
    .fetch_one(&mut **transaction)
    .await?;
    session.0.store(row.try_get(0)?, Ordering::Release);
    Ok(())
}
