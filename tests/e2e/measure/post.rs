//! Reading what arrived: digests of written requests, line by line.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use schema::foundation::calendar::day_in_paris;
use schema::operate::schedule;
use tests::World;
use tests::mailbox::Mail;

/// One request as a digest tells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    pub(super) reference: String,
    pub(super) subject: String,
    /// « Courrier reçu le …, il y a … jours ».
    pub(super) age: String,
    pub(super) structure: String,
    /// « En retard de … » or « À traiter avant … ».
    pub(super) standing: String,
}

/// A text with ordinary spaces: French typography puts others before its double signs.
pub(super) fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// What a digest tells, in its order; its two parts must tell the same.
pub(super) fn told(mail: &Mail) -> Vec<Told> {
    let (text, html) = (plain(&mail.text), plain(&mail.html).replace("&#x27;", "'"));
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let Some((reference, subject)) =
            line.strip_prefix("- ").and_then(|rest| rest.split_once(" : "))
        else {
            continue;
        };
        let [age, structure, standing] = [1, 2, 3].map(|next| lines[place + next].to_owned());
        let one = Told {
            reference: reference.to_owned(),
            subject: subject.to_owned(),
            age,
            structure,
            standing,
        };
        for part in [&one.reference, &one.age, &one.structure] {
            assert!(html.contains(part.as_str()), "« {part} » is missing from: {html}");
        }
        found.push(one);
    }
    assert!(!found.is_empty(), "a digest tells something: {}", mail.text);
    found
}

/// The reference and standing of each request that a digest tells.
pub(super) fn standings(mail: &Mail) -> Vec<String> {
    told(mail).into_iter().map(|one| format!("{}: {}", one.reference, one.standing)).collect()
}

/// The days on which something arrived, with whom it reached and what it told: « 2026-01-23 david
/// 2026-00001: … ». Moves the time day by day, a minute past eight each morning, and empties the mailbox.
pub(super) async fn diary(world: &World, days: u64) -> Vec<String> {
    let mut diary = Vec::new();
    // As `World::later`, over one connection: some stories are long.
    let mut conn = world.conn().await;
    for _ in 0..days {
        world.clock.advance(TimeDelta::days(1));
        schedule::service::tick(&mut conn, world.clock.now()).await.unwrap();
        world.settle().await;
        diary.extend(page(world).await);
    }
    diary
}

/// What the mailbox holds now, as a page of the diary; each person has one digest at most.
pub(super) async fn page(world: &World) -> BTreeSet<String> {
    let today = day_in_paris(world.clock.now());
    let (mut page, mut people) = (BTreeSet::new(), BTreeSet::new());
    for mail in world.mailbox.all() {
        let who = mail.to.split('@').next().unwrap_or_default().to_owned();
        page.extend(standings(&mail).iter().map(|one| format!("{today} {who} {one}")));
        assert!(people.insert(who), "two digests on {today}");
    }
    world.mailbox.empty();
    page
}
