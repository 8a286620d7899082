//! Committees, told through the use cases: one that was held and closed, one to come, and who may be invited.

use anyhow::Context;
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::foundation::actor::{Actor, Caller, Grant};
use schema::foundation::app::App;
use schema::foundation::calendar::instant_in_paris;
use schema::foundation::clock::Clock;
use schema::foundation::policy::Role;
use schema::operate::job::JobState;
use schema::prioritise::committee::model::{
    CommitteeKind, CommitteeMode, OfficialEntry, ParticipantRole,
};
use schema::prioritise::committee::rules::Plan;
use schema::prioritise::committee::service::{
    self, Application, Creation, Invitation, Person, PersonSource,
};
use schema::prioritise::minutes;
use schema::prioritise::minutes::model::{Choice, Origin, OutcomeKind, Section, Tone};
use schema::prioritise::minutes::service::{OriginEntry, OutcomeEntry, Recording};
use schema::tables::{account, job, structure};
use serde::Deserialize;

const COMMITTEES: &str = include_str!("../../demo/committees.toml");
/// Days between the invitation to a committee and the day itself.
const AHEAD: TimeDelta = TimeDelta::days(30);

#[derive(Deserialize)]
struct Story {
    structure: String,
    organiser: String,
    users: Vec<String>,
    official: Vec<Official>,
    candidate: Vec<Candidate>,
    held: Held,
    coming: Coming,
}

#[derive(Deserialize)]
struct Official {
    name: String,
    mandate: String,
    email: String,
}

#[derive(Deserialize)]
struct Candidate {
    name: String,
    email: String,
    about: Option<String>,
}

#[derive(Deserialize)]
struct Held {
    title: String,
    theme: String,
    aims: String,
    agenda: String,
    days_ago: u64,
    notes: Vec<(Section, String)>,
    positive: Vec<String>,
    negative: Vec<String>,
    ideas: Vec<(String, String)>,
    voters: i32,
    priorities: Vec<(String, i32, i32)>,
    decision: String,
}

#[derive(Deserialize)]
struct Coming {
    title: String,
    aims: String,
    agenda: String,
    days_ahead: u64,
}

/// Loads them and says how many there are.
pub(super) async fn seed(app: &App) -> anyhow::Result<usize> {
    let story: Story = toml::from_str(COMMITTEES).context("demo/committees.toml")?;
    let caller = organiser(app, &story).await?;
    for one in &story.candidate {
        let application = Application {
            structure: story.structure.clone(),
            name: one.name.clone(),
            email: one.email.clone(),
            about: one.about.clone(),
            consent: true,
        };
        done(service::apply(app, &Caller::default(), application).await)?;
    }
    held(app, &caller, &story).await?;
    due_now(app).await?;
    coming(app, &caller, &story).await?;
    Ok(2)
}

fn done<T>(outcome: schema::foundation::error::Result<T>) -> anyhow::Result<T> {
    outcome.map_err(|error| anyhow::anyhow!("{error:?}"))
}

async fn organiser(app: &App, story: &Story) -> anyhow::Result<Caller> {
    let mut conn = app.pool.get().await?;
    let account: i64 = account::table
        .filter(account::email.eq(&story.organiser))
        .select(account::id)
        .first(&mut conn)
        .await?;
    let place: i64 = structure::table
        .filter(structure::code.eq(&story.structure))
        .select(structure::id)
        .first(&mut conn)
        .await?;
    let grant = Grant { role: Role::Manager, structure_id: Some(place) };
    let request_id = uuid::Uuid::new_v4().to_string();
    Ok(Caller { actor: Actor::account(account, 0, vec![grant]), request_id, ..Caller::default() })
}

/// Ten o'clock in Paris, some days from today.
fn ten_o_clock(app: &App, days: i64) -> DateTime<Utc> {
    let today = app.clock.today();
    let day = if days < 0 {
        today - Days::new(days.unsigned_abs())
    } else {
        today + Days::new(days.unsigned_abs())
    };
    instant_in_paris(day, NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default())
}

fn invited(story: &Story, official: Option<i64>) -> Vec<Person> {
    let person = |role, source| Person { role, source, reserve: false, knowingly: false };
    let users = story.users.iter().map(|name| {
        let email = format!("{}@usager.example", name.to_lowercase().replace(' ', "."));
        person(ParticipantRole::User, PersonSource::Described { name: name.clone(), email })
    });
    let official = official.map(|id| person(ParticipantRole::Elected, PersonSource::Official(id)));
    users.chain(official).collect()
}

fn plan(title: &str, aims: &str, agenda: &str, starts_at: DateTime<Utc>) -> Plan {
    Plan {
        title: title.to_owned(),
        theme: None,
        aims: aims.to_owned(),
        agenda: agenda.to_owned(),
        starts_at,
        duration_minutes: 120,
        mode: CommitteeMode::OnSite,
        place: Some("Salle de réunion, rez-de-chaussée".to_owned()),
        link: None,
    }
}

