//! Five schedulers over a thousand ticks (ten thousand in `./dev bench faults`), and the same without their guards.

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use tests::database::Database;
use tests::ticks::{self, Ticks};

const SCHEDULERS: usize = 5;

/// The unique key of a tick's job.
const NO_KEY: &str = "drop index job_unique_key;";
/// Where a schedule stands: read under a lock, and moved forward with the jobs.
const NO_STANDING: &str = "
    create function stand_still() returns trigger language plpgsql as $$
    begin
      new.last_tick := old.last_tick;
      return new;
    end $$;
    create trigger stand_still before update on schedule for each row execute function stand_still();";

/// Lets so many ticks pass in a database of its own, from which guards were taken first.
async fn ticked(ticks: usize, seed: u64, sabotage: &[&str]) -> Ticks {
    let database = Database::new().await.unwrap();
    let mut conn = AsyncPgConnection::establish(&database.url).await.unwrap();
    for guard in sabotage {
        conn.batch_execute(guard).await.unwrap();
    }
    ticks::run(&database.url, SCHEDULERS, ticks, seed, |_| ()).await.unwrap()
}

#[tokio::test]
async fn five_schedulers_make_each_of_a_thousand_ticks_once() {
    let ticks = ticked(1_000, 2026, &[]).await;
    assert!(ticks.planned >= 1_000, "{ticks:?}");
    assert_eq!(ticks, Ticks { missed: 0, twice: 0, stray: 0, ..ticks });
}

/// Either guard is enough.
#[tokio::test]
async fn five_schedulers_that_lost_one_guard_still_make_each_tick_once() {
    for sabotage in [NO_KEY, NO_STANDING] {
        let ticks = ticked(60, 7, &[sabotage]).await;
        assert_eq!(ticks, Ticks { missed: 0, twice: 0, stray: 0, ..ticks }, "{sabotage}");
    }
}

/// The broken twin: without both, ticks come twice.
#[tokio::test]
async fn five_schedulers_without_guards_make_ticks_twice() {
    let ticks = ticked(60, 7, &[NO_KEY, NO_STANDING]).await;
    assert!(ticks.twice > 50, "{ticks:?}");
    assert_eq!((ticks.missed, ticks.stray), (0, 0));
}
