//! PostgreSQL servers for other test processes.

use std::io::Read;

use crate::{postgres_pair, postgres_server};

/// Starts them, says where they are, and keeps them until stdin ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "servers for `cargo xtask mutants postgres`, no test"]
async fn servers_for_other_test_processes() {
    let folder = postgres_server::folder().await.display();
    let pair = postgres_pair::start().await;
    println!("\n{}={folder}", postgres_server::SHARED);
    println!("{}={}", postgres_pair::SHARED, postgres_pair::said(&pair));
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
