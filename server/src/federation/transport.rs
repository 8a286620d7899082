//! Requests to the provider: no redirect is followed, no answer is waited for long, none is read beyond a megabyte.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// Most that is read of an answer, in bytes; real ones have some thousands.
const MOST: usize = 1_000_000;

/// Carries requests to the provider.
pub(super) struct Transport(reqwest::Client);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum TransportError {
    /// The network, or the time limit.
    #[error("no answer")]
    Network(#[from] reqwest::Error),
    /// More than anybody reads.
    #[error("an answer of more than a megabyte")]
    TooLarge,
}

impl Transport {
    /// With a time limit for each request, its answer included. When `encrypted`, nothing else is spoken to.
    pub(super) fn new(time_limit: Duration, encrypted: bool) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            // An address that answers with another one could send our secret there.
            .redirect(reqwest::redirect::Policy::none())
            .https_only(encrypted)
            .connect_timeout(time_limit)
            .timeout(time_limit)
            .build()?;
        Ok(Self(client))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await? {
            if body.len() + piece.len() > MOST {
                return Err(TransportError::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        let mut response = HttpResponse::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Transport {
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, TransportError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
