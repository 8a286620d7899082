//! Which web sites may talk to this server from a browser.

use poem::http::HeaderValue;
use poem::middleware::Cors;
use url::Url;

/// An allow-list; when empty, any site may: tokens travel in a header that scripts must set themselves.
#[derive(Debug, Clone, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// From a list like `https://a.example,https://b.example`.
    pub fn parse(list: &str) -> Self {
        let sites = list.split(',').map(|site| site.trim().trim_end_matches('/').to_lowercase());
        Self(sites.filter(|site| !site.is_empty()).collect())
    }

    /// The same, with our own site, whose address is `own`: its pages are no strangers. Without a list, any site stays
    /// welcome.
    #[must_use]
    pub fn and(mut self, own: &str) -> Self {
        if let Ok(url) = Url::parse(own)
            && !self.0.is_empty()
        {
            self.0.push(url.origin().ascii_serialization());
        }
        self
    }

    /// What scripts of these sites may do, at the addresses that it is put before.
    pub fn cors(&self) -> Cors {
        let cors = Cors::new()
            // Tokens travel in a header that scripts must set themselves, never in a cookie: any site may call.
            .allow_credentials(false)
            .allow_methods(["GET", "POST"])
            .allow_headers(["content-type", "authorization", "x-request-id", "accept"])
            .expose_headers(["x-request-id"]);
        match self.0.as_slice() {
            [] => cors,
            sites => cors.allow_origins(sites),
        }
    }

    /// Whether a request with this `Origin` is welcome. Programs that are no browser send none.
    pub fn allow(&self, origin: Option<&HeaderValue>) -> bool {
        let Some(origin) = origin.filter(|_| !self.0.is_empty()) else { return true };
        origin.to_str().is_ok_and(|origin| {
            self.0.iter().any(|site| site.eq_ignore_ascii_case(origin.trim_end_matches('/')))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_site_is_welcome_and_its_namesakes_are_not() {
        let origins = Origins::parse("https://plus.example.fr/, https://b.example");
        let allows = |origin: &'static str| origins.allow(Some(&HeaderValue::from_static(origin)));
        assert!(allows("https://plus.example.fr") && allows("HTTPS://B.example"));
        for other in [
            "http://plus.example.fr",
            "https://plus.example.fr.evil.test",
            "null",
            "",
            "https://example.fr",
        ] {
            assert!(!allows(other), "{other}");
        }
        assert!(origins.allow(None));
        assert!(Origins::parse(" ,").allow(Some(&HeaderValue::from_static("https://any.test"))));
    }

    #[test]
    fn our_own_site_is_on_every_list() {
        let own = Origins::parse("https://b.example").and("https://Plus.example.fr:443/pages");
        let allows = |origin: &'static str| own.allow(Some(&HeaderValue::from_static(origin)));
        assert!(allows("https://plus.example.fr") && allows("https://b.example"));
        assert!(!allows("http://plus.example.fr") && !allows("null"));
        let any = Origins::default().and("https://plus.example.fr");
        assert!(any.allow(Some(&HeaderValue::from_static("https://any.test"))), "there is no list");
    }
}
