//! What the provider tells of a person whom it has proven: a signed token, as ProConnect sends it, or plain JSON, as the
//! specification allows it over an encrypted connection.

use std::str::FromStr;

use openidconnect::core::{
    CoreGenderClaim, CoreIdTokenVerifier, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
};
use openidconnect::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use openidconnect::http::{Request, StatusCode};
use openidconnect::{
    AccessToken, AdditionalClaims, AsyncHttpClient, EndUserEmail, EndUserGivenName, IdToken,
    LocalizedClaim, Nonce, ProviderMetadataWithLogout, SubjectIdentifier, UserInfoClaims,
};
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::transport::{Transport, TransportError};

/// Claims that ProConnect has beside the standard ones.
#[derive(Debug, Clone, Deserialize, Serialize)]
struct AgentClaims {
    usual_name: Option<String>,
    siret: Option<String>,
}

impl AdditionalClaims for AgentClaims {}

/// The signed answer: the rules for an ID token hold, save for the nonce.
type Signed = IdToken<
    AgentClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// What is kept of the answer.
pub(super) struct Told {
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
    pub(super) siret: Option<String>,
}

/// Asks what the provider tells of somebody.
pub(super) async fn fetch(
    transport: &Transport,
    metadata: &ProviderMetadataWithLogout,
    verifier: &CoreIdTokenVerifier<'_>,
    access: &AccessToken,
    subject: &str,
) -> Result<Told, Fault> {
    let wrong = |reason: &str| Fault::of("userinfo", reason);
    let endpoint = metadata.userinfo_endpoint().ok_or_else(|| wrong("there is no endpoint"))?;
    let request = Request::builder()
        .uri(endpoint.url().as_str())
        .header(ACCEPT, "application/jwt, application/json;q=0.5")
        .header(AUTHORIZATION, format!("Bearer {}", access.secret()))
        .body(Vec::new())
        .map_err(|_| wrong("its address or the access token cannot be sent"))?;
    let answer = transport.call(request).await.map_err(|error| wrong(&error.to_string()))?;
    if answer.status() != StatusCode::OK {
        return Err(wrong(&format!("status {}", answer.status())));
    }
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    // The errors of parsers would quote what they read: it stays out of the log.
    match kind.to_ascii_lowercase().as_str() {
        "application/jwt" => {
            let text = std::str::from_utf8(answer.body()).map_err(|_| wrong("not text"))?;
            let token = Signed::from_str(text.trim()).map_err(|_| wrong("no readable token"))?;
            let without_nonce = |_: Option<&Nonce>| -> Result<(), String> { Ok(()) };
            let claims =
                token.claims(verifier, without_nonce).map_err(|error| wrong(&error.to_string()))?;
            if claims.subject().as_str() != subject {
                return Err(wrong("about another subject"));
            }
            let verified = claims.email_verified();
            Ok(told(claims.email(), verified, claims.given_name(), claims.additional_claims()))
        }
        "application/json" => {
            let subject = SubjectIdentifier::new(subject.to_owned());
            let claims =
                UserInfoClaims::<AgentClaims, CoreGenderClaim>::from_json::<TransportError>(
                    answer.body(),
                    Some(&subject),
                )
                .map_err(|_| wrong("unreadable, or about another subject"))?;
            let verified = claims.email_verified();
            Ok(told(claims.email(), verified, claims.given_name(), claims.additional_claims()))
        }
        _ => Err(wrong("neither a token nor JSON")),
    }
}

fn told(
    email: Option<&EndUserEmail>,
    verified: Option<bool>,
    given: Option<&LocalizedClaim<EndUserGivenName>>,
    more: &AgentClaims,
) -> Told {
    let given = given.and_then(|given| given.get(None)).map(|given| given.as_str());
    let names: Vec<&str> = [given, more.usual_name.as_deref()].into_iter().flatten().collect();
    Told {
        // ProConnect does not say, because its identity providers answer for addresses; one that says no is heard.
        email: email.filter(|_| verified != Some(false)).map(|email| email.as_str().to_owned()),
        name: Some(names.join(" ")).filter(|name| !name.trim().is_empty()),
        siret: more.siret.clone(),
    }
}
