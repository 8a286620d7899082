//! A short run of inputs that nobody should send; `./dev bench fuzz` sends a million.

use tests::fuzz;

use super::raw::world;

#[tokio::test]
async fn three_thousand_odd_inputs_are_answered_and_never_with_5xx() {
    let world = world().await;
    let outcome = fuzz::run(&world.url, 20_210_128, 3_000, || {}).await;
    assert_eq!(outcome.failed, 0, "{:#?}", outcome.failures);
    // It was not all refused at the door: some ran, some failed later.
    for status in [200, 400, 404, 405] {
        assert!(outcome.answers.contains_key(&status), "{status}: {:?}", outcome.answers);
    }
    world.end_anyhow().await;
}
