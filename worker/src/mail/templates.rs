//! Messages are written here: `templates/<message>/{subject,text,html}.jinja`, in French.

use anyhow::Context;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use serde_json::Value;

/// The longest subject: longer ones are cut by mail programs.
const SUBJECT_LENGTH: usize = 78;

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/", $name)))),+]
    };
}

const TEMPLATES: &[(&str, &str)] = templates!(
    "layout/text.jinja",
    "layout/html.jinja",
    "testimony_alert/subject.jinja",
    "testimony_alert/text.jinja",
    "testimony_alert/html.jinja",
    "written_request_digest/subject.jinja",
    "written_request_digest/text.jinja",
    "written_request_digest/html.jinja",
    "written_request_acknowledgement/subject.jinja",
    "written_request_acknowledgement/text.jinja",
    "written_request_acknowledgement/html.jinja",
    "layout/event_text.jinja",
    "layout/event_html.jinja",
    "layout/answer_text.jinja",
    "layout/answer_html.jinja",
    "committee_invitation/subject.jinja",
    "committee_invitation/text.jinja",
    "committee_invitation/html.jinja",
    "committee_change/subject.jinja",
    "committee_change/text.jinja",
    "committee_change/html.jinja",
    "committee_cancellation/subject.jinja",
    "committee_cancellation/text.jinja",
    "committee_cancellation/html.jinja",
    "committee_confirmation/subject.jinja",
    "committee_confirmation/text.jinja",
    "committee_confirmation/html.jinja",
    "committee_summary/subject.jinja",
    "committee_summary/text.jinja",
    "committee_summary/html.jinja",
    "committee_synthesis/subject.jinja",
    "committee_synthesis/text.jinja",
    "committee_synthesis/html.jinja",
    "committee_synthesis/document.html.jinja",
    "operator_alert/subject.jinja",
    "operator_alert/text.jinja",
    "operator_alert/html.jinja",
    "api_token_expiry/subject.jinja",
    "api_token_expiry/text.jinja",
    "api_token_expiry/html.jinja",
);

/// A written message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) plain: String,
    pub(super) html: String,
}

/// Every template, checked.
pub(super) struct Templates(Environment<'static>);

impl Templates {
    pub(super) fn new() -> anyhow::Result<Self> {
        let mut environment = Environment::new();
        // A value that is missing is a bug that must be seen, not an empty place in a letter.
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_auto_escape_callback(|name| {
            if name.ends_with("html.jinja") { AutoEscape::Html } else { AutoEscape::None }
        });
        for (name, source) in TEMPLATES {
            environment.add_template(name, source).with_context(|| format!("template {name}"))?;
        }
        Ok(Self(environment))
    }

    /// Writes a message.
    ///
    /// # Errors
    /// When a value that the template shows is missing.
    pub(super) fn write(&self, message: &str, values: &Value) -> anyhow::Result<Text> {
        let part = |part: &str| {
            let name = format!("{message}/{part}.jinja");
            let template = self.0.get_template(&name).with_context(|| name.clone())?;
            template.render(values).with_context(|| name.clone())
        };
        Ok(Text {
            subject: subject(&part("subject")?),
            plain: tidy(&part("text")?),
            html: part("html")?,
        })
    }
}

impl Templates {
    /// Writes a page that is no message.
    ///
    /// # Errors
    /// As [`Templates::write`].
    pub(super) fn page(&self, name: &str, values: &impl Serialize) -> anyhow::Result<String> {
        let template = self.0.get_template(name).with_context(|| name.to_owned())?;
        template.render(values).with_context(|| name.to_owned())
    }
}

/// On one line, and cut between words.
fn subject(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SUBJECT_LENGTH {
        return line;
    }
    let cut: String = line.chars().take(SUBJECT_LENGTH - 1).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end())
}

