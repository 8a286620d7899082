//! A fresh demonstration is in order: the year that it tells leaves nothing that looks late.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use schema::foundation::app::App;
use schema::foundation::clock::Clock;
use schema::foundation::database::Pool;
use schema::foundation::settings::Settings;
use schema::operate::incident::service::{Look, watch};
use tests::database::Database;

use super::number;

#[tokio::test]
async fn a_fresh_demonstration_alerts_nobody() {
    let database = Database::new().await.unwrap();
    let start: DateTime<Utc> = "2026-11-23T09:00:00Z".parse().unwrap();
    let mut app = App::new(Pool::new(&database.url, 4).unwrap(), Settings::default());
    app.clock = Clock::held_at(start);
    server::demo::seed(&app).await.unwrap();
    let mut conn = AsyncPgConnection::establish(&database.url).await.unwrap();
    let due =
        format!("select count(*) as n from job where state = 'READY' and run_at <= '{start}'");
    assert!(number(&mut conn, &due).await > 3, "there is work to do");
    // What a worker does first when it starts, here some minutes later.
    app.clock.advance(TimeDelta::minutes(5));
    assert_eq!(watch(&app).await.unwrap(), Some(Look::default()));
    assert_eq!(number(&mut conn, "select count(*) as n from incident").await, 0);
}
