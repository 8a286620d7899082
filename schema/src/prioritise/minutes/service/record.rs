//! Writing down what was said, who came, and what was chosen.

use std::collections::HashSet;

use diesel_async::AsyncConnection;

use super::proofreader;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::error::{Error as Outcome, Refusal, Refuse, Result};
use crate::listen::testimony;
use crate::prioritise::committee;
use crate::prioritise::committee::model::{Committee, CommitteeStatus, Participant};
use crate::prioritise::committee::rules::TITLE_LENGTH;
use crate::prioritise::minutes::error::Error;
use crate::prioritise::minutes::model::{
    Choice, Idea, Minutes, NewOutcome, Note, Origin, OutcomeKind, Section, Tone, Verbatim,
};
use crate::prioritise::minutes::rules::{
    self, HEADING_LENGTH, LINE_LENGTH, NOTE_LENGTH, Proofreader, VERBATIM_LENGTH,
};
use crate::prioritise::minutes::store;

/// What to write down; `None` leaves a part as it is, a list replaces the whole list.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// Row number of the committee.
    pub id: i64,
    /// Title, when it must change before everybody reads it.
    pub title: Option<String>,
    /// Theme, as the title.
    pub theme: Option<String>,
    /// Chapters; the others stay, an empty one goes away.
    pub notes: Vec<(Section, String)>,
    /// What was said.
    pub verbatims: Option<Vec<(Tone, String)>>,
    /// Ideas, with the heading they were put under.
    pub ideas: Option<Vec<(String, Option<String>)>>,
    /// Priorities and decisions.
    pub outcomes: Option<Vec<OutcomeEntry>>,
    /// How many people voted.
    pub voters: Option<i32>,
    /// Who came, by row number.
    pub attendance: Vec<(i64, bool)>,
}

/// A priority or decision to write down.
#[derive(Debug, Clone)]
pub struct OutcomeEntry {
    /// Priority or decision.
    pub kind: OutcomeKind,
    /// What was chosen.
    pub body: String,
    /// How.
    pub choice: Choice,
    /// Votes for it.
    pub votes: Option<i32>,
    /// What it came from.
    pub origin: OriginEntry,
}

/// What a priority or decision came from, as somebody writes it down.
#[derive(Debug, Clone)]
pub struct OriginEntry {
    /// Which kind of origin.
    pub kind: Origin,
    /// Rank of an idea of this committee, from 1.
    pub idea: Option<i32>,
    /// Row number of a testimony.
    pub testimony: Option<i64>,
    /// Row number of another committee.
    pub committee: Option<i64>,
    /// In words.
    pub note: Option<String>,
}

/// Writes down what was said at a committee that has begun. All faults are told at once, and nothing is
/// written then.
///
/// # Errors
/// Refusals about the fields or the state; `NOT_FOUND` for another's committee.
pub async fn record(app: &App, caller: &Caller, input: Recording) -> Result<Committee> {
    let now = app.clock.now();
    // Before anything is locked: nobody waits for a second connection with the first in hand.
    let origins = Origins::of(app, caller, &input).await?;
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let committee = committee::service::lock_held(conn, caller, input.id, now).await?;
        let people = committee::service::people_of(conn, committee.id).await?;
        let before = store::load(conn, &[committee.id]).await?;
        let reader = proofreader(conn, &committee, &people).await?;
        let mut draft = Draft::new(&committee, &people, &input, reader);
        let (notes, verbatims, ideas) = (draft.notes(), draft.verbatims(), draft.ideas());
        let outcomes = draft.outcomes(ideas.as_deref().unwrap_or(&before.ideas));
        draft.ideas_under_outcomes(&before, ideas.as_deref());
        draft.votes_as_they_stand(&before);
        draft.attendance();
        draft.voters();
        let (title, theme) = (draft.heading("title"), draft.heading("theme"));
        draft.origins(&origins);
        if !draft.faults.is_empty() {
            return Err(Outcome::Refused(draft.faults));
        }
        store::write_notes(conn, committee.id, &notes).await?;
        if let Some(rows) = &verbatims {
            store::replace_verbatims(conn, committee.id, rows).await?;
        }
        if let Some(rows) = &ideas {
            store::replace_ideas(conn, committee.id, rows).await?;
        }
        if let Some(rows) = &outcomes {
            store::replace_outcomes(conn, committee.id, rows).await?;
        }
        for attended in [true, false] {
            let told = input.attendance.iter().filter(|(_, came)| *came == attended);
            let ids: Vec<i64> = told.map(|(id, _)| *id).collect();
            store::attend(conn, &ids, attended).await?;
        }
        let (title, theme) = (title.as_deref(), theme.as_deref());
        let committee = store::touch(conn, committee.id, title, theme, input.voters, now).await?;
        committee::service::record(conn, now, caller, "committee.record", &committee).await?;
        Ok(committee)
    })
    .await
}

