//! 72 hours before the event, and once more: who is asked, when, and what the organiser reads.

use chrono::TimeDelta;
use serde_json::json;
use tests::World;

use super::{START, at, invite, invited, local, official, people, plan, press, token, told, users};

const ALL: [&str; 8] = ["lea", "mairesse", "u1", "u2", "u3", "u4", "u5", "u6"];

#[tokio::test]
async fn everybody_invited_is_asked_72_hours_before_and_the_silent_ones_once_more() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    assert_eq!(told(&world, "Invitation"), ALL);
    press(&world, &token(&world.mailbox.to("u1@usager.test")[0], true)).await;
    press(&world, &token(&world.mailbox.to("u6@usager.test")[0], false)).await;
    world.settle().await;
    world.mailbox.empty();

    let due = at(START) - TimeDelta::hours(72);
    world.later(due - world.clock.now() - TimeDelta::seconds(1)).await;
    assert_eq!(world.mailbox.all().len(), 0, "not a second earlier");
    world.later(TimeDelta::seconds(1)).await;
    // Those who accepted too, but not who declined.
    assert_eq!(told(&world, "À confirmer"), ["lea", "mairesse", "u1", "u2", "u3", "u4", "u5"]);
    let u1 = &world.mailbox.to("u1@usager.test")[0];
    assert!(u1.text.contains("Vous avez dit que vous viendriez"), "{}", u1.text);
    let page = press(&world, &token(u1, true)).await;
    assert!(page.contains("Votre venue est confirmée"), "{page}");
    // His session of three weeks ago is over.
    let bruno = world.person("bruno").await;
    assert!(people(&bruno, &id).await.contains(&"u1 CONFIRMED".to_owned()));
    world.mailbox.empty();

    world.later(TimeDelta::hours(48)).await;
    assert_eq!(told(&world, "À confirmer"), ["lea", "mairesse", "u2", "u3", "u4", "u5"]);
    // The organiser reads who comes, once.
    let summaries = world.mailbox.to("bruno@exemple.test");
    assert_eq!(summaries.len(), 1);
    let text = &summaries[0].text;
    assert!(text.contains("Ont confirmé (1)") && text.contains("- u1, usager"), "{text}");
    assert!(
        text.contains("N'ont pas répondu (6)") && text.contains("Ne viennent pas (1)"),
        "{text}"
    );
    assert!(text.contains("À régler : 5 usagers : un comité local en réunit 6 à 8."), "{text}");
    world.mailbox.empty();

    world.later(TimeDelta::hours(23)).await;
    world.later(TimeDelta::hours(2)).await;
    assert_eq!(world.mailbox.all().len(), 0, "nobody is asked again, and nobody after the start");
    world.end().await;
}

/// An operator may bring any waiting job forward; no other would ask in its place.
#[tokio::test]
async fn a_request_that_was_brought_forward_waits_for_its_hour_again() {
    const JOBS: &str =
        "{ jobs(filter: { kind: ASK_COMMITTEE, state: READY }) { nodes { id runAt } } }";
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    invited(&world, &bruno, START).await;
    world.mailbox.empty();
    let iris = world.person("iris").await;
    let planned = iris.data(JOBS, json!({})).await["jobs"]["nodes"].clone();
    assert_eq!(planned.as_array().unwrap().len(), 2);
    for job in planned.as_array().unwrap() {
        for change in ["jobCancel", "jobRetry"] {
            assert!(iris.refusals(change, json!({ "id": job["id"] })).await.is_empty());
        }
    }
    world.settle().await;
    assert!(world.mailbox.all().is_empty(), "nobody is asked a month early");
    assert_eq!(iris.data(JOBS, json!({})).await["jobs"]["nodes"], planned);
    world.later(at(START) - TimeDelta::hours(72) - world.clock.now()).await;
    assert_eq!(told(&world, "À confirmer"), ALL);
    world.end().await;
}

