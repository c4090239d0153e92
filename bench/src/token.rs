//! Maskinporten tokens beside what the machine's RSA can do at most.

use crate::child::{Scratch, Server};
use crate::country::{Customer, REPORTING, customers, token_requests};
use crate::http::Connection;
use crate::load::{Figure, Operation, Pace, drive};
use crate::report::Report;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use population::personas::VENDOR_CLIENT;
use std::cell::RefCell;
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Most grants signed for one window; they live two minutes at most.
const GRANTS: usize = 12_000;

pub async fn run(time: Duration) -> Result<(), String> {
    let mut report = Report::begin("token").await?;
    let limit = rsa_limits(&mut report)?;
    openssl(&mut report);
    let scratch = Scratch::new("token")?;
    let (customers, file) = customers(&scratch)?;
    let server = Server::allting(&scratch.path().join("data"), &[file]).await?;
    window(&server, &scratch, "warm-up", &[], 4, Pace::Closed, Duration::from_millis(500)).await?;
    let mut best: f64 = 0.0;
    for connections in [1, 8, 16] {
        let figure = window(&server, &scratch, "token", &[], connections, Pace::Closed, time).await?;
        report.add(&figure);
        best = best.max(figure.rate());
    }
    let pace = Pace::Offered(best * 0.7);
    report.add(&window(&server, &scratch, "token, offered 70 %", &[], 64, pace, time).await?);
    let figure =
        window(&server, &scratch, "token with system user", &customers, 16, Pace::Closed, time).await?;
    report.add(&figure);
    report.fact("best rate / RSA limit of all cores", best / limit, "");
    server.stop().await?;
    report.finish()
}

/// Signatures a second of all cores; a token takes one, and one verification of the grant.
fn rsa_limits(report: &mut Report) -> Result<f64, String> {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|e| e.to_string())?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let message = [7_u8; 600];
    let random = SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &random, &message, &mut signature).map_err(|e| e.to_string())?;
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
    let sign = || {
        let mut out = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &random, &message, &mut out).is_ok()
    };
    let both = || public.verify(&message, &signature).is_ok() && sign();
    let one = rate(1, &sign);
    let all = rate(cores, &sign);
    report.fact("RSA 2048 sign, one core", one, "/s");
    report.fact("RSA 2048 sign, all cores", all, "/s");
    report.fact("RSA 2048 verify and sign, all cores", rate(cores, &both), "/s");
    Ok(all)
}

fn rate(threads: usize, work: &(impl Fn() -> bool + Sync)) -> f64 {
    let begun = Instant::now();
    let done: usize = std::thread::scope(|all| {
        let count = || {
            let mut done = 0;
            while begun.elapsed() < Duration::from_secs(1) {
                done += usize::from(work());
            }
            done
        };
        let running: Vec<_> = (0..threads).map(|_| all.spawn(count)).collect();
        running.into_iter().filter_map(|one| one.join().ok()).sum()
    });
    done as f64 / begun.elapsed().as_secs_f64()
}

/// What the machine's own OpenSSL says, where there is one.
fn openssl(report: &mut Report) {
    let out = Command::new("openssl").args(["speed", "-seconds", "1", "rsa2048"]).output();
    let text = out.map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
    let line = text.lines().rfind(|line| line.starts_with("rsa 2048") || line.starts_with("rsa  2048"));
    if let Some(signs) = line.and_then(|line| line.split_whitespace().nth(5)?.parse().ok()) {
        report.fact("openssl speed rsa2048, one core", signs, "signs/s");
    }
}

type Grants = Rc<RefCell<Vec<Vec<u8>>>>;

struct Ask {
    connection: Connection,
    grants: Grants,
}

impl Operation for Ask {
    async fn turn(&mut self) -> Result<bool, String> {
        let grant = self.grants.borrow_mut().pop();
        let Some(grant) = grant else { return Ok(false) };
        self.connection.send(&grant).await?.expect(200).map(|_| true)
    }
}

async fn window(
    server: &Server,
    scratch: &Scratch,
    name: &str,
    customers: &[Customer],
    connections: usize,
    pace: Pace,
    time: Duration,
) -> Result<Figure, String> {
    let grants = Rc::new(RefCell::new(token_requests(server, VENDOR_CLIENT, REPORTING, customers, GRANTS)?));
    let mut operations = Vec::new();
    for _ in 0..connections {
        operations.push(Ask { connection: Connection::open(server.address).await?, grants: grants.clone() });
    }
    Ok(drive(name, server, Some(scratch), operations, pace, time).await)
}
