//! GraphiQL at `/`: from our own addresses when its files were there at build time.

use reqwest::Method;

use super::raw::{request, send, world};

/// The addresses and the nonces that a page's tags name.
fn named<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    let start = format!(" {attribute}=\"");
    page.split(&start as &str).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn the_page_loads_only_its_own_files_or_pinned_versions() {
    let world = world().await;
    let page = send(request(&world, Method::GET, "/")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(!page.text.contains("{{"), "every place is filled: {}", page.text);
    let addresses: Vec<&str> = [named(&page.text, "src"), named(&page.text, "href")]
        .concat()
        .into_iter()
        .filter(|a| !a.starts_with("data:"))
        .collect();
    assert_eq!(addresses.len(), 4, "{addresses:?}");
    let embedded = send(request(&world, Method::GET, "/graphiql/react.js")).await.status == 200;
    for address in &addresses {
        if embedded {
            assert!(address.starts_with("/graphiql/"), "{address} is not ours");
            let file = send(request(&world, Method::GET, address)).await;
            assert_eq!(file.status, 200, "{address}");
            assert!(
                file.text.len() > 5000 && file.header("cache-control").contains("max-age"),
                "{address}"
            );
            let media = if address.ends_with(".css") {
                "text/css; charset=utf-8"
            } else {
                "text/javascript; charset=utf-8"
            };
            assert_eq!(file.header("content-type"), media);
        } else {
            let (_, version) =
                address.strip_prefix("https://unpkg.com/").unwrap().rsplit_once('@').unwrap();
            assert!(
                version.split(['.', '/']).take(3).all(|part| part.parse::<u32>().is_ok()),
                "{address} is not pinned"
            );
        }
    }
    // Whether ours or not, no other bytes than the known ones run in a page where people type passwords.
    assert_eq!(
        named(&page.text, "integrity")
            .iter()
            .filter(|digest| digest.starts_with("sha384-"))
            .count(),
        4
    );
    if embedded {
        let outside = page.text.matches("https://").count() + page.text.matches("http://").count();
        assert_eq!(
            outside,
            page.text.matches("http://www.w3.org/2000/svg").count(),
            "nothing else is named"
        );
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn the_nonce_is_new_each_time_and_is_all_that_the_browser_lets_run() {
    let world = world().await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let page = send(request(&world, Method::GET, "/")).await;
        let nonces = named(&page.text, "nonce");
        let tags: usize = ["<script ", "<style ", "<link rel=\"stylesheet\""]
            .iter()
            .map(|tag| page.text.matches(tag).count())
            .sum();
        assert!(tags > 5 && !page.text.contains("<script>"), "{}", page.text);
        assert_eq!(nonces.len(), tags, "every script and style has it");
        assert!(nonces.iter().all(|nonce| *nonce == nonces[0] && nonce.len() == 32));
        let policy = page.header("content-security-policy");
        for rule in [
            "default-src 'none'".to_owned(),
            format!("script-src 'nonce-{}'", nonces[0]),
            "frame-ancestors 'none'".into(),
            "base-uri 'none'".into(),
        ] {
            assert!(
                policy.split("; ").any(|part| part == rule),
                "{rule} is missing from « {policy} »"
            );
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("cache-control"), "no-store", "a kept page would keep its nonce");
        seen.push(nonces[0].to_owned());
    }
    assert_ne!(seen[0], seen[1]);
    world.end_anyhow().await;
}
