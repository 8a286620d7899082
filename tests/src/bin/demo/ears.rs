//! Those who listen live.

use anyhow::bail;
use serde_json::{Value, json};
use tests::client::Client;
use tests::socket::{Heard, Socket};

use crate::play::Step;
use crate::stage::{STRUCTURE, Stage};
use crate::testimony::Told;

/// The two open sockets.
pub(crate) struct Ears {
    pub(crate) public: Socket,
    pub(crate) agent: Socket,
}

pub(crate) async fn listen(stage: &Stage, agent: &Client) -> Step<Ears> {
    let mut public = Socket::connect(&stage.public.url, None).await;
    let published = "subscription($structure: ID!) {
        testimonyPublished(filter: { structure: $structure }) { cursor testimony { id number title } } }";
    public.subscribe("published", published, json!({ "structure": STRUCTURE })).await;
    let mut inside = Socket::connect(&agent.url, agent.token.as_deref()).await;
    let submitted = "subscription($structure: ID!) {
        testimonySubmitted(structure: $structure) { cursor testimony { id number title } } }";
    inside.subscribe("submitted", submitted, json!({ "structure": STRUCTURE })).await;
    let lines = vec![
        format!("WebSocket 1, without account: testimonyPublished of {STRUCTURE}"),
        format!("WebSocket 2, the agent: testimonySubmitted of {STRUCTURE}"),
    ];
    Ok((Ears { public, agent: inside }, lines))
}

/// Waits for the event about one testimony; those about others pass by.
pub(crate) async fn hear_of(
    socket: &mut Socket,
    subscription: &str,
    told: &Told,
) -> anyhow::Result<Value> {
    loop {
        match socket.hear().await {
            Heard::Message(message) if message["type"] == "next" => {
                let event = &message["payload"]["data"][subscription];
                if event["testimony"]["id"] == told.id.as_str() {
                    return Ok(event.clone());
                }
            }
            Heard::Message(message) if message["type"] == "pong" => {}
            Heard::Message(message) => bail!("the subscription ended: {message}"),
            Heard::Closed(code) => bail!("the socket was closed ({code})"),
        }
    }
}
