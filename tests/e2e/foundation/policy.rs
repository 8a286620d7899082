//! No field of the API without its row in the table of rights.

use std::collections::BTreeSet;

use diesel_async::RunQueryDsl;
use schema::foundation::database::Conn;
use schema::foundation::policy::{Action, FIELDS};
use serde_json::json;
use tests::World;
use tests::people::ROOT;
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

/// A token that only reads is refused every mutation, and every other field that the table says needs more; none is
/// let into what is for people.
#[tokio::test]
async fn a_token_is_refused_what_the_table_refuses_it() {
    use schema::foundation::policy::{needs_person, writes};
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let make = "mutation($input: ApiTokenCreateInput!) { apiTokenCreate(input: $input) { token } }";
    let farid = world.person("farid").await;
    let mut programs = Vec::new();
    for access in ["READ", "READ_WRITE"] {
        let input = json!({ "name": "Relevé", "structure": ROOT, "access": access });
        let made = farid.data(make, json!({ "input": input })).await;
        programs.push(world.alice.with_token(made["apiTokenCreate"]["token"].as_str().unwrap()));
    }
    let written = "select count(*) as n from audit_entry";
    let mut conn = world.conn().await;
    let before = number(&mut conn, written).await;
    for (field, action) in FIELDS {
        let (root, name) = field.split_once('.').unwrap();
        if root == "Subscription" {
            continue;
        }
        let refused = [needs_person(*action) || writes(*action), needs_person(*action)];
        for (program, refused) in programs.iter().zip(refused) {
            // What everybody may read, or what the token may change, has its own tests.
            if refused || name == "sessionDelete" {
                let document = format!("{} {{ {name}{} }}", root.to_lowercase(), arguments(name));
                let code = program.error(&document, json!({})).await;
                assert_eq!(code, "FORBIDDEN", "{field} ({action:?})");
            }
        }
        assert!(root == "Query" || writes(*action), "{field} is a mutation that only reads");
    }
    assert_eq!(number(&mut conn, written).await, before, "nothing was written");
    world.end_anyhow().await;
}

async fn number(conn: &mut Conn, statement: &str) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Number {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    diesel::sql_query(statement).get_result::<Number>(conn).await.unwrap().n
}

/// How to ask for a root field: arguments that can be read, and a selection.
fn arguments(field: &str) -> &'static str {
    match field {
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
        "apiTokens" => " { nodes { id } }",
        "apiTokenCreate" => {
            "(input: { name: \"x\", structure: \"STRUCTA1\", access: READ }) { __typename }"
        }
        "apiTokenRenew" | "apiTokenRevoke" => "(input: { id: \"QXBpVG9rZW46MQ\" }) { __typename }",
        "sessionCreate" => {
            "(input: { email: \"bruno@exemple.test\", password: \"correct horse battery staple\" }) { __typename }"
        }
        "sessionDelete" => " { __typename }",
        "testimonySubmit" => {
            "(input: { structure: \"STRUCTA1\", title: \"x\", body: \"x\", pseudonym: \"x\", experiences: [{ channel: PHONE, sentiment: POSITIVE }] }) { __typename }"
        }
        "committeeRespond" => "(input: { token: \"x\" }) { __typename }",
        "sessionExchange" => "(input: { code: \"x\" }) { __typename }",
        "candidateApply" => {
            "(input: { structure: \"STRUCTA1\", name: \"x\", email: \"a@b.fr\", consent: true }) { __typename }"
        }
        other => panic!("tell this test how to ask for {other}"),
    }
}
