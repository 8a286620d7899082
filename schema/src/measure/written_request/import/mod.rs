//! Importing a register, so that a team leaves its spreadsheet: check everything, then write at once.

mod cells;
mod lines;
mod plan;

use diesel_async::AsyncConnection;

use super::store;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::audit;
use crate::foundation::database::Conn;
use crate::foundation::error::{Code, Error, Refusal, Result};
use crate::foundation::policy::Action;
use crate::reference::structure;
use plan::Plan;

/// Columns that a file must have.
pub const REQUIRED: [&str; 5] = ["reference", "medium", "subject", "sender_name", "received_on"];
/// Columns that a file may have. The last three are what our own export computes: they are read over.
pub const OPTIONAL: [&str; 9] = [
    "structure",
    "sender_email",
    "sender_address",
    "acknowledged_on",
    "answered_on",
    "answer_nature",
    "due_on",
    "state",
    "delay_days",
];
/// Rows of one INSERT: 16 columns each, below the 65,535 parameters of a statement.
const CHUNK: usize = 1000;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Lines read, without the header.
    pub read: usize,
    /// Requests added.
    pub created: usize,
    /// Requests whose line differs from what was known.
    pub updated: usize,
    /// Requests whose line says what was known.
    pub unchanged: usize,
}

/// Imports a register into a structure and, where a line names one, the structures below it. Nothing is
/// written unless every line is right. A request with a known reference is updated; an empty optional
/// cell keeps what is known, so that an old file never takes an answer back.
///
/// `progress` hears (rows written, rows to write).
///
/// # Errors
/// Every wrong line as a refusal; [`Error::NotFound`] for a structure that the caller does not keep.
pub async fn import(
    app: &App,
    caller: &Caller,
    structure: &str,
    bytes: &[u8],
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<ImportReport> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut conn = app.pool.get().await?;
    let root = structure::service::resolve(&mut conn, structure).await?;
    caller.actor.authorise(Action::KeepWrittenRequests, &root.path)?;
    let bytes = bytes.to_vec();
    // A hundred thousand lines are a second of pure work: not on a thread that serves requests.
    let lines = tokio::task::spawn_blocking(move || lines::read(&bytes, today))
        .await
        .map_err(anyhow::Error::from)?
        .map_err(Error::Refused)?;
    conn.transaction(async |conn| {
        let read = lines.right.len();
        let plan = plan::make(conn, &root, lines, now, today).await?;
        let report = ImportReport {
            read,
            created: plan.new.len(),
            updated: plan.changed.len(),
            unchanged: read - plan.new.len() - plan.changed.len(),
        };
        write(conn, &plan, progress).await?;
        if report.unchanged < read {
            let subject = format!("structure:{}", root.id);
            let action = "written_requests.import";
            audit::record(conn, now, caller, action, &subject, Some(root.id)).await?;
        }
        Ok(report)
    })
    .await
}

async fn write(
    conn: &mut Conn,
    plan: &Plan,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<()> {
    let total = plan.new.len() + plan.changed.len();
    let mut done = 0;
    for chunk in plan.new.chunks(CHUNK) {
        if store::create(conn, chunk).await? < chunk.len() {
            return Err(Refusal::at(
                Code::DuplicateReference,
                "Le registre a changé pendant l'import, et rien n'a été écrit : relancez-le.",
                &["csv"],
            )
            .into());
        }
        done += chunk.len();
        progress(done, total);
    }
    for chunk in plan.changed.chunks(CHUNK) {
        store::overwrite(conn, chunk).await?;
        done += chunk.len();
        progress(done, total);
    }
    Ok(())
}
