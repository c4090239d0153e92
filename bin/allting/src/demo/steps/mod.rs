//! The steps, by who acts. Each proves itself by a second, independent read.

mod customer;
mod filing;
mod revocation;
mod vendor;

pub use filing::{Filed, deliver, filed};
pub use vendor::decision;

use super::http::Http;
use super::{Customer, Listener, Proof, Report, Vendor};
use kernel::{Ids, RandomIds};
use population::personas::{CONDOMINIUM, SKD_CLIENT, VENDOR_CLIENT};

/// What the steps share.
pub struct Scene {
    /// A client without cookies.
    pub http: Http,
    /// The managing director's browser.
    pub browser: Http,
    /// The vendor's program.
    pub vendor: Vendor,
    /// Skatteetaten as a client.
    pub agency: Vendor,
    /// For whom the vendor files.
    pub customer: Customer,
    /// The vendor's webhook.
    pub listener: Listener,
    /// Makes names of this run unique, so that the demo can run again on the same database.
    pub run: String,
}

/// Seconds that the server may take for what it does afterwards. Where several nodes run and one dies, another takes its jobs
/// over when the shortest lease has ended, after 15.
pub const PATIENCE: u64 = 45;

/// Scope of the reporting service.
pub const REPORTING: &str = "skatteetaten:innrapporteringboligsameie";
/// Registry id of the reporting service.
pub const RESOURCE: &str = "ske-innrapportering-boligsameie";

impl Scene {
    /// A new customer name and a listener of its own, for the sandbox at `url`.
    pub async fn at(url: &str) -> anyhow::Result<Self> {
        let run = RandomIds.uuid().simple().to_string()[..8].to_owned();
        Ok(Self {
            http: Http::new(url)?,
            browser: Http::new(url)?,
            vendor: Vendor::new(VENDOR_CLIENT)?,
            agency: Vendor::new(SKD_CLIENT)?,
            customer: Customer { org_no: CONDOMINIUM, reference: format!("kunde-{run}") },
            listener: Listener::start().await?,
            run,
        })
    }

    /// The first steps: a vendor whose system user the customer has approved. Answers its id.
    pub async fn customer_approves(&self, report: &mut Report) -> anyhow::Result<String> {
        let system = vendor::registers_system(self, report).await?;
        let request = vendor::asks_for_system_user(self, report, &system).await?;
        vendor::is_refused_before_approval(self, report).await?;
        customer::logs_in(self, report, &request).await?;
        customer::approves(self, report, &request).await?;
        vendor::gets_token(self, report).await
    }
}

/// The main job from the first step to the last.
pub async fn run(url: &str, report: &mut Report) -> anyhow::Result<()> {
    let scene = Scene::at(url).await?;
    ready(&scene, report).await?;
    let user = scene.customer_approves(report).await?;
    vendor::is_permitted(&scene, report, &user, "Permit").await?;
    vendor::subscribes(&scene, report).await?;
    let good = filing::accepted(&scene, report).await?;
    filing::read_as_dialog(&scene, report, &good).await?;
    filing::told_by_event(&scene, report, &good).await?;
    filing::answered(&scene, report, &good).await?;
    filing::rejected(&scene, report).await?;
    filing::mailed(&scene, report).await?;
    filing::seen_by_service_owner(&scene, report, &good).await?;
    let new = customer::sees_unread(&scene, report).await?;
    customer::opens(&scene, report, &new).await?;
    customer::reads_log(&scene, report, &new).await?;
    revocation::revoked(&scene, report, &user).await
}

async fn ready(scene: &Scene, report: &mut Report) -> anyhow::Result<()> {
    let work = async {
        let health = scene.http.get("/health/ready", None).await?.expect(200)?;
        let unit = format!("/enhetsregisteret/api/enheter/{}", scene.customer.org_no);
        let unit = scene.http.get(&unit, None).await?.expect(200)?;
        let id = unit.json()?["navn"].as_str().unwrap_or_default().to_owned();
        anyhow::ensure!(health.json()?["status"] == "ready");
        Ok(((), Proof { id, url: unit.url.to_string() }))
    };
    report.step("the server is ready with a synthetic country", work).await
}
