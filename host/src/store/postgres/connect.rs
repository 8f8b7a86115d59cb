//! Finds the server that takes writes.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use sqlx::{Connection, PgConnection, Row};
use tokio::time::Instant;

use super::address::{Address, ServerAddress};
use super::connect_failure::Unusable;
use super::session_check::check_sessions;
use crate::store::StoreFailure;

/// The pause between two attempts at the start.
const PAUSE: Duration = Duration::from_secs(2);
/// How long the other servers have to answer once one was found. After a failover two may take writes.
const OTHERS: Duration = Duration::from_millis(300);

/// Which server takes writes.
#[derive(Debug, Clone, Copy)]
pub struct Primary {
    /// Its index in the address.
    pub index: usize,
    /// How often its history was promoted; 0 if it does not say.
    pub timeline: u64,
}

impl Primary {
    /// Of several that take writes, the one with the greatest is used.
    fn rank(self, in_use: Option<usize>) -> (u64, bool) {
        (self.timeline, in_use == Some(self.index))
    }
}

/// A server that takes writes.
pub struct Found {
    pub primary: Primary,
    connection: PgConnection,
}

impl Found {
    /// Ends the session, so that the server does not log and count it as one that was lost.
    pub async fn close(self) {
        let _ = self.connection.close().await;
    }
}

/// Why no server was found.
pub struct NotFound {
    /// The servers, each with its reason.
    pub reasons: String,
    /// Whether trying again can help.
    is_lasting: bool,
}

/// Finds the server, and waits for it up to `wait`. Logs the reasons after each attempt.
pub async fn wait_for_server(address: &Address, wait: Duration) -> Result<Primary, StoreFailure> {
    let deadline = Instant::now() + wait;
    loop {
        let failure = match find(address, None).await {
            Ok(found) => return checked(address, found).await,
            Err(failure) => failure,
        };
        let left = deadline.saturating_duration_since(Instant::now());
        let said = format!("cannot use {}: {}", address.shown, failure.reasons);
        if failure.is_lasting {
            return Err(StoreFailure::CannotOpen(said));
        }
        if left.is_zero() {
            return Err(StoreFailure::CannotOpen(format!(
                "{said}; gave up after {} s (--store-wait)",
                wait.as_secs()
            )));
        }
        tracing::warn!("{said}; trying again for {} s", left.as_secs().max(1));
        tokio::time::sleep(PAUSE.min(left)).await;
    }
}

/// Asks all servers at the same time. Of two that take writes it chooses the one that was promoted last: the
/// other one is the old primary of a failover. Of two that were promoted as often it chooses the one in use.
pub async fn find(address: &Address, in_use: Option<usize>) -> Result<Found, NotFound> {
    let mut asked: FuturesUnordered<_> = address
        .servers
        .iter()
        .enumerate()
        .map(async |(index, server)| {
            let looking = look(index, server);
            let looked = match tokio::time::timeout(address.connect_timeout, looking).await {
                Ok(looked) => looked,
                Err(_) => Err(Unusable {
                    reason: format!("no answer for {} s", address.connect_timeout.as_secs()),
                    is_lasting: false,
                }),
            };
            looked.map_err(|why| (index, why))
        })
        .collect();
    let mut usable: Vec<Found> = Vec::new();
    let mut unusable: Vec<(usize, Unusable)> = Vec::new();
    while usable.is_empty()
        && let Some(looked) = asked.next().await
    {
        match looked {
            Ok(found) => usable.push(found),
            Err(why) => unusable.push(why),
        }
    }
    let others = async {
        while let Some(looked) = asked.next().await {
            usable.extend(looked);
        }
    };
    let _ = tokio::time::timeout(OTHERS, others).await;
    usable.sort_by_key(|found| found.primary.rank(in_use));
    let latest = usable.pop();
    for other in usable {
        other.close().await;
    }
    latest.ok_or_else(|| {
        unusable.sort_by_key(|(index, _)| *index);
        NotFound {
            is_lasting: !unusable.is_empty() && unusable.iter().all(|(_, why)| why.is_lasting),
            reasons: reasons(address, &unusable),
        }
    })
}

