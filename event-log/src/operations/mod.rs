//! Checks and runs requests. Knows no SQL and no sockets.

mod append;
mod append_reply;
mod bounded_list;
mod bounds;
mod envelope;
mod failure;
mod instances;
mod json_check;
mod params;
mod query;
mod validation;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use codebolt_wasm::wire::event_log::Operation;

pub use bounds::Bounds;
pub use envelope::{Envelope, Reply, ReturnAddress};
pub use failure::Failure;
pub use instances::push_instance;
pub use validation::{check_json, check_name, check_own_name, check_text};

use self::params::Params;
use crate::json_text::shortened;
use crate::refusal::RefusalCode;
use crate::store::{self, Caller, PendingWrite, Store, Written};

/// The operation of a frame, for metrics: one of the nine, or none that is known.
pub type Asked = Option<Operation>;

/// An answer that is on its way.
pub struct Answering {
    /// What was asked.
    pub asked: Asked,
    /// Whether it changes anything.
    pub is_write: bool,
    /// Resolves with the outcome.
    pub outcome: Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>,
    /// Where it goes.
    pub address: ReturnAddress,
}

/// The nine operations over a store.
#[derive(Clone)]
pub struct Operations {
    store: Arc<dyn Store>,
    caller: Caller,
    bounds: Arc<Bounds>,
}

impl Operations {
    /// Operations over this store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, bounds: Bounds) -> Self {
        Self {
            store,
            caller: Caller::another(),
            bounds: Arc::new(bounds),
        }
    }

    /// The same for another connection. Stores share out reads fairly between connections.
    #[must_use]
    pub fn for_another(&self) -> Self {
        Self {
            caller: Caller::another(),
            ..self.clone()
        }
    }

    /// Takes a frame. Submits a write to the store before it returns, so the writes of one connection run in
    /// the order in which they came.
    #[must_use]
    pub fn answer(&self, frame: &str) -> Answering {
        let (envelope, asked, started) = match Envelope::parse(frame) {
            Err((envelope, failure)) => (envelope, None, Err(failure)),
            Ok(envelope) => {
                let name = envelope.message_type.as_deref().unwrap_or_default();
                let asked = Operation::from_message_type(name);
                let started = match asked {
                    None => Err(unknown_type(name)),
                    Some(operation) => self.start(operation, &envelope),
                };
                (envelope, asked, started)
            }
        };
        let address = envelope.return_address();
        let outcome = started.unwrap_or_else(|failure| Box::pin(async move { Err(failure) }));
        Answering {
            asked,
            is_write: matches!(
                asked,
                Some(
                    Operation::CreateInstance
                        | Operation::UpdateInstance
                        | Operation::DeleteInstance
                        | Operation::AppendEvent
                        | Operation::AppendEvents
                )
            ),
            outcome,
            address,
        }
    }

    fn start(&self, operation: Operation, envelope: &Envelope<'_>) -> Result<Outcome, Failure> {
        let bounds = &*self.bounds;
        let store = Arc::clone(&self.store);
        let caller = self.caller;
        // Appends have many and large parameters, and read them in their own way.
        let params = || Params::parse(envelope.params, "params");
        Ok(match operation {
            Operation::CreateInstance => changed(
                store.submit(instances::create(&params()?, bounds)?),
                "the instance was created",
            ),
            Operation::UpdateInstance => changed(
                store.submit(instances::update(&params()?, bounds)?),
                "the instance was updated",
            ),
            Operation::DeleteInstance => changed(
                store.submit(instances::delete(&params()?, bounds)?),
                "the instance was deleted with its events",
            ),
            Operation::GetInstance => {
                let reference = instances::reference(&params()?, bounds)?;
                Box::pin(async move { instances::get(&*store, caller, &reference).await })
            }
            Operation::GetInstanceStats => {
                let reference = instances::reference(&params()?, bounds)?;
                Box::pin(async move { instances::stats(&*store, caller, &reference).await })
            }
            Operation::ListInstances => {
                let page = instances::page(&params()?, bounds)?;
                Box::pin(async move { instances::list(&*store, caller, page).await })
            }
            Operation::AppendEvent => {
                let pending = store.submit(append::one(envelope.params, bounds)?);
                Box::pin(async move { append_reply::one(&settle(pending).await?) })
            }
            Operation::AppendEvents => {
                let pending = store.submit(append::many(envelope.params, bounds)?);
                let most = bounds.reply_bytes;
                Box::pin(async move { append_reply::many(&settle(pending).await?, most) })
            }
            Operation::QueryEvents => {
                let plan = query::plan(&params()?, bounds)?;
                Box::pin(async move { query::answer(&*store, caller, plan).await })
            }
        })
    }
}

type Outcome = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>;

async fn settle(pending: PendingWrite) -> Result<Written, Failure> {
    Ok(store::settle(pending).await?)
}

fn changed(pending: PendingWrite, message: &'static str) -> Outcome {
    Box::pin(async move {
        match settle(pending).await? {
            Written::Instance(row) => Ok(instances::one(&row, message)),
            Written::Appended(_) => {
                Err(Failure::internal("the store answered another write".into()))
            }
        }
    })
}

fn unknown_type(name: &str) -> Failure {
    let known: Vec<&str> = Operation::ALL
        .into_iter()
        .map(Operation::message_type)
        .collect();
    Failure::new(
        RefusalCode::NotSupported,
        format!(
            "codebolt-host does not implement messages of type {:?}; it implements {}",
            shortened(name),
            known.join(", ")
        ),
    )
}
