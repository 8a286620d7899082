//! Asking: about a structure, by an id, of the product as a whole; and what whoever may not ask is told first.

use schema::foundation::policy::Action;
use serde_json::{Value, json};

use super::actors::Actor;
use super::furniture::Furniture;
use super::{Cells, PLACES, may};

/// Asks everything as one actor.
pub(super) async fn ask(actor: &Actor, furniture: &Furniture, cells: &mut Cells) {
    about(actor, cells).await;
    by_id(actor, furniture, cells).await;
    by_number(actor, furniture, cells).await;
    anywhere(actor, cells).await;
    oddly(actor, cells).await;
}

/// Questions about one structure, with the action that answers them there.
const QUESTIONS: &[(&str, Action)] = &[
    ("testimonyDashboard(structure: $code) { __typename }", Action::ReadPublic),
    (
        "writtenRequestResults(structure: $code, from: \"2026-01-01\", to: \"2026-01-31\") { __typename }",
        Action::ReadWrittenRequests,
    ),
    ("writtenRequests(filter: { structure: $code }) { nodes { id } }", Action::ReadWrittenRequests),
    ("committees(filter: { structure: $code }) { nodes { id } }", Action::ReadCommittees),
    (
        "auditTrail(first: 100, filter: { structure: $code }) { nodes { position } }",
        Action::ReadAuditTrail,
    ),
];

/// A question is answered when it tells something of that place: nothing at all is an answer to nobody.
async fn about(actor: &Actor, cells: &mut Cells) {
    for (question, action) in QUESTIONS {
        for place in PLACES {
            cells.tried("Query", question);
            let query = format!("query($code: ID!) {{ {question} }}");
            let answer = actor.client.ask(&query, json!({ "code": place.0 })).await;
            let data = answer["data"].as_object().and_then(|members| members.values().next());
            let told = data.filter(|value| !value.is_null()).is_some_and(|value| {
                value
                    .get("nodes")
                    .is_none_or(|nodes| nodes.as_array().is_some_and(|nodes| !nodes.is_empty()))
            });
            let found = answer.get("errors").is_none() && told && data != Some(&Value::Null);
            // A list about a place holds what is below it, too: of that, one may see a part.
            let below = PLACES.iter().any(|(_, path)| {
                path.contains(&place.0) && may(actor, *action, Some((place.0, path)))
            });
            let lists = question.contains("nodes");
            let expected = if lists { below } else { may(actor, *action, Some(*place)) };
            cells.count(*action, expected, found, || {
                format!("{}: {question} at {}: {answer}", actor.name, place.0)
            });
        }
    }
}

/// Root fields that give one thing by its id.
const ONES: &[(&str, &str)] = &[
    ("Testimony", "testimony(id: $id) { id }"),
    ("WrittenRequest", "writtenRequest(id: $id) { id }"),
    ("Committee", "committee(id: $id) { id }"),
];

async fn by_id(actor: &Actor, furniture: &Furniture, cells: &mut Cells) {
    // What came of a committee is everybody's, once it is closed.
    let summary = "committeeSummary(committee: $id) { __typename }";
    cells.tried("Query", summary);
    for thing in furniture.0.iter().filter(|thing| thing.kind == "Committee") {
        let query = format!("query($id: ID!) {{ {summary} }}");
        let answer = actor.client.ask(&query, json!({ "id": thing.id })).await;
        let found = !answer["data"]["committeeSummary"].is_null();
        cells.count(Action::ReadPublic, !thing.draft, found, || {
            format!("{}: {summary} at {:?}: {answer}", actor.name, thing.place)
        });
    }
    for (kind, question) in ONES {
        cells.tried("Query", question);
        for thing in furniture.0.iter().filter(|thing| thing.kind == *kind) {
            let query = format!("query($id: ID!) {{ {question} }}");
            let answer = actor.client.ask(&query, json!({ "id": thing.id })).await;
            let found = answer["data"].to_string().contains(&thing.id);
            cells.count(thing.action, may(actor, thing.action, thing.place), found, || {
                format!("{}: {question} at {:?}: {answer}", actor.name, thing.place)
            });
        }
    }
}

