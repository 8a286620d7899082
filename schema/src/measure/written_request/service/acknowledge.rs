//! Receipt is acknowledged, by letter or by our own e-mail.

use chrono::NaiveDate;
use diesel_async::AsyncConnection;

use super::{enqueue_acknowledgement, lock, record, refused};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::error::Result;
use crate::measure::written_request::model::WrittenRequest;
use crate::measure::written_request::{rules, store};

/// What an agent says about an acknowledgement of receipt.
#[derive(Debug, Clone, Copy)]
pub struct Acknowledgement {
    /// Row number of the request.
    pub id: i64,
    /// Day on which it left; today when absent.
    pub on: Option<NaiveDate>,
    /// Whether to send it by e-mail now.
    pub send_email: bool,
}

/// Writes down that a request was acknowledged, and sends the e-mail when asked to.
///
/// # Errors
/// Refusals about its days, its state and the sender's address; `NOT_FOUND` for another's request.
pub async fn acknowledge(
    app: &App,
    caller: &Caller,
    input: Acknowledgement,
) -> Result<WrittenRequest> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let request = lock(conn, caller, input.id).await?;
        let on = rules::acknowledge(&request, input.on, input.send_email, today)
            .map_err(|faults| refused(&faults))?;
        let request = store::acknowledge(conn, request.id, on, now).await?;
        record(conn, now, caller, "written_request.acknowledge", &request).await?;
        if input.send_email {
            enqueue_acknowledgement(conn, now, caller, request.id).await?;
        }
        Ok(request)
    })
    .await
}
