//! Logging in through an OpenID provider, as agents do with ProConnect: authorization code with PKCE, `state` and
//! `nonce`, over the library `openidconnect` (docs/decisions/0012).
//!
//! `pages` are the addresses; `provider` knows the provider and its keys; `tokens` believes nothing that is not
//! signed; `transport` keeps its answers small and quick. Which account the person is, is the domain's affair
//! (`schema::reference::federation`).

mod fault;
mod pages;
mod provider;
mod settings;
mod tokens;
mod transport;
mod userinfo;

use poem::{Route, get};

pub use provider::Federation;
pub use settings::FederationSettings;

/// Every address below `/connexion`.
pub(crate) fn routes() -> Route {
    Route::new()
        .at("/", get(pages::leave))
        .at("/retour", get(pages::come_back))
        .at("/fin", get(pages::logged_out))
}
