//! What was said and decided: written down, closed, drawn, shared, and nobody's name in it.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::people::A;
use tests::{Client, World};

use super::{START, at, invite, invited, plan, told, user};

const MINUTES: &str = "query($id: ID!) { committee(id: $id) { status came expected closingReason synthesisUrl
    participants { id name attended } minutes { phases voters notes { section label text } verbatims { tone text }
    ideas { rank text heading } outcomes { id kind text choice votes origin originNote originIdea
    originTestimony { title } originCommittee } } } }";

/// A listening committee of six users and a secretary that has begun; gives its id and the people's.
async fn held(world: &World) -> (String, Client, Vec<String>) {
    let bruno = world.person("bruno").await;
    let input = json!({ "structure": A, "kind": "LISTENING", "title": "Attendre moins", "theme": "L'attente au guichet",
        "aims": "Comprendre l'attente.", "agenda": "Échanger", "startsAt": START, "mode": "ON_SITE", "place": "Salle 1" });
    let id = plan(&bruno, input).await;
    let mut list: Vec<Value> = ["Ana Roux", "Bea Noir", "Cid Vert", "Dan Gris", "Eve Brun", "Fay Rose"]
        .iter()
        .map(|name| json!({ "role": "USER", "name": name, "email": format!("{}@usager.test", name[..3].to_lowercase()) }))
        .collect();
    list.push(json!({ "role": "SECRETARY", "name": "Sam Secret", "email": "sam@agent.test" }));
    invite(&bruno, &id, list).await;
    let early = bruno.refusals("committeeRecord", json!({ "id": id, "voters": 3 })).await;
    assert_eq!(early, ["WRONG_STATE id"]);
    world.later(at(START) - world.clock.now() + TimeDelta::minutes(30)).await;
    world.mailbox.empty();
    let bruno = world.person("bruno").await;
    let data = bruno.data(MINUTES, json!({ "id": id })).await;
    let people = data["committee"]["participants"].as_array().unwrap();
    let people = people.iter().map(|p| p["id"].as_str().unwrap().to_owned()).collect();
    (id, bruno, people)
}

/// What the secretary wrote, without attendance.
fn written(id: &str) -> Value {
    json!({ "id": id, "notes": [
            { "section": "OBJECTIVES", "text": "Nous écoutons sans juger." },
            { "section": "ROUND_TABLE", "text": "Six habitants du quartier." },
            { "section": "EXPERIENCES", "text": "Deux heures debout.\nUn accueil chaleureux." },
            { "section": "EXPECTATIONS", "text": "Savoir combien de temps cela dure." },
            { "section": "CONCLUSION", "text": "Trois axes retenus." },
            { "section": "CONTEXT", "text": "L'attente est citée par 4 témoignages sur 9." },
            { "section": "LESSONS", "text": "L'attente pèse moins quand elle est annoncée." },
            { "section": "IMPROVEMENTS", "text": "Afficher le temps d'attente." }],
        "verbatims": [{ "tone": "POSITIVE", "text": "On m'a souri dès l'entrée." },
            { "tone": "NEGATIVE", "text": "Deux heures <debout>, #sans rien savoir." }],
        "ideas": [{ "text": "Un écran à l'entrée", "heading": "Informer" }, { "text": "Un banc de plus" },
            { "text": "Un message la veille", "heading": "Informer" }],
        "voters": 6,
        "outcomes": [
            { "kind": "PRIORITY", "text": "Poser un banc", "choice": "VOTED", "votes": 2, "origin": { "kind": "IDEA", "idea": 2 } },
            { "kind": "PRIORITY", "text": "Afficher l'attente", "choice": "VOTED", "votes": 5, "origin": { "kind": "IDEA", "idea": 1 } },
            { "kind": "DECISION", "text": "Se revoir en mai", "choice": "AGREED", "origin": { "kind": "TEAM", "note": "calendrier de l'équipe" } }] })
}

/// Everybody but the fourth person came.
fn attendance(people: &[String]) -> Value {
    let entry =
        |(place, id): (usize, &String)| json!({ "participant": id, "attended": place != 3 });
    people.iter().enumerate().map(entry).collect()
}

