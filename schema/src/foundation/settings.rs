//! Figures of our own choosing, each with its default. The programme's own constants are not here:
//! they live in the `rules` of their area.

use chrono::TimeDelta;
use url::Url;

/// Settings of the domain, read from the environment by the programs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Life of a session (`SPP_SESSION_HOURS`, default 12).
    pub session_life: TimeDelta,
    /// Failed log-ins of one account from one address of the network before they must wait (`SPP_LOGIN_ATTEMPTS`,
    /// default 10 in 15 minutes).
    pub login_attempts: i64,
    /// Failed log-ins of one account from everywhere before it must wait: more than somebody at one place may use up
    /// (`SPP_LOGIN_ACCOUNT_ATTEMPTS`, default 100 in 15 minutes).
    pub login_account_attempts: i64,
    /// Failed log-ins from one address of the network before it must wait; a whole administration may share one
    /// (`SPP_LOGIN_ORIGIN_ATTEMPTS`, default 100 in 15 minutes).
    pub login_origin_attempts: i64,
    /// What one address of the network may send in without account (`SPP_SUBMISSIONS`, default 120 in 15 minutes).
    pub submissions: i64,
    /// One-time links and codes that are none of ours, from one address of the network, before it must wait
    /// (`SPP_TOKEN_ATTEMPTS`, default 60 in 15 minutes).
    pub token_attempts: i64,
    /// Days before the limit at which managers are alerted (`SPP_ALERT_BEFORE_DAYS`, default 3; DOMAIN §31).
    pub alert_before_days: i64,
    /// Days between two reminders of an unanswered request (`SPP_REMINDER_EVERY_DAYS`, default 7).
    pub reminder_every_days: i64,
    /// From this reminder on, the parent structure's managers are told too (`SPP_REMINDER_ESCALATION`, default 3).
    pub reminder_escalation: i64,
    /// Quiet time after the last testimony before the alert leaves (`SPP_ALERT_QUIET_SECONDS`, default 300).
    pub alert_quiet: TimeDelta,
    /// Longest wait of the first testimony of an alert (`SPP_ALERT_CAP_SECONDS`, default 7200).
    pub alert_cap: TimeDelta,
    /// Hours before a committee at which those who have not confirmed are asked again
    /// (`SPP_SECOND_CONFIRMATION_HOURS`, default 24).
    pub second_confirmation: TimeDelta,
    /// Days around a committee in which its elected officials should not be solicited for another
    /// (`SPP_OFFICIAL_REST_DAYS`, default 60).
    pub official_rest: TimeDelta,
    /// How long the oldest due job of a queue may wait before operators are told (`SPP_WATCH_QUEUE_SECONDS`, default 600).
    pub watch_queue: TimeDelta,
    /// How late a schedule may start or end before operators are told (`SPP_WATCH_SCHEDULE_SECONDS`, default 1800).
    pub watch_schedule: TimeDelta,
    /// Messages that fail, or are tried in vain again and again, before operators are told (`SPP_WATCH_MAIL_FAILURES`, default 5).
    pub watch_mail_failures: i64,
    /// Whether reminders and alerts keep to working hours (`SPP_QUIET_HOURS`, default on).
    pub quiet_hours: bool,
    /// Address that links in e-mails start with, without a slash at its end (`SPP_PUBLIC_URL`).
    pub public_url: String,
    /// Name of the stream that announces live events (`SPP_EVENT_STREAM`, default `spp:events`); products
    /// that share a Redis need one each.
    pub event_stream: String,
    /// Largest file accepted by an import mutation, in bytes (`SPP_IMPORT_BYTES`, default 20 MB).
    pub import_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_life: TimeDelta::hours(12),
            login_attempts: 10,
            login_account_attempts: 100,
            login_origin_attempts: 100,
            submissions: 120,
            token_attempts: 60,
            alert_before_days: 3,
            reminder_every_days: 7,
            reminder_escalation: 3,
            alert_quiet: TimeDelta::seconds(300),
            alert_cap: TimeDelta::seconds(7200),
            second_confirmation: TimeDelta::hours(24),
            official_rest: TimeDelta::days(60),
            watch_queue: TimeDelta::seconds(600),
            watch_schedule: TimeDelta::seconds(1800),
            watch_mail_failures: 5,
            quiet_hours: true,
            public_url: "http://127.0.0.1:8000".into(),
            event_stream: "spp:events".into(),
            import_bytes: 20_000_000,
        }
    }
}

