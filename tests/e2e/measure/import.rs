//! A team leaves its spreadsheet: the register comes in as a file, wholly or not at all.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::tables::audit_entry;
use serde_json::{Value, json};
use tests::people::{A, B, DIRECTION};
use tests::{Client, World};

use super::desk::{answer, import, read, seen};

const LIST: &str = "{ writtenRequests(orderBy: DUE_ON) { nodes { id reference medium subject senderName senderEmail
    senderAddress receivedOn acknowledgedOn answeredOn answerNature structure { code } createdAt updatedAt } } }";

/// The register as somebody reads it, oldest first.
async fn register(who: &Client) -> Vec<Value> {
    who.data(LIST, json!({})).await["writtenRequests"]["nodes"].as_array().unwrap().clone()
}

async fn imports(world: &World) -> i64 {
    let entries = audit_entry::table.filter(audit_entry::action.eq("written_requests.import"));
    entries.count().get_result(&mut world.conn().await).await.unwrap()
}

const REGISTER: &str = "\u{feff}Reference;MEDIUM;subject;sender_name;received_on;sender_email;sender_address;acknowledged_on;answered_on;answer_nature\r\n\
    2025-118;Courrier;Aide au logement ;Éloïse Dupont;01/12/2025;;\"3, rue de la Paix\r\n96000 Montarcy\";;15/12/2025;Accord partiel\r\n\
    2025-119;courriel;\"Demande ; suite \"\"urgente\"\"\";Jean Martin;2025-12-02;jean@exemple.test;;3/12/2025;;\r\n\
    \"2025-120\";Mél;Permis;Léa;2025-12-03;;;;2025-12-24;no_follow_up\r\n";

#[tokio::test]
async fn a_spreadsheet_is_taken_over_as_the_team_kept_it() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let payload = import(&bruno, A, REGISTER).await;
    assert_eq!(
        payload,
        json!({ "report": { "read": 3, "created": 3, "updated": 0, "unchanged": 0 }, "userErrors": [] })
    );
    let kept = register(&bruno).await;
    let expected = |place: usize, fields: Value| {
        for (name, value) in fields.as_object().unwrap() {
            assert_eq!(&kept[place][name], value, "{name} of line {place}");
        }
    };
    expected(
        0,
        json!({
            "reference": "2025-118", "medium": "LETTER", "subject": "Aide au logement", "senderName": "Éloïse Dupont",
            "senderEmail": null, "senderAddress": "3, rue de la Paix\n96000 Montarcy", "receivedOn": "2025-12-01",
            "acknowledgedOn": null, "answeredOn": "2025-12-15", "answerNature": "PARTIAL_ACCEPTANCE", "structure": { "code": A },
        }),
    );
    expected(
        1,
        json!({
            "reference": "2025-119", "medium": "EMAIL", "subject": "Demande ; suite \"urgente\"", "senderName": "Jean Martin",
            "senderEmail": "jean@exemple.test", "senderAddress": null, "receivedOn": "2025-12-02",
            "acknowledgedOn": "2025-12-03", "answeredOn": null, "answerNature": null, "structure": { "code": A },
        }),
    );
    expected(
        2,
        json!({ "reference": "2025-120", "medium": "EMAIL", "answeredOn": "2025-12-24", "answerNature": "NO_FOLLOW_UP" }),
    );

    // The same file again changes nothing, not even the trail.
    assert_eq!(imports(&world).await, 1);
    world.clock.advance(chrono::TimeDelta::hours(1));
    let again = import(&bruno, A, REGISTER).await;
    assert_eq!(again["report"], json!({ "read": 3, "created": 0, "updated": 0, "unchanged": 3 }));
    assert_eq!(register(&bruno).await, kept);
    assert_eq!(imports(&world).await, 1);
    // Old requests that come in with a file are told to nobody at that moment.
    world.settle().await;
    assert!(world.mailbox.all().is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_known_reference_is_updated_and_an_old_file_takes_no_answer_back() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    import(&bruno, A, REGISTER).await;
    let before = register(&bruno).await;
    let answered = answer(&bruno, &before[1], "2026-01-12").await;
    world.clock.advance(chrono::TimeDelta::hours(1));

    // Tabs, fewer columns, another subject for one; its answer and address stay, because the file is silent.
    let newer = "subject\treference\tmedium\tsender_name\treceived_on\nDemande corrigée\t2025-119\tEMAIL\tJean Martin\t2025-12-02\nPermis\t2025-120\temail\tLéa\t2025-12-03\n";
    let payload = import(&bruno, A, newer).await;
    assert_eq!(payload["report"], json!({ "read": 2, "created": 0, "updated": 1, "unchanged": 1 }));
    let after = read(&bruno, &before[1]).await;
    for same in ["id", "senderEmail", "acknowledgedOn", "answeredOn", "answerNature", "createdAt"] {
        assert_eq!(after[same], answered[same], "{same}");
    }
    assert_eq!(after["subject"], "Demande corrigée");
    assert_ne!(after["updatedAt"], answered["updatedAt"]);
    assert_eq!(register(&bruno).await[2], before[2]);

    // A day that contradicts what is known is a wrong line, and keeps the others out.
    let wrong = "reference,medium,subject,sender_name,received_on\nnouvelle,EMAIL,Sujet,Nom,2026-01-05\n2025-119,EMAIL,Sujet,Nom,2025-12-04\n";
    let told = import(&bruno, A, wrong).await["userErrors"].take();
    assert_eq!(
        (told.as_array().unwrap().len(), &told[0]["code"], &told[0]["path"]),
        (1, &json!("FILE_LINE"), &json!(["csv", "3"]))
    );
    assert!(
        told[0]["message"].as_str().unwrap().starts_with("Ligne 3 : colonne acknowledged_on"),
        "{told}"
    );
    assert_eq!(seen(&bruno).await, 3);
    world.end().await;
}

