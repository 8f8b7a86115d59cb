//! Transactions: which are tried again, and which are not because their outcome is unknown.

use std::time::Duration;

use sqlx::Transaction;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

use super::append::{self, AppendFailure};
use super::instances;
use super::servers::{Replaced, Server, Servers};
use super::staging::Request;
use crate::store::{Appended, InstanceRow, StoreFailure, Write};

/// The pauses between the attempts of a transaction that conflicts with others, in milliseconds.
const PAUSES: [u64; 9] = [10, 20, 40, 80, 160, 320, 320, 320, 320];

type Outcome = Result<Appended, StoreFailure>;

/// Appends for one instance, in order.
pub async fn append_all(servers: &Servers, requests: &[Request]) -> Vec<Outcome> {
    match attempt_appends(servers, requests, false).await {
        Ok(outcomes) => outcomes,
        Err(AppendFailure::Store(failure)) if requests.len() == 1 => vec![Err(failure)],
        // Another try might write them twice, or would fail again.
        Err(AppendFailure::Store(
            failure @ (StoreFailure::Uncertain(_)
            | StoreFailure::Unreachable(_)
            | StoreFailure::ConnectionsBusy),
        )) => requests.iter().map(|_| Err(failure.clone())).collect(),
        Err(AppendFailure::Store(failure)) => {
            // One request may be what the database cannot take. Run each on its own.
            tracing::warn!(%failure, "a transaction failed; doing its requests one by one");
            each_alone(servers, requests).await
        }
        Err(AppendFailure::SeveralInstances) => each_alone(servers, requests).await,
    }
}

async fn each_alone(servers: &Servers, requests: &[Request]) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(requests.len());
    for request in requests {
        let alone = attempt_appends(servers, std::slice::from_ref(request), true).await;
        outcomes.push(match alone {
            Ok(mut done) => done.pop().unwrap_or(Err(StoreFailure::Closed)),
            Err(AppendFailure::Store(failure)) => Err(failure),
            Err(AppendFailure::SeveralInstances) => Err(StoreFailure::Closed),
        });
        if let Some(Err(failure @ (StoreFailure::Unreachable(_) | StoreFailure::ConnectionsBusy))) =
            outcomes.last()
        {
            // The others would wait as long for the same answer.
            let failure = failure.clone();
            outcomes.resize(requests.len(), Err(failure));
            break;
        }
    }
    outcomes
}

async fn attempt_appends(
    servers: &Servers,
    requests: &[Request],
    mut is_redone: bool,
) -> Result<Vec<Outcome>, AppendFailure> {
    let mut pauses = PAUSES.map(Duration::from_millis).into_iter();
    loop {
        let server = servers.current();
        let prepared = server.unless_replaced(async {
            let connection = server.acquire(&server.writes).await?;
            let mut transaction = Transaction::begin(connection, None).await?;
            let outcomes = append::append(&mut transaction, requests, is_redone).await?;
            Ok::<_, AppendFailure>((transaction, outcomes))
        });
        let done = match prepared.await {
            Ok(Ok((transaction, outcomes))) => commit(&server, transaction)
                .await
                .map(|()| outcomes)
                .map_err(AppendFailure::from),
            Ok(Err(failure)) => Err(failure),
            // COMMIT was not sent.
            Err(replaced) => Err(AppendFailure::Store(replaced.into())),
        };
        let Err(AppendFailure::Store(StoreFailure::Conflict(_))) = &done else {
            return done;
        };
        let Some(pause) = pauses.next() else {
            return done;
        };
        is_redone = true;
        tokio::time::sleep(pause).await;
    }
}

/// Makes, changes or deletes an instance.
pub async fn change(servers: &Servers, write: &Write) -> Result<InstanceRow, StoreFailure> {
    let mut pauses = PAUSES.map(Duration::from_millis).into_iter();
    loop {
        let server = servers.current();
        let prepared = server.unless_replaced(async {
            let connection = server.acquire(&server.writes).await?;
            let mut transaction = Transaction::begin(connection, None).await?;
            let row = instances::change(&mut transaction, write).await?;
            Ok::<_, StoreFailure>((transaction, row))
        });
        let done = match prepared.await {
            Ok(Ok((transaction, row))) => commit(&server, transaction).await.map(|()| row),
            Ok(Err(failure)) => Err(failure),
            // COMMIT was not sent.
            Err(replaced) => Err(replaced.into()),
        };
        let Err(StoreFailure::Conflict(_)) = &done else {
            return done;
        };
        let Some(pause) = pauses.next() else {
            return done;
        };
        tokio::time::sleep(pause).await;
    }
}

async fn commit(
    server: &Server,
    transaction: sqlx::Transaction<'_, sqlx::Postgres>,
) -> Result<(), StoreFailure> {
    match server.unless_replaced(transaction.commit()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) if is_rolled_back(&error) => Err(error.into()),
        Ok(Err(error)) => Err(StoreFailure::Uncertain(error.to_string())),
        Err(Replaced) => Err(StoreFailure::Uncertain(Replaced::TEXT.into())),
    }
}

/// Whether an error in answer to COMMIT proves that nothing was committed: the transaction conflicted with
/// another, or violated a constraint. Other errors may come from a pooler, or from a server that stops before
/// a standby has confirmed what it has committed itself.
fn is_rolled_back(error: &sqlx::Error) -> bool {
    let Some(error) = error
        .as_database_error()
        .and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
    else {
        return false;
    };
    let code = error.code();
    matches!(error.severity(), PgSeverity::Error)
        && code != "40003"
        && (code.starts_with("40") || code.starts_with("23"))
}
