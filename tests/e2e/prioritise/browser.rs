//! The page behind a link, in a real browser: on a telephone, without JavaScript, by the keyboard, audited.

use serde_json::{Value, json};
use tests::World;

use super::{START, invited, people, token};
use crate::endpoint::audit::script;

pub(super) async fn open(world: &World, token: &str) -> Value {
    visit(world, &format!("/invitations/{token}")).await
}

/// The browser that `./dev test` names, or the machine's.
pub(crate) fn chromium() -> String {
    let browser = ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .flat_map(|name| ["/usr/bin", "/usr/local/bin"].map(|folder| format!("{folder}/{name}")))
        .find(|path| std::path::Path::new(path).exists());
    std::env::var("CHROMIUM").ok().or(browser).expect("a browser, as ./dev test installs")
}

/// What a person finds at an address of this server.
pub(super) async fn visit(world: &World, path: &str) -> Value {
    let output = script("page.mjs")
        .arg(format!("{}{path}", world.url))
        .env("CHROMIUM", chromium())
        .output()
        .await
        .expect("node runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn a_person_answers_with_a_telephone_without_script_and_by_keyboard() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    let yes = token(&world.mailbox.to("u1@usager.test")[0], true);
    let seen = open(&world, &yes).await;
    assert_eq!(seen["violations"], json!([]), "the audit of accessibility finds nothing");
    assert_eq!(seen["before"]["heading"], "Venez-vous ?");
    assert_eq!(seen["before"]["buttons"], json!(["Oui, je viens", "Non, je ne viens pas"]));
    assert_eq!(
        (&seen["before"]["fits"], &seen["before"]["language"]),
        (&json!(true), &json!("fr"))
    );
    assert_eq!(seen["after"]["focused"], "Oui, je viens", "the first thing that Tab reaches");
    assert_eq!(seen["after"]["heading"], "Merci");
    assert!(people(&bruno, &id).await.contains(&"u1 ACCEPTED".to_owned()));
    // Every other state of the page is as readable, and has nothing to press.
    let again = open(&world, &yes).await;
    assert_eq!(again["before"]["heading"], "Ce lien a déjà servi");
    assert_eq!((&again["violations"], &again["after"]), (&json!([]), &Value::Null));
    let nothing = open(&world, "unknown").await;
    assert_eq!(
        (&nothing["before"]["heading"], &nothing["violations"]),
        (&json!("Lien inconnu"), &json!([]))
    );
    world.end().await;
}
