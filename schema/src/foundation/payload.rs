//! What a mutation answers: the object, or the refusals.

use async_graphql::SimpleObject;

use super::error::{Code, Error, Refusal, Result};

/// One thing to mend in the input. Nothing was written.
#[derive(Debug, Clone, SimpleObject)]
pub struct UserError {
    /// Stable code to branch on.
    pub code: Code,
    /// What is wrong and what to do, in French, for people.
    pub message: String,
    /// Where in the input: field names and list positions.
    pub path: Vec<String>,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code, message: refusal.message, path: refusal.path }
    }
}

/// Splits an outcome into what succeeded and what the caller can mend; anything else becomes a
/// top-level error.
///
/// # Errors
/// The top-level error to answer.
pub fn settle<T>(
    outcome: Result<T>,
    request_id: &str,
) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
    match outcome {
        Ok(value) => Ok((Some(value), vec![])),
        Err(Error::Refused(refusals)) => Ok((None, refusals.into_iter().map(Into::into).collect())),
        Err(other) => Err(other.into_graphql(request_id)),
    }
}
