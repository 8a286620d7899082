//! From figures to what is out of order. Pure functions.

use chrono::{DateTime, TimeDelta, Utc};

use super::model::{IncidentKind, Trouble};
use crate::foundation::settings::Settings;
use crate::operate::job::JobState;
use crate::operate::job::model::QueueFigures;
use crate::operate::schedule::model::Standing;

/// Time between two looks (ours).
pub const LOOK_EVERY: TimeDelta = TimeDelta::seconds(30);
/// An incident is over when it was not seen for so long: what comes and goes is told once (ours).
pub const OVER_AFTER: TimeDelta = TimeDelta::minutes(5);
/// Failures of e-mail are counted over this time (ours).
pub const MAIL_OVER: TimeDelta = TimeDelta::hours(1);

/// A queue whose oldest due job waits too long. A paused one waits by an operator's wish.
pub fn late(figures: &QueueFigures, settings: &Settings, now: DateTime<Utc>) -> Option<Trouble> {
    let wait = now - figures.oldest_due.filter(|_| figures.pause.is_none())?;
    (wait >= settings.watch_queue).then(|| Trouble {
        kind: IncidentKind::QueueLate,
        subject: figures.queue.to_string(),
        figure: wait.num_seconds(),
    })
}

/// A schedule whose tick did not become a job, or whose job has not ended. A job that failed for good is another
/// trouble.
pub fn missed(standing: &Standing, settings: &Settings, now: DateTime<Utc>) -> Option<Trouble> {
    // No tick yet: no worker ever ran.
    standing.last?;
    let unfinished = standing
        .last_run
        .as_ref()
        .filter(|job| matches!(job.state, JobState::Ready | JobState::Running))
        // Not since it was planned: a tick that came late was told as such, or is a new installation's first.
        .map(|job| job.created_at);
    let since = match (unfinished, standing.next) {
        (Some(enqueued), Some(next)) => enqueued.min(next),
        (enqueued, next) => enqueued.or(next)?,
    };
    let delay = now - since;
    (delay >= settings.watch_schedule).then(|| Trouble {
        kind: IncidentKind::ScheduleMissed,
        subject: standing.schedule.name.to_owned(),
        figure: delay.num_seconds(),
    })
}

/// Jobs of one kind that are dead.
pub fn dead(kind: String, jobs: i64) -> Option<Trouble> {
    (jobs > 0).then_some(Trouble { kind: IncidentKind::JobsDead, subject: kind, figure: jobs })
}

/// Messages that failed within [`MAIL_OVER`].
pub fn mail(failures: i64, settings: &Settings) -> Option<Trouble> {
    (failures >= settings.watch_mail_failures).then(|| Trouble {
        kind: IncidentKind::MailFailing,
        subject: String::new(),
        figure: failures,
    })
}

/// An incident in French, as a sentence about its worst.
pub fn sentence(kind: IncidentKind, subject: &str, figure: i64) -> String {
    match kind {
        IncidentKind::QueueLate => {
            format!(
                "La plus ancienne tâche due de la file {subject} attend depuis {}.",
                lasting(figure)
            )
        }
        IncidentKind::ScheduleMissed => {
            format!("La planification {subject} a {} de retard.", lasting(figure))
        }
        IncidentKind::JobsDead if figure == 1 => {
            format!("1 tâche {subject} a échoué définitivement et attend une décision.")
        }
        IncidentKind::JobsDead => {
            format!(
                "{figure} tâches {subject} ont échoué définitivement et attendent une décision."
            )
        }
        IncidentKind::MailFailing => {
            format!("{figure} messages en échec sur une heure : refusés, ou retentés sans succès.")
        }
    }
}

/// « 1 h 05 min », « 12 min », « 40 s ».
pub fn lasting(seconds: i64) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operate::job::Queue;
    use crate::operate::job::model::Pause;
    use crate::operate::schedule::model::SCHEDULES;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_queue_is_late_at_its_threshold_and_not_while_it_is_paused() {
        let settings = Settings::default();
        let now = at("2026-01-12T08:00:00Z");
        let since = |oldest_due| QueueFigures {
            queue: Queue::Mail,
            waiting: 1,
            running: 0,
            scheduled: 0,
            dead: 0,
            done_last_hour: 0,
            oldest_due,
            pause: None,
        };
        let threshold = now - settings.watch_queue;
        assert!(late(&since(None), &settings, now).is_none());
        assert!(late(&since(Some(threshold + TimeDelta::seconds(1))), &settings, now).is_none());
        assert_eq!(late(&since(Some(threshold)), &settings, now).map(|t| t.figure), Some(600));
        let pause = Pause {
            queue: Queue::Mail,
            paused_at: now,
            actor: "account:1".into(),
            reason: "panne".into(),
        };
        let paused = QueueFigures { pause: Some(pause), ..since(Some(threshold)) };
        assert!(late(&paused, &settings, now).is_none());
    }

    #[test]
    fn a_schedule_is_missed_when_its_next_tick_is_past_by_its_threshold() {
        let settings = Settings::default();
        let next = at("2026-01-13T07:00:00Z");
        let standing = Standing {
            schedule: SCHEDULES[0],
            last: Some(at("2026-01-12T07:00:00Z")),
            next: Some(next),
            last_run: None,
        };
        let threshold = next + settings.watch_schedule;
        assert!(missed(&standing, &settings, threshold - TimeDelta::seconds(1)).is_none());
        assert!(missed(&standing, &settings, threshold).is_some());
        let never = Standing { last: None, ..standing };
        assert!(missed(&never, &settings, threshold).is_none());
    }

    #[test]
    fn durations_read_as_people_say_them() {
        let said: Vec<String> = [40, 720, 3900].into_iter().map(lasting).collect();
        assert_eq!(said, ["40 s", "12 min", "1 h 05 min"]);
    }
}
