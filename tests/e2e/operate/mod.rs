//! Jobs, e-mails and schedules: what is promised once is done once, whatever happens meanwhile.

mod clock_jumps;
mod decisions;
mod doctor;
mod enqueue;
mod faults;
mod fresh_demo;
mod guards;
mod guards_of_leases;
mod guards_of_ticks;
mod incidents;
mod interventions;
mod jobs;
mod ledger;
mod mail;
mod mail_limits;
mod monitoring;
mod operators;
mod page;
mod pauses;
mod schedules;
mod timeline;
mod traces;
mod waiting;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::foundation::database::Conn;
use schema::operate::job::{self, Job, JobKind, NewJob};
use schema::tables;
use serde_json::{Value, json};
use tests::{Client, World};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// Enqueues a drill that is due now; gives its number.
async fn probe(world: &World, payload: Value) -> i64 {
    let mut conn = world.conn().await;
    let new = NewJob::new(JobKind::Probe, payload);
    assert!(job::enqueue(&mut conn, world.clock.now(), new).await.unwrap());
    let newest =
        tables::job::table.filter(tables::job::kind.eq("PROBE")).order(tables::job::id.desc());
    newest.select(tables::job::id).first(&mut conn).await.unwrap()
}

/// A job as it stands.
async fn stored(conn: &mut Conn, id: i64) -> Job {
    tables::job::table.find(id).select(Job::as_select()).first(conn).await.unwrap()
}

/// The jobs of a kind, oldest first.
async fn jobs_of(conn: &mut Conn, kind: JobKind) -> Vec<Job> {
    let of_kind = tables::job::table.filter(tables::job::kind.eq(kind.as_str()));
    of_kind.order(tables::job::id).select(Job::as_select()).load(conn).await.unwrap()
}

/// Runs a statement that no use case has; gives the rows it touched.
async fn sql(conn: &mut Conn, statement: &str) -> usize {
    diesel::sql_query(statement).execute(conn).await.unwrap()
}

/// The number that a statement selects as `n`.
async fn number(conn: &mut Conn, statement: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    diesel::sql_query(statement).get_result::<Number>(conn).await.unwrap().n
}

/// A worker beside the world's own, with settings of its own; stopped when dropped.
fn hand(
    world: &World,
    mail: &str,
    change: impl FnOnce(&mut worker::Config),
) -> AbortOnDropHandle<anyhow::Result<()>> {
    let mut config =
        worker::Config::new(&world.database_url, &tests::world::redis_url(), mail).unwrap();
    change(&mut config);
    AbortOnDropHandle::new(tokio::spawn(worker::run(
        config,
        world.app.clone(),
        CancellationToken::new(),
    )))
}

/// A folder for e-mails, as `SPP_MAIL` names it.
fn folder(world: &World) -> String {
    world.mailbox.as_mail()
}

/// What alice tells about a structure.
fn telling(structure: &str, title: &str) -> Value {
    json!({
        "structure": structure,
        "title": title,
        "body": "J'ai été très bien reçue à l'accueil, mais j'ai attendu une heure au téléphone.",
        "pseudonym": "alice au pays",
        "experiences": [
            { "channel": "FRONT_DESK", "sentiment": "POSITIVE" },
            { "channel": "PHONE", "sentiment": "NEGATIVE" },
        ],
        "email": "alice@exemple.test",
    })
}

/// alice tells a testimony; gives its global id.
async fn tell(world: &World, input: Value) -> String {
    const SUBMIT: &str =
        "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) {
        testimony { id } userErrors { code message path } } }";
    let data = world.alice.data(SUBMIT, json!({ "input": input })).await;
    assert_eq!(data["testimonySubmit"]["userErrors"], json!([]));
    data["testimonySubmit"]["testimony"]["id"].as_str().unwrap().to_owned()
}

/// gaelle makes a testimony public.
async fn publish(gaelle: &Client, id: &str) {
    assert!(gaelle.refusals("testimonyPublish", json!({ "id": id })).await.is_empty());
}

/// bruno registers a letter of alice received `days_ago` days ago; gives its global id.
async fn register(world: &World, bruno: &Client, days_ago: u64, more: Value) -> String {
    const REGISTER: &str =
        "mutation($input: WrittenRequestRegisterInput!) { writtenRequestRegister(input: $input) {
        writtenRequest { id } userErrors { code message path } } }";
    let mut input = json!({
        "structure": tests::people::A,
        "medium": "LETTER",
        "subject": "Mon dossier n'avance pas",
        "senderName": "Alice Aupays",
        "receivedOn": world.clock.today() - chrono::Days::new(days_ago),
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let data = bruno.data(REGISTER, json!({ "input": input })).await;
    assert_eq!(data["writtenRequestRegister"]["userErrors"], json!([]));
    data["writtenRequestRegister"]["writtenRequest"]["id"].as_str().unwrap().to_owned()
}

/// bruno registers a letter that came today and has its receipt acknowledged by e-mail: one e-mail to alice.
async fn acknowledge(world: &World, bruno: &Client) -> String {
    register(
        world,
        bruno,
        0,
        json!({ "senderEmail": "alice@exemple.test", "acknowledgeByEmail": true }),
    )
    .await
}

/// What the ledger says about a subject, as iris reads it.
async fn timeline(iris: &Client, subject: &str) -> Vec<Value> {
    const TIMELINE: &str = "query($subject: ID!) { mailTimeline(subject: $subject) {
        kind stage subject recipient status reason messageId attempts jobId preparedAt sendingAt sentAt } }";
    let data = iris.data(TIMELINE, json!({ "subject": subject })).await;
    data["mailTimeline"].as_array().unwrap().clone()
}
