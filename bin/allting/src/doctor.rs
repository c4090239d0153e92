//! `allting doctor`: is all well, and what does this configuration make of the server.

use crate::command::ServerArgs;
use crate::compose::Composition;
use crate::operate::checks;
use crate::operate::report::{self as checklist, Verdict};
use crate::report::{self, Built};
use crate::start::surroundings;
use anyhow::ensure;
use clap::Args;
use config::Config;
use httpkit::{App, Role, RouteLine, Tls};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;

/// Options of `allting doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// One JSON document instead of text.
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Also every route, and what it asks of its caller.
    #[arg(long)]
    routes: bool,
    /// The table of hosts as the documentation has it.
    #[arg(long)]
    markdown: bool,
}

/// The table of `docs/wire/hosts.md`: where each role answers, on its own hosts and on the one origin of a sandbox.
pub fn hosts_table(routes: &[RouteLine]) -> String {
    let roles: BTreeSet<Role> = routes.iter().map(|route| route.role).collect();
    let code = |hosts: Vec<String>| match hosts.as_slice() {
        [] => "–".to_owned(),
        hosts => hosts.iter().map(|host| format!("`{host}`")).collect::<Vec<_>>().join(", "),
    };
    let mut table = vec![
        "| role | hosts, environment `tt02` | hosts, environment `prod` | on the shared origin |".to_owned(),
        "|---|---|---|---|".to_owned(),
    ];
    for role in roles {
        let place = match role.prefix() {
            Some("") => "at its real path".to_owned(),
            Some(prefix) => format!("under `{prefix}`"),
            None => format!("only under `/_host/{}`", role.label()),
        };
        let (test, production) = (code(role.real_hosts("tt02")), code(role.real_hosts("prod")));
        table.push(format!("| {} | {test} | {production} | {place} |", role.label()));
    }
    table.join("\n") + "\n"
}

/// Looks at everything, and writes what it found to standard output. Fails when a check did.
pub async fn run(args: DoctorArgs) -> anyhow::Result<()> {
    let config = args.server.load()?;
    let checks = if args.markdown { vec![] } else { checks::all(&config).await };
    let mut out = std::io::stdout().lock();
    if !args.json {
        checklist::print(&checks, &mut out)?;
    }
    let (app, report) = composed(config).await?;
    if args.markdown {
        write!(out, "{}", hosts_table(app.routes()))?;
    } else if args.json {
        let hosts: Vec<_> =
            app.hosts().into_iter().map(|(host, role)| json!({"host": host, "role": role})).collect();
        let routes: Vec<_> = app
            .routes()
            .iter()
            .map(|r| json!({"role": r.role.label(), "method": r.method.as_str(), "path": r.path, "access": format!("{:?}", r.access)}))
            .collect();
        let verdict = checklist::worst(&checks);
        let all = json!({
            "verdict": verdict, "checks": checks, "report": report, "hosts": hosts, "routes": routes,
        });
        writeln!(out, "{all}")?;
    } else {
        writeln!(out, "\nReport")?;
        report::print(&report, &mut out)?;
        writeln!(out, "\nHosts")?;
        for (host, role) in app.hosts() {
            writeln!(out, "  {host:56} {role}")?;
        }
        if args.routes {
            writeln!(out, "\nRoutes")?;
            for route in app.routes() {
                let (role, method) = (route.role.label(), route.method.as_str());
                writeln!(out, "  {role:16} {method:6} {:80} {:?}", route.path, route.access)?;
            }
        }
    }
    ensure!(checklist::worst(&checks) < Verdict::Fail, "not all is well");
    Ok(())
}

/// The application of this configuration, on a database of its own: a look must not touch the server's.
async fn composed(mut config: Config) -> anyhow::Result<(App, Value)> {
    let scratch = std::env::temp_dir().join(format!("allting-doctor-{}", std::process::id()));
    config.storage.data.clone_from(&scratch);
    config.storage.database = String::new();
    std::fs::create_dir_all(&scratch)?;
    let url = config.public_url();
    let surroundings = surroundings(config, &url).await?;
    let (app, _) = Composition::new(&surroundings).finish(&surroundings.ctx, &url)?;
    let built = Built::new(&surroundings.ctx.config, app.routes(), Tls::load(&surroundings.ctx.config)?);
    let mut report = report::report(&surroundings.ctx, &built).await;
    // The database of the look is not the server's, which the checks tell of.
    report.as_object_mut().and_then(|members| members.remove("database"));
    surroundings.ctx.db.close().await?;
    std::fs::remove_dir_all(&scratch)?;
    Ok((app, report))
}
