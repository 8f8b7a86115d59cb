//! PostgreSQL servers that a test may hurt, and PgBouncer. They end with the test's process.

use std::io::Write;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

use crate::postgres_server::{as_owner, binaries, initialized, owner};

/// A program that a shell starts, and ends with the signal that is written to it, or with SIGINT
/// when the test ends.
struct Supervised {
    shell: Child,
}

impl Supervised {
    fn start(program: &Path, arguments: &[&str], log: &Path) -> Self {
        let script = r#"
            log="$1"; shift
            "$@" >>"$log" 2>&1 </dev/null &
            program=$!
            read -r signal
            kill -"${signal:-INT}" "$program"
            wait "$program"
        "#;
        let shell = as_owner(Path::new("/bin/sh"), owner())
            .args(["-c", script, "sh"])
            .arg(log)
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            // The shell tells of what it has killed.
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell");
        Self { shell }
    }

    fn end(mut self, signal: &str) {
        let mut stdin = self.shell.stdin.take().unwrap();
        let _ = writeln!(stdin, "{signal}");
        drop(stdin);
        let _ = self.shell.wait();
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

fn owned_folder() -> TempDir {
    let folder = tempfile::Builder::new()
        .prefix("codebolt-host-test-cluster-")
        .tempdir_in("/tmp")
        .unwrap();
    if let Some((user, group)) = owner() {
        chown(folder.path(), Some(user), Some(group)).unwrap();
    }
    folder
}

/// A server with its data, which stay when it ends.
pub struct Cluster {
    // Before the folder, as it is still written to.
    running: Option<Supervised>,
    folder: TempDir,
    settings: Vec<String>,
}

impl Cluster {
    /// A new server. Its commits are on the disk, as far as the test's machine is trusted.
    pub async fn start(settings: &[&str]) -> Self {
        let folder = owned_folder();
        let data = folder.path().join("data");
        assert!(
            initialized(&binaries(), owner(), &data, &["--locale=C"]),
            "initdb failed"
        );
        let mut cluster = Self {
            running: None,
            folder,
            settings: settings.iter().map(ToString::to_string).collect(),
        };
        cluster.resume().await;
        cluster
    }

    /// A standby that follows the server, which waits for it to confirm each commit.
    pub async fn synchronous_standby(&self) -> Self {
        let folder = owned_folder();
        let source = format!(
            "host={} user=codebolt application_name=standby",
            self.socket()
        );
        let copied = as_owner(&binaries().join("pg_basebackup"), owner())
            .args([
                "--write-recovery-conf",
                "--checkpoint=fast",
                "-d",
                &source,
                "-D",
            ])
            .arg(folder.path().join("data"))
            .output()
            .unwrap();
        assert!(copied.status.success(), "{copied:?}");
        let mut standby = Self {
            running: None,
            folder,
            settings: Vec::new(),
        };
        standby.resume().await;
        self.run("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            .await;
        self.run("SELECT pg_reload_conf()").await;
        let deadline = Instant::now() + Duration::from_secs(20);
        while self
            .number("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
            .await
            == 0
        {
            assert!(Instant::now() < deadline, "the standby does not follow");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        standby
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    pub fn url(&self) -> String {
        url(self.socket(), 5432)
    }

    /// Starts it after it was ended.
    pub async fn resume(&mut self) {
        let data = self.folder.path().join("data");
        let mut arguments = vec![
            "-D".to_owned(),
            data.display().to_string(),
            "-k".to_owned(),
            self.socket().to_owned(),
        ];
        let ours = [
            "listen_addresses=",
            "max_connections=100",
            "shared_buffers=32MB",
        ];
        for setting in ours
            .iter()
            .map(ToString::to_string)
            .chain(self.settings.clone())
        {
            arguments.extend(["-c".to_owned(), setting]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let log = self.folder.path().join("log");
        self.running = Some(Supervised::start(
            &binaries().join("postgres"),
            &arguments,
            &log,
        ));
        let deadline = Instant::now() + Duration::from_secs(60);
        while PgConnection::connect(&self.url()).await.is_err() {
            assert!(
                Instant::now() < deadline,
                "PostgreSQL did not start: {}",
                std::fs::read_to_string(&log).unwrap_or_default()
            );
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Ends it: `QUIT` is as a crash is, `INT` breaks off what runs.
    pub fn end(&mut self, signal: &str) {
        if let Some(running) = self.running.take() {
            running.end(signal);
        }
    }

    /// Ends it as `kill -9` of its first process does; the others end with that.
    pub fn kill(&mut self) {
        self.end("KILL");
        let deadline = Instant::now() + Duration::from_secs(20);
        while !processes_of(&self.first_process()).is_empty() {
            assert!(Instant::now() < deadline, "its processes do not end");
            std::thread::sleep(Duration::from_millis(10));
        }
        // A start would hold what the killed one has left against itself.
        let _ = std::fs::remove_file(self.folder.path().join("data/postmaster.pid"));
    }

    /// Stops all its processes where they are, as a machine that has lost its power looks to others:
    /// connections stay, and nothing answers. They go on when this is dropped.
    pub fn frozen(&self) -> Frozen {
        let first = self.first_process();
        let mut processes = processes_of(&first);
        processes.push(first);
        signal("STOP", &processes);
        Frozen { processes }
    }

    /// The process of the server, as it has written it down.
    fn first_process(&self) -> String {
        let file = self.folder.path().join("data/postmaster.pid");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        text.lines().next().unwrap_or_default().trim().to_owned()
    }

    /// Makes a standby take writes.
    pub async fn promote(&self) {
        self.run("SELECT pg_promote(true)").await;
    }

    pub async fn run(&self, sql: &str) {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        sqlx::query(AssertSqlSafe(sql.to_owned()))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    pub async fn number(&self, sql: &str) -> i64 {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        let number = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        number
    }
}

/// Processes that are stopped.
pub struct Frozen {
    processes: Vec<String>,
}

impl Drop for Frozen {
    fn drop(&mut self) {
        signal("CONT", &self.processes);
    }
}

/// The processes that a process has started.
fn processes_of(first: &str) -> Vec<String> {
    let parent_of = |process: &std::fs::DirEntry| {
        let status = std::fs::read_to_string(process.path().join("status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("PPid:"))?;
        Some(line.trim_start_matches("PPid:").trim().to_owned())
    };
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|process| parent_of(process).is_some_and(|parent| parent == first))
        .map(|process| process.file_name().to_string_lossy().into_owned())
        .collect()
}

fn signal(name: &str, processes: &[String]) {
    let _ = std::process::Command::new("kill")
        .arg(format!("-{name}"))
        .args(processes)
        .stderr(Stdio::null())
        .status();
}

/// The address of several servers, as libpq takes it.
pub fn url_of(clusters: &[&Cluster]) -> String {
    let sockets: Vec<&str> = clusters.iter().map(|cluster| cluster.socket()).collect();
    format!(
        "postgres://codebolt@localhost:5432/postgres?host={}&target_session_attrs=read-write",
        sockets.join(",")
    )
}

/// The address of the database `postgres` behind a socket.
pub fn url(socket: &str, port: u16) -> String {
    format!("postgres://codebolt@localhost:{port}/postgres?host={socket}")
}

/// Where PgBouncer is.
fn bouncer_program() -> PathBuf {
    let program = PathBuf::from("/usr/sbin/pgbouncer");
    assert!(
        program.exists(),
        "this test needs PgBouncer: install Debian's package pgbouncer (apt install pgbouncer)"
    );
    program
}

/// A pooler before a server whose socket is in that folder.
pub struct Bouncer {
    running: Option<Supervised>,
    folder: TempDir,
}

impl Bouncer {
    pub async fn start(server: &str, mode: &str) -> Self {
        let folder = owned_folder();
        let path = folder.path().display();
        let configuration = format!(
            "[databases]\n* = host={} port=5432\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {path}\nauth_type = trust\nauth_file = {path}/users\npool_mode = {mode}\ndefault_pool_size = 40\nserver_login_retry = 1\n",
            server
        );
        std::fs::write(folder.path().join("configuration"), configuration).unwrap();
        std::fs::write(folder.path().join("users"), "\"codebolt\" \"\"\n").unwrap();
        let mut bouncer = Self {
            running: None,
            folder,
        };
        bouncer.resume().await;
        bouncer
    }

    pub fn url(&self) -> String {
        url(self.folder.path().to_str().unwrap(), 6432)
    }

    pub async fn resume(&mut self) {
        let configuration = self.folder.path().join("configuration");
        let log = self.folder.path().join("log");
        self.running = Some(Supervised::start(
            &bouncer_program(),
            &[configuration.to_str().unwrap()],
            &log,
        ));
        let deadline = Instant::now() + Duration::from_secs(20);
        while tokio::net::UnixStream::connect(self.folder.path().join(".s.PGSQL.6432"))
            .await
            .is_err()
        {
            assert!(
                Instant::now() < deadline,
                "PgBouncer did not start: {}",
                std::fs::read_to_string(&log).unwrap_or_default()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends it as a crash does.
    pub fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.end("KILL");
        }
        let _ = std::fs::remove_file(self.folder.path().join(".s.PGSQL.6432"));
        let _ = std::fs::remove_file(self.folder.path().join(".s.PGSQL.6432.lock"));
    }
}

/// A link to a socket's folder, by which a test changes to another server.
pub struct Switch {
    folder: TempDir,
}

impl Switch {
    /// To a server whose socket is in that folder.
    pub fn to(server: &str) -> Self {
        let switch = Self {
            folder: owned_folder(),
        };
        switch.turn(server);
        switch
    }

    /// To where no server is.
    pub fn to_nowhere() -> Self {
        Self::to("/nowhere")
    }

    pub fn turn(&self, server: &str) {
        let next = self.folder.path().join("next");
        std::os::unix::fs::symlink(server, &next).unwrap();
        std::fs::rename(next, self.folder.path().join("current")).unwrap();
    }

    pub fn turn_to_nowhere(&self) {
        self.turn("/nowhere");
    }

    /// The folder in which the server's socket seems to be.
    pub fn socket(&self) -> String {
        self.folder.path().join("current").display().to_string()
    }

    pub fn url(&self) -> String {
        url(&self.socket(), 5432)
    }
}
