//! The calendar entries of the letters, read by two libraries that are not ours.

use std::process::Stdio;

use serde_json::{Value, json};
use tests::World;
use tests::mailbox::Mail;
use tokio::io::AsyncWriteExt;

use super::{START, invite, local, plan, users};
use crate::endpoint::audit::script;

/// What both libraries understand of the entry of a letter; they must agree.
async fn read(mail: &Mail) -> Value {
    let [shown, attached] = &mail.calendars[..] else {
        panic!("two entries: {:?}", mail.calendars)
    };
    assert_eq!(shown, attached);
    let mut node = script("calendar.mjs")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    node.stdin.take().unwrap().write_all(shown.as_bytes()).await.unwrap();
    let output = node.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{shown}");
    let heard: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(heard[0], heard[1], "{shown}");
    heard[0].clone()
}

#[tokio::test]
async fn calendars_take_update_move_and_remove_the_same_event() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let mut input = local(START);
    // What the format gives a meaning, accents, and a line longer than it allows.
    input["title"] = json!("Accueil, délais ; écoute : « priorités » \\ idées");
    input["agenda"] = json!(format!("Présenter\nÉchanger, puis voter ; {}", "encore ".repeat(30)));
    let id = plan(&bruno, input.clone()).await;
    invite(&bruno, &id, users(6)).await;
    world.settle().await;
    let letter = |world: &World| world.mailbox.to("u1@usager.test")[0].clone();
    let first = read(&letter(&world)).await;
    let expected = [
        ("method", json!("REQUEST")),
        ("status", json!("CONFIRMED")),
        ("sequence", json!(0)),
        ("start", json!("2026-02-02T09:00:00.000Z")),
        ("end", json!("2026-02-02T11:00:00.000Z")),
        ("title", input["title"].clone()),
        ("description", json!(input["agenda"].as_str().unwrap().trim())),
        ("place", input["place"].clone()),
    ];
    for (field, value) in expected {
        assert_eq!(first[field], value, "{field}");
    }
    assert!(first["organiser"].as_str().unwrap().starts_with("mailto:"), "{first}");

    for (step, change, sequence, method, start) in [
        (
            "committeeUpdate",
            json!({ "id": id, "place": "Médiathèque" }),
            1,
            "REQUEST",
            "2026-02-02T09:00:00.000Z",
        ),
        (
            "committeeMove",
            json!({ "id": id, "startsAt": "2026-03-30T08:00:00Z" }),
            2,
            "REQUEST",
            "2026-03-30T08:00:00.000Z",
        ),
        (
            "committeeCancel",
            json!({ "id": id, "reason": "Grève" }),
            3,
            "CANCEL",
            "2026-03-30T08:00:00.000Z",
        ),
    ] {
        world.mailbox.empty();
        assert_eq!(bruno.refusals(step, change).await, [""; 0]);
        world.settle().await;
        let entry = read(&letter(&world)).await;
        assert_eq!(entry["uid"], first["uid"], "{step}");
        assert_eq!((&entry["sequence"], &entry["method"]), (&json!(sequence), &json!(method)));
        assert_eq!(entry["start"], start, "{step}");
    }
    assert_eq!(read(&letter(&world)).await["status"], "CANCELLED");
    world.end().await;
}
