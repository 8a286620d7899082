//! The running product, and who plays.

use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::NaiveDate;
use chrono_tz::Europe::Paris;
use schema::foundation::clock::Clock;
use serde_json::json;
use tests::client::Client;
use tests::mailbox::Mailbox;

use crate::ask::{mutate, text};
use crate::play::Step;

/// The contact point of the story.
pub(crate) const STRUCTURE: &str = "Xdrq90LES";

/// What the story needs of the running product.
pub(crate) struct Stage {
    /// Somebody without account.
    pub(crate) public: Client,
    pub(crate) mailbox: Mailbox,
    password: String,
    agent: String,
    moderator: String,
    pub(crate) manager: String,
    operator: String,
    pub(crate) today: NaiveDate,
    /// Sets the testimony of this run apart, for people.
    pub(crate) instant: String,
}

impl Stage {
    pub(crate) fn set() -> anyhow::Result<Self> {
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

pub(crate) async fn log_in(stage: &Stage) -> Step<(Client, Client, Client)> {
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