fn reasons(address: &Address, unusable: &[(usize, Unusable)]) -> String {
    let of = |(index, why): &(usize, Unusable)| match address.servers.get(*index) {
        Some(server) if address.servers.len() > 1 => format!("{}: {}", server.shown, why.reason),
        _ => why.reason.clone(),
    };
    unusable.iter().map(of).collect::<Vec<_>>().join("; ")
}

async fn look(index: usize, server: &ServerAddress) -> Result<Found, Unusable> {
    let mut connection = PgConnection::connect_with(&server.options).await?;
    let row = sqlx::raw_sql(
        "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'",
    )
    .fetch_one(&mut connection)
    .await?;
    let (is_standby, only_reads): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
    let unusable = if is_standby {
        Some("a hot standby, which only reads until it is promoted")
    } else if only_reads {
        Some("only reads (default_transaction_read_only = on)")
    } else {
        None
    };
    if let Some(reason) = unusable {
        let _ = connection.close().await;
        return Err(Unusable {
            reason: reason.into(),
            is_lasting: false,
        });
    }
    let timeline = timeline(&mut connection).await;
    Ok(Found {
        primary: Primary { index, timeline },
        connection,
    })
}

async fn timeline(connection: &mut PgConnection) -> u64 {
    let asked = sqlx::raw_sql("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)")
        .fetch_one(connection)
        .await;
    asked
        .and_then(|row| row.try_get::<String, _>(0))
        .ok()
        .and_then(|digits| u64::from_str_radix(&digits, 16).ok())
        .unwrap_or(0)
}

/// The server, once its sessions are checked.
async fn checked(address: &Address, found: Found) -> Result<Primary, StoreFailure> {
    let Some(server) = address.servers.get(found.primary.index) else {
        return Err(StoreFailure::Closed);
    };
    check_sessions(address, server, found.connection).await?;
    Ok(found.primary)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Primary, wait_for_server};
    use crate::store::StoreFailure;
    use crate::store::postgres::address::Address;

    #[test]
    fn the_server_that_was_promoted_last_is_used_and_of_two_such_the_one_in_use() {
        let primary = |index, timeline| Primary { index, timeline };
        for (one, other, in_use) in [
            (primary(0, 2), primary(1, 1), None),
            (primary(0, 2), primary(1, 1), Some(1)),
            (primary(1, 2), primary(0, 1), Some(0)),
            (primary(0, 1), primary(1, 1), Some(0)),
            (primary(1, 0), primary(0, 0), Some(1)),
        ] {
            let ranks = (one.rank(in_use), other.rank(in_use));
            assert!(ranks.0 > ranks.1, "{one:?}, {other:?}, {in_use:?}");
        }
    }

    async fn refused(url: &str) -> String {
        let Ok(address) = Address::parse(url, "--store") else {
            unreachable!("it is an address")
        };
        let waited = wait_for_server(&address, Duration::ZERO).await;
        let Err(StoreFailure::CannotOpen(text)) = waited else {
            unreachable!("nobody listens there: {waited:?}")
        };
        text
    }

    #[tokio::test]
    async fn a_server_that_cannot_be_reached_is_named_once() {
        let text = refused("postgres://me:secret@127.0.0.1:1/events").await;
        assert_eq!(text.matches("127.0.0.1:1").count(), 1, "{text}");
        assert!(text.contains(": Connection refused"), "{text}");
    }

    #[tokio::test]
    async fn servers_that_cannot_be_reached_are_named_each_with_its_reason() {
        let text = refused("postgres://me:secret@127.0.0.1:1,localhost:2/events").await;
        for part in ["events", "127.0.0.1:1: Connection refused", "localhost:2: "] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("secret"), "{text}");
    }
}
