//! People are put on the list, and invited.

mod check;
mod send;

use diesel_async::AsyncConnection;

pub(super) use self::send::call;
use super::{lock, record};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::error::Result;
use crate::foundation::text::required;
use crate::prioritise::committee::model::{Committee, ParticipantRole};
use crate::prioritise::committee::rules::TEXT_LENGTH;
use crate::prioritise::committee::store;

/// Where somebody comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonSource {
    /// An elected official of the territory, by row number.
    Official(i64),
    /// A candidate of the pool, by row number.
    Candidate(i64),
    /// Somebody described here.
    Described {
        /// Name.
        name: String,
        /// Where the invitation goes.
        email: String,
    },
    /// Nothing that leads to one person.
    Unclear,
}

/// Somebody to put on the list.
#[derive(Debug, Clone)]
pub struct Person {
    /// What they do in the committee.
    pub role: ParticipantRole,
    /// Who they are.
    pub source: PersonSource,
    /// Whether they wait in reserve.
    pub reserve: bool,
    /// Whether an official is invited although another committee of the period does.
    pub knowingly: bool,
}

/// People to put on a list, and whether the invitations leave.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Row number of the committee.
    pub id: i64,
    /// Who comes on the list.
    pub people: Vec<Person>,
    /// Whether everybody on the list who was not invited yet is invited now.
    pub send: bool,
    /// Why a composition outside the rule goes on all the same.
    pub override_reason: Option<String>,
}

crate::text_enum! {
    /// What the organiser should know; nothing was refused for it.
    #[graphql(name = "CommitteeWarningCode")]
    WarningCode {
        /// More participants than recommended.
        AboveRecommended = "ABOVE_RECOMMENDED",
        /// No elected official yet: requests for confirmation will wait for one.
        NoElectedOfficial = "NO_ELECTED_OFFICIAL",
        /// Was invited for another theme, and those of one theme are normally not those of another.
        OtherTheme = "OTHER_THEME",
        /// Is solicited for another committee of the period too.
        AlreadySolicited = "ALREADY_SOLICITED",
    }
}

/// Something the organiser should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What it is.
    pub code: WarningCode,
    /// The sentence, in French.
    pub message: String,
}

/// Puts people on the list of a committee and, when asked to, invites everybody on it who was not invited
/// yet. The rule of composition is checked when invitations leave (DOMAIN C3).
///
/// # Errors
/// Refusals about people, prerequisites and composition; `NOT_FOUND` for another's committee.
pub async fn invite(
    app: &App,
    caller: &Caller,
    input: Invitation,
) -> Result<(Committee, Vec<Warning>)> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let mut committee = lock(conn, caller, input.id, now).await?;
        if let Some(reason) = input.override_reason.as_deref() {
            let reason = required(reason, TEXT_LENGTH, true, &["overrideReason"])?;
            committee = store::note(conn, committee.id, None, None, Some(&reason), now).await?;
        }
        let listed = store::people(conn, &[committee.id]).await?;
        let (rows, mut warnings) =
            check::check(conn, app, caller, &committee, &listed, &input.people).await?;
        let mut people = listed;
        people.extend(store::add(conn, &rows).await?);
        if input.send {
            warnings.extend(send::composed(&committee, &people)?);
            send::send(conn, now, &committee, &people, &caller.request_id).await?;
        }
        record(conn, now, caller, "committee.invite", &committee).await?;
        Ok((committee, warnings))
    })
    .await
}
