//! Values that are not what the API asks for: the refusal is French, and names what to change.

use serde_json::json;

use super::raw::world;

/// What the definition does not tell shows only while the operation runs.
#[tokio::test]
async fn what_only_shows_while_an_operation_runs_is_told_in_french() {
    let world = world().await;
    for (document, told) in [
        (
            r#"{ testimonies(filter: { from: "26-11-10" }) { totalCount } }"#,
            "« 26-11-10 » n'est pas un jour AAAA-MM-JJ entre 1900 et 2199.",
        ),
        ("{ testimonies(filter: { from: 20261110 }) { totalCount } }", "Type attendu : « Date »."),
        (
            r#"{ testimonies(filter: { updatedSince: "hier" }) { totalCount } }"#,
            "Cet instant n'est pas au format RFC 3339, comme 2026-01-31T10:00:00Z.",
        ),
        (
            r#"mutation { committeeRecord(input: { id: "x", voters: 0 }) { userErrors { code } } }"#,
            "Le nombre est trop petit : 1 au moins.",
        ),
    ] {
        let answer = world.alice.ask(document, json!({})).await;
        let error = &answer["errors"][0];
        assert_eq!(error["message"], told, "{document}");
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{document}");
    }
    world.end_anyhow().await;
}
