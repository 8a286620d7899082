//! Letters on their way and rows of the ledger.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::tables::{email, email_mention};

crate::text_enum! {
    /// A kind of message.
    MailKind {
        /// New testimonies, to a manager.
        TestimonyAlert = "TESTIMONY_ALERT",
        /// Written requests near or past their limit, to a manager.
        WrittenRequestDigest = "WRITTEN_REQUEST_DIGEST",
        /// A written request was received, to its sender.
        WrittenRequestAcknowledgement = "WRITTEN_REQUEST_ACKNOWLEDGEMENT",
        /// An invitation to a committee, or what changed in it, to somebody on its list.
        CommitteeInvitation = "COMMITTEE_INVITATION",
        /// A request to confirm, to somebody invited to a committee.
        CommitteeConfirmation = "COMMITTEE_CONFIRMATION",
        /// A committee will not be held, to somebody invited to it.
        CommitteeCancellation = "COMMITTEE_CANCELLATION",
        /// Who comes to a committee, to its organiser.
        CommitteeSummary = "COMMITTEE_SUMMARY",
        /// What was said at a committee, to those who came and to the agents of the site.
        CommitteeSynthesis = "COMMITTEE_SYNTHESIS",
        /// Something in the product is out of order, or in order again, to an operator.
        OperatorAlert = "OPERATOR_ALERT",
        /// An API token will expire, to its owner.
        ApiTokenExpiry = "API_TOKEN_EXPIRY",
    }
}

crate::text_enum! {
    /// Where a message stands.
    MailStatus {
        /// To be sent, or waiting for another try.
        Prepared = "PREPARED",
        /// Being handed over at this moment.
        Sending = "SENDING",
        /// Taken by the mail server.
        Sent = "SENT",
        /// Refused for good.
        Failed = "FAILED",
        /// The worker died while handing it over: it may have left. For an operator to judge.
        Uncertain = "UNCERTAIN",
        /// Deliberately not sent.
        Skipped = "SKIPPED",
    }
}

/// A message ready to be written and sent. Lives in memory only: it holds a name and an address.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// What kind of message it is.
    pub kind: MailKind,
    /// What it is about, as a reference: `written-request:5`, `account:12`.
    pub subject: String,
    /// Which of several messages about it: `2026-11-22`, `ACKNOWLEDGED`.
    pub stage: String,
    /// To whom, as a reference: `account:12`, `written-request:5`.
    pub recipient: String,
    /// Name for the greeting.
    pub to_name: String,
    /// Address.
    pub to_address: String,
    /// What a grouped message tells about each thing.
    pub mentions: Vec<Mention>,
    /// Folder of its templates.
    pub template: &'static str,
    /// What the templates show.
    pub values: serde_json::Value,
    /// The event it is about, for the recipient's calendar.
    pub invite: Option<Invite>,
    /// A file that goes with it.
    pub attachment: Option<Attachment>,
}

/// A file that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Name of the file.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// An event as a calendar keeps it. All instants UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The same for every letter about the event; unique in this product.
    pub uid: String,
    /// Version of the event: a calendar takes the highest.
    pub sequence: i32,
    /// Whether it will not be held.
    pub cancelled: bool,
    /// Start.
    pub starts_at: DateTime<Utc>,
    /// End.
    pub ends_at: DateTime<Utc>,
    /// When this version was made.
    pub changed_at: DateTime<Utc>,
    /// Title.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Where.
    pub place: Option<String>,
    /// Address on line.
    pub url: Option<String>,
    /// Who holds it.
    pub organiser: String,
}

/// One thing told by a grouped message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mention {
    /// What is told, as a word of the area that tells it: `OVERDUE`, `PUBLISHED`.
    pub kind: String,
    /// About what: `written-request:5`, `testimony:7`.
    pub subject: String,
    /// Which of several times: `1`, `2`.
    pub stage: String,
}

/// A row of the ledger.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = email)]
pub struct Email {
    /// Number of the row.
    pub id: i64,
    /// What kind of message it is.
    pub kind: MailKind,
    /// What it is about.
    pub subject: String,
    /// Which of several messages about it.
    pub stage: String,
    /// To whom, as a reference.
    pub recipient: String,
    /// The same for every try.
    pub message_id: String,
    /// Where it stands.
    pub status: MailStatus,
    /// Why it waits, failed or was left out.
    pub reason: Option<String>,
    /// The job that carries it.
    pub job_id: Option<i64>,
    /// Tries, also those that ended before the message could leave.
    pub attempts: i32,
    /// When it was first prepared.
    pub prepared_at: DateTime<Utc>,
    /// When it was last about to leave.
    pub sending_at: Option<DateTime<Utc>>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// A row to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = email)]
pub(super) struct NewEmail<'a> {
    pub kind: MailKind,
    pub subject: &'a str,
    pub stage: &'a str,
    pub recipient: &'a str,
    pub message_id: &'a str,
    pub status: MailStatus,
    pub reason: Option<&'a str>,
    pub job_id: Option<i64>,
    pub prepared_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A mention to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = email_mention)]
pub(super) struct NewMention<'a> {
    pub email_id: i64,
    pub kind: &'a str,
    pub subject: &'a str,
    pub stage: &'a str,
    pub recipient: &'a str,
}

/// Something already told to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Told {
    /// To whom.
    pub recipient: String,
    /// What was told.
    pub mention: Mention,
}

/// One entry of the story of a subject: a message about it, or one that mentions it among others.
#[derive(Debug, Clone)]
pub struct TimelineEntry {
    /// The message.
    pub email: Email,
    /// What it tells about the subject, when it tells about several.
    pub mention: Option<Mention>,
}

/// Which messages an operator lists.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of one kind.
    pub kind: Option<MailKind>,
    /// In one state.
    pub status: Option<MailStatus>,
}

crate::text_enum! {
    /// What an operator decides about an uncertain message, having looked at the mail server.
    MailDecision {
        /// It did not leave: send it.
        SendAgain = "SEND_AGAIN",
        /// It left: count it as sent.
        Arrived = "ARRIVED",
    }
}

/// Whether a letter may be sent now.
#[derive(Debug, Clone)]
pub enum Prepared {
    /// Send it, under this row.
    Send(Email),
    /// Not to be sent: it has left, or may have (status, row).
    Settled(MailStatus, i64),
    /// Another job is handing the same message over at this moment.
    Busy,
    /// The job's lease was lost: another run is in charge.
    Lost,
}

/// Whether a letter may leave our hands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandOver {
    /// Written down: go on.
    Go,
    /// The job's lease was lost, or the row changed: another run is in charge.
    Lost,
    /// Another message has told some of it to this person meanwhile: prepare anew.
    ToldMeanwhile,
}

/// A message that was deliberately not sent, to be written down with its reason.
#[derive(Debug, Clone)]
pub struct Skipped {
    /// What kind of message it would have been.
    pub kind: MailKind,
    /// About what.
    pub subject: String,
    /// Which of several messages about it.
    pub stage: String,
    /// To whom.
    pub recipient: String,
    /// Why not, in French.
    pub reason: String,
}
