//! The operators' page: in a real browser by keyboard and without script, and against other sites.

use reqwest::Method;
use reqwest::header::{ALLOW, COOKIE, LOCATION, SET_COOKIE};
use schema::operate::job::model::JobState;
use serde_json::{Value, json};
use tests::people::{PASSWORD, address};
use tests::world::Plan;
use tests::{World, people::B};

use super::{number, probe, publish, sql, stored, tell, telling};
use crate::endpoint::audit::script;
use crate::prioritise::browser::chromium;

#[tokio::test]
async fn iris_makes_her_round_by_keyboard_without_script() {
    let world = World::new().await;
    let gaelle = world.person("gaelle").await;
    publish(&gaelle, &tell(&world, telling(B, "Le <b>premier</b>")).await).await;
    world.later(chrono::TimeDelta::minutes(6)).await;
    let mut conn = world.conn().await;
    sql(&mut conn, "update email set status = 'UNCERTAIN', sent_at = null").await;
    let dead = probe(&world, json!({ "fail": "give_up" })).await;
    world.settle().await;
    sql(
        &mut conn,
        &format!("update job set payload = '{{}}', error = '<script>x</script>' where id = {dead}"),
    )
    .await;

    let shots = std::env::var("SPP_SCREENSHOTS").unwrap_or_default();
    let output = script("operations.mjs")
        .args([&world.url, &address("iris"), PASSWORD, &shots])
        .env("CHROMIUM", chromium())
        .output()
        .await
        .expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen["violations"], json!([]), "the audit of accessibility finds nothing");
    assert_eq!(seen["elsewhere"], json!([]), "nothing is fetched from elsewhere");
    assert_eq!(seen["cookies"], 0, "nothing stays behind");
    let step = |name: &str| {
        let all = seen["steps"].as_array().unwrap();
        all.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("{name}")).clone()
    };
    let text = |name: &str| step(name)["text"].as_str().unwrap().to_owned();
    assert_eq!(step("wrong")["alert"], "Adresse ou mot de passe incorrect.");
    for word in ["EVENTS", "purge_committees", "TESTIMONY_ALERT", "Incidents"] {
        assert!(text("overview").contains(word), "{word}");
    }
    assert!(text("paused").contains("« Panne chez l’hébergeur »"), "{}", text("paused"));
    assert!(!text("resumed").contains("Panne"));
    assert!(text("job").contains("<script>x</script>"), "shown, not run");
    assert!(text("job").contains("FAILED") && text("retried").contains("RETRIED"));
    assert!(text("uncertain").contains("Renvoyer le n°"));
    // Its message leads to the job that carried it.
    assert!(step("carrier")["heading"].as_str().unwrap().starts_with("Tâche n° "));
    assert!(text("carrier").contains("ALERT_TESTIMONIES"), "{}", text("carrier"));
    assert!(text("decided").contains("trouvé sur le serveur de messagerie"));
    assert!(text("schedule").contains("finished_jobs"));
    world.settle().await;
    assert_eq!(stored(&mut conn, dead).await.state, JobState::Done);
    assert_eq!(number(&mut conn, "select count(*) as n from email where status = 'SENT'").await, 1);
    world.end().await;
}

/// A browser without its comforts.
fn plain() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

async fn log_in(world: &World, name: &str) -> reqwest::Response {
    let form = [("email", address(name)), ("password", PASSWORD.to_owned())];
    plain().post(format!("{}/operations/login", world.url)).form(&form).send().await.unwrap()
}

