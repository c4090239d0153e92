//! Builds every block with the ports it needs, and gathers what they contribute.

use crate::faults::{self, Board};
use crate::sandbox::ConsoleClock;
use crate::snapshots::SandboxSnapshots;
use crate::{BusinessClock, health, report, sandbox, snapshots, unbuilt};
use httpkit::{App, AppError, Ctx, Module};
use ports::accessmanagement::AccessManagement;
use ports::authentication::{Sessions, SystemUserApprovals, SystemUsers};
use ports::authorization::Pdp;
use ports::dialogporten::{Dialogs, Inbox};
use ports::events::Events;
use ports::faults::Faults;
use ports::notifications::Notifications;
use ports::population::{PopulationSink, RegisterSink};
use ports::register::Register;
use ports::resourceregistry::ResourceRegistry;
use ports::snapshots::Snapshots;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// What the binary itself holds on to, beside the blocks' context.
#[derive(Clone)]
pub struct Surroundings {
    /// The blocks' context.
    pub ctx: Ctx,
    /// The movable clock behind `ctx.clock`.
    pub clock: Arc<BusinessClock>,
    /// Metrics, where this process collects them.
    pub metrics: Option<telemetry::Metrics>,
    /// Faults that the sandbox was asked for.
    pub faults: Arc<Board>,
    /// The tables of all blocks, once they are put together.
    pub migrations: Arc<OnceLock<Vec<db::MigrationSet>>>,
    /// Set when a stop has been announced.
    pub leaving: Arc<AtomicBool>,
    /// What the start-up report knows when the server has been put together.
    pub built: report::Slot,
}

/// All blocks, put together.
pub struct Composition {
    /// Every block's contribution.
    pub modules: Vec<Module>,
    /// Loads and exports population files.
    pub population: population::Population,
    /// The decision point, whose log is written out before a stop.
    pub decisions: Arc<authorization::Pdp>,
    sessions: Arc<dyn Sessions>,
    registry: Arc<resourceregistry::ResourceRegistry>,
    idporten: idporten::Idporten,
    faults: Arc<dyn Faults>,
}

impl Composition {
    /// Builds the blocks in the order of their dependencies.
    pub fn new(surroundings: &Surroundings) -> Self {
        let ctx = &surroundings.ctx;
        let registers = Arc::new(register::Register::new(ctx));
        let register: Arc<dyn Register> = registers.clone();
        let registry = resourceregistry::ResourceRegistry::new(ctx);
        let resources: Arc<dyn ResourceRegistry> = registry.clone();
        let clients = Arc::new(maskinporten::Clients::new(ctx));
        let system_users: Arc<dyn SystemUsers> = Arc::new(authentication::SystemUsers::new(ctx));
        let delegations = accessmanagement::AccessManagement::new(
            ctx,
            register.clone(),
            resources.clone(),
            system_users.clone(),
        );
        let access: Arc<dyn AccessManagement> = delegations.clone();
        let decisions = authorization::Pdp::new(
            ctx,
            register.clone(),
            resources.clone(),
            access.clone(),
            system_users.clone(),
        );
        let pdp: Arc<dyn Pdp> = decisions.clone();
        let idporten = idporten::Idporten::new(ctx, register.clone());
        let mockporten = idporten::Mockporten::new(ctx);
        let authentication = authentication::Deps {
            register: register.clone(),
            resources: resources.clone(),
            access: access.clone(),
            pdp: pdp.clone(),
            upstreams: vec![Arc::new(idporten.clone()), Arc::new(mockporten.clone())],
        };
        let approvals: Arc<dyn SystemUserApprovals> =
            Arc::new(authentication::Approvals::new(ctx, &authentication));
        let events: Arc<dyn Events> = Arc::new(events::Events::new(ctx));
        let notifications: Arc<dyn Notifications> = Arc::new(notifications::Notifications::new(ctx));
        let dialogporten = dialogporten::Dialogporten::new(
            ctx.clone(),
            register.clone(),
            pdp.clone(),
            access.clone(),
            resources.clone(),
            events,
        );
        let dialogs: Arc<dyn Dialogs> = Arc::new(dialogporten.clone());
        let inbox: Arc<dyn Inbox> = Arc::new(dialogporten.clone());
        let sinks: Vec<Arc<dyn PopulationSink>> = vec![
            registry.clone(),
            clients,
            Arc::new(idporten.clone()),
            delegations.clone(),
            Arc::new(authentication::SystemUserPopulation::new(ctx, &authentication)),
        ];
        let faults: Arc<dyn Faults> = surroundings.faults.clone();
        let kept: Arc<dyn Snapshots> = Arc::new(SandboxSnapshots::new(surroundings));
        let own = Module {
            name: "allting",
            routes: health::routes(surroundings)
                .into_iter()
                .chain(sandbox::routes(surroundings))
                .chain(faults::routes(faults.clone()))
                .chain(report::routes(surroundings))
                .chain(snapshots::routes(kept.clone()))
                .chain(unbuilt::routes())
                .collect(),
            jobs: vec![],
            schedules: crate::blobs::schedules(ctx),
            migrations: notifyio::migrations(),
            statements: [jobs::STATEMENTS, blob::STATEMENTS].into_iter().chain(audit::statements()).collect(),
        };
        let of_faults = Module {
            name: "faults",
            routes: vec![],
            jobs: vec![],
            schedules: vec![],
            migrations: db::migrations!("faults", ["0001_faults"]),
            statements: vec![faults::store::STATEMENTS],
        };
        let modules = vec![
            own,
            of_faults,
            register::module(ctx, access.clone()),
            resourceregistry::module(registry.clone(), register.clone()),
            maskinporten::module(ctx, system_users.clone()),
            idporten::module(&idporten, &mockporten),
            authentication::module(ctx, &authentication),
            accessmanagement::module(delegations, pdp.clone()),
            authorization::module(ctx, decisions.clone()),
            events::module(ctx, &events::Deps { register: register.clone(), pdp: pdp.clone() }),
            notifications::module(ctx, register.clone()),
            dialogporten::module(&dialogporten),
            skatteetaten::module(
                ctx,
                &skatteetaten::Deps {
                    register: register.clone(),
                    pdp: pdp.clone(),
                    system_users: system_users.clone(),
                    dialogs,
                    notifications,
                },
            ),
            population::module(register.clone()),
            operations::module(
                ctx,
                operations::Deps {
                    register: register.clone(),
                    decisions: decisions.clone(),
                    frame: portal::frame(ctx, faults.clone()),
                },
                env!("CARGO_PKG_VERSION"),
            ),
            portal::module(
                ctx,
                portal::Deps {
                    register,
                    resources,
                    access,
                    pdp,
                    approvals,
                    system_users,
                    inbox,
                    faults: faults.clone(),
                    snapshots: kept,
                    clock: Arc::new(ConsoleClock { clock: surroundings.clock.clone(), db: ctx.db.clone() }),
                    personas: personas(),
                },
            ),
        ];
        let composed = Self {
            modules,
            decisions,
            population: population::Population::new(ctx, registers as Arc<dyn RegisterSink>, sinks),
            sessions: Arc::new(authentication::PortalSessions::new(ctx)),
            registry,
            idporten,
            faults,
        };
        // A second composition in one process has the same tables.
        let _ = surroundings.migrations.set(composed.migrations());
        composed
    }

