//! Trusted documents: known by the hash of their text, and, when wanted, the only ones.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::World;

use super::raw::{Answer, NEW, send, world};

const QUERY: &str = "query Codes($first: Int) { structures(first: $first) { nodes { code } } }";

struct Manifest(std::path::PathBuf);

impl Manifest {
    fn new(documents: &Value) -> Self {
        let path =
            std::env::temp_dir().join(format!("spp-documents-{}.json", tests::database::uuid()));
        std::fs::write(&path, documents.to_string()).unwrap();
        Self(path)
    }
}

impl Drop for Manifest {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

async fn ask(url: &str, body: Value) -> Answer {
    let request = reqwest::Client::new().post(format!("{url}/graphql"));
    send(
        request
            .header("content-type", "application/json")
            .header("accept", NEW)
            .body(body.to_string()),
    )
    .await
}

async fn server(world: &World, manifest: &Manifest, only: bool) -> String {
    let file = manifest.0.clone();
    world
        .server_with(move |config| {
            (config.trusted_documents, config.trusted_only) = (Some(file), only)
        })
        .await
}

#[tokio::test]
async fn a_document_is_asked_for_by_its_hash() {
    let world = world().await;
    let manifest = Manifest::new(&json!({ hash(QUERY): QUERY }));
    let url = server(&world, &manifest, false).await;
    for id in [hash(QUERY), format!("sha256:{}", hash(QUERY)), hash(QUERY).to_uppercase()] {
        let answer = ask(&url, json!({ "documentId": id, "variables": { "first": 2 } })).await;
        let nodes = answer.json()["data"]["structures"]["nodes"].clone();
        assert_eq!((answer.status, nodes.as_array().map(Vec::len)), (200, Some(2)), "{answer:?}");
    }
    // Other documents still run; an unknown hash, or both at once, do not.
    assert_eq!(ask(&url, json!({ "query": "{ __typename }" })).await.status, 200);
    let unknown = ask(&url, json!({ "documentId": hash("{ __typename }") })).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (400, "DOCUMENT_UNKNOWN"));
    let both = ask(&url, json!({ "documentId": hash(QUERY), "query": QUERY })).await;
    assert_eq!((both.status, both.code().as_str()), (400, "BAD_USER_INPUT"));
    let number = ask(&url, json!({ "documentId": 12 })).await;
    assert_eq!((number.status, number.code().as_str()), (400, "BAD_USER_INPUT"));
    // GET works the same, and without a manifest nothing is known.
    let get =
        reqwest::Client::new().get(format!("{url}/graphql")).query(&[("documentId", hash(QUERY))]);
    assert_eq!(send(get.header("accept", NEW)).await.status, 200);
    assert_eq!(
        ask(&world.url, json!({ "documentId": hash(QUERY) })).await.code(),
        "DOCUMENT_UNKNOWN"
    );
    world.end_anyhow().await;
}

#[tokio::test]
async fn when_only_trusted_documents_run_a_text_is_refused_over_every_door() {
    let world = world().await;
    let manifest = Manifest::new(&json!({ hash(QUERY): QUERY }));
    let url = server(&world, &manifest, true).await;
    assert_eq!(ask(&url, json!({ "documentId": hash(QUERY) })).await.status, 200);
    for query in [QUERY, "{ __typename }", "{ __schema { types { name } } }", "{"] {
        let answer = ask(&url, json!({ "query": query })).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "DOCUMENT_NOT_TRUSTED"));
    }
    let mut socket = tests::socket::Socket::connect(&url, None).await;
    for (id, payload, expected) in [
        ("1", json!({ "query": "{ __typename }" }), "error"),
        ("2", json!({ "documentId": hash(QUERY) }), "next"),
    ] {
        socket.send(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
        match socket.hear().await {
            tests::socket::Heard::Message(message) => {
                assert_eq!(message["type"], expected, "{message}")
            }
            other => panic!("{other:?}"),
        }
    }
    world.end_anyhow().await;
}

#[test]
fn a_manifest_that_lies_is_not_started_with() {
    let documents = || server::documents::Documents::new(10);
    let lie = Manifest::new(&json!({ hash("{ a }"): QUERY }));
    let told = format!("{:#}", documents().trusting(&lie.0, true).err().unwrap());
    assert!(told.contains("is not the SHA-256 of its text"), "{told}");
    let broken = Manifest::new(&json!({ hash("{"): "{" }));
    assert!(documents().trusting(&broken.0, true).is_err());
    let list = Manifest::new(&json!([QUERY]));
    assert!(documents().trusting(&list.0, true).is_err());
}
