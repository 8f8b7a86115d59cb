//! The address rules, row by row.

use super::*;
use alloc::{borrow::ToOwned as _, string::ToString as _, vec};

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
        let refused = url(&target(host), &[]);
        assert!(matches!(refused, Err(AddressError::Host { .. })), "{host}");
        let text = refused
            .map_err(|error| error.text())
            .unwrap_or_else(|text| text);
        assert!(
            text.contains("address alone") && text.contains("option 'port'"),
            "{text}"
        );
    }
}

#[test]
fn a_wrong_port_is_named_with_its_source() {
    for found in ["0", "65536", "http", "-1"] {
        let text = plain(&[("SOCKET_PORT", found)]);
        assert!(
            text.contains("SOCKET_PORT") && text.contains(found),
            "{text}"
        );
    }
}

#[test]
fn the_environment_variables_that_are_read_are_these_and_no_others() {
    let asked = core::cell::RefCell::new(Vec::new());
    for plugin in [false, true] {
        let environment = |name: &str| {
            asked.borrow_mut().push(name.to_owned());
            (plugin && name == "IS_PLUGIN").then(|| "true".to_owned())
        };
        assert!(Address::resolve(&Target::default(), environment).is_ok());
    }
    let mut asked = asked.into_inner();
    let mut listed: Vec<String> = environment_variables().map(str::to_owned).collect();
    asked.sort_unstable();
    asked.dedup();
    listed.sort_unstable();
    assert_eq!(asked, listed);
}

#[test]
fn ipv6_addresses_may_be_bracketed_already_and_half_a_bracket_is_none() {
    let host = |host: &str| {
        let target = Target {
            host: Some(host.to_owned()),
            ..Target::default()
        };
        url(&target, &[])
    };
    assert_eq!(
        host("[::1]").as_deref(),
        Ok("ws://[::1]:12345/codebolt?id=ws_1_2")
    );
    for half in ["[::1", "::1]", "[a", "a]", "[a:1", "a:1]", "a[b", "[::1]x]"] {
        assert!(
            matches!(host(half), Err(AddressError::Host { .. })),
            "{half}"
        );
    }
}

#[test]
fn ports_from_1_to_65535_are_taken() {
    for port in ["1", "65535"] {
        assert!(plain(&[("SOCKET_PORT", port)]).starts_with(&joined(&[
            "ws://localhost:",
            port,
            "/"
        ])));
    }
}

#[test]
fn control_characters_and_fragments_are_refused_in_a_url_wherever_they_stand() {
    for given in [
        "ws://h/\u{1f}",
        "ws://h?a b",
        "ws://h?a#b",
        "ws://h?\u{0}",
        "ws:// ",
    ] {
        let target = Target {
            url: Some(given.to_owned()),
            ..Target::default()
        };
        assert!(
            matches!(url(&target, &[]), Err(AddressError::Url { .. })),
            "{given}"
        );
    }
}
