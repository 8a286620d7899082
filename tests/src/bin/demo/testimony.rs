//! A testimony travels: told, hidden, published, heard.

use std::time::Instant;

use anyhow::{Context, bail, ensure};
use serde_json::json;
use tests::client::Client;
use tests::socket::Heard;

use crate::ask::{ask, mutate, text};
use crate::ears::{Ears, hear_of};
use crate::play::Step;
use crate::stage::{STRUCTURE, Stage};

/// The testimony of this run.
pub(crate) struct Told {
    pub(crate) id: String,
    number: i64,
}

pub(crate) async fn submit(stage: &Stage, agent: &Client, ears: &mut Ears) -> Step<Told> {
    let title = format!("Reçue sans rendez-vous, le {}", stage.instant);
    let input = json!({
        "structure": STRUCTURE,
        "title": title,
        "body": "Je venais pour mon changement d'adresse, sans rendez-vous. L'agente d'accueil a pris \
                 le temps de m'expliquer la démarche en ligne et tout était réglé en un quart d'heure. \
                 Au téléphone, la veille, j'avais attendu longtemps avant d'avoir quelqu'un.",
        "pseudonym": "Camille",
        "experiences": [
            { "channel": "FRONT_DESK", "sentiment": "POSITIVE" },
            { "channel": "PHONE", "sentiment": "NEGATIVE" },
        ],
    });
    let fields = "testimony { id number status structure { name } }";
    let payload = mutate(&stage.public, "testimonySubmit", input, fields).await?;
    let row = &payload["testimony"];
    ensure!(row["status"] == "IN_MODERATION", "its status is {}", row["status"]);
    let told = Told { id: text(&row["id"]), number: row["number"].as_i64().context("no number")? };
    // The agent's news proves that the event has travelled: silence elsewhere then means something.
    hear_of(&mut ears.agent, "testimonySubmitted", &told).await?;
    let name = viewer_name(agent).await?;
    let lines = vec![
        format!("n° {} about {}: « {title} »", told.number, text(&row["structure"]["name"])),
        "accueil physique 😊, téléphone ☹; it waits for a moderator".to_owned(),
        format!("{name}, the agent concerned, hears of it on her WebSocket"),
    ];
    Ok((told, lines))
}

async fn viewer_name(who: &Client) -> anyhow::Result<String> {
    Ok(text(&ask(who, "{ viewer { displayName } }", json!({})).await?["viewer"]["displayName"]))
}

pub(crate) async fn hidden(stage: &Stage, told: &Told, ears: &mut Ears) -> Step<()> {
    // Whatever was sent to this listener so far comes before the answer to this ping.
    ears.public.send(json!({ "type": "ping" })).await;
    loop {
        match ears.public.hear().await {
            Heard::Message(message) if message["type"] == "pong" => break,
            Heard::Message(message) => {
                let about = &message["payload"]["data"]["testimonyPublished"]["testimony"]["id"];
                ensure!(about != told.id.as_str(), "it was announced before a moderator read it");
            }
            Heard::Closed(code) => bail!("the socket was closed ({code})"),
        }
    }
    let found = "query($id: ID!) { testimony(id: $id) { id } }";
    let seen = ask(&stage.public, found, json!({ "id": told.id })).await?;
    ensure!(seen["testimony"].is_null(), "the public can read it before a moderator did");
    let lines =
        vec!["the public WebSocket is silent, and the public query answers null".to_owned()];
    Ok(((), lines))
}

pub(crate) async fn publish(moderator: &Client, told: &Told) -> Step<Instant> {
    let name = viewer_name(moderator).await?;
    let clicked = Instant::now();
    let input = json!({ "id": told.id });
    let payload = mutate(moderator, "testimonyPublish", input, "testimony { status }").await?;
    let status = &payload["testimony"]["status"];
    ensure!(status == "PUBLISHED", "its status is {status}");
    Ok((clicked, vec![format!("{name}: n° {} is public", told.number)]))
}

pub(crate) async fn heard(told: &Told, clicked: Instant, ears: &mut Ears) -> Step<()> {
    let event = hear_of(&mut ears.public, "testimonyPublished", told).await?;
    let milliseconds = clicked.elapsed().as_millis();
    let lines = vec![
        format!("« {} », {milliseconds} ms after the click", text(&event["testimony"]["title"])),
        format!("cursor {}, from which a cut listener goes on", text(&event["cursor"])),
    ];
    Ok(((), lines))
}
