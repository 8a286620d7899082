//! What comes with a figure: months, warnings, definitions; and who may ask for which.

use serde_json::{Value, json};
use tests::people::{A, DIRECTION};

use super::desk::{fill, world_from};

const MONTHS: &str = "query($of: ID!, $from: Date!, $to: Date!) {
    writtenRequestResults(structure: $of, from: $from, to: $to) {
        letters { received { n } lastTwelveMonths { month received { n period { from to } } under15Days { value n denominator } unanswered { value } } }
        emails { lastTwelveMonths { received { n } } } } }";
const ONE: &str = "query($of: ID!, $from: Date!, $to: Date!) {
    writtenRequestResults(structure: $of, from: $from, to: $to) { letters {
        received { ...one } under15Days { ...one } unanswered { ...one } inProgress { ...one } averageDelay { ...one } } } }
    fragment one on Statistic { value n denominator definition marginOfError warnings period { from to } }";

fn asked(of: &str, from: &str, to: &str) -> Value {
    json!({ "of": of, "from": from, "to": to })
}

#[tokio::test]
async fn twelve_months_are_told_whatever_the_period() {
    let world = world_from("2026-06-15T10:00:00Z").await;
    let bruno = world.person("bruno").await;
    fill(
        &bruno,
        A,
        &[
            ("M-0", "courrier", "2025-02-28", "", "2025-03-01"), // too long ago
            ("M-1", "courrier", "2025-03-01", "", "2025-03-03"),
            ("M-2", "courrier", "2025-03-31", "", "2025-04-30"),
            ("M-3", "courrier", "2025-12-31", "", "2026-01-14"),
            ("M-4", "courrier", "2026-01-01", "", ""),
            ("M-5", "courrier", "2026-02-10", "", "2026-02-11"),
            ("M-6", "courrier", "2026-02-11", "", "2026-02-12"), // after the period
            ("M-7", "courriel", "2026-02-01", "", "2026-02-01"),
        ],
    )
    .await;
    let told =
        bruno.data(MONTHS, asked(A, "2026-02-01", "2026-02-10")).await["writtenRequestResults"]
            .take();
    assert_eq!(told["letters"]["received"]["n"], 1);
    let months = told["letters"]["lastTwelveMonths"].as_array().unwrap();
    let names: Vec<&str> = months.iter().map(|month| month["month"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "2025-03", "2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10",
            "2025-11", "2025-12", "2026-01", "2026-02",
        ]
    );
    let received: Vec<i64> =
        months.iter().map(|month| month["received"]["n"].as_i64().unwrap()).collect();
    assert_eq!(received, [2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
    let unanswered: Vec<Option<f64>> =
        months.iter().map(|month| month["unanswered"]["value"].as_f64()).collect();
    let none = [None; 8];
    assert_eq!(unanswered[0], Some(50.0));
    assert_eq!(unanswered[1..9], none);
    assert_eq!(unanswered[9..], [Some(0.0), Some(100.0), Some(0.0)]);
    assert_eq!(months[0]["under15Days"], json!({ "value": 50.0, "n": 1, "denominator": 2 }));
    assert_eq!(
        months[0]["received"]["period"],
        json!({ "from": "2025-03-01", "to": "2025-03-31" })
    );
    assert_eq!(
        months[11]["received"]["period"],
        json!({ "from": "2026-02-01", "to": "2026-02-10" }),
        "the last one ends with the period"
    );
    let emails: Vec<i64> = told["emails"]["lastTwelveMonths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|month| month["received"]["n"].as_i64().unwrap())
        .collect();
    assert_eq!(emails[..11].iter().sum::<i64>(), 0);
    assert_eq!(emails[11], 1);
    world.end().await;
}

#[tokio::test]
async fn a_figure_carries_its_definition_its_period_and_its_warnings() {
    let world = world_from("2026-06-15T10:00:00Z").await;
    let bruno = world.person("bruno").await;
    let names: Vec<String> = (1..=32).map(|n| format!("N-{n}")).collect();
    // Thirty judged, then one more; one that is in progress never helps.
    let mut lines: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), "courrier", "2026-04-01", "", "2026-04-02"))
        .collect();
    lines[31].2 = "2026-06-10";
    lines[31].4 = "";
    let last = lines.remove(30);
    let asking = || bruno.data(ONE, asked(A, "2026-04-01", "2026-06-15"));
    let empty = asking().await["writtenRequestResults"]["letters"].take();
    assert_eq!(
        (&empty["under15Days"]["value"], &empty["under15Days"]["warnings"]),
        (&Value::Null, &json!(["EMPTY_DENOMINATOR"]))
    );
    assert_eq!(
        (&empty["averageDelay"]["value"], &empty["averageDelay"]["warnings"]),
        (&Value::Null, &json!(["EMPTY_DENOMINATOR"]))
    );
    assert_eq!(
        (&empty["received"]["value"], &empty["received"]["warnings"]),
        (&json!(0.0), &json!([]))
    );

    fill(&bruno, A, &lines).await;
    let few = asking().await["writtenRequestResults"]["letters"].take();
    assert_eq!(
        (&few["under15Days"]["denominator"], &few["under15Days"]["warnings"]),
        (&json!(30), &json!(["SMALL_DENOMINATOR"]))
    );
    assert_eq!(few["averageDelay"]["warnings"], json!(["SMALL_DENOMINATOR"]));
    fill(&bruno, A, &[last]).await;
    let enough = asking().await["writtenRequestResults"]["letters"].take();
    assert_eq!(
        (&enough["under15Days"]["denominator"], &enough["under15Days"]["warnings"]),
        (&json!(31), &json!([]))
    );
    assert_eq!(
        enough["unanswered"],
        json!({
            "value": 0.0,
            "n": 0,
            "denominator": 31,
            "definition": "Part des courriers reçus dans la période et considérés comme non répondus : délai de traitement supérieur à 14 jours, hors demandes en cours depuis 14 jours ou moins.",
            "marginOfError": null,
            "warnings": [],
            "period": { "from": "2026-04-01", "to": "2026-06-15" },
        })
    );
    for (name, said) in [
        ("under15Days", "en moins de 15 jours calendaires"),
        ("inProgress", "en cours"),
        ("averageDelay", "Délai moyen"),
        ("received", "courriers reçus"),
    ] {
        let definition = enough[name]["definition"].as_str().unwrap();
        assert!(definition.contains(said), "{name}: {definition}");
    }
    world.end().await;
}

