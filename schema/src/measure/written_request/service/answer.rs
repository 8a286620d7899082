//! The final answer leaves.

use chrono::NaiveDate;
use diesel_async::AsyncConnection;

use super::{lock, record, refused};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::error::Result;
use crate::measure::written_request::model::{AnswerNature, WrittenRequest};
use crate::measure::written_request::{rules, store};

/// What an agent says about a final answer.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// Row number of the request.
    pub id: i64,
    /// Day on which it left.
    pub on: NaiveDate,
    /// Its nature.
    pub nature: AnswerNature,
}

/// Writes down the final answer: the clock stops, and no reminder speaks of the request any more.
///
/// # Errors
/// Refusals about its day, or that it was answered before; `NOT_FOUND` for another's request.
pub async fn answer(app: &App, caller: &Caller, input: Answer) -> Result<WrittenRequest> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let request = lock(conn, caller, input.id).await?;
        rules::answer(&request, input.on, today).map_err(|faults| refused(&faults))?;
        let request = store::answer(conn, request.id, input.on, input.nature, now).await?;
        record(conn, now, caller, "written_request.answer", &request).await?;
        Ok(request)
    })
    .await
}