#[tokio::test]
async fn only_operators_come_in_and_only_from_the_page_itself() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let mut conn = world.conn().await;
    let job = probe(&world, json!({})).await;
    for name in ["bruno", "henri", "gaelle"] {
        let answer = log_in(&world, name).await;
        assert_eq!(answer.status(), 403, "{name}");
        assert!(answer.headers().get(SET_COOKIE).is_none(), "{name}");
    }
    let left = "select count(*) as n from session where revoked_at is null";
    assert_eq!(number(&mut conn, left).await, 0, "no session is left open");

    let answer = log_in(&world, "iris").await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[LOCATION]),
        (303, &"/operations".parse().unwrap())
    );
    let set = answer.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    for attribute in ["Path=/operations", "HttpOnly", "SameSite=Strict", "Max-Age=43200"] {
        assert!(set.contains(attribute), "{set}");
    }
    let cookie = set.split(';').next().unwrap().to_owned();
    let get = async |path: &str, cookie: &str| {
        let asked = plain().get(format!("{}{path}", world.url)).header(COOKIE, cookie);
        let answer = asked.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let paths = [
        "/operations",
        "/operations/jobs",
        "/operations/mails",
        "/operations/schedules/purge_operations",
    ];
    for path in paths {
        assert_eq!(get(path, "").await.0, 401, "{path}");
        assert_eq!(get(path, "spp_operations=xyz").await.0, 401, "{path}");
        assert_eq!(get(path, &cookie).await.0, 200, "{path}");
    }
    let overview = get("/operations", &cookie).await.1;
    assert!(overview.contains("terminés dans les 30 derniers jours"), "it says what is counted");
    for (path, status) in [
        ("/operations/jobs/0", 404),
        ("/operations/jobs/x", 404),
        ("/operations/schedules/unknown", 404),
        ("/operations/jobs?after=x", 422),
        ("/operations/jobs?state=NOWHERE", 422),
        ("/operations/mails?kind=&status=DEAD", 422),
        ("/operations/jobs?state=READY&state=DEAD", 422),
        ("/operations/mails?status=SENT&status=FAILED", 422),
        ("/operations/jobs?state=READY&queue=&kind=", 200),
        ("/operations/nothing", 404),
    ] {
        let (told, page) = get(path, &cookie).await;
        assert_eq!(told, status, "{path}");
        assert!(page.starts_with("<!doctype html>"), "{path}: {page}");
        // A filter that is refused leads back to its list.
        if told == 422 && !path.contains("after=") {
            let list = path.split('?').next().unwrap();
            let back = format!("<a href=\"{list}\">");
            assert!(page.contains("<h1>Filtre inconnu</h1>") && page.contains(&back), "{page}");
        }
    }
    // The address of a form, reloaded or kept, leads back to the page; a change that goes astray is told so.
    for (method, path, status) in [
        (Method::GET, "/operations/login", 303),
        (Method::HEAD, "/operations/queues/MAIL", 303),
        (Method::POST, "/operations/jobs", 405),
        (Method::PUT, "/operations/login", 405),
        (Method::DELETE, "/operations/jobs/1", 405),
    ] {
        let asked = plain().request(method.clone(), format!("{}{path}", world.url));
        let answer = asked.header(COOKIE, &cookie).send().await.unwrap();
        assert_eq!(answer.status(), status, "{method} {path}");
        if status == 303 {
            assert_eq!(answer.headers()[LOCATION], "/operations", "{method} {path}");
        } else {
            assert_eq!(answer.headers()[ALLOW], "GET, HEAD", "{method} {path}");
            let page = answer.text().await.unwrap();
            assert!(page.starts_with("<!doctype html>"), "{method} {path}: {page}");
        }
    }
    // The API does not know the cookie: nothing that another site makes a browser send is somebody.
    let asked = plain()
        .post(format!("{}/graphql", world.url))
        .header(COOKIE, &cookie)
        .json(&json!({ "query": "{ jobQueues { name } }" }));
    let answer: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");

    let page = get(&format!("/operations/jobs/{job}"), &cookie).await.1;
    let seal =
        page.split("name=\"seal\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let cancel = async |seal: &str, site: Option<&str>| {
        let path = format!("{}/operations/jobs/{job}", world.url);
        let form = [("seal", seal), ("action", "cancel")];
        let mut asked = plain().post(path).header(COOKIE, &cookie).form(&form);
        if let Some(site) = site {
            asked = asked.header("sec-fetch-site", site);
        }
        asked.send().await.unwrap().status().as_u16()
    };
    for (seal, site, expected) in [
        ("", None, 403),
        ("0", Some("same-origin"), 403),
        (seal.as_str(), Some("cross-site"), 403),
        (seal.as_str(), Some("same-site"), 403),
    ] {
        assert_eq!(cancel(seal, site).await, expected, "{seal} {site:?}");
    }
    assert_eq!(stored(&mut conn, job).await.state, JobState::Ready, "nothing was changed");
    assert_eq!(cancel(&seal, Some("same-origin")).await, 303);
    assert_eq!(stored(&mut conn, job).await.state, JobState::Cancelled);
    assert_eq!(cancel(&seal, None).await, 422, "refused as the API refuses it");

    // A form is short, and a form: neither megabytes nor another type are read.
    for (kind, bytes, status) in
        [("application/x-www-form-urlencoded", 100_000, 400), ("text/plain", 10, 400)]
    {
        let path = format!("{}/operations/jobs/{job}", world.url);
        let asked = plain().post(path).header(COOKIE, &cookie).header("content-type", kind);
        assert_eq!(asked.body("x".repeat(bytes)).send().await.unwrap().status(), status, "{kind}");
    }
    let out = [("seal", seal.as_str())];
    let left =
        plain().post(format!("{}/operations/logout", world.url)).header(COOKIE, &cookie).form(&out);
    assert_eq!(left.send().await.unwrap().status(), 303);
    assert_eq!(
        get("/operations", &cookie).await.0,
        401,
        "the session is over, not only the cookie"
    );
    world.end_anyhow().await;
}
