//! What a manager is told about new testimonies: grouped, each testimony once.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::model::{Experience, Testimony};
use super::store;
use crate::foundation::app::App;
use crate::foundation::calendar;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::policy::{AlertChoice, Role};
use crate::operate::email::model::{Letter, MailKind, Mention};
use crate::operate::email::service::told_to;
use crate::reference::structure::model::Structure;
use crate::reference::{account, structure};

/// Testimonies older than this are no news (ours): longer than any long week-end of quiet hours.
const NEWS: TimeDelta = TimeDelta::days(7);
/// Testimonies told in one e-mail; more are only counted (ours).
const LISTED: usize = 20;
/// Testimonies looked at by one alert.
const LOOKED_AT: i64 = 500;
/// Characters of a testimony quoted in the e-mail.
const EXCERPT: usize = 280;
/// What the ledger remembers of each testimony told.
const KIND: &str = "TESTIMONY";
/// The only stage at which one is told.
const STAGE: &str = "PUBLISHED";

/// The letter a manager should receive now, or `None` when everything was told.
///
/// # Errors
/// Internal only.
pub async fn prepare(app: &App, account_id: i64) -> Result<Option<Letter>> {
    let mut conn = app.pool.get().await?;
    let Some(manager) = account::service::recipient(&mut conn, account_id).await? else {
        return Ok(None);
    };
    let recipient = format!("account:{account_id}");
    let mut news = unread(&mut conn, app, account_id, &recipient).await?;
    let Some(first) = news.first() else { return Ok(None) };
    let stage = format!("FROM_{}", first.number);
    let mentions = news.iter().map(mention).collect();
    let total = news.len();
    news.truncate(LISTED);
    let values = json!({
        "name": manager.display_name,
        "total": total,
        "others": total - news.len(),
        "testimonies": entries(&mut conn, app, &news).await?,
        "url": app.settings.public_url,
    });
    Ok(Some(Letter {
        kind: MailKind::TestimonyAlert,
        subject: recipient.clone(),
        stage,
        recipient,
        to_name: manager.display_name,
        to_address: manager.email,
        mentions,
        template: "testimony_alert",
        values,
        invite: None,
        attachment: None,
    }))
}

fn subject(row: &Testimony) -> String {
    format!("testimony:{}", row.id)
}

fn mention(row: &Testimony) -> Mention {
    Mention { kind: KIND.into(), subject: subject(row), stage: STAGE.into() }
}

async fn unread(
    conn: &mut Conn,
    app: &App,
    account_id: i64,
    recipient: &str,
) -> Result<Vec<Testimony>> {
    let news = app.clock.now() - NEWS;
    let mut rows: Vec<Testimony> = Vec::new();
    for role in account::service::roles(conn, account_id).await? {
        let (own, subtree) = match (role.role, role.alerts, role.structure_id) {
            (Role::Manager, AlertChoice::Own, Some(structure)) => (vec![structure], vec![]),
            (Role::Manager, AlertChoice::Subtree, Some(structure)) => (vec![], vec![structure]),
            _ => continue,
        };
        // What was published while they wanted to hear nothing stays unsaid.
        let since = role.alerts_since.map_or(news, |since| since.max(news));
        rows.extend(store::published_since(conn, own, subtree, since, LOOKED_AT).await?);
    }
    rows.sort_by_key(|row| (row.published_at, row.id));
    rows.dedup_by_key(|row| row.id);
    let subjects: Vec<String> = rows.iter().map(subject).collect();
    let known = told_to(conn, recipient, KIND, &subjects).await?;
    Ok(rows.into_iter().filter(|row| !known.contains(&mention(row))).collect())
}

async fn entries(conn: &mut Conn, app: &App, rows: &[Testimony]) -> Result<Vec<Value>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut told: HashMap<i64, Vec<Experience>> = HashMap::new();
    for experience in store::experiences(conn, &ids).await? {
        told.entry(experience.testimony_id).or_default().push(experience);
    }
    let mut names: HashMap<i64, Structure> = HashMap::new();
    for row in rows {
        if !names.contains_key(&row.structure_id) {
            let found = structure::service::find(conn, row.structure_id).await?;
            names.extend(found.map(|structure| (structure.id, structure)));
        }
    }
    let url = &app.settings.public_url;
    Ok(rows
        .iter()
        .map(|row| {
            let experiences: Vec<Value> = told
                .get(&row.id)
                .into_iter()
                .flatten()
                .map(|e| {
                    json!({
                        "channel": e.channel.label(),
                        "sentiment": e.sentiment.map_or("inconnu", super::model::Sentiment::label),
                    })
                })
                .collect();
            json!({
                "number": row.number,
                "title": row.title,
                "excerpt": excerpt(&row.body),
                "pseudonym": row.pseudonym,
                "structure": names.get(&row.structure_id).map(|s| s.name.as_str()),
                "published_on": row.published_at.map(|at| calendar::french_day(calendar::day_in_paris(at))),
                "experiences": experiences,
                "link": format!("{url}/temoignages/{}", row.number),
            })
        })
        .collect())
}

/// The beginning of a text, cut between words.
fn excerpt(body: &str) -> String {
    let text = body.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= EXCERPT {
        return text;
    }
    let cut: String = text.chars().take(EXCERPT).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{} …", &cut[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_between_words() {
        assert_eq!(excerpt("un  deux\ntrois"), "un deux trois");
        let long = "témoignage ".repeat(60);
        let short = excerpt(&long);
        assert!(short.ends_with("témoignage …") && short.chars().count() <= EXCERPT + 2, "{short}");
    }
}
