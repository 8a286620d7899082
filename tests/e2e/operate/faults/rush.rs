//! Thousands of jobs whose hour comes at one instant.

use std::time::Duration;

use tests::rush;

use super::{end, worker, world};
use crate::operate::folder;

const JOBS: usize = 5_000;

#[tokio::test]
async fn jobs_due_at_one_instant_are_done_once_each_in_the_order_they_came() {
    let world = world().await;
    let _worker = worker(&world, &folder(&world), &[]).await;
    let (ahead, patience) = (Duration::from_secs(6), Duration::from_secs(60));
    let rush = rush::run(&world.database_url, JOBS, ahead, patience, |_| ()).await.unwrap();
    eprintln!("{rush:?}");
    assert_eq!(rush.done, i64::try_from(JOBS).unwrap());
    assert_eq!((rush.early, rush.overtaken, rush.again), (0, 0, 0));
    assert!(rush.first < 6.0, "the slow poll finds them within seconds: {:.1} s", rush.first);
    end(world).await;
}
