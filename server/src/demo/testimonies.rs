//! A year of testimonies. They are written as rows, because no use case tells the past; the newest
//! ones leave the jobs that a publication leaves, so that managers are alerted at once.

use std::collections::{BTreeSet, HashMap};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, RunQueryDsl};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use schema::foundation::app::App;
use schema::foundation::calendar::day_in_paris;
use schema::foundation::database::Conn;
use schema::listen::testimony::model::{Channel, Experience, Sentiment, TestimonyStatus};
use schema::operate::job::{self, JobKind, NewJob};
use schema::reference::account;
use schema::reference::structure::model::Structure;
use schema::tables::{network, structure, testimony, testimony_experience};
use serde::Deserialize;

use super::draw;
use crate::import::bar;

const TESTIMONIES: &str = include_str!("../../demo/testimonies.toml");
/// Testimonies of one contact point over the year, on average.
const PER_STRUCTURE: i64 = 45;
/// Every so many testimonies still waits for a moderator, among those of the last days.
const WAITING: i64 = 10;

#[derive(Deserialize)]
struct Templates {
    pseudonyms: Vec<String>,
    testimony: Vec<Template>,
    rejected: Vec<Template>,
}

#[derive(Deserialize)]
struct Template {
    networks: Vec<String>,
    title: String,
    body: String,
    pseudonym: String,
    #[serde(default)]
    programme: bool,
    experiences: Vec<Told>,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    channel: Channel,
    sentiment: Sentiment,
}

#[derive(Insertable)]
#[diesel(table_name = testimony)]
struct Row {
    structure_id: i64,
    title: String,
    body: String,
    pseudonym: String,
    status: TestimonyStatus,
    submitted_at: DateTime<Utc>,
    moderated_at: Option<DateTime<Utc>>,
    published_at: Option<DateTime<Utc>>,
    rejection_reason: Option<String>,
    updated_at: DateTime<Utc>,
}

pub(super) async fn seed(app: &App) -> anyhow::Result<usize> {
    let templates: Templates = toml::from_str(TESTIMONIES).context("demo/testimonies.toml")?;
    let now = app.clock.now();
    let mut chance = draw::source(1);
    let mut conn = app.pool.get().await?;
    let networks: HashMap<i64, String> = network::table
        .select((network::id, network::code))
        .load::<(i64, String)>(&mut conn)
        .await?
        .into_iter()
        .collect();
    let points: Vec<Structure> = structure::table
        .filter(structure::testimonies_open_on.is_not_null())
        .order(structure::id)
        .select(Structure::as_select())
        .load(&mut conn)
        .await?;
    let mut rows = Vec::new();
    for point in &points {
        let network = networks.get(&point.network_id).map_or("", String::as_str);
        let fitting: Vec<&Template> =
            templates.testimony.iter().filter(|t| fits(t, network, point)).collect();
        // The programme's own examples come first, once each; then the others, drawn.
        let own = fitting.iter().filter(|t| t.programme).copied();
        let drawn = (0..chance.random_range(PER_STRUCTURE / 2..PER_STRUCTURE * 3 / 2))
            .filter_map(|_| draw::one(&mut chance, &fitting).copied())
            .collect::<Vec<_>>();
        for (place, template) in own.chain(drawn).enumerate() {
            rows.push((
                row(&mut chance, &templates, template, point, now, place == 0),
                template,
                point,
            ));
        }
    }
    for (template, point) in templates.rejected.iter().zip(points.iter().cycle()) {
        let mut refused = row(&mut chance, &templates, template, point, now, true);
        refused.status = TestimonyStatus::Rejected;
        refused.published_at = None;
        refused.rejection_reason.clone_from(&template.reason);
        rows.push((refused, template, point));
    }
    // Numbers follow time, as in life.
    rows.sort_by_key(|(row, ..)| row.submitted_at);
    let (waiting, total) = (rows.len().saturating_sub(60), rows.len());
    for (row, ..) in rows.iter_mut().skip(waiting).step_by(usize::try_from(WAITING)?) {
        row.status = TestimonyStatus::InModeration;
        (row.published_at, row.moderated_at, row.rejection_reason) = (None, None, None);
    }
    let bar = bar("testimonies");
    conn.transaction(async |conn| {
        for (number, (row, template, point)) in rows.iter().enumerate() {
            insert(conn, row, template, point).await?;
            crate::import::show(&bar, number + 1, total);
        }
        alert(conn, app, &rows).await
    })
    .await?;
    bar.finish_and_clear();
    Ok(total)
}

