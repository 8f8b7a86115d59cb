//! The server that takes writes, its connection pools, and the failover to another server.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, PgPool, Postgres, Row};
use tokio::sync::watch;
use tokio::time::Instant;

use super::address::{Address, ServerAddress};
use super::connect::Primary;
use super::outage::Outages;
use super::throttle::Throttle;
use super::{connect, connect_failure, session_check};
use crate::store::StoreFailure;

/// How often the host probes whether its server still takes writes, when there are several.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// How long a probe may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);
/// How often the host probes the other servers meanwhile. It prefers one that was promoted later.
const OTHERS_EVERY: Duration = Duration::from_secs(5);
/// How often the host logs that no server takes writes.
const SAY_EVERY: Duration = Duration::from_secs(5);
/// How long the connections to the previous server may take to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A server, and the connections to it.
pub struct Server {
    pub address: ServerAddress,
    /// For reading only, so that slow reads do not keep writes from a connection.
    pub reads: PgPool,
    pub writes: PgPool,
    /// For cancelling queries of other sessions.
    pub control: PgPool,
    /// Reports to waiters that no connection can be made.
    pub outages: Outages,
    primary: Primary,
    replaced: watch::Sender<bool>,
}

/// The host has switched to another server.
pub struct Replaced;

impl Replaced {
    /// The same in words.
    pub const TEXT: &str = "another PostgreSQL server takes the writes now";
}

/// Of what can be done again on the other server.
impl From<Replaced> for StoreFailure {
    fn from(_: Replaced) -> Self {
        Self::Conflict(Replaced::TEXT.into())
    }
}

impl Server {
    fn new(
        address: &ServerAddress,
        primary: Primary,
        connections: u32,
        acquire: Duration,
    ) -> Arc<Self> {
        let pool = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(acquire)
                .after_connect(|connection, _| Box::pin(session_check::prepare(connection)))
                .connect_lazy_with(address.options.clone())
        };
        Arc::new(Self {
            address: address.clone(),
            reads: pool(connections),
            writes: pool(connections),
            control: pool(1),
            outages: Outages::new(),
            primary,
            replaced: watch::Sender::new(false),
        })
    }

    /// A connection of one of the pools. When none can be made, all waiters get the reason.
    pub async fn acquire(&self, pool: &PgPool) -> Result<PoolConnection<Postgres>, StoreFailure> {
        let outage = self.outages.next();
        tokio::select! {
            biased;
            acquired = pool.acquire() => match acquired {
                Ok(connection) => Ok(connection),
                Err(sqlx::Error::PoolTimedOut) => Err(self.why_none().await),
                Err(error @ sqlx::Error::Io(_)) => Err(self.report(&connect_failure::reason(&error))),
                Err(error) => Err(error.into()),
            },
            failure = outage => Err(failure),
        }
    }

    /// Finds out why no connection came in time; neither the pool's error nor a read's deadline says it.
    pub async fn why_none(&self) -> StoreFailure {
        let connecting = PgConnection::connect_with(&self.address.options);
        let reason = match tokio::time::timeout(PROBE_TIMEOUT, connecting).await {
            Ok(Ok(connection)) => {
                // All connections are busy. That is not an outage.
                let _ = connection.close().await;
                return StoreFailure::ConnectionsBusy;
            }
            Ok(Err(error)) => connect_failure::reason(&error),
            Err(_) => format!("no answer for {} s", PROBE_TIMEOUT.as_secs()),
        };
        self.report(&reason)
    }

    fn report(&self, reason: &str) -> StoreFailure {
        self.outages
            .report(&format!("{}: {reason}", self.address.shown))
    }

    /// Runs work on this server until the host switches to another one: a machine that has lost its power
    /// never answers.
    pub async fn unless_replaced<T>(&self, work: impl Future<Output = T>) -> Result<T, Replaced> {
        let mut replaced = self.replaced.subscribe();
        let replacing = async {
            // An error means that the host is closing, so it no longer switches.
            if replaced.wait_for(|is_replaced| *is_replaced).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            done = work => Ok(done),
            () = replacing => Err(Replaced),
        }
    }

    async fn close(&self) {
        tokio::join!(
            self.reads.close(),
            self.control.close(),
            self.writes.close()
        );
    }
}

