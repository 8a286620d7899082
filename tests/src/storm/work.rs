//! What there is to do during a storm, drawn from its seed: mostly drills, some of which fail; letters; live events; and a few
//! jobs that kill whoever runs them.

use diesel::QueryResult;
use diesel_async::SimpleAsyncConnection;
use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use schema::foundation::clock::Clock;
use schema::foundation::database::Conn;
use schema::operate::job::{JobKind, NewJob};
use schema::operate::schedule::model::SCHEDULES;
use serde_json::{Value, json};

use super::Plan;

/// A drill runs this long at most.
const LONGEST_MS: u64 = 150;

/// How many of each sort a storm has.
pub(super) struct Amounts {
    /// Written requests, each with an acknowledgement and a reminder.
    pub(super) letters: usize,
    pub(super) events: usize,
    bombs: usize,
}

impl Amounts {
    pub(super) fn of(plan: &Plan) -> Self {
        let letters = if plan.smtp { 4 + plan.jobs / 200 } else { 0 };
        Self { letters, events: 4 + plan.jobs / 400, bombs: 1 + plan.kills / 250 }
    }
}

/// The jobs of a storm, dealt out to its steps. Those that kill their workers come early: each needs three.
pub(super) fn deal(plan: &Plan, chance: &mut ChaCha8Rng) -> Vec<Vec<NewJob>> {
    let Amounts { letters, events, bombs } = Amounts::of(plan);
    let drills = plan.jobs.saturating_sub(2 * letters + events + bombs);
    let mut jobs: Vec<NewJob> = (0..drills).map(|number| drill(number, chance)).collect();
    for number in 1..=letters {
        let acknowledge = json!({ "request": number, "expected": "DONE" });
        let remind =
            json!({ "account": number, "day": Clock::system().today(), "expected": "DONE" });
        jobs.push(NewJob::new(JobKind::AcknowledgeWrittenRequest, acknowledge));
        jobs.push(NewJob::new(JobKind::DigestWrittenRequests, remind));
    }
    for number in 1..=events {
        let event =
            json!({ "kind": "TESTIMONY_PUBLISHED", "testimony": number, "expected": "DONE" });
        jobs.push(NewJob::new(JobKind::BroadcastEvent, event));
    }
    jobs.shuffle(chance);
    let steps = plan.kills.max(1);
    let mut dealt: Vec<Vec<NewJob>> = (0..steps).map(|_| Vec::new()).collect();
    for (place, job) in jobs.into_iter().enumerate() {
        dealt[place % steps].push(job);
    }
    for number in 0..bombs {
        let bomb = json!({ "sleep_ms": 30, "fail": "abort", "expected": "BOMB" });
        dealt[number * steps / (2 * bombs)].push(NewJob::new(JobKind::Probe, bomb));
    }
    dealt
}

fn drill(number: usize, chance: &mut ChaCha8Rng) -> NewJob {
    let sleep = chance.random_range(0..=LONGEST_MS);
    // In thousands: what cannot be read, what gives up, what fails or panics once; the others succeed.
    let (more, expected) = match chance.random_range(0..1000) {
        0..4 => (json!({ "sleep_ms": "soon" }), "DEAD"),
        4..14 => (json!({ "fail": "give_up" }), "DEAD"),
        14..64 => (json!({ "fail": "retry", "until": 1 }), "DONE"),
        64..65 => (json!({ "fail": "panic", "until": 1 }), "DONE"),
        _ => (json!({}), "DONE"),
    };
    let mut payload =
        json!({ "sleep_ms": sleep, "marker": format!("storm {number}"), "expected": expected });
    if let (Some(payload), Value::Object(more)) = (payload.as_object_mut(), more) {
        payload.extend(more);
    }
    NewJob::new(JobKind::Probe, payload)
}

/// What letters and events are about: for each number a structure with a manager, an overdue request and a testimony.
/// The schedules stand at this moment, so that nothing else is done.
pub(super) async fn fill(conn: &mut Conn, amounts: &Amounts) -> QueryResult<()> {
    let numbers = amounts.letters.max(amounts.events);
    conn.batch_execute(&format!(
        "insert into structure (id, code, name, kind, network_id, path, postal_code, commune, department, region, created_at, updated_at)
            select n, 'TEMPETE' || n, 'Agence ' || n, 'Agence', (select min(id) from network), array[n], '96000', 'Montarcy', '96', 'Haute', now(), now()
            from generate_series(1::bigint, {numbers}) n;
         insert into account (id, email, display_name, password_hash, created_at)
            select n, 'responsable' || n || '@exemple.test', 'Responsable ' || n, '-', now() from generate_series(1::bigint, {numbers}) n;
         insert into account_role (account_id, role, structure_id, alerts)
            select n, 'MANAGER', n, 'OWN' from generate_series(1::bigint, {numbers}) n;
         insert into written_request (id, structure_id, reference, medium, subject, sender_name, sender_email, sender_key, search_key,
                received_on, due_on, created_at, updated_at)
            select n, n, 'T-' || n, 'LETTER', 'Demande ' || n, 'Usager ' || n, 'usager' || n || '@exemple.test', 'usager ' || n || '||', 't ' || n,
                current_date - 17, current_date - 3, now(), now()
            from generate_series(1::bigint, {numbers}) n;
         insert into testimony (id, structure_id, title, body, pseudonym, status, submitted_at, published_at, updated_at)
            select n, n, 'Témoignage ' || n, 'Très bien.', 'alice', 'PUBLISHED', now(), now(), now()
            from generate_series(1::bigint, {numbers}) n;
         analyze;"
    ))
    .await?;
    for schedule in SCHEDULES {
        let name = schedule.name;
        conn.batch_execute(&format!(
            "insert into schedule (name, last_tick) values ('{name}', now())"
        ))
        .await?;
    }
    Ok(())
}
