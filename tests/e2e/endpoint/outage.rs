//! The database breaks under the server: the client reads one fixed sentence, never the cause.

use diesel_async::SimpleAsyncConnection;
use reqwest::Method;
use serde_json::{Value, json};
use tests::World;
use tests::people::{PASSWORD, address};
use tests::process::{Process, until};
use tests::proxy::{Proxy, Weather};
use tests::socket::{Heard, Socket};

use super::raw::{Answer, post, request, send, world};

const SENTENCE: &str = "Une erreur interne est survenue. Référence à communiquer : panne-7.";

async fn break_down(world: &World, statement: &str) {
    world.conn().await.batch_execute(statement).await.unwrap();
}

async fn ask(world: &World, token: Option<&str>, document: &str, variables: Value) -> Answer {
    let mut request = post(world)
        .header("x-request-id", "panne-7")
        .body(json!({ "query": document, "variables": variables }).to_string());
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    send(request).await
}

/// The one error of an answer, which must tell nothing but the reference.
pub(super) fn told(answer: &Answer) -> Value {
    for leak in [
        "relation",
        "does not exist",
        "SELECT",
        "diesel",
        "postgres",
        "panicked",
        ".rs",
        "connection",
    ] {
        assert!(!answer.text.contains(leak), "« {leak} » in {}", answer.text);
    }
    assert_eq!(answer.header("x-request-id"), "panne-7");
    let body = answer.json();
    assert_eq!(body["errors"].as_array().unwrap().len(), 1, "{body}");
    body["errors"][0].clone()
}

