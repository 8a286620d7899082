//! Whole requests.

use rand::Rng;

use super::source::{Input, Source};
use super::stock::PATHS;

impl Source {
    pub(super) fn post(&mut self, body: Vec<u8>) -> Input {
        let kind = if self.0.random_bool(0.95) { "application/json" } else { "text/plain" };
        let accept = self.one(&[
            "application/graphql-response+json",
            "application/json",
            "*/*",
            "text/event-stream",
            "text/html",
            "",
        ]);
        // A subscription over events has no end to wait for.
        let endless = String::from_utf8_lossy(&body).contains("subscription");
        let accept = if endless { "application/json" } else { accept };
        let headers = vec![("content-type", kind.to_owned()), ("accept", accept.to_owned())];
        Input::Http { method: reqwest::Method::POST, path: "/graphql".to_owned(), headers, body }
    }

    pub(super) fn http(&mut self) -> Input {
        use reqwest::Method;
        let method = self.one(&[0, 0, 1, 1, 2, 3, 4, 5, 6]);
        let method = [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::HEAD,
            Method::OPTIONS,
            Method::PATCH,
        ][method]
            .clone();
        let mut path = self.one(PATHS).to_owned();
        if self.0.random_bool(0.5) {
            let name = self.one(&[
                "query",
                "variables",
                "operationName",
                "extensions",
                "documentId",
                "structure",
                "from",
                "to",
            ]);
            let text = if self.0.random_bool(0.5) { self.document() } else { self.words(6) };
            let text: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            path += &format!("?{name}={text}");
        }
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("authorization", "Bearer "),
            ("authorization", "Basic eDp4"),
            ("accept", "application/json;q=x"),
            (
                "x-request-id",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ),
            ("x-forwarded-for", "1, 2, 3"),
            ("content-encoding", "gzip"),
            ("origin", "null"),
            ("upgrade", "websocket"),
            ("cookie", "a=b"),
        ];
        let count = self.0.random_range(0..4);
        let headers = (0..count)
            .map(|_| self.one(&headers))
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        let body = if method == Method::GET || method == Method::HEAD {
            vec![]
        } else {
            self.words(10).into_bytes()
        };
        Input::Http { method, path, headers, body }
    }
}
