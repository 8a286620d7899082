//! No field of the API without its row in the table of rights.

use std::collections::BTreeSet;

use schema::foundation::policy::{Action, FIELDS};
use serde_json::json;
use tests::World;
use tests::world::Plan;

#[tokio::test]
async fn every_root_field_has_one_row_and_no_row_is_stale() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let root = "{ __schema { queryType { name } mutationType { name } subscriptionType { name }
        types { name fields(includeDeprecated: true) { name } } } }";
    let schema = world.alice.data(root, json!({})).await["__schema"].clone();
    let roots = ["queryType", "mutationType", "subscriptionType"]
        .map(|kind| schema[kind]["name"].as_str().unwrap().to_owned());
    let mut offered = BTreeSet::new();
    for kind in schema["types"].as_array().unwrap() {
        let name = kind["name"].as_str().unwrap();
        if roots.iter().any(|root| root == name) {
            let fields = kind["fields"].as_array().unwrap().iter();
            offered
                .extend(fields.map(|field| format!("{name}.{}", field["name"].as_str().unwrap())));
        }
    }
    let rows: BTreeSet<String> = FIELDS.iter().map(|(field, _)| (*field).to_owned()).collect();
    assert_eq!(rows.len(), FIELDS.len(), "a field has two rows");
    assert_eq!(
        offered.difference(&rows).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "add these to policy::FIELDS"
    );
    assert_eq!(
        rows.difference(&offered).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "take these out of policy::FIELDS"
    );
    assert!(offered.len() > 30, "{offered:?}");
    for action in Action::ALL {
        assert!(FIELDS.iter().any(|(_, of)| of == action), "{action:?} is the action of no field");
    }
    world.end_anyhow().await;
}

/// What the table says is what happens: a field whose action the public lacks refuses the public.
#[tokio::test]
async fn the_public_is_refused_what_the_table_refuses() {
    use schema::foundation::policy::{Reach, reach};
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let arguments = |field: &str| match field {
        "writtenRequest" => "(id: \"V3JpdHRlblJlcXVlc3Q6MQ\") { id }",
        "writtenRequests" => " { totalCount }",
        "writtenRequestResults" => {
            "(structure: \"STRUCTA1\", from: \"2026-01-01\", to: \"2026-01-31\") { __typename }"
        }
        "jobQueues" => " { name }",
        "jobs" => " { totalCount }",
        "jobSchedules" => " { name }",
        "mailTimeline" => "(subject: \"V3JpdHRlblJlcXVlc3Q6MQ\") { kind }",
        "alertChoose" => "(input: { structure: \"STRUCTA1\", alerts: NONE }) { __typename }",
        "structuresImport" => "(input: { csv: \"\" }) { __typename }",
        "testimonyPublish" => "(input: { id: \"VGVzdGltb255OjE\" }) { __typename }",
        "testimonyReject" => "(input: { id: \"VGVzdGltb255OjE\", reason: \"x\" }) { __typename }",
        "writtenRequestRegister" => {
            "(input: { structure: \"STRUCTA1\", medium: LETTER, subject: \"x\", senderName: \"x\", receivedOn: \"2026-01-12\" }) { __typename }"
        }
        "writtenRequestAcknowledge" => "(input: { id: \"V3JpdHRlblJlcXVlc3Q6MQ\" }) { __typename }",
        "writtenRequestAnswer" => {
            "(input: { id: \"V3JpdHRlblJlcXVlc3Q6MQ\", answeredOn: \"2026-01-12\", nature: OTHER }) { __typename }"
        }
        "writtenRequestsImport" => "(input: { structure: \"STRUCTA1\", csv: \"\" }) { __typename }",
        "committee" => "(id: \"Q29tbWl0dGVlOjE\") { id }",
        "committees" => " { totalCount }",
        "auditTrail" => " { nodes { position } }",
        "committeeCandidates" | "electedOfficials" => " { nodes { id } }",
        "committeeCreate" => {
            "(input: { structure: \"STRUCTA1\", kind: LOCAL, title: \"x\", aims: \"x\", agenda: \"x\", startsAt: \"2026-02-12T08:00:00Z\", mode: ON_SITE, place: \"x\" }) { __typename }"
        }
        "committeeUpdate" => "(input: { id: \"Q29tbWl0dGVlOjE\" }) { __typename }",
        "committeeMove" => {
            "(input: { id: \"Q29tbWl0dGVlOjE\", startsAt: \"2026-02-12T08:00:00Z\" }) { __typename }"
        }
        "committeeCancel" => "(input: { id: \"Q29tbWl0dGVlOjE\", reason: \"x\" }) { __typename }",
        "committeeInvite" => "(input: { id: \"Q29tbWl0dGVlOjE\", people: [] }) { __typename }",
        "committeeRecord" | "committeeClose" => {
            "(input: { id: \"Q29tbWl0dGVlOjE\" }) { __typename }"
        }
        "electedOfficialSave" => {
            "(input: { name: \"x\", mandate: \"x\", email: \"a@b.fr\", department: \"96\" }) { __typename }"
        }
        "jobQueuePause" => "(input: { queue: MAIL, reason: \"x\" }) { __typename }",
        "jobQueueResume" => "(input: { queue: MAIL }) { __typename }",
        "jobRetry" | "jobCancel" => "(input: { id: \"Sm9iOjE\" }) { __typename }",
        "incidents" | "mails" => " { nodes { id } }",
        "mailTotals" => " { count }",
        "mailDecide" => "(input: { id: \"TWFpbDox\", decision: ARRIVED }) { __typename }",
        other => panic!("tell this test how to ask for {other}"),
    };
    let mut asked = 0;
    for (field, action) in
        FIELDS.iter().filter(|(_, action)| reach(None, *action) == Reach::Nowhere)
    {
        let (root, name) = field.split_once('.').unwrap();
        // Subscriptions do not travel over HTTP: the listening tests ask for theirs.
        if root == "Subscription" {
            continue;
        }
        let document = format!("{} {{ {name}{} }}", root.to_lowercase(), arguments(name));
        assert_eq!(
            world.alice.error(&document, json!({})).await,
            "UNAUTHENTICATED",
            "{field} ({action:?})"
        );
        asked += 1;
    }
    assert!(asked >= 17, "{asked}");
    world.end_anyhow().await;
}
