//! The host in memory, as JavaScript sees it.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use codebolt_event_log::operations::{Answering, Bounds, Operations};
use codebolt_event_log::store::memory::{Clock, MemoryStore};
use codebolt_event_log::transfer::{exported, restored, snapshot};
use js_sys::{ArrayBuffer, Promise, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;

use super::clock::HostClock;
use super::fault::{error, shown, wrong_type};
use super::options::{self, GivenOptions};

/// The event log of codebolt-host in memory. It answers what an agent sends for `eventLog`, by the host's own code.
#[wasm_bindgen]
pub struct MemoryHost {
    store: Arc<MemoryStore>,
    operations: Operations,
    clock: HostClock,
}

/// How much there is.
#[derive(Serialize)]
struct Statistics {
    instances: usize,
    events: i64,
}

#[wasm_bindgen]
impl MemoryHost {
    /// An empty one.
    #[wasm_bindgen(constructor)]
    pub fn new(options: Option<GivenOptions>) -> Result<MemoryHost, JsValue> {
        Self::made(options, |_, clock| Ok(MemoryStore::new(clock)))
    }

    /// One with what a snapshot holds; ids, times and sequence numbers are what they were. Files of `codebolt-host export`
    /// are such bytes, too.
    pub fn restore(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: JsValue,
        options: Option<GivenOptions>,
    ) -> Result<MemoryHost, JsValue> {
        let bytes = bytes_of(&bytes)?;
        Self::made(options, |bounds, clock| {
            restored(&bytes, bounds, clock).map_err(|fault| error(&fault.to_string()))
        })
    }

    /// Answers a request's frame, JSON text, with its reply's frame. A request that is wrong is answered with
    /// `success: false`. A write is done before this returns, so requests are done in the order in which they are handed in.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn handle(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] frame: JsValue,
    ) -> Promise {
        // The future holds nothing of the host, which may be freed while it waits.
        match self.started("handle", &frame) {
            Ok((answering, now)) => future_to_promise(reply(answering, now)),
            Err(fault) => Promise::reject(&fault),
        }
    }

    /// As `handle`, but gives the reply itself where it is there at once, as it is where nothing else uses the store: a promise for
    /// each request would cost as much as an append. What `handle` rejects with is thrown.
    #[wasm_bindgen(unchecked_return_type = "string | Promise<string>")]
    pub fn answer(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] frame: JsValue,
    ) -> Result<JsValue, JsValue> {
        let (mut answering, now) = self.started("answer", &frame)?;
        let mut nobody = Context::from_waker(Waker::noop());
        match answering.outcome.as_mut().poll(&mut nobody) {
            Poll::Ready(outcome) => Ok(answering.address.frame(&outcome, now).into()),
            Poll::Pending => Ok(future_to_promise(reply(answering, now)).into()),
        }
    }

    /// All instances with their events, as text in UTF-8 (JSON Lines), for `MemoryHost.restore`. Has every write that was handed in.
    pub fn snapshot(&self) -> Vec<u8> {
        snapshot(&self.store)
    }

    /// One instance with its events, by its id or name: what `codebolt-host import` reads.
    #[wasm_bindgen(js_name = exportInstance)]
    pub fn export_instance(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] instance: JsValue,
    ) -> Result<Vec<u8>, JsValue> {
        let Some(reference) = instance.as_string() else {
            return Err(wrong_type(&format!(
                "MemoryHost.exportInstance takes an instance's id or name, and got {}",
                shown(&instance)
            )));
        };
        exported(&self.store, &reference).map_err(|failure| error(&failure.to_string()))
    }

    /// How much it holds.
    #[wasm_bindgen(unchecked_return_type = "MemoryHostStatistics")]
    pub fn statistics(&self) -> Result<JsValue, JsValue> {
        let rows = self.store.all_instances();
        let statistics = Statistics {
            instances: rows.len(),
            events: rows.iter().map(|row| row.event_count).sum(),
        };
        serde_wasm_bindgen::to_value(&statistics).map_err(JsValue::from)
    }
}

impl MemoryHost {
    /// Begins to answer a frame, which a method was given, at the time that it is now.
    fn started(&self, method: &str, frame: &JsValue) -> Result<(Answering, i64), JsValue> {
        let Some(frame) = frame.as_string() else {
            return Err(wrong_type(&format!(
                "MemoryHost.{method} takes a frame as text, such as JSON.stringify({{ type: 'eventLog.listInstances', requestId: '1', params: {{}} }}), and got {}",
                shown(frame)
            )));
        };
        let now = self.clock.read()?;
        Ok((self.operations.answer(&frame), now))
    }

    fn made(
        options: Option<GivenOptions>,
        store: impl FnOnce(&Bounds, Clock) -> Result<MemoryStore, JsValue>,
    ) -> Result<Self, JsValue> {
        let (bounds, now) = options::read(options)?;
        let clock = HostClock::new(now);
        let store = Arc::new(store(&bounds, Box::new(clock.last_read()))?);
        let operations = Operations::new(Arc::clone(&store) as _, bounds);
        Ok(Self {
            store,
            operations,
            clock,
        })
    }
}

/// The reply's frame, once it is there.
async fn reply(answering: Answering, now: i64) -> Result<JsValue, JsValue> {
    let outcome = answering.outcome.await;
    Ok(answering.address.frame(&outcome, now).into())
}

/// The bytes of a `Uint8Array`, also of one from another realm, as jest's are.
fn bytes_of(value: &JsValue) -> Result<Vec<u8>, JsValue> {
    let is_of_bytes = ArrayBuffer::is_view(value)
        && Reflect::get(value, &"BYTES_PER_ELEMENT".into())
            .is_ok_and(|size| size.as_f64() == Some(1.0));
    if !is_of_bytes {
        return Err(wrong_type(&format!(
            "MemoryHost.restore takes the Uint8Array that snapshot() gave, and got {}",
            shown(value)
        )));
    }
    Ok(Uint8Array::new(value).to_vec())
}
