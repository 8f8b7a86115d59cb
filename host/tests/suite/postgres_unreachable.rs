//! PostgreSQL that cannot be reached at the start: where it was looked for and why it is not there stand
//! in the log within seconds, and the host looks again.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::host_process::program;
use crate::postgres_server::new_database;

/// Far more than any of these takes, so that no busy machine fails a test.
const LIMIT: Duration = Duration::from_secs(60);

/// A host that does not come to serve, and the lines that it says. It ends when this is dropped.
struct Starting {
    child: Child,
    lines: Receiver<String>,
}

impl Starting {
    fn with(arguments: &[&str]) -> Self {
        let mut child = program()
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (said, lines) = channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if said.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(LIMIT).expect("it says a line")
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn where_nobody_listens_each_attempt_is_a_line_with_the_address_and_the_reason() {
    let host = Starting::with(&["--store", "postgres://me:secret@127.0.0.1:1/events"]);
    for _ in 0..2 {
        let line = host.line();
        for part in [
            "--store",
            "events",
            "127.0.0.1:1",
            "refused",
            "trying again",
        ] {
            assert!(line.contains(part), "{line}");
        }
        assert!(!line.contains("secret"), "{line}");
    }
}

#[test]
fn of_several_servers_each_is_named_with_its_own_reason() {
    // Takes connections, and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let url = format!("postgres://me@127.0.0.1:1,127.0.0.1:{port}/events");
    let host = Starting::with(&["--store", &url]);
    let line = host.line();
    assert!(line.contains("127.0.0.1:1: Connection refused"), "{line}");
    let silent = format!("127.0.0.1:{port}: no answer for 3 s");
    assert!(line.contains(&silent), "{line}");
}

#[test]
fn a_name_that_leads_nowhere_is_said_to() {
    let url = "postgres://me@no-such-host.invalid/events";
    let host = Starting::with(&["--store", url]);
    let line = host.line();
    assert!(line.contains("no-such-host.invalid:5432"), "{line}");
    assert!(
        line.contains("lookup") || line.contains("resolve"),
        "{line}"
    );
}

#[test]
fn it_gives_up_after_the_time_that_was_named() {
    let store = ["--store", "postgres://me@127.0.0.1:1/events"];
    for command in [&["--port", "0"][..], &["instances"], &["export", "log"]] {
        let output = program()
            .args(command)
            .args(store)
            .args(["--store-wait", "0"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        for part in ["127.0.0.1:1", "refused", "gave up after 0 s (--store-wait)"] {
            assert!(error.contains(part), "{command:?}: {error}");
        }
    }
}

#[tokio::test]
async fn what_trying_again_cannot_mend_ends_at_once() {
    let url = new_database().await;
    let cases = [
        (url.replace("/test_", "/no_such_"), "database \"no_such_"),
        (
            url.replace("codebolt@", "no_such_user@"),
            "role \"no_such_user\" does not exist",
        ),
        (
            format!("{url}&target_session_attrs=standby"),
            "read-write or primary",
        ),
    ];
    for (url, wanted) in cases {
        let output = program()
            .args(["--port", "0", "--store", &url])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{url}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(wanted), "{url}: {error}");
        assert!(!error.contains("trying again"), "{url}: {error}");
    }
}

#[test]
fn an_address_of_another_database_is_refused_without_its_password() {
    let url = "mysql://me:secret@db/events";
    let wanted = "--store expects postgres://user:password@address/database, got mysql://";
    let output = program().args(["--store", url]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains(wanted) && !error.contains("secret"),
        "{error}"
    );
    let output = program().env("CODEBOLT_HOST_STORE", url).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    let wanted = wanted.replace("--store", "CODEBOLT_HOST_STORE");
    assert!(
        error.contains(&wanted) && !error.contains("secret"),
        "{error}"
    );
}

#[test]
fn what_is_wrong_with_an_address_is_said_of_the_option_or_variable_that_holds_it() {
    const VARIABLE: &str = "CODEBOLT_HOST_STORE";
    for (url, wanted) in [
        (
            "postgres://me@127.0.0.1:1/events?target_session_attrs=standby",
            "read-write or primary",
        ),
        ("postgres://me@127.0.0.1:1/events", "refused"),
    ] {
        let said = |command: &mut std::process::Command| {
            command.args(["instances", "--store-wait", "0"]);
            let output = command.output().unwrap();
            String::from_utf8(output.stderr).unwrap()
        };
        let by_option = said(program().args(["--store", url]));
        let by_variable = said(program().env(VARIABLE, url));
        assert!(by_option.contains(wanted), "{by_option}");
        assert!(by_option.contains("--store"), "{by_option}");
        assert_eq!(by_variable, by_option.replacen("--store", VARIABLE, 1));
    }
}
