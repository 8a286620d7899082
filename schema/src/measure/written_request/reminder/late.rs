//! A request that is registered near or past its limit: its managers hear of it without waiting for the
//! next sweep, which would come too late for the alert and another day late for the reminder.

use serde_json::json;

use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::measure::written_request::model::WrittenRequest;
use crate::measure::written_request::rules::Ladder;
use crate::measure::written_request::store;
use crate::operate::job::{self, JobKind, NewJob};

/// Leaves, inside the caller's transaction, a digest for each manager of a request that has just come in
/// and has reached a stage already. It gathers as alerts about testimonies do: a pile of old letters makes
/// one message. What it tells, the daily digest does not tell again.
///
/// # Errors
/// Internal only.
pub async fn registered(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    request: &WrittenRequest,
) -> Result<()> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let ladder = Ladder::of(&app.settings);
    if ladder.stage(today, request.due_on).is_none() {
        return Ok(());
    }
    let escalated_until = ladder.escalated_until(today);
    for account in store::recipients_of(conn, request.id, escalated_until).await? {
        let payload = json!({ "account": account, "day": today, "registered": request.id });
        let job = NewJob::new(JobKind::DigestWrittenRequests, payload)
            .debounced(
                format!("written-request-registered:{account}"),
                now + app.settings.alert_quiet,
                app.settings.alert_cap,
            )
            .request(&caller.request_id);
        job::enqueue(conn, now, job).await?;
    }
    Ok(())
}
