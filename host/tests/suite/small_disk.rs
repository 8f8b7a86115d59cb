//! A disk that is soon full: a file system in memory. Only root may mount one.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A small file system. It is gone when this is dropped.
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// One of so many MiB; none, and a line that says why, where none can be mounted.
    pub fn new(mebibytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"])
            .arg(folder.path())
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self { folder }),
            other => {
                let why = other.map_or_else(
                    |error| error.to_string(),
                    |output| String::from_utf8_lossy(&output.stderr).trim().to_owned(),
                );
                // Past what the test runner keeps to itself.
                let _ = writeln!(
                    std::io::stderr(),
                    "SKIPPED: no small disk can be mounted here, so nothing was tried on a full one: {why}"
                );
                None
            }
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file on it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Bytes that are free.
    fn free(&self) -> u64 {
        let output = Command::new("df")
            .args(["--output=avail", "-B1"])
            .arg(self.path())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().nth(1).unwrap().trim().parse().unwrap()
    }

    /// Fills it, all but so many KiB.
    pub fn fill(&self, left: u64) {
        let mut file = File::create(self.file("filler")).unwrap();
        let wanted = self.free().saturating_sub(left * 1024);
        let block = vec![0; 64 * 1024];
        let mut written = 0;
        while written < wanted {
            let part = block.len().min((wanted - written) as usize);
            if file.write_all(&block[..part]).is_err() {
                break;
            }
            written += part as u64;
        }
    }

    /// Makes room again.
    pub fn relieve(&self) {
        let _ = std::fs::remove_file(self.file("filler"));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What was mounted is let go of once the last process has closed its files.
        let _ = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}
