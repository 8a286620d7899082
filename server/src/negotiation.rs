//! Which media type a client accepts (GraphQL over HTTP, « Accept »).

/// The media types of GraphQL answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`: request errors keep status 200, for older clients.
    Json,
    /// `application/graphql-response+json`: request errors have status 400.
    Response,
}

impl MediaType {
    /// As the header says it.
    pub const fn header(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Response => "application/graphql-response+json; charset=utf-8",
        }
    }
}

/// The best media type for an `Accept` header; `None` when nothing we have is accepted. Without a
/// header, and for wildcards, older clients are served.
pub fn choose(accept: Option<&str>) -> Option<MediaType> {
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
        return Some(MediaType::Json);
    };
    let mut best: Option<(f32, MediaType)> = None;
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "application/graphql-response+json" => MediaType::Response,
            "application/json" | "application/*" | "*/*" => MediaType::Json,
            _ => continue,
        };
        let (mut quality, mut served) = (1.0_f32, true);
        for parameter in parts {
            match parameter.to_ascii_lowercase().split_once('=') {
                Some(("q", value)) => quality = value.trim().parse().unwrap_or(0.0),
                Some(("charset", value)) => {
                    served = matches!(value.trim_matches('"'), "utf-8" | "utf8")
                }
                _ => {}
            }
        }
        if served && quality > 0.0 && best.is_none_or(|(before, _)| quality > before) {
            best = Some((quality, media));
        }
    }
    best.map(|(_, media)| media)
}

#[cfg(test)]
mod tests {
    use super::{MediaType::*, choose};

    #[test]
    fn the_best_accepted_type_is_chosen() {
        for (accept, expected) in [
            (None, Some(Json)),
            (Some("*/*"), Some(Json)),
            (Some("application/json"), Some(Json)),
            (Some("application/graphql-response+json"), Some(Response)),
            (
                Some(
                    "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                ),
                Some(Response),
            ),
            (
                Some("application/json;q=0.5, application/graphql-response+json;q=0.9"),
                Some(Response),
            ),
            (Some("application/graphql-response+json;q=0, application/json"), Some(Json)),
            (Some("text/html"), None),
            (Some("application/json; charset=iso-8859-1"), None),
            (Some("text/html, */*;q=0.1"), Some(Json)),
        ] {
            assert_eq!(choose(accept), expected, "{accept:?}");
        }
    }
}
