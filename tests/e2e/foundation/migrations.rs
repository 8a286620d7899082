//! Migrations go down and up again, and leave the same database.

use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use schema::foundation::database;
use tests::database::Database;
use tests::process::program;

#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

/// Every column, constraint, index, function, trigger and the reference data, as one text.
async fn portrait(url: &str) -> String {
    let query = "select string_agg(line, E'\\n' order by line) as text from (
        select format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) as line
          from information_schema.columns where table_schema = 'public'
        union all select format('constraint %s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint
          where connamespace = 'public'::regnamespace
        union all select indexdef from pg_indexes where schemaname = 'public'
        union all select format('trigger %s', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
        union all select format('function %s', p.oid::regprocedure) from pg_proc p where pronamespace = 'public'::regnamespace
        union all select format('configuration %s', cfgname) from pg_ts_config where cfgnamespace = 'public'::regnamespace
        union all select format('extension %s', extname) from pg_extension
        union all select format('setting %s %s', relname, reloptions::text) from pg_class
          where relnamespace = 'public'::regnamespace and reloptions is not null
        union all select format('network %s %s %s', code, name, ministry) from network
        union all select format('commitment %s %s %s %s', version, code, theme, label) from commitment) lines";
    let mut conn = AsyncPgConnection::establish(url).await.unwrap();
    diesel::sql_query(query).get_result::<Text>(&mut conn).await.unwrap().text
}

#[tokio::test]
async fn every_migration_goes_down_and_up_again_to_the_same_place() {
    let database = Database::new().await.unwrap();
    let before = portrait(&database.url).await;
    assert!(
        before.contains("column testimony.title text NO")
            && before.contains("commitment 2021 9 SIMPLER")
    );
    database::redo_all(&database.url).await.unwrap();
    let after = portrait(&database.url).await;
    let (was, is): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    assert_eq!(was, is);
    assert_eq!(
        database::migrate(&database.url).await.unwrap(),
        Vec::<String>::new(),
        "nothing is left to apply"
    );
}

#[tokio::test]
async fn no_program_runs_on_a_database_that_lacks_a_migration() {
    let database = Database::new().await.unwrap();
    let mut conn = AsyncPgConnection::establish(&database.url).await.unwrap();
    let forget = "delete from __diesel_schema_migrations where version = (select max(version) from __diesel_schema_migrations)";
    diesel::sql_query(forget).execute(&mut conn).await.unwrap();
    for name in ["server", "worker"] {
        let output = tokio::process::Command::new(program(name))
            .arg("run")
            .env("DATABASE_URL", &database.url)
            .env("REDIS_URL", tests::world::redis_url())
            .env("SPP_MAIL", "dir:.")
            .output()
            .await
            .expect("the program runs");
        let told = String::from_utf8_lossy(&output.stderr);
        let said = told.contains("1 migrations are missing: run « server migrate » first");
        assert_eq!((output.status.code(), said), (Some(1), true), "{name}: {told}");
    }
}

#[tokio::test]
async fn servers_that_start_together_migrate_once() {
    // A database without a single table.
    let database = Database::new().await.unwrap();
    let mut conn = AsyncPgConnection::establish(&database.url).await.unwrap();
    let empty = "drop schema public cascade; create schema public; drop extension if exists unaccent cascade; drop extension if exists pg_trgm cascade";
    diesel_async::SimpleAsyncConnection::batch_execute(&mut conn, empty).await.unwrap();
    let (first, second, third) = tokio::join!(
        database::migrate(&database.url),
        database::migrate(&database.url),
        database::migrate(&database.url)
    );
    let mut applied: Vec<usize> =
        [first, second, third].into_iter().map(|done| done.unwrap().len()).collect();
    applied.sort_unstable();
    assert_eq!(applied[..2], [0, 0]);
    assert!(applied[2] >= 5, "one of them applied all: {applied:?}");
}
