//! `server doctor`: what it finds well, odd and wrong.

use tests::World;
use tests::process::program;
use tests::smtp::{Behaviour, Smtp};
use tests::world::Plan;

use super::{folder, sql};

/// What the program says with an environment, and how it ends.
async fn examine(environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = tokio::process::Command::new(program("server"));
    command.arg("doctor").env_remove("DATABASE_URL").env_remove("REDIS_URL").env_remove("SPP_MAIL");
    let output =
        command.envs(environment.iter().copied()).output().await.expect("the program runs");
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// The line about a thing, and the advice below it.
fn about<'t>(told: &'t str, what: &str) -> (&'t str, &'t str) {
    let mut lines = told.lines();
    let line = lines.find(|line| line.contains(&format!(" {what}: "))).unwrap_or_default();
    (line, lines.next().filter(|line| line.contains('→')).unwrap_or_default())
}

#[tokio::test]
async fn a_healthy_product_is_well_in_every_line() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    // The tick that a new installation owes, planned on this world's clock, is years late on the machine's.
    sql(&mut world.conn().await, "delete from job").await;
    let (redis, mail) = (tests::world::redis_url(), folder(&world));
    let healthy =
        [("DATABASE_URL", world.database_url.as_str()), ("REDIS_URL", &redis), ("SPP_MAIL", &mail)];
    let (code, told) = examine(&healthy).await;
    assert_eq!(code, Some(0), "{told}");
    for what in ["settings", "database", "migrations", "clock", "workers", "redis", "mail"] {
        assert!(about(&told, what).0.starts_with("ok "), "{what}: {told}");
    }
    // A mail server that greets is well, too.
    let smtp = Smtp::start(Behaviour::Accept).await;
    let server = format!("smtp://{}", smtp.address);
    let (code, told) = examine(&[healthy[0], healthy[1], ("SPP_MAIL", &server)]).await;
    assert_eq!((code, about(&told, "mail").0.starts_with("ok ")), (Some(0), true), "{told}");
    // What died, and what waits, is told; it keeps nothing from running.
    let mut conn = world.conn().await;
    sql(&mut conn, "insert into job (queue, kind, payload, priority, state, run_at, max_attempts, created_at, finished_at)
        values ('PROBE', 'PROBE', '{}', 0, 'DEAD', now(), 1, now(), now())").await;
    let (code, told) = examine(&healthy).await;
    assert_eq!((code, about(&told, "workers").0), (Some(0), "odd  workers: 1 dead jobs"), "{told}");
    sql(&mut conn, "insert into job (queue, kind, payload, priority, state, run_at, max_attempts, created_at)
        values ('MAIL', 'SHARE_COMMITTEE', '{}', 0, 'READY', now() - interval '11 minutes', 1, now())").await;
    let (_, told) = examine(&healthy).await;
    assert!(about(&told, "workers").0.ends_with("more than 10 minutes in MAIL"), "{told}");
    assert!(about(&told, "workers").1.contains("Start a worker"), "{told}");
    world.end_anyhow().await;
}

#[tokio::test]
async fn what_is_wrong_is_told_with_what_to_do() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let database = ("DATABASE_URL", world.database_url.as_str());
    let (code, told) = examine(&[("SPP_MAIL", "dir:/nowhere/at/all")]).await;
    assert_eq!(code, Some(1));
    assert!(about(&told, "settings").0.contains("DATABASE_URL is not set"), "{told}");
    assert!(
        about(&told, "mail").0.starts_with("FAIL") && about(&told, "mail").1.contains("SPP_MAIL"),
        "{told}"
    );
    let (code, told) = examine(&[("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")]).await;
    assert_eq!((code, about(&told, "database").0.starts_with("FAIL")), (Some(1), true), "{told}");
    let (code, told) = examine(&[database, ("SPP_QUIET_HOURS", "perhaps")]).await;
    assert_eq!(code, Some(1));
    assert!(about(&told, "settings").0.contains("it accepts on or off"), "{told}");

    // An address that no link can start with is a fault of that setting, whoever would have used it.
    for wrong in
        ["plus.example.fr", "ftp://plus.example.fr", "https://", "https://plus.example.fr/?a"]
    {
        let (code, told) = examine(&[database, ("SPP_PUBLIC_URL", wrong)]).await;
        let (line, _) = about(&told, "settings");
        assert_eq!(
            (code, line.contains(&format!("SPP_PUBLIC_URL is « {wrong} »"))),
            (Some(1), true),
            "{told}"
        );
    }

    // Redis away, a name without TLS: odd, and no reason to stop.
    let odd = [
        database,
        ("REDIS_URL", "redis://127.0.0.1:1"),
        ("SPP_PUBLIC_URL", "http://plus.example.fr"),
    ];
    let (code, told) = examine(&odd).await;
    assert_eq!(code, Some(0), "{told}");
    for what in ["redis", "settings", "mail"] {
        let (line, advice) = about(&told, what);
        assert!(line.starts_with("odd ") && !advice.is_empty(), "{what}: {told}");
    }
    // A mail server that is away, or does not greet; its password is never told.
    let (code, told) = examine(&[database, ("SPP_MAIL", "smtp://user:secret@127.0.0.1:1")]).await;
    assert_eq!((code, about(&told, "mail").0.starts_with("FAIL")), (Some(1), true), "{told}");
    assert!(!told.contains("secret"), "{told}");
    // A version that its migrations do not fit.
    let mut conn = world.conn().await;
    sql(&mut conn, "delete from __diesel_schema_migrations where version = (select max(version) from __diesel_schema_migrations)").await;
    let (code, told) = examine(&[database]).await;
    assert_eq!(code, Some(1));
    assert!(
        about(&told, "migrations").0.starts_with("FAIL migrations: 1 missing: 2026-"),
        "{told}"
    );
    assert!(about(&told, "migrations").1.contains("server migrate"), "{told}");
    world.end_anyhow().await;
}
