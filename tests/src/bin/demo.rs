//! Plays the main job from end to end against the running product, step by step, in the terminal.
//!
//! `./dev demo` runs it. It reads what `./dev env` prints, goes in by the front door only (the API and
//! the folder of e-mails), and may be repeated as often as one likes: every run tells its own testimony
//! and registers its own letters, and answers them all before it ends. It exits 0 only if every step
//! happened.
#![allow(clippy::print_stdout)] // the terminal is what it is for

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use chrono::{Days, NaiveDate};
use chrono_tz::Europe::Paris;
use futures_util::FutureExt;
use schema::foundation::clock::Clock;
use serde_json::{Value, json};
use tests::client::Client;
use tests::mailbox::{Mail, Mailbox};
use tests::socket::{Heard, Socket};

/// The contact point of the story.
const STRUCTURE: &str = "Xdrq90LES";
/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pause between two looks at something that comes by itself.
const PAUSE: Duration = Duration::from_millis(200);
/// Steps of the story.
const STEPS: usize = 12;

#[tokio::main]
async fn main() -> ExitCode {
    // The harness asserts; here the words of an assertion become the reason of a failed step.
    std::panic::set_hook(Box::new(|_| {}));
    let started = Instant::now();
    let mut play = Play { done: 0 };
    println!("\nThe main job, from end to end\n");
    match story(&mut play).await {
        Ok(()) => {
            println!(
                "\nAll {STEPS} steps happened, in {:.1} s.\n",
                started.elapsed().as_secs_f64()
            );
            ExitCode::SUCCESS
        }
        Err(reason) => {
            println!("\nStopped after {} of {STEPS} steps: {reason:#}\n", play.done);
            ExitCode::FAILURE
        }
    }
}

/// Counts and shows the steps.
struct Play {
    done: usize,
}

impl Play {
    /// Plays one step: shows a tick and what happened, or a cross and why not.
    async fn step<T>(
        &mut self,
        title: &str,
        work: impl Future<Output = anyhow::Result<(T, Vec<String>)>>,
    ) -> anyhow::Result<T> {
        let number = self.done + 1;
        let seconds = PATIENCE.as_secs();
        let guarded = tokio::time::timeout(PATIENCE, AssertUnwindSafe(work).catch_unwind());
        let ended = match guarded.await {
            Ok(Ok(ended)) => ended,
            Ok(Err(panic)) => Err(anyhow::anyhow!("{}", words(panic.as_ref()))),
            Err(_) => Err(anyhow::anyhow!("it did not happen within {seconds} s")),
        };
        match ended {
            Ok((value, told)) => {
                println!("  ✓ {number:>2}/{STEPS}  {title}");
                told.iter().for_each(|line| println!("           {line}"));
                self.done = number;
                Ok(value)
            }
            Err(reason) => {
                println!("  ✗ {number:>2}/{STEPS}  {title}");
                Err(reason.context(format!("step {number}, « {title} »")))
            }
        }
    }
}

/// The words of a panic.
fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "it panicked".to_owned())
}

async fn story(play: &mut Play) -> anyhow::Result<()> {
    let stage = Stage::set()?;
    let (agent, moderator, operator) =
        play.step("Three people log in; a fourth has no account", log_in(&stage)).await?;

    // A testimony travels.
    let mut ears = play
        .step("Two listen: somebody without account, and the agent", listen(&stage, &agent))
        .await?;
    let told = play
        .step("A user tells of a visit, without an account", submit(&stage, &agent, &mut ears))
        .await?;
    play.step(
        "Before moderation nobody outside hears or reads it",
        hidden(&stage, &told, &mut ears),
    )
    .await?;
    let clicked = play.step("The moderator publishes it", publish(&moderator, &told)).await?;
    play.step("Whoever listens hears it at once", heard(&told, clicked, &mut ears)).await?;

    // One letter is answered, another reminds.
    let (answered, late) =
        play.step("The agent registers two letters", register(&stage, &agent)).await?;
    play.step("She answers the first one", answer(&stage, &agent, &answered)).await?;
    println!(
        "           (waiting for the e-mail about the other, {} s at most)",
        PATIENCE.as_secs()
    );
    play.step("The manager is reminded of the other by e-mail", remind(&stage, &late, &answered))
        .await?;
    play.step("The operator sees what became of that letter", timeline(&operator, &late)).await?;
    play.step("The operator looks at the queues", queues(&operator)).await?;
    play.step("The agent answers the other: reminders stop", answer(&stage, &agent, &late)).await?;
    Ok(())
}

