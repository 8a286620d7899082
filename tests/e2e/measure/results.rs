//! « Résultats » of a register made by hand, every figure worked out on paper.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::people::{A, B, DIRECTION};
use tests::{Client, World};

use super::desk::{at, fill, world_from};

const RESULTS: &str = "query($of: ID!, $from: Date!, $to: Date!, $medium: Medium, $search: String) {
    writtenRequestResults(structure: $of, from: $from, to: $to, medium: $medium, search: $search) {
        period { from to } letters { ...all } emails { ...all } } }
    fragment all on MediumResults {
        received { ...one } under8Days { ...one } under15Days { ...one } under30Days { ...one }
        unanswered { ...one } inProgress { ...one } directAnswers { ...one } acknowledgedAnswers { ...one }
        averageDelay { ...one } slices { within7 { ...one } from8To14 { ...one } over14 { ...one } }
        lastTwelveMonths { month received { ...one } under15Days { ...one } unanswered { ...one } } }
    fragment one on Statistic { value n denominator definition marginOfError warnings period { from to } }";

/// Results of structure A or another, for a period, narrowed by other arguments.
async fn results(who: &Client, of: &str, from: &str, to: &str, rest: Value) -> Value {
    let variables = super::desk::with(json!({ "of": of, "from": from, "to": to }), rest);
    who.data(RESULTS, variables).await["writtenRequestResults"].take()
}

/// Name, value, count and denominator of each figure of a medium.
fn figures(medium: &Value) -> Vec<(&'static str, Value, i64, i64)> {
    [
        "received",
        "under8Days",
        "under15Days",
        "under30Days",
        "unanswered",
        "inProgress",
        "directAnswers",
        "acknowledgedAnswers",
        "averageDelay",
        "within7",
        "from8To14",
        "over14",
    ]
    .into_iter()
    .map(|name| {
        let one = if medium[name].is_null() { &medium["slices"][name] } else { &medium[name] };
        (
            name,
            one["value"].clone(),
            one["n"].as_i64().unwrap(),
            one["denominator"].as_i64().unwrap(),
        )
    })
    .collect()
}

fn value(medium: &Value, name: &str) -> Option<f64> {
    figures(medium).into_iter().find(|figure| figure.0 == name).unwrap().1.as_f64()
}

/// The world on Monday 15 June 2026, with letters of A that meet every outcome on both sides of each limit.
async fn worked_example() -> (World, Client) {
    let world = world_from("2026-06-15T10:00:00Z").await;
    let bruno = world.person("bruno").await;
    fill(
        &bruno,
        A,
        &[
            // reference, medium, received, acknowledged, answered: delay
            ("P-0", "courrier", "2026-03-31", "", "2026-03-31"), // the day before the period
            ("P-1", "courrier", "2026-04-01", "2026-04-01", "2026-04-01"), // 1, its first day
            ("P-2", "courrier", "2026-04-02", "", "2026-04-09"), // 7
            ("P-3", "courrier", "2026-04-03", "2026-04-05", "2026-04-11"), // 8
            ("P-4", "courrier", "2026-04-04", "", "2026-04-18"), // 14
            ("P-5", "courrier", "2026-04-05", "", "2026-04-20"), // 15
            ("P-6", "courrier", "2026-04-06", "2026-04-10", "2026-04-26"), // 20
            ("P-7", "courrier", "2026-04-07", "", "2026-05-06"), // 29
            ("P-8", "courrier", "2026-04-08", "", "2026-05-08"), // 30
            ("P-9", "courrier", "2026-04-09", "2026-04-10", ""), // open for 67 days
            ("P-10", "courrier", "2026-05-31", "", ""),          // open for 15 days
            ("P-11", "courrier", "2026-06-01", "2026-06-02", ""), // open for 14 days
            ("P-12", "courrier", "2026-06-15", "", ""), // today, the last day of the period
            ("P-13", "courrier", "2026-06-10", "", "2026-06-13"), // 3
            ("C-1", "courriel", "2026-05-10", "2026-05-10", "2026-05-12"), // 2
            ("C-2", "courriel", "2026-05-11", "", ""),  // open for 35 days
        ],
    )
    .await;
    (world, bruno)
}

#[tokio::test]
async fn every_outcome_counts_where_it_should_and_nowhere_else() {
    let (world, bruno) = worked_example().await;
    let told = results(&bruno, A, "2026-04-01", "2026-06-15", json!({})).await;
    assert_eq!(told["period"], json!({ "from": "2026-04-01", "to": "2026-06-15" }));
    let expected = [
        ("received", json!(13.0), 13, 13),
        ("under8Days", json!(27.3), 3, 11),
        ("under15Days", json!(45.5), 5, 11),
        ("under30Days", json!(72.7), 8, 11),
        ("unanswered", json!(54.5), 6, 11),
        ("inProgress", json!(2.0), 2, 13),
        ("directAnswers", json!(66.7), 6, 9),
        ("acknowledgedAnswers", json!(33.3), 3, 9),
        ("averageDelay", json!(14.1), 9, 9), // 127 days
        ("within7", json!(27.3), 3, 11),
        ("from8To14", json!(18.2), 2, 11),
        ("over14", json!(54.5), 6, 11),
    ];
    assert_eq!(figures(&told["letters"]), expected);
    let emails = [
        ("received", json!(2.0), 2, 2),
        ("under8Days", json!(50.0), 1, 2),
        ("under15Days", json!(50.0), 1, 2),
        ("under30Days", json!(50.0), 1, 2),
        ("unanswered", json!(50.0), 1, 2),
        ("inProgress", json!(0.0), 0, 2),
        ("directAnswers", json!(0.0), 0, 1),
        ("acknowledgedAnswers", json!(100.0), 1, 1),
        ("averageDelay", json!(2.0), 1, 1),
        ("within7", json!(50.0), 1, 2),
        ("from8To14", json!(0.0), 0, 2),
        ("over14", json!(50.0), 1, 2),
    ];
    assert_eq!(figures(&told["emails"]), emails);
    world.end().await;
}

