//! An id that is also another instance's name, which only comes about where others get at what is stored.

use serde_json::json;

use crate::stores::{Opened, for_each_database};

for_each_database!(a_reference_that_stands_for_two_deletes_neither);

async fn a_reference_that_stands_for_two_deletes_neither(host: Opened) {
    let one = host.done("createInstance", json!({ "name": "one" })).await["instance"].clone();
    let two = host.done("createInstance", json!({ "name": "two" })).await["instance"].clone();
    host.rename_behind_its_back(&two, one["id"].as_str().unwrap())
        .await;
    let reference = json!({ "instanceId": one["id"] });
    let found = host.done("getInstance", reference.clone()).await;
    assert_eq!(found["instance"], one, "an id goes before a name");
    for operation in ["deleteInstance", "updateInstance"] {
        let error = host.refused(operation, reference.clone()).await;
        assert!(
            error.contains("\"one\"") && error.contains(two["id"].as_str().unwrap()),
            "{error}"
        );
    }
    host.done("deleteInstance", json!({ "instanceId": two["id"] }))
        .await;
    host.done("deleteInstance", reference).await;
}
