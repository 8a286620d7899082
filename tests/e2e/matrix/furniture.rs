//! What there is to see: one thing of each kind in each place.

use std::collections::HashMap;

use chrono::TimeDelta;
use diesel::QueryDsl;
use diesel_async::RunQueryDsl;
use schema::foundation::id::global;
use schema::foundation::policy::{Action, Role};
use schema::tables::testimony;
use serde_json::{Value, json};
use tests::{Client, World};

use super::{CHILD, PLACES, Place, actors};

/// One object.
pub(super) struct Thing {
    /// Its type in the API.
    pub(super) kind: &'static str,
    pub(super) id: String,
    /// Where it is; none for what has no place.
    pub(super) place: Option<Place>,
    /// Who may read it.
    pub(super) action: Action,
    /// Whether it is a committee whose minutes are not shared yet.
    pub(super) draft: bool,
}

/// The things of a world, and the public numbers of its testimonies, by id.
pub(super) struct Furniture(pub(super) Vec<Thing>, pub(super) HashMap<String, i64>);

impl Furniture {
    /// The ids of a kind at a place.
    pub(super) fn at(&self, kind: &str, action: Action, place: Place) -> &str {
        let found = self.0.iter().find(|thing| {
            thing.kind == kind
                && thing.action == action
                && thing.place.is_some_and(|(code, _)| code == place.0)
        });
        &found.unwrap_or_else(|| panic!("no {kind} at {}", place.0)).id
    }
}

async fn made(who: &Client, mutation: &str, input: Value, path: &str) -> String {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let selection = path.split('.').rev().fold(String::new(), |inner, name| {
        if inner.is_empty() { name.to_owned() } else { format!("{name} {{ {inner} }}") }
    });
    let document = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {selection} userErrors {{ code message path }} }} }}"
    );
    let answer = who.data(&document, json!({ "input": input })).await[mutation].clone();
    let found = path.split('.').fold(&answer, |value, name| {
        let value = &value[name];
        if value.is_array() { &value[0] } else { value }
    });
    found.as_str().unwrap_or_else(|| panic!("{mutation}: {answer}")).to_owned()
}

