//! An import whose last write takes longer than the time between two heartbeats.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use codebolt_event_log::query::{Answer, Plan};
use codebolt_host::operations::Bounds;
use codebolt_host::store::{
    Caller, EventRow, InstancePage, InstanceRow, InstanceRows, PendingWrite, Store, StoreFailure,
    Write,
};
use codebolt_host::transfer::{export, import};
use serde_json::json;
use tokio::sync::{Notify, oneshot};

use crate::stores::{Opened, for_each_store};

for_each_store!(keeps_the_times_that_the_file_has);

async fn keeps_the_times_that_the_file_has(host: Opened) {
    let own = json!({ "name": "log", "description": "of old" });
    host.done("createInstance", own).await;
    let before = host
        .done("getInstance", json!({ "instanceId": "log" }))
        .await;
    let mut file = Vec::new();
    export(&*host.store, "log", &mut file).await.unwrap();
    host.done("deleteInstance", json!({ "instanceId": "log" }))
        .await;
    let store: Arc<dyn Store> = Arc::new(SlowEnd {
        store: Arc::clone(&host.store),
        changed: Arc::default(),
    });
    import(&store, None, &Bounds::default(), &mut Cursor::new(file))
        .await
        .unwrap();
    let after = host
        .done("getInstance", json!({ "instanceId": "log" }))
        .await;
    for time in ["createdAt", "updatedAt"] {
        assert_eq!(after["instance"][time], before["instance"][time], "{time}");
    }
}

/// A store that answers the end of an import only after the next change of an instance, or after longer than it would take to come.
struct SlowEnd {
    store: Arc<dyn Store>,
    changed: Arc<Notify>,
}

#[async_trait]
impl Store for SlowEnd {
    fn submit(&self, write: Write) -> PendingWrite {
        let (is_end, is_change) = (
            matches!(write, Write::FinishImport(_)),
            matches!(write, Write::UpdateInstance { .. }),
        );
        let pending = self.store.submit(write);
        let (answer, answered) = oneshot::channel();
        let changed = Arc::clone(&self.changed);
        tokio::spawn(async move {
            let Ok(outcome) = pending.await else { return };
            if is_change {
                changed.notify_one();
            }
            if is_end {
                let _ = tokio::time::timeout(Duration::from_secs(4), changed.notified()).await;
            }
            let _ = answer.send(outcome);
        });
        answered
    }

    async fn instance(&self, caller: Caller, reference: &str) -> Result<InstanceRow, StoreFailure> {
        self.store.instance(caller, reference).await
    }

    async fn instances(
        &self,
        caller: Caller,
        page: InstancePage,
    ) -> Result<InstanceRows, StoreFailure> {
        self.store.instances(caller, page).await
    }

    async fn query(&self, caller: Caller, plan: Arc<Plan>) -> Result<Answer, StoreFailure> {
        self.store.query(caller, plan).await
    }

    async fn events_after(
        &self,
        instance_id: &str,
        position: i64,
        count: u32,
    ) -> Result<Vec<EventRow>, StoreFailure> {
        self.store.events_after(instance_id, position, count).await
    }

    async fn check(&self) -> Result<(), StoreFailure> {
        self.store.check().await
    }

    async fn failed(&self) -> String {
        self.store.failed().await
    }

    fn stop_reading(&self) {
        self.store.stop_reading();
    }

    async fn close(&self) {
        self.store.close().await;
    }
}