#[tokio::test]
async fn results_are_read_by_those_who_read_the_register() {
    let world = world_from("2026-06-15T10:00:00Z").await;
    let period = ("2026-04-01", "2026-06-15");
    let mut answers = Vec::new();
    for name in ["bruno", "david", "elise", "farid", "henri"] {
        let who = world.person(name).await;
        assert!(
            who.data(ONE, asked(A, period.0, period.1)).await["writtenRequestResults"].is_object(),
            "{name}"
        );
        answers.push(who);
    }
    for (name, expected) in [
        ("chloe", "NOT_FOUND"),
        ("jonas", "NOT_FOUND"),
        ("gaelle", "FORBIDDEN"),
        ("iris", "FORBIDDEN"),
    ] {
        let who = world.person(name).await;
        // A foreign structure, the direction above, and one that does not exist: the same answer.
        let mut told = Vec::new();
        for of in [A, DIRECTION, "INCONNUE1", "", "pas un code"] {
            let mut answer = who.ask(ONE, asked(of, period.0, period.1)).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], expected, "{name} {of}");
            answer["errors"][0]["extensions"]["requestId"].take();
            told.push(answer);
        }
        assert!(told.iter().all(|answer| *answer == told[0]), "{told:#?}");
    }
    assert_eq!(world.alice.error(ONE, asked(A, period.0, period.1)).await, "UNAUTHENTICATED");
    world.end().await;
}

#[tokio::test]
async fn a_period_runs_forwards_for_five_years_at_most() {
    let world = world_from("2026-06-15T10:00:00Z").await;
    let bruno = world.person("bruno").await;
    for (from, to) in [
        ("2026-06-15", "2026-06-14"),
        ("2021-06-15", "2026-06-15"),
        ("1900-01-01", "2199-12-31"),
        ("2026-02-30", "2026-03-01"),
        ("hier", "2026-03-01"),
    ] {
        assert_eq!(bruno.error(ONE, asked(A, from, to)).await, "BAD_USER_INPUT", "{from} {to}");
    }
    for (from, to) in
        [("2026-06-15", "2026-06-15"), ("2021-06-16", "2026-06-15"), ("2026-06-15", "2030-12-31")]
    {
        let told = bruno.data(ONE, asked(A, from, to)).await;
        assert_eq!(told["writtenRequestResults"]["letters"]["received"]["n"], 0, "{from} {to}");
    }
    world.end().await;
}
