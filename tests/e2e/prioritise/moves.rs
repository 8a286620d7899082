//! A committee that moves, changes or is cancelled.

use chrono::TimeDelta;
use serde_json::json;
use tests::{Client, World};

use super::{START, at, invited, people, press, token, told};

async fn move_to(who: &Client, id: &str, start: &str) {
    let input = json!({ "id": id, "startsAt": start });
    assert_eq!(who.refusals("committeeMove", input).await, [""; 0]);
}

#[tokio::test]
async fn a_moved_event_invites_anew_and_asks_for_its_new_start_only() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    let old = token(&world.mailbox.to("u1@usager.test")[0], true);
    press(&world, &token(&world.mailbox.to("u2@usager.test")[0], true)).await;
    world.mailbox.empty();

    // Moved twice at once: the last letter tells the last start.
    move_to(&bruno, &id, "2026-02-09T09:00:00Z").await;
    move_to(&bruno, &id, "2026-02-16T13:30:00Z").await;
    world.settle().await;
    let letters = world.mailbox.to("u1@usager.test");
    let changed = "Changement : Mieux accueillir, le 16 février 2026";
    let last = letters.iter().find(|letter| letter.subject == changed).unwrap();
    assert!(last.text.contains("de 14 h 30 à 16 h 30"), "{}", last.text);
    assert!(
        people(&bruno, &id).await.contains(&"u2 PENDING".to_owned()),
        "they accepted another day"
    );
    let page = press(&world, &old).await;
    assert!(page.contains("La date a changé") && page.contains("16 février 2026"), "{page}");
    assert!(people(&bruno, &id).await.contains(&"u1 PENDING".to_owned()));
    world.mailbox.empty();

    world.later(at("2026-02-09T09:00:00Z") - world.clock.now()).await;
    assert_eq!(world.mailbox.all().len(), 0, "nothing for the old starts");
    world.later(at("2026-02-13T13:30:00Z") - world.clock.now()).await;
    assert_eq!(told(&world, "À confirmer").len(), 8);
    // Back to the window of a start that was once planned: an invitation, and no second request.
    world.mailbox.empty();
    let bruno = world.person("bruno").await;
    move_to(&bruno, &id, "2026-02-15T13:30:00Z").await;
    world.settle().await;
    assert_eq!(told(&world, "Changement").len(), 8);
    assert_eq!(told(&world, "À confirmer"), [""; 0]);
    world.end().await;
}

#[tokio::test]
async fn a_cancelled_event_tells_everybody_and_asks_nobody() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    let yes = token(&world.mailbox.to("u1@usager.test")[0], true);
    press(&world, &token(&world.mailbox.to("u6@usager.test")[0], false)).await;
    world.mailbox.empty();
    let cancel = json!({ "id": id, "reason": "La salle est inondée." });
    assert_eq!(bruno.refusals("committeeCancel", cancel.clone()).await, [""; 0]);
    world.settle().await;
    assert_eq!(told(&world, "Annulé").len(), 7, "not who had declined");
    assert!(world.mailbox.all()[0].text.contains("La salle est inondée."));
    assert!(press(&world, &yes).await.contains("La réunion est annulée"));
    assert_eq!(bruno.refusals("committeeCancel", cancel).await, ["WRONG_STATE id"]);
    world.mailbox.empty();
    world.later(at(START) - TimeDelta::hours(71) - world.clock.now()).await;
    assert_eq!(world.mailbox.all().len(), 0);
    world.end().await;
}

#[tokio::test]
async fn a_new_place_is_told_and_answers_stay() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    press(&world, &token(&world.mailbox.to("u1@usager.test")[0], true)).await;
    world.mailbox.empty();
    let place = json!({ "id": id, "place": "Médiathèque" });
    assert_eq!(bruno.refusals("committeeUpdate", place).await, [""; 0]);
    // What no calendar shows is told to nobody.
    let agenda = json!({ "id": id, "agenda": "Un autre ordre du jour" });
    assert_eq!(bruno.refusals("committeeUpdate", agenda).await, [""; 0]);
    world.settle().await;
    assert_eq!(told(&world, "Changement").len(), 8);
    assert!(world.mailbox.all()[0].text.contains("Médiathèque"));
    assert!(people(&bruno, &id).await.contains(&"u1 ACCEPTED".to_owned()));
    world.mailbox.empty();
    world.later(at(START) - TimeDelta::hours(72) - world.clock.now()).await;
    assert_eq!(told(&world, "À confirmer").len(), 8, "the requests were laid anew");
    world.end().await;
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name_and_null_takes_a_field_away() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    world.mailbox.empty();
    let query = "query($id: ID!) { committee(id: $id) { title mode place link } }";
    let remote =
        json!({ "id": id, "mode": "REMOTE", "place": null, "link": "https://visio.test/1" });
    assert_eq!(bruno.refusals("committeeUpdate", remote).await, [""; 0]);
    let seen = bruno.data(query, json!({ "id": id })).await["committee"].clone();
    assert_eq!(
        seen,
        json!({ "title": "Mieux accueillir", "mode": "REMOTE", "place": null, "link": "https://visio.test/1" })
    );
    // What the mode needs cannot be taken away.
    let without = json!({ "id": id, "link": null });
    assert_eq!(bruno.refusals("committeeUpdate", without).await, ["EMPTY_TEXT link"]);
    world.settle().await;
    assert_eq!(told(&world, "Changement").len(), 8);
    world.end().await;
}
