//! The ledger in the API.

use async_graphql::{Context, Description, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::model::{MailKind, MailStatus, TimelineEntry};
use super::{rules, service};
use crate::foundation::error::Error;
use crate::foundation::id;
use crate::graphql::context::{answer, app, caller};

/// One message in the story of a subject: that it was sent, or why not.
#[derive(Description)]
pub struct MailTimelineEntry(TimelineEntry);

#[Object(use_type_description)]
impl MailTimelineEntry {
    /// What kind of message it is.
    async fn kind(&self) -> MailKind {
        self.0.email.kind
    }
    /// Which of several messages: for a grouped message, what it tells about this subject.
    async fn stage(&self) -> String {
        match &self.0.mention {
            Some(mention) => format!("{} {}", mention.kind, mention.stage).trim().to_owned(),
            None => self.0.email.stage.clone(),
        }
    }
    /// What the message is about: this subject, or what it groups (`account:12`).
    async fn subject(&self) -> &str {
        &self.0.email.subject
    }
    /// Whom it is for, as a reference (`account:12`): never a name or an address.
    async fn recipient(&self) -> &str {
        &self.0.email.recipient
    }
    /// Where it stands.
    async fn status(&self) -> MailStatus {
        self.0.email.status
    }
    /// Why it waits, failed or was not sent, in French; null for a message that simply left.
    async fn reason(&self) -> Option<&str> {
        self.0.email.reason.as_deref()
    }
    /// Identity of the message in mail servers' logs, the same for every try.
    async fn message_id(&self) -> &str {
        &self.0.email.message_id
    }
    /// How often it was handed to the mail server.
    async fn attempts(&self) -> i32 {
        self.0.email.attempts
    }
    /// The job that carries it; null for a message left out on purpose, or once the job is forgotten.
    async fn job_id(&self) -> Option<ID> {
        self.0.email.job_id.map(|job| id::global("Job", job))
    }
    /// When it was first prepared, or left out (UTC).
    async fn prepared_at(&self) -> DateTime<Utc> {
        self.0.email.prepared_at
    }
    /// When it last was about to leave (UTC).
    async fn sending_at(&self) -> Option<DateTime<Utc>> {
        self.0.email.sending_at
    }
    /// When the mail server took it (UTC).
    async fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.0.email.sent_at
    }
    /// When its state last changed (UTC).
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.email.updated_at
    }
}

/// Ledger queries, for operators.
#[derive(Default)]
pub struct EmailQuery;

#[Object]
impl EmailQuery {
    /// Why each message about something was or was not sent, oldest first, at most 200 of each sort.
    /// For operators.
    async fn mail_timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the written request, testimony, … the messages are about.")]
        subject: ID,
    ) -> Result<Vec<MailTimelineEntry>> {
        let read = async {
            let (kind, number) = id::parse(&subject).ok_or(Error::NotFound)?;
            service::timeline(app(ctx), caller(ctx), &rules::reference(&kind, number)).await
        };
        let entries = read.await.map_err(|e| answer(ctx, e))?;
        Ok(entries.into_iter().map(MailTimelineEntry).collect())
    }
}