/// The closed one, lived through on a clock of its own.
async fn held(app: &App, caller: &Caller, story: &Story) -> anyhow::Result<()> {
    let held = &story.held;
    let starts_at = ten_o_clock(app, -i64::try_from(held.days_ago)?);
    let clock = Clock::held_at(starts_at - AHEAD);
    let app = App { clock: clock.clone(), ..app.clone() };
    let plan = Plan {
        theme: Some(held.theme.clone()),
        ..plan(&held.title, &held.aims, &held.agenda, starts_at)
    };
    let creation = Creation {
        structure: story.structure.clone(),
        kind: CommitteeKind::Listening,
        plan,
        results_analysed: true,
        ideas_gathered: true,
    };
    let id = done(service::create(&app, caller, creation).await)?.id;
    let people = invited(story, None);
    // Nobody hears of a committee of the past.
    let list = Invitation { id, people, send: false, override_reason: None };
    done(service::invite(&app, caller, list).await)?;
    clock.set(starts_at + TimeDelta::hours(3));
    let people = done(service::people(&app.pool, &[id]).await)?.remove(&id).unwrap_or_default();
    let origin =
        |kind, idea| OriginEntry { kind, idea, testimony: None, committee: None, note: None };
    let mut outcomes: Vec<OutcomeEntry> = held
        .priorities
        .iter()
        .map(|(body, votes, idea)| OutcomeEntry {
            kind: OutcomeKind::Priority,
            body: body.clone(),
            choice: Choice::Voted,
            votes: Some(*votes),
            origin: origin(Origin::Idea, Some(*idea)),
        })
        .collect();
    outcomes.push(OutcomeEntry {
        kind: OutcomeKind::Decision,
        body: held.decision.clone(),
        choice: Choice::Agreed,
        votes: None,
        origin: OriginEntry {
            note: Some("Proposé par l'équipe.".to_owned()),
            ..origin(Origin::Team, None)
        },
    });
    let said = |tone: Tone, texts: &[String]| -> Vec<(Tone, String)> {
        texts.iter().map(|text| (tone, text.clone())).collect()
    };
    let recording = Recording {
        id,
        title: None,
        theme: None,
        notes: held.notes.clone(),
        verbatims: Some(
            [said(Tone::Positive, &held.positive), said(Tone::Negative, &held.negative)].concat(),
        ),
        ideas: Some(
            held.ideas
                .iter()
                .map(|(idea, heading)| (idea.clone(), Some(heading.clone())))
                .collect(),
        ),
        outcomes: Some(outcomes),
        voters: Some(held.voters),
        attendance: people.iter().map(|person| (person.id, true)).collect(),
    };
    done(minutes::service::record(&app, caller, recording).await)?;
    done(minutes::service::close(&app, caller, id, None).await)?;
    Ok(())
}

/// Brings the jobs of the past to this moment. They were left on a clock of weeks ago, and a queue that holds them would
/// pass for one that has stood still since: operators would be alerted by a product that has just begun.
async fn due_now(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let late = job::table.filter(job::state.eq(JobState::Ready)).filter(job::run_at.lt(now));
    diesel::update(late).set(job::run_at.eq(now)).execute(&mut conn).await?;
    Ok(())
}

/// The one to come, whose invitations leave now.
async fn coming(app: &App, caller: &Caller, story: &Story) -> anyhow::Result<()> {
    let coming = &story.coming;
    let mut official = None;
    for one in &story.official {
        let department = department(app, &story.structure).await?;
        let entry = OfficialEntry {
            name: one.name.clone(),
            mandate: one.mandate.clone(),
            email: one.email.clone(),
            department,
            commune: None,
            active: true,
        };
        official = Some(done(service::save_official(app, caller, None, entry).await)?.id);
    }
    let starts_at = ten_o_clock(app, i64::try_from(coming.days_ahead)?);
    let creation = Creation {
        structure: story.structure.clone(),
        kind: CommitteeKind::Local,
        plan: plan(&coming.title, &coming.aims, &coming.agenda, starts_at),
        results_analysed: true,
        ideas_gathered: true,
    };
    let id = done(service::create(app, caller, creation).await)?.id;
    let people = invited(story, official);
    let list = Invitation { id, people, send: true, override_reason: None };
    done(service::invite(app, caller, list).await)?;
    Ok(())
}

async fn department(app: &App, code: &str) -> anyhow::Result<String> {
    let mut conn = app.pool.get().await?;
    let found = structure::table.filter(structure::code.eq(code)).select(structure::department);
    Ok(found.first(&mut conn).await?)
}
