//! From figures to what is out of order. Pure functions.

use chrono::{DateTime, TimeDelta, Utc};

use super::model::{Growth, Incident, IncidentKind, Sight, Trouble, Watch};
use crate::foundation::settings::Settings;
use crate::operate::job::model::QueueFigures;
use crate::operate::job::{self, JobState, Queue};
use crate::operate::schedule::model::{SCHEDULES, Standing};

/// Time between two looks (ours).
pub const LOOK_EVERY: TimeDelta = TimeDelta::seconds(30);
/// An incident is over when it was not seen for so long: what comes and goes is told once (ours).
pub const OVER_AFTER: TimeDelta = TimeDelta::minutes(5);
/// Looks that lie further apart leave a gap, in which nobody knows what was out of order (ours): four that did not
/// happen are more than a restart.
pub const LOOK_GAP: TimeDelta = TimeDelta::minutes(2);
/// Dead jobs of a kind are told again when there are so many more than operators know of (ours), …
pub const GROWN_BY: i64 = 10;
/// … and so many times as many (ours).
pub const GROWN_TIMES: i64 = 2;
/// Refusals of e-mail are counted over this time (ours); what is tried again counts until it has left.
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
    standing.reached?;
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

/// Messages that were refused within [`MAIL_OVER`], or go on failing.
pub fn mail(failures: i64, settings: &Settings) -> Option<Trouble> {
    (failures >= settings.watch_mail_failures).then(|| Trouble {
        kind: IncidentKind::MailFailing,
        subject: String::new(),
        figure: failures,
    })
}

/// Since when looks follow each other without a gap, with one more now.
pub fn steady_since(before: Watch, now: DateTime<Utc>) -> DateTime<Utc> {
    if now - before.watched_at > LOOK_GAP { now } else { before.steady_since }
}

/// Whether a pause hides what an incident is about: nobody can tell then whether it is over.
pub fn is_hidden(incident: &Incident, is_paused: impl Fn(Queue) -> bool) -> bool {
    match incident.kind {
        IncidentKind::QueueLate => incident.subject.parse().is_ok_and(is_paused),
        IncidentKind::ScheduleMissed => SCHEDULES
            .iter()
            .find(|schedule| schedule.name == incident.subject)
            .is_some_and(|schedule| is_paused(job::rules::terms(schedule.kind).queue)),
        IncidentKind::MailFailing => is_paused(Queue::Mail),
        IncidentKind::JobsDead => false,
    }
}

/// Whether what was not seen any more is over: somebody went on looking for it, and it stayed away for
/// [`OVER_AFTER`]. The time during which every worker was down does not count.
pub fn is_over(seen_at: DateTime<Utc>, steady_since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - seen_at.max(steady_since) >= OVER_AFTER
}

/// Whether there may be news of an incident before its end. Delays grow by themselves, and failures of e-mail come
/// from one server; dead jobs pile up, and one that everybody forgot must not hide a flood.
pub const fn may_grow(kind: IncidentKind) -> bool {
    matches!(kind, IncidentKind::JobsDead)
}

/// What a look at an open incident changes, and the growth to tell of, if any. What was put away counts no more: a
/// flood is measured from what is left.
pub fn seen_again(known: &Incident, figure: i64, now: DateTime<Utc>) -> (Sight, Option<Growth>) {
    let grown = may_grow(known.kind)
        && figure >= known.told + GROWN_BY
        && figure >= known.told * GROWN_TIMES;
    let growth = grown.then_some(Growth { time: known.growths + 1, figure });
    let sight = Sight {
        figure: known.figure.max(figure),
        told: if grown { figure } else { known.told.min(figure) },
        growths: growth.map_or(known.growths, |growth| growth.time),
        seen_at: now,
    };
    (sight, growth)
}

/// What a look at an open incident changes that does not see it: nothing is left of what operators were told.
pub fn not_seen(known: &Incident) -> Sight {
    Sight { figure: known.figure, told: 0, growths: known.growths, seen_at: known.seen_at }
}

