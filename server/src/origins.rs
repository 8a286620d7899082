//! Which web sites may talk to this server from a browser.

use poem::http::HeaderValue;
use poem::middleware::Cors;
use url::Url;

/// An allow-list; when empty, any site may: tokens travel in a header that scripts must set themselves.
#[derive(Debug, Clone, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// From a list like `https://a.example,https://b.example`.
    ///
    /// # Errors
    /// When something in it is no site: it would let nobody in.
    pub fn parse(list: &str) -> anyhow::Result<Self> {
        let sites = list.split(',').map(|site| site.trim().trim_end_matches('/').to_lowercase());
        let sites: Vec<String> = sites.filter(|site| !site.is_empty()).collect();
        let is_site = |site: &str| {
            Url::parse(site).is_ok_and(|url| url.origin().ascii_serialization() == site)
        };
        if let Some(other) = sites.iter().find(|site| !is_site(site)) {
            anyhow::bail!(
                "SPP_ALLOWED_ORIGINS has « {other} »; it accepts sites as https://plus.example.fr, and is empty when any may call"
            );
        }
        Ok(Self(sites))
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

    fn parsed(list: &str) -> Origins {
        Origins::parse(list).expect("a list")
    }

    #[test]
    fn what_is_no_site_is_refused() {
        for odd in
            ["*", "plus.example.fr", "https://b.example/app", "https://b.example:443", "null"]
        {
            let told =
                Origins::parse(&format!("https://a.example,{odd}")).expect_err(odd).to_string();
            assert!(told.contains(&format!("« {odd} »")), "{told}");
        }
        assert!(Origins::parse("http://127.0.0.1:8000,http://[::1]:3000").is_ok());
    }

    #[test]
    fn a_listed_site_is_welcome_and_its_namesakes_are_not() {
        let origins = parsed("https://plus.example.fr/, https://b.example");
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
        assert!(parsed(" ,").allow(Some(&HeaderValue::from_static("https://any.test"))));
    }

    #[test]
    fn our_own_site_is_on_every_list() {
        let own = parsed("https://b.example").and("https://Plus.example.fr:443/pages");
        let allows = |origin: &'static str| own.allow(Some(&HeaderValue::from_static(origin)));
        assert!(allows("https://plus.example.fr") && allows("https://b.example"));
        assert!(!allows("http://plus.example.fr") && !allows("null"));
        let any = Origins::default().and("https://plus.example.fr");
        assert!(any.allow(Some(&HeaderValue::from_static("https://any.test"))), "there is no list");
    }
}
