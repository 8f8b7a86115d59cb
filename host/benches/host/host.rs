//! A host in its own process, and a client that does as little as possible.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

pub struct Host {
    child: Child,
    url: String,
}

impl Host {
    pub fn start(file: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_codebolt-host"))
            .args(["--port", "0", "--data", file.to_str().unwrap()])
            .args(arguments)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .expect("the host is ready")
            .to_owned();
        Self { child, url }
    }

    /// Seconds of processor time that it has used.
    pub fn processor_time(&self) -> f64 {
        processor_time(&format!("/proc/{}/stat", self.child.id()))
    }

    pub async fn client(&self) -> Client {
        let configuration = WebSocketConfig::default().read_buffer_size(16 * 1024);
        Client {
            socket: connect_async_with_config(&self.url, Some(configuration), true)
                .await
                .unwrap()
                .0,
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    /// Sends a frame and waits for its reply.
    pub async fn ask(&mut self, frame: impl Into<Utf8Bytes>) {
        self.socket.send(Message::Text(frame.into())).await.unwrap();
        loop {
            if let Message::Text(text) = self.socket.next().await.unwrap().unwrap() {
                assert!(text.as_str().contains("\"success\":true"), "{text}");
                return;
            }
        }
    }
}

/// Seconds of processor time in a `stat` file of `/proc`; its ticks are hundredths.
pub fn processor_time(file: &str) -> f64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let after_name = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks: f64 = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}
