//! Running a query in PostgreSQL, and stopping it there when nobody waits for it any more.

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
use crate::store::reading::ReadTurn;

/// How long a query has to end before it is stopped once more.
const PAUSE: Duration = Duration::from_millis(50);

/// What queries run on.
#[derive(Clone)]
pub struct Queries {
    pub servers: Arc<Servers>,
}

/// The session that runs a query; 0 while that is not known.
#[derive(Default)]
struct Session(AtomicI32);

impl Queries {
    /// Runs a query until its turn is over. It holds its turn and its connection until it has ended in
    /// the server too, also when this is dropped.
    pub async fn run(&self, turn: ReadTurn, plan: Arc<Plan>) -> Result<Answer, StoreFailure> {
        let (wanted, unwanted) = oneshot::channel::<()>();
        let queries = self.clone();
        let task = tokio::spawn(async move {
            let mut unwanted = unwanted;
            loop {
                let server = queries.servers.current();
                let running = run_on(&server, &turn, &plan, &mut unwanted);
                if let Ok(done) = server.unless_left(running).await {
                    return done;
                }
                // What was read on a server that was left is read again on the next one.
                if unwanted.try_recv() != Err(TryRecvError::Empty) {
                    return Err(StoreFailure::Cancelled);
                }
            }
        });
        let done = task.await;
        drop(wanted);
        done.map_err(|error| StoreFailure::Database(error.to_string()))?
    }

    /// Runs short reads. They are done again on the next server when theirs is left.
    pub async fn short<T, R: Future<Output = Result<T, StoreFailure>>>(
        &self,
        read: impl Fn(PoolConnection<Postgres>) -> R,
    ) -> Result<T, StoreFailure> {
        loop {
            let server = self.servers.current();
            let reading = async { read(server.acquire(&server.reads).await?).await };
            if let Ok(done) = server.unless_left(reading).await {
                return done;
            }
        }
    }
}

async fn run_on(
    server: &Server,
    turn: &ReadTurn,
    plan: &Plan,
    unwanted: &mut oneshot::Receiver<()>,
) -> Result<Answer, StoreFailure> {
    let session = Session::default();
    let mut work = std::pin::pin!(query(server, &session, turn, plan));
    tokio::select! {
        done = &mut work => return done,
        // Dropped on the other side.
        _ = unwanted => {}
    }
    // Again and again: the session may not be known yet, or be between two statements.
    loop {
        cancel(server, &session).await;
        if let Ok(done) = tokio::time::timeout(PAUSE, &mut work).await {
            return done;
        }
    }
}

/// Stops what the session does. It is ours as long as the query is not polled to its end, so this
/// stops no other one.
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
    turn: &ReadTurn,
    plan: &Plan,
) -> Result<Answer, StoreFailure> {
    let mut connection = server.acquire(&server.reads).await?;
    let mut transaction = connection
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    begin(&mut transaction, session, turn.ends).await?;
    let answer = select::query(&mut transaction, plan).await;
    session.0.store(0, Ordering::Release);
    if answer.as_ref().is_ok_and(|answer| answer.is_cut) {
        // Gigabytes may be on their way; the next query is not to wait for them.
        drop(transaction);
        drop(connection.detach());
        return answer;
    }
    transaction.rollback().await?;
    answer
}

/// Says how long statements may take, and learns whose they are. What is compiled for a query with
/// many conditions takes seconds in which nothing can stop it.
async fn begin(
    transaction: &mut Transaction<'_, Postgres>,
    session: &Session,
    ends: Instant,
) -> Result<(), StoreFailure> {
    let left = ends.saturating_duration_since(Instant::now()).as_millis();
    if left == 0 {
        return Err(StoreFailure::Cancelled);
    }
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT pg_backend_pid(), set_config('statement_timeout', '{left}', true), set_config('jit', 'off', true)"
    )))
    .persistent(false)
    .fetch_one(&mut **transaction)
    .await?;
    session.0.store(row.try_get(0)?, Ordering::Release);
    Ok(())
}
