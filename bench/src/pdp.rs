//! Decisions: over HTTP with everything looked up, and the evaluation alone.

use crate::child::{Scratch, Server};
use crate::country::{Customer, RESOURCE, agency_token, customers};
use crate::http::{Connection, request};
use crate::load::{Operation, Pace, drive};
use crate::report::Report;
use population::personas::CONDOMINIUM;
use serde_json::{Value, json};
use std::fmt::Write;
use std::hint::black_box;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use xacml::{ACTION, ACTION_ID, Attribute, CompiledPolicy, Decision, Request, SUBJECT};

const INTERNAL: &str = "/authorization/api/v1/decision";
const EXTERNAL: &str = "/authorization/api/v1/authorize";

pub async fn run(time: Duration) -> Result<(), String> {
    let mut report = Report::begin("pdp").await?;
    for rules in [5, 500] {
        evaluation(&mut report, rules, time)?;
    }
    let scratch = Scratch::new("pdp")?;
    let (customers, file) = customers(&scratch)?;
    let server = Server::allting(&scratch.path().join("data"), &[file]).await?;
    let address = server.address;
    let token = agency_token(&server, "altinn:authorization/authorize").await?;
    let director = population::personas().first().ok_or("no personas")?;
    let of_person = question("urn:altinn:person:identifier-no", director.pid, CONDOMINIUM);
    let of_system_user = |customer: &Customer| {
        let question =
            question("urn:altinn:systemuser:uuid", &customer.system_user.to_string(), &customer.org_no);
        ask(address, INTERNAL, None, &question)
    };
    for (name, questions) in [
        ("authorize, person by role", vec![ask(address, EXTERNAL, Some(&token), &of_person)]),
        ("decision, system user by right", customers.iter().map(of_system_user).collect()),
    ] {
        permits(address, &questions).await?;
        let mut best: f64 = 0.0;
        for connections in [1, 16] {
            let asks = asks(address, &questions, connections).await?;
            let figure = drive(name, &server, Some(&scratch), asks, Pace::Closed, time).await;
            report.add(&figure);
            best = best.max(figure.rate());
        }
        let asks = asks(address, &questions, 32).await?;
        let pace = Pace::Offered(best * 0.7);
        report.add(&drive(format!("{name}, offered 70 %"), &server, Some(&scratch), asks, pace, time).await);
    }
    server.stop().await?;
    report.finish()
}

struct Ask {
    connection: Connection,
    questions: Vec<Vec<u8>>,
    next: usize,
}

impl Operation for Ask {
    async fn turn(&mut self) -> Result<bool, String> {
        self.next = (self.next + 1) % self.questions.len();
        self.connection.send(&self.questions[self.next]).await?.expect(200).map(|_| true)
    }
}

async fn asks(address: SocketAddr, questions: &[Vec<u8>], connections: usize) -> Result<Vec<Ask>, String> {
    let mut asks = Vec::new();
    for at in 0..connections {
        asks.push(Ask {
            connection: Connection::open(address).await?,
            questions: questions.to_vec(),
            next: at * 7 % questions.len(),
        });
    }
    Ok(asks)
}

fn ask(address: SocketAddr, path: &str, token: Option<&str>, question: &Value) -> Vec<u8> {
    let mut headers = vec!["content-type: application/json".to_owned()];
    headers.extend(token.map(|token| format!("authorization: Bearer {token}")));
    request("POST", address, path, &headers, question.to_string().as_bytes())
}

fn question(subject: &str, who: &str, org_no: &str) -> Value {
    let attribute = |id: &str, value: &str| json!({"AttributeId": id, "Value": value});
    json!({"Request": {
        "AccessSubject": [{"Attribute": [attribute(subject, who)]}],
        "Action": [{"Attribute": [attribute(ACTION_ID, "write")]}],
        "Resource": [{"Attribute": [attribute("urn:altinn:resource", RESOURCE),
            attribute("urn:altinn:organization:identifier-no", org_no)]}],
    }})
}

/// A rate of refusals would be worth nothing.
async fn permits(address: SocketAddr, questions: &[Vec<u8>]) -> Result<(), String> {
    let mut connection = Connection::open(address).await?;
    for question in questions {
        let answer = connection.send(question).await?.json(200)?;
        if answer["response"][0]["decision"] != "Permit" {
            return Err(format!("the PDP says {answer}"));
        }
    }
    Ok(())
}

/// The evaluation alone: the last rule decides.
fn evaluation(report: &mut Report, rules: usize, time: Duration) -> Result<(), String> {
    let policy = CompiledPolicy::new(xacml::read_policy(&policy(rules)).map_err(|e| e.to_string())?);
    let mut asked = Request::default();
    asked.add(SUBJECT, Attribute::string("urn:altinn:rolecode", format!("role-{}", rules - 1)));
    asked.add(xacml::RESOURCE, Attribute::string("urn:altinn:resource", "bench"));
    asked.add(ACTION, Attribute::string(ACTION_ID, "write"));
    let now = kernel::Clock::now(&kernel::SystemClock);
    if policy.evaluate(&asked, now).decision != Decision::Permit {
        return Err(format!("{rules} rules do not permit"));
    }
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < time {
        let start = Instant::now();
        black_box(policy.evaluate(black_box(&asked), now));
        times.push(start.elapsed().as_nanos() as u64);
    }
    let begun = Instant::now();
    let mut done = 0_u32;
    while begun.elapsed() < time {
        for _ in 0..100 {
            black_box(policy.evaluate(black_box(&asked), now));
        }
        done += 100;
    }
    times.sort_unstable();
    let at =
        |share: usize| times.get(times.len() * share / 1000).map_or(f64::NAN, |nanos| *nanos as f64 / 1000.0);
    report.fact(
        &format!("evaluation, {rules} rules, one core"),
        f64::from(done) / begun.elapsed().as_secs_f64(),
        "/s",
    );
    report.fact(&format!("evaluation, {rules} rules, p50"), at(500), "us");
    report.fact(&format!("evaluation, {rules} rules, p99"), at(990), "us");
    Ok(())
}

fn policy(rules: usize) -> String {
    let mut text = format!(
        "<xacml:Policy xmlns:xacml=\"{}\" PolicyId=\"bench\" Version=\"1.0\" \
         RuleCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides\"><xacml:Target/>",
        xacml::NAMESPACE
    );
    for rule in 0..rules {
        let subject = format!("role-{rule}");
        let matches = [
            (SUBJECT, "urn:altinn:rolecode", subject.as_str()),
            (xacml::RESOURCE, "urn:altinn:resource", "bench"),
            (ACTION, ACTION_ID, "write"),
        ];
        // Writing to a text does not fail.
        let _ = write!(text, "<xacml:Rule RuleId=\"{rule}\" Effect=\"Permit\"><xacml:Target>");
        for (category, id, value) in matches {
            let _ = write!(
                text,
                "<xacml:AnyOf><xacml:AllOf><xacml:Match MatchId=\"urn:oasis:names:tc:xacml:1.0:function:string-equal\">\
                 <xacml:AttributeValue DataType=\"http://www.w3.org/2001/XMLSchema#string\">{value}</xacml:AttributeValue>\
                 <xacml:AttributeDesignator AttributeId=\"{id}\" Category=\"{category}\" \
                 DataType=\"http://www.w3.org/2001/XMLSchema#string\" MustBePresent=\"false\"/></xacml:Match>\
                 </xacml:AllOf></xacml:AnyOf>"
            );
        }
        text.push_str("</xacml:Target></xacml:Rule>");
    }
    text.push_str("</xacml:Policy>");
    text
}
