//! The provider as this process knows it: where its endpoints are and which keys it signs with.

use std::sync::{Arc, Mutex};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreJsonWebKeySet};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout,
    RedirectUrl, RequestTokenError, Scope, TokenResponse,
};
use schema::foundation::clock::Clock;
use schema::foundation::secret::Secret;
use schema::reference::federation::model::{Attempt, Departure, Person};
use serde_json::json;
use url::Url;

use super::fault::Fault;
use super::settings::FederationSettings;
use super::tokens::{self, Unproven};
use super::transport::{Transport, TransportError};
use super::userinfo;

/// What we ask to be told of a person, beside who it is; no more.
const SCOPES: [&str; 4] = ["given_name", "usual_name", "email", "siret"];
/// What the provider published is asked for again after this time (ours).
const KNOWN_FOR: TimeDelta = TimeDelta::hours(1);
/// A provider that could not be found is left alone for this time (ours): each log-in would else ask again, and wait.
const FAILED_FOR: TimeDelta = TimeDelta::seconds(10);
/// Keys are asked for at most this often because a token was signed with another one (ours): such tokens cost an
/// attacker nothing.
const KEYS_EVERY: TimeDelta = TimeDelta::seconds(30);

/// A client of the provider, as it was discovered.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The log-in through a provider.
pub struct Federation {
    pub(super) settings: FederationSettings,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    logged_out: PostLogoutRedirectUrl,
    transport: Transport,
    known: Mutex<Option<Arc<Known>>>,
    failed: Mutex<Option<Failure>>,
    /// Held while newer keys are asked for: those who need them at the same moment get them, too.
    asking: tokio::sync::Mutex<()>,
}

/// The last time that the provider could not be found.
struct Failure {
    at: DateTime<Utc>,
    reason: String,
}

/// What the provider published.
struct Known {
    metadata: ProviderMetadataWithLogout,
    since: DateTime<Utc>,
    /// When newer keys were last asked for.
    keys_asked: Option<DateTime<Utc>>,
}

impl Federation {
    /// Nothing is asked of the provider before somebody logs in.
    ///
    /// # Errors
    /// When a setting is no address.
    pub fn new(settings: FederationSettings, public_url: &str) -> anyhow::Result<Self> {
        let issuer = IssuerUrl::new(settings.issuer.clone()).context("SPP_OIDC_ISSUER")?;
        let ours = |path: &str| format!("{public_url}{path}");
        let encrypted = issuer.url().scheme() == "https";
        Ok(Self {
            redirect: RedirectUrl::new(ours("/connexion/retour")).context("SPP_PUBLIC_URL")?,
            logged_out: PostLogoutRedirectUrl::new(ours("/connexion/fin"))
                .context("SPP_PUBLIC_URL")?,
            transport: Transport::new(settings.time_limit, encrypted)?,
            known: Mutex::default(),
            failed: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
            issuer,
            settings,
        })
    }