#[tokio::test]
async fn a_listening_committee_is_written_down_closed_and_shared() {
    let world = World::new().await;
    let (id, bruno, people) = held(&world).await;
    assert_eq!(bruno.refusals("committeeRecord", written(&id)).await, [""; 0]);
    // Closing asks for what is missing, and keeps what is written.
    let close = json!({ "id": id });
    assert_eq!(
        bruno.refusals("committeeClose", close.clone()).await,
        ["MINUTES_INCOMPLETE attendance"]
    );
    let who = json!({ "id": id, "attendance": attendance(&people) });
    assert_eq!(bruno.refusals("committeeRecord", who).await, [""; 0]);
    let minutes = bruno.data(MINUTES, json!({ "id": id })).await["committee"]["minutes"].clone();
    assert_eq!(minutes["phases"].as_array().unwrap().len(), 5);
    assert_eq!(minutes["notes"].as_array().unwrap().len(), 8);
    assert_eq!(minutes["notes"][2]["label"], "Partage d'expériences");
    assert_eq!(
        minutes["ideas"][2],
        json!({ "rank": 3, "text": "Un message la veille", "heading": "Informer" })
    );
    // The draft is its organisers' own.
    let henri = world.person("henri").await;
    let draft = henri.data(MINUTES, json!({ "id": id })).await;
    assert_eq!(draft["committee"]["minutes"], Value::Null);
    assert_eq!(public(&world, &id).await, "NOT_FOUND");

    assert_eq!(bruno.refusals("committeeClose", close.clone()).await, [""; 0]);
    world.settle().await;
    // Those who came, and the agents of the site: Bruno, and David who manages it.
    let all = ["ana", "bea", "bruno", "cid", "david", "eve", "fay", "sam"];
    assert_eq!(told(&world, "Synthèse du comité d'écoute"), all);
    let letter = &world.mailbox.to("ana@usager.test")[0];
    assert!(letter.text.contains("Vous avez pris part"), "{}", letter.text);
    assert!(
        letter.html.contains("Deux heures &lt;debout&gt;, #sans rien savoir."),
        "{}",
        letter.html
    );
    let (name, pdf) = &letter.files[0];
    assert!(name.starts_with("synthese-comite-") && name.ends_with(".pdf"), "{name}");
    let text = tests::pdf_text(pdf);
    for part in [
        "Synthèse du comité d'écoute du 2 février 2026",
        "6 personnes présentes sur 7 attendues : 5 usagers, 1 secrétaire",
        "Avis positifs",
        "Deux heures <debout>, #sans rien savoir.",
        "5 voix sur 6 votants",
        "idée du comité : Un écran à l'entrée",
        "Déroulé de la séance",
        "Nous écoutons sans juger.",
    ] {
        assert!(text.contains(part), "« {part} » is missing from: {text}");
    }
    assert!(
        text.find("Afficher l'attente") < text.find("Poser un banc"),
        "the most voted first: {text}"
    );
    let agent = &world.mailbox.to("david@exemple.test")[0];
    assert!(
        agent.text.contains("ses priorités et ses décisions sont celles de tout le site"),
        "{}",
        agent.text
    );

    let data = bruno.data(MINUTES, json!({ "id": id })).await["committee"].clone();
    assert_eq!(
        (&data["status"], &data["came"], &data["expected"]),
        (&json!("CLOSED"), &json!(6), &json!(7))
    );
    assert_eq!(henri.data(MINUTES, json!({ "id": id })).await["committee"]["minutes"]["voters"], 6);
    // It changes no more, and nobody hears of it twice.
    assert_eq!(bruno.refusals("committeeClose", close).await, ["WRONG_STATE id"]);
    assert_eq!(bruno.refusals("committeeRecord", written(&id)).await, ["WRONG_STATE id"]);
    world.settle().await;
    assert_eq!(world.mailbox.all().len(), 8);
    world.end().await;
}