#[tokio::test]
async fn an_invitation_71_hours_ahead_asks_at_once_and_is_the_first_request() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let start = (world.clock.now() + TimeDelta::hours(71)).to_rfc3339();
    invited(&world, &bruno, &start).await;
    let mail = &world.mailbox.to("u1@usager.test")[0];
    assert!(mail.text.contains("merci de nous dire dès maintenant"), "{}", mail.text);
    assert_eq!(world.mailbox.all().len(), 8, "one letter each, and no request beside it");
    assert!(press(&world, &token(mail, true)).await.contains("Votre venue est confirmée"));
    world.mailbox.empty();
    world.later(TimeDelta::hours(47)).await;
    let asked = told(&world, "À confirmer");
    assert_eq!(asked, ["lea", "mairesse", "u2", "u3", "u4", "u5", "u6"], "24 hours before");
    world.end().await;
}

#[tokio::test]
async fn workers_down_for_the_whole_window_ask_nobody_after_it() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    invited(&world, &bruno, START).await;
    world.mailbox.empty();
    // The clock jumps over the window, as after an outage of all workers.
    world.later(at(START) - world.clock.now() + TimeDelta::minutes(1)).await;
    assert_eq!(world.mailbox.all().len(), 0);
    world.end().await;
}

#[tokio::test]
async fn without_an_elected_official_requests_wait_and_the_organiser_is_told() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = plan(&bruno, local(START)).await;
    assert_eq!(invite(&bruno, &id, users(6)).await, ["NO_ELECTED_OFFICIAL"]);
    world.settle().await;
    world.mailbox.empty();
    world.later(at(START) - TimeDelta::hours(70) - world.clock.now()).await;
    assert_eq!(told(&world, "À confirmer"), [""; 0]);
    let told_to_bruno = world.mailbox.to("bruno@exemple.test");
    assert_eq!(told_to_bruno.len(), 1);
    assert!(told_to_bruno[0].text.contains("Aucun élu"), "{}", told_to_bruno[0].text);
    world.mailbox.empty();
    // As soon as one is invited, the requests leave.
    let bruno = world.person("bruno").await;
    let mayor = official(&bruno, "maire").await;
    invite(&bruno, &id, vec![json!({ "role": "ELECTED", "official": mayor })]).await;
    world.settle().await;
    assert_eq!(told(&world, "À confirmer"), ["u1", "u2", "u3", "u4", "u5", "u6"]);
    assert_eq!(told(&world, "Invitation"), ["maire"]);
    world.end().await;
}

#[tokio::test]
async fn across_a_change_of_the_clock_72_hours_are_elapsed_hours() {
    // Tuesday 31 March 2026 at 10:00 in Paris; on Sunday the 29th an hour is lost, so 72 hours before is 9:00.
    let start = "2026-03-31T08:00:00Z";
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    invited(&world, &bruno, start).await;
    let mail = &world.mailbox.to("u1@usager.test")[0];
    assert!(
        mail.text.contains("31 mars 2026") && mail.text.contains("de 10 h à 12 h"),
        "{}",
        mail.text
    );
    world.mailbox.empty();
    let nine_on_saturday = at("2026-03-28T08:00:00Z");
    world.later(nine_on_saturday - TimeDelta::seconds(1) - world.clock.now()).await;
    assert_eq!(told(&world, "À confirmer"), [""; 0]);
    world.later(TimeDelta::seconds(1)).await;
    assert_eq!(told(&world, "À confirmer"), ALL);
    let mail = &world.mailbox.to("u1@usager.test")[0];
    assert!(
        mail.text.contains("de 10 h à 12 h"),
        "the hour in Paris of the day itself: {}",
        mail.text
    );
    world.mailbox.empty();
    // The second one 24 hours before, on Monday, in summer time already.
    world.later(at("2026-03-30T08:00:00Z") - world.clock.now()).await;
    assert_eq!(told(&world, "À confirmer"), ALL);
    assert_eq!(told(&world, "Qui vient"), ["bruno"]);
    world.end().await;
}
