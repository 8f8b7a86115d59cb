//! A PostgreSQL server for this test process. It ends with the process, however that ends.
//!
//! Where tests are run hundreds of times (`cargo xtask mutants postgres`), they share one that is started before.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

/// The user and group that the server runs as; a server refuses to run as root.
pub type Owner = Option<(u32, u32)>;

struct Server {
    folder: PathBuf,
    // Holds the pipe whose end tells the server's shell to stop it.
    _shell: Child,
}

/// Names the folder of a running server's socket.
pub const SHARED: &str = "CODEBOLT_TEST_POSTGRES_SOCKET";

static SERVER: OnceCell<Server> = OnceCell::const_new();
static SHARED_DATABASE: OnceCell<Option<Shared>> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// This process's database on a shared server.
struct Shared {
    folder: PathBuf,
    database: String,
}

/// The address of a new, empty database.
pub async fn new_database() -> String {
    made_in(folder().await, &unique_name()).await
}

/// Makes a database on the server whose socket is in a folder; answers its address.
pub async fn made_in(folder: &Path, name: &str) -> String {
    run(&url(folder, "postgres"), &format!("CREATE DATABASE {name}")).await;
    url(folder, name)
}

/// The folder of the server's socket.
pub async fn folder() -> &'static Path {
    match shared().await {
        Some(shared) => &shared.folder,
        None => &SERVER.get_or_init(start).await.folder,
    }
}

/// A name that no other test has, with the process whose it is.
pub fn unique_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("it is after 1970").as_nanos();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("test_{}_{now}_{number}", std::process::id())
}

/// Drops what processes that have ended left on a shared server: hundreds of runs would fill the disk.
pub async fn drop_left_behind(folder: &Path) {
    let url = url(folder, "postgres");
    let mut connection = PgConnection::connect(&url)
        .await
        .expect("the shared server takes connections");
    let names = "SELECT datname::text FROM pg_database WHERE datname LIKE 'test\\_%'";
    let names: Vec<String> = sqlx::query_scalar(names)
        .fetch_all(&mut connection)
        .await
        .expect("the server has databases");
    for name in names {
        let process = name.split('_').nth(1).unwrap_or_default();
        if !Path::new("/proc").join(process).exists() {
            // Another process may be at it, too.
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = sqlx::query(AssertSqlSafe(drop))
                .execute(&mut connection)
                .await;
        }
    }
}

/// The address of a new database, or of an empty schema where the server is shared: that is made in much less time.
pub async fn new_schema() -> String {
    let Some(shared) = shared().await else {
        return new_database().await;
    };
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let database = url(&shared.folder, &shared.database);
    run(&database, &format!("CREATE SCHEMA {name}")).await;
    format!("{database}&options[search_path]={name}")
}

async fn shared() -> Option<&'static Shared> {
    let find = || async {
        let folder = PathBuf::from(std::env::var_os(SHARED)?);
        drop_left_behind(&folder).await;
        let database = unique_name();
        made_in(&folder, &database).await;
        Some(Shared { folder, database })
    };
    SHARED_DATABASE.get_or_init(find).await.as_ref()
}

async fn run(url: &str, statement: &str) {
    let mut connection = PgConnection::connect(url)
        .await
        .expect("the server takes connections");
    sqlx::query(AssertSqlSafe(statement.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
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
