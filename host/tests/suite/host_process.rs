//! A real host in its own process, and clients over real sockets.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
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

impl HostProcess {
    /// Starts a host on a free port and waits until it says that it is ready.
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_codebolt-host"))
            .args(["--port", "0"])
            .args(arguments)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the host starts");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).expect("the host prints a line");
        let url = line
            .strip_prefix("listening on ")
            .unwrap_or_else(|| panic!("the host did not start: {line:?}"))
            .trim()
            .to_owned();
        Self { child, url }
    }

    /// Starts a host on a SQLite file.
    pub fn on_file(file: &Path) -> Self {
        Self::start(&["--data", file.to_str().unwrap()])
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
}

impl Client {
    pub fn new(socket: Socket) -> Self {
        let (mut sink, mut stream) = socket.split();
        let (frames, mut outgoing) = mpsc::unbounded_channel();
        let waiting: Waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        tokio::spawn(async move {
            while let Some(frame) = outgoing.recv().await {
                if sink.send(frame).await.is_err() {
                    break;
                }
            }
        });
        let answered = Arc::clone(&waiting);
        tokio::spawn(async move {
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
        }
    }

    /// Sends a request; resolves with the reply, or none when the connection ends before it.
    pub fn call(
        &self,
        operation: &str,
        params: Value,
    ) -> impl Future<Output = Option<Value>> + use<> {
        let id = self
            .next
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            .to_string();
        let frame =
            json!({ "type": format!("eventLog.{operation}"), "requestId": id, "params": params });
        let (answer, pending) = oneshot::channel();
        if let Some(waiting) = self.waiting.lock().unwrap().as_mut() {
            waiting.insert(id, answer);
        }
        let _ = self.frames.send(Message::text(frame.to_string()));
        async move { pending.await.ok() }
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
