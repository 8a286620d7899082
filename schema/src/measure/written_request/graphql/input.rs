//! What the API is asked.

use async_graphql::{Context, ID, InputObject, Result};
use chrono::{DateTime, Utc};

use crate::foundation::day::{self, Day};
use crate::graphql::context::answer;
use crate::measure::written_request::model::{
    AnswerNature, Medium, WrittenRequestFilter, WrittenRequestState,
};
use crate::measure::written_request::service::Registration;
use crate::reference::structure::graphql::named;

/// Narrows a list of written requests. Conditions add up.
#[derive(InputObject, Default)]
pub struct WrittenRequestFilterInput {
    /// Code or global id of a structure; with all below it.
    structure: Option<ID>,
    /// Letters or e-mails only.
    medium: Option<Medium>,
    /// In one of these states today.
    states: Option<Vec<WrittenRequestState>>,
    /// Received on or after this day, Europe/Paris.
    received_from: Option<Day>,
    /// Received on or before this day, Europe/Paris.
    received_to: Option<Day>,
    /// Whose limit falls before this day, Europe/Paris.
    due_before: Option<Day>,
    /// Words or parts of words of the sender's name, e-mail or postal address, in any order; accents,
    /// capitals and punctuation do not matter.
    sender: Option<String>,
    /// Words or parts of words of the reference or the subject, in any order; accents, capitals and
    /// punctuation do not matter.
    search: Option<String>,
    /// Changed at or after this instant: for clients that keep a copy.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    updated_since: Option<DateTime<Utc>>,
}

impl WrittenRequestFilterInput {
    /// Checks the period, looks the structure up and gives the domain's filter.
    pub(super) async fn resolve(self, ctx: &Context<'_>) -> Result<WrittenRequestFilter> {
        day::forwards(self.received_from, self.received_to).map_err(|e| answer(ctx, e))?;
        let below = named(ctx, self.structure).await?;
        Ok(WrittenRequestFilter {
            below,
            medium: self.medium,
            states: self.states,
            received_from: self.received_from.map(|day| day.0),
            received_to: self.received_to.map(|day| day.0),
            due_before: self.due_before.map(|day| day.0),
            sender: self.sender,
            search: self.search,
            updated_since: self.updated_since,
        })
    }
}

/// A letter or e-mail to register.
#[derive(InputObject)]
pub struct WrittenRequestRegisterInput {
    /// Code or global id of the structure that keeps it.
    structure: ID,
    /// « Identifiant », at most 60 characters, unique within the structure; when absent or empty, the
    /// next `AAAA-NNNNN` of the structure and the year of reception.
    reference: Option<String>,
    /// Letter or e-mail.
    medium: Medium,
    /// What it is about, at most 300 characters.
    subject: String,
    /// Who wrote, at most 200 characters.
    sender_name: String,
    /// E-mail address of the sender.
    sender_email: Option<String>,
    /// Postal address of the sender, at most 500 characters; line breaks are kept.
    sender_address: Option<String>,
    /// Day of reception, Europe/Paris; not in the future.
    received_on: Day,
    /// Day on which an acknowledgement of receipt left, Europe/Paris.
    acknowledged_on: Option<Day>,
    /// Whether to send the sender an acknowledgement of receipt by e-mail now; it announces the limit,
    /// and the request counts as acknowledged today.
    #[graphql(default)]
    acknowledge_by_email: bool,
}

impl From<WrittenRequestRegisterInput> for Registration {
    fn from(input: WrittenRequestRegisterInput) -> Self {
        Self {
            structure: input.structure.0,
            reference: input.reference,
            medium: input.medium,
            subject: input.subject,
            sender_name: input.sender_name,
            sender_email: input.sender_email,
            sender_address: input.sender_address,
            received_on: input.received_on.0,
            acknowledged_on: input.acknowledged_on.map(|day| day.0),
            acknowledge_by_email: input.acknowledge_by_email,
        }
    }
}

/// An acknowledgement of receipt.
#[derive(InputObject)]
pub struct WrittenRequestAcknowledgeInput {
    /// Global id of the request.
    pub(super) id: ID,
    /// Day on which it left, Europe/Paris; today when absent. Neither before the reception nor after
    /// the final answer.
    pub(super) acknowledged_on: Option<Day>,
    /// Whether to send it by e-mail now; its day is then today.
    #[graphql(default)]
    pub(super) send_email: bool,
}

/// The final answer to a request.
#[derive(InputObject)]
pub struct WrittenRequestAnswerInput {
    /// Global id of the request.
    pub(super) id: ID,
    /// Day on which the answer left, Europe/Paris; neither before the reception nor in the future.
    pub(super) answered_on: Day,
    /// Its nature.
    pub(super) nature: AnswerNature,
}

/// A register to import.
#[derive(InputObject)]
pub struct WrittenRequestsImportInput {
    /// Code or global id of the structure that keeps the requests.
    pub(super) structure: ID,
    /// The file: UTF-8, with `;`, `,` or tabs, and a first line that names its columns. Needed:
    /// `reference`, `medium` (LETTER or courrier, EMAIL or courriel), `subject`, `sender_name`,
    /// `received_on`. Possible: `sender_email`, `sender_address`, `acknowledged_on`, `answered_on`,
    /// `answer_nature`, `structure` (code of a structure below). Days as AAAA-MM-JJ or JJ/MM/AAAA.
    pub(super) csv: String,
}