/// A world with one thing of each kind in each place.
pub(super) async fn furnish() -> (World, Furniture) {
    let world = World::new().await;
    let mut conn = world.conn().await;
    // One more level below A.
    let child = format!(
        "insert into structure (code, name, kind, network_id, parent_id, path, postal_code, commune, department, region, channels, testimonies_open_on, created_at, updated_at)
         select '{CHILD}', 'Antenne', kind, network_id, id, path || (select max(id) + 1 from structure), postal_code, commune, department, region, channels, testimonies_open_on, created_at, updated_at
         from structure where code = 'STRUCTA1'"
    );
    diesel::sql_query(child).execute(&mut conn).await.unwrap();
    diesel::sql_query(
        "update structure set path[array_length(path, 1)] = id where code = 'STRUCTA2'",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    // Each place is a département of its own: its officials are those of whoever reaches it.
    diesel::sql_query("update structure set department = code").execute(&mut conn).await.unwrap();
    let mut things = Vec::new();
    let gaelle = world.person("gaelle").await;
    let heads = [
        actors::open(&world, &[(Role::NetworkHead, Some("RACINE01"))]).await,
        actors::open(&world, &[(Role::NetworkHead, Some("RACINE02"))]).await,
    ];
    let soon = world.clock.now() + TimeDelta::hours(1);
    for place in PLACES {
        let code = place.0;
        let head = &heads[usize::from(place.1[0] == "RACINE02")];
        let mut add = |kind, id, action| {
            things.push(Thing { kind, id, place: Some(*place), action, draft: false });
        };
        for (title, action) in
            [("Public", Action::ReadPublic), ("Caché", Action::ReadHiddenTestimonies)]
        {
            let input = json!({ "structure": code, "title": title, "body": "Bien.", "pseudonym": "alice",
                "experiences": [{ "channel": "PHONE", "sentiment": "POSITIVE" }] });
            let id = made(&world.alice, "testimonySubmit", input, "testimony.id").await;
            if action == Action::ReadPublic {
                made(&gaelle, "testimonyPublish", json!({ "id": id }), "testimony.id").await;
            }
            add("Testimony", id, action);
        }
        let letter = json!({ "structure": code, "medium": "LETTER", "subject": "Allocation", "senderName": "Alice", "receivedOn": "2026-01-12" });
        add(
            "WrittenRequest",
            made(head, "writtenRequestRegister", letter, "writtenRequest.id").await,
            Action::ReadWrittenRequests,
        );
        let token = json!({ "structure": code, "name": "Statistiques", "access": "READ" });
        add(
            "ApiToken",
            made(head, "apiTokenCreate", token, "apiToken.id").await,
            Action::ManageApiTokens,
        );
        let official = json!({ "department": code, "name": "Ida", "mandate": "maire", "email": format!("ida-{code}@mairie.test") });
        add(
            "ElectedOfficial",
            made(head, "electedOfficialSave", official, "electedOfficial.id").await,
            Action::ReadCommittees,
        );
        let candidate = json!({ "structure": code, "name": "Zoé", "email": format!("zoe-{code}@usager.test"), "consent": true });
        let candidate = made(head, "candidateApply", candidate, "candidate.id").await;
        // One stays open, one will be closed.
        for _ in 0..2 {
            let plan = json!({ "structure": code, "kind": "LOCAL", "title": "Accueil", "aims": "Agir.", "agenda": "Parler.",
                "startsAt": soon, "mode": "ON_SITE", "place": "Mairie" });
            let committee = made(head, "committeeCreate", plan, "committee.id").await;
            let invite = json!({ "id": committee, "send": false, "people": [{ "role": "USER", "candidate": candidate }] });
            let person = made(head, "committeeInvite", invite, "committee.participants.id").await;
            add("Committee", committee, Action::ReadCommittees);
            add("CommitteeParticipant", person, Action::OrganiseCommittees);
        }
        add("CommitteeCandidate", candidate, Action::OrganiseCommittees);
    }
    world.later(TimeDelta::hours(2)).await;
    let of = |kind: &str| -> Vec<(String, Place)> {
        let found = things.iter().filter(|thing| thing.kind == kind);
        found.map(|thing| (thing.id.clone(), thing.place.unwrap())).collect()
    };
    let events: Vec<_> = of("Committee").into_iter().zip(of("CommitteeParticipant")).collect();
    for (number, ((id, place), (person, _))) in events.into_iter().enumerate() {
        let head = &heads[usize::from(place.1[0] == "RACINE02")];
        let closed = number % 2 == 1;
        let decided = json!({ "id": id, "attendance": [{ "participant": person, "attended": true }], "outcomes": [{ "kind": "DECISION", "text": "Agir", "choice": "AGREED", "origin": { "kind": "TEAM", "note": "une idée" } }] });
        let outcome = made(head, "committeeRecord", decided, "committee.minutes.outcomes.id").await;
        if closed {
            let close = json!({ "id": id, "overrideReason": "essai" });
            made(head, "committeeClose", close, "committee.id").await;
        }
        let action = if closed { Action::ReadPublic } else { Action::OrganiseCommittees };
        things.push(Thing {
            kind: "CommitteeOutcome",
            id: outcome,
            place: Some(place),
            action,
            draft: false,
        });
        if !closed {
            let committee = things.iter_mut().find(|thing| thing.id == id);
            committee.expect("one of ours").draft = true;
        }
    }
    world.settle().await;
    let iris = world.person("iris").await;
    let found = iris.data("{ networks { id } commitments { id } structures { nodes { id code } } jobs(first: 5) { nodes { id } } mails(first: 5) { nodes { id } } }", json!({})).await;
    let mut add = |kind, id: &Value, action| {
        let id = id.as_str().unwrap().to_owned();
        things.push(Thing { kind, id, place: None, action, draft: false });
    };
    add("Network", &found["networks"][0]["id"], Action::ReadPublic);
    add("Commitment", &found["commitments"][0]["id"], Action::ReadPublic);
    for structure in found["structures"]["nodes"].as_array().unwrap() {
        add("Structure", &structure["id"], Action::ReadPublic);
    }
    for job in found["jobs"]["nodes"].as_array().unwrap() {
        add("Job", &job["id"], Action::ReadOperations);
    }
    for mail in found["mails"]["nodes"].as_array().unwrap() {
        add("Mail", &mail["id"], Action::ReadOperations);
    }
    diesel::sql_query("insert into incident (kind, subject, figure, opened_at, seen_at) values ('JOBS_DEAD', 'PROBE', 1, now(), now())").execute(&mut conn).await.unwrap();
    add("Incident", &json!(global("Incident", 1).to_string()), Action::ReadOperations);
    let numbers: Vec<(i64, i64)> =
        testimony::table.select((testimony::id, testimony::number)).load(&mut conn).await.unwrap();
    let numbers =
        numbers.into_iter().map(|(id, number)| (global("Testimony", id).to_string(), number));
    (world, Furniture(things, numbers.collect()))
}
