//! The address rules, row by row.

use super::*;
use alloc::{string::ToString as _, vec};

fn url(target: &Target, environment: &[(&str, &str)]) -> Result<String, AddressError> {
    let environment = |name: &str| {
        environment
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    Ok(Address::resolve(target, environment)?.url("ws_1_2"))
}

fn plain(environment: &[(&str, &str)]) -> String {
    url(&Target::default(), environment).unwrap_or_else(|error| error.to_string())
}

#[test]
fn without_an_environment_the_address_is_the_local_default() {
    assert_eq!(plain(&[]), "ws://localhost:12345/codebolt?id=ws_1_2");
}

#[test]
fn agent_parameters_come_in_their_order_and_empty_ones_are_left_out() {
    assert_eq!(
        plain(&[
            ("threadToken", "t"),
            ("agentTask", "do & say #1"),
            ("agentId", "a"),
            ("parentId", ""),
            ("CODEBOLT_SERVER_URL", "example.org"),
            ("SOCKET_PORT", "99"),
        ]),
        "ws://example.org:99/codebolt?id=ws_1_2&agentId=a&agentTask=do%20%26%20say%20%231&threadToken=t"
    );
}

#[test]
fn only_the_allow_list_leaves_the_environment() {
    assert_eq!(
        plain(&[
            ("OPENAI_API_KEY", "secret"),
            ("threadId", "th"),
            ("PATH", "/bin")
        ]),
        "ws://localhost:12345/codebolt?id=ws_1_2&threadId=th"
    );
}

#[test]
fn dev_is_true_for_any_text_in_is_dev_and_comes_last() {
    let target = Target {
        parameters: vec![("extra".to_owned(), "1".to_owned())],
        ..Target::default()
    };
    assert_eq!(
        url(&target, &[("Is_Dev", "false"), ("appId", "x")]).as_deref(),
        Ok("ws://localhost:12345/codebolt?id=ws_1_2&appId=x&extra=1&dev=true")
    );
}

#[test]
fn plugin_mode_has_its_own_path_and_no_agent_parameters() {
    assert_eq!(
        plain(&[
            ("IS_PLUGIN", "true"),
            ("pluginId", "p"),
            ("agentId", "a"),
            ("Is_Dev", "1")
        ]),
        "ws://localhost:12345/plugin?id=ws_1_2&pluginId=p&pluginToken="
    );
    assert_eq!(
        plain(&[("IS_PLUGIN", "TRUE"), ("agentId", "a")]),
        "ws://localhost:12345/codebolt?id=ws_1_2&agentId=a"
    );
}

#[test]
fn a_given_url_keeps_its_path_and_query() {
    let target = |url: &str| Target {
        url: Some(url.to_owned()),
        ..Target::default()
    };
    for (given, wanted) in [
        ("ws://h:1", "ws://h:1/codebolt?id=ws_1_2"),
        ("https://h/", "wss://h/codebolt?id=ws_1_2"),
        ("wss://h/a/b?x=1", "wss://h/a/b?x=1&id=ws_1_2"),
    ] {
        assert_eq!(url(&target(given), &[]).as_deref(), Ok(wanted), "{given}");
    }
    for given in [
        "",
        "h:1",
        "ftp://h",
        "ws://",
        "ws:///codebolt",
        "ws://h/#x",
        "ws://h/a b",
    ] {
        assert_eq!(
            url(&target(given), &[]),
            Err(AddressError::Url {
                found: given.to_owned()
            }),
            "{given}"
        );
    }
}

#[test]
fn hosts_that_would_change_the_url_are_refused_and_ipv6_is_bracketed() {
    let target = |host: &str| Target {
        host: Some(host.to_owned()),
        port: Some(7),
        ..Target::default()
    };
    assert_eq!(
        url(&target("::1"), &[]).as_deref(),
        Ok("ws://[::1]:7/codebolt?id=ws_1_2")
    );
    for host in ["", "a b", "a/b", "http://a", "a:1", "user@a", "a?x"] {
        assert!(
            matches!(url(&target(host), &[]), Err(AddressError::Host { .. })),
            "{host}"
        );
    }
}

#[test]
fn a_port_that_is_none_is_named_with_its_source() {
    for found in ["0", "65536", "http", "-1"] {
        let text = plain(&[("SOCKET_PORT", found)]);
        assert!(
            text.contains("SOCKET_PORT") && text.contains(found),
            "{text}"
        );
    }
}
