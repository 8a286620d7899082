//! Operations that must succeed.

use anyhow::{bail, ensure};
use serde_json::{Value, json};
use tests::client::Client;

/// Runs a mutation that must succeed; gives its payload.
pub(crate) async fn mutate(
    who: &Client,
    name: &str,
    input: Value,
    fields: &str,
) -> anyhow::Result<Value> {
    let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let query = format!(
        "mutation($input: {kind}!) {{ {name}(input: $input) {{ {fields} userErrors {{ code message path }} }} }}"
    );
    let data = ask(who, &query, json!({ "input": input })).await?;
    let payload = data[name].clone();
    let refusals = payload["userErrors"].as_array().cloned().unwrap_or_default();
    ensure!(refusals.is_empty(), "{name} was refused: {}", Value::Array(refusals));
    Ok(payload)
}

/// Runs an operation that must have no error; gives its data.
pub(crate) async fn ask(who: &Client, query: &str, variables: Value) -> anyhow::Result<Value> {
    let answer = who.ask(query, variables).await;
    match answer.get("errors") {
        None => Ok(answer["data"].clone()),
        Some(errors) => bail!("the server answered {errors}"),
    }
}

/// A JSON text as it is; anything else as JSON.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
