//! Which web sites may talk to this server from a browser.

use poem::http::HeaderValue;

/// An allow-list; when empty, any site may: tokens travel in a header that scripts must set themselves.
#[derive(Debug, Clone, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// From a list like `https://a.example,https://b.example`.
    pub fn parse(list: &str) -> Self {
        let sites = list.split(',').map(|site| site.trim().trim_end_matches('/').to_lowercase());
        Self(sites.filter(|site| !site.is_empty()).collect())
    }

    /// The sites, when there is a list.
    pub fn sites(&self) -> &[String] {
        &self.0
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
}
