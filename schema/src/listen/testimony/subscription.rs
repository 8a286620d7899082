//! Live testimonies: what was missed since a cursor, then each new one, rights checked every time.

use std::time::Duration;

use async_graphql::{Context, ID, Result, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;

use super::graphql::{Testimony, TestimonyFilterInput};
use super::live::{self, Position};
use super::model::{EventKind, TestimonyFilter, TestimonyStatus};
use crate::foundation::actor::Caller;
use crate::foundation::policy::Action;
use crate::graphql::context::{answer, app, caller, scope};
use crate::reference::account;

/// Time before events that could not be read are looked for again: the next news may be long in coming.
const RETRY: Duration = Duration::from_secs(5);

/// A testimony as it was told to live listeners.
#[derive(SimpleObject)]
pub struct TestimonyEvent {
    /// Give it back as `after` to hear what came since, even days later.
    pub cursor: String,
    /// When listeners were told, UTC.
    pub occurred_at: DateTime<Utc>,
    /// The testimony as it is now.
    pub testimony: Testimony,
}

/// Testimony subscriptions.
#[derive(Default)]
pub struct TestimonySubscription;

#[Subscription]
impl TestimonySubscription {
    /// Each testimony as it becomes public. Never before moderation.
    async fn testimony_published(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to keep; `status` is ignored.")] filter: Option<
            TestimonyFilterInput,
        >,
        #[graphql(
            desc = "Cursor of the last event seen: what was missed comes first. Without it, only new ones come."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<TestimonyEvent>> + use<>> {
        let filter = match filter {
            None => TestimonyFilter::default(),
            Some(input) => TestimonyFilter { statuses: vec![], ..input.resolve(ctx).await? },
        };
        open(ctx, EventKind::Published, filter, after).await
    }

    /// Each testimony as it comes in, for the agents of the structure concerned.
    async fn testimony_submitted(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Code or global id of a structure within the caller's rights; with all below it. Everything the caller may see when absent."
        )]
        structure: Option<ID>,
        #[graphql(desc = "Cursor of the last event seen: what was missed comes first.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<TestimonyEvent>> + use<>> {
        scope(ctx, Action::ReadHiddenTestimonies)?;
        let input = TestimonyFilterInput { structure, ..Default::default() };
        let filter = TestimonyFilter {
            statuses: TestimonyStatus::ALL.to_vec(),
            ..input.resolve(ctx).await?
        };
        if let Some(id) = filter.structure_id {
            live::authorise(app(ctx), caller(ctx), id).await.map_err(|e| answer(ctx, e))?;
        }
        open(ctx, EventKind::Submitted, filter, after).await
    }
}

async fn open(
    ctx: &Context<'_>,
    kind: EventKind,
    filter: TestimonyFilter,
    after: Option<String>,
) -> Result<impl Stream<Item = Result<TestimonyEvent>> + use<>> {
    let (app, caller) = (app(ctx).clone(), caller(ctx).clone());
    // Listening starts before the past is read, so that nothing falls in between.
    let mut news = app.events.listen();
    let mut position = Position::start(&app, after.as_deref()).await.map_err(|e| answer(ctx, e))?;
    Ok(async_stream::stream! {
        loop {
            let mut failed = false;
            loop {
                // Rights as they are now, not as they were when the socket opened.
                let caller = match account::service::refresh(&app, &caller.actor).await {
                    Ok(actor) => Caller { actor, ..caller.clone() },
                    Err(error) => {
                        yield Err(error.into_graphql(&caller.request_id));
                        return;
                    }
                };
                match live::next(&app, &caller, kind, &filter, &mut position).await {
                    Ok(told) if told.caught_up && told.events.is_empty() => break,
                    Ok(told) => {
                        for (event, row) in told.events {
                            yield Ok(TestimonyEvent {
                                cursor: Position::cursor(event.number),
                                occurred_at: event.at,
                                testimony: row.into(),
                            });
                        }
                        if told.caught_up {
                            break;
                        }
                    }
                    Err(error) => {
                        // Nothing is lost: the position did not move.
                        tracing::warn!(request_id = caller.request_id, %error, "live events unreadable");
                        failed = true;
                        break;
                    }
                }
            }
            tokio::select! {
                told = news.changed() => if told.is_err() { return },
                () = tokio::time::sleep(RETRY), if failed => {}
            }
        }
    })
}
