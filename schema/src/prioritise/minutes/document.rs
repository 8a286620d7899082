//! A synthesis as data, ready to be drawn as a page or on paper (DOMAIN §18.11). It names nobody.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::model::{Audience, Choice, Minutes, Origin, Outcome, OutcomeKind, Section, Tone};
use super::rules::{came, phases};
use crate::foundation::calendar::{day_in_paris, french_day};
use crate::foundation::text::fold;
use crate::prioritise::committee::model::{Committee, Participant, ParticipantRole};

/// A synthesis. Texts are plain; lists of lines are paragraphs.
#[derive(Debug, Clone, Serialize)]
pub struct Synthesis {
    /// « comité d'écoute ».
    pub kind: &'static str,
    /// Title of the committee.
    pub title: String,
    /// Its theme.
    pub theme: Option<String>,
    /// The structure that held it.
    pub structure: String,
    /// The day, in French.
    pub day: String,
    /// How many came.
    pub came: i32,
    /// How many were expected.
    pub expected: i32,
    /// « 6 personnes présentes sur 7 attendues ».
    pub presence: String,
    /// Those who came, by role: « 6 usagers ».
    pub who: Vec<String>,
    /// « Contexte et attentes », then « Attendus ».
    pub opening: Vec<Chapter>,
    /// « Principaux enseignements ».
    pub lessons: Vec<String>,
    /// Verbatims that praise.
    pub positive: Vec<String>,
    /// Verbatims that complain.
    pub negative: Vec<String>,
    /// Ideas, grouped.
    pub ideas: Vec<Group>,
    /// « Pistes d'amélioration ».
    pub improvements: Vec<String>,
    /// What to work on first.
    pub priorities: Vec<Line>,
    /// What was decided.
    pub decisions: Vec<Line>,
    /// How many voted; the denominator of all votes.
    pub voters: Option<i32>,
    /// How the meeting went, phase by phase; for those who took part and the agents.
    pub phases: Vec<Chapter>,
    /// Whether everybody may read this one.
    pub public: bool,
}

/// A heading and its paragraphs.
#[derive(Debug, Clone, Serialize)]
pub struct Chapter {
    /// Heading.
    pub title: &'static str,
    /// Paragraphs.
    pub lines: Vec<String>,
}

/// Ideas put together.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// Heading; none for ideas that stand alone.
    pub heading: Option<String>,
    /// The ideas.
    pub ideas: Vec<String>,
}

/// A priority or a decision.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// What was chosen.
    pub text: String,
    /// Votes for it; none when agreed.
    pub votes: Option<i32>,
    /// « 7 voix sur 8 votants », « d'un commun accord ».
    pub chosen: String,
    /// What it came from.
    pub origin: String,
}

/// What a synthesis is made of.
pub(super) struct Material<'a> {
    pub committee: &'a Committee,
    pub structure: &'a str,
    pub people: &'a [Participant],
    pub minutes: &'a Minutes,
    /// Titles and starts of the committees that outcomes came from.
    pub others: &'a HashMap<i64, (String, DateTime<Utc>)>,
}

fn presence(came: Option<i32>, expected: Option<i32>) -> String {
    let (came, expected) = (came.unwrap_or_default(), expected.unwrap_or_default());
    let plural = |count: i32| if count > 1 { "s" } else { "" };
    format!(
        "{came} personne{0} présente{0} sur {expected} attendue{1}",
        plural(came),
        plural(expected)
    )
}

