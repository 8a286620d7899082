//! Requests as any program may send them, right or wrong.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::World;
use tests::world::Plan;

pub(super) const NEW: &str = "application/graphql-response+json";

/// A product without worker: nothing here needs one.
pub(super) async fn world() -> World {
    World::with(Plan { worker: false, ..Plan::default() }).await
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The data of an answer without errors, which holds nothing else but its cost.
    pub(super) fn data(&self) -> Value {
        let mut answer = self.json();
        let extensions = answer["extensions"].take();
        let told: Vec<&String> = extensions.as_object().unwrap().keys().collect();
        assert_eq!(told, ["cost"], "{self:?}");
        let members: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert_eq!(members, ["data", "extensions"], "{self:?}");
        answer["data"].take()
    }

    /// The code of the only error; fails when there is data or no message for people.
    pub(super) fn code(&self) -> String {
        let answer = self.json();
        assert!(answer.get("data").is_none(), "{self:?}");
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "{self:?}");
        assert!(!answer["errors"][0]["message"].as_str().unwrap().is_empty());
        answer["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_else(|| panic!("no code: {self:?}"))
            .to_owned()
    }
}

/// A request to an address of the server.
pub(super) fn request(world: &World, method: Method, path: &str) -> RequestBuilder {
    reqwest::Client::new().request(method, format!("{}{path}", world.url))
}

/// A GraphQL POST, to be completed.
pub(super) fn post(world: &World) -> RequestBuilder {
    request(world, Method::POST, "/graphql")
        .header("content-type", "application/json")
        .header("accept", NEW)
}

pub(super) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the server answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.expect("a body") }
}

/// The answer to a document.
pub(super) async fn ask(world: &World, document: &str) -> Answer {
    send(post(world).body(json!({ "query": document }).to_string())).await
}
