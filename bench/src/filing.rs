//! The main job: a delivery posted, synced and standing as a dialog; then how fast the back office answers.

use crate::child::{Scratch, Server};
use crate::country::{Customer, REPORTING, customers, tokens};
use crate::http::{Connection, request};
use crate::load::{Operation, Pace, drive};
use crate::report::Report;
use kernel::{Ids, RandomIds};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

const SERVICE: &str = "/_host/innrapporteringboligsameie/v1";
const YEAR: u16 = 2023;
/// How long the back office is watched.
const PATIENCE: Duration = Duration::from_mins(1);

pub async fn run(time: Duration) -> Result<(), String> {
    let mut report = Report::begin("filing").await?;
    let scratch = Scratch::new("filing")?;
    let (customers, file) = customers(&scratch)?;
    let server = Server::allting(&scratch.path().join("data"), &[file]).await?;
    let clients = Rc::new(Clients {
        filing: tokens(&server, REPORTING, &customers).await?,
        reading: tokens(&server, "digdir:dialogporten", &customers).await?,
        customers,
    });
    let address = server.address;
    let mut best: f64 = 0.0;
    let mut posted = 0;
    for (name, connections, reads) in [
        ("delivery posted", 1, false),
        ("delivery posted", 8, false),
        ("delivery posted", 64, false),
        ("delivery posted, dialog read", 8, true),
    ] {
        let figure = drive(
            name,
            &server,
            Some(&scratch),
            file_all(address, &clients, connections, reads).await?,
            Pace::Closed,
            time,
        )
        .await;
        report.add(&figure);
        best = best.max(figure.rate());
        posted += figure.times.len();
        drained(address, posted).await?;
    }
    let pace = Pace::Offered(best * 0.5);
    let figure = drive(
        "delivery posted, offered 50 %",
        &server,
        Some(&scratch),
        file_all(address, &clients, 64, false).await?,
        pace,
        time,
    )
    .await;
    report.add(&figure);
    posted += figure.times.len();
    drained(address, posted).await?;
    let figure = drive(
        "backlog",
        &server,
        Some(&scratch),
        file_all(address, &clients, 64, false).await?,
        Pace::Closed,
        time,
    )
    .await;
    posted += figure.times.len();
    let (before, begun, cpu) = (feedback(address).await?, Instant::now(), server.cpu_seconds());
    drained(address, posted).await?;
    let left = posted.saturating_sub(before) as f64;
    report.fact(
        "feedback under load",
        (figure.times.len() as f64 - left) / figure.elapsed.as_secs_f64(),
        "/s",
    );
    report.fact("feedback backlog", left, "");
    report.fact("feedback drain", left / begun.elapsed().as_secs_f64(), "/s");
    report.fact("feedback processor time", (server.cpu_seconds() - cpu) / left.max(1.0) * 1000.0, "ms each");
    report.fact("deliveries in all", posted as f64, "");
    report.fact("disk", scratch.bytes() as f64 / 1_048_576.0, "MiB");
    report.fact("memory at most", server.rss_mib().1, "MiB");
    server.stop().await?;
    report.finish()
}

struct Clients {
    customers: Vec<Customer>,
    filing: Vec<String>,
    reading: Vec<String>,
}

struct File {
    connection: Connection,
    address: SocketAddr,
    clients: Rc<Clients>,
    next: usize,
    step: usize,
    reads: bool,
}

async fn file_all(
    address: SocketAddr,
    clients: &Rc<Clients>,
    connections: usize,
    reads: bool,
) -> Result<Vec<File>, String> {
    let mut all = Vec::new();
    for at in 0..connections {
        let connection = Connection::open(address).await?;
        all.push(File { connection, address, clients: clients.clone(), next: at, step: connections, reads });
    }
    Ok(all)
}

impl Operation for File {
    async fn turn(&mut self) -> Result<bool, String> {
        let at = self.next % self.clients.customers.len();
        // With a year of its own for each round a dialog would stay small; real customers correct the same year.
        self.next += self.step;
        let body = delivery(&self.clients.customers[at].org_no).to_string();
        let headers = [
            "content-type: application/json".to_owned(),
            "accept: application/json".to_owned(),
            format!("idempotencyKey: {}", RandomIds.uuid()),
            format!("authorization: Bearer {}", self.clients.filing[at]),
        ];
        let path = format!("{SERVICE}/{YEAR}");
        let post = request("POST", self.address, &path, &headers, body.as_bytes());
        let receipt = self.connection.send(&post).await?.json(200)?;
        if self.reads {
            let id = |name: &str| receipt[name].as_str().unwrap_or_default().to_owned();
            let path = format!(
                "/dialogporten/api/v1/enduser/dialogs/{}/transmissions/{}",
                id("dialogId"),
                id("forsendelseId")
            );
            let headers = [format!("authorization: Bearer {}", self.clients.reading[at])];
            let get = request("GET", self.address, &path, &headers, &[]);
            self.connection.send(&get).await?.expect(200)?;
        }
        Ok(true)
    }
}

/// Deliveries that the back office has answered, as the server counts them.
async fn feedback(address: SocketAddr) -> Result<usize, String> {
    let ask = request("GET", address, "/metrics", &[], &[]);
    let text = Connection::open(address).await?.send(&ask).await?.expect(200)?;
    let text = String::from_utf8(text).map_err(|e| e.to_string())?;
    let done = |line: &&str| {
        line.starts_with("jobs_total{")
            && line.contains("skatteetaten.feedback")
            && line.contains("outcome=\"done\"")
    };
    let line = text.lines().find(done);
    Ok(line.and_then(|line| line.rsplit(' ').next()).and_then(|count| count.parse().ok()).unwrap_or(0))
}

async fn drained(address: SocketAddr, posted: usize) -> Result<(), String> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if feedback(address).await? >= posted {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err(format!("{} of {posted} deliveries were answered within {PATIENCE:?}", feedback(address).await?))
}

fn delivery(org_no: &str) -> Value {
    json!({"leveranse": {
        "kildesystem": "Allting bench",
        "leveransetype": "ordinaer",
        "inntektsaar": YEAR,
        "oppgavegiversLeveranseReferanse": "L",
        "oppgavegiver": {
            "organisasjonsnummer": org_no,
            "kontaktinformasjon": {
                "navn": "Styret i sameiet",
                "telefonnummer": "00000000",
                "varselEpostadresse": "styret@sameiet.example",
                "varselSmsMobilnummer": "40000000",
            },
        },
        "oppgave": [{
            "oppgaveeier": {"organisasjonsnummer": population::personas::PROPERTY_COMPANY, "navn": "Eieren AS"},
            "eiertid": {"start": "0101", "slutt": "3112"},
            "matrikkelnummer": {"kommunenummer": "1554", "gaardsnummer": 91, "bruksnummer": 227, "seksjonsnummer": 11},
            "andelSkattepliktigeInntekter": 1766, "andelFradragsberettigedeKostnader": 1766,
            "andelFormue": 9336, "andelGjeld": 21761,
        }],
        "sletteoppgave": [],
        "oppgaveoppsummering": {
            "antallOppgaver": 1,
            "sumAndelSkattepliktigeInntekter": 1766,
            "sumAndelFradragsberettigedeKostnader": 1766,
            "sumAndelFormue": 9336,
            "sumAndelGjeld": 21761,
        },
    }})
}