/// What a look at an open incident changes that a pause hides: it goes on, and after the pause it must stay away as long
/// as any other.
pub fn hidden(known: &Incident, now: DateTime<Utc>) -> Sight {
    Sight { figure: known.figure, told: known.told, growths: known.growths, seen_at: now }
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
            format!(
                "{figure} messages en échec : refusés depuis moins d'une heure, ou retentés sans succès."
            )
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
    use crate::operate::job::model::Pause;

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
            reached: Some(at("2026-01-12T07:00:00Z")),
            last: None,
            next: Some(next),
            last_run: None,
        };
        let threshold = next + settings.watch_schedule;
        assert!(missed(&standing, &settings, threshold - TimeDelta::seconds(1)).is_none());
        assert!(missed(&standing, &settings, threshold).is_some());
        let never = Standing { reached: None, ..standing };
        assert!(missed(&never, &settings, threshold).is_none());
    }

    #[test]
    fn a_pause_hides_its_queue_the_schedules_of_it_and_failing_mail() {
        let of = |kind, subject: &str| Incident {
            id: 1,
            kind,
            subject: subject.into(),
            figure: 40,
            opened_at: at("2026-01-12T08:00:00Z"),
            seen_at: at("2026-01-12T08:00:00Z"),
            closed_at: None,
            told: 1,
            growths: 0,
        };
        for (kind, subject, by_mail, by_sweeps) in [
            (IncidentKind::QueueLate, "MAIL", true, false),
            (IncidentKind::ScheduleMissed, "purge_operations", false, true),
            (IncidentKind::ScheduleMissed, "no_more", false, false),
            (IncidentKind::MailFailing, "", true, false),
            (IncidentKind::JobsDead, "SHARE_COMMITTEE", false, false),
        ] {
            let incident = of(kind, subject);
            assert_eq!(is_hidden(&incident, |queue| queue == Queue::Mail), by_mail, "{subject}");
            assert_eq!(
                is_hidden(&incident, |queue| queue == Queue::Sweeps),
                by_sweeps,
                "{subject}"
            );
        }
    }

    #[test]
    fn more_dead_jobs_are_told_when_they_are_ten_more_and_twice_as_many() {
        let now = at("2026-01-12T08:00:00Z");
        let known = |kind, told| Incident {
            id: 1,
            kind,
            subject: "PROBE".into(),
            figure: 40,
            opened_at: now,
            seen_at: now,
            closed_at: None,
            told,
            growths: 2,
        };
        for (told, figure, grown) in [
            (1, 10, false),
            (1, 11, true),
            (10, 19, false),
            (10, 20, true),
            (30, 59, false),
            (30, 60, true),
        ] {
            let (sight, growth) = seen_again(&known(IncidentKind::JobsDead, told), figure, now);
            assert_eq!(growth, grown.then_some(Growth { time: 3, figure }), "{told} {figure}");
            assert_eq!((sight.growths, sight.figure), (2 + i32::from(grown), figure.max(40)));
            assert_eq!(sight.told, if grown { figure } else { told }, "{told} {figure}");
        }
        // What was put away counts no more.
        let (sight, growth) = seen_again(&known(IncidentKind::JobsDead, 30), 4, now);
        assert_eq!((sight.told, sight.figure, growth), (4, 40, None));
        // A delay grows by itself.
        let (_, growth) = seen_again(&known(IncidentKind::QueueLate, 600), 6000, now);
        assert_eq!(growth, None);
    }

    #[test]
    fn what_nobody_looked_for_is_not_over() {
        let start = at("2026-01-12T08:00:00Z");
        let after = |seconds| start + TimeDelta::seconds(seconds);
        let watch = |watched_at| Watch { watched_at, steady_since: start };
        assert_eq!(steady_since(watch(after(600)), after(720)), start);
        assert_eq!(steady_since(watch(after(600)), after(721)), after(721));
        // The time since it was seen, or since somebody looks again, whichever is shorter.
        assert!(!is_over(start, start, after(299)) && is_over(start, start, after(300)));
        assert!(!is_over(start, after(721), after(1020)));
        assert!(is_over(start, after(721), after(1021)));
        assert!(!is_over(after(800), after(721), after(1099)));
    }

    #[test]
    fn durations_read_as_people_say_them() {
        let said: Vec<String> = [40, 720, 3900].into_iter().map(lasting).collect();
        assert_eq!(said, ["40 s", "12 min", "1 h 05 min"]);
    }
}
