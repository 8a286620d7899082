//! Requests that never reach the schema: one shape of answer, with a stable code.

use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use serde_json::json;

/// A request refused before execution.
#[derive(Debug, Clone)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable code, in `errors[0].extensions.code`.
    pub code: &'static str,
    /// What to change.
    pub message: String,
}

impl Problem {
    /// A malformed request.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "BAD_USER_INPUT", message: message.into() }
    }

    /// Something larger or deeper than accepted.
    pub fn limit(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "LIMIT_EXCEEDED", message: message.into() }
    }

    /// A problem with its own status.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// The GraphQL error that tells it.
    pub fn error(&self) -> serde_json::Value {
        json!({ "message": self.message, "extensions": { "code": self.code } })
    }

    /// The answer, in the media type the client accepts.
    pub fn respond(&self, media_type: &str) -> Response {
        let body = json!({ "errors": [self.error()] }).to_string();
        let mut response =
            Response::builder().status(self.status).content_type(media_type).body(body);
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert("allow", poem::http::HeaderValue::from_static("POST"));
        }
        response.into_response()
    }
}
