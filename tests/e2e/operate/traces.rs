//! A trace leads from a request to the job that it caused, through real programs and a collector.

use serde_json::json;
use tests::collector::Collector;
use tests::people::B;
use tests::process::{Process, until};
use tests::world::Plan;
use tests::{Client, World};

use super::{folder, telling};

#[tokio::test]
async fn a_job_stands_in_the_trace_of_the_request_that_caused_it() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let collector = Collector::start().await;
    let redis = tests::world::redis_url();
    let stream = world.app.settings.event_stream.clone();
    let mail = folder(&world);
    let environment = [
        ("DATABASE_URL", world.database_url.as_str()),
        ("REDIS_URL", &redis),
        ("SPP_EVENT_STREAM", &stream),
        ("SPP_MAIL", &mail),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
    ];
    let mut server = Process::start("server", &environment).await;
    let mut worker = Process::start("worker", &environment).await;

    // A gateway began the trace.
    let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let document = "mutation Raconter($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } } }";
    let alice = Client::new(&server.url);
    let body = json!({ "query": document, "variables": { "input": telling(B, "Bien") } });
    let sent = reqwest::Client::new()
        .post(format!("{}/graphql", server.url))
        .header("traceparent", format!("00-{trace}-{parent}-01"))
        .json(&body);
    assert!(sent.send().await.unwrap().status().is_success());
    // One that nobody traced begins a trace of its own; what cannot be read is nobody's.
    alice.data("query Compter { testimonies { totalCount } }", json!({})).await;
    let garbled = reqwest::Client::new()
        .post(format!("{}/graphql", server.url))
        .header("traceparent", "00-zz")
        .json(&json!({ "query": "query Lire { networks { code } }" }));
    assert!(garbled.send().await.unwrap().status().is_success());

    let named = |name: &str| collector.spans().into_iter().find(|span| span.name == name);
    until("the spans came", 30, async || {
        ["mutation Raconter", "query Compter", "query Lire", "BROADCAST_EVENT"]
            .iter()
            .all(|name| named(name).is_some())
    })
    .await;
    let request = named("mutation Raconter").unwrap();
    assert_eq!(
        (hex::encode(&request.trace_id), hex::encode(&request.parent_span_id)),
        (trace.into(), parent.into())
    );
    let job = named("BROADCAST_EVENT").unwrap();
    assert_eq!(job.trace_id, request.trace_id);
    assert_eq!(job.parent_span_id, request.span_id, "caused by the request");
    for alone in [named("query Compter").unwrap(), named("query Lire").unwrap()] {
        assert!(alone.parent_span_id.is_empty() && alone.trace_id != request.trace_id);
    }
    // Nothing that people wrote travels along.
    let told = format!("{:?}", collector.spans());
    assert!(!told.contains("alice") && !told.contains("accueil"), "{told}");
    assert_eq!((server.stop().await, worker.stop().await), (Some(0), Some(0)));
    world.end_anyhow().await;
}

#[tokio::test]
async fn without_a_collector_jobs_carry_no_trace() {
    let world = World::new().await;
    super::tell(&world, telling(B, "Bien")).await;
    world.settle().await;
    let traced = "select count(*) as n from job where trace is not null";
    assert_eq!(super::number(&mut world.conn().await, traced).await, 0);
    world.end().await;
}
