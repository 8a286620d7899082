//! The three messages as people receive them. Whole e-mails are kept in `snapshots/`.

use std::path::PathBuf;

use chrono::TimeDelta;
use mail_parser::MessageParser;
use serde_json::json;
use tests::World;
use tests::mailbox::Mail;
use tests::people::{A, address};

use super::{acknowledge, publish, register, tell, telling};

/// The files of a kind of message, oldest first.
pub(super) fn files(world: &World, kind: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(&world.mailbox.0).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        all.filter(|path| path.to_string_lossy().contains(kind)).collect();
    files.sort();
    files
}

/// An e-mail from its first header to its last line, its encodings undone.
fn whole(bytes: &[u8]) -> String {
    let message = MessageParser::default().parse(bytes).unwrap();
    let mail = Mail::parse(bytes);
    let raw = String::from_utf8(bytes.to_vec()).expect("seven bits");
    let (head, _) = raw.split_once("\r\n\r\n").unwrap();
    let plain = [
        "Message-ID",
        "Date",
        "MIME-Version",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "Content-Type",
    ];
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let headers: Vec<&str> = unfolded
        .lines()
        .filter(|line| plain.iter().any(|name| line.starts_with(&format!("{name}:"))))
        .collect();
    let from = message.from().unwrap().first().unwrap();
    let to = message.to().unwrap().first().unwrap();
    format!(
        "From: {} <{}>\nTo: {} <{}>\nSubject: {}\n{}\n\n=== text ===\n{}\n=== html ===\n{}",
        from.name().unwrap(),
        from.address().unwrap(),
        to.name().unwrap(),
        to.address().unwrap(),
        mail.subject,
        headers.join("\n"),
        mail.text,
        mail.html,
    )
    .replace('\r', "")
}

/// What every message must be for every reader: in French and said to be, readable without network, honest
/// about being automatic, whole in the narrowest mail program.
pub(super) fn assert_readable(bytes: &[u8]) {
    let mail = Mail::parse(bytes);
    assert!(bytes.is_ascii(), "old relays take seven bits only");
    assert!(
        bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 998),
        "longest line (RFC 5322)"
    );
    assert!((1..=78).contains(&mail.subject.chars().count()), "subject: {}", mail.subject);
    assert!(!mail.subject.contains(['\n', '\r', '<', '{']), "subject: {}", mail.subject);
    assert!(
        mail.html.contains("<html lang=\"fr\">") && mail.html.contains("<meta charset=\"utf-8\">")
    );
    for remote in
        ["src=", "url(", "<img", "<link", "<script", "<iframe", "@import", "srcset", "background="]
    {
        assert!(!mail.html.contains(remote), "{remote} in {}", mail.html);
    }
    // Minijinja writes slashes as `&#x2f;`, which is the same to every reader of HTML.
    for link in mail.html.replace("&#x2f;", "/").split("href=\"").skip(1) {
        assert!(link.starts_with("http://127.0.0.1:8000") || link.starts_with("mailto:"), "{link}");
    }
    for part in [&mail.text, &mail.html] {
        assert!(part.contains("Bonjour ") && part.contains("Ce message est automatique"), "{part}");
        for leftover in ["{{", "{%", "None", "none", "null", "undefined", "&amp;amp;"] {
            assert!(!part.contains(leftover), "{leftover} in {part}");
        }
    }
    assert!(!mail.text.contains("</"), "{}", mail.text);
    assert_eq!(mail.auto_submitted, "auto-generated");
}

#[tokio::test]
async fn the_three_messages_as_they_are_received() {
    let world = World::new().await;
    let (bruno, gaelle) = (world.person("bruno").await, world.person("gaelle").await);

    // david hears of two testimonies at once.
    for title in ["Une heure au téléphone", "Dossier <perdu> & retrouvé"] {
        let id = tell(&world, telling(A, title)).await;
        publish(&gaelle, &id).await;
    }
    world.later(TimeDelta::minutes(6)).await;
    assert_as_kept(&world, "testimony-alert", &address("david"));
    // alice hears that her letter has arrived.
    acknowledge(&world, &bruno).await;
    world.settle().await;
    assert_as_kept(&world, "written-request-acknowledgement", "alice@exemple.test");
    // A week later one letter is past its limit, another comes near, a third has time.
    for (days_ago, subject) in
        [(10, "Mon dossier n'avance pas"), (5, "Une pièce manque"), (2, "Merci")]
    {
        register(&world, &bruno, days_ago, json!({ "subject": subject })).await;
    }
    for _ in 0..6 {
        world.later(TimeDelta::days(1)).await;
    }
    world.mailbox.empty();
    world.later(TimeDelta::days(1)).await;
    assert_as_kept(&world, "written-request-digest", &address("david"));
    world.end().await;
}

/// The e-mails of a kind are readable, and the only one to a person is the one in `snapshots/`.
fn assert_as_kept(world: &World, kind: &str, receiver: &str) {
    let mut of_kind: Vec<Vec<u8>> =
        files(world, kind).iter().map(|file| std::fs::read(file).unwrap()).collect();
    of_kind.iter().for_each(|bytes| assert_readable(bytes));
    of_kind.retain(|bytes| Mail::parse(bytes).to == receiver);
    assert_eq!(of_kind.len(), 1, "{kind} to {receiver}");
    insta::assert_snapshot!(kind, whole(&of_kind[0]));
}
