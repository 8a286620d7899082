//! The nine commitments: words that hang on every wall, so each is compared to the letter.

use serde_json::json;
use tests::World;
use tests::world::Plan;

const COMMITMENTS: &str = "query($version: Int) { commitments(version: $version) {
    version code theme rankInTheme label shortLabel } }";

/// The poster's wording (DOMAIN §4.1, C9) and the short one (§4.2), in the poster's order (C10).
const NINE: [(&str, i64, &str, &str); 9] = [
    (
        "CLOSER",
        1,
        "Dans le respect mutuel, vous êtes accueillis avec courtoisie et bienveillance, et dans les conditions prévues par la loi vous avez le droit à l'erreur",
        "Faire confiance et donner le droit à l'erreur",
    ),
    (
        "CLOSER",
        2,
        "Nous sommes joignables par téléphone ou sur place et nous facilitons vos démarches en ligne",
        "Être plus facilement joignables",
    ),
    (
        "CLOSER",
        3,
        "Vous bénéficiez d'un accompagnement adapté à votre situation personnelle",
        "Accompagner les usagers de manière personnalisée",
    ),
    (
        "EFFICIENT",
        1,
        "Nous vous orientons vers la personne compétente pour traiter votre demande",
        "Orienter facilement l'usager vers le service compétent",
    ),
    (
        "EFFICIENT",
        2,
        "Vous recevez une réponse à vos demandes dans les délais annoncés et vous êtes informés sur l'avancement de votre dossier",
        "Apporter une réponse plus rapide",
    ),
    (
        "EFFICIENT",
        3,
        "Vous avez accès à nos résultats de qualité de service",
        "Afficher les résultats des services publics en toute transparence",
    ),
    (
        "SIMPLER",
        1,
        "Vos avis sont pris en compte pour améliorer et simplifier nos démarches",
        "Prendre en compte l'avis des usagers",
    ),
    (
        "SIMPLER",
        2,
        "Nous développons en permanence nos compétences et nous améliorons en continu",
        "S'améliorer en continu",
    ),
    ("SIMPLER", 3, "Nous sommes éco-responsables", "Être éco-responsables"),
];

#[tokio::test]
async fn the_nine_commitments_read_as_on_the_poster_and_older_versions_stay_apart() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let expected: Vec<_> = (1..)
        .zip(NINE)
        .map(|(code, (theme, rank, label, short))| {
            json!({ "version": 2021, "code": code, "theme": theme, "rankInTheme": rank, "label": label, "shortLabel": short })
        })
        .collect();
    let latest = world.alice.data(COMMITMENTS, json!({})).await;
    assert_eq!(latest["commitments"], json!(expected));
    assert_eq!(world.alice.data(COMMITMENTS, json!({ "version": 2021 })).await, latest);
    assert_eq!(
        world.alice.data(COMMITMENTS, json!({ "version": 1999 })).await["commitments"],
        json!([])
    );

    // The programme reworded one: the newest version is told, the old one can still be asked for.
    let mut conn = world.conn().await;
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut conn,
        "insert into commitment (version, code, theme, rank_in_theme, label, short_label)
         select 2027, code, theme, rank_in_theme, label || ' (2027)', short_label from commitment where version = 2021",
    )
    .await
    .unwrap();
    let newest = world.alice.data(COMMITMENTS, json!({})).await;
    assert_eq!(newest["commitments"][8]["label"], "Nous sommes éco-responsables (2027)");
    assert_eq!(newest["commitments"].as_array().unwrap().len(), 9);
    assert_eq!(world.alice.data(COMMITMENTS, json!({ "version": 2021 })).await, latest);
    world.end_anyhow().await;
}
