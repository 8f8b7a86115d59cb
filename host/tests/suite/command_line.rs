//! What the command line answers without serving, and what a host says to a person who meets it first.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::host_process::{HostProcess, http, logged, program};

fn output(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

fn stdout(arguments: &[&str]) -> String {
    let output = output(arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn refusal(arguments: &[&str]) -> String {
    let output = output(arguments);
    assert!(
        matches!(output.status.code(), Some(1 | 2)),
        "{arguments:?}: {:?}",
        output.status
    );
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn what_fails_on_the_command_line_is_not_advised_what_only_clients_can_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let data = file.to_str().unwrap();
    let host = HostProcess::on_file(&file);
    let log = json!({ "name": "log" });
    host.client().await.done("createInstance", log).await;
    drop(host);
    let to = folder.path().join("none.jsonl");
    for more in [&[][..], &["--to", to.to_str().unwrap()]] {
        let arguments = [&["export", "nosuch", "--data", data], more].concat();
        let error = refusal(&arguments);
        assert!(error.contains("no instance has the id or name \"nosuch\""));
        assert!(error.contains("codebolt-host instances"), "{error}");
        assert!(!error.contains("createInstance"), "{error}");
    }
    let copy = folder.path().join("log.jsonl");
    std::fs::write(&copy, stdout(&["export", "log", "--data", data])).unwrap();
    let error = refusal(&["import", copy.to_str().unwrap(), "--data", data]);
    assert!(error.contains("\"log\" already exists"), "{error}");
    assert!(
        error.ends_with("give another name with --name\n"),
        "{error}"
    );
}

#[tokio::test]
async fn an_output_that_cannot_be_written_is_not_called_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::on_file(&file);
    let log = json!({ "name": "log" });
    host.client().await.done("createInstance", log).await;
    drop(host);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let output = program()
        .args(["export", "log", "--data", file.to_str().unwrap()])
        .stdout(full.unwrap())
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("the export cannot be written: "), "{error}");
}

#[test]
fn a_file_that_cannot_be_looked_for_is_not_said_to_be_missing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    std::fs::write(&file, "").unwrap();
    // As root may do what others may not: no folder is another reason for the same.
    let within = file.join("other.db");
    let error = refusal(&["instances", "--data", within.to_str().unwrap()]);
    assert!(error.contains("cannot look for"), "{error}");
    assert!(!error.contains("does not exist"), "{error}");
}

#[tokio::test]
async fn the_database_may_be_named_before_a_subcommand_or_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let data = file.to_str().unwrap();
    let host = HostProcess::on_file(&file);
    let client = host.client().await;
    client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let append = json!({ "instanceId": "log", "payload": { "n": 1 } });
    client.done("appendEvent", append).await;
    drop(host);
    let before = stdout(&["--data", data, "export", "log"]);
    let behind = stdout(&["export", "log", "--data", data]);
    assert_eq!(before.lines().count(), 3, "{before}");
    assert_eq!(before, behind);
    let copy = folder.path().join("copy.jsonl");
    std::fs::write(&copy, &before).unwrap();
    let copy = copy.to_str().unwrap();
    stdout(&["--data", data, "import", copy, "--name", "copy"]);
    assert!(stdout(&["--data", data, "instances"]).contains("copy"));
    let error = refusal(&["--port", "1", "--data", data, "instances"]);
    assert!(
        error.contains("--port") && error.contains("leave"),
        "{error}"
    );
    let error = refusal(&["--data", data, "instances", "--store", "postgres://me@db/x"]);
    assert!(
        error.contains("--data") && error.contains("--store"),
        "{error}"
    );
}

#[tokio::test]
async fn instances_are_listed_as_json_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let data = file.to_str().unwrap();
    let host = HostProcess::on_file(&file);
    let list = || -> Value {
        serde_json::from_str(&stdout(&["instances", "--json", "--data", data])).unwrap()
    };
    assert_eq!(list(), json!([]));
    let client = host.client().await;
    let name = "quoted \" and\nbroken";
    let described = json!({ "name": name, "description": "two" });
    let first = client
        .done("createInstance", json!({ "name": "one" }))
        .await;
    let second = client.done("createInstance", described).await;
    let append = json!({ "instanceId": "one", "payload": null });
    client.done("appendEvent", append).await;
    let with_count = |created: &Value, count: i64| {
        let mut instance = created["instance"].clone();
        instance["eventCount"] = count.into();
        instance
    };
    assert_eq!(
        list(),
        Value::Array(vec![with_count(&first, 1), with_count(&second, 0)])
    );
}

