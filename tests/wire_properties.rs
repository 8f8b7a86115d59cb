//! What is on the wire, for any value that an environment, a caller or a host may hold.

#![cfg(not(target_arch = "wasm32"))]

use codebolt_wasm::wire::address::{Address, Target, environment_variables};
use codebolt_wasm::wire::event_log::{Direction, Operator, Reduction};
use codebolt_wasm::wire::{InboundId, RequestId};
use proptest::prelude::*;
use std::collections::HashMap;

/// Undoes percent-encoding, by the book.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits: String = rest.by_ref().take(2).map(char::from).collect();
            bytes.push(u8::from_str_radix(&digits, 16).unwrap_or_default());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn query(url: &str) -> Vec<(String, String)> {
    let (_, query) = url.split_once('?').unwrap_or_default();
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn environment() -> impl Strategy<Value = HashMap<String, String>> {
    let names: Vec<String> = environment_variables()
        .filter(|name| !["CODEBOLT_SERVER_URL", "SOCKET_PORT"].contains(name))
        .chain(["HOME", "SECRET", "id", "dev"])
        .map(str::to_owned)
        .collect();
    prop::collection::hash_map(prop::sample::select(names), any::<String>(), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn every_value_of_the_allow_list_arrives_as_it_was_and_nothing_else_does(
        environment in environment(),
        parameters in prop::collection::vec((any::<String>(), any::<String>()), 0..3),
    ) {
        let target = Target { parameters: parameters.clone(), ..Target::default() };
        let address = Address::resolve(&target, |name| environment.get(name).cloned());
        let url = address.map(|address| address.url("ws_1_1")).unwrap_or_default();
        prop_assert!(url.starts_with("ws://localhost:12345/"), "{url}");
        prop_assert!(url.bytes().all(|byte| byte > b' ' && byte < 127 && byte != b'#'), "{url}");
        let plugin = environment.get("IS_PLUGIN").is_some_and(|value| value == "true");
        let allowed: Vec<&str> = environment_variables().collect();
        let mut sent = query(&url);
        prop_assert_eq!(sent.remove(0), ("id".to_owned(), "ws_1_1".to_owned()));
        let own = sent.iter().filter(|pair| parameters.contains(pair)).count();
        prop_assert!(own >= parameters.len());
        for pair in sent {
            let (name, value) = &pair;
            let from_environment = allowed.contains(&name.as_str())
                && environment.get(name).map_or(plugin && value.is_empty(), |held| held == value);
            let developing = name == "dev" && value == "true" && !plugin;
            prop_assert!(from_environment || developing || parameters.contains(&pair), "{pair:?}");
        }
    }

    #[test]
    fn any_host_and_port_of_an_environment_make_an_address_or_a_clear_refusal(
        host in any::<String>(),
        port in any::<String>(),
    ) {
        let resolved = Address::resolve(&Target::default(), |name| match name {
            "CODEBOLT_SERVER_URL" => Some(host.clone()),
            "SOCKET_PORT" => Some(port.clone()),
            _ => None,
        });
        match resolved {
            Ok(address) => {
                let (authority, path) = address.base.strip_prefix("ws://").unwrap_or_default().split_once('/').unwrap_or_default();
                prop_assert_eq!(path, "codebolt");
                prop_assert!(!authority.contains(['/', '?', '#', '@', ' ']), "{authority}");
            }
            Err(error) => {
                let text = error.to_string();
                prop_assert!(text.contains("CODEBOLT_SERVER_URL") || text.contains("SOCKET_PORT"), "{text}");
                prop_assert!(text.contains("expected"), "{text}");
            }
        }
    }

    #[test]
    fn any_text_as_url_makes_an_address_or_a_clear_refusal(
        url in prop_oneof![any::<String>(), "(ws|wss|http|https|WS|ftp)://?[a-z0-9.:@/?&=#% -]{0,30}"],
    ) {
        let target = Target { url: Some(url.clone()), ..Target::default() };
        match Address::resolve(&target, |_| None) {
            Ok(address) => {
                prop_assert!(address.base.starts_with("ws://") || address.base.starts_with("wss://"));
                prop_assert!(!address.base.contains(['?', '#', ' ']), "{}", address.base);
                let whole = address.url("i");
                prop_assert_eq!(whole.matches("id=i").count(), 1 + url.matches("id=i").count());
            }
            Err(error) => prop_assert!(error.to_string().starts_with("option 'url': expected ")),
        }
    }

    #[test]
    fn a_request_id_is_read_only_from_its_own_text(
        bytes in any::<[u8; 16]>(),
        text in prop_oneof![any::<String>(), "[0-9a-fA-F-]{36}", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"],
    ) {
        let id = RequestId::from_random_bytes(bytes);
        prop_assert_eq!(InboundId::of_text(&id.to_string()), InboundId::Known(id));
        if let Some(read) = RequestId::parse(&text) {
            prop_assert_eq!(read.to_string(), text);
        }
    }
}

/// Each value's own name, and how it is written into a query.
fn names<T: serde::Serialize + Copy>(
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Vec<[String; 2]> {
    let written = |value| match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        other => format!("{other:?}"),
    };
    all.iter()
        .map(|&value| [name(value).to_owned(), written(value)])
        .collect()
}

#[test]
fn operators_directions_and_reductions_have_their_names_on_the_wire() {
    let twice = |names: &[&str]| -> Vec<[String; 2]> {
        names
            .iter()
            .map(|&name| [name.to_owned(), name.to_owned()])
            .collect()
    };
    assert_eq!(
        names(&Operator::ALL, Operator::name),
        twice(&[
            "eq", "neq", "gt", "gte", "lt", "lte", "contains", "in", "between"
        ])
    );
    assert_eq!(
        names(&Direction::ALL, Direction::name),
        twice(&["asc", "desc"])
    );
    assert_eq!(
        names(&Reduction::ALL, Reduction::name),
        twice(&["count", "sum", "avg", "min", "max", "collect"])
    );
}