    /// Tables of all blocks, those of the infrastructure first.
    pub fn migrations(&self) -> Vec<db::MigrationSet> {
        [audit::migrations(), jobs::migrations(), blob::migrations()]
            .into_iter()
            .chain(self.modules.iter().map(|module| module.migrations))
            .collect()
    }

    /// What the platform itself needs to find in its database: built-in resources with policies, and its own login client.
    pub async fn seed_platform(&self) -> anyhow::Result<()> {
        beside_others(async || self.registry.seed().await).await?;
        self.idporten.seed().await?;
        Ok(())
    }

    /// The server and the runner of its jobs.
    pub fn finish(self, ctx: &Ctx, public_url: &str) -> Result<(App, jobs::Runner), AppError> {
        let (mut routes, mut handlers, mut schedules) = (vec![], vec![], vec![]);
        for module in self.modules {
            routes.extend(module.routes);
            handlers.extend(module.jobs);
            schedules.extend(module.schedules);
        }
        let runner =
            jobs::Runner::new(ctx.db.clone(), ctx.outbox.clone(), ctx.ids.uuid(), handlers, schedules)
                .with_lease(Duration::from_secs(ctx.config.jobs.lease_seconds));
        let app = App::new(ctx.clone(), public_url, routes, self.sessions)?;
        let app = if ctx.config.is_sandbox() { app.with_faults(self.faults) } else { app };
        Ok((app, runner))
    }
}

/// The people of the sandbox's start page.
fn personas() -> Vec<portal::Persona> {
    let persona = |persona: &population::Persona| portal::Persona {
        key: persona.key,
        name: persona.name(),
        about: persona.about,
        pid: persona.pid,
        organisations: persona.organisations,
    };
    population::personas().iter().map(persona).collect()
}

/// Fills a new database, once more when another node was faster with the same rows: then they are there.
pub(crate) async fn beside_others<T, E: db::MaybeRetry>(
    fill: impl AsyncFn() -> Result<T, E>,
) -> Result<T, E> {
    match fill().await {
        Err(error) if matches!(error.db_error(), Some(db::Error::Unique(_))) => fill().await,
        done => done,
    }
}