impl Material<'_> {
    /// The synthesis for an audience.
    pub(super) fn synthesis(&self, audience: Audience) -> Synthesis {
        let (committee, minutes) = (self.committee, self.minutes);
        let public = audience == Audience::Public;
        let chapter = |section: &Section| {
            let lines = self.lines(*section);
            (!lines.is_empty()).then_some(Chapter { title: section.label(), lines })
        };
        Synthesis {
            kind: committee.kind.label(),
            title: committee.title.clone(),
            theme: committee.theme.clone(),
            structure: self.structure.to_owned(),
            day: french_day(day_in_paris(committee.starts_at)),
            came: committee.came.unwrap_or_default(),
            expected: committee.expected.unwrap_or_default(),
            presence: presence(committee.came, committee.expected),
            who: self.who(),
            opening: [Section::Context, Section::Intent].iter().filter_map(chapter).collect(),
            lessons: self.lines(Section::Lessons),
            positive: self.verbatims(Tone::Positive),
            negative: self.verbatims(Tone::Negative),
            ideas: self.groups(),
            improvements: self.lines(Section::Improvements),
            priorities: self.outcomes(OutcomeKind::Priority),
            decisions: self.outcomes(OutcomeKind::Decision),
            voters: committee.voters.filter(|_| minutes.outcomes.iter().any(|o| o.votes.is_some())),
            phases: match audience {
                Audience::Public => vec![],
                Audience::Participants => {
                    phases(committee.kind).iter().filter_map(chapter).collect()
                }
            },
            public,
        }
    }

    fn lines(&self, section: Section) -> Vec<String> {
        let text = self.minutes.note(section).unwrap_or_default();
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Into::into).collect()
    }

    fn who(&self) -> Vec<String> {
        let count = |role: &ParticipantRole| {
            let count = came(self.people, *role);
            let plural = if count > 1 { "s" } else { "" };
            (count > 0).then(|| format!("{count} {}{plural}", role.label()))
        };
        ParticipantRole::ALL.iter().filter_map(count).collect()
    }

    fn verbatims(&self, tone: Tone) -> Vec<String> {
        let kept = self.minutes.verbatims.iter().filter(|verbatim| verbatim.tone == tone);
        kept.map(|verbatim| verbatim.body.clone()).collect()
    }

    /// Groups in the order in which their first ideas stand; those without a heading last.
    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for idea in &self.minutes.ideas {
            // « informer » and « Informer » are one heading.
            let same = |group: &Group| {
                group.heading.as_deref().map(fold) == idea.heading.as_deref().map(fold)
            };
            match groups.iter_mut().find(|group| same(group)) {
                Some(group) => group.ideas.push(idea.body.clone()),
                None => groups
                    .push(Group { heading: idea.heading.clone(), ideas: vec![idea.body.clone()] }),
            }
        }
        groups.sort_by_key(|group| group.heading.is_none());
        if let [.., _, alone] = groups.as_mut_slice() {
            alone.heading.get_or_insert_with(|| "Autres idées".to_owned());
        }
        groups
    }

    /// Those of a kind, the most voted first.
    fn outcomes(&self, kind: OutcomeKind) -> Vec<Line> {
        let mut kept: Vec<&Outcome> =
            self.minutes.outcomes.iter().filter(|outcome| outcome.kind == kind).collect();
        kept.sort_by_key(|outcome| std::cmp::Reverse(outcome.votes));
        kept.into_iter().map(|outcome| self.line(outcome)).collect()
    }

    fn line(&self, outcome: &Outcome) -> Line {
        let chosen = match (outcome.choice, outcome.votes) {
            (Choice::Voted, Some(votes)) => {
                format!("{votes} voix sur {} votants", self.committee.voters.unwrap_or_default())
            }
            _ => "d'un commun accord".to_owned(),
        };
        Line {
            text: outcome.body.clone(),
            votes: outcome.votes,
            chosen,
            origin: self.origin(outcome),
        }
    }

    fn origin(&self, outcome: &Outcome) -> String {
        let from = match outcome.origin {
            Origin::Idea => {
                let rank = outcome.idea_rank.unwrap_or_default();
                let idea = self.minutes.ideas.iter().find(|idea| idea.rank == rank);
                format!("idée du comité : {}", idea.map_or("", |idea| idea.body.as_str()))
            }
            Origin::Testimony => {
                format!("témoignage n° {}", outcome.testimony_id.unwrap_or_default())
            }
            Origin::Committee => {
                match outcome.origin_committee_id.and_then(|id| self.others.get(&id)) {
                    Some((title, at)) => {
                        format!("comité « {title} » du {}", french_day(day_in_paris(*at)))
                    }
                    None => "un autre comité".to_owned(),
                }
            }
            Origin::Team => return outcome.origin_note.clone().unwrap_or_default(),
        };
        match &outcome.origin_note {
            Some(note) => format!("{from} ({note})"),
            None => from,
        }
    }
}
