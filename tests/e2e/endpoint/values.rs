//! Values that are not what the API asks for: the refusal is French, and names what to change.

use serde_json::{Value, json};

use super::raw::{post, send, world};

const SUBMIT: &str = "mutation Tell($input: TestimonySubmitInput!) {
    testimonySubmit(input: $input) { userErrors { code } } }";
const LIST: &str = "query($filter: TestimonyFilterInput, $first: Int) {
    testimonies(filter: $filter, first: $first) { totalCount } }";

/// What alice would tell, but for one member.
fn spoilt(member: &str, value: Value) -> Value {
    let mut input = json!({ "structure": "STRUCTA1", "title": "T", "body": "B", "pseudonym": "P",
        "experiences": [{ "channel": "PHONE", "sentiment": "NEUTRAL" }] });
    input[member] = value;
    json!({ "input": input })
}

#[tokio::test]
async fn a_wrong_value_is_told_with_its_variable_and_the_place_in_it() {
    let world = world().await;
    let felt = "experiences";
    for (document, variables, message, column) in [
        (SUBMIT, json!({}), "« $input » est obligatoire (TestimonySubmitInput!).", 15),
        (
            SUBMIT,
            json!({ "input": { "title": "T" } }),
            "« $input.body » est obligatoire (String!).",
            15,
        ),
        (
            SUBMIT,
            spoilt("title", json!(null)),
            "« $input.title » ne peut pas être nul (String!).",
            15,
        ),
        (
            SUBMIT,
            spoilt("siret", json!("1")),
            "« $input.siret » n'existe pas dans « TestimonySubmitInput ».",
            15,
        ),
        (
            SUBMIT,
            spoilt(felt, json!([{ "channel": "PHONE", "sentiment": "NEUTRAL", "siret": "1" }])),
            "« $input.experiences[0].siret » n'existe pas dans « ExperienceInput ».",
            15,
        ),
        (
            SUBMIT,
            spoilt(felt, json!([{ "channel": "PIGEON", "sentiment": "NEUTRAL" }])),
            "« $input.experiences[0].channel » n'est pas une valeur de « Channel » (CHAT, EMAIL, FRONT_DESK, LETTER, ONLINE_ACCOUNT, ONLINE_PROCEDURE, OTHER, PATROL, PHONE, SOCIAL_MEDIA, VIDEO_CALL).",
            15,
        ),
        (
            SUBMIT,
            spoilt("structure", json!(true)),
            "« $input.structure » n'est pas du type « ID ».",
            15,
        ),
        (LIST, json!({ "first": "1" }), "« $first » n'est pas du type « Int ».", 38),
        (
            LIST,
            json!({ "filter": { "from": "2026-02-30" } }),
            "« $filter.from » : « 2026-02-30 » n'est pas un jour AAAA-MM-JJ entre 1900 et 2199.",
            7,
        ),
    ] {
        let body = json!({ "query": document, "variables": variables });
        let refused = send(post(&world).body(body.to_string())).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "BAD_USER_INPUT"), "{body}");
        let error = &refused.json()["errors"][0];
        assert_eq!(error["message"], message, "{body}");
        assert_eq!(error["locations"], json!([{ "line": 1, "column": column }]), "{body}");
    }
    world.end_anyhow().await;
}

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
