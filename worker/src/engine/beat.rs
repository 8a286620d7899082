//! Renews every lease of this process and takes back those that nobody renews. On its own thread with
//! its own runtime: a job that blocks the others must not look dead.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use schema::foundation::database::Conn;
use schema::operate::job::rules::{BEAT, LEASE};
use schema::operate::job::service;

use super::{Engine, Key, PATIENCE, locked};

/// Beats that must reach the database in a row before anything is taken back: after an outage, owners
/// renew first.
const TRUSTED: u32 = 2;

pub(super) fn start(engine: Arc<Engine>) -> anyhow::Result<std::thread::JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(std::thread::Builder::new()
        .name("lease-beat".into())
        .spawn(move || runtime.block_on(run(&engine)))?)
}

async fn run(engine: &Engine) {
    while let Some(mut conn) = engine.connect("beat", &engine.finished).await {
        let mut good = 0;
        loop {
            let started = Instant::now();
            // After a pause of the whole machine every lease has run out, and whoever wakes first must not take the others'.
            if locked(&engine.last_beat).is_some_and(|last| last.elapsed() >= LEASE) {
                good = 0;
            }
            match tokio::time::timeout(PATIENCE, beat(engine, &mut conn, good >= TRUSTED)).await {
                Ok(Ok(())) => {
                    good += 1;
                    *locked(&engine.last_beat) = Some(Instant::now());
                }
                Ok(Err(error)) => {
                    tracing::warn!("a beat failed: {error}");
                    break;
                }
                Err(_) => {
                    tracing::warn!("a beat took too long");
                    break;
                }
            }
            let rest = BEAT.saturating_sub(started.elapsed());
            tokio::select! {
                () = engine.finished.cancelled() => return,
                () = tokio::time::sleep(rest) => {}
            }
        }
        tokio::select! {
            () = engine.finished.cancelled() => return,
            () = tokio::time::sleep(BEAT / 3) => {}
        }
    }
}

async fn beat(engine: &Engine, conn: &mut Conn, may_reap: bool) -> diesel::QueryResult<()> {
    let keys: Vec<Key> = locked(&engine.held).keys().copied().collect();
    let kept: HashSet<Key> = service::beat(conn, &keys).await?.into_iter().collect();
    drop_lost(engine, &keys, &kept);
    if may_reap {
        for (job, state) in service::reap(conn, engine.clock.now()).await? {
            tracing::warn!(job, state, "took back a job whose worker fell silent");
            engine.metrics.takeovers.inc();
        }
    }
    Ok(())
}

/// Stops the runs whose lease was not renewed.
fn drop_lost(engine: &Engine, keys: &[Key], kept: &HashSet<Key>) {
    let mut held = locked(&engine.held);
    for key in keys.iter().filter(|key| !kept.contains(*key)) {
        // An answered one is only on its way out: its answer was written between our two looks.
        if held.get(key).is_some_and(|held| !held.answered)
            && let Some(lost) = held.remove(key)
        {
            tracing::warn!(job = key.0, lease = key.1, "lease lost: taken over or cancelled");
            lost.lost.cancel();
        }
    }
}
