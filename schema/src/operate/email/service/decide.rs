//! What an operator decides about a message that may or may not have left.

use diesel_async::AsyncConnection;

use super::super::model::{Email, MailDecision, MailStatus};
use super::super::store::{self, Change};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::audit;
use crate::foundation::error::{Code, Error, Refusal, Result};
use crate::foundation::policy::Action;
use crate::operate::job;

/// Settles an uncertain message: its job sends it again, or it counts as sent and its job is put away.
///
/// # Errors
/// `MAIL_STATE` when it is not uncertain, or its job is forgotten and cannot send it; `Unauthenticated`,
/// `Forbidden`, [`Error::NotFound`].
pub async fn decide(
    app: &App,
    caller: &Caller,
    id: Option<i64>,
    decision: MailDecision,
) -> Result<Email> {
    caller.actor.scope(Action::OperateJobs)?;
    let id = id.ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let row = store::by_ids(conn, &[id]).await?.pop().ok_or(Error::NotFound)?;
        let (to, reason, action) = match decision {
            MailDecision::SendAgain => {
                (MailStatus::Prepared, "Un exploitant a demandé un nouvel envoi.", "mail.send-again")
            }
            MailDecision::Arrived => (
                MailStatus::Sent,
                "Un exploitant l'a trouvé sur le serveur de messagerie.",
                "mail.arrived",
            ),
        };
        let sent_at = row.sending_at.filter(|_| to == MailStatus::Sent);
        let change = Change { sent_at, ..Change::to(to, Some(reason), now) };
        let changed = store::change(conn, id, &[MailStatus::Uncertain], change).await?;
        let changed = changed.ok_or_else(|| refusal(&format!(
            "Ce message est dans l'état {} : seul un message UNCERTAIN se décide.", row.status
        )))?;
        let job = row.job_id;
        match decision {
            MailDecision::SendAgain => {
                let forgotten = || refusal("La tâche qui portait ce message est oubliée : il ne peut plus être renvoyé.");
                job::service::again(conn, now, caller, job.ok_or_else(forgotten)?).await?;
                // What it tells is to be told again.
                store::set_told(conn, id, false).await?;
            }
            MailDecision::Arrived => {
                if let Some(job) = job {
                    job::service::put_away(conn, now, caller, job).await?;
                }
            }
        }
        audit::record(conn, now, caller, action, &format!("mail:{id}"), None).await?;
        Ok(changed)
    })
    .await
}

fn refusal(message: &str) -> Error {
    Refusal::at(Code::MailState, message, &["id"]).into()
}
