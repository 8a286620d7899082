//! A testimony from its author to everybody.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::people::{A, B, address};
use tests::{Client, World};

pub(super) const SUBMIT: &str =
    "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) {
    testimony { id number status } userErrors { code message path } } }";
pub(super) const PUBLISH: &str =
    "mutation($input: TestimonyPublishInput!) { testimonyPublish(input: $input) {
    testimony { id status publishedAt } userErrors { code path } } }";
const REJECT: &str = "mutation($input: TestimonyRejectInput!) { testimonyReject(input: $input) {
    testimony { status rejectionReason } userErrors { code path } } }";
const ONE: &str = "query($id: ID!) { testimony(id: $id) { title status structure { code } experiences { channel sentiment } } }";
const LIST: &str = "query($filter: TestimonyFilterInput, $first: Int, $after: String, $last: Int, $before: String) {
    testimonies(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

pub(super) fn telling(structure: &str, title: &str) -> Value {
    json!({
        "structure": structure,
        "title": title,
        "body": "J'ai été très bien reçue à l'accueil, mais j'ai attendu une heure au téléphone.",
        "pseudonym": "alice au pays",
        "experiences": [
            { "channel": "FRONT_DESK", "sentiment": "POSITIVE" },
            { "channel": "PHONE", "sentiment": "NEGATIVE" },
        ],
        "email": "alice@exemple.test",
    })
}

/// Tells a testimony; gives its global id.
pub(super) async fn tell(alice: &Client, structure: &str, title: &str) -> String {
    let data = alice.data(SUBMIT, json!({ "input": telling(structure, title) })).await;
    assert_eq!(data["testimonySubmit"]["userErrors"], json!([]));
    data["testimonySubmit"]["testimony"]["id"].as_str().unwrap().to_owned()
}

pub(super) async fn publish(moderator: &Client, id: &str) {
    let data = moderator.data(PUBLISH, json!({ "input": { "id": id } })).await;
    assert_eq!(data["testimonyPublish"]["testimony"]["status"], "PUBLISHED", "{data}");
}

fn titles(data: &Value) -> Vec<&str> {
    data["testimonies"]["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| edge["node"]["title"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_testimony_is_moderated_then_public_and_its_manager_hears_of_it() {
    let world = World::new().await;
    let (bruno, chloe, gaelle) =
        (world.person("bruno").await, world.person("chloe").await, world.person("gaelle").await);
    let id = tell(&world.alice, A, "Une heure au téléphone").await;

    // Before moderation only the structure's own people and moderators see it.
    for (who, sees) in [(&world.alice, false), (&bruno, true), (&chloe, false), (&gaelle, true)] {
        let data = who.data(ONE, json!({ "id": id })).await;
        assert_eq!(!data["testimony"].is_null(), sees);
    }
    let waiting = json!({ "filter": { "status": ["IN_MODERATION"] } });
    assert_eq!(bruno.data(LIST, waiting.clone()).await["testimonies"]["totalCount"], 1);
    assert_eq!(chloe.data(LIST, waiting.clone()).await["testimonies"]["totalCount"], 0);
    assert_eq!(world.alice.data(LIST, waiting).await["testimonies"]["totalCount"], 0);

    // Only moderators publish.
    assert_eq!(
        world.alice.error(PUBLISH, json!({ "input": { "id": id } })).await,
        "UNAUTHENTICATED"
    );
    assert_eq!(bruno.error(PUBLISH, json!({ "input": { "id": id } })).await, "FORBIDDEN");
    publish(&gaelle, &id).await;
    let shown = world.alice.data(ONE, json!({ "id": id })).await;
    assert_eq!(shown["testimony"]["structure"]["code"], A);
    assert_eq!(
        shown["testimony"]["experiences"],
        json!([
            { "channel": "FRONT_DESK", "sentiment": "POSITIVE" },
            { "channel": "PHONE", "sentiment": "NEGATIVE" },
        ])
    );
    let again = gaelle.refusals("testimonyPublish", json!({ "id": id })).await;
    assert_eq!(again, ["WRONG_STATE id"]);

    // The manager of A and the direction's manager, who asked for its whole subtree, are told; the
    // author's address is in no e-mail.
    world.settle().await;
    assert!(world.mailbox.all().is_empty(), "the alert waits for more");
    world.later(TimeDelta::minutes(6)).await;
    for name in ["david", "elise"] {
        let mails = world.mailbox.to(&address(name));
        assert_eq!(mails.len(), 1, "one alert to {name}");
        for part in [&mails[0].text, &mails[0].html] {
            for said in [
                "Une heure au téléphone",
                "alice au pays",
                "Agence de Montarcy",
                "positif",
                "négatif",
            ] {
                assert!(part.contains(said), "« {said} » is missing from: {part}");
            }
            assert!(!part.contains("alice@exemple.test"));
        }
        assert!(mails[0].text.contains("/temoignages/1"));
        assert_eq!(mails[0].auto_submitted, "auto-generated");
    }
    assert_eq!(world.mailbox.all().len(), 2);
    world.end().await;
}

#[tokio::test]
async fn a_change_that_is_named_several_times_is_made_once() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let document = "mutation($input: TestimonySubmitInput!) {
        testimonySubmit(input: $input) { testimony { id } }
        ...F
        ... on Mutation { testimonySubmit(input: $input) { userErrors { code } } } }
        fragment F on Mutation { testimonySubmit(input: $input) { testimony { number } } }";
    let data = world.alice.data(document, json!({ "input": telling(A, "Dit une fois") })).await;
    let made = &data["testimonySubmit"];
    assert!(made["testimony"]["id"].is_string(), "{data}");
    assert!(made["testimony"]["number"].is_number(), "{data}");
    assert_eq!(made["userErrors"], json!([]), "{data}");
    let waiting = json!({ "filter": { "status": ["IN_MODERATION"] } });
    assert_eq!(bruno.data(LIST, waiting).await["testimonies"]["totalCount"], 1);
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn alerts_are_grouped_but_not_for_ever() {
    let world = World::new().await;
    let gaelle = world.person("gaelle").await;
    // One testimony every four minutes: five minutes of silence never come, two hours do.
    for number in 0..31 {
        let id = tell(&world.alice, A, &format!("Témoignage {number}")).await;
        publish(&gaelle, &id).await;
        world.later(TimeDelta::minutes(4)).await;
        let sent = world.mailbox.to(&address("david")).len();
        assert_eq!(sent, usize::from(number * 4 + 4 >= 120), "after {} minutes", number * 4 + 4);
    }
    let alert = &world.mailbox.to(&address("david"))[0];
    assert!(
        alert.text.contains("Témoignage 0") && alert.subject.contains("30"),
        "{}",
        alert.subject
    );
    // What came after is told in the next one, and only that.
    world.later(TimeDelta::hours(1)).await;
    let mails = world.mailbox.to(&address("david"));
    assert_eq!(mails.len(), 2);
    assert!(
        mails[1].text.contains("Témoignage 30") && !mails[1].text.contains("Témoignage 29"),
        "{}",
        mails[1].text
    );
    world.end().await;
}

#[tokio::test]
async fn an_alert_waits_for_working_hours() {
    let world = World::new().await;
    let gaelle = world.person("gaelle").await;
    // Friday 19 h in Paris.
    world.clock.set("2026-01-16T18:00:00Z".parse().unwrap());
    let gaelle = {
        let _ = &gaelle;
        world.person("gaelle").await
    };
    let id = tell(&world.alice, A, "Le vendredi soir").await;
    publish(&gaelle, &id).await;
    world.later(TimeDelta::hours(1)).await;
    assert!(world.mailbox.all().is_empty());
    world.clock.set("2026-01-19T06:59:00Z".parse().unwrap());
    world.later(TimeDelta::zero()).await;
    assert!(world.mailbox.all().is_empty(), "not before 8 h on Monday");
    world.later(TimeDelta::minutes(2)).await;
    assert_eq!(world.mailbox.to(&address("david")).len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_rejection_needs_its_reason_and_stays_hidden() {
    let world = World::new().await;
    let gaelle = world.person("gaelle").await;
    let id = tell(&world.alice, A, "Hors sujet").await;
    assert_eq!(
        gaelle.refusals("testimonyReject", json!({ "id": id, "reason": "  " })).await,
        ["EMPTY_TEXT reason"]
    );
    let data = gaelle
        .data(REJECT, json!({ "input": { "id": id, "reason": "Hors du champ du programme." } }))
        .await;
    assert_eq!(
        data["testimonyReject"]["testimony"]["rejectionReason"],
        "Hors du champ du programme."
    );
    assert!(world.alice.data(ONE, json!({ "id": id })).await["testimony"].is_null());
    assert_eq!(gaelle.refusals("testimonyPublish", json!({ "id": id })).await, ["WRONG_STATE id"]);
    world.later(TimeDelta::hours(3)).await;
    assert!(world.mailbox.all().is_empty());
    world.end().await;
}

#[tokio::test]
async fn every_fault_of_a_submission_is_told_and_nothing_is_written() {
    let world = World::new().await;
    let alice = &world.alice;
    let mut input = telling("INCONNUE1", "\u{7}");
    input["body"] = json!("x".repeat(5001));
    input["pseudonym"] = json!("  ");
    input["email"] = json!("alice sans arobase");
    input["experiences"] = json!([]);
    assert_eq!(
        alice.refusals("testimonySubmit", input).await,
        [
            "UNKNOWN_STRUCTURE structure",
            "CONTROL_CHARACTERS title",
            "TEXT_TOO_LONG body",
            "EMPTY_TEXT pseudonym",
            "INVALID_EMAIL email",
            "NO_EXPERIENCE experiences"
        ],
    );
    let mut twice = telling(A, "Deux fois");
    twice["experiences"] = json!([{ "channel": "PHONE", "sentiment": "NEUTRAL" }, { "channel": "PHONE", "sentiment": "POSITIVE" }]);
    assert_eq!(
        alice.refusals("testimonySubmit", twice).await,
        ["DUPLICATE_CHANNEL experiences.1.channel"]
    );
    // A word that is no channel never reaches the use case.
    let mut pigeon = telling(A, "Pigeon");
    pigeon["experiences"] = json!([{ "channel": "PIGEON", "sentiment": "POSITIVE" }]);
    assert_eq!(alice.error(SUBMIT, json!({ "input": pigeon })).await, "BAD_USER_INPUT");
    let gaelle = world.person("gaelle").await;
    assert_eq!(
        gaelle.data(LIST, json!({ "filter": { "status": ["IN_MODERATION"] } })).await["testimonies"]
            ["totalCount"],
        0
    );
    world.end().await;
}

#[tokio::test]
async fn lists_are_filtered_and_paged_in_both_directions() {
    let world = World::new().await;
    let gaelle = world.person("gaelle").await;
    for (structure, title) in [
        (A, "Un accueil très agréable"),
        (B, "Un dossier égaré"),
        (A, "Des horaires élargis"),
        (B, "Une réponse éclair"),
        (A, "Un formulaire illisible"),
    ] {
        let id = tell(&world.alice, structure, title).await;
        world.later(TimeDelta::minutes(10)).await;
        publish(&gaelle, &id).await;
    }
    let page = |variables: Value| world.alice.data(LIST, variables);
    let all = page(json!({})).await;
    assert_eq!(
        titles(&all),
        [
            "Un formulaire illisible",
            "Une réponse éclair",
            "Des horaires élargis",
            "Un dossier égaré",
            "Un accueil très agréable"
        ]
    );
    assert_eq!(all["testimonies"]["totalCount"], 5);

    let first = page(json!({ "first": 2 })).await;
    assert_eq!(titles(&first), ["Un formulaire illisible", "Une réponse éclair"]);
    assert_eq!(first["testimonies"]["pageInfo"]["hasNextPage"], true);
    let second =
        page(json!({ "first": 2, "after": first["testimonies"]["pageInfo"]["endCursor"] })).await;
    assert_eq!(titles(&second), ["Des horaires élargis", "Un dossier égaré"]);
    let back =
        page(json!({ "last": 2, "before": second["testimonies"]["pageInfo"]["startCursor"] }))
            .await;
    assert_eq!(titles(&back), titles(&first));
    assert_eq!(titles(&page(json!({ "last": 1 })).await), ["Un accueil très agréable"]);

    for (filter, expected) in [
        (json!({ "structure": "DIRECT01" }), 5),
        (json!({ "structure": A }), 3),
        (json!({ "network": "CPAM" }), 0),
        (json!({ "network": "CAF", "department": "96" }), 5),
        (json!({ "search": "dossiers egares" }), 1),
        (json!({ "search": "AGREABLE or éclair" }), 2),
        (json!({ "channel": "PHONE", "sentiment": "NEGATIVE" }), 5),
        (json!({ "channel": "PHONE", "sentiment": "POSITIVE" }), 0),
        (json!({ "from": "2026-01-13" }), 0),
        (json!({ "to": "2026-01-12" }), 5),
        (json!({ "from": "2026-01-12", "to": "2026-01-12" }), 5),
        (json!({ "status": ["REJECTED"] }), 0),
    ] {
        let found = page(json!({ "filter": filter })).await;
        assert_eq!(found["testimonies"]["totalCount"], expected, "{filter}");
        assert_eq!(titles(&found).len(), usize::try_from(expected).unwrap(), "{filter}");
    }
    for wrong in [
        json!({ "first": 101 }),
        json!({ "first": -1 }),
        json!({ "after": "n'importe quoi" }),
        json!({ "first": 1, "last": 1 }),
        json!({ "filter": { "from": "2026-01-13", "to": "2026-01-12" } }),
    ] {
        assert_eq!(world.alice.error(LIST, wrong.clone()).await, "BAD_USER_INPUT", "{wrong}");
    }
    world.settle().await;
    world.end().await;
}