/// The servers of an address, and the one in use.
pub struct Servers {
    address: Address,
    connections: u32,
    acquire: Duration,
    current: RwLock<Arc<Server>>,
    watching: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl Servers {
    /// Starts with this server, and probes it regularly if there are others.
    pub fn new(
        address: Address,
        primary: Primary,
        connections: u32,
        acquire: Duration,
    ) -> Result<Arc<Self>, StoreFailure> {
        let first = address.servers.get(primary.index);
        let first = first.ok_or(StoreFailure::Closed)?;
        let servers = Arc::new(Self {
            current: RwLock::new(Server::new(first, primary, connections, acquire)),
            watching: Mutex::default(),
            connections,
            acquire,
            address,
        });
        if servers.address.servers.len() > 1 {
            let watching = tokio::spawn(Arc::clone(&servers).watch());
            *servers.watching() = Some(watching);
        }
        Ok(servers)
    }

    /// The server in use.
    pub fn current(&self) -> Arc<Server> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub async fn close(&self) {
        if let Some(watching) = self.watching().take() {
            watching.abort();
        }
        self.current().close().await;
    }

    fn watching(&self) -> std::sync::MutexGuard<'_, Option<tokio::task::JoinHandle<()>>> {
        self.watching.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Probes the server regularly, and looks for another one when it does not take writes.
    async fn watch(self: Arc<Self>) {
        let mut probe = Probe::default();
        let mut looks = Throttle::new(OTHERS_EVERY);
        let mut says = Throttle::new(SAY_EVERY);
        loop {
            tokio::time::sleep(PROBE_EVERY).await;
            let current = self.current();
            let asked = probe.ask(&current).await;
            let is_time_to_look = match &asked {
                Ok(_) => {
                    says.reset();
                    looks.is_due(Instant::now())
                }
                Err(_) => true,
            };
            if !is_time_to_look {
                continue;
            }
            let found = connect::find(&self.address, Some(current.primary.index)).await;
            match (asked, found) {
                (asked, Ok(found)) => {
                    let reason = reason_to_change(asked, found.primary, current.primary);
                    if let Some(reason) = reason {
                        self.change_to(found.primary, &reason);
                        probe = Probe::default();
                    }
                    found.close().await;
                }
                (Err(_), Err(failure)) => {
                    if says.is_due(Instant::now()) {
                        tracing::warn!(
                            "no server of {} takes writes: {}; looking on",
                            self.address.named_by,
                            failure.reasons
                        );
                    }
                }
                (Ok(()), Err(_)) => {}
            }
        }
    }

    fn change_to(&self, primary: Primary, why: &str) {
        let Some(address) = self.address.servers.get(primary.index) else {
            return;
        };
        let next = Server::new(address, primary, self.connections, self.acquire);
        let previous = {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *current, next)
        };
        tracing::warn!(
            "{} takes writes and is used from now on; {} is left: {why}",
            address.shown,
            previous.address.shown
        );
        previous.replaced.send_replace(true);
        tokio::spawn(async move {
            let _ = tokio::time::timeout(CLOSE_TIMEOUT, previous.close()).await;
        });
    }
}

/// Why the server that was found is to be used instead of the one in use. `asked` is what that one has answered.
fn reason_to_change(asked: Result<(), String>, found: Primary, in_use: Primary) -> Option<String> {
    match asked {
        // The server in use may still take writes: it is the old primary of a failover. Both may have the same
        // address, when that leads to another server by now.
        _ if found.timeline > in_use.timeline => {
            Some("another one was promoted after it".to_owned())
        }
        Err(why) if found.index != in_use.index => Some(why),
        _ => None,
    }
}

/// The connection on which the server in use is probed.
#[derive(Default)]
struct Probe {
    held: Option<PgConnection>,
}

impl Probe {
    /// Asks whether the server takes writes.
    async fn ask(&mut self, server: &Server) -> Result<(), String> {
        let asking = async {
            // Take it out: a connection that is dropped in the middle of a statement cannot be used again.
            let mut connection = match self.held.take() {
                Some(connection) => connection,
                None => PgConnection::connect_with(&server.address.options).await?,
            };
            let is_standby: bool = sqlx::raw_sql("SELECT pg_is_in_recovery()")
                .fetch_one(&mut connection)
                .await?
                .try_get(0)?;
            Ok::<_, sqlx::Error>(if is_standby { None } else { Some(connection) })
        };
        match tokio::time::timeout(PROBE_TIMEOUT, asking).await {
            Ok(Ok(None)) => Err("it is a hot standby now".into()),
            Ok(Ok(Some(connection))) => {
                self.held = Some(connection);
                Ok(())
            }
            Ok(Err(error)) => Err(connect_failure::reason(&error)),
            Err(_) => Err(format!("no answer for {} s", PROBE_TIMEOUT.as_secs())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Primary, reason_to_change};

    #[test]
    fn a_server_is_left_for_one_that_was_promoted_later_or_when_it_does_not_answer() {
        let later = Some("another one was promoted after it");
        let silent = Some("no answer");
        for (index, timeline, while_it_answers, while_it_does_not) in [
            (0, 2, None, None),
            (1, 2, None, silent),
            (1, 1, None, silent),
            (1, 3, later, later),
            // Its address leads to another one by now.
            (0, 3, later, later),
        ] {
            let found = Primary { index, timeline };
            let in_use = Primary {
                index: 0,
                timeline: 2,
            };
            let reason = |asked| reason_to_change(asked, found, in_use);
            assert_eq!(reason(Ok(())).as_deref(), while_it_answers, "{found:?}");
            let not = reason(Err("no answer".to_owned()));
            assert_eq!(not.as_deref(), while_it_does_not, "{found:?}");
        }
    }
}