/// What the story needs of the running product.
struct Stage {
    /// Somebody without account.
    public: Client,
    mailbox: Mailbox,
    password: String,
    agent: String,
    moderator: String,
    manager: String,
    operator: String,
    today: NaiveDate,
    /// Sets the testimony of this run apart, for people.
    instant: String,
}

impl Stage {
    fn set() -> anyhow::Result<Self> {
        let of = |name: &str| {
            let value = std::env::var(name).ok().filter(|value| !value.is_empty());
            value.with_context(|| {
                format!("{name} is not set: run ./dev demo, or first eval \"$(./dev env)\"")
            })
        };
        let mails =
            of("MAIL_DIR").context("the story reads e-mails from a folder (SPP_MAIL=dir:…)")?;
        let clock = Clock::system();
        Ok(Self {
            public: Client::new(of("SERVER_URL")?.trim_end_matches('/')),
            mailbox: Mailbox(PathBuf::from(mails)),
            password: of("DEMO_PASSWORD")?,
            agent: of("DEMO_AGENT_EMAIL")?,
            moderator: of("DEMO_MODERATOR_EMAIL")?,
            manager: of("DEMO_MANAGER_EMAIL")?,
            operator: of("DEMO_OPERATOR_EMAIL")?,
            today: clock.today(),
            instant: clock.now().with_timezone(&Paris).format("%d/%m/%Y à %H:%M:%S").to_string(),
        })
    }
}

type Step<T> = anyhow::Result<(T, Vec<String>)>;

async fn log_in(stage: &Stage) -> Step<(Client, Client, Client)> {
    let mut lines = Vec::new();
    let mut people = Vec::new();
    for (role, email) in
        [("agent", &stage.agent), ("moderator", &stage.moderator), ("operator", &stage.operator)]
    {
        let input = json!({ "email": email, "password": stage.password });
        let fields = "token viewer { displayName }";
        let opened = mutate(&stage.public, "sessionCreate", input, fields).await?;
        let token = opened["token"].as_str().context("no token came back")?;
        lines.push(format!("{} ({role})", text(&opened["viewer"]["displayName"])));
        people.push(stage.public.with_token(token));
    }
    match <[Client; 3]>::try_from(people) {
        Ok([agent, moderator, operator]) => Ok(((agent, moderator, operator), lines)),
        Err(_) => bail!("somebody is missing"),
    }
}

/// The two open sockets.
struct Ears {
    public: Socket,
    agent: Socket,
}

async fn listen(stage: &Stage, agent: &Client) -> Step<Ears> {
    let mut public = Socket::connect(&stage.public.url, None).await;
    let published = "subscription($structure: ID!) {
        testimonyPublished(filter: { structure: $structure }) { cursor testimony { id number title } } }";
    public.subscribe("published", published, json!({ "structure": STRUCTURE })).await;
    let mut inside = Socket::connect(&agent.url, agent.token.as_deref()).await;
    let submitted = "subscription($structure: ID!) {
        testimonySubmitted(structure: $structure) { cursor testimony { id number title } } }";
    inside.subscribe("submitted", submitted, json!({ "structure": STRUCTURE })).await;
    let lines = vec![
        format!("WebSocket 1, without account: testimonyPublished of {STRUCTURE}"),
        format!("WebSocket 2, the agent: testimonySubmitted of {STRUCTURE}"),
    ];
    Ok((Ears { public, agent: inside }, lines))
}

/// The testimony of this run.
struct Told {
    id: String,
    number: i64,
}