/// The code that the public reads when it asks for a summary; empty when it may read it.
async fn public(world: &World, id: &str) -> String {
    let query = "query($id: ID!) { committeeSummary(committee: $id) { title } }";
    let answer = world.alice.ask(query, json!({ "id": id })).await;
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_public_reads_what_came_of_it_without_the_notes_of_the_meeting() {
    let world = World::new().await;
    let (id, bruno, people) = held(&world).await;
    let mut input = written(&id);
    input["attendance"] = attendance(&people);
    assert_eq!(bruno.refusals("committeeRecord", input).await, [""; 0]);
    assert_eq!(bruno.refusals("committeeClose", json!({ "id": id })).await, [""; 0]);
    world.settle().await;
    let query = "{ committeeSummaries(filter: { structure: \"STRUCTA1\", kind: LISTENING }) { nodes { committee title came expected
        voters url structure { code } notes { section } outcomes { id text votes } } } }";
    let nodes = world.alice.data(query, json!({})).await["committeeSummaries"]["nodes"].clone();
    assert_eq!(nodes.as_array().unwrap().len(), 1, "{nodes}");
    let sections: Vec<&str> = nodes[0]["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["section"].as_str().unwrap())
        .collect();
    assert_eq!(sections, ["CONTEXT", "LESSONS", "IMPROVEMENTS"]);
    assert_eq!((&nodes[0]["committee"], &nodes[0]["structure"]["code"]), (&json!(id), &json!(A)));
    assert_eq!((&nodes[0]["came"], &nodes[0]["voters"]), (&json!(6), &json!(6)));
    let outcome = json!({ "id": nodes[0]["outcomes"][1]["id"] });
    let node = world
        .alice
        .data("query($id: ID!) { node(id: $id) { ... on CommitteeOutcome { text } } }", outcome)
        .await;
    assert_eq!(node["node"]["text"], "Afficher l'attente");

    // The page and the file, at the address of the summary on this server.
    let path = nodes[0]["url"].as_str().unwrap();
    let path = &path[path.find("/comites/").unwrap()..];
    let page = get(&world, path, None).await;
    assert_eq!(page.0, 200);
    let html = String::from_utf8(page.1).unwrap();
    assert!(html.contains("<h1>Attendre moins</h1>") && html.contains("Un banc de plus"), "{html}");
    assert!(!html.contains("Nous écoutons sans juger"), "no notes of the phases: {html}");
    let seen = super::browser::visit(&world, path).await;
    assert_eq!(
        (&seen["violations"], &seen["before"]["fits"]),
        (&json!([]), &json!(true)),
        "{seen}"
    );
    let text = tests::pdf_text(&get(&world, &format!("{path}.pdf"), None).await.1);
    assert!(text.contains("Afficher l'attente") && !text.contains("Déroulé"), "{text}");
    // The whole synthesis is for those who may read the committee.
    let whole = format!("{path}/synthese");
    assert_eq!(get(&world, &whole, None).await.0, 401);
    let jonas = world.person("jonas").await;
    assert_eq!(get(&world, &whole, jonas.token.as_deref()).await.0, 404, "another network's agent");
    let bytes = get(&world, &format!("{whole}.pdf"), bruno.token.as_deref()).await.1;
    assert!(tests::pdf_text(&bytes).contains("Nous écoutons sans juger."));
    assert_eq!(get(&world, "/comites/999", None).await.0, 404);
    world.end().await;
}

