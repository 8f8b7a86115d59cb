//! How the host starts, and how it says that it cannot.

use crate::host_process::{HostProcess, logged, program};

#[test]
fn a_start_that_fails_says_why_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let data = file.to_str().unwrap();
    let missing = folder.path().join("none/events.db");
    let missing = missing.to_str().unwrap();
    let cases: [(&[&str], &[&str]); 12] = [
        (&["--data", data, "--port", &port], &["--port", &port]),
        (
            &["--data", data, "--port", "0", "--www", "/nowhere"],
            &["--www", "/nowhere"],
        ),
        (&["--port", "0", "--data", missing], &["--data", missing]),
        (
            &[
                "--port",
                "0",
                "--store",
                "postgres://me@localhost:1/none",
                "--store-wait",
                "0",
            ],
            &["--store", "localhost:1", "none", "refused"],
        ),
        (
            &["instances", "--data", missing],
            &["does not exist", missing],
        ),
        (
            &["export", "log", "--data", missing],
            &["does not exist", missing],
        ),
        (
            &["import", missing, "--data", data],
            &["cannot read", missing],
        ),
        (
            &["--port", "0", "--data", data, "--index", "a\"b"],
            &["--index"],
        ),
        (
            &["--port", "0", "--data", data, "--token-file", missing],
            &["--token-file", missing],
        ),
        (
            &[
                "--port",
                "0",
                "--data",
                data,
                "--max-connections",
                "99999999999999",
            ],
            &["--max-connections", "from 1 to 1000000"],
        ),
        (
            &[
                "--port",
                "0",
                "--data",
                data,
                "--store",
                "postgres://me@db/x",
            ],
            &["--data", "--store"],
        ),
        (
            &["--port", "0", "--data", data, "--token", ""],
            &["--token", "empty"],
        ),
    ];
    for (arguments, wanted) in cases {
        let output = program().args(arguments).output().unwrap();
        assert!(
            matches!(output.status.code(), Some(1 | 2)),
            "{arguments:?}: {:?}",
            output.status
        );
        let text = String::from_utf8(output.stderr).unwrap();
        for part in wanted {
            assert!(text.contains(part), "{arguments:?}: {text}");
        }
        // What was asked for is wrong, not the database.
        assert!(!text.contains("database failed"), "{arguments:?}: {text}");
        assert!(output.stdout.is_empty());
        assert!(!file.exists(), "{arguments:?} made a file");
    }
}

#[tokio::test]
async fn the_command_line_goes_before_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let store = "postgres://me@localhost:1/none";
    let host = HostProcess::start_with(&["--data", file.to_str().unwrap()], |command| {
        command.env("CODEBOLT_HOST_STORE", store);
    });
    assert!(file.exists());
    drop(host);
    let output = program()
        .args(["--port", "0"])
        .env("CODEBOLT_HOST_STORE", "mysql://db/x")
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("CODEBOLT_HOST_STORE") && error.contains("postgres://"),
        "{error}"
    );
}

#[tokio::test]
async fn a_host_that_everyone_may_reach_and_write_to_warns_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let log = folder.path().join("log");
    let open = ["--data", file.to_str().unwrap(), "--bind", "0.0.0.0"];
    let host = HostProcess::start_with_log(&open, &log);
    let lines = logged(&log, &["--token-file"]).await;
    assert_eq!(lines.lines().count(), 1, "{lines}");
    drop(host);
    let host = HostProcess::start_with_log(&[&open[..], &["--token", "x"]].concat(), &log);
    host.http("/health").await;
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "");
}