#[tokio::test]
async fn a_direction_imports_for_the_structures_below_it() {
    let world = World::new().await;
    let (bruno, elise) = (world.person("bruno").await, world.person("elise").await);
    let csv = format!(
        "structure;reference;medium;subject;sender_name;received_on\n{A};N-1;courrier;Sujet;Nom;2026-01-05\n{B};N-1;courrier;Sujet;Nom;2026-01-05\n;N-1;courrier;Sujet;Nom;2026-01-05\n{DIRECTION};N-2;courrier;Sujet;Nom;2026-01-05\n"
    );
    assert_eq!(import(&elise, DIRECTION, &csv).await["report"]["created"], 4);
    let mut places: Vec<String> = register(&elise)
        .await
        .iter()
        .map(|one| {
            format!(
                "{} {}",
                one["structure"]["code"].as_str().unwrap(),
                one["reference"].as_str().unwrap()
            )
        })
        .collect();
    places.sort();
    assert_eq!(
        places,
        [
            format!("{DIRECTION} N-1"),
            format!("{DIRECTION} N-2"),
            format!("{A} N-1"),
            format!("{B} N-1")
        ]
    );

    // Bruno keeps A only: any line for another structure is wrong, and says the same whether it exists.
    for code in [B, DIRECTION, "INCONNUE1", "RACINE02"] {
        let csv = format!(
            "structure;reference;medium;subject;sender_name;received_on\n;X-1;courrier;Sujet;Nom;2026-01-05\n{code};X-2;courrier;Sujet;Nom;2026-01-05\n"
        );
        let told = import(&bruno, A, &csv).await["userErrors"].take();
        let expected = format!(
            "Ligne 3 : colonne structure : « {code} » n'est ni « {A} » ni une structure placée sous elle."
        );
        assert_eq!(
            told,
            json!([{ "code": "FILE_LINE", "message": expected, "path": ["csv", "3"] }])
        );
    }
    assert_eq!(seen(&bruno).await, 1);
    let input = json!({ "input": { "structure": "INCONNUE1", "csv": csv } });
    let told =
        bruno.data(super::desk::IMPORT, input).await["writtenRequestsImport"]["userErrors"].take();
    assert_eq!(told[0]["code"], "UNKNOWN_STRUCTURE");
    world.end().await;
}

#[tokio::test]
async fn the_same_file_brought_twice_at_once_is_taken_in_once() {
    let world = World::new().await;
    let (elise, farid) = (world.person("elise").await, world.person("farid").await);
    let there =
        Client::new(&world.another_server().await).with_token(farid.token.as_deref().unwrap());
    // The structures in one order, then in the other: neither waits for the other for ever.
    let lines = |first: &str, second: &str| {
        let of = |code: &str| {
            (0..600)
                .map(|n| format!("{code};S-{n};courrier;Sujet;Nom;2026-01-05\n"))
                .collect::<String>()
        };
        format!(
            "structure;reference;medium;subject;sender_name;received_on\n{}{}",
            of(first),
            of(second)
        )
    };
    let (one, other) = (lines(A, B), lines(B, A));
    let (one, other) =
        tokio::join!(import(&elise, DIRECTION, &one), import(&there, DIRECTION, &other));
    let mut created =
        [&one, &other].map(|payload| payload["report"]["created"].as_i64().unwrap_or(-1));
    created.sort_unstable();
    assert_eq!(created, [0, 1200], "{one} {other}");
    assert_eq!(seen(&elise).await, 1200);
    assert_eq!(imports(&world).await, 1);
    world.end().await;
}
