//! Reading and verifying the trail.

use super::chain::Walk;
use super::model::{AuditEntry, AuditFilter, Fault, Noted, Verification};
use super::store;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::{Action, Scope};

/// Entries read at once.
const BATCH: i64 = 5_000;

/// One page of the trail in a scope of [`Action::ReadAuditTrail`], latest first.
///
/// # Errors
/// A cursor that cannot be read; `Forbidden` for another scope.
pub async fn list(
    app: &App,
    scope: &Scope,
    filter: &AuditFilter,
    page: &Page,
) -> Result<Slice<AuditEntry>> {
    let scope = scope.of(Action::ReadAuditTrail)?;
    let mut conn = app.pool.get().await?;
    store::list(&mut conn, scope, filter, page).await
}

/// Recomputes the whole chain and compares, also with heads that were noted, telling how far it is:
/// `progress(done, total)`.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn verify(
    conn: &mut Conn,
    noted: &[Noted],
    progress: &mut (dyn FnMut(i64, i64) + Send),
) -> anyhow::Result<Verification> {
    // One state of the trail, whatever is written meanwhile.
    let walk = async |conn: &mut Conn| {
        let head = store::head(conn).await?;
        let mut walk = Walk::new(noted);
        let walked = walk_all(conn, &mut walk, head.position, progress).await?;
        let unchained = store::unchained(conn).await?;
        let fault = walked.and_then(|()| walk.end(&head)).err();
        let slipped_in = (unchained > 0).then_some(Fault::Unchained(unchained));
        Ok(Verification {
            entries: walk.position,
            head: hex::encode(&head.hash),
            fault: fault.or(slipped_in),
        })
    };
    conn.build_transaction().repeatable_read().read_only().run(walk).await
}

async fn walk_all(
    conn: &mut Conn,
    walk: &mut Walk<'_>,
    total: i64,
    progress: &mut (dyn FnMut(i64, i64) + Send),
) -> diesel::QueryResult<std::result::Result<(), Fault>> {
    loop {
        let entries = store::after(conn, walk.position, BATCH).await?;
        if entries.is_empty() {
            return Ok(Ok(()));
        }
        for entry in &entries {
            if let Err(fault) = walk.step(entry) {
                return Ok(Err(fault));
            }
        }
        progress(walk.position, total);
    }
}
