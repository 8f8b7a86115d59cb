//! A host in its own process, and a client that does as little as possible.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::process::processor_time;

pub struct Host {
    child: Child,
    url: String,
}

impl Host {
    pub fn start(file: &Path, arguments: &[&str]) -> Self {
        let mut all = vec!["--data", file.to_str().unwrap()];
        all.extend(arguments);
        Self::with(&all)
    }

    /// `CODEBOLT_HOST_BINARY` names another program to measure.
    pub fn with(arguments: &[&str]) -> Self {
        let other = std::env::var_os("CODEBOLT_HOST_BINARY");
        let mut child =
            Command::new(other.unwrap_or_else(|| env!("CARGO_BIN_EXE_codebolt-host").into()))
                .args(["--port", "0"])
                .args(arguments)
                .env("RUST_LOG", "error")
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

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to stop, and waits until it has.
    pub fn stop(mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }

    /// A WebSocket without a library around it.
    pub async fn bare_socket(&self) -> TcpStream {
        let address = self.url.strip_prefix("ws://").unwrap();
        let address = address.split('/').next().unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let upgrade = "GET /codebolt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        stream.write_all(upgrade.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        stream
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
        let text = self.reply(frame).await;
        assert!(text.as_str().contains("\"success\":true"), "{text}");
    }

    /// Sends a frame that is refused.
    pub async fn refused(&mut self, frame: impl Into<Utf8Bytes>) {
        let text = self.reply(frame).await;
        assert!(text.as_str().contains("\"success\":false"), "{text}");
    }

    /// Sends a frame, whose reply is not waited for.
    pub async fn send(&mut self, frame: impl Into<Utf8Bytes>) {
        self.socket.send(Message::Text(frame.into())).await.unwrap();
    }

    async fn reply(&mut self, frame: impl Into<Utf8Bytes>) -> Utf8Bytes {
        self.send(frame).await;
        loop {
            if let Message::Text(text) = self.socket.next().await.unwrap().unwrap() {
                return text;
            }
        }
    }
}