async fn submit(stage: &Stage, agent: &Client, ears: &mut Ears) -> Step<Told> {
    let title = format!("Reçue sans rendez-vous, le {}", stage.instant);
    let input = json!({
        "structure": STRUCTURE,
        "title": title,
        "body": "Je venais pour mon changement d'adresse, sans rendez-vous. L'agente d'accueil a pris \
                 le temps de m'expliquer la démarche en ligne et tout était réglé en un quart d'heure. \
                 Au téléphone, la veille, j'avais attendu longtemps avant d'avoir quelqu'un.",
        "pseudonym": "Camille",
        "experiences": [
            { "channel": "FRONT_DESK", "sentiment": "POSITIVE" },
            { "channel": "PHONE", "sentiment": "NEGATIVE" },
        ],
    });
    let fields = "testimony { id number status structure { name } }";
    let payload = mutate(&stage.public, "testimonySubmit", input, fields).await?;
    let row = &payload["testimony"];
    ensure!(row["status"] == "IN_MODERATION", "its status is {}", row["status"]);
    let told = Told { id: text(&row["id"]), number: row["number"].as_i64().context("no number")? };
    // The agent's news proves that the event has travelled: silence elsewhere then means something.
    hear_of(&mut ears.agent, "testimonySubmitted", &told).await?;
    let name = viewer_name(agent).await?;
    let lines = vec![
        format!("n° {} about {}: « {title} »", told.number, text(&row["structure"]["name"])),
        "accueil physique 😊, téléphone ☹; it waits for a moderator".to_owned(),
        format!("{name}, the agent concerned, hears of it on her WebSocket"),
    ];
    Ok((told, lines))
}

async fn viewer_name(who: &Client) -> anyhow::Result<String> {
    Ok(text(&ask(who, "{ viewer { displayName } }", json!({})).await?["viewer"]["displayName"]))
}

async fn hidden(stage: &Stage, told: &Told, ears: &mut Ears) -> Step<()> {
    // Whatever was sent to this listener so far comes before the answer to this ping.
    ears.public.send(json!({ "type": "ping" })).await;
    loop {
        match ears.public.hear().await {
            Heard::Message(message) if message["type"] == "pong" => break,
            Heard::Message(message) => {
                let about = &message["payload"]["data"]["testimonyPublished"]["testimony"]["id"];
                ensure!(about != told.id.as_str(), "it was announced before a moderator read it");
            }
            Heard::Closed(code) => bail!("the socket was closed ({code})"),
        }
    }
    let found = "query($id: ID!) { testimony(id: $id) { id } }";
    let seen = ask(&stage.public, found, json!({ "id": told.id })).await?;
    ensure!(seen["testimony"].is_null(), "the public can read it before a moderator did");
    let lines =
        vec!["the public WebSocket is silent, and the public query answers null".to_owned()];
    Ok(((), lines))
}

async fn publish(moderator: &Client, told: &Told) -> Step<Instant> {
    let name = viewer_name(moderator).await?;
    let clicked = Instant::now();
    let input = json!({ "id": told.id });
    let payload = mutate(moderator, "testimonyPublish", input, "testimony { status }").await?;
    let status = &payload["testimony"]["status"];
    ensure!(status == "PUBLISHED", "its status is {status}");
    Ok((clicked, vec![format!("{name}: n° {} is public", told.number)]))
}

async fn heard(told: &Told, clicked: Instant, ears: &mut Ears) -> Step<()> {
    let event = hear_of(&mut ears.public, "testimonyPublished", told).await?;
    let milliseconds = clicked.elapsed().as_millis();
    let lines = vec![
        format!("« {} », {milliseconds} ms after the click", text(&event["testimony"]["title"])),
        format!("cursor {}, from which a cut listener goes on", text(&event["cursor"])),
    ];
    Ok(((), lines))
}

/// Waits for the event about one testimony; those about others pass by.
async fn hear_of(socket: &mut Socket, subscription: &str, told: &Told) -> anyhow::Result<Value> {
    loop {
        match socket.hear().await {
            Heard::Message(message) if message["type"] == "next" => {
                let event = &message["payload"]["data"][subscription];
                if event["testimony"]["id"] == told.id.as_str() {
                    return Ok(event.clone());
                }
            }
            Heard::Message(message) if message["type"] == "pong" => {}
            Heard::Message(message) => bail!("the subscription ended: {message}"),
            Heard::Closed(code) => bail!("the socket was closed ({code})"),
        }
    }
}

