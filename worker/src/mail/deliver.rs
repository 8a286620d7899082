//! The one path of every message.

use std::time::Duration;

use chrono::{DateTime, Utc};
use schema::foundation::calendar;
use schema::foundation::error::Result as Answer;
use schema::operate::email::model::{Email, HandOver, MailStatus, Mention, Prepared};
use schema::operate::email::{Letter, rules, service};
use schema::operate::job::model::Claimed;
use schema::operate::job::rules::next_delay;

use super::{Failure, message};
use crate::crash::{self, Point};
use crate::jobs::{Ctx, JobError, without_addresses};

/// Pause before the next try at writing down that a message was taken.
const INSIST: Duration = Duration::from_millis(200);

/// Sends the letter that `write` gives, if any, once.
///
/// `write` is asked anew at every run, so a message tells what is true when it leaves. It must look at
/// the ledger (`told`), because what an interrupted run may have told is settled before it is asked.
pub(crate) async fn deliver(
    ctx: &Ctx,
    job: &Claimed,
    write: impl AsyncFnOnce() -> Answer<Option<Letter>>,
) -> Result<(), JobError> {
    let (pool, clock) = (&ctx.app.pool, &ctx.app.clock);
    let uncertain = service::settle_interrupted(&mut *pool.get().await?, clock.now(), job).await?;
    let Some(uncertain) = uncertain else { return Err(superseded()) };
    if let Some(row) = uncertain.first() {
        ctx.mailer.0.metrics.mailed(row.kind, "uncertain");
        return Err(uncertain_message(row.id));
    }
    let Some(letter) = write().await? else {
        service::close_abandoned(&mut *pool.get().await?, clock.now(), job, None).await?;
        return Ok(());
    };
    let Some(row) = take_row(ctx, job, &letter).await? else { return Ok(()) };
    if let Some(opening) = quiet_until(ctx, &letter) {
        let reason = format!("Attend les heures ouvrées : {}.", french_instant(opening));
        service::note(&mut *pool.get().await?, clock.now(), row.id, &reason).await?;
        return Err(JobError::Later(opening));
    }
    hand_over(ctx, job, &letter, &row).await
}

/// The ledger's row for the letter; `None` when there is nothing to send any more.
async fn take_row(ctx: &Ctx, job: &Claimed, letter: &Letter) -> Result<Option<Email>, JobError> {
    let (now, settings) = (ctx.app.clock.now(), &ctx.app.settings);
    let mut conn = ctx.app.pool.get().await?;
    let prepared = service::prepare(&mut conn, now, settings, job, letter).await?;
    let kept = if let Prepared::Send(row) = &prepared { Some(row.id) } else { None };
    service::close_abandoned(&mut conn, now, job, kept).await?;
    drop(conn);
    match prepared {
        Prepared::Send(row) => Ok(Some(row)),
        Prepared::Settled(MailStatus::Uncertain, id) => Err(uncertain_message(id)),
        Prepared::Settled(..) => Ok(None),
        Prepared::Busy => {
            // Another job is handing the same message over: look again when it has ended.
            tokio::time::sleep(Duration::from_secs(1)).await;
            Err(JobError::Later(now))
        }
        Prepared::Lost => Err(superseded()),
    }
}

/// What this says is heard by nobody: the lease is another run's.
fn superseded() -> JobError {
    JobError::Retry(anyhow::anyhow!("another run is in charge of this job"))
}

fn uncertain_message(row: i64) -> JobError {
    JobError::GiveUp(format!(
        "message {row} was interrupted while leaving: it may have left; look for it at your mail server, then decide (/operations/mails?status=UNCERTAIN, mailDecide)"
    ))
}

fn quiet_until(ctx: &Ctx, letter: &Letter) -> Option<DateTime<Utc>> {
    let now = ctx.app.clock.now();
    let opening = calendar::next_opening(now);
    let keeps = ctx.app.settings.quiet_hours && rules::keeps_quiet_hours(letter.kind);
    (keeps && opening > now).then_some(opening)
}

/// « 23 novembre 2026, 8 h ».
fn french_instant(at: DateTime<Utc>) -> String {
    format!("{}, {} h", calendar::french_day(calendar::day_in_paris(at)), calendar::OPENING_HOUR)
}

