//! Messages are written here: `templates/<message>/{subject,text,html}.jinja`, in French.

use anyhow::Context;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
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
            if name.ends_with("/html.jinja") { AutoEscape::Html } else { AutoEscape::None }
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
