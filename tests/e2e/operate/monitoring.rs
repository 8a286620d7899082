//! The example dashboard and alert rules name figures that exist.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::World;
use tests::process::Process;
use tests::world::Plan;

use super::folder;

/// The names of our figures in a text, without what a histogram adds.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| word.starts_with("spp_"));
    let bare = |word: &str| {
        let ends = ["_bucket", "_count", "_sum"];
        ends.iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word).to_owned()
    };
    ours.map(bare).collect()
}

#[tokio::test]
async fn dashboard_and_alerts_ask_for_what_the_programs_show_and_leave_nothing_out() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let (redis, mail) = (tests::world::redis_url(), folder(&world));
    let environment =
        [("DATABASE_URL", world.database_url.as_str()), ("REDIS_URL", &redis), ("SPP_MAIL", &mail)];
    super::probe(&world, serde_json::json!({})).await;
    let bruno = world.person("bruno").await;
    super::register(&world, &bruno, 1, serde_json::json!({ "senderEmail": "a@usager.test" })).await;
    let worker = Process::start("worker", &environment).await;
    tests::process::until("the job was counted", 20, async || {
        worker.figure("spp_jobs_total", &["outcome=\"done\""]).await > 0.0
    })
    .await;
    let mut shown = named(&world.alice.get("/metrics").await.1);
    shown.extend(named(
        &reqwest::get(format!("{}/metrics", worker.url)).await.unwrap().text().await.unwrap(),
    ));
    // Counted only once a message has left.
    shown.insert("spp_mails_total".into());
    // Known only once a schedule was done.
    shown.insert("spp_schedule_done_timestamp_seconds".into());

    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/");
    let read = |name: &str| std::fs::read_to_string(format!("{docs}{name}")).unwrap();
    let dashboard: Value = serde_json::from_str(&read("monitoring/dashboard.json")).unwrap();
    let expressions: String = dashboard["panels"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap())
        .map(|target| format!("{} ", target["expr"].as_str().unwrap()))
        .collect();
    let asked = named(&expressions);
    let alerts = named(&read("monitoring/alerts.yml"));
    let unknown: Vec<_> = asked.union(&alerts).filter(|name| !shown.contains(*name)).collect();
    assert!(unknown.is_empty(), "no program shows {unknown:?}");
    let unseen: Vec<_> = shown.difference(&asked).collect();
    assert!(unseen.is_empty(), "the dashboard leaves out {unseen:?}");
    let documented = named(&read("operating.md"));
    let silent: Vec<_> = shown.difference(&documented).collect();
    assert!(silent.is_empty(), "docs/operating.md does not tell of {silent:?}");
    world.end_anyhow().await;
}