/// A letter of this run.
struct Letter {
    id: String,
    reference: String,
    received_on: NaiveDate,
}

async fn register(stage: &Stage, agent: &Client) -> Step<(Letter, Letter)> {
    let mut letters = Vec::new();
    let mut lines = Vec::new();
    for (age, subject, sender, state) in [
        (3, "Demande d'attestation de paiement", "Mme Odile Garance", "IN_PROGRESS"),
        (15, "Contestation d'un trop-perçu", "M. Anselme Rivoire", "OVERDUE"),
    ] {
        let received_on = stage.today - Days::new(age);
        let input = json!({
            "structure": STRUCTURE,
            "medium": "LETTER",
            "subject": subject,
            "senderName": sender,
            "senderAddress": "4 rue des Tilleuls\n96000 Montarcy",
            "receivedOn": received_on,
        });
        let fields = "writtenRequest { id reference state dueOn ageDays }";
        let payload = mutate(agent, "writtenRequestRegister", input, fields).await?;
        let row = &payload["writtenRequest"];
        ensure!(row["state"] == state, "« {subject} » is {} instead of {state}", row["state"]);
        let letter =
            Letter { id: text(&row["id"]), reference: text(&row["reference"]), received_on };
        lines.push(format!(
            "{}, « {subject} »: received {} days ago, due on {}, {state}",
            letter.reference,
            row["ageDays"],
            text(&row["dueOn"]),
        ));
        letters.push(letter);
    }
    match <[Letter; 2]>::try_from(letters) {
        Ok([first, second]) => Ok(((first, second), lines)),
        Err(_) => bail!("a letter is missing"),
    }
}

async fn answer(stage: &Stage, agent: &Client, letter: &Letter) -> Step<()> {
    let input = json!({ "id": letter.id, "answeredOn": stage.today, "nature": "INFORMATION" });
    let fields = "writtenRequest { state delayDays answeredOn }";
    let payload = mutate(agent, "writtenRequestAnswer", input, fields).await?;
    let row = &payload["writtenRequest"];
    let expected = (stage.today - letter.received_on).num_days().max(1);
    ensure!(row["delayDays"] == expected, "its delay is {} days", row["delayDays"]);
    Ok(((), vec![format!("{}: {} after {expected} days", letter.reference, text(&row["state"]))]))
}

async fn remind(stage: &Stage, late: &Letter, answered: &Letter) -> Step<()> {
    let until = Instant::now() + PATIENCE - Duration::from_secs(1);
    let mail = loop {
        let mails = stage.mailbox.to(&stage.manager);
        if let Some(mail) = mails.into_iter().find(|mail| mail.text.contains(&late.reference)) {
            break mail;
        }
        if Instant::now() > until {
            bail!(
                "no e-mail to {} in {} names the overdue letter {} after {} s. The daily sweep reminds at \
                 8:00 (Paris); a letter that is registered past its limit must remind without waiting for \
                 it, after SPP_ALERT_QUIET_SECONDS (./dev up sets a few seconds; the default is 300). \
                 Look at `jobs(filter: {{kind: DIGEST_WRITTEN_REQUESTS}})` and ./dev logs worker",
                stage.manager,
                stage.mailbox.0.display(),
                late.reference,
                PATIENCE.as_secs(),
            );
        }
        tokio::time::sleep(PAUSE).await;
    };
    ensure!(mail.html.contains(&late.reference), "its HTML part does not name the letter");
    ensure!(!mail.text.contains(&answered.reference), "it also names the letter that was answered");
    let passage = passage(&mail, &late.reference);
    ensure!(
        passage.iter().any(|line| line.contains("15 jours")),
        "it does not tell the age: {passage:?}"
    );
    let mut lines = vec![format!("to {}: « {} »", mail.to, mail.subject.trim())];
    lines.extend(passage.into_iter().map(|line| format!("│ {line}")));
    Ok(((), lines))
}

