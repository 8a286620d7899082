//! What a committee refuses, and whom.

use serde_json::{Value, json};
use tests::World;
use tests::world::Plan;

use super::{INVITE, OFFICIAL, START, invite, local, official, people, plan, user, users};

async fn world() -> World {
    World::with(Plan { worker: false, ..Plan::default() }).await
}

fn with(mut input: Value, field: &str, value: Value) -> Value {
    input[field] = value;
    input
}

#[tokio::test]
async fn an_event_is_checked_and_every_fault_told() {
    let world = world().await;
    let bruno = world.person("bruno").await;
    for (field, value, refused) in [
        ("title", json!("  "), "EMPTY_TEXT title"),
        ("startsAt", json!("2026-01-12T07:59:00Z"), "DATE_IN_PAST startsAt"),
        ("durationMinutes", json!(600), "INVALID_PERIOD durationMinutes"),
        ("place", Value::Null, "EMPTY_TEXT place"),
        ("kind", json!("LISTENING"), "EMPTY_TEXT theme"),
        ("structure", json!("INCONNUE1"), "UNKNOWN_STRUCTURE structure"),
    ] {
        let input = with(local(START), field, value);
        assert_eq!(bruno.refusals("committeeCreate", input).await, [refused]);
    }
    let remote = with(with(local(START), "mode", json!("REMOTE")), "link", json!("http://x.test"));
    assert_eq!(bruno.refusals("committeeCreate", remote).await, ["INVALID_LINK link"]);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_composition_outside_the_rule_needs_a_reason() {
    let world = world().await;
    let bruno = world.person("bruno").await;
    let id = plan(&bruno, local(START)).await;
    let five = json!({ "id": id, "people": users(5) });
    assert_eq!(bruno.refusals("committeeInvite", five.clone()).await, ["COMPOSITION people"]);
    assert_eq!(people(&bruno, &id).await, [""; 0], "nothing was written");
    // A list may grow before it is sent.
    let draft = with(five.clone(), "send", json!(false));
    assert_eq!(bruno.refusals("committeeInvite", draft).await, [""; 0]);
    let again = json!({ "id": id, "people": [user("u1")] });
    assert_eq!(bruno.refusals("committeeInvite", again).await, ["DUPLICATE people.0"]);
    let reason = json!({ "id": id, "people": [], "overrideReason": "Petite commune." });
    assert_eq!(bruno.refusals("committeeInvite", reason).await, [""; 0]);

    // Without the two prerequisites nobody is invited to a local committee.
    let id = plan(&bruno, with(local(START), "ideasGathered", json!(false))).await;
    let all = json!({ "id": id, "people": users(6) });
    assert_eq!(bruno.refusals("committeeInvite", all).await, ["PREREQUISITES overrideReason"]);

    // A listening committee counts everybody, and thinks nine are many.
    let listening = with(with(local(START), "kind", json!("LISTENING")), "theme", json!("Accueil"));
    let id = plan(&bruno, listening).await;
    assert_eq!(invite(&bruno, &id, users(9)).await, ["ABOVE_RECOMMENDED"]);
    let more = json!({ "id": id, "people": [user("x1"), user("x2")] });
    assert_eq!(bruno.refusals("committeeInvite", more).await, ["COMPOSITION people"]);
    world.end_anyhow().await;
}

#[tokio::test]
async fn nobody_solicits_an_official_twice_or_a_user_for_two_themes_without_knowing() {
    let world = world().await;
    let (bruno, chloe) = (world.person("bruno").await, world.person("chloe").await);
    let mayor = official(&bruno, "mairesse").await;
    let elected = json!({ "role": "ELECTED", "official": mayor });
    let id = plan(&bruno, local(START)).await;
    let mut all = users(6);
    all.push(elected.clone());
    assert_eq!(invite(&bruno, &id, all).await, [""; 0]);
    // Chloé, of another structure of the département, sees the same mayor.
    let names = "{ electedOfficials { nodes { name } } }";
    let seen = chloe.data(names, json!({})).await;
    assert_eq!(seen["electedOfficials"]["nodes"], json!([{ "name": "mairesse" }]));
    let other =
        plan(&chloe, with(local("2026-02-20T09:00:00Z"), "structure", json!(tests::people::B)))
            .await;
    let mut people = users(6);
    people.push(elected.clone());
    let input = json!({ "id": other, "people": people.clone() });
    assert_eq!(chloe.refusals("committeeInvite", input).await, ["ALREADY_SOLICITED people.6"]);
    people[6]["knowingly"] = json!(true);
    assert_eq!(invite(&chloe, &other, people).await, ["ALREADY_SOLICITED"]);
    // Jonas, of another département, sees no one.
    let jonas = world.person("jonas").await;
    assert_eq!(jonas.data(names, json!({})).await["electedOfficials"]["nodes"], json!([]));

    let theme =
        |theme: &str| with(with(local(START), "kind", json!("LISTENING")), "theme", json!(theme));
    let a = plan(&bruno, theme("Accueil")).await;
    assert_eq!(invite(&bruno, &a, users(6)).await, [""; 0]);
    let b = plan(&bruno, theme("Téléphone")).await;
    assert_eq!(invite(&bruno, &b, users(6)).await, vec!["OTHER_THEME"; 6]);
    // Jonas may not read those committees, and is not told of them by a warning either.
    let afar = with(theme("Délais"), "structure", json!(tests::people::C));
    let afar = plan(&jonas, afar).await;
    assert_eq!(invite(&jonas, &afar, users(6)).await, [""; 0]);
    world.end_anyhow().await;
}

#[tokio::test]
async fn nobody_takes_an_official_away_from_another_departement() {
    let world = world().await;
    let (bruno, jonas) = (world.person("bruno").await, world.person("jonas").await);
    let mayor = official(&bruno, "mairesse").await;
    let all = "{ electedOfficials { nodes { id name mandate email department commune active } } }";
    let before = bruno.data(all, json!({})).await;
    // Jonas writes her down as an official of his own département.
    let theft = |department: &str| json!({ "id": mayor, "name": "Ida", "mandate": "maire", "email": "ida@mairie.test", "department": department });
    assert_eq!(jonas.error(OFFICIAL, json!({ "input": theft("97") })).await, "NOT_FOUND");
    let foreign = ["FOREIGN_DEPARTMENT department"];
    assert_eq!(jonas.refusals("electedOfficialSave", theft("96")).await, foreign);
    // Nor does Bruno give her away.
    assert_eq!(bruno.refusals("electedOfficialSave", theft("97")).await, foreign);
    assert_eq!(bruno.data(all, json!({})).await, before, "nothing was written");
    assert_eq!(jonas.data(all, json!({})).await["electedOfficials"]["nodes"], json!([]));
    world.end_anyhow().await;
}

#[tokio::test]
async fn committees_of_others_are_as_if_absent() {
    let world = world().await;
    let (bruno, chloe) = (world.person("bruno").await, world.person("chloe").await);
    let id = plan(&bruno, local(START)).await;
    let query = "query($id: ID!) { committee(id: $id) { title } }";
    for (who, code) in [(&chloe, "NOT_FOUND"), (&world.alice, "UNAUTHENTICATED")] {
        assert_eq!(who.error(query, json!({ "id": id })).await, code);
        let input = json!({ "input": { "id": id, "people": [] } });
        assert_eq!(who.error(INVITE, input).await, code);
    }
    let list = "{ committees { totalCount nodes { title participants { name } } } }";
    assert_eq!(chloe.data(list, json!({})).await["committees"]["totalCount"], 0);
    // The national team reads events, not names.
    let henri = world.person("henri").await;
    let seen = henri.data(list, json!({})).await["committees"].clone();
    assert_eq!((&seen["totalCount"], &seen["nodes"][0]["participants"]), (&json!(1), &Value::Null));
    world.end_anyhow().await;
}

#[tokio::test]
async fn candidates_apply_with_their_consent_and_may_be_invited() {
    let world = world().await;
    let bruno = world.person("bruno").await;
    let apply = |consent: bool| json!({ "structure": tests::people::A, "name": "Zoé", "email": "zoe@usager.test", "consent": consent });
    assert_eq!(
        world.alice.refusals("candidateApply", apply(false)).await,
        ["CONSENT_MISSING consent"]
    );
    assert_eq!(world.alice.refusals("candidateApply", apply(true)).await, [""; 0]);
    // The public never hears whose address is known; those who keep the pool do.
    assert_eq!(world.alice.refusals("candidateApply", apply(true)).await, [""; 0]);
    assert_eq!(bruno.refusals("candidateApply", apply(true)).await, ["DUPLICATE email"]);
    let consent = "{ candidateConsent(structure: \"STRUCTA1\") }";
    let words = world.alice.data(consent, json!({})).await["candidateConsent"].clone();
    assert!(words.as_str().unwrap().contains("Agence de Montarcy"), "{words}");
    let list = "{ committeeCandidates { nodes { id name source } } }";
    let data = bruno.data(list, json!({})).await["committeeCandidates"]["nodes"].clone();
    assert_eq!((&data[0]["name"], &data[0]["source"]), (&json!("Zoé"), &json!("FORM")));
    let id = plan(&bruno, local(START)).await;
    let person = json!({ "role": "USER", "candidate": data[0]["id"] });
    let draft = json!({ "id": id, "people": [person], "send": false });
    assert_eq!(bruno.refusals("committeeInvite", draft).await, [""; 0]);
    assert_eq!(people(&bruno, &id).await, ["Zoé PENDING"]);
    let chloe = world.person("chloe").await;
    assert_eq!(chloe.data(list, json!({})).await["committeeCandidates"]["nodes"], json!([]));
    // Nor does she get the name by inviting an id she guessed.
    let hers = plan(&chloe, with(local(START), "structure", json!(tests::people::B))).await;
    let guess = json!({ "id": hers, "people": [{ "role": "USER", "candidate": data[0]["id"] }], "send": false });
    assert_eq!(chloe.refusals("committeeInvite", guess).await, ["UNKNOWN_PERSON people.0"]);
    world.end_anyhow().await;
}
