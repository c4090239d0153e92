//! Traces for a collector, where this binary was built with them.

use config::Config;

/// Sends what is traced from now on to the collector of the configuration, if it names one.
#[cfg(feature = "otlp")]
pub fn start(config: &Config) -> anyhow::Result<()> {
    use anyhow::Context;
    let endpoint = &config.operations.otlp_endpoint;
    if endpoint.is_empty() {
        return Ok(());
    }
    telemetry::otlp::start(endpoint, &config.environment, env!("CARGO_PKG_VERSION"))
        .context("cannot send traces to operations.otlp_endpoint")
}

/// Refuses to leave out what was asked for.
#[cfg(not(feature = "otlp"))]
pub fn start(config: &Config) -> anyhow::Result<()> {
    anyhow::ensure!(
        config.operations.otlp_endpoint.is_empty(),
        "operations.otlp_endpoint is set, but this allting was built without traces: build it with --features otlp, \
         or leave the setting empty"
    );
    Ok(())
}

/// Sends what is left, for some seconds at most.
#[cfg(feature = "otlp")]
pub use telemetry::otlp::flush;

/// There is nothing to send.
#[cfg(not(feature = "otlp"))]
pub fn flush() -> impl Future<Output = ()> {
    std::future::ready(())
}