async fn get(world: &World, path: &str, token: Option<&str>) -> (u16, Vec<u8>) {
    let mut request = reqwest::Client::new().get(format!("{}{path}", world.url));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn every_fault_is_told_at_once_and_nothing_is_written() {
    let world = World::new().await;
    let (id, bruno, people) = held(&world).await;
    let input = json!({ "id": id,
        "notes": [{ "section": "DISCUSSION", "text": "x" }, { "section": "LESSONS", "text": "x" },
            { "section": "LESSONS", "text": "Mme Roux a raison." }],
        "verbatims": [{ "tone": "POSITIVE", "text": "Merci" }, { "tone": "NEGATIVE", "text": "écrivez à ana@usager.test" }],
        "ideas": [{ "text": "noir béa l'a dit" }, { "text": " " }, { "text": "Appeler le 06 11 22 33 44" }],
        "voters": 4,
        "outcomes": [
            { "kind": "PRIORITY", "text": "a", "choice": "VOTED", "votes": 5, "origin": { "kind": "IDEA", "idea": 4 } },
            { "kind": "PRIORITY", "text": "b", "choice": "AGREED", "votes": 1, "origin": { "kind": "TEAM" } },
            { "kind": "DECISION", "text": "c", "choice": "AGREED", "origin": { "kind": "TESTIMONY", "testimony": "VGVzdGltb255Ojk5OQ" } }],
        "attendance": [{ "participant": "Q29tbWl0dGVlUGFydGljaXBhbnQ6OTk5", "attended": true },
            { "participant": people[0], "attended": true }] });
    let mut refused = bruno.refusals("committeeRecord", input).await;
    refused.sort();
    assert_eq!(
        refused,
        [
            "DUPLICATE notes.2.section",
            "EMPTY_TEXT ideas.1.text",
            "NOT_ANONYMOUS ideas.0.text",
            "NOT_ANONYMOUS ideas.2.text",
            "NOT_ANONYMOUS notes.2.text",
            "NOT_ANONYMOUS verbatims.1.text",
            "ORIGIN_INVALID outcomes.0.origin",
            "ORIGIN_INVALID outcomes.1.origin",
            "ORIGIN_INVALID outcomes.2.origin",
            "UNKNOWN_PERSON attendance.0.participant",
            "UNKNOWN_SECTION notes.0.section",
            "VOTES_INVALID outcomes.0.votes",
            "VOTES_INVALID outcomes.1.votes",
        ]
    );
    let data = bruno.data(MINUTES, json!({ "id": id })).await["committee"].clone();
    assert_eq!(
        (&data["minutes"]["notes"], &data["participants"][0]["attended"]),
        (&json!([]), &Value::Null)
    );

    // Ideas do not change under what came from them, nor voters under votes.
    assert_eq!(bruno.refusals("committeeRecord", written(&id)).await, [""; 0]);
    let ideas = json!({ "id": id, "ideas": [{ "text": "Tout autre chose" }] });
    assert_eq!(bruno.refusals("committeeRecord", ideas).await, ["ORIGIN_INVALID outcomes"]);
    let voters = json!({ "id": id, "voters": 4 });
    assert_eq!(bruno.refusals("committeeRecord", voters).await, ["VOTES_INVALID outcomes.1.votes"]);
    // An empty chapter goes away, and closing then says what is missing.
    let less = json!({ "id": id, "notes": [{ "section": "LESSONS", "text": "" }], "verbatims": [{ "tone": "NEGATIVE", "text": "Trop long" }],
        "attendance": attendance(&people) });
    assert_eq!(bruno.refusals("committeeRecord", less).await, [""; 0]);
    let close = bruno.refusals("committeeClose", json!({ "id": id })).await;
    assert_eq!(close, ["MINUTES_INCOMPLETE notes", "MINUTES_INCOMPLETE verbatims"]);
    let reason = json!({ "id": id, "overrideReason": "Personne n'a parlé en bien." });
    assert_eq!(bruno.refusals("committeeClose", reason).await, [""; 0]);
    let data = bruno.data(MINUTES, json!({ "id": id })).await["committee"].clone();
    assert_eq!(data["closingReason"], "Personne n'a parlé en bien.");
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn priorities_of_a_local_committee_lead_back_to_what_they_came_from() {
    let world = World::new().await;
    let (listening, bruno, people) = held(&world).await;
    let mut input = written(&listening);
    input["attendance"] = attendance(&people);
    bruno.refusals("committeeRecord", input).await;
    bruno.refusals("committeeClose", json!({ "id": listening })).await;
    let submit = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } } }";
    let story = json!({ "structure": A, "title": "Deux heures", "body": "Deux heures debout.", "pseudonym": "alice",
        "experiences": [{ "channel": "PHONE", "sentiment": "NEGATIVE" }] });
    let data = world.alice.data(submit, json!({ "input": story })).await;
    let testimony = data["testimonySubmit"]["testimony"]["id"].clone();

    let start = world.clock.now() + TimeDelta::days(30);
    let id = invited(&world, &bruno, &start.to_rfc3339()).await;
    invite(&bruno, &id, vec![user("reserve")]).await;
    world.later(TimeDelta::days(30) + TimeDelta::hours(3)).await;
    let bruno = world.person("bruno").await;
    // A listening committee's phases are none of a local one's.
    let foreign = json!({ "id": id, "notes": [{ "section": "ROUND_TABLE", "text": "x" }] });
    assert_eq!(
        bruno.refusals("committeeRecord", foreign).await,
        ["UNKNOWN_SECTION notes.0.section"]
    );
    // Nor is one that is not closed an origin: what came from it would tell the public of it.
    let own = json!({ "id": id, "outcomes": [{ "kind": "DECISION", "text": "a", "choice": "AGREED", "origin": { "kind": "COMMITTEE", "committee": id } }] });
    assert_eq!(bruno.refusals("committeeRecord", own).await, ["ORIGIN_INVALID outcomes.0.origin"]);
    let list = bruno.data(MINUTES, json!({ "id": id })).await["committee"]["participants"].clone();
    let came: Vec<Value> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|p| json!({ "participant": p["id"], "attended": true }))
        .collect();
    let input = json!({ "id": id, "attendance": came, "notes": [{ "section": "ACTION_PLANS", "text": "Trois fiches." }] });
    assert_eq!(bruno.refusals("committeeRecord", input).await, [""; 0]);
    assert_eq!(
        bruno.refusals("committeeClose", json!({ "id": id })).await,
        ["MINUTES_INCOMPLETE outcomes"]
    );
    let input = json!({ "id": id, "outcomes": [
        { "kind": "PRIORITY", "text": "Deux guichets à midi", "choice": "AGREED", "origin": { "kind": "TESTIMONY", "testimony": testimony } },
        { "kind": "PRIORITY", "text": "Un écran", "choice": "AGREED", "origin": { "kind": "COMMITTEE", "committee": listening, "note": "première priorité" } }] });
    assert_eq!(bruno.refusals("committeeRecord", input).await, [""; 0]);
    world.mailbox.empty();
    assert_eq!(bruno.refusals("committeeClose", json!({ "id": id })).await, [""; 0]);
    world.settle().await;
    let outcomes =
        bruno.data(MINUTES, json!({ "id": id })).await["committee"]["minutes"]["outcomes"].clone();
    assert_eq!(outcomes[0]["originTestimony"]["title"], "Deux heures");
    assert_eq!(outcomes[1]["originCommittee"], json!(listening));
    let mayor = &world.mailbox.to("mairesse@mairie.test")[0];
    let text = tests::pdf_text(&mayor.files[0].1);
    assert!(
        text.contains("comité « Attendre moins » du 2 février 2026 (première priorité)"),
        "{text}"
    );
    // The testimony is not public: the public sees that it was one, not which.
    let query = "query($id: ID!) { committeeSummary(committee: $id) { outcomes { origin originTestimony { title } } } }";
    let seen = world.alice.data(query, json!({ "id": id })).await["committeeSummary"]["outcomes"]
        [0]
    .clone();
    assert_eq!(seen, json!({ "origin": "TESTIMONY", "originTestimony": null }));
    world.end().await;
}