async fn hand_over(ctx: &Ctx, job: &Claimed, letter: &Letter, row: &Email) -> Result<(), JobError> {
    let (pool, clock, mailer) = (&ctx.app.pool, &ctx.app.clock, &ctx.mailer.0);
    let parcel = mailer
        .templates
        .write(letter.template, &letter.values)
        .and_then(|text| message::parcel(&mailer.from, letter, row, text, clock.now()));
    let parcel = match parcel {
        Ok(parcel) => parcel,
        Err(error) => {
            let reason = without_addresses(&format!("{error:#}"));
            let told = format!("Message impossible à écrire : {reason}");
            service::record_failed(&mut *pool.get().await?, clock.now(), job, row, &told).await?;
            mailer.metrics.mailed(letter.kind, "failed");
            return Err(JobError::GiveUp(reason));
        }
    };

    if let Some(per_second) = mailer.per_second {
        let wait = service::reserve(&mut *pool.get().await?, per_second).await?;
        tokio::time::sleep(wait).await;
    }
    let mut marked: Result<HandOver, JobError> = Ok(HandOver::Lost);
    let leaving = async || {
        marked = async {
            let mut conn = pool.get().await?;
            Ok(service::mark_sending(&mut conn, clock.now(), job, row).await?)
        }
        .await;
        matches!(marked, Ok(HandOver::Go))
    };
    match mailer.transport.send(&parcel, leaving).await {
        Ok(()) => {
            crash::reach(Point::BeforeRecord);
            record_sent(ctx, row, &letter.mentions).await;
            crash::reach(Point::AfterRecord);
            mailer.metrics.mailed(letter.kind, "sent");
            tracing::info!(mail = row.id, kind = %letter.kind, "message sent");
            Ok(())
        }
        Err(Failure::HeldBack) => match marked? {
            // Prepare anew at once: some of it has been told meanwhile.
            HandOver::ToldMeanwhile => Err(JobError::Later(clock.now())),
            HandOver::Lost | HandOver::Go => Err(JobError::Retry(anyhow::anyhow!(
                "another run is in charge of message {}",
                row.id
            ))),
        },
        Err(Failure::Permanent(reason)) => {
            let reason = without_addresses(&reason);
            let told = format!("Refusé par le serveur de messagerie : {reason}");
            service::record_failed(&mut *pool.get().await?, clock.now(), job, row, &told).await?;
            mailer.metrics.mailed(letter.kind, "failed");
            Err(JobError::GiveUp(reason))
        }
        Err(Failure::Temporary(reason)) => {
            let reason = without_addresses(&reason);
            not_taken(ctx, job, row, &reason).await?;
            Err(JobError::Retry(anyhow::anyhow!(reason)))
        }
    }
}

/// Writes down that the mail server did not take the message: this time, or for the last time.
async fn not_taken(ctx: &Ctx, job: &Claimed, row: &Email, reason: &str) -> Result<(), JobError> {
    let now = ctx.app.clock.now();
    let mut conn = ctx.app.pool.get().await?;
    let metrics = &ctx.mailer.0.metrics;
    if next_delay(job.kind, job.attempt, job.max_attempts).is_some() {
        let told = format!("Pas encore pris, nouvel essai prévu : {reason}");
        service::record_postponed(&mut conn, now, job, row, &told).await?;
        metrics.mailed(row.kind, "postponed");
    } else {
        let told = format!("Abandonné après {} essais : {reason}", job.attempt);
        service::record_failed(&mut conn, now, job, row, &told).await?;
        metrics.mailed(row.kind, "failed");
    }
    Ok(())
}

/// Insists: the message is gone, and a ledger that does not know it would send it again. The lease is
/// renewed meanwhile; only its loss, the time limit of the job, or the end of the process, stops this.
async fn record_sent(ctx: &Ctx, row: &Email, told: &[Mention]) {
    loop {
        let written = async {
            let mut conn = ctx.app.pool.get().await?;
            let now = ctx.app.clock.now();
            Ok::<_, JobError>(service::record_sent(&mut conn, now, row, told).await?)
        };
        match written.await {
            Ok(()) => return,
            Err(error) => tracing::warn!(mail = row.id, "sent, but not written down yet: {error}"),
        }
        tokio::time::sleep(INSIST).await;
    }
}
