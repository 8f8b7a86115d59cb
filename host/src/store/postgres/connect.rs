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

/// A server that takes writes.
pub struct Found {
    /// Its index in the address.
    pub index: usize,
    /// How often its history was promoted.
    pub timeline: u64,
    connection: PgConnection,
}

impl Found {
    /// Closes the connection.
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
pub async fn wait_for_server(address: &Address, wait: Duration) -> Result<usize, StoreFailure> {
    let deadline = Instant::now() + wait;
    loop {
        let failure = match find(address).await {
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
/// other one is the old primary of a failover.
pub async fn find(address: &Address) -> Result<Found, NotFound> {
    let mut asked: FuturesUnordered<_> = address
        .servers
        .iter()
        .enumerate()
        .map(async |(index, server)| {
            let looking = look(server, address.servers.len() > 1);
            let looked = match tokio::time::timeout(address.connect_timeout, looking).await {
                Ok(looked) => looked,
                Err(_) => Err(Unusable {
                    reason: format!("no answer for {} s", address.connect_timeout.as_secs()),
                    is_lasting: false,
                }),
            };
            (index, looked)
        })
        .collect();
    let mut found: Option<Found> = None;
    let mut unusable: Vec<(usize, Unusable)> = Vec::new();
    let mut deadline = Instant::now() + address.connect_timeout * 2;
    while let Ok(Some((index, looked))) = tokio::time::timeout_at(deadline, asked.next()).await {
        match looked {
            Ok((connection, timeline)) => {
                deadline = deadline.min(Instant::now() + OTHERS);
                if found.as_ref().is_none_or(|found| found.timeline < timeline) {
                    found = Some(Found {
                        index,
                        connection,
                        timeline,
                    });
                }
            }
            Err(why) => unusable.push((index, why)),
        }
    }
    found.ok_or_else(|| {
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

async fn look(
    server: &ServerAddress,
    is_one_of_several: bool,
) -> Result<(PgConnection, u64), Unusable> {
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
    let timeline = if is_one_of_several {
        timeline(&mut connection).await
    } else {
        0
    };
    Ok((connection, timeline))
}

/// How often the server's history was promoted; 0 if the server does not say.
pub async fn timeline(connection: &mut PgConnection) -> u64 {
    let asked = sqlx::raw_sql("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)")
        .fetch_one(connection)
        .await;
    asked
        .and_then(|row| row.try_get::<String, _>(0))
        .ok()
        .and_then(|digits| u64::from_str_radix(&digits, 16).ok())
        .unwrap_or(0)
}

/// The server's index, once its sessions are checked.
async fn checked(address: &Address, found: Found) -> Result<usize, StoreFailure> {
    let Some(server) = address.servers.get(found.index) else {
        return Err(StoreFailure::Closed);
    };
    check_sessions(address, server, found.connection).await?;
    Ok(found.index)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::wait_for_server;
    use crate::store::StoreFailure;
    use crate::store::postgres::address::Address;

    #[tokio::test]
    async fn servers_that_cannot_be_reached_are_named_each_with_its_reason() {
        let address = Address::parse("postgres://me:secret@127.0.0.1:1,localhost:2/events");
        let Ok(address) = address else {
            unreachable!("it is an address")
        };
        let waited = wait_for_server(&address, Duration::ZERO).await;
        let Err(StoreFailure::CannotOpen(text)) = waited else {
            unreachable!("nobody listens there: {waited:?}")
        };
        for part in ["events", "127.0.0.1:1: Connection refused", "localhost:2: "] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("secret"), "{text}");
    }
}
