//! The letters, the page behind their links, and the reserve.

use serde_json::json;
use tests::World;

use super::{START, invite, invited, people, press, token, told, user};

#[tokio::test]
async fn opening_a_link_changes_nothing_and_its_button_answers_once() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    let mail = &world.mailbox.to("u1@usager.test")[0];
    assert_eq!(mail.subject, "Invitation : Mieux accueillir, le 2 février 2026");
    for words in [
        "de 10 h à 12 h",
        "Salle du conseil",
        "Choisir trois actions.",
        "Les échanges restent anonymes",
        "je déclare avoir été informé(e)",
    ] {
        assert!(mail.text.contains(words), "« {words} » in {}", mail.text);
    }
    let yes = token(mail, true);
    // A scanner opens it twice.
    for _ in 0..2 {
        let (status, page) = world.alice.get(&format!("/invitations/{yes}")).await;
        assert_eq!(status, 200);
        for button in
            ["value=\"YES\">Oui, je viens<", "value=\"NO\" class=\"second\">Non, je ne viens pas<"]
        {
            assert!(page.contains(button), "{page}");
        }
        assert!(page.contains("Ces dernières ne pourront être utilisées"), "{page}");
        assert!(!page.contains("<script"), "it works without a script");
    }
    assert!(people(&bruno, &id).await.contains(&"u1 PENDING".to_owned()));
    assert!(press(&world, &yes).await.contains("Votre réponse est enregistrée"));
    assert!(people(&bruno, &id).await.contains(&"u1 ACCEPTED".to_owned()));
    assert!(press(&world, &yes).await.contains("Ce lien a déjà servi"));
    // Consent is kept with its moment; the other link still lets them change their mind.
    let query = "query($id: ID!) { committee(id: $id) { participants { name consentedAt } } }";
    let data = bruno.data(query, json!({ "id": id })).await;
    assert!(data["committee"]["participants"][0]["consentedAt"].is_string());
    let (_, page) = world.alice.get(&format!("/invitations/{}", token(mail, false))).await;
    assert!(
        page.find("Non, je").unwrap() < page.find("Oui, je").unwrap(),
        "what was followed first"
    );
    assert!(press(&world, &token(mail, false)).await.contains("vous ne venez pas"));
    assert!(people(&bruno, &id).await.contains(&"u1 DECLINED".to_owned()));
    for wrong in ["x", "a".repeat(500).as_str()] {
        let (status, page) = world.alice.get(&format!("/invitations/{wrong}")).await;
        assert!(status == 404 && page.contains("Lien inconnu"), "{page}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_button_answers_also_where_the_sites_that_may_call_are_listed() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    let list = server::origins::Origins::parse("https://plus.example.fr").unwrap();
    let url = world.server_with(|config| config.origins = list).await;
    let yes = token(&world.mailbox.to("u1@usager.test")[0], true);
    // The page sends no referrer, so a browser tells its form from « null ».
    let pressed = reqwest::Client::new()
        .post(format!("{url}/invitations/{yes}"))
        .header("origin", "null")
        .header("sec-fetch-site", "same-origin")
        .form(&[("answer", "YES")]);
    let page = pressed.send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Votre réponse est enregistrée"));
    assert!(people(&bruno, &id).await.contains(&"u1 ACCEPTED".to_owned()));
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn a_refusal_offers_the_place_to_the_next_of_the_reserve() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    let reserve = |name: &str| {
        let mut person = user(name);
        person["reserve"] = json!(true);
        person
    };
    invite(&bruno, &id, vec![reserve("r1"), reserve("r2")]).await;
    world.settle().await;
    assert_eq!(world.mailbox.to("r1@usager.test").len(), 0, "the reserve is not invited");
    press(&world, &token(&world.mailbox.to("u3@usager.test")[0], false)).await;
    world.settle().await;
    assert_eq!(world.mailbox.to("r1@usager.test").len(), 1);
    assert_eq!(world.mailbox.to("r2@usager.test").len(), 0);
    assert!(people(&bruno, &id).await.contains(&"r1 PENDING".to_owned()));
    // The facilitator has no reserve of users.
    press(&world, &token(&world.mailbox.to("lea@agent.test")[0], false)).await;
    world.settle().await;
    assert_eq!(world.mailbox.to("r2@usager.test").len(), 0);
    world.end().await;
}

#[tokio::test]
async fn a_front_end_answers_by_the_token_and_reads_only_the_event() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    invited(&world, &bruno, START).await;
    let respond = "mutation($t: String!) { committeeRespond(input: { token: $t }) { state response title startsAt } }";
    let yes = token(&world.mailbox.to("u2@usager.test")[0], true);
    for state in ["OPEN", "USED"] {
        let data = world.alice.data(respond, json!({ "t": yes })).await["committeeRespond"].clone();
        assert_eq!(data["state"], state);
        assert_eq!(data["response"], "ACCEPTED");
        assert_eq!(data["title"], "Mieux accueillir");
    }
    // The other answer by the same link, as the page's other button sends it.
    let no = "mutation($t: String!) { committeeRespond(input: { token: $t, answer: NO }) { state response } }";
    let followed = token(&world.mailbox.to("u3@usager.test")[0], true);
    let data = world.alice.data(no, json!({ "t": followed })).await["committeeRespond"].clone();
    assert_eq!(data, json!({ "state": "OPEN", "response": "DECLINED" }));
    assert_eq!(world.alice.error(respond, json!({ "t": "nope" })).await, "NOT_FOUND");
    assert_eq!(told(&world, "Invitation").len(), 8);
    world.end().await;
}

#[tokio::test]
async fn a_button_pressed_twice_at_once_gives_the_place_to_one_person_only() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    let mut waiting = vec![user("r1"), user("r2"), user("r3")];
    for person in &mut waiting {
        person["reserve"] = json!(true);
    }
    invite(&bruno, &id, waiting).await;
    let no = token(&world.mailbox.to("u1@usager.test")[0], false);
    world.mailbox.empty();
    let presses = (0..8).map(|_| press(&world, &no));
    let pages = futures_util::future::join_all(presses).await;
    let thanks = pages.iter().filter(|page| page.contains("<h1>Merci</h1>")).count();
    assert_eq!(thanks, 1, "one press answered, the others found the link used");
    world.settle().await;
    assert_eq!(told(&world, "Invitation"), ["r1"]);
    let list = people(&bruno, &id).await;
    for entry in ["u1 DECLINED", "r1 PENDING", "r2 RESERVE", "r3 RESERVE"] {
        assert!(list.contains(&entry.to_owned()), "{entry}: {list:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn only_a_button_answers() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    let url = format!(
        "{}/invitations/{}",
        world.url,
        token(&world.mailbox.to("u1@usager.test")[0], true)
    );
    let client = reqwest::Client::new();
    for (kind, body) in [
        ("application/x-www-form-urlencoded", ""),
        ("application/x-www-form-urlencoded", "answer=MAYBE"),
        ("application/x-www-form-urlencoded", "answer=no"),
        ("application/x-www-form-urlencoded", "answer=NO&answer=YES"),
        ("text/plain", "answer=YES"),
        ("application/json", "{\"answer\":\"YES\"}"),
    ] {
        let answer =
            client.post(&url).header("content-type", kind).body(body).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{kind} {body}");
        assert!(answer.text().await.unwrap().contains("Rien n&#39;a été enregistré"));
    }
    assert!(people(&bruno, &id).await.contains(&"u1 PENDING".to_owned()));
    world.end().await;
}
