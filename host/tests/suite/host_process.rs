//! A real host in its own process, and clients over real sockets.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A raw WebSocket.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A running host. It is killed when this is dropped.
pub struct HostProcess {
    child: Child,
    /// `ws://127.0.0.1:PORT/codebolt`
    pub url: String,
}

/// The host's program; `CODEBOLT_HOST_BINARY` names another one to hold the tests against.
pub fn program() -> Command {
    let other = std::env::var_os("CODEBOLT_HOST_BINARY");
    let mut command =
        Command::new(other.unwrap_or_else(|| env!("CARGO_BIN_EXE_codebolt-host").into()));
    command
        .env_remove("CODEBOLT_HOST_STORE")
        .env_remove("CODEBOLT_HOST_TOKEN")
        .env("RUST_LOG", "warn");
    command
}

impl HostProcess {
    /// Starts a host on a free port and waits until it says that it is ready.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, |command| {
            command.stderr(Stdio::null());
        })
    }

    /// As [`HostProcess::start`], with its log in a file.
    pub fn start_with_log(arguments: &[&str], log: &Path) -> Self {
        Self::start_with(arguments, |command| {
            command.stderr(std::fs::File::create(log).unwrap());
        })
    }

    /// As [`HostProcess::start`], after more was said of how.
    pub fn start_with(arguments: &[&str], how: impl FnOnce(&mut Command)) -> Self {
        Self::try_start(arguments, how).expect("the host starts and says that it is ready")
    }

    /// As [`HostProcess::start_with`]; none when it ends instead of saying that it is ready.
    pub fn try_start(arguments: &[&str], how: impl FnOnce(&mut Command)) -> Option<Self> {
        let mut command = program();
        command
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped());
        how(&mut command);
        let mut child = command.spawn().expect("the host's program is there");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).expect("the host prints a line");
        let Some(url) = line.strip_prefix("listening on ") else {
            let _ = child.wait();
            return None;
        };
        let url = url.trim().to_owned();
        Some(Self { child, url })
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Starts a host on a SQLite file.
    pub fn on_file(file: &Path) -> Self {
        Self::start(&["--data", file.to_str().unwrap()])
    }

    /// As [`HostProcess::start`], on a SQLite file in a folder.
    pub fn in_folder(folder: &TempDir, arguments: &[&str]) -> Self {
        let file = folder.path().join("events.db");
        let mut all = vec!["--data", file.to_str().unwrap()];
        all.extend(arguments);
        Self::start(&all)
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        self.url
            .strip_prefix("ws://")
            .unwrap()
            .strip_suffix("/codebolt")
            .unwrap()
    }

    /// Ends it at once, as a crash does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop.
    pub fn terminate(&self) {
        let done = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(done.unwrap().success());
    }

    /// Waits until it has ended.
    pub fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the host does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What it answers to `GET path`.
    pub async fn http(&self, path: &str) -> String {
        http(self.address(), path, self.address()).await
    }

    /// The number that a metric has.
    pub async fn metric(&self, name: &str) -> u64 {
        let text = self.http("/metrics").await;
        let line = text.lines().find(|line| line.starts_with(name));
        let line = line.unwrap_or_else(|| panic!("{name} in {text}"));
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }

    pub async fn socket(&self) -> Socket {
        connect_async(&self.url)
            .await
            .expect("the host accepts a socket")
            .0
    }

    pub async fn client(&self) -> Client {
        Client::new(self.socket().await)
    }
}

/// What a log says, once it has all of these parts: its lines are written beside everything else.
pub async fn logged(log: &Path, parts: &[&str]) -> String {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let text = std::fs::read_to_string(log).unwrap();
        if parts.iter().all(|part| text.contains(part)) {
            return text;
        }
        assert!(Instant::now() < deadline, "{parts:?} are not in {text}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What an address answers to `GET path` for a host of that name.
pub async fn http(address: &str, path: &str, host: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

type Waiting = Arc<Mutex<Option<HashMap<String, oneshot::Sender<Value>>>>>;

/// A client that matches replies by their ids. Clones share the connection.
#[derive(Clone)]
pub struct Client {
    frames: mpsc::UnboundedSender<Message>,
    waiting: Waiting,
    next: Arc<std::sync::atomic::AtomicU64>,
    sending: tokio::task::AbortHandle,
    reading: tokio::task::AbortHandle,
}

impl Client {
    pub fn new(socket: Socket) -> Self {
        let (mut sink, mut stream) = socket.split();
        let (frames, mut outgoing) = mpsc::unbounded_channel();
        let waiting: Waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        let sending = tokio::spawn(async move {
            while let Some(frame) = outgoing.recv().await {
                if sink.send(frame).await.is_err() {
                    break;
                }
            }
        });
        let answered = Arc::clone(&waiting);
        let reading = tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                let Message::Text(text) = message else {
                    continue;
                };
                let reply: Value = serde_json::from_str(text.as_str()).unwrap();
                let id = reply["requestId"].as_str().unwrap_or_default().to_owned();
                let answer = answered
                    .lock()
                    .unwrap()
                    .as_mut()
                    .and_then(|waiting| waiting.remove(&id));
                if let Some(answer) = answer {
                    let _ = answer.send(reply);
                }
            }
            // Whoever still waits hears that the connection is gone.
            answered.lock().unwrap().take();
        });
        Self {
            frames,
            waiting,
            next: Arc::default(),
            sending: sending.abort_handle(),
            reading: reading.abort_handle(),
        }
    }

    /// Sends a request; resolves with the reply, or none when the connection ends before it.
    pub fn call(
        &self,
        operation: &str,
        params: Value,
    ) -> impl Future<Output = Option<Value>> + use<> {
        self.call_raw(operation, &params.to_string())
    }

    /// As [`Client::call`], with parameters that are text already.
    pub fn call_raw(
        &self,
        operation: &str,
        params: &str,
    ) -> impl Future<Output = Option<Value>> + use<> {
        let id = self
            .next
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            .to_string();
        let frame = format!(
            "{{\"type\":\"eventLog.{operation}\",\"requestId\":\"{id}\",\"params\":{params}}}"
        );
        let (answer, pending) = oneshot::channel();
        if let Some(waiting) = self.waiting.lock().unwrap().as_mut() {
            waiting.insert(id, answer);
        }
        let _ = self.frames.send(Message::text(frame));
        async move { pending.await.ok() }
    }

    /// Drops the connection, as a client that has ended does.
    pub fn leave(&self) {
        self.reading.abort();
        self.sending.abort();
    }

    /// As [`Client::call`], for what has to succeed; the answer is the reply's `data`.
    pub async fn done(&self, operation: &str, params: Value) -> Value {
        let reply = self
            .call(operation, params)
            .await
            .expect("the connection lives");
        assert_eq!(reply["success"], true, "{operation}: {reply}");
        reply["data"].clone()
    }
}

/// Another client is served.
pub async fn served(host: &HostProcess) {
    let list = host.client().await.call("listInstances", json!({}));
    let reply = tokio::time::timeout(Duration::from_secs(10), list)
        .await
        .expect("others are served");
    assert_eq!(reply.unwrap()["success"], true);
}