impl Settings {
    /// Reads every setting from the environment; absent ones keep their default.
    ///
    /// # Errors
    /// When a value cannot be read: the message names the variable and what it accepts.
    pub fn from_env() -> anyhow::Result<Self> {
        let default = Self::default();
        Ok(Self {
            session_life: TimeDelta::hours(number("SPP_SESSION_HOURS", 12, 1, 24 * 90)?),
            login_attempts: number("SPP_LOGIN_ATTEMPTS", default.login_attempts, 1, 1000)?,
            login_account_attempts: number("SPP_LOGIN_ACCOUNT_ATTEMPTS", 100, 1, 100_000)?,
            login_origin_attempts: number("SPP_LOGIN_ORIGIN_ATTEMPTS", 100, 1, 100_000)?,
            submissions: number("SPP_SUBMISSIONS", 120, 1, 1_000_000)?,
            token_attempts: number("SPP_TOKEN_ATTEMPTS", 60, 1, 1_000_000)?,
            alert_before_days: number("SPP_ALERT_BEFORE_DAYS", default.alert_before_days, 0, 14)?,
            reminder_every_days: number(
                "SPP_REMINDER_EVERY_DAYS",
                default.reminder_every_days,
                1,
                90,
            )?,
            reminder_escalation: number(
                "SPP_REMINDER_ESCALATION",
                default.reminder_escalation,
                1,
                100,
            )?,
            alert_quiet: TimeDelta::seconds(number("SPP_ALERT_QUIET_SECONDS", 300, 0, 86_400)?),
            alert_cap: TimeDelta::seconds(number("SPP_ALERT_CAP_SECONDS", 7200, 0, 86_400)?),
            second_confirmation: TimeDelta::hours(number(
                "SPP_SECOND_CONFIRMATION_HOURS",
                24,
                1,
                71,
            )?),
            official_rest: TimeDelta::days(number("SPP_OFFICIAL_REST_DAYS", 60, 0, 730)?),
            watch_queue: TimeDelta::seconds(number("SPP_WATCH_QUEUE_SECONDS", 600, 10, 86_400)?),
            watch_schedule: TimeDelta::seconds(number(
                "SPP_WATCH_SCHEDULE_SECONDS",
                1800,
                60,
                86_400,
            )?),
            watch_mail_failures: number("SPP_WATCH_MAIL_FAILURES", 5, 1, 100_000)?,
            quiet_hours: on_or_off("SPP_QUIET_HOURS", default.quiet_hours)?,
            public_url: address("SPP_PUBLIC_URL", default.public_url)?,
            event_stream: std::env::var("SPP_EVENT_STREAM").unwrap_or(default.event_stream),
            import_bytes: usize::try_from(number(
                "SPP_IMPORT_BYTES",
                20_000_000,
                1000,
                500_000_000,
            )?)?,
        })
    }
}

/// An address that paths can be added to.
fn address(name: &str, default: String) -> anyhow::Result<String> {
    let Some(text) = given(name) else { return Ok(default) };
    let plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && (url.query(), url.fragment(), url.username(), url.password())
                == (None, None, "", None)
    };
    match Url::parse(&text).ok().filter(plain) {
        // As it was understood: blanks around it, or a line's end from a file, would stand in every link.
        Some(url) => Ok(url.as_str().trim_end_matches('/').to_owned()),
        None => {
            anyhow::bail!("{name} is « {text} »; it accepts an address as https://plus.example.fr")
        }
    }
}

/// A whole number between two others, from the environment.
///
/// # Errors
/// When it is none: the message names the variable and what it accepts.
pub fn number(name: &str, default: i64, min: i64, max: i64) -> anyhow::Result<i64> {
    let Some(text) = given(name) else { return Ok(default) };
    match text.parse() {
        Ok(value) if (min..=max).contains(&value) => Ok(value),
        _ => anyhow::bail!("{name} is « {text} »; it accepts a whole number from {min} to {max}"),
    }
}

/// A switch, from the environment; an empty one keeps its default.
///
/// # Errors
/// When it is neither `on` nor `off`: a guard that somebody wrote `true` for must not stay down in silence.
pub fn on_or_off(name: &str, default: bool) -> anyhow::Result<bool> {
    switch(name, given(name).as_deref(), default)
}

fn switch(name: &str, text: Option<&str>, default: bool) -> anyhow::Result<bool> {
    match text {
        None | Some("") => Ok(default),
        Some("on") => Ok(true),
        Some("off") => Ok(false),
        Some(other) => anyhow::bail!("{name} is « {other} »; it accepts on or off"),
    }
}

/// A variable of the environment, also when it is no text: it then fits nothing, instead of looking absent.
fn given(name: &str) -> Option<String> {
    std::env::var_os(name).map(|text| text.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_on_or_off_and_nothing_else() {
        for default in [true, false] {
            assert_eq!(switch("SPP_X", None, default).ok(), Some(default));
            assert_eq!(switch("SPP_X", Some(""), default).ok(), Some(default));
            assert_eq!(switch("SPP_X", Some("on"), default).ok(), Some(true));
            assert_eq!(switch("SPP_X", Some("off"), default).ok(), Some(false));
            for wrong in ["true", "1", "ON", "yes", " on", "\u{fffd}"] {
                let told = switch("SPP_X", Some(wrong), default).expect_err(wrong).to_string();
                assert_eq!(told, format!("SPP_X is « {wrong} »; it accepts on or off"));
            }
        }
    }
}
