//! The ledger in the API.

use async_graphql::connection::Connection;
use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::model::{Email, Filter, MailDecision, MailKind, MailStatus, TimelineEntry};
use super::{rules, service};
use crate::foundation::error::Error;
use crate::foundation::id;
use crate::foundation::page::{Cursor, Page};
use crate::foundation::payload::{UserError, settle};
use crate::foundation::policy::{Action, Scope};
use crate::graphql::context::{answer, app, caller, scope};

/// The one order of the list: newest first.
const ORDER: &str = "MAIL_ID";

/// A message in the ledger: that it was sent, or why not. Holds no address and no text.
#[derive(Clone, Description)]
pub struct Mail(TimelineEntry);

impl From<Email> for Mail {
    fn from(email: Email) -> Self {
        Self(TimelineEntry { email, mention: None })
    }
}

#[Object(use_type_description)]
impl Mail {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("Mail", self.0.email.id)
    }
    /// What kind of message it is.
    async fn kind(&self) -> MailKind {
        self.0.email.kind
    }
    /// Which of several messages; in `mailTimeline`, for a grouped message, what it tells about that subject.
    async fn stage(&self) -> String {
        match &self.0.mention {
            Some(mention) => format!("{} {}", mention.kind, mention.stage).trim().to_owned(),
            None => self.0.email.stage.clone(),
        }
    }
    /// What the message is about, as a reference: `written-request:5`, or what it groups (`account:12`).
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
    /// How often it was tried, also when the mail server was out of reach or refused it before it could leave.
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

/// Which messages to list. Criteria add up.
#[derive(Debug, Default, InputObject)]
pub struct MailFilter {
    /// Of one kind.
    pub kind: Option<MailKind>,
    /// In one state.
    pub status: Option<MailStatus>,
}

/// What the list of messages tells beside its page.
pub struct MailTotals {
    scope: Scope,
    filter: Filter,
}

#[Object]
impl MailTotals {
    /// How many messages the filter finds, all pages together. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        service::count(app(ctx), &self.scope, &self.filter).await.map_err(|e| answer(ctx, e))
    }
}

/// How many messages of a kind stand somewhere.
#[derive(SimpleObject)]
pub struct MailTotal {
    /// The kind.
    pub kind: MailKind,
    /// Where they stand.
    pub status: MailStatus,
    /// How many.
    pub count: i64,
}

/// Which message to settle, and how.
#[derive(Debug, InputObject)]
pub struct MailDecideInput {
    /// Global id of the message.
    pub id: ID,
    /// What was found on the mail server.
    pub decision: MailDecision,
}

/// What became of a decision.
#[derive(SimpleObject)]
pub struct MailDecidePayload {
    /// The message as it stands now; null when refused.
    pub mail: Option<Mail>,
    /// What to mend. Nothing was changed.
    pub user_errors: Vec<UserError>,
}

/// Ledger mutations, for operators.
#[derive(Default)]
pub struct EmailMutation;

#[Object]
impl EmailMutation {
    /// Settles an uncertain message: it is sent again, or counts as sent. For operators.
    async fn mail_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which message, and what was found.")] input: MailDecideInput,
    ) -> Result<MailDecidePayload> {
        let id = id::number_of("Mail", &input.id);
        let outcome = service::decide(app(ctx), caller(ctx), id, input.decision).await;
        let (mail, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        Ok(MailDecidePayload { mail: mail.map(Mail::from), user_errors })
    }
}

/// Ledger queries, for operators.
#[derive(Default)]
pub struct EmailQuery;

#[Object]
impl EmailQuery {
    /// Messages, newest first. For operators.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    async fn mails(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 when nothing is said.")]
        first: Option<i32>,
        #[graphql(desc = "Start after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which messages; all when nothing is said.")] filter: Option<MailFilter>,
    ) -> Result<Connection<String, Mail, MailTotals>> {
        let scope = scope(ctx, Action::ReadOperations)?;
        let wanted = filter.unwrap_or_default();
        let filter = Filter { kind: wanted.kind, status: wanted.status };
        let read = async {
            let page = Page::new(ORDER, first, after, last, before)?;
            service::page(app(ctx), &scope, &filter, &page).await
        };
        let slice = read.await.map_err(|e| answer(ctx, e))?;
        let cursor = |row: &Email| Cursor::new(ORDER, row.id, row.id);
        Ok(slice.into_connection(MailTotals { scope, filter }, cursor, Mail::from))
    }

    /// How many messages of each kind stand where; what there is none of is absent. Messages on their way or uncertain
    /// (`PREPARED`, `SENDING`, `UNCERTAIN`) all count; those at their end (`SENT`, `FAILED`, `SKIPPED`) when they came to
    /// it in the last 30 days. For operators.
    async fn mail_totals(&self, ctx: &Context<'_>) -> Result<Vec<MailTotal>> {
        let scope = scope(ctx, Action::ReadOperations)?;
        let totals = service::totals(app(ctx), &scope).await.map_err(|e| answer(ctx, e))?;
        let total = |(kind, status, count)| MailTotal { kind, status, count };
        Ok(totals.into_iter().map(total).collect())
    }

    /// Why each message about something was or was not sent, oldest first, at most 200 of each sort.
    /// For operators.
    async fn mail_timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the written request, testimony, … the messages are about.")]
        subject: ID,
    ) -> Result<Vec<Mail>> {
        let scope = scope(ctx, Action::ReadOperations)?;
        let read = async {
            let (kind, number) = id::parse(&subject).ok_or(Error::NotFound)?;
            service::timeline(app(ctx), &scope, &rules::reference(&kind, number)).await
        };
        let entries = read.await.map_err(|e| answer(ctx, e))?;
        Ok(entries.into_iter().map(Mail).collect())
    }
}
