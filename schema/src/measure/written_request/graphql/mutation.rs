//! Keeping the register.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::input::{
    WrittenRequestAcknowledgeInput, WrittenRequestAnswerInput, WrittenRequestRegisterInput,
    WrittenRequestsImportInput,
};
use super::object::WrittenRequest;
use crate::foundation::error::Result as Outcome;
use crate::foundation::id;
use crate::foundation::payload::{UserError, settle};
use crate::foundation::policy::Action;
use crate::foundation::table;
use crate::graphql::context::{app, caller};
use crate::measure::written_request::import::{self, ImportReport};
use crate::measure::written_request::model;
use crate::measure::written_request::service::{self, Acknowledgement, Answer};

/// Answer of the mutations about one written request.
#[derive(SimpleObject)]
pub struct WrittenRequestPayload {
    /// The request as it is now; null when something must be mended first.
    written_request: Option<WrittenRequest>,
    /// What to mend; nothing was written then.
    user_errors: Vec<UserError>,
}

/// What an import did.
#[derive(SimpleObject)]
pub struct WrittenRequestsImportReport {
    /// Lines read, without the header.
    read: i64,
    /// Requests added.
    created: i64,
    /// Requests whose line differs from what was known.
    updated: i64,
    /// Requests whose line says what was known.
    unchanged: i64,
}

impl From<ImportReport> for WrittenRequestsImportReport {
    fn from(done: ImportReport) -> Self {
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Self {
            read: whole(done.read),
            created: whole(done.created),
            updated: whole(done.updated),
            unchanged: whole(done.unchanged),
        }
    }
}

/// Answer of `writtenRequestsImport`.
#[derive(SimpleObject)]
pub struct WrittenRequestsImportPayload {
    /// What was done; null when something must be mended first.
    report: Option<WrittenRequestsImportReport>,
    /// Every wrong line; nothing was written when there is one.
    user_errors: Vec<UserError>,
}

fn payload(
    ctx: &Context<'_>,
    outcome: Outcome<model::WrittenRequest>,
) -> Result<WrittenRequestPayload> {
    let (row, user_errors) = settle(outcome, &caller(ctx).request_id)?;
    Ok(WrittenRequestPayload { written_request: row.map(Into::into), user_errors })
}

/// The row of a global id; what is not one of ours leads to no row, and is answered as unknown.
fn row_of(id: &async_graphql::ID) -> i64 {
    id::number_of("WrittenRequest", id).unwrap_or_default()
}

/// Mutations of « mesure et affichage ».
#[derive(Default)]
pub struct MeasureMutation;

#[Object]
impl MeasureMutation {
    /// Registers a letter or e-mail. For those who keep the register of the structure.
    async fn written_request_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: WrittenRequestRegisterInput,
    ) -> Result<WrittenRequestPayload> {
        payload(ctx, service::register(app(ctx), caller(ctx), input.into()).await)
    }

    /// Writes down that receipt was acknowledged, or acknowledges it by e-mail. Once per request.
    async fn written_request_acknowledge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, when and how.")] input: WrittenRequestAcknowledgeInput,
    ) -> Result<WrittenRequestPayload> {
        let input = Acknowledgement {
            id: row_of(&input.id),
            on: input.acknowledged_on.map(|day| day.0),
            send_email: input.send_email,
        };
        payload(ctx, service::acknowledge(app(ctx), caller(ctx), input).await)
    }

    /// Writes down the final answer: the delay is counted, and reminders stop. Once per request.
    async fn written_request_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, when and how.")] input: WrittenRequestAnswerInput,
    ) -> Result<WrittenRequestPayload> {
        let input = Answer { id: row_of(&input.id), on: input.answered_on.0, nature: input.nature };
        payload(ctx, service::answer(app(ctx), caller(ctx), input).await)
    }

    /// Imports a register. Everything is checked before anything is written, and every wrong line is
    /// told. A known reference is updated, an empty optional cell keeps what is known, and the same file
    /// twice changes nothing.
    async fn written_requests_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file, and whose register it is.")] input: WrittenRequestsImportInput,
    ) -> Result<WrittenRequestsImportPayload> {
        let csv = input.csv.as_bytes();
        let outcome = async {
            caller(ctx).actor.scope(Action::KeepWrittenRequests)?;
            table::within(csv.len(), app(ctx).settings.import_bytes)?;
            import::import(app(ctx), caller(ctx), &input.structure, csv, &mut |_, _| {}).await
        }
        .await;
        let (done, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        Ok(WrittenRequestsImportPayload { report: done.map(Into::into), user_errors })
    }
}
