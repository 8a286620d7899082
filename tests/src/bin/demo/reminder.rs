//! The reminder of a letter: the e-mail, and what the ledger says of it.

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use serde_json::json;
use tests::client::Client;
use tests::mailbox::Mail;

use crate::ask::{ask, text};
use crate::letter::Letter;
use crate::play::{PATIENCE, Step};
use crate::stage::Stage;

/// Pause between two looks at something that comes by itself.
const PAUSE: Duration = Duration::from_millis(200);

pub(crate) async fn remind(stage: &Stage, late: &Letter, answered: &Letter) -> Step<()> {
    let until = Instant::now() + PATIENCE - Duration::from_secs(1);
    let mail = loop {
        let mails = stage.mailbox.to(&stage.manager);
        if let Some(mail) = mails.into_iter().find(|mail| mail.text.contains(&late.reference)) {
            break mail;
        }
        if Instant::now() > until {
            bail!(
                "no e-mail to {} in {} names the overdue letter {} after {} s. The daily sweep reminds at \
                 8:00 (Paris); a letter that is registered past its limit must remind without waiting for \
                 it, after SPP_ALERT_QUIET_SECONDS (./dev up sets a few seconds; the default is 300). \
                 Look at `jobs(filter: {{kind: DIGEST_WRITTEN_REQUESTS}})` and ./dev logs worker",
                stage.manager,
                stage.mailbox.0.display(),
                late.reference,
                PATIENCE.as_secs(),
            );
        }
        tokio::time::sleep(PAUSE).await;
    };
    ensure!(mail.html.contains(&late.reference), "its HTML part does not name the letter");
    ensure!(!mail.text.contains(&answered.reference), "it also names the letter that was answered");
    let passage = passage(&mail, &late.reference);
    ensure!(
        passage.iter().any(|line| line.contains("15 jours")),
        "it does not tell the age: {passage:?}"
    );
    let mut lines = vec![format!("to {}: « {} »", mail.to, mail.subject.trim())];
    lines.extend(passage.into_iter().map(|line| format!("│ {line}")));
    Ok(((), lines))
}

/// What an e-mail says about one letter: from the line with its reference to the next empty one.
fn passage(mail: &Mail, reference: &str) -> Vec<String> {
    mail.text
        .lines()
        .skip_while(|line| !line.contains(reference))
        .take_while(|line| !line.trim().is_empty())
        .map(|line| line.trim_end().to_owned())
        .collect()
}

pub(crate) async fn timeline(operator: &Client, late: &Letter) -> Step<()> {
    let query = "query($id: ID!) { mailTimeline(subject: $id) { kind stage recipient status attempts sentAt reason } }";
    // The file lies in the folder an instant before the ledger says so.
    let until = Instant::now() + PATIENCE - Duration::from_secs(1);
    let entries = loop {
        let data = ask(operator, query, json!({ "id": late.id })).await?;
        let entries = data["mailTimeline"].as_array().cloned().unwrap_or_default();
        if entries.iter().any(|entry| entry["status"] == "SENT") {
            break entries;
        }
        ensure!(Instant::now() < until, "the ledger does not say SENT: {entries:?}");
        tokio::time::sleep(PAUSE).await;
    };
    let lines = entries.iter().map(|entry| {
        let reason =
            entry["reason"].as_str().map(|reason| format!(" ({reason})")).unwrap_or_default();
        format!(
            "{} {} for {}: {} at {}, tried {}×{reason}",
            text(&entry["kind"]),
            text(&entry["stage"]),
            text(&entry["recipient"]),
            text(&entry["status"]),
            text(&entry["sentAt"]),
            entry["attempts"],
        )
    });
    Ok(((), lines.collect()))
}