/// Without spaces at line ends and without more than one empty line in a row.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(message: &str, values: &Value) -> Text {
        Templates::new().and_then(|templates| templates.write(message, values)).expect(message)
    }

    fn alert() -> Value {
        json!({
            "name": "Chloé Martin", "total": 2, "others": 0, "url": "https://plus.example.fr",
            "testimonies": [
                {"number": 1, "title": "Accueil <b>parfait</b> & rapide", "excerpt": "Merci à l'agent.",
                 "pseudonym": "Marie", "structure": "CAF du Rhône", "published_on": "22 novembre 2026",
                 "experiences": [{"channel": "Téléphone", "sentiment": "positif"}], "link": "https://plus.example.fr/t/1"},
                {"number": 2, "title": "Attente", "excerpt": "Trop long.", "pseudonym": "Jo", "structure": null,
                 "published_on": null, "experiences": [], "link": "https://plus.example.fr/t/2"},
            ],
        })
    }

    fn digest() -> Value {
        let request = |late: i64, left: i64, reminder: i64| {
            json!({
                "id": "x", "reference": "2026-001", "medium": "courrier", "subject": "Dossier en attente",
                "structure": "Préfecture", "received_on": "1er novembre 2026", "due_on": "15 novembre 2026",
                "age_days": 21, "days_left": left, "days_late": late, "reminder": reminder,
            })
        };
        json!({
            "name": "Chloé Martin", "day": "22 novembre 2026", "limit_days": 14, "total": 3, "others": 2,
            "approaching_total": 1, "overdue_total": 2, "url": "https://plus.example.fr",
            "approaching": [request(0, 1, 0)], "overdue": [request(7, 0, 1), request(14, 0, 2)],
        })
    }

    fn acknowledgement() -> Value {
        json!({
            "name": "M. Durand", "reference": "2026-007", "medium": "courriel", "subject": "Titre de séjour",
            "structure": "Préfecture", "structure_email": "contact@prefecture.example",
            "received_on": "22 novembre 2026", "limit_days": 14, "due_on": "6 décembre 2026",
        })
    }

    fn expiry(days_left: i64) -> Value {
        json!({
            "name": "Chloé Martin", "token": "Entrepôt de données", "shown": "spp_AbCdEfGh", "access": "lecture",
            "structure": "CAF du Rhône", "last_day": "13 mars 2026", "days_left": days_left, "last_used": null,
            "overlap_days": 7, "url": "https://plus.example.fr",
        })
    }

    #[test]
    fn every_message_is_whole_in_text_and_in_html() {
        for (message, values) in [
            ("testimony_alert", alert()),
            ("written_request_digest", digest()),
            ("written_request_acknowledgement", acknowledgement()),
            ("api_token_expiry", expiry(30)),
            ("api_token_expiry", expiry(0)),
        ] {
            let text = written(message, &values);
            assert!(
                !text.subject.is_empty() && text.subject.chars().count() <= SUBJECT_LENGTH,
                "{}",
                text.subject
            );
            assert!(
                text.plain.starts_with("Bonjour ") && text.plain.contains("Services Publics +"),
                "{}",
                text.plain
            );
            assert!(text.html.starts_with("<!doctype html>\n<html lang=\"fr\">"), "{}", text.html);
            assert!(
                !text.html.contains("<img") && !text.html.contains("src="),
                "nothing is fetched"
            );
            assert!(
                !text.plain.contains("{{")
                    && !text.plain.contains("none")
                    && !text.html.contains("none")
            );
            assert!(
                words_per_sentence(&text.plain) <= 12.0,
                "{message}: {}",
                words_per_sentence(&text.plain)
            );
        }
    }

    #[test]
    fn one_request_is_told_in_the_singular() {
        let mut values = digest();
        for (name, value) in [
            ("total", json!(1)),
            ("others", json!(0)),
            ("overdue_total", json!(1)),
            ("overdue", json!([values["overdue"][0]])),
            ("approaching_total", json!(0)),
            ("approaching", json!([])),
        ] {
            values[name] = value;
        }
        let text = written("written_request_digest", &values);
        for part in [&text.plain, &text.html] {
            for said in [
                "Un usager vous a écrit et attend votre réponse.",
                "Répondez d'abord à cette demande.",
                "Vous êtes responsable de cette structure.",
            ] {
                assert!(part.contains(said), "« {said} » is missing from: {part}");
            }
        }
    }

    /// Mean length of the sentences of the running text (DOMAIN §23).
    fn words_per_sentence(text: &str) -> f64 {
        let sentences: Vec<usize> = text
            .lines()
            .filter(|line| !line.starts_with(['-', ' ']))
            .flat_map(|line| line.split_inclusive(['.', '!', '?']))
            .filter(|sentence| sentence.trim_end().ends_with(['.', '!', '?']))
            .map(|sentence| {
                sentence
                    .split_whitespace()
                    .filter(|word| word.chars().any(char::is_alphanumeric))
                    .count()
            })
            .collect();
        #[allow(clippy::cast_precision_loss)] // a few sentences
        let mean = sentences.iter().sum::<usize>() as f64 / sentences.len().max(1) as f64;
        mean
    }

    #[test]
    fn what_people_wrote_cannot_become_markup() {
        let text = written("testimony_alert", &alert());
        assert!(
            text.html.contains("Accueil &lt;b&gt;parfait&lt;") && !text.html.contains("<b>parfait")
        );
        assert!(text.plain.contains("Accueil <b>parfait</b> & rapide"));
    }

    #[test]
    fn a_subject_stays_on_one_line_and_ends_between_words() {
        assert_eq!(subject(" Un\nsujet \r\n court "), "Un sujet court");
        let long = subject(&"témoignage ".repeat(20));
        assert!(long.chars().count() <= SUBJECT_LENGTH && long.ends_with("témoignage…"), "{long}");
    }

    #[test]
    fn a_missing_value_is_an_error() {
        let templates = Templates::new().expect("templates");
        assert!(templates.write("testimony_alert", &json!({"name": "X"})).is_err());
    }
}
