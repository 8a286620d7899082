//! Connections of the pool.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use tests::World;

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    idle_in_transaction_session_timeout: String,
}

/// PostgreSQL itself ends a transaction whose process was frozen: nobody else waits for its locks for ever.
#[tokio::test]
async fn a_transaction_that_says_nothing_holds_its_locks_for_half_a_minute_at_most() {
    let world = World::new().await;
    let mut conn = world.app.pool.get().await.unwrap();
    let limit = sql_query("show idle_in_transaction_session_timeout");
    let limit: Setting = limit.get_result(&mut *conn).await.unwrap();
    assert_eq!(limit.idle_in_transaction_session_timeout, "30s");
    drop(conn);
    world.end().await;
}
