//! A year of letters and e-mails, brought in as a team brings its spreadsheet: by the import.

use std::collections::HashMap;

use anyhow::Context;
use chrono::{Datelike, Days, NaiveDate};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use schema::foundation::actor::Grant;
use schema::foundation::app::App;
use schema::foundation::policy::Role;
use schema::measure::written_request;
use schema::reference::structure::model::Structure;
use schema::tables::{network, structure};
use serde::Deserialize;

use super::draw;
use crate::import::{bar, console, show};

const REQUESTS: &str = include_str!("../../demo/requests.toml");
/// Letters and e-mails of one contact point over the year.
const PER_STRUCTURE: u64 = 36;
/// Ages, in days, of requests that nobody has answered, so that every alert and reminder shows:
/// fresh, near the limit of 14 days, on day 15, 22 and 29 when reminders leave, and forgotten.
const OPEN_AGES: [u64; 8] = [2, 6, 11, 13, 15, 22, 29, 40];

#[derive(Deserialize)]
struct Templates {
    senders: Vec<Sender>,
    request: Vec<Template>,
}

#[derive(Deserialize)]
struct Sender {
    name: String,
    email: String,
    address: String,
}

#[derive(Deserialize)]
struct Template {
    networks: Vec<String>,
    medium: String,
    subject: String,
}

pub(super) async fn seed(app: &App) -> anyhow::Result<usize> {
    let templates: Templates = toml::from_str(REQUESTS).context("demo/requests.toml")?;
    let mut chance = draw::source(2);
    let (points, networks) = {
        let mut conn = app.pool.get().await?;
        let points: Vec<Structure> = structure::table
            .filter(structure::testimonies_open_on.is_not_null())
            .order(structure::id)
            .select(Structure::as_select())
            .load(&mut conn)
            .await?;
        let networks: HashMap<i64, String> = network::table
            .select((network::id, network::code))
            .load::<(i64, String)>(&mut conn)
            .await?
            .into_iter()
            .collect();
        (points, networks)
    };
    let bar = bar("letters and e-mails");
    let mut total = 0;
    for (number, point) in points.iter().enumerate() {
        let network = networks.get(&point.network_id).map_or("", String::as_str);
        let fitting: Vec<&Template> = templates
            .request
            .iter()
            .filter(|t| t.networks.is_empty() || t.networks.iter().any(|code| code == network))
            .collect();
        let register = register(&mut chance, &templates, &fitting, app.clock.today());
        let caller = console(Grant { role: Role::Agent, structure_id: Some(point.id) });
        let done = written_request::import::import(
            app,
            &caller,
            &point.code,
            register.as_bytes(),
            &mut |_, _| {},
        )
        .await?;
        total += done.created;
        show(&bar, number + 1, points.len());
    }
    bar.finish_and_clear();
    Ok(total)
}

/// One structure's register as CSV.
fn register(
    chance: &mut ChaCha8Rng,
    templates: &Templates,
    fitting: &[&Template],
    today: NaiveDate,
) -> String {
    let mut text = String::from(
        "reference;medium;subject;sender_name;sender_email;sender_address;received_on;acknowledged_on;answered_on;answer_nature\n",
    );
    let mut ages: Vec<(u64, bool)> =
        OPEN_AGES.iter().filter(|_| chance.random_bool(0.3)).map(|age| (*age, false)).collect();
    ages.extend((0..PER_STRUCTURE).map(|_| (chance.random_range(3..400), true)));
    // References follow the order of reception.
    ages.sort_by(|a, b| b.cmp(a));
    for (number, (age, answered)) in ages.into_iter().enumerate() {
        let received = today - Days::new(age);
        let (Some(template), Some(sender)) =
            (draw::one(chance, fitting), draw::one(chance, &templates.senders))
        else {
            continue;
        };
        let delay = match chance.random_range(0..100) {
            0..62 => chance.random_range(0..8),
            62..88 => chance.random_range(8..15),
            _ => chance.random_range(15..45),
        };
        let answered_on = (answered && delay <= age).then(|| received + Days::new(delay));
        // What would be too old to be believable is answered after all.
        let answered_on = answered_on.or((answered && age > 45).then(|| received + Days::new(20)));
        let acknowledged_on =
            chance.random_bool(0.6).then(|| received + Days::new(delay.min(2).min(age)));
        let acknowledged_on =
            acknowledged_on.filter(|day| answered_on.is_none_or(|answer| *day <= answer));
        let nature = [
            "INFORMATION",
            "INFORMATION",
            "ACCEPTANCE",
            "PARTIAL_ACCEPTANCE",
            "REFUSAL",
            "TRANSFER",
        ][chance.random_range(0..6)];
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        text += &format!(
            "{}-{:05};{};\"{}\";\"{}\";{};\"{}\";{};{};{};{}\n",
            received.year(),
            number + 1,
            template.medium,
            template.subject,
            sender.name,
            sender.email,
            sender.address,
            received,
            day(acknowledged_on),
            day(answered_on),
            if answered_on.is_some() { nature } else { "" },
        );
    }
    text
}
