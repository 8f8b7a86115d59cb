//! Two PostgreSQL servers after a failover: both take writes, the old primary and the standby that was promoted.

use std::path::PathBuf;

use crate::postgres_cluster::Cluster;
use crate::postgres_server::{drop_left_behind, made_in, unique_name};

/// Names the sockets' folders of running ones, parted by a comma: see `shared_servers`.
pub const SHARED: &str = "CODEBOLT_TEST_POSTGRES_PAIR";

/// The two, and a database of the same name on both.
pub struct Pair {
    /// The folder of the old primary's socket.
    pub old: String,
    /// The folder of the promoted one's socket.
    pub new: String,
    /// That database's name.
    pub database: String,
    // They end with it.
    _clusters: Option<[Cluster; 2]>,
}

impl Pair {
    pub async fn find() -> Self {
        let shared = std::env::var(SHARED).ok();
        let (folders, clusters) = match &shared {
            Some(folders) => (folders.clone(), None),
            None => {
                let clusters = start().await;
                (said(&clusters), Some(clusters))
            }
        };
        let (old, new) = folders.split_once(',').expect("two folders");
        let database = unique_name();
        for folder in [old, new].map(PathBuf::from) {
            if shared.is_some() {
                drop_left_behind(&folder).await;
            }
            made_in(&folder, &database).await;
        }
        Self {
            old: old.to_owned(),
            new: new.to_owned(),
            database,
            _clusters: clusters,
        }
    }

    /// The address of its database on these servers.
    pub fn url(&self, sockets: &[&str]) -> String {
        let (database, sockets) = (&self.database, sockets.join(","));
        format!("postgres://codebolt@localhost:5432/{database}?host={sockets}")
    }
}

/// Starts both.
pub async fn start() -> [Cluster; 2] {
    let old = Cluster::start(&[]).await;
    let new = old.synchronous_standby().await;
    new.promote().await;
    old.run("ALTER SYSTEM SET synchronous_standby_names = ''")
        .await;
    old.run("SELECT pg_reload_conf()").await;
    [old, new]
}

/// How they are named to other processes.
pub fn said([old, new]: &[Cluster; 2]) -> String {
    format!("{},{}", old.socket(), new.socket())
}