    /// Whether the provider can be found; what is wrong otherwise.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn look(&self, clock: &Clock) -> Result<(), String> {
        match self.known(clock).await {
            Ok(_) => Ok(()),
            Err(Fault::Provider(reason)) => Err(reason),
            Err(other) => Err(format!("{other:?}")),
        }
    }

    /// Whether the provider can be reached before anybody is sent to it: nothing is written for nobody.
    pub(super) async fn ready(&self, clock: &Clock) -> Result<(), Fault> {
        self.known(clock).await.map(drop)
    }

    /// Where the browser of somebody who leaves goes.
    pub(super) async fn destination(
        &self,
        clock: &Clock,
        departure: Departure,
    ) -> Result<Url, Fault> {
        let known = self.known(clock).await?;
        let verifier = PkceCodeVerifier::new(departure.verifier.reveal());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        // As ProConnect asks for a level of assurance; providers without this parameter leave it out.
        let acr = json!({ "essential": true, "values": &self.settings.acr });
        let claims = json!({ "id_token": { "acr": acr } }).to_string();
        let state = CsrfToken::new(departure.state.reveal());
        let nonce = Nonce::new(departure.nonce.reveal());
        let client = self.client(&known.metadata);
        let request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
            .add_extra_param("claims", claims)
            .set_pkce_challenge(challenge);
        let (url, _, _) = request.url();
        Ok(url)
    }

    /// Redeems the code that somebody came back with; gives who it is, once everything is proven.
    pub(super) async fn person(
        &self,
        clock: &Clock,
        code: Secret,
        attempt: &Attempt,
    ) -> Result<Person, Fault> {
        let now = clock.now();
        let mut known = self.known(clock).await?;
        let client = self.client(&known.metadata);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.reveal()))
            .map_err(|error| Fault::of("token endpoint", error))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone().reveal()))
            .request_async(&self.transport)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(cause) => Fault::of("token endpoint", cause),
                other => Fault::of("token endpoint", other),
            })?;
        let Some(token) = answer.id_token() else {
            return Err(Fault::of("token endpoint", "no ID token"));
        };
        let nonce = Nonce::new(attempt.nonce.clone().reveal());
        let access = answer.access_token();
        let prove = |known: &Known| {
            let verifier = tokens::verifier(&self.settings, &known.metadata, now);
            tokens::prove(&self.settings, &verifier, token, &nonce, access)
        };
        let subject = match prove(&known) {
            Err(Unproven::UnknownKey) => {
                known = self.newer_keys(&known, now).await?;
                prove(&known)
            }
            other => other,
        };
        let subject = subject.map_err(Fault::from)?;
        let verifier = tokens::verifier(&self.settings, &known.metadata, now);
        let told = userinfo::fetch(&self.transport, &known.metadata, &verifier, access, &subject);
        let told = told.await?;
        Ok(Person {
            logout_url: tokens::logout_url(&known.metadata, token, &self.logged_out)?,
            issuer: self.settings.issuer.clone(),
            subject,
            email: told.email,
            name: told.name,
            siret: told.siret,
        })
    }

    fn client(&self, metadata: &ProviderMetadataWithLogout) -> Client {
        CoreClient::from_provider_metadata(
            metadata.clone(),
            ClientId::new(self.settings.client_id.clone()),
            Some(ClientSecret::new(self.settings.client_secret.clone())),
        )
        .set_redirect_uri(self.redirect.clone())
        .set_auth_type(AuthType::RequestBody)
    }

    /// What the provider published, asked for when it is old.
    async fn known(&self, clock: &Clock) -> Result<Arc<Known>, Fault> {
        let now = clock.now();
        let held = self.held();
        if let Some(known) = held.filter(|known| now - known.since < KNOWN_FOR) {
            return Ok(known);
        }
        if let Some(reason) = self.failed_lately(now) {
            return Err(Fault::of("asked a moment ago", reason));
        }
        // Two who come at once both ask: no lock is held while the provider takes its time.
        let found =
            ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &self.transport);
        match found.await {
            Ok(metadata) => Ok(self.hold(Known { metadata, since: now, keys_asked: None })),
            Err(error) => {
                let fault = unpublished("discovery", error);
                if let (Fault::Provider(reason), Ok(mut failed)) = (&fault, self.failed.lock()) {
                    // By the time it is now: a provider that is silent fails only at the time limit.
                    *failed = Some(Failure { at: clock.now(), reason: reason.clone() });
                }
                Err(fault)
            }
        }
    }

    /// Why the provider could not be found a moment ago. A clock that was set back forgets it.
    fn failed_lately(&self, now: DateTime<Utc>) -> Option<String> {
        let failed = self.failed.lock().ok()?;
        let lately =
            |failure: &&Failure| (TimeDelta::zero()..FAILED_FOR).contains(&(now - failure.at));
        failed.as_ref().filter(lately).map(|failure| failure.reason.clone())
    }

    /// The provider with newer keys than these: what somebody else found meanwhile, or what it publishes now.
    async fn newer_keys(
        &self,
        before: &Arc<Known>,
        now: DateTime<Utc>,
    ) -> Result<Arc<Known>, Fault> {
        let _asking = self.asking.lock().await;
        let known = self.held().unwrap_or_else(|| before.clone());
        if !Arc::ptr_eq(&known, before) {
            return Ok(known);
        }
        if known.keys_asked.is_some_and(|asked| now - asked < KEYS_EVERY) {
            return Err(Fault::of("keys", "an unknown key, and keys were asked for just now"));
        }
        let metadata = known.metadata.clone();
        // Written down before: an answer that fails counts, too.
        self.hold(Known { metadata: metadata.clone(), since: known.since, keys_asked: Some(now) });
        let keys = CoreJsonWebKeySet::fetch_async(metadata.jwks_uri(), &self.transport).await;
        let keys = keys.map_err(|error| unpublished("keys", error))?;
        let metadata = metadata.set_jwks(keys);
        Ok(self.hold(Known { metadata, since: known.since, keys_asked: Some(now) }))
    }

    fn held(&self) -> Option<Arc<Known>> {
        self.known.lock().ok().and_then(|known| known.clone())
    }

    fn hold(&self, known: Known) -> Arc<Known> {
        let known = Arc::new(known);
        if let Ok(mut held) = self.known.lock() {
            *held = Some(known.clone());
        }
        known
    }
}

/// What the provider should have published cannot be had.
fn unpublished(what: &str, error: DiscoveryError<TransportError>) -> Fault {
    match error {
        DiscoveryError::Request(cause) => Fault::of(what, cause),
        other => Fault::of(what, other),
    }
}
