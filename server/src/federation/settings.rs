//! What operators decide about the provider.

use std::fmt;
use std::time::Duration;

use anyhow::Context;
use schema::foundation::settings::on_or_off;
use url::Url;

/// Levels of assurance that are enough, unless set otherwise: eIDAS low and everything above it.
const ACR: &str = "eidas1 eidas1-mfa eidas2 eidas3";

/// Settings of the log-in through a provider; the environment's names are in `docs/operating.md`.
#[derive(Clone)]
pub struct FederationSettings {
    /// The provider, exactly as its discovery document names it (`SPP_OIDC_ISSUER`).
    pub issuer: String,
    /// How the provider calls us (`SPP_OIDC_CLIENT_ID`).
    pub client_id: String,
    /// What we prove it with (`SPP_OIDC_CLIENT_SECRET`).
    pub client_secret: String,
    /// Levels of assurance that are enough (`SPP_OIDC_ACR`, separated by spaces).
    pub acr: Vec<String>,
    /// Where a code may be handed to (`SPP_OIDC_RETURN_TO`, separated by commas): whole sites, or single pages.
    pub return_to: Vec<Url>,
    /// Whether agents of a known structure get an account when they first come (`SPP_OIDC_OPEN_ACCOUNTS`).
    pub open_accounts: bool,
    /// Longest wait for an answer of the provider (`SPP_OIDC_TIMEOUT_SECONDS`, default 10).
    pub time_limit: Duration,
}

impl fmt::Debug for FederationSettings {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("FederationSettings");
        shown.field("issuer", &self.issuer).field("client_id", &self.client_id);
        shown.finish_non_exhaustive()
    }
}

impl FederationSettings {
    /// Reads the environment; `None` when it names no provider: agents then log in with passwords only.
    ///
    /// # Errors
    /// When a variable is missing or cannot be read; the message names it.
    pub fn from_env() -> anyhow::Result<Option<Self>> {
        let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let Some(issuer) = given("SPP_OIDC_ISSUER") else { return Ok(None) };
        address("SPP_OIDC_ISSUER", &issuer)?;
        let needed = |name: &str| {
            given(name).with_context(|| format!("{name} is not set, but SPP_OIDC_ISSUER is"))
        };
        let seconds = given("SPP_OIDC_TIMEOUT_SECONDS").unwrap_or_else(|| "10".into());
        let seconds = seconds.parse::<u64>().ok().filter(|seconds| (1..=60).contains(seconds));
        let acr = given("SPP_OIDC_ACR").unwrap_or_else(|| ACR.into());
        let return_to = needed("SPP_OIDC_RETURN_TO")?;
        Ok(Some(Self {
            issuer,
            client_id: needed("SPP_OIDC_CLIENT_ID")?,
            client_secret: needed("SPP_OIDC_CLIENT_SECRET")?,
            acr: acr.split_whitespace().map(str::to_owned).collect(),
            return_to: return_to
                .split(',')
                .map(|one| address("SPP_OIDC_RETURN_TO", one.trim()))
                .collect::<anyhow::Result<_>>()?,
            open_accounts: on_or_off("SPP_OIDC_OPEN_ACCOUNTS", false)?,
            time_limit: Duration::from_secs(
                seconds.context("SPP_OIDC_TIMEOUT_SECONDS must be a whole number from 1 to 60")?,
            ),
        }))
    }

    /// The address that a front end wants its browser back at, when it is one of those allowed. What follows `?` is
    /// the front end's own, save for `code`: which of two would be ours, nobody could say.
    pub fn allowed(&self, wanted: &str) -> Option<Url> {
        let wanted = Url::parse(wanted).ok().filter(|url| url.as_str().len() <= 2000)?;
        let plain = wanted.fragment().is_none()
            && wanted.username().is_empty()
            && wanted.password().is_none()
            && !wanted.query_pairs().any(|(name, _)| name == "code");
        let listed = |one: &Url| {
            one.origin() == wanted.origin() && (one.path() == "/" || one.path() == wanted.path())
        };
        (plain && wanted.has_host() && self.return_to.iter().any(listed)).then_some(wanted)
    }
}

/// An address that secrets may travel to: encrypted, or on this machine.
fn address(name: &str, text: &str) -> anyhow::Result<Url> {
    let url = Url::parse(text).with_context(|| format!("{name}: « {text} » is no address"))?;
    let local = matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
    let safe = url.scheme() == "https" || url.scheme() == "http" && local;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    anyhow::ensure!(safe && plain, "{name}: « {text} » must be a plain https address");
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(list: &[&str]) -> FederationSettings {
        FederationSettings {
            issuer: String::new(),
            client_id: String::new(),
            client_secret: "secret".into(),
            acr: vec![],
            return_to: list.iter().map(|one| Url::parse(one).expect("an address")).collect(),
            open_accounts: false,
            time_limit: Duration::from_secs(1),
        }
    }

    #[test]
    fn codes_are_handed_to_listed_addresses_only() {
        let settings = settings(&["https://plus.example.fr", "https://b.example/entree"]);
        for good in [
            "https://plus.example.fr",
            "https://plus.example.fr/a?etat=1",
            "https://plus.example.fr/a?decode=1&Code=2",
            "https://PLUS.example.fr:443/",
            "https://b.example/entree?etat=x",
        ] {
            assert!(settings.allowed(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "/entree",
            "//plus.example.fr/",
            "http://plus.example.fr/",
            "https://plus.example.fr.evil.test/",
            "https://plus.example.fr:8443/",
            "https://plus.example.fr@evil.test/",
            "https://evil@plus.example.fr/",
            "https://plus.example.fr/#code",
            "https://plus.example.fr/?code=mine",
            "https://plus.example.fr/?etat=1&c%6Fde",
            "https://b.example/",
            "https://b.example/entree/../autre",
            "https://b.example/entree/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https:plus",
        ] {
            assert!(settings.allowed(bad).is_none(), "{bad}");
        }
        let long = format!("https://plus.example.fr/?{}", "x".repeat(2000));
        assert!(settings.allowed(&long).is_none());
        assert!(!format!("{settings:?}").contains("secret"));
    }
}
