//! Draws the synthesis of a closed committee, as a page and on paper, for each audience.

use anyhow::Context;
use schema::operate::job::model::Claimed;
use schema::prioritise::minutes::document::Synthesis;
use schema::prioritise::minutes::model::Document;
use schema::prioritise::minutes::service;
use serde::Deserialize;

use super::{Ctx, JobError, payload};
use crate::paper;

const PAPER: &str = include_str!("../../templates/committee_synthesis/document.typ");

#[derive(Deserialize)]
struct Payload {
    committee: i64,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { committee } = payload(job)?;
    let Some(wanted) = service::to_draw(&ctx.app, committee).await? else { return Ok(()) };
    let mut documents = Vec::with_capacity(wanted.len());
    for (audience, synthesis) in wanted {
        let html = ctx.mailer.page("committee_synthesis/document.html.jinja", &synthesis)?;
        let pdf = on_paper(synthesis).await?;
        let drawn_at = ctx.app.clock.now();
        documents.push(Document { committee_id: committee, audience, html, pdf, drawn_at });
    }
    Ok(service::drawn(&ctx.app, committee, &documents, job.request_id.as_deref()).await?)
}

async fn on_paper(synthesis: Synthesis) -> anyhow::Result<Vec<u8>> {
    tokio::task::spawn_blocking(move || paper::pdf(PAPER, &synthesis))
        .await
        .context("drawing a synthesis")?
}
