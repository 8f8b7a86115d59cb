//! The stores, opened empty for a test.

use std::sync::Arc;

use codebolt_event_log::transfer::{restored, snapshot};
use codebolt_host::operations::{Bounds, Operations};
use codebolt_host::store::Store;
use codebolt_host::store::memory::MemoryStore;
pub use codebolt_host::store::now_in_milliseconds;
use codebolt_host::store::postgres::{PostgresOptions, PostgresStore};
use codebolt_host::store::sqlite::{SqliteOptions, SqliteStore};
use serde_json::Value;
use tempfile::TempDir;

use crate::postgres_server::new_schema;

/// An open store and what has to outlive it.
pub struct Opened {
    pub store: Arc<dyn Store>,
    pub operations: Operations,
    reopen: Reopen,
    _folder: Option<TempDir>,
}

#[derive(Clone)]
enum Reopen {
    Sqlite(SqliteOptions),
    Postgres(PostgresOptions),
    /// What another one shares; a restart goes by a snapshot of it.
    Memory(Arc<MemoryStore>),
}

async fn open(how: &Reopen) -> Arc<dyn Store> {
    match how {
        Reopen::Sqlite(options) => Arc::new(SqliteStore::open(options.clone()).unwrap()),
        Reopen::Postgres(options) => Arc::new(PostgresStore::open(options.clone()).await.unwrap()),
        Reopen::Memory(store) => Arc::clone(store) as Arc<dyn Store>,
    }
}

impl Opened {
    async fn new(reopen: Reopen, folder: Option<TempDir>, bounds: Bounds) -> Self {
        let store = open(&reopen).await;
        Self {
            operations: Operations::new(Arc::clone(&store), bounds),
            store,
            reopen,
            _folder: folder,
        }
    }

    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteOptions::new(&folder.path().join("events.db"));
        Self::new(Reopen::Sqlite(options), Some(folder), Bounds::default()).await
    }

    pub async fn postgres() -> Self {
        let options = PostgresOptions::new(&new_schema().await);
        Self::new(Reopen::Postgres(options), None, Bounds::default()).await
    }

    pub async fn on_postgres(options: PostgresOptions) -> Self {
        Self::new(Reopen::Postgres(options), None, Bounds::default()).await
    }

    pub async fn memory() -> Self {
        let store = MemoryStore::new(Box::new(now_in_milliseconds));
        Self::new(Reopen::Memory(Arc::new(store)), None, Bounds::default()).await
    }

    /// The same store with other bounds.
    pub fn within(&self, bounds: Bounds) -> Operations {
        Operations::new(Arc::clone(&self.store), bounds)
    }

    /// Closes the store and opens it again, as a restarted host does.
    pub async fn restarted(self) -> Self {
        self.store.close().await;
        let reopen = match self.reopen {
            Reopen::Memory(store) => {
                let clock = Box::new(now_in_milliseconds);
                let kept = restored(&snapshot(&store), &Bounds::default(), clock).unwrap();
                Reopen::Memory(Arc::new(kept))
            }
            database => database,
        };
        Self::new(reopen, self._folder, Bounds::default()).await
    }

    /// Another open store on the same database.
    pub async fn beside(&self) -> Self {
        Self::new(self.reopen.clone(), None, Bounds::default()).await
    }

    /// Another session of its database.
    pub async fn session(&self) -> sqlx::PgConnection {
        use sqlx::Connection;
        let Reopen::Postgres(options) = &self.reopen else {
            panic!("only PostgreSQL has sessions");
        };
        sqlx::PgConnection::connect(&options.url).await.unwrap()
    }

    /// Gives an instance a name in the database itself.
    pub async fn rename_behind_its_back(&self, instance: &Value, name: &str) {
        let id = instance["id"].as_str().unwrap();
        match &self.reopen {
            Reopen::Sqlite(options) => {
                let database = rusqlite::Connection::open(&options.file).unwrap();
                let done =
                    database.execute("UPDATE instance SET name = ?2 WHERE id = ?1", [id, name]);
                assert_eq!(done, Ok(1));
            }
            Reopen::Postgres(_) => {
                let mut database = self.session().await;
                sqlx::query("UPDATE event_log_name SET name = $2 WHERE instance_id = $1")
                    .bind(id)
                    .bind(name)
                    .execute(&mut database)
                    .await
                    .unwrap();
            }
            Reopen::Memory(_) => panic!("nothing but the store itself gets at its memory"),
        }
    }
}

/// Makes a test of each function for each store.
macro_rules! for_each_store {
    ($($name:ident),* $(,)?) => {
        crate::stores::for_each_database!($($name),*);
        mod in_memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::stores::Opened::memory().await).await;
            })*
        }
    };
}
pub(crate) use for_each_store;

/// Makes a test of each function for each store that keeps a database, where others may get at it.
macro_rules! for_each_database {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::stores::Opened::sqlite().await).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::stores::Opened::postgres().await).await;
            })*
        }
    };
}
pub(crate) use for_each_database;