fn fits(template: &Template, network: &str, point: &Structure) -> bool {
    (template.networks.is_empty() || template.networks.iter().any(|code| code == network))
        && (template.programme
            || template.experiences.iter().all(|told| point.channels.contains(&told.channel)))
}

fn row(
    chance: &mut ChaCha8Rng,
    templates: &Templates,
    template: &Template,
    point: &Structure,
    now: DateTime<Utc>,
    own_name: bool,
) -> Row {
    // More of the recent past than of the distant: the programme spreads.
    let age =
        TimeDelta::minutes((365.0 * 24.0 * 60.0 * chance.random::<f64>().powf(1.5)) as i64 + 30);
    let submitted_at = now - age;
    let published_at = (submitted_at + TimeDelta::minutes(chance.random_range(20..2000)))
        .min(now - TimeDelta::minutes(5));
    let pseudonym = if own_name {
        &template.pseudonym
    } else {
        draw::one(chance, &templates.pseudonyms).unwrap_or(&template.pseudonym)
    };
    let status = match chance.random_range(0..10) {
        0..5 => TestimonyStatus::Answered,
        5 => TestimonyStatus::ActionTaken,
        _ => TestimonyStatus::Published,
    };
    Row {
        structure_id: point.id,
        title: template.title.replace("{commune}", &point.commune),
        body: template.body.replace("{commune}", &point.commune),
        pseudonym: pseudonym.clone(),
        status,
        submitted_at,
        moderated_at: Some(published_at),
        published_at: Some(published_at),
        rejection_reason: None,
        updated_at: published_at,
    }
}

async fn insert(
    conn: &mut Conn,
    row: &Row,
    template: &Template,
    point: &Structure,
) -> anyhow::Result<()> {
    let id: i64 = diesel::insert_into(testimony::table)
        .values(row)
        .returning(testimony::id)
        .get_result(conn)
        .await?;
    let told: Vec<Experience> = (0_i16..)
        .zip(&template.experiences)
        .map(|(position, told)| Experience {
            testimony_id: id,
            position,
            channel: told.channel,
            sentiment: Some(told.sentiment),
            structure_id: point.id,
            published_on: row.published_at.map(day_in_paris),
        })
        .collect();
    diesel::insert_into(testimony_experience::table).values(&told).execute(conn).await?;
    Ok(())
}

/// Alerts for what was published in the last day.
async fn alert(
    conn: &mut Conn,
    app: &App,
    rows: &[(Row, &Template, &Structure)],
) -> anyhow::Result<()> {
    let now = app.clock.now();
    let recent = rows
        .iter()
        .filter(|(row, ..)| row.published_at.is_some_and(|at| now - at < TimeDelta::days(1)));
    let points: HashMap<i64, &Structure> = recent.map(|(_, _, point)| (point.id, *point)).collect();
    let mut managers = BTreeSet::new();
    for point in points.values() {
        managers.extend(
            account::service::alerted(conn, &point.path).await?.into_iter().map(|m| m.account_id),
        );
    }
    for account in managers {
        let job = NewJob::new(JobKind::AlertTestimonies, serde_json::json!({ "account": account }))
            .debounced(format!("testimony-alert:{account}"), now, TimeDelta::zero());
        job::enqueue(conn, now, job).await?;
    }
    Ok(())
}
