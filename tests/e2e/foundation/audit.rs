//! The trail of changes: complete, chained, and read by those who may.

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use schema::operate::audit::model::{Fault, Noted, Verification};
use schema::operate::audit::service;
use serde_json::{Value, json};
use tests::people::A;
use tests::process::program;
use tests::{Client, World};

const REGISTER: &str =
    "mutation($input: WrittenRequestRegisterInput!) { writtenRequestRegister(input: $input) {
    writtenRequest { id } userErrors { code } } }";
const TRAIL: &str = "query($first: Int, $after: String, $filter: AuditFilterInput) {
    auditTrail(first: $first, after: $after, filter: $filter) { pageInfo { hasNextPage endCursor }
        nodes { position at actor action subject requestId hash structure { code } } } }";

async fn register(who: &Client, structure: &str) {
    let input = json!({ "structure": structure, "medium": "LETTER", "subject": "Mon dossier", "senderName": "Zoé Secrète",
        "senderEmail": "zoe@secret.test", "receivedOn": "2026-01-12" });
    let data =
        who.data(REGISTER, json!({ "input": input })).await["writtenRequestRegister"].clone();
    assert_eq!(data["userErrors"], json!([]));
}

async fn verified(world: &World) -> Verification {
    held_against(world, &[]).await
}

async fn held_against(world: &World, noted: &[Noted]) -> Verification {
    let mut conn = AsyncPgConnection::establish(&world.database_url).await.unwrap();
    service::verify(&mut conn, noted, &mut |_, _| {}).await.unwrap()
}

/// The head of a verification, as the command prints it and takes it.
fn head(of: &Verification) -> Noted {
    format!("{}:{}", of.entries, of.head).parse().unwrap()
}

/// How `server audit verify` ends.
async fn command(world: &World) -> Option<i32> {
    let mut program = tokio::process::Command::new(program("server"));
    program.args(["audit", "verify"]).env("DATABASE_URL", &world.database_url);
    program.output().await.expect("the program runs").status.code()
}

async fn sql(world: &World, statement: &str) {
    world.conn().await.batch_execute(statement).await.unwrap();
}

#[tokio::test]
async fn changes_at_once_take_their_places_one_after_the_other() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let before = verified(&world).await.entries;
    futures_util::future::join_all((0..20).map(|_| register(&bruno, A))).await;
    let found = verified(&world).await;
    assert_eq!((found.entries - before, found.fault), (20, None));
    // Many of one transaction take their places in their order, one within a savepoint among them, whatever others write.
    let mut conn = world.conn().await;
    let many = "begin;
        insert into audit_entry (at, actor, action, subject) select now(), 'console', 'x', 'y:' || n from generate_series(1, 3) n;
        savepoint within; insert into audit_entry (at, actor, action, subject) values (now(), 'console', 'x', 'y:4');
        release savepoint within;
        insert into audit_entry (at, actor, action, subject) values (now(), 'console', 'x', 'y:5');";
    conn.batch_execute(many).await.unwrap();
    register(&bruno, A).await;
    conn.batch_execute("commit").await.unwrap();
    let henri = world.person("henri").await;
    let told = trail(&henri, json!({ "filter": { "actor": "console", "action": "x" } })).await;
    let subjects: Vec<&Value> = told.iter().map(|entry| &entry["subject"]).collect();
    assert_eq!(subjects, ["y:5", "y:4", "y:3", "y:2", "y:1"]);
    assert!(
        told.windows(2)
            .all(|two| two[0]["position"].as_i64() == two[1]["position"].as_i64().map(|p| p + 1))
    );
    let found = verified(&world).await;
    assert_eq!(found.fault, None);
    // The refused one left nothing.
    let refused = json!({ "structure": A, "medium": "LETTER", "subject": "", "senderName": "Z", "receivedOn": "2026-01-12" });
    assert_eq!(bruno.refusals("writtenRequestRegister", refused).await.len(), 1);
    assert_eq!(verified(&world).await.entries, found.entries);
    world.end().await;
}

