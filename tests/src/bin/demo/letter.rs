//! Two letters: registered, answered.

use anyhow::{bail, ensure};
use chrono::{Days, NaiveDate};
use serde_json::json;
use tests::client::Client;

use crate::ask::{mutate, text};
use crate::play::Step;
use crate::stage::{STRUCTURE, Stage};

/// A letter of this run.
pub(crate) struct Letter {
    pub(crate) id: String,
    pub(crate) reference: String,
    received_on: NaiveDate,
}

pub(crate) async fn register(stage: &Stage, agent: &Client) -> Step<(Letter, Letter)> {
    let mut letters = Vec::new();
    let mut lines = Vec::new();
    for (age, subject, sender, state) in [
        (3, "Demande d'attestation de paiement", "Mme Odile Garance", "IN_PROGRESS"),
        (15, "Contestation d'un trop-perçu", "M. Anselme Rivoire", "OVERDUE"),
    ] {
        let received_on = stage.today - Days::new(age);
        let input = json!({
            "structure": STRUCTURE,
            "medium": "LETTER",
            "subject": subject,
            "senderName": sender,
            "senderAddress": "4 rue des Tilleuls\n96000 Montarcy",
            "receivedOn": received_on,
        });
        let fields = "writtenRequest { id reference state dueOn ageDays }";
        let payload = mutate(agent, "writtenRequestRegister", input, fields).await?;
        let row = &payload["writtenRequest"];
        ensure!(row["state"] == state, "« {subject} » is {} instead of {state}", row["state"]);
        let letter =
            Letter { id: text(&row["id"]), reference: text(&row["reference"]), received_on };
        lines.push(format!(
            "{}, « {subject} »: received {} days ago, due on {}, {state}",
            letter.reference,
            row["ageDays"],
            text(&row["dueOn"]),
        ));
        letters.push(letter);
    }
    match <[Letter; 2]>::try_from(letters) {
        Ok([first, second]) => Ok(((first, second), lines)),
        Err(_) => bail!("a letter is missing"),
    }
}

pub(crate) async fn answer(stage: &Stage, agent: &Client, letter: &Letter) -> Step<()> {
    let input = json!({ "id": letter.id, "answeredOn": stage.today, "nature": "INFORMATION" });
    let fields = "writtenRequest { state delayDays answeredOn }";
    let payload = mutate(agent, "writtenRequestAnswer", input, fields).await?;
    let row = &payload["writtenRequest"];
    let expected = (stage.today - letter.received_on).num_days().max(1);
    ensure!(row["delayDays"] == expected, "its delay is {} days", row["delayDays"]);
    Ok(((), vec![format!("{}: {} after {expected} days", letter.reference, text(&row["state"]))]))
}