#[tokio::test]
async fn titles_and_reasons_name_nobody_either_and_any_character_can_be_printed() {
    let world = World::new().await;
    let (id, bruno, people) = held(&world).await;
    let mut input = written(&id);
    input["attendance"] = attendance(&people);
    input["verbatims"][0]["text"] = json!("Merci 👍 \u{f0b7} 中文");
    input["title"] = json!("Écouter Ana Roux");
    // The same letters written another way are the same name; so is the organiser's.
    input["theme"] = json!("Vu par Be\u{301}a No\u{ad}ir");
    input["notes"][0]["text"] = json!("Animé par Bruno Agent.");
    input["attendance"][1]["participant"] = json!(people[0]);
    let mut refused = bruno.refusals("committeeRecord", input.clone()).await;
    refused.sort();
    let expected = [
        "DUPLICATE attendance.1.participant",
        "NOT_ANONYMOUS notes.0.text",
        "NOT_ANONYMOUS theme",
        "NOT_ANONYMOUS title",
    ];
    assert_eq!(refused, expected);
    assert_eq!(
        bruno.refusals("committeeRecord", json!({ "id": id, "voters": 8 })).await,
        ["VOTES_INVALID voters"]
    );
    input["attendance"][1]["participant"] = json!(people[1]);
    (input["title"], input["theme"]) = (json!("Attendre moins 🙂"), json!("L'attente"));
    input["notes"][0]["text"] = json!("Animé par une agente.");
    assert_eq!(bruno.refusals("committeeRecord", input).await, [""; 0]);
    let named = json!({ "id": id, "overrideReason": "Fay Rose est partie." });
    assert_eq!(bruno.refusals("committeeClose", named).await, ["NOT_ANONYMOUS overrideReason"]);
    // What was planned under a name is not published under it.
    let mut conn = world.conn().await;
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut conn,
        "update committee set title = 'Avec Cid Vert'",
    )
    .await
    .unwrap();
    assert_eq!(
        bruno.refusals("committeeClose", json!({ "id": id })).await,
        ["NOT_ANONYMOUS title"]
    );
    let renamed = json!({ "id": id, "title": "Attendre moins 🙂" });
    assert_eq!(bruno.refusals("committeeRecord", renamed).await, [""; 0]);
    assert_eq!(bruno.refusals("committeeClose", json!({ "id": id })).await, [""; 0]);
    world.settle().await;
    let text = tests::pdf_text(&world.mailbox.to("ana@usager.test")[0].files[0].1);
    assert!(text.contains("Attendre moins □") && text.contains("Merci □ □ □□"), "{text}");
    assert!(text.contains("Autres idées"), "{text}");
    world.end().await;
}
