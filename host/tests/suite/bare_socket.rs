//! WebSockets without a library around them, for what no library sends.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::host_process::HostProcess;

/// A socket of which the test writes and reads the very bytes.
pub async fn bare_socket(host: &HostProcess) -> TcpStream {
    upgraded(TcpStream::connect(host.address()).await.unwrap()).await
}

/// As [`bare_socket`]; the system takes only so many bytes that the test has not read.
pub async fn narrow_socket(host: &HostProcess, bytes: u32) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(bytes).unwrap();
    let address = host.address().parse().unwrap();
    upgraded(socket.connect(address).await.unwrap()).await
}

async fn upgraded(mut stream: TcpStream) -> TcpStream {
    let upgrade = "GET /codebolt HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(upgrade.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
    stream
}

/// The header of a client's frame, with a mask that changes nothing.
pub fn header(first: u8, length: usize) -> Vec<u8> {
    let mut header = vec![first, 0xff];
    header.extend((length as u64).to_be_bytes());
    header.extend([0; 4]);
    header
}

/// A client's frame with up to 125 bytes, with a mask that changes nothing.
pub fn small_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    assert!(payload.len() <= 125);
    let mut frame = vec![first, 0x80 | payload.len() as u8, 0, 0, 0, 0];
    frame.extend(payload);
    frame
}

/// The host's next frame: its first byte and its payload. None at the end of the connection.
pub async fn read_frame(stream: &mut (impl AsyncRead + Unpin)) -> Option<(u8, Vec<u8>)> {
    let first = stream.read_u8().await.ok()?;
    let length = match stream.read_u8().await.ok()? {
        126 => u64::from(stream.read_u16().await.ok()?),
        127 => stream.read_u64().await.ok()?,
        short => u64::from(short),
    };
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload).await.ok()?;
    Some((first, payload))
}
