//! The public audit suite of GraphQL over HTTP, from Node.

use std::path::Path;

use super::raw::world;

/// A script of `tests/node`, whose packages must be installed.
pub(crate) fn script(name: &str) -> tokio::process::Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("node");
    assert!(
        folder.join("node_modules/graphql-http").is_dir(),
        "run « npm ci » in tests/node, as ./dev test does"
    );
    let mut node = tokio::process::Command::new("node");
    node.arg(folder.join(name)).kill_on_drop(true);
    node
}

#[tokio::test]
async fn all_61_public_audits_pass() {
    let world = world().await;
    let output = script("audit.mjs")
        .arg(format!("{}/graphql", world.url))
        .output()
        .await
        .expect("node runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(told.lines().any(|line| line == "61 passed, 0 failed"), "{told}");
    assert_eq!(output.status.code(), Some(0), "{told}");
    world.end_anyhow().await;
}