/// What outcomes may come from, of what the input names: testimonies that the caller may read, and closed committees.
struct Origins {
    testimonies: HashSet<i64>,
    committees: HashSet<i64>,
}

impl Origins {
    /// Asks for no right to record: `lock_held` refuses whoever may not organise, and what is read here is only what the
    /// caller may read.
    async fn of(app: &App, caller: &Caller, input: &Recording) -> Result<Self> {
        let named = |of: fn(&OriginEntry) -> Option<i64>| -> Vec<i64> {
            input.outcomes.iter().flatten().filter_map(|entry| of(&entry.origin)).collect()
        };
        let (testimonies, committees) =
            (named(|from| from.testimony), named(|from| from.committee));
        let testimonies = testimony::service::by_ids(app, caller, &testimonies).await?;
        let mut committees = committee::service::by_ids(app, caller, &committees).await?;
        // What is not public yet would be told by what came from it.
        committees.retain(|other| other.status == CommitteeStatus::Closed);
        Ok(Self {
            testimonies: testimonies.into_iter().map(|row| row.id).collect(),
            committees: committees.into_iter().map(|row| row.id).collect(),
        })
    }

    fn hold(&self, from: &OriginEntry) -> bool {
        from.testimony.is_none_or(|id| self.testimonies.contains(&id))
            && from.committee.is_none_or(|id| self.committees.contains(&id))
    }
}

/// Minutes on their way into rows, with the faults found so far.
struct Draft<'a> {
    committee: &'a Committee,
    people: &'a [Participant],
    input: &'a Recording,
    reader: Proofreader,
    faults: Vec<Refusal>,
}

impl<'a> Draft<'a> {
    fn new(
        committee: &'a Committee,
        people: &'a [Participant],
        input: &'a Recording,
        reader: Proofreader,
    ) -> Self {
        Self { committee, people, input, reader, faults: Vec::new() }
    }

    fn keep<T: Default>(&mut self, outcome: std::result::Result<T, Refusal>) -> T {
        outcome.unwrap_or_else(|fault| {
            self.faults.push(fault);
            T::default()
        })
    }

    fn fault(&mut self, outcome: std::result::Result<(), Error>) {
        if let Err(error) = outcome {
            self.faults.push(error.refusal());
        }
    }

    fn line(&mut self, raw: &str, max: usize, list: &str, place: usize) -> String {
        let outcome = self.reader.required(raw, max, &[list, &place.to_string(), "text"]);
        self.keep(outcome)
    }

    fn notes(&mut self) -> Vec<Note> {
        let mut rows: Vec<Note> = Vec::new();
        for (place, (section, text)) in self.input.notes.iter().enumerate() {
            if !rules::has_section(self.committee.kind, *section) {
                self.fault(Err(Error::ForeignSection(place)));
            }
            if rows.iter().any(|row| row.section == *section) {
                self.fault(Err(Error::SectionTwice(place)));
            }
            let path = ["notes", &place.to_string(), "text"];
            let outcome = self.reader.optional(Some(text), NOTE_LENGTH, &path);
            let body = self.keep(outcome).unwrap_or_default();
            rows.push(Note { committee_id: self.committee.id, section: *section, body });
        }
        rows
    }

    fn verbatims(&mut self) -> Option<Vec<Verbatim>> {
        let given = self.input.verbatims.as_ref()?;
        let rows = given.iter().enumerate().map(|(place, (tone, text))| Verbatim {
            committee_id: self.committee.id,
            rank: rank(place),
            tone: *tone,
            body: self.line(text, VERBATIM_LENGTH, "verbatims", place),
        });
        Some(rows.collect())
    }

