//! Instances: made, found, changed, deleted, and the names that they may have.

use serde_json::json;

use crate::stores::{Opened, for_each_store};

for_each_store!(
    an_instance_is_created_found_changed_and_deleted_with_its_events,
    a_name_that_is_taken_is_refused_with_the_word_exists,
    an_instance_goes_by_its_id_and_by_its_name,
    a_name_that_is_another_instances_id_is_refused,
    names_of_imports_under_way_are_the_hosts_own,
);

async fn an_instance_is_created_found_changed_and_deleted_with_its_events(host: Opened) {
    let made = host
        .done(
            "createInstance",
            json!({ "name": "log", "description": "first" }),
        )
        .await["instance"]
        .clone();
    assert_eq!(made["description"], "first");
    assert_eq!(made["createdAt"], made["updatedAt"]);
    assert_eq!(
        made["createdAt"].as_str().unwrap().len(),
        "2023-11-14T22:13:20.120Z".len()
    );
    let id = made["id"].clone();
    let found = host.done("getInstance", json!({ "instanceId": id })).await;
    assert_eq!(found["instance"], made);
    host.done("appendEvent", json!({ "instanceId": id })).await;
    let stats = host
        .done("getInstanceStats", json!({ "instanceId": id }))
        .await;
    let keys: Vec<&String> = stats.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 5);
    assert_eq!(stats["eventCount"], 1);
    assert_eq!(stats["instanceId"], id);
    let changed = host
        .done(
            "updateInstance",
            json!({ "instanceId": id, "name": "renamed" }),
        )
        .await["instance"]
        .clone();
    assert_eq!(
        (&changed["name"], &changed["description"]),
        (&json!("renamed"), &json!("first"))
    );
    let cleared = host
        .done(
            "updateInstance",
            json!({ "instanceId": id, "description": null }),
        )
        .await["instance"]
        .clone();
    assert!(cleared.get("description").is_none());
    host.done("createInstance", json!({ "name": "other" }))
        .await;
    host.done("appendEvent", json!({ "instanceId": "other" }))
        .await;
    let deleted = host
        .done("deleteInstance", json!({ "instanceId": id }))
        .await;
    assert_eq!(deleted["instance"], cleared);
    host.refused("getInstance", json!({ "instanceId": id }))
        .await;
    host.refused(
        "queryEvents",
        json!({ "query": { "from": { "instance": id } } }),
    )
    .await;
    let others = host.done("listInstances", json!({})).await["instances"].clone();
    assert_eq!(others.as_array().unwrap().len(), 1);
    // A new instance of the old name begins empty.
    host.done(
        "appendEvent",
        json!({ "instanceId": "renamed", "autoCreateInstance": true }),
    )
    .await;
    let again = host
        .query(json!({ "from": { "instance": "renamed" } }))
        .await;
    assert_eq!(
        (&again["total"], &again["events"][0]["sequence_number"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        host.query(json!({ "from": { "instance": "other" } })).await["total"],
        1
    );
}

async fn a_name_that_is_taken_is_refused_with_the_word_exists(host: Opened) {
    host.done("createInstance", json!({ "name": "a" })).await;
    host.done("createInstance", json!({ "name": "b" })).await;
    assert!(
        host.refused("createInstance", json!({ "name": "a" }))
            .await
            .contains("exists")
    );
    let update = json!({ "instanceId": "b", "name": "a" });
    assert!(
        host.refused("updateInstance", update)
            .await
            .contains("exists")
    );
    // Its own name is no other's.
    host.done("updateInstance", json!({ "instanceId": "b", "name": "b" }))
        .await;
    host.done("createInstance", json!({ "name": "A" })).await;
}

async fn an_instance_goes_by_its_id_and_by_its_name(host: Opened) {
    let id = host
        .done("createInstance", json!({ "name": "by-name" }))
        .await["instance"]["id"]
        .clone();
    for reference in [id.clone(), json!("by-name")] {
        let params = json!({ "instanceId": reference });
        assert_eq!(host.done("getInstance", params).await["instance"]["id"], id);
        let appended = host
            .done("appendEvent", json!({ "instanceId": reference }))
            .await;
        assert_eq!(appended["event"]["instanceId"], id);
        let found = host
            .query(json!({ "from": { "instance": reference } }))
            .await;
        assert_eq!(found["events"][0]["instanceId"], id);
    }
    let found = host.call("getInstance", json!({ "instanceId": id })).await;
    assert_eq!(found["message"], "the instance was found by its id");
}

async fn a_name_that_is_another_instances_id_is_refused(host: Opened) {
    let made = host.done("createInstance", json!({ "name": "one" })).await;
    let id = made["instance"]["id"].clone();
    host.done("createInstance", json!({ "name": "two" })).await;
    let error = host.refused("createInstance", json!({ "name": id })).await;
    assert!(error.contains("is the id of an instance"), "{error}");
    let rename = json!({ "instanceId": "two", "name": id });
    let error = host.refused("updateInstance", rename).await;
    assert!(error.contains("is the id of an instance"), "{error}");
    // Its own id belongs to no other instance, and names it either way.
    host.done("updateInstance", json!({ "instanceId": "one", "name": id }))
        .await;
    host.done("deleteInstance", json!({ "instanceId": id }))
        .await;
    let left = host.done("listInstances", json!({})).await["instances"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(left[0]["name"], "two");
}

async fn names_of_imports_under_way_are_the_hosts_own(host: Opened) {
    let name = json!("importing-0192a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
    host.done("createInstance", json!({ "name": "log" })).await;
    for (operation, params) in [
        ("createInstance", json!({ "name": name })),
        (
            "updateInstance",
            json!({ "instanceId": "log", "name": name }),
        ),
        (
            "appendEvent",
            json!({ "instanceId": name, "autoCreateInstance": true }),
        ),
    ] {
        let error = host.refused(operation, params).await;
        assert!(error.contains("imports in progress"), "{error}");
    }
    host.done("createInstance", json!({ "name": "importing-orders" }))
        .await;
}
