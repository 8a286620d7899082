//! Requests that never reach the schema: one shape of answer, with a stable code.

use poem::Response;
use poem::http::StatusCode;
use schema::foundation::error::Error;
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
    /// The reference to quote, where a person may need one.
    pub request_id: Option<String>,
    /// Line and column of the document, from 1.
    pub place: Option<(usize, usize)>,
}

impl Problem {
    /// A malformed request.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message)
    }

    /// Something larger or deeper than accepted.
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "LIMIT_EXCEEDED", message)
    }

    /// A problem with its own status.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), request_id: None, place: None }
    }

    /// The same, about a place of the document.
    #[must_use]
    pub fn at(self, line: usize, column: usize) -> Self {
        Self { place: Some((line, column)), ..self }
    }

    /// A use case that said no, as a status.
    pub fn of(error: Error, request_id: &str) -> Self {
        let status = match &error {
            Error::Unauthenticated => StatusCode::UNAUTHORIZED,
            Error::Forbidden | Error::ForbiddenToToken(_) => StatusCode::FORBIDDEN,
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Refused(_) | Error::BadInput(_) => StatusCode::BAD_REQUEST,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let code = error.code();
        Self::new(status, code, error.into_graphql(request_id).message)
    }

    /// The GraphQL error that tells it.
    pub fn error(&self) -> serde_json::Value {
        let mut extensions = json!({ "code": self.code });
        if let Some(id) = &self.request_id {
            extensions["requestId"] = json!(id);
        }
        let mut error = json!({ "message": self.message, "extensions": extensions });
        if let Some((line, column)) = self.place {
            error["locations"] = json!([{ "line": line, "column": column }]);
        }
        error
    }

    /// The answer, in the media type the client accepts.
    pub fn respond(&self, media_type: &str) -> Response {
        let body = json!({ "errors": [self.error()] }).to_string();
        Response::builder().status(self.status).content_type(media_type).body(body)
    }
}
