//! A client that costs the machine little: requests are bytes made beforehand, one connection asks one thing at a time.

use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Largest answer that is read.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// One kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, read whole.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// A request as it goes over the wire. `headers` are whole lines without their ends.
pub fn request(method: &str, address: SocketAddr, path: &str, headers: &[String], body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n", body.len())
            .into_bytes();
    for line in headers {
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(address).await.map_err(|e| format!("{address}: {e}"))?;
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    pub async fn send(&mut self, request: &[u8]) -> Result<Answer, String> {
        self.stream.write_all(request).await.map_err(|e| format!("send: {e}"))?;
        self.buffer.clear();
        let (head, status, length) = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = std::str::from_utf8(&self.buffer[..end]).map_err(|e| e.to_string())?;
                let (status, length) = read_head(head)?;
                break (end + 4, status, length);
            }
            self.more().await?;
        };
        while self.buffer.len() < head + length {
            self.more().await?;
        }
        Ok(Answer { status, body: self.buffer[head..head + length].to_vec() })
    }

    async fn more(&mut self) -> Result<(), String> {
        if self.buffer.len() > MAX_ANSWER {
            return Err("the answer is too large".into());
        }
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err("the server closed the connection".into()),
            Ok(_) => Ok(()),
            Err(e) => Err(format!("receive: {e}")),
        }
    }
}

fn read_head(head: &str) -> Result<(u16, usize), String> {
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let status: u16 = status.ok_or("no status line")?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok());
    match length {
        Some(length) => Ok((status, length)),
        None if matches!(status, 204 | 304) => Ok((status, 0)),
        None => Err(format!("status {status} without content-length")),
    }
}

impl Answer {
    /// The body, if the status is this one.
    pub fn expect(self, status: u16) -> Result<Vec<u8>, String> {
        if self.status == status {
            return Ok(self.body);
        }
        let text: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        Err(format!("status {}, not {status}: {text}", self.status))
    }

    /// The body as JSON, if the status is this one.
    pub fn json(self, status: u16) -> Result<serde_json::Value, String> {
        serde_json::from_slice(&self.expect(status)?).map_err(|e| e.to_string())
    }
}
