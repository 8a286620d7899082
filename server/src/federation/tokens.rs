//! ID tokens: what must be true of one before anything in it is believed.

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, CsrfToken, IdTokenVerifier,
    LogoutRequest, Nonce, PostLogoutRedirectUrl, ProviderMetadataWithLogout,
    SignatureVerificationError,
};
use schema::foundation::chance;
use schema::foundation::error::Error;
use schema::reference::federation::Denial;
use schema::reference::federation::rules::ATTEMPT_LIFE;

use super::fault::Fault;
use super::settings::FederationSettings;

/// Signatures that are looked at. Neither `none` nor those whose key both sides know: anybody could have made the
/// first, and our own secret must not make tokens.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 2] =
    [CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, CoreJwsSigningAlgorithm::EcdsaP256Sha256];
/// How far the provider's clock may be ahead of ours (ours).
const AHEAD: TimeDelta = TimeDelta::seconds(60);
/// Longest subject that the specification allows.
const SUBJECT_BYTES: usize = 255;

/// Why a token proves nothing.
pub(super) enum Unproven {
    /// It is signed with a key that we have not heard of: the provider may have others by now.
    UnknownKey,
    /// It proves nothing, now or later.
    Wrong(Fault),
}

impl From<Unproven> for Fault {
    fn from(unproven: Unproven) -> Self {
        match unproven {
            Unproven::UnknownKey => Self::of("ID token", "signed with an unknown key"),
            Unproven::Wrong(fault) => fault,
        }
    }
}

/// What every token of the provider is held against: issuer, audience, algorithm, key, and time.
pub(super) fn verifier(
    settings: &FederationSettings,
    metadata: &ProviderMetadataWithLogout,
    now: DateTime<Utc>,
) -> CoreIdTokenVerifier<'static> {
    let client_id = ClientId::new(settings.client_id.clone());
    // Without our secret it knows no symmetric key; further audiences are refused.
    IdTokenVerifier::new_public_client(
        client_id,
        metadata.issuer().clone(),
        metadata.jwks().clone(),
    )
    .set_allowed_algs(ALGORITHMS)
    .set_time_fn(move || now)
    .set_issue_time_verifier_fn(move |issued| match issued {
        _ if issued > now + AHEAD => Err("issued in the future".to_owned()),
        _ if issued < now - ATTEMPT_LIFE - AHEAD => Err("issued long ago".to_owned()),
        _ => Ok(()),
    })
}

/// Who the token is about, when it proves it.
pub(super) fn prove(
    settings: &FederationSettings,
    verifier: &CoreIdTokenVerifier<'_>,
    token: &CoreIdToken,
    nonce: &Nonce,
    access: &AccessToken,
) -> Result<String, Unproven> {
    let wrong = |reason: &str| Unproven::Wrong(Fault::of("ID token", reason));
    let claims = token.claims(verifier, nonce).map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        ) => Unproven::UnknownKey,
        other => wrong(&other.to_string()),
    })?;
    if claims.authorized_party().is_some_and(|party| party.as_str() != settings.client_id) {
        return Err(wrong("made for another party"));
    }
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(|error| wrong(&error.to_string()))?;
        let key = token.signing_key(verifier).map_err(|error| wrong(&error.to_string()))?;
        let found = AccessTokenHash::from_token(access, algorithm, key)
            .map_err(|error| wrong(&error.to_string()))?;
        if found != *expected {
            return Err(wrong("goes with another access token"));
        }
    }
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > SUBJECT_BYTES || !subject.is_ascii() {
        return Err(wrong("its subject is empty, too long or not ASCII"));
    }
    let acr = claims.auth_context_ref().map(|acr| acr.as_str());
    if !settings.acr.iter().any(|enough| Some(enough.as_str()) == acr) {
        return Err(Unproven::Wrong(Denial::AssuranceTooLow.into()));
    }
    Ok(subject.to_owned())
}

/// Where the person logs out at the provider, when it has such a place. ProConnect wants all three parameters; nothing
/// hangs on `state`, because the page that it comes back to does nothing.
pub(super) fn logout_url(
    metadata: &ProviderMetadataWithLogout,
    token: &CoreIdToken,
    logged_out: &PostLogoutRedirectUrl,
) -> Result<Option<String>, Fault> {
    let Some(endpoint) = metadata.additional_metadata().end_session_endpoint.clone() else {
        return Ok(None);
    };
    let state = chance::new_secret().map_err(Error::Internal)?;
    let request = LogoutRequest::from(endpoint)
        .set_id_token_hint(token)
        .set_post_logout_redirect_uri(logged_out.clone())
        .set_state(CsrfToken::new(state.reveal()));
    Ok(Some(request.http_get_url().to_string()))
}