#[tokio::test]
async fn an_edit_a_gap_a_cut_and_an_entry_slipped_in_all_show() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    for _ in 0..5 {
        register(&bruno, A).await;
    }
    let whole = verified(&world).await;
    let last = whole.entries;
    assert_eq!(whole.fault, None);
    let third = last - 2;
    for (change, back) in [
        ("action = 'testimony.reject'", "action = (select action from kept)"),
        ("actor = 'account:99'", "actor = (select actor from kept)"),
        ("at = at + interval '1 microsecond'", "at = at - interval '1 microsecond'"),
        ("request_id = null", "request_id = (select request_id from kept)"),
    ] {
        let edit = |set: &str| format!("update audit_entry set {set} where position = {third};");
        sql(&world, &format!("drop table if exists kept; create table kept as select * from audit_entry where position = {third};")).await;
        sql(&world, &edit(change)).await;
        assert_eq!(verified(&world).await.fault, Some(Fault::Edited(third)), "{change}");
        sql(&world, &edit(back)).await;
        assert_eq!(verified(&world).await.fault, None, "{back}");
    }
    assert_eq!(command(&world).await, Some(0));
    // Slipped in without the database's own hand.
    sql(&world, "set session_replication_role = replica; insert into audit_entry (at, actor, action, subject) values (now(), 'public', 'x', 'y');").await;
    assert_eq!(verified(&world).await.fault, Some(Fault::Unchained(1)));
    assert_eq!(command(&world).await, Some(1));
    sql(&world, "delete from audit_entry where position is null;").await;
    // Pushed out of the chain: the database refuses, and where it was told not to, the row shows.
    sql(
        &world,
        "create table end_of_chain as select * from audit_head;
        insert into audit_entry (at, actor, action, subject) values (now(), 'public', 'x', 'y');",
    )
    .await;
    sql(
        &world,
        "update audit_head set (position, hash) = (select position, hash from end_of_chain);",
    )
    .await;
    let push = format!("update audit_entry set position = -1 where position = {};", last + 1);
    assert!(world.conn().await.batch_execute(&push).await.is_err());
    sql(&world, &format!("alter table audit_entry drop constraint audit_entry_position; {push}"))
        .await;
    assert_eq!(verified(&world).await.fault, Some(Fault::Unchained(1)));
    sql(&world, "delete from audit_entry where position < 1;").await;
    assert_eq!(held_against(&world, &[head(&whole)]).await.fault, None);
    // Taken out of the middle, or cut off at the end.
    sql(&world, &format!("delete from audit_entry where position = {third};")).await;
    assert_eq!(verified(&world).await.fault, Some(Fault::Gap(third)));
    sql(&world, &format!("delete from audit_entry where position > {third};")).await;
    assert_eq!(verified(&world).await.fault, Some(Fault::End(last)));
    // Even a head that was moved back too ends with another hash than the one that was noted.
    sql(&world, &format!("update audit_head set position = {0}, hash = (select hash from audit_entry where position = {0});", third - 1)).await;
    let cut = verified(&world).await;
    assert!(cut.fault.is_none() && cut.head != whole.head);
    assert_eq!(held_against(&world, &[head(&whole)]).await.fault, Some(Fault::Noted(last)));
    // Made anew, it does not lead through what it was.
    let other = Noted { hash: vec![7; 32], ..head(&cut) };
    assert_eq!(held_against(&world, &[other]).await.fault, Some(Fault::Noted(cut.entries)));
    world.end().await;
}

async fn trail(who: &Client, variables: Value) -> Vec<Value> {
    who.data(TRAIL, variables).await["auditTrail"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_national_team_reads_all_and_heads_their_subtree() {
    let world = World::new().await;
    let (bruno, jonas) = (world.person("bruno").await, world.person("jonas").await);
    register(&bruno, A).await;
    register(&jonas, "STRUCTC1").await;
    let (farid, henri) = (world.person("farid").await, world.person("henri").await);
    let of = |nodes: &[Value]| -> Vec<String> {
        nodes
            .iter()
            .filter_map(|n| n["structure"]["code"].as_str().map(ToOwned::to_owned))
            .collect()
    };
    let all = trail(&henri, json!({ "filter": { "action": "written_request.register" } })).await;
    assert_eq!(of(&all), ["STRUCTC1", A], "latest first");
    assert_eq!(
        of(&trail(&farid, json!({})).await),
        [A],
        "and nothing that belongs to no structure"
    );
    let own = json!({ "filter": { "structure": A, "from": "2026-01-12T00:00:00Z", "to": "2026-01-13T00:00:00Z" } });
    assert_eq!(of(&trail(&henri, own).await), [A]);
    let actor = json!({ "filter": { "actor": all[0]["actor"], "subject": all[0]["subject"] } });
    assert_eq!(trail(&henri, actor).await.len(), 1);
    for (who, code) in [(&bruno, "FORBIDDEN"), (&world.alice, "UNAUTHENTICATED")] {
        assert_eq!(who.error(TRAIL, json!({})).await, code);
    }
    // Nobody is named, and each entry leads to its request.
    let told = serde_json::to_string(&trail(&henri, json!({})).await).unwrap();
    assert!(
        !told.contains("Zoé") && !told.contains("zoe@") && !told.contains("exemple.test"),
        "{told}"
    );
    assert!(all.iter().all(|entry| entry["requestId"].is_string()));
    // Pages follow each other without a gap.
    let (mut places, mut after) = (Vec::new(), Value::Null);
    loop {
        let data =
            henri.data(TRAIL, json!({ "first": 2, "after": after })).await["auditTrail"].clone();
        places.extend(
            data["nodes"].as_array().unwrap().iter().map(|n| n["position"].as_i64().unwrap()),
        );
        if data["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = data["pageInfo"]["endCursor"].clone();
    }
    let last = places[0];
    assert_eq!(places, (1..=last).rev().collect::<Vec<_>>());
    world.end().await;
}
