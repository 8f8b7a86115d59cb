//! A PostgreSQL server for this test process. It ends with the process, however that ends.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

/// The user and group that the server runs as; a server refuses to run as root.
pub type Owner = Option<(u32, u32)>;

struct Server {
    folder: PathBuf,
    // Holds the pipe whose end tells the server's shell to stop it.
    _shell: Child,
}

static SERVER: OnceCell<Server> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// The address of a new, empty database.
pub async fn new_database() -> String {
    let server = SERVER.get_or_init(|| async { start().await }).await;
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&url(&server.folder, "postgres"))
        .await
        .expect("the server takes connections");
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .expect("a database can be made");
    url(&server.folder, &name)
}

fn url(folder: &Path, database: &str) -> String {
    format!(
        "postgres://codebolt@localhost/{database}?host={}",
        folder.display()
    )
}

pub fn binaries() -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
        .collect();
    versions.sort();
    if let Some(newest) = versions.pop() {
        return newest;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
        .expect("this test needs a PostgreSQL server: install Debian's package postgresql (apt install postgresql), or put the folder with initdb and postgres on PATH")
}

pub fn owner() -> Owner {
    let me = std::fs::metadata("/proc/self")
        .expect("/proc is there")
        .uid();
    if me != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let of = |name: &str| {
        users.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            (fields.first() == Some(&name))
                .then(|| Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?)))?
        })
    };
    Some(
        of("postgres")
            .or_else(|| of("nobody"))
            .expect("root needs a user postgres or nobody to run the server as"),
    )
}

pub fn as_owner(program: &Path, owner: Owner) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command.current_dir("/").env_remove("PGDATA");
    command
}

async fn start() -> Server {
    let binaries = binaries();
    let owner = owner();
    let folder = tempfile::Builder::new()
        .prefix("codebolt-host-test-postgres-")
        .tempdir_in("/tmp")
        .expect("a folder in /tmp")
        .keep();
    if let Some((user, group)) = owner {
        chown(&folder, Some(user), Some(group)).expect("root can give a folder away");
    }
    let data = folder.join("data");
    // A collation other than the order of bytes, so that the host has to ask for that one.
    let icu = [
        "--locale-provider=icu",
        "--icu-locale=en-US",
        "--locale=C.UTF-8",
    ];
    if !initialized(&binaries, owner, &data, &icu) {
        assert!(
            initialized(&binaries, owner, &data, &["--locale=C"]),
            "initdb failed"
        );
    }
    let script = r#"
        "$1"/postgres -D "$2"/data -k "$2" -c listen_addresses= -c fsync=off \
            -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 \
            -c shared_buffers=64MB >"$2"/log 2>&1 </dev/null &
        server=$!
        read -r _
        kill -INT "$server"
        wait "$server"
        rm -rf "$2"
    "#;
    let shell = as_owner(Path::new("/bin/sh"), owner)
        .args(["-c", script, "sh"])
        .arg(&binaries)
        .arg(&folder)
        .stdin(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("a shell");
    let deadline = Instant::now() + Duration::from_secs(60);
    while PgConnection::connect(&url(&folder, "postgres"))
        .await
        .is_err()
    {
        let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(
            Instant::now() < deadline,
            "PostgreSQL did not start: {}",
            log()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Server {
        folder,
        _shell: shell,
    }
}

pub fn initialized(binaries: &Path, owner: Owner, data: &Path, locale: &[&str]) -> bool {
    let output = as_owner(&binaries.join("initdb"), owner)
        .args([
            "-U",
            "codebolt",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "-D",
        ])
        .arg(data)
        .args(locale)
        .output()
        .expect("initdb runs");
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}
