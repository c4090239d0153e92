//! A network that misbehaves between us and the bucket: a proxy that spoils what it is told to spoil.

use super::bucket::{ID, SECRET, Server, server};
use super::*;
use std::collections::VecDeque;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// 503 as S3 says it.
    SlowDown,
    /// 500.
    Internal,
    /// No answer, ever.
    Hang,
    /// The connection is closed instead of an answer.
    Closed,
    /// The last bytes of the answer are missing.
    Truncated,
    /// A byte of the answer's body is another.
    Flipped,
    /// The answer's ETag is another.
    Etag,
    /// The answer says that other bytes were received.
    Checksum,
}

#[derive(Clone, Default)]
struct Proxy {
    faults: Arc<Mutex<VecDeque<Fault>>>,
    requests: Arc<Mutex<u32>>,
}

impl Proxy {
    /// A proxy in front of `server`, and its port.
    async fn start(server: &Server) -> (Self, u16) {
        let proxy = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (ours, behind) = (proxy.clone(), server.port);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let proxy = ours.clone();
                // A client that gives up closes its end, which is no matter here.
                tokio::spawn(async move { drop(proxy.serve(client, behind).await) });
            }
        });
        (proxy, port)
    }

    fn then(&self, faults: &[Fault]) {
        self.faults.lock().unwrap().extend(faults);
        *self.requests.lock().unwrap() = 0;
    }

    /// How many requests came since the faults were told; all faults have been used.
    fn requests(&self) -> u32 {
        assert_eq!(*self.faults.lock().unwrap(), []);
        *self.requests.lock().unwrap()
    }

    async fn serve(&self, mut client: TcpStream, behind: u16) -> std::io::Result<()> {
        let request = read_request(&mut client).await?;
        *self.requests.lock().unwrap() += 1;
        let fault = self.faults.lock().unwrap().pop_front();
        let canned = |status: &str, code: &str| {
            let body = format!("<Error><Code>{code}</Code><Message>later</Message></Error>");
            format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
        };
        let mut answer = match fault {
            Some(Fault::SlowDown) => canned("503 Slow Down", "SlowDown").into_bytes(),
            Some(Fault::Internal) => canned("500 Internal Server Error", "InternalError").into_bytes(),
            Some(Fault::Closed) => return Ok(()),
            Some(Fault::Hang) => {
                // Until the client has had enough.
                return client.read_to_end(&mut vec![]).await.map(drop);
            }
            _ => {
                let mut server = TcpStream::connect(("127.0.0.1", behind)).await?;
                server.write_all(&request).await?;
                let mut answer = vec![];
                server.read_to_end(&mut answer).await?;
                answer
            }
        };
        match fault {
            Some(Fault::Truncated) => answer.truncate(answer.len() - 9),
            Some(Fault::Flipped) => *answer.last_mut().unwrap() ^= 1,
            Some(Fault::Etag) => answer = header(&answer, "etag", "\"00000000000000000000000000000000\""),
            Some(Fault::Checksum) => {
                answer = header(&answer, "x-amz-checksum-sha256", "bm90IHdoYXQgd2FzIHNlbnQ=");
            }
            _ => {}
        }
        client.write_all(&answer).await?;
        client.shutdown().await
    }
}

/// A whole request, which asks for the connection to be closed.
async fn read_request(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut request = vec![];
    loop {
        if let Some(end) = find(&request) {
            let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .map_or(0, |length| length.trim().parse().unwrap());
            if request.len() >= end + 4 + length {
                return Ok(header(&request, "connection", "close"));
            }
        }
        if client.read_buf(&mut request).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn find(message: &[u8]) -> Option<usize> {
    message.windows(4).position(|window| window == b"\r\n\r\n")
}

/// The message with this header instead of any other of its name.
fn header(message: &[u8], name: &str, value: &str) -> Vec<u8> {
    let end = find(message).unwrap();
    let head = String::from_utf8_lossy(&message[..end]).into_owned();
    let prefix = format!("{name}:");
    let lines = head.split("\r\n").filter(|line| !line.to_lowercase().starts_with(&prefix));
    let head: String = lines.flat_map(|line| [line, "\r\n"]).collect();
    [format!("{head}{prefix} {value}\r\n\r\n").as_bytes(), &message[end + 4..]].concat()
}

testkit::db_suite! { [migrations()];
    async fn what_may_pass_is_tried_again_and_the_rest_is_told(db: Db) {
        let Some(server) = server().await else { return };
        let (proxy, port) = Proxy::start(&server).await;
        let place: Arc<dyn Place> = Arc::new(server.client(port, ID, SECRET, Duration::from_millis(500)));
        let ours = blobs(&db, &place);
        let (large, content) = (key(1), bytes(INLINE + 100));

        for faults in [
            &[][..],
            &[Fault::SlowDown, Fault::Internal],
            &[Fault::Hang],
            &[Fault::Closed],
            &[Fault::Checksum],
        ] {
            proxy.then(faults);
            keep(&ours, &large, content.clone()).await;
            assert_eq!(proxy.requests() as usize, faults.len() + 1, "{faults:?}");
        }
        // Not every store's ETag is a digest of the content: what lies there is judged by our own.
        proxy.then(&[Fault::Etag]);
        keep(&ours, &large, content.clone()).await;
        assert_eq!(proxy.requests(), 1);
        for faults in [&[Fault::SlowDown][..], &[Fault::Truncated], &[Fault::Hang], &[Fault::Etag]] {
            proxy.then(faults);
            assert_eq!(ours.get(&large).await.unwrap().unwrap(), content, "{faults:?}");
        }
        proxy.then(&[Fault::SlowDown, Fault::Truncated]);
        assert_eq!(ours.clean(Duration::ZERO).await.unwrap().removed, 5, "listing and removal go on as well");

        proxy.then(&[Fault::Flipped]);
        assert!(matches!(ours.get(&large).await.unwrap_err(), Error::Corrupt { .. }));
        proxy.then(&[Fault::Truncated; 4]);
        assert!(matches!(ours.get(&large).await.unwrap_err(), Error::Store { .. }));
        assert_eq!(proxy.requests(), 4, "four tries and no more");
        proxy.then(&[Fault::SlowDown; 4]);
        let refused = ours.stage(&key(2), content.clone()).await.unwrap_err().to_string();
        assert!(refused.contains("SlowDown") && refused.contains(&key(2).to_string()), "{refused}");
        assert_eq!(proxy.requests(), 4);
        assert_eq!(ours.verify().await.unwrap().whole, 1);

        for (id, secret, code) in
            [(ID, "another secret", "SignatureDoesNotMatch"), ("STRANGER", SECRET, "InvalidAccessKeyId")]
        {
            let stranger = server.client(port, id, secret, Duration::from_secs(5));
            let theirs = Blobs { place: Arc::new(stranger), ..ours.clone() };
            proxy.then(&[]);
            let refused = [
                theirs.get(&large).await.map(drop),
                theirs.stage(&key(2), content.clone()).await.map(drop),
                theirs.clean(Duration::ZERO).await.map(drop),
            ];
            for refused in refused {
                let text = refused.unwrap_err().to_string();
                assert!(text.contains("403") && text.contains(code), "{text}");
                assert!(!text.contains(secret));
            }
            assert_eq!(proxy.requests(), 3, "a refusal is not tried again");
        }
    }
}