/// Testimonies have a public number besides.
async fn by_number(actor: &Actor, furniture: &Furniture, cells: &mut Cells) {
    for thing in furniture.0.iter().filter(|thing| thing.kind == "Testimony") {
        let query = "query($number: Int!) { testimony(number: $number) { id } }";
        let number = json!({ "number": furniture.1[&thing.id] });
        let answer = actor.client.ask(query, number).await;
        let found = answer["data"].to_string().contains(&thing.id);
        cells.count(thing.action, may(actor, thing.action, thing.place), found, || {
            format!("{}: testimony by number at {:?}: {answer}", actor.name, thing.place)
        });
    }
}

/// Questions without a place: answered to whoever may ask them at all.
const ANYWHERE: &[(&str, Action)] = &[
    ("viewer { id }", Action::ReadPublic),
    ("node(id: \"inconnu\") { id }", Action::ReadPublic),
    ("nodes(ids: []) { id }", Action::ReadPublic),
    ("networks { id }", Action::ReadPublic),
    ("commitments { id }", Action::ReadPublic),
    ("structure(code: \"STRUCTA1\") { id }", Action::ReadPublic),
    ("structures { totalCount }", Action::ReadPublic),
    ("candidateConsent(structure: \"STRUCTA1\")", Action::ReadPublic),
    ("committeeSummaries { nodes { __typename } }", Action::ReadPublic),
    ("jobQueues { __typename }", Action::ReadOperations),
    ("jobSchedules { name preview }", Action::ReadOperations),
    ("jobs { totalCount }", Action::ReadOperations),
    ("mails { totalCount }", Action::ReadOperations),
    ("incidents { totalCount }", Action::ReadOperations),
    ("mailTotals { count }", Action::ReadOperations),
    ("mailTimeline(subject: \"VGVzdGltb255OjE\") { id }", Action::ReadOperations),
];

async fn anywhere(actor: &Actor, cells: &mut Cells) {
    for (question, action) in ANYWHERE {
        cells.tried("Query", question);
        let answer = actor.client.ask(&format!("{{ {question} }}"), json!({})).await;
        let found = answer.get("errors").is_none();
        cells.count(*action, may(actor, *action, None), found, || {
            format!("{}: {question}: {answer}", actor.name)
        });
    }
}

/// What no right could make an answer of. Whoever may not even ask is told that, and not what is wrong with it.
const ODD: &[(&str, Action)] = &[
    ("writtenRequest(id: \"inconnu\") { id }", Action::ReadWrittenRequests),
    ("writtenRequests(after: \"nulle part\") { nodes { id } }", Action::ReadWrittenRequests),
    (
        "writtenRequestResults(structure: \"STRUCTA1\", from: \"2026-01-31\", to: \"2026-01-01\") { __typename }",
        Action::ReadWrittenRequests,
    ),
    ("committee(id: \"inconnu\") { id }", Action::ReadCommittees),
    ("committees(after: \"nulle part\") { nodes { id } }", Action::ReadCommittees),
    ("electedOfficials(after: \"nulle part\") { nodes { id } }", Action::ReadCommittees),
    ("committeeCandidates(after: \"nulle part\") { nodes { id } }", Action::OrganiseCommittees),
    ("auditTrail(after: \"nulle part\") { nodes { position } }", Action::ReadAuditTrail),
    ("apiTokens(after: \"nulle part\") { nodes { id } }", Action::ManageApiTokens),
    ("jobs(after: \"nulle part\") { nodes { id } }", Action::ReadOperations),
    ("mails(after: \"nulle part\") { nodes { id } }", Action::ReadOperations),
    ("incidents(after: \"nulle part\") { nodes { id } }", Action::ReadOperations),
    ("mailTimeline(subject: \"inconnu\") { id }", Action::ReadOperations),
];

async fn oddly(actor: &Actor, cells: &mut Cells) {
    for (question, action) in ODD {
        let answer = actor.client.ask(&format!("{{ {question} }}"), json!({})).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none");
        let about_it = matches!(code, "NOT_FOUND" | "BAD_USER_INPUT");
        cells.count(*action, may(actor, *action, None), about_it, || {
            format!("{}: {question}: {answer}", actor.name)
        });
    }
}
