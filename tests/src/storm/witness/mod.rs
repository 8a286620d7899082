//! What happened, told by the database itself: triggers write down every step of every job and message while programs
//! come and go, so that nothing depends on looking at the right moment.

mod jobs;
mod log;
mod mails;
mod takeovers;
mod triggers;
mod verdict;

use diesel::QueryResult;
use schema::foundation::database::Conn;

pub use self::log::{Log, Silence, Why};
pub use self::triggers::install;
pub use self::verdict::Verdict;

/// Reads what the database wrote down, and holds it against what was done.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn judge(conn: &mut Conn, log: &Log) -> QueryResult<Verdict> {
    log::tell(conn, log).await?;
    let jobs = jobs::counted(conn).await?;
    let steps = jobs::steps(conn).await?;
    let taken = takeovers::timed(conn).await?;
    let mails = mails::counted(conn).await?;
    let enqueued = i64::try_from(log.jobs).unwrap_or(i64::MAX);
    Ok(Verdict {
        jobs: enqueued,
        lost: enqueued - jobs.known + jobs.open,
        unexpected: jobs.unexpected,
        set_aside: jobs.set_aside,
        unexplained: jobs.unexplained,
        twice: steps.twice,
        late: steps.late,
        takeovers: taken.smooth,
        takeover_p50: taken.p50,
        takeover_p100: taken.p100,
        disturbed: taken.disturbed,
        disturbed_p100: taken.disturbed_p100,
        from_living: taken.from_living,
        unheard: taken.unheard,
        messages: mails.messages,
        sent: mails.sent,
        refused: mails.refused,
        uncertain: mails.uncertain,
        copies_in_window: mails.again - mails.outside,
        copies_outside: mails.outside,
        astray: mails.astray,
        untold: mails.untold,
        unnumbered: steps.unnumbered,
    })
}
