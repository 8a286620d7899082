//! A front end: sends GraphQL over HTTP, as one person.

use serde_json::{Value, json};

/// Somebody with a browser, logged in or not.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    /// Address of the server.
    pub url: String,
    /// Bearer token, when logged in.
    pub token: Option<String>,
}

impl Client {
    /// Somebody without account.
    pub fn new(url: &str) -> Self {
        Self { http: reqwest::Client::new(), url: url.to_owned(), token: None }
    }

    /// The same person with a token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Logs in.
    pub async fn log_in(&self, email: &str, password: &str) -> Self {
        let query = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) { token userErrors { code } } }";
        let answer =
            self.data(query, json!({ "input": { "email": email, "password": password } })).await;
        let token = answer["sessionCreate"]["token"]
            .as_str()
            .unwrap_or_else(|| panic!("no token: {answer}"));
        self.with_token(token)
    }

    /// The whole answer to an operation.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        let (_, answer) =
            self.post(json!({ "query": query, "variables": variables }).to_string()).await;
        answer
    }

    /// The data of an operation that must have no error.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let answer = self.ask(query, variables).await;
        assert!(answer.get("errors").is_none(), "unexpected errors: {answer:#}");
        answer["data"].clone()
    }

    /// The code of the first top-level error of an operation that must fail.
    pub async fn error(&self, query: &str, variables: Value) -> String {
        let answer = self.ask(query, variables).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no error: {answer:#}")).to_owned()
    }

    /// Codes and paths of the refusals in a payload, as `CODE path.of.field`.
    pub async fn refusals(&self, mutation: &str, input: Value) -> Vec<String> {
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code message path }} }} }}"
        );
        let data = self.data(&query, json!({ "input": input })).await;
        let told = data[mutation]["userErrors"].as_array().cloned().unwrap_or_default();
        told.iter()
            .map(|refusal| {
                assert!(
                    !refusal["message"].as_str().unwrap_or_default().is_empty(),
                    "a refusal says what to do"
                );
                let path: Vec<&str> = refusal["path"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                format!("{} {}", refusal["code"].as_str().unwrap_or_default(), path.join("."))
                    .trim()
                    .to_owned()
            })
            .collect()
    }

    /// Sends a raw body as JSON; gives status and answer.
    pub async fn post(&self, body: impl Into<reqwest::Body>) -> (u16, Value) {
        let mut request = self
            .http
            .post(format!("{}/graphql", self.url))
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .body(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("the server answers");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Fetches another address of the server; gives status and body.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let mut request = self.http.get(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("the server answers");
        (response.status().as_u16(), response.text().await.expect("a body"))
    }
}
