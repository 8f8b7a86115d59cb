//! The `code` of a refusal: what programs tell refusals apart by.

use codebolt_event_log::refusal::RefusalCode;
use serde_json::{Value, json};

use crate::stores::{Opened, for_each_store};

for_each_store!(every_refusal_that_a_client_can_cause_has_its_code);

async fn every_refusal_that_a_client_can_cause_has_its_code(host: Opened) {
    let made = host.done("createInstance", json!({ "name": "log" })).await;
    let id = &made["instance"]["id"];
    host.done("appendEvent", json!({ "instanceId": "log" }))
        .await;
    let batch: Vec<Value> = vec![json!({}); 10_001];
    let query = |query: Value| ("queryEvents", json!({ "query": query }));
    for ((operation, params), code) in [
        (
            ("createInstance", json!({ "name": "log" })),
            RefusalCode::AlreadyExists,
        ),
        (
            ("createInstance", json!({ "name": id })),
            RefusalCode::AlreadyExists,
        ),
        (
            ("createInstance", json!({ "name": 1 })),
            RefusalCode::InvalidRequest,
        ),
        (("createInstance", json!({})), RefusalCode::InvalidRequest),
        (
            ("getInstance", json!({ "instanceId": "none" })),
            RefusalCode::NotFound,
        ),
        (
            ("deleteInstance", json!({ "instanceId": "none" })),
            RefusalCode::NotFound,
        ),
        (
            ("appendEvent", json!({ "instanceId": "none" })),
            RefusalCode::NotFound,
        ),
        (
            query(json!({ "from": { "instance": "none" } })),
            RefusalCode::NotFound,
        ),
        (
            (
                "appendEvent",
                json!({ "instanceId": "log", "expectedVersion": 7 }),
            ),
            RefusalCode::VersionConflict,
        ),
        (
            (
                "appendEvents",
                json!({ "instanceId": "log", "events": batch }),
            ),
            RefusalCode::LimitExceeded,
        ),
        (
            query(json!({ "from": { "instance": "log" }, "where": 1 })),
            RefusalCode::InvalidQuery,
        ),
        (("queryEvents", json!({})), RefusalCode::InvalidQuery),
        (("unheardOf", json!({})), RefusalCode::NotSupported),
    ] {
        let reply = host.call(operation, params.clone()).await;
        assert_eq!(reply["success"], false, "{operation} {params}: {reply}");
        assert_eq!(reply["code"], code.name(), "{operation}: {reply}");
        assert!(reply["error"].is_string(), "{reply}");
    }
    let reply = host
        .call("getInstance", json!({ "instanceId": "log" }))
        .await;
    assert_eq!(reply.get("code"), None, "a success has no code: {reply}");
}

#[test]
fn the_manual_lists_every_code_and_no_other() {
    let manual = include_str!("../../../docs/host.md");
    let (_, section) = manual
        .split_once("\n### Codes of refusals\n")
        .expect("a section of the codes");
    let section = section.split("\n#").next().unwrap_or(section);
    assert_eq!(names_after(section, "| `", '`'), all_names());
}

#[test]
fn the_packages_type_lists_every_code_and_no_other() {
    let definition = include_str!("../../../definitions/event-log.toml");
    let (_, listed) = definition
        .split_once("export type HostErrorCode =\n")
        .expect("the type of the codes");
    let (listed, _) = listed.split_once(';').expect("the type's end");
    assert_eq!(names_after(listed, "  | '", '\''), all_names());
}

/// Of each line that begins so, what stands there up to the end mark.
fn names_after<'a>(text: &'a str, start: &str, end: char) -> Vec<&'a str> {
    text.lines()
        .filter_map(|line| line.strip_prefix(start)?.split(end).next())
        .collect()
}

fn all_names() -> Vec<&'static str> {
    RefusalCode::ALL
        .into_iter()
        .map(RefusalCode::name)
        .collect()
}
