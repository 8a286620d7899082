//! Reading live events for one listener: in order, without gaps, within its rights.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::model::{EventKind, LiveEvent, Testimony, TestimonyFilter};
use super::{events, service};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::error::{Error, Result};
use crate::foundation::policy::Action;
use crate::reference::structure;

/// Events read at once; a listener far behind catches up in several steps.
const STEP: i64 = 100;

/// How far a listener has heard.
#[derive(Debug, Clone, Copy)]
pub struct Position(i64);

impl Position {
    /// Starts after a cursor, or at the present.
    ///
    /// # Errors
    /// [`Error::BadInput`] when the cursor is not one of ours.
    pub async fn start(app: &App, after: Option<&str>) -> Result<Self> {
        match after {
            Some(cursor) => Self::parse(cursor).ok_or_else(|| {
                Error::BadInput(
                    "Curseur illisible : reprenez celui du dernier événement reçu.".into(),
                )
            }),
            None => Ok(Self(events::latest(&mut *app.pool.get().await?).await?)),
        }
    }

    /// The cursor of an event.
    pub fn cursor(number: i64) -> String {
        URL_SAFE_NO_PAD.encode(format!("event:{number}"))
    }

    fn parse(cursor: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        text.strip_prefix("event:")?.parse().ok().filter(|number| *number >= 0).map(Self)
    }
}

/// What a listener is told in one step.
#[derive(Debug)]
pub struct Told {
    /// Events kept by the filter and the rights, in order.
    pub events: Vec<(LiveEvent, Testimony)>,
    /// Whether nothing more waits.
    pub caught_up: bool,
}

/// Reads the next events for a listener and moves its position past them.
///
/// # Errors
/// Internal only; the position then stays.
pub async fn next(
    app: &App,
    caller: &Caller,
    kind: EventKind,
    filter: &TestimonyFilter,
    position: &mut Position,
) -> Result<Told> {
    let found = events::after(&mut *app.pool.get().await?, kind, position.0, STEP).await?;
    let caught_up = i64::try_from(found.len()).unwrap_or(STEP) < STEP;
    let Some(last) = found.last().map(|event| event.number) else {
        return Ok(Told { events: vec![], caught_up });
    };
    let ids: Vec<i64> = found.iter().map(|event| event.testimony_id).collect();
    let mut rows: HashMap<i64, Testimony> = service::told(app, caller, kind, filter, &ids)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    position.0 = last;
    let events = found
        .into_iter()
        .filter_map(|event| rows.remove(&event.testimony_id).map(|row| (event, row)))
        .collect();
    Ok(Told { events, caught_up })
}

/// Checks that the caller may hear what comes in about a structure.
///
/// # Errors
/// [`Error::NotFound`] outside the caller's subtrees, [`Error::Forbidden`] without any.
pub async fn authorise(app: &App, caller: &Caller, structure_id: i64) -> Result<()> {
    let found = structure::service::find(&mut *app.pool.get().await?, structure_id).await?;
    let about = found.ok_or(Error::NotFound)?;
    caller.actor.authorise(Action::ReadHiddenTestimonies, &about.path)
}
