//! A server that lists the sites whose scripts may call: those of others are refused, and pages are nobody's script.

use reqwest::{Client, Method, redirect::Policy};
use serde_json::json;
use server::origins::Origins;
use tests::World;
use tests::people::{PASSWORD, address};

use super::raw::{send, world};

/// Where the product says that it is, in every test.
const OWN: &str = "http://127.0.0.1:8000";
const LISTED: &str = "https://plus.example.fr";

async fn guarded(world: &World) -> String {
    world.server_with(|config| config.origins = Origins::parse(LISTED).unwrap()).await
}

#[tokio::test]
async fn scripts_of_listed_sites_and_of_our_own_call_and_no_others() {
    let world = world().await;
    let url = guarded(&world).await;
    let call = |origin: &str| {
        let body = json!({ "query": "{ __typename }" });
        Client::new().post(format!("{url}/graphql")).header("origin", origin).json(&body)
    };
    for origin in [OWN, LISTED] {
        let answer = send(call(origin)).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, origin));
    }
    for origin in ["https://evil.test", "http://plus.example.fr", "null"] {
        let refused = send(call(origin)).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "FORBIDDEN"), "{origin}");
        assert_eq!(refused.header("access-control-allow-origin"), "", "{origin}");
        for path in
            ["/schema.graphql", "/written-requests.csv?structure=STRUCTA1", "/comites/1/synthese"]
        {
            let asked = Client::new().get(format!("{url}{path}")).header("origin", origin);
            assert_eq!(send(asked).await.status, 403, "{origin} {path}");
        }
    }
    // A refusal is for the scripts that may call, too: they read why.
    let export = format!("{url}/written-requests.csv?structure=STRUCTA1");
    let refused = send(Client::new().get(export).header("origin", LISTED)).await;
    assert_eq!((refused.status, refused.code().as_str()), (401, "UNAUTHENTICATED"));
    assert_eq!(refused.header("access-control-allow-origin"), LISTED);
    world.end_anyhow().await;
}

#[tokio::test]
async fn the_forms_of_our_pages_are_taken_and_those_of_other_sites_are_not() {
    let world = world().await;
    let listed = guarded(&world).await;
    let log_in = async |url: &str, origin: &str, site: Option<&str>| {
        let form = [("email", address("iris")), ("password", PASSWORD.to_owned())];
        let browser = Client::builder().redirect(Policy::none()).build().unwrap();
        let mut sent =
            browser.post(format!("{url}/operations/login")).header("origin", origin).form(&form);
        if let Some(site) = site {
            sent = sent.header("sec-fetch-site", site);
        }
        send(sent).await.status
    };
    for url in [&world.url, &listed] {
        // Our pages send no referrer, so browsers tell their forms from « null ».
        for site in [None, Some("same-origin")] {
            assert_eq!(log_in(url, "null", site).await, 303, "{site:?}");
        }
        for site in ["cross-site", "same-site"] {
            assert_eq!(log_in(url, "null", Some(site)).await, 403, "{site}");
            assert_eq!(log_in(url, "https://evil.test", Some(site)).await, 403, "{site}");
        }
    }
    // Of an old browser, the list says whose form it may be.
    assert_eq!(log_in(&listed, "https://evil.test", None).await, 403);
    assert_eq!(log_in(&listed, OWN, None).await, 303);
    // Pages are read by people: no script of another site may.
    for path in ["/operations", "/invitations/x", "/temoignages/1", "/comites/1", "/"] {
        let asked = Client::new().request(Method::GET, format!("{listed}{path}"));
        let answer = send(asked.header("origin", "https://evil.test")).await;
        assert!([200, 401, 404].contains(&answer.status), "{path}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
    world.end_anyhow().await;
}
