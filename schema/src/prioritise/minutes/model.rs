//! Rows of minutes and the words they use.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::tables::{
    committee_document, committee_idea, committee_note, committee_outcome, committee_verbatim,
};

crate::text_enum! {
    /// A chapter of the secretary's notes: phases of the meeting first, then chapters of the synthesis.
    #[graphql(name = "CommitteeSection")]
    Section {
        /// Présentation des objectifs: first phase of a listening committee (DOMAIN §18.8).
        Objectives = "OBJECTIVES",
        /// Tour de table: second phase.
        RoundTable = "ROUND_TABLE",
        /// Partage d'expériences: third phase.
        Experiences = "EXPERIENCES",
        /// Identification des attentes et axes de progrès: fourth phase.
        Expectations = "EXPECTATIONS",
        /// Bilan et synthèse de la séance: fifth phase.
        Conclusion = "CONCLUSION",
        /// Présentation des plans d'actions: first part of a local committee (DOMAIN §17.8).
        ActionPlans = "ACTION_PLANS",
        /// Discussion: second part of a local committee.
        Discussion = "DISCUSSION",
        /// Priorisation: third part of a local committee.
        Prioritisation = "PRIORITISATION",
        /// Contexte et attentes: first chapter of a synthesis (DOMAIN §18.11).
        Context = "CONTEXT",
        /// Attendus par rapport au thème.
        Intent = "INTENT",
        /// Principaux enseignements.
        Lessons = "LESSONS",
        /// Pistes d'amélioration.
        Improvements = "IMPROVEMENTS",
    }
}

crate::text_enum! {
    /// Whether a verbatim praises or complains; a synthesis shows both (DOMAIN §18.11).
    #[graphql(name = "CommitteeTone")]
    Tone {
        /// Avis positif.
        Positive = "POSITIVE",
        /// Avis négatif.
        Negative = "NEGATIVE",
    }
}

crate::text_enum! {
    /// What a committee came to.
    #[graphql(name = "CommitteeOutcomeKind")]
    OutcomeKind {
        /// Priorité: what to work on first; it feeds action sheets (DOMAIN §17.11).
        Priority = "PRIORITY",
        /// Décision.
        Decision = "DECISION",
    }
}

crate::text_enum! {
    /// How it was chosen.
    #[graphql(name = "CommitteeChoice")]
    Choice {
        /// By counting votes.
        Voted = "VOTED",
        /// By common agreement.
        Agreed = "AGREED",
    }
}

crate::text_enum! {
    /// What a priority or decision came from.
    #[graphql(name = "CommitteeOrigin")]
    Origin {
        /// An idea of this committee.
        Idea = "IDEA",
        /// A testimony.
        Testimony = "TESTIMONY",
        /// Another committee.
        Committee = "COMMITTEE",
        /// What the team had found before: self-assessment, indicators, a first idea (DOMAIN §17.1).
        Team = "TEAM",
    }
}

crate::text_enum! {
    /// For whom a synthesis was drawn.
    #[graphql(name = "CommitteeAudience")]
    Audience {
        /// Those who took part, and the agents of the site.
        Participants = "PARTICIPANTS",
        /// Everybody.
        Public = "PUBLIC",
    }
}

/// A chapter of the secretary's notes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = committee_note, check_for_backend(diesel::pg::Pg))]
pub struct Note {
    /// The committee.
    pub committee_id: i64,
    /// Which chapter.
    pub section: Section,
    /// Plain text with lines.
    pub body: String,
}

/// Something that was said, word for word and without a name.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = committee_verbatim, check_for_backend(diesel::pg::Pg))]
pub struct Verbatim {
    /// The committee.
    pub committee_id: i64,
    /// Place in the list, from 1.
    pub rank: i32,
    /// Praise or complaint.
    pub tone: Tone,
    /// The words.
    pub body: String,
}

/// An idea or expectation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = committee_idea, check_for_backend(diesel::pg::Pg))]
pub struct Idea {
    /// The committee.
    pub committee_id: i64,
    /// Place in the list, from 1; what outcomes refer to.
    pub rank: i32,
    /// The idea.
    pub body: String,
    /// The heading under which similar ideas were put together.
    pub heading: Option<String>,
}

/// A priority or a decision.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = committee_outcome, check_for_backend(diesel::pg::Pg))]
pub struct Outcome {
    /// Row number.
    pub id: i64,
    /// The committee.
    pub committee_id: i64,
    /// Place in the list, from 1.
    pub rank: i32,
    /// Priority or decision.
    pub kind: OutcomeKind,
    /// What was chosen.
    pub body: String,
    /// How it was chosen.
    pub choice: Choice,
    /// Votes for it, of the committee's voters; `None` when agreed.
    pub votes: Option<i32>,
    /// What it came from.
    pub origin: Origin,
    /// The idea it came from.
    pub idea_rank: Option<i32>,
    /// The testimony it came from.
    pub testimony_id: Option<i64>,
    /// The other committee it came from.
    pub origin_committee_id: Option<i64>,
    /// What it came from, in words.
    pub origin_note: Option<String>,
}

/// A priority or decision to insert.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = committee_outcome)]
pub struct NewOutcome {
    /// The committee.
    pub committee_id: i64,
    /// Place in the list, from 1.
    pub rank: i32,
    /// Priority or decision.
    pub kind: OutcomeKind,
    /// What was chosen.
    pub body: String,
    /// How it was chosen.
    pub choice: Choice,
    /// Votes for it.
    pub votes: Option<i32>,
    /// What it came from.
    pub origin: Origin,
    /// The idea it came from.
    pub idea_rank: Option<i32>,
    /// The testimony it came from.
    pub testimony_id: Option<i64>,
    /// The other committee it came from.
    pub origin_committee_id: Option<i64>,
    /// What it came from, in words.
    pub origin_note: Option<String>,
}

/// The minutes of one committee; lists in the order of their ranks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Minutes {
    /// The secretary's notes, in the order of [`Section`].
    pub notes: Vec<Note>,
    /// What was said.
    pub verbatims: Vec<Verbatim>,
    /// Ideas and expectations.
    pub ideas: Vec<Idea>,
    /// Priorities and decisions.
    pub outcomes: Vec<Outcome>,
}

impl Minutes {
    /// The text of a chapter, if it was written.
    pub fn note(&self, section: Section) -> Option<&str> {
        self.notes.iter().find(|note| note.section == section).map(|note| note.body.as_str())
    }
}

/// A synthesis as it was shared.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = committee_document, check_for_backend(diesel::pg::Pg))]
pub struct Document {
    /// The committee.
    pub committee_id: i64,
    /// For whom it was drawn.
    pub audience: Audience,
    /// As the content of a web page.
    pub html: String,
    /// As a file to print.
    pub pdf: Vec<u8>,
    /// When it was drawn, UTC.
    pub drawn_at: DateTime<Utc>,
}

impl Section {
    /// Its French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Objectives => "Présentation des objectifs",
            Self::RoundTable => "Tour de table des participants",
            Self::Experiences => "Partage d'expériences",
            Self::Expectations => "Identification des attentes et axes de progrès",
            Self::Conclusion => "Bilan et synthèse de la séance",
            Self::ActionPlans => "Présentation des plans d'actions",
            Self::Discussion => "Discussion",
            Self::Prioritisation => "Priorisation",
            Self::Context => "Contexte et attentes",
            Self::Intent => "Attendus",
            Self::Lessons => "Principaux enseignements",
            Self::Improvements => "Pistes d'amélioration",
        }
    }
}
