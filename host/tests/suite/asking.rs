//! Requests to an open store, as clients make them.
//!
//! Also a module of the event log's own tests (`event-log/tests/in_memory`), whose `Opened` is another.

use codebolt_event_log::operations::Operations;
use serde_json::{Value, json};

use crate::stores::{Opened, now_in_milliseconds};

impl Opened {
    /// Sends a request as a client would; the answer is the whole reply.
    pub async fn call(&self, operation: &str, params: Value) -> Value {
        call(&self.operations, operation, params).await
    }

    /// As [`Opened::call`], for what has to succeed; the answer is the reply's `data`.
    pub async fn done(&self, operation: &str, params: Value) -> Value {
        let reply = self.call(operation, params.clone()).await;
        assert_eq!(reply["success"], true, "{operation} {params}: {reply}");
        reply["data"].clone()
    }

    /// As [`Opened::call`], for what has to fail; the answer is the reply's `error`.
    pub async fn refused(&self, operation: &str, params: Value) -> String {
        let reply = self.call(operation, params.clone()).await;
        assert_eq!(reply["success"], false, "{operation} {params}: {reply}");
        reply["error"]
            .as_str()
            .expect("an error is a text")
            .to_owned()
    }

    /// Sends all at once, as frames of one connection; answers the replies in that order.
    pub async fn sent_at_once(&self, requests: Vec<(&str, Value)>) -> Vec<Value> {
        let answering: Vec<_> = requests
            .into_iter()
            .map(|(operation, params)| {
                let frame = json!({ "type": format!("eventLog.{operation}"), "requestId": "r", "params": params });
                self.operations.answer(&frame.to_string())
            })
            .collect();
        let replies = answering.into_iter().map(|answering| async move {
            let outcome = answering.outcome.await;
            serde_json::from_str(&answering.address.frame(&outcome, now_in_milliseconds())).unwrap()
        });
        futures_util::future::join_all(replies).await
    }

    /// Runs a query that has to succeed; the answer is its `result`.
    pub async fn query(&self, query: Value) -> Value {
        self.done("queryEvents", json!({ "query": query })).await["result"].clone()
    }
}

/// Sends a request as a client would.
pub async fn call(operations: &Operations, operation: &str, params: Value) -> Value {
    let frame =
        json!({ "type": format!("eventLog.{operation}"), "requestId": "r", "params": params });
    let answering = operations.answer(&frame.to_string());
    let outcome = answering.outcome.await;
    serde_json::from_str(&answering.address.frame(&outcome, now_in_milliseconds())).unwrap()
}