#[tokio::test]
async fn the_fifteenth_day_judges_a_request_that_waits() {
    let (world, bruno) = worked_example().await;
    let judged = async || {
        let told = results(&bruno, A, "2026-06-01", "2026-06-01", json!({})).await;
        let letters = figures(&told["letters"]);
        ["inProgress", "unanswered"].map(|name| {
            let (_, value, n, denominator) =
                letters.iter().find(|figure| figure.0 == name).unwrap().clone();
            (value, n, denominator)
        })
    };
    let waiting = [(json!(1.0), 1, 1), (Value::Null, 0, 0)];
    assert_eq!(judged().await, waiting);
    world.clock.set(at("2026-06-15T21:59:59Z")); // the last second of the 14th day in Paris
    assert_eq!(judged().await, waiting);
    world.later(TimeDelta::seconds(1)).await;
    assert_eq!(judged().await, [(json!(0.0), 0, 1), (json!(100.0), 1, 1)]);
    world.end().await;
}

#[tokio::test]
async fn filters_and_subtrees_choose_what_is_counted() {
    let (world, bruno) = worked_example().await;
    let (chloe, elise) = (world.person("chloe").await, world.person("elise").await);
    fill(&chloe, B, &[("P-1", "courrier", "2026-05-01", "", "2026-05-03")]).await;
    let count = |told: &Value, medium: &str| told[medium]["received"]["n"].clone();
    let (from, to) = ("2026-04-01", "2026-06-15");

    let letters = results(&bruno, A, from, to, json!({ "medium": "LETTER" })).await;
    assert_eq!((count(&letters, "letters"), &letters["emails"]), (json!(13), &Value::Null));
    let emails = results(&bruno, A, from, to, json!({ "medium": "EMAIL" })).await;
    assert_eq!((count(&emails, "emails"), &emails["letters"]), (json!(2), &Value::Null));
    let found = results(&bruno, A, from, to, json!({ "search": "sujet p" })).await;
    assert_eq!((count(&found, "letters"), count(&found, "emails")), (json!(13), json!(0)));
    let found = results(&bruno, A, from, to, json!({ "search": "P-13" })).await;
    assert_eq!(
        (count(&found, "letters"), &found["letters"]["averageDelay"]["value"]),
        (json!(1), &json!(3.0))
    );

    let both = results(&elise, DIRECTION, from, to, json!({})).await;
    assert_eq!(count(&both, "letters"), 14);
    let of_b = results(&elise, B, from, to, json!({})).await;
    assert_eq!(
        (count(&of_b, "letters"), value(&of_b["letters"], "under8Days")),
        (json!(1), Some(100.0))
    );
    // One day only, and none.
    let day = results(&bruno, A, "2026-04-06", "2026-04-06", json!({})).await;
    let late =
        ["under15Days", "under30Days", "unanswered"].map(|name| value(&day["letters"], name));
    assert_eq!(
        late,
        [Some(0.0), Some(100.0), Some(100.0)],
        "at day 20: unanswered for 14, answered for 30"
    );
    let none = results(&bruno, A, "2026-02-01", "2026-02-28", json!({})).await;
    assert_eq!((count(&none, "letters"), value(&none["letters"], "under8Days")), (json!(0), None));
    world.end().await;
}

#[tokio::test]
async fn the_examples_of_the_programme_come_out_as_printed() {
    let world = world_from("2026-06-15T10:00:00Z").await;
    let bruno = world.person("bruno").await;
    fill(
        &bruno,
        A,
        &[
            // The screen: 100 % in less than 8 days, 0 % unanswered, 100 % in less than 14.
            ("S-1", "courriel", "2026-03-02", "", "2026-03-02"),
            ("S-2", "courriel", "2026-03-03", "", "2026-03-06"),
            ("S-3", "courriel", "2026-03-04", "2026-03-04", "2026-03-11"),
            // The sampling tool: 8, 12, 6, 12, 1 and 15 days make 83 %, 100 % and 9 days.
            ("T-1", "courrier", "2026-04-01", "", "2026-04-09"),
            ("T-2", "courrier", "2026-04-01", "", "2026-04-13"),
            ("T-3", "courrier", "2026-04-01", "", "2026-04-07"),
            ("T-4", "courrier", "2026-04-01", "", "2026-04-13"),
            ("T-5", "courrier", "2026-04-01", "", "2026-04-01"),
            ("T-6", "courrier", "2026-04-01", "", "2026-04-16"),
        ],
    )
    .await;
    let told = results(&bruno, A, "2026-01-01", "2026-06-15", json!({})).await;
    let screen = ["under8Days", "unanswered", "under15Days", "within7", "from8To14", "over14"];
    assert_eq!(
        screen.map(|name| value(&told["emails"], name).unwrap()),
        [100.0, 0.0, 100.0, 100.0, 0.0, 0.0]
    );
    let sample = ["under15Days", "under30Days", "averageDelay"];
    assert_eq!(sample.map(|name| value(&told["letters"], name).unwrap()), [83.3, 100.0, 9.0]);
    world.end().await;
}