    fn ideas(&mut self) -> Option<Vec<Idea>> {
        let given = self.input.ideas.as_ref()?;
        let mut rows = Vec::with_capacity(given.len());
        for (place, (text, heading)) in given.iter().enumerate() {
            let body = self.line(text, LINE_LENGTH, "ideas", place);
            let path = ["ideas", &place.to_string(), "heading"];
            let outcome = self.reader.optional(heading.as_deref(), HEADING_LENGTH, &path);
            let heading = self.keep(outcome);
            rows.push(Idea { committee_id: self.committee.id, rank: rank(place), body, heading });
        }
        Some(rows)
    }

    fn outcomes(&mut self, ideas: &[Idea]) -> Option<Vec<NewOutcome>> {
        let given = self.input.outcomes.as_ref()?;
        let voters = self.input.voters.or(self.committee.voters);
        let mut rows = Vec::with_capacity(given.len());
        for (place, entry) in given.iter().enumerate() {
            let from = &entry.origin;
            self.fault(rules::votes(place, entry.choice, entry.votes, voters));
            let (testimony, committee) = (from.testimony.is_some(), from.committee.is_some());
            let (idea, note) = (from.idea.is_some(), from.note.is_some());
            self.fault(rules::origin(place, from.kind, idea, testimony, committee, note));
            if from.idea.is_some_and(|wanted| ideas.iter().all(|idea| idea.rank != wanted)) {
                self.fault(Err(Error::OriginUnknown(place)));
            }
            let path = ["outcomes", &place.to_string(), "origin", "note"];
            let outcome = self.reader.optional(from.note.as_deref(), LINE_LENGTH, &path);
            let origin_note = self.keep(outcome);
            rows.push(NewOutcome {
                committee_id: self.committee.id,
                rank: rank(place),
                kind: entry.kind,
                body: self.line(&entry.body, LINE_LENGTH, "outcomes", place),
                choice: entry.choice,
                votes: entry.votes,
                origin: from.kind,
                idea_rank: from.idea,
                testimony_id: from.testimony,
                origin_committee_id: from.committee,
                origin_note,
            });
        }
        Some(rows)
    }

    /// Outcomes come from what there is.
    fn origins(&mut self, known: &Origins) {
        for (place, entry) in self.input.outcomes.iter().flatten().enumerate() {
            if !known.hold(&entry.origin) {
                self.fault(Err(Error::OriginUnknown(place)));
            }
        }
    }

    /// An idea that changes under a priority would change what the priority came from.
    fn ideas_under_outcomes(&mut self, before: &Minutes, after: Option<&[Idea]>) {
        let (Some(after), None) = (after, &self.input.outcomes) else { return };
        let same = |wanted: i32| {
            let body = |ideas: &[Idea]| {
                ideas.iter().find(|idea| idea.rank == wanted).map(|idea| idea.body.clone())
            };
            body(&before.ideas) == body(after)
        };
        if !before.outcomes.iter().filter_map(|outcome| outcome.idea_rank).all(same) {
            self.fault(Err(Error::OutcomesStale));
        }
    }

    /// A new number of voters must fit the votes that stay.
    fn votes_as_they_stand(&mut self, before: &Minutes) {
        let (Some(voters), None) = (self.input.voters, &self.input.outcomes) else { return };
        for (place, row) in before.outcomes.iter().enumerate() {
            self.fault(rules::votes(place, row.choice, row.votes, Some(voters)));
        }
    }

    /// A new title or theme, which everybody will read.
    fn heading(&mut self, field: &str) -> Option<String> {
        let given = if field == "title" { &self.input.title } else { &self.input.theme };
        let outcome = self.reader.required(given.as_deref()?, TITLE_LENGTH, &[field]);
        Some(self.keep(outcome))
    }

    /// Nobody votes who is not on the list.
    fn voters(&mut self) {
        let most = i32::try_from(self.people.len()).unwrap_or(i32::MAX);
        if self.input.voters.is_some_and(|voters| voters > most) {
            self.fault(Err(Error::TooManyVoters(most)));
        }
    }

    fn attendance(&mut self) {
        for (place, (participant, _)) in self.input.attendance.iter().enumerate() {
            if self.people.iter().all(|person| person.id != *participant) {
                self.fault(Err(Error::UnknownParticipant(place)));
            }
            if self.input.attendance[..place].iter().any(|(before, _)| before == participant) {
                self.fault(Err(Error::ParticipantTwice(place)));
            }
        }
    }
}

/// Ranks count from 1.
fn rank(place: usize) -> i32 {
    i32::try_from(place).map_or(i32::MAX, |place| place.saturating_add(1))
}