#[test]
fn an_import_that_fails_names_the_file_and_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let data = file.to_str().unwrap();
    let head = r#"{"format":"codebolt-event-log","version":1,"instance":{"name":"log"}}"#;
    let event = r#"{"id":"1","stream_id":"s","event_type":"t","payload":{},"metadata":{},"timestamp":"2026-01-01T00:00:00.000Z","sequence_number":1}"#;
    for (name, text, line) in [
        ("none.jsonl", String::new(), 1),
        ("other.jsonl", "{}\n".to_owned(), 1),
        ("cut.jsonl", format!("{head}\n{event}\n"), 3),
        ("wrong.jsonl", format!("{head}\n{event}\n{{\"id\":7}}\n"), 3),
        (
            "twice.jsonl",
            format!("{head}\n{event}\n{{\"end\":true,\"events\":1}}\n{head}\n"),
            4,
        ),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let error = refusal(&["import", path, "--data", data]);
        let wanted = format!("{path}:{line}: ");
        assert!(error.contains(&wanted), "{wanted}: {error}");
    }
    let folder = folder.path().to_str().unwrap();
    let error = refusal(&["import", folder, "--data", data]);
    assert!(
        error.contains(folder) && error.contains("directory"),
        "{error}"
    );
}

#[test]
fn each_shell_gets_a_script_that_knows_the_subcommands_and_options() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout(&["completions", shell]);
        for word in [
            "codebolt-host",
            "import",
            "instances",
            "json",
            "data",
            "max-memory",
        ] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert!(refusal(&["completions", "cmd"]).contains("zsh"));
}

#[test]
fn bash_completes_with_the_script() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("codebolt-host.bash");
    std::fs::write(&script, stdout(&["completions", "bash"])).unwrap();
    let completed = |words: &[&str]| {
        let asked = format!(
            "source {:?}; COMP_WORDS=({}); COMP_CWORD={}; complete -p codebolt-host | grep -o -- '-F [^ ]*' | (read -r _ complete; $complete codebolt-host {:?} {:?}; echo \"${{COMPREPLY[@]}}\")",
            script,
            words.join(" "),
            words.len() - 1,
            words[words.len() - 1],
            words[words.len() - 2],
        );
        let output = Command::new("bash")
            .args(["--norc", "-c", &asked])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(completed(&["codebolt-host", "exp"]), "export");
    assert_eq!(completed(&["codebolt-host", "instances", "--j"]), "--json");
    assert_eq!(completed(&["codebolt-host", "--max-mem"]), "--max-memory");
}

#[test]
fn there_is_a_man_page_of_the_program_and_of_each_subcommand() {
    let page = stdout(&["man"]);
    for part in [
        ".TH codebolt-host 1",
        ".SH EXAMPLES",
        "\\-\\-max\\-memory",
        "postgres://me@db/events",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let folder = tempfile::tempdir().unwrap();
    let man = folder.path().join("share/man1");
    stdout(&["man", "--to", man.to_str().unwrap()]);
    for name in [
        "",
        "-instances",
        "-export",
        "-import",
        "-completions",
        "-man",
    ] {
        let page = man.join(format!("codebolt-host{name}.1"));
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(text.contains(".SH SYNOPSIS"), "{name}: {text}");
    }
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = refusal(&["man", "--to", file.to_str().unwrap()]);
    assert!(error.contains(file.to_str().unwrap()), "{error}");
}

#[tokio::test]
async fn a_start_says_where_the_data_file_and_the_page_are() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let log = folder.join("log");
    for said in ["created the data file", "opened the data file"] {
        // A relative name, as the default is.
        let host = HostProcess::start_with(&["--data", "events.db"], |command| {
            command
                .current_dir(&folder)
                .env("RUST_LOG", "info")
                .stderr(std::fs::File::create(&log).unwrap());
        });
        let file = folder.join("events.db");
        let page = format!("http://{}/", host.address());
        let lines = logged(&log, &[said, file.to_str().unwrap(), &page]).await;
        assert_eq!(lines.matches("data file").count(), 1, "{lines}");
    }
}

#[tokio::test]
async fn a_browser_at_the_address_is_shown_what_this_is_and_how_to_connect() {
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::on_file(&folder.path().join("events.db"));
    let page = host.http("/").await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let url = &host.url;
    for part in [
        "codebolt-host",
        url,
        "codebolt-wasm",
        "--www",
        "text/html",
        "content-security-policy",
        "nosniff",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<script"), "{page}");
    assert!(
        http(host.address(), "/", "evil.example")
            .await
            .starts_with("HTTP/1.1 403")
    );
    assert!(host.http("/none").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn a_plain_request_to_the_address_for_websockets_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::on_file(&folder.path().join("events.db"));
    for path in ["/codebolt", "/plugin"] {
        let answer = host.http(path).await;
        assert!(answer.starts_with("HTTP/1.1 426"), "{answer}");
        for part in [
            "upgrade: websocket",
            "expected a WebSocket",
            "ws://",
            "codebolt-wasm",
        ] {
            assert!(answer.contains(part), "{part}: {answer}");
        }
    }
}