#[tokio::test]
async fn an_internal_error_shows_its_reference_and_nothing_else() {
    let world = world().await;
    let farid = world.person("farid").await;
    let token = farid.token.as_deref();
    break_down(&world, "drop table commitment; alter table structure rename to structure_gone; alter table audit_entry rename to gone").await;
    let internal = json!({ "code": "INTERNAL", "requestId": "panne-7" });

    let csv = "code;name;kind;network;parent;postal_code;commune;department;region\nNOUVEAU1;N;A;CAF;RACINE01;96000;M;96;H";
    for (document, variables) in [
        ("{ commitments { label } }", json!({})),
        ("{ structure(code: \"STRUCTA1\") { name } }", json!({})),
        ("{ structures { nodes { code } } }", json!({})),
        ("{ node(id: \"U3RydWN0dXJlOjE\") { id } }", json!({})),
        (
            "mutation($csv: String!) { structuresImport(input: { csv: $csv }) { report { read } } }",
            json!({ "csv": csv }),
        ),
        ("mutation { sessionDelete { deleted } }", json!({})),
        (
            "mutation($p: String!) { sessionCreate(input: { email: \"bruno@exemple.test\", password: $p }) { token } }",
            json!({ "p": PASSWORD }),
        ),
    ] {
        let answer = ask(&world, token, document, variables).await;
        assert_eq!(answer.status, 200, "{document}: {answer:?}");
        let error = told(&answer);
        assert_eq!(
            (&error["message"], &error["extensions"]),
            (&json!(SENTENCE), &internal),
            "{document}"
        );
    }
    // A list that may not be null takes everything with it: a client may rely on the types.
    let whole = "{ networks { code } viewer { email } commitments { label } }";
    let whole = ask(&world, token, whole, json!({})).await;
    assert_eq!(told(&whole)["extensions"], internal);
    assert_eq!(whole.json()["data"], Value::Null);
    // A field that may be null is where the harm ends, under whatever name and in whatever fragment.
    let half = "{ networks { code } ...F viewer { email } } fragment F on Query { here: structure(code: \"STRUCTA1\") { id } }";
    let half = ask(&world, token, half, json!({})).await;
    assert_eq!(told(&half)["path"], json!(["here"]));
    let data = half.json()["data"].clone();
    assert_eq!(data.as_object().map(|data| data.len()), Some(3));
    assert_eq!(data["here"], Value::Null);
    assert_eq!(data["viewer"]["email"], "farid@exemple.test");
    assert!(data["networks"].as_array().is_some_and(|networks| networks.len() > 20));

    let mut socket = Socket::connect(&world.url, token).await;
    socket.send(json!({ "id": "1", "type": "subscribe", "payload": { "query": "{ commitments { label } }" } })).await;
    match socket.hear().await {
        Heard::Message(message) => {
            let text = message.to_string();
            assert!(
                text.contains("INTERNAL")
                    && text.contains("Une erreur interne")
                    && !text.contains("relation"),
                "{text}"
            );
        }
        other => panic!("{other:?}"),
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_page_shows_the_reference_too() {
    let world = world().await;
    for table in ["testimony", "committee", "committee_link"] {
        break_down(&world, &format!("alter table {table} rename to {table}_gone")).await;
    }
    let form = [("answer", "YES")];
    for asked in [
        request(&world, Method::GET, "/temoignages/1"),
        request(&world, Method::GET, "/comites/1"),
        request(&world, Method::GET, "/invitations/x"),
        request(&world, Method::POST, "/invitations/x").form(&form),
    ] {
        let page = send(asked.header("x-request-id", "panne-7")).await;
        assert_eq!(page.status, 500, "{page:?}");
        assert!(page.text.starts_with("<!doctype html>"), "{page:?}");
        assert!(page.text.contains("Référence à communiquer : panne-7."), "{page:?}");
        assert!(!page.text.contains("relation") && !page.text.contains("_gone"), "{page:?}");
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_server_whose_connections_are_silent_is_not_ready() {
    let world = world().await;
    let (proxy, url) = Proxy::before(&world.database_url).await;
    let environment = [
        ("DATABASE_URL", url.as_str()),
        ("SPP_EVENT_STREAM", &world.app.settings.event_stream),
        ("SPP_LOG", "error"),
    ];
    let mut server = Process::start("server", &environment).await;
    // Its connections stay open, and nothing comes through them.
    proxy.turn(Weather::Dark);
    let ready = || async {
        let answer = reqwest::get(format!("{}/readyz", server.url)).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, text) = ready().await;
    assert_eq!(status, 503, "{text}");
    assert!(text.starts_with("database "), "{text}");
    proxy.turn(Weather::Clear);
    until("the server is ready again", 30, async || ready().await.0 == 200).await;
    assert_eq!(server.stop().await, Some(0));
    world.end_anyhow().await;
}

#[tokio::test]
async fn nobody_is_recognised_without_the_sessions_but_the_public_is_served() {
    let world = world().await;
    let bruno = world.person("bruno").await;
    break_down(&world, "drop table session").await;
    let refused = ask(&world, bruno.token.as_deref(), "{ viewer { email } }", json!({})).await;
    assert_eq!(refused.status, 503, "an outage, not a wrong token: {refused:?}");
    let error = told(&refused);
    assert_eq!(
        (&error["message"], &error["extensions"]),
        (&json!(SENTENCE), &json!({ "code": "INTERNAL", "requestId": "panne-7" }))
    );
    let public = ask(&world, None, "{ networks { code } }", json!({})).await;
    assert_eq!(public.json()["data"]["networks"].as_array().unwrap().len(), 32);

    // A socket is not told that its token is wrong either.
    let mut socket = Socket::open(&world.url).await;
    socket.send(json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {}", bruno.token.unwrap()) } })).await;
    assert_eq!(socket.hear().await, Heard::Closed(4500));
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_database_that_is_away_leaves_the_server_alive_but_not_ready() {
    let world = world().await;
    // Connections that exist are cut and new ones refused.
    let name = world.database_url.rsplit('/').next().unwrap();
    let admin = std::env::var("DATABASE_URL").unwrap();
    let mut conn =
        <diesel_async::AsyncPgConnection as diesel_async::AsyncConnection>::establish(&admin)
            .await
            .unwrap();
    conn.batch_execute(&format!("alter database {name} allow_connections false")).await.unwrap();
    let cut = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}' and pid <> pg_backend_pid()"
    );
    conn.batch_execute(&cut).await.unwrap();

    let away = || async {
        let ready = send(request(&world, Method::GET, "/readyz")).await;
        (ready.status, ready.text.as_str()) == (503, "database unreachable\n")
    };
    tests::process::until("the server notices", 10, away).await;
    assert_eq!(send(request(&world, Method::GET, "/healthz")).await.status, 200);
    let error = told(&ask(&world, None, "{ networks { code } }", json!({})).await);
    assert_eq!(error["message"], SENTENCE);
    let log_in = "mutation($e: String!, $p: String!) { sessionCreate(input: { email: $e, password: $p }) { token } }";
    let error =
        told(&ask(&world, None, log_in, json!({ "e": address("bruno"), "p": PASSWORD })).await);
    assert_eq!(error["extensions"]["code"], "INTERNAL");

    conn.batch_execute(&format!("alter database {name} allow_connections true")).await.unwrap();
    let back = || async { send(request(&world, Method::GET, "/readyz")).await.status == 200 };
    tests::process::until("the server is ready again", 10, back).await;
    assert_eq!(ask(&world, None, "{ networks { code } }", json!({})).await.status, 200);
    world.end_anyhow().await;
}
