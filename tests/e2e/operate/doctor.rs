//! `server doctor`: what it finds well, odd and wrong.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;
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
    // No worker takes from a queue that an operator paused.
    let pause = json!({ "queue": "MAIL", "reason": "Panne chez l'hébergeur" });
    assert_eq!(world.person("iris").await.refusals("jobQueuePause", pause).await, [""; 0]);
    let (_, told) = examine(&healthy).await;
    assert_eq!(about(&told, "workers").0, "odd  workers: 1 dead jobs", "{told}");
    sql(&mut conn, "delete from job where state = 'DEAD'").await;
    let (_, told) = examine(&healthy).await;
    assert!(about(&told, "workers").0.ends_with("an operator paused: MAIL (1)"), "{told}");
    let missing = ("SPP_MAIL", "dir:/nowhere/at/all");
    let (code, told) = examine(&[healthy[0], healthy[1], missing]).await;
    assert_eq!(
        (code, about(&told, "mail").0.starts_with("odd ")),
        (Some(0), true),
        "the worker makes it: {told}"
    );
    world.end_anyhow().await;
}

#[tokio::test]
async fn what_is_wrong_is_told_with_what_to_do() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let database = ("DATABASE_URL", world.database_url.as_str());
    let (code, told) = examine(&[("SPP_MAIL", "dir:/dev/null/mail")]).await;
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

    // A guard that somebody meant to put up, and a size that is none, are told by their names.
    for (name, wrong, accepted) in [
        ("SPP_TRUSTED_ONLY", "true", "on or off"),
        ("SPP_TRUST_FORWARDED", "yes", "on or off"),
        ("SPP_POOL_SIZE", "0", "a whole number from 1 to 1000"),
        ("SPP_DOCUMENT_CACHE", "0", "a whole number from 1 to 1000000"),
        ("SPP_TIME_LIMIT_SECONDS", "0", "a whole number from 1 to 86400"),
        ("SPP_SOCKET_INIT_SECONDS", "-1", "a whole number from 1 to 86400"),
        ("SPP_SOCKET_CHECK_SECONDS", "soon", "a whole number from 1 to 86400"),
        ("SPP_SOCKETS_PER_CLIENT", "0", "a whole number from 1 to 1000000"),
    ] {
        let (code, told) = examine(&[database, (name, wrong)]).await;
        let expected = format!("{name} is « {wrong} »; it accepts {accepted}");
        let (line, _) = about(&told, "settings");
        assert_eq!((code, line.ends_with(&expected)), (Some(1), true), "{told}");
    }

    // An address that no link can start with is a fault of that setting, whoever would have used it.
    for wrong in [
        "plus.example.fr",
        "ftp://plus.example.fr",
        "https://",
        "https://plus.example.fr/?a",
        "https://a:b@plus.example.fr",
    ] {
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

#[tokio::test]
async fn the_mail_target_is_looked_at_as_the_worker_takes_it() {
    let mail = async |target: &str| {
        let (_, told) = examine(&[("SPP_MAIL", target)]).await;
        about(&told, "mail").0.to_owned()
    };
    // Whoever listens there, it is the port that the worker would use.
    for tls in ["required", "opportunistic"] {
        let line = mail(&format!("smtp://127.0.0.1?tls={tls}")).await;
        assert!(line.contains("mail: 127.0.0.1:587"), "{line}");
    }
    // A mail server greets there, but the worker takes no such address.
    let smtp = Smtp::start(Behaviour::Accept).await;
    for wrong in ["http://HERE", "smtp://HERE?tls=maybe", "smtps://HERE?tls=required"] {
        let line = mail(&wrong.replace("HERE", &smtp.address.to_string())).await;
        assert!(line.starts_with("FAIL mail: SPP_MAIL is none of "), "{wrong}: {line}");
    }
    let line = mail("smtp://user:secret@mail.exemple.test").await;
    assert!(line.contains("in the clear") && !line.contains("secret"), "{line}");

    // A folder is one to write to when a file can be made there, whatever its bits say.
    let folder = std::env::temp_dir().join(format!("spp-sealed-{}", tests::database::uuid()));
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    let writable = std::fs::write(folder.join("try"), "").is_ok();
    let _ = std::fs::remove_file(folder.join("try"));
    let line = mail(&format!("dir:{}", folder.display())).await;
    assert_eq!(line.starts_with("ok "), writable, "{line}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing stays behind");
    std::fs::remove_dir(&folder).unwrap();
    // Nor are files made of what is none.
    let file = std::env::temp_dir().join(format!("spp-file-{}", tests::database::uuid()));
    std::fs::write(&file, "").unwrap();
    let line = mail(&format!("dir:{}", file.display())).await;
    assert!(line.starts_with("FAIL mail: "), "{line}");
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test]
async fn trusted_documents_that_the_server_would_not_start_with_are_told() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let database = ("DATABASE_URL", world.database_url.as_str());
    let (code, told) = examine(&[database, ("SPP_TRUSTED_ONLY", "on")]).await;
    let (line, advice) = about(&told, "trusted documents");
    assert_eq!((code, line.starts_with("FAIL")), (Some(1), true), "{told}");
    assert!(line.contains("SPP_TRUSTED_DOCUMENTS names no file") && !advice.is_empty(), "{told}");

    let list = std::env::temp_dir().join(format!("spp-trusted-{}.json", tests::database::uuid()));
    let path = list.display().to_string();
    let (code, told) = examine(&[database, ("SPP_TRUSTED_DOCUMENTS", &path)]).await;
    assert_eq!(code, Some(1), "{told}");
    let expected = format!("FAIL trusted documents: SPP_TRUSTED_DOCUMENTS: {path}");
    assert!(about(&told, "trusted documents").0.starts_with(&expected), "{told}");
    std::fs::write(&list, "{}").unwrap();
    let (code, told) = examine(&[database, ("SPP_TRUSTED_DOCUMENTS", &path)]).await;
    let (line, _) = about(&told, "trusted documents");
    assert_eq!((code, line.starts_with("ok ")), (Some(0), true), "{told}");
    std::fs::remove_file(&list).unwrap();
    world.end_anyhow().await;
}
