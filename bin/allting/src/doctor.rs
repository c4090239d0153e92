//! `allting doctor`: what this configuration makes of the server, without starting it.

use crate::command::ServerArgs;
use crate::compose::Composition;
use crate::report::{self, Built};
use crate::start::surroundings;
use clap::Args;
use httpkit::{Role, RouteLine, Tls};
use serde_json::json;
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

/// Writes hosts and routes to standard output.
pub async fn run(args: DoctorArgs) -> anyhow::Result<()> {
    let mut config = args.server.load()?;
    // A look must not touch the server's own database.
    let scratch = std::env::temp_dir().join(format!("allting-doctor-{}", std::process::id()));
    config.storage.data.clone_from(&scratch);
    config.storage.database = String::new();
    std::fs::create_dir_all(&scratch)?;
    let url = config.public_url();
    let surroundings = surroundings(config, &url).await?;
    let (app, _) = Composition::new(&surroundings).finish(&surroundings.ctx, &url)?;
    let built = Built::new(&surroundings.ctx.config, app.routes(), Tls::load(&surroundings.ctx.config)?);
    let mut report = report::report(&surroundings.ctx, &built).await;
    // The database of the look is not the server's, which `allting serve` tells of.
    report.as_object_mut().and_then(|members| members.remove("database"));
    surroundings.ctx.db.close().await?;
    std::fs::remove_dir_all(&scratch)?;
    let mut out = std::io::stdout().lock();
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
        writeln!(out, "{}", json!({"report": report, "hosts": hosts, "routes": routes}))?;
    } else {
        writeln!(out, "Report")?;
        report::print(&report, &mut out)?;
        writeln!(out, "Hosts")?;
        for (host, role) in app.hosts() {
            writeln!(out, "  {host:56} {role}")?;
        }
        writeln!(out, "Routes")?;
        for route in app.routes() {
            writeln!(
                out,
                "  {:16} {:6} {:80} {:?}",
                route.role.label(),
                route.method.as_str(),
                route.path,
                route.access
            )?;
        }
    }
    Ok(())
}
