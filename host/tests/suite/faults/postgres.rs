//! Faults of the host on PostgreSQL: kills, and what happens to servers, poolers and sessions.

use std::time::Duration;

use rand::RngExt;

use super::run::is_wanted;
use super::trial::{Trial, pause};
use crate::postgres_cluster::{Bouncer, Cluster};
use crate::workload::Known;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_by_chance_make_no_answer_untrue_on_postgresql() {
    if !is_wanted("postgres") {
        return;
    }
    let mut cluster = Cluster::start(&[]).await;
    let mut bouncer = Bouncer::start(cluster.socket(), "session").await;
    let mut trial = Trial::new(&["--store", &bouncer.url()]);
    while trial.goes_on() {
        let kind = match trial.random.random_range(0..8) {
            0 | 1 => "killed",
            2 => "server crashed",
            3 => "server restarted",
            4 => "pooler killed",
            5 => "sessions ended",
            6 => "standby gone",
            _ => "stderr closed",
        };
        let more = match kind {
            "killed" => trial.killed().await,
            "server crashed" => server_ended(&mut trial, &mut cluster, "QUIT").await,
            "server restarted" => server_ended(&mut trial, &mut cluster, "INT").await,
            "pooler killed" => pooler_killed(&mut trial, &mut bouncer).await,
            "sessions ended" => sessions_ended(&mut trial, &cluster).await,
            "standby gone" => standby_gone(&mut trial, &cluster).await,
            _ => trial.stderr_closed().await,
        };
        trial.check(kind, more).await;
    }
    trial.finish(|| {});
}

async fn server_ended(trial: &mut Trial, cluster: &mut Cluster, signal: &str) -> Known {
    trial
        .under_load(60, async |random| {
            pause(random).await;
            cluster.end(signal);
            cluster.resume().await;
        })
        .await
}

async fn pooler_killed(trial: &mut Trial, bouncer: &mut Bouncer) -> Known {
    trial
        .under_load(60, async |random| {
            pause(random).await;
            bouncer.kill();
            bouncer.resume().await;
        })
        .await
}

async fn sessions_ended(trial: &mut Trial, cluster: &Cluster) -> Known {
    trial
        .under_load(60, async |random| {
            for _ in 0..3 {
                pause(random).await;
                end_sessions(cluster, "true").await;
            }
        })
        .await
}

/// Commits wait for a standby that is not there, and lose their sessions meanwhile.
async fn standby_gone(trial: &mut Trial, cluster: &Cluster) -> Known {
    trial
        .under_load(20, async |random| {
            pause(random).await;
            standbys(cluster, "nobody").await;
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_millis(100)).await;
                end_sessions(cluster, "wait_event = 'SyncRep'").await;
            }
            standbys(cluster, "").await;
        })
        .await
}

async fn end_sessions(cluster: &Cluster, which: &str) {
    let sql = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'codebolt-host' AND {which}"
    );
    cluster.run(&sql).await;
}

async fn standbys(cluster: &Cluster, names: &str) {
    cluster
        .run(&format!(
            "ALTER SYSTEM SET synchronous_standby_names = '{names}'"
        ))
        .await;
    cluster.run("SELECT pg_reload_conf()").await;
}