/// What an e-mail says about one letter: from the line with its reference to the next empty one.
fn passage(mail: &Mail, reference: &str) -> Vec<String> {
    mail.text
        .lines()
        .skip_while(|line| !line.contains(reference))
        .take_while(|line| !line.trim().is_empty())
        .map(|line| line.trim_end().to_owned())
        .collect()
}

async fn timeline(operator: &Client, late: &Letter) -> Step<()> {
    let query = "query($id: ID!) { mailTimeline(subject: $id) { kind stage recipient status attempts sentAt reason } }";
    // The file lies in the folder an instant before the ledger says so.
    let until = Instant::now() + PATIENCE - Duration::from_secs(1);
    let entries = loop {
        let data = ask(operator, query, json!({ "id": late.id })).await?;
        let entries = data["mailTimeline"].as_array().cloned().unwrap_or_default();
        if entries.iter().any(|entry| entry["status"] == "SENT") {
            break entries;
        }
        ensure!(Instant::now() < until, "the ledger does not say SENT: {entries:?}");
        tokio::time::sleep(PAUSE).await;
    };
    let lines = entries.iter().map(|entry| {
        let reason =
            entry["reason"].as_str().map(|reason| format!(" ({reason})")).unwrap_or_default();
        format!(
            "{} {} for {}: {} at {}, tried {}×{reason}",
            text(&entry["kind"]),
            text(&entry["stage"]),
            text(&entry["recipient"]),
            text(&entry["status"]),
            text(&entry["sentAt"]),
            entry["attempts"],
        )
    });
    Ok(((), lines.collect()))
}

async fn queues(operator: &Client) -> Step<()> {
    let query = "{ jobQueues { name waiting running scheduled dead oldestWaitingSeconds }
        jobs(first: 6) { nodes { kind state attempt createdAt } } }";
    let data = ask(operator, query, json!({})).await?;
    let queues = data["jobQueues"].as_array().cloned().unwrap_or_default();
    ensure!(!queues.is_empty(), "there is no queue");
    let head = ["queue", "waiting", "running", "scheduled", "dead", "oldest waits"];
    let rows = queues.iter().map(|queue| {
        let oldest = queue["oldestWaitingSeconds"].as_f64();
        let count = |name: &str| queue[name].to_string();
        [
            text(&queue["name"]),
            count("waiting"),
            count("running"),
            count("scheduled"),
            count("dead"),
            oldest.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.1} s")),
        ]
    });
    let mut lines = table(head.map(str::to_owned), rows.collect());
    lines.push("the latest jobs:".to_owned());
    let jobs = data["jobs"]["nodes"].as_array().cloned().unwrap_or_default();
    let rows = jobs.iter().map(|job| {
        [
            text(&job["kind"]),
            text(&job["state"]),
            format!("run {}", job["attempt"]),
            text(&job["createdAt"]),
        ]
    });
    lines.extend(table(["kind", "state", "", "enqueued"].map(str::to_owned), rows.collect()));
    Ok(((), lines))
}

/// Lines of a table; figures stand to the right, words to the left.
fn table<const N: usize>(head: [String; N], rows: Vec<[String; N]>) -> Vec<String> {
    let all: Vec<[String; N]> = std::iter::once(head).chain(rows).collect();
    let width =
        |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let is_figure =
        |cell: &str| cell.starts_with(|first: char| first.is_ascii_digit()) && cell.len() < 10;
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            if is_figure(cell) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    all.iter().map(line).collect()
}

/// Runs a mutation that must succeed; gives its payload.
async fn mutate(who: &Client, name: &str, input: Value, fields: &str) -> anyhow::Result<Value> {
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
async fn ask(who: &Client, query: &str, variables: Value) -> anyhow::Result<Value> {
    let answer = who.ask(query, variables).await;
    match answer.get("errors") {
        None => Ok(answer["data"].clone()),
        Some(errors) => bail!("the server answered {errors}"),
    }
}

/// A JSON text as it is; anything else as JSON.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
