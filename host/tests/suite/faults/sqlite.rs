//! Faults of the host on a SQLite file: kills, full disks, moved files.

use std::path::{Path, PathBuf};

use rand::RngExt;

use super::run::is_wanted;
use super::trial::{ENDLESS, Trial, kill, pause};
use crate::small_disk::SmallDisk;
use crate::workload::Known;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_by_chance_make_no_answer_untrue_on_sqlite() {
    if !is_wanted("sqlite") {
        return;
    }
    let disk = SmallDisk::new(96);
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = disk.as_ref().map_or_else(
        || folder.path().join("events.db"),
        |disk| disk.file("events.db"),
    );
    let mut trial = Trial::new(&["--data", file.to_str().unwrap()]);
    while trial.goes_on() {
        let kind = match trial.random.random_range(0..6) {
            0 | 1 => "killed",
            2 | 3 if disk.is_some() => "full disk",
            4 => "stderr closed",
            5 => "file moved",
            _ => "killed",
        };
        let more = match kind {
            "killed" => trial.killed().await,
            "full disk" => disk_filled(&mut trial, disk.as_ref().unwrap()).await,
            "file moved" => file_moved(&mut trial, &file).await,
            _ => trial.stderr_closed().await,
        };
        trial.check(kind, more).await;
    }
    trial.finish(|| is_whole(&file));
}

async fn disk_filled(trial: &mut Trial, disk: &SmallDisk) -> Known {
    let left = trial.random.random_range(0..200);
    let dies = trial.random.random_range(0..4) == 0;
    let host = trial.host().id();
    let more = trial
        .under_load(if dies { ENDLESS } else { 60 }, async |random| {
            pause(random).await;
            disk.fill(left);
            pause(random).await;
            if dies {
                kill(host);
            } else {
                disk.relieve();
            }
        })
        .await;
    disk.relieve();
    if dies {
        trial.start_anew(false);
    }
    more
}

async fn file_moved(trial: &mut Trial, file: &Path) -> Known {
    let aside = file.with_extension("aside");
    trial
        .under_load(40, async |random| {
            pause(random).await;
            std::fs::rename(file, &aside).unwrap();
            pause(random).await;
            std::fs::rename(&aside, file).unwrap();
        })
        .await
}

fn is_whole(file: &Path) {
    let database = rusqlite::Connection::open(file).unwrap();
    let verdict: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
}
