//! Rows of the register and the words they use.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use crate::tables::written_request;

crate::text_enum! {
    // DOMAIN §20.7.
    /// How a written request came in; results are never mixed.
    Medium {
        /// Courrier: on paper.
        Letter = "LETTER",
        /// Courriel: by e-mail or a contact form.
        Email = "EMAIL",
    }
}

crate::text_enum! {
    // DOMAIN §20.2; the list is ours.
    /// Nature of the final answer.
    AnswerNature {
        /// Renseignement donné.
        Information = "INFORMATION",
        /// Accord.
        Acceptance = "ACCEPTANCE",
        /// Accord partiel.
        PartialAcceptance = "PARTIAL_ACCEPTANCE",
        /// Refus.
        Refusal = "REFUSAL",
        /// Transmission au service compétent.
        Transfer = "TRANSFER",
        /// Classement sans suite.
        NoFollowUp = "NO_FOLLOW_UP",
        /// Autre.
        Other = "OTHER",
    }
}

crate::text_enum! {
    // DOMAIN C1.
    /// Where a written request stands today, Europe/Paris.
    WrittenRequestState {
        /// Open, at most 14 days after its reception.
        InProgress = "IN_PROGRESS",
        /// Open, and more than 14 days have passed: counts as unanswered.
        Overdue = "OVERDUE",
        /// Answered within 14 days.
        Answered = "ANSWERED",
        /// Answered later than 14 days: counts as unanswered in the 14-day figures.
        AnsweredLate = "ANSWERED_LATE",
    }
}

crate::text_enum! {
    /// Order of a list of written requests.
    WrittenRequestOrder {
        /// By day of reception, newest first.
        ReceivedOn = "RECEIVED_ON",
        /// By last day of the limit, soonest first.
        DueOn = "DUE_ON",
    }
}

impl Medium {
    /// The French word for one of them.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Letter => "courrier",
            Self::Email => "courriel",
        }
    }
}

/// A letter or e-mail received.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName, Selectable)]
#[diesel(table_name = written_request, check_for_backend(diesel::pg::Pg))]
pub struct WrittenRequest {
    /// Row number.
    pub id: i64,
    /// The structure that keeps it.
    pub structure_id: i64,
    /// « Identifiant », unique within the structure.
    pub reference: String,
    /// Letter or e-mail.
    pub medium: Medium,
    /// What it is about.
    pub subject: String,
    /// Who wrote.
    pub sender_name: String,
    /// Where an e-mail reaches the sender.
    pub sender_email: Option<String>,
    /// Where a letter reaches the sender.
    pub sender_address: Option<String>,
    /// Day of reception.
    pub received_on: NaiveDate,
    /// Day on which the acknowledgement of receipt left.
    pub acknowledged_on: Option<NaiveDate>,
    /// Day on which the final answer left.
    pub answered_on: Option<NaiveDate>,
    /// Nature of the final answer.
    pub answer_nature: Option<AnswerNature>,
    /// Last day on which an answer is in time.
    pub due_on: NaiveDate,
    /// Registration, UTC.
    pub created_at: DateTime<Utc>,
    /// Last change, UTC.
    pub updated_at: DateTime<Utc>,
}

/// A row to insert, or the new contents of a row.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = written_request)]
pub(super) struct NewWrittenRequest {
    pub structure_id: i64,
    pub reference: String,
    pub medium: Medium,
    pub subject: String,
    pub sender_name: String,
    pub sender_email: Option<String>,
    pub sender_address: Option<String>,
    pub sender_key: String,
    pub search_key: String,
    pub received_on: NaiveDate,
    pub acknowledged_on: Option<NaiveDate>,
    pub answered_on: Option<NaiveDate>,
    pub answer_nature: Option<AnswerNature>,
    pub due_on: NaiveDate,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What a list of written requests is narrowed to. Empty parts keep everything.
#[derive(Debug, Clone, Default)]
pub struct WrittenRequestFilter {
    /// The subtree below this structure, itself included.
    pub below: Option<i64>,
    /// Letters or e-mails.
    pub medium: Option<Medium>,
    /// In one of these states.
    pub states: Option<Vec<WrittenRequestState>>,
    /// Received on that day or later.
    pub received_from: Option<NaiveDate>,
    /// Received on that day or earlier.
    pub received_to: Option<NaiveDate>,
    /// Whose limit falls before that day.
    pub due_before: Option<NaiveDate>,
    /// Words of the sender's name or addresses; accents, capitals and punctuation are indifferent.
    pub sender: Option<String>,
    /// Words of the reference or the subject, likewise.
    pub search: Option<String>,
    /// Changed at that instant or later.
    pub updated_since: Option<DateTime<Utc>>,
}
