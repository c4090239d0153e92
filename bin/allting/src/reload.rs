//! Takes up changed key and certificate files while the server runs.

use httpkit::{Keys, Tls};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::Signal;
use tokio::sync::watch;

/// Time between two looks at the files.
const LOOK: Duration = Duration::from_secs(2);

/// Looks every few seconds, and at once when `hangup` comes, until `stopped`.
pub async fn watch(
    keys: Arc<Keys>,
    tls: Option<Tls>,
    mut hangup: Signal,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            // An error means that the sender is gone, which is a stop as well.
            _ = stopped.wait_for(|stop| *stop) => return,
            _ = hangup.recv() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
        let (keys, tls) = (keys.clone(), tls.clone());
        let look = tokio::task::spawn_blocking(move || {
            keys.refresh();
            if let Some(tls) = tls {
                tls.refresh();
            }
        });
        if let Err(error) = look.await {
            tracing::error!(%error, "looking at key files failed");
        }
    }
}
