//! What is checked when a committee is planned (DOMAIN §17.2, §17.5, §18.1, C28).

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};

use super::super::error::Error;
use super::super::model::{CommitteeKind, CommitteeMode};
use crate::foundation::error::{Refusal, Refuse};
use crate::foundation::text::{optional, required};

/// « plage de 1h30 à 2h » (DOMAIN §17.5); outside it is only a warning (C28).
pub const DURATION_MINUTES: RangeInclusive<i32> = 90..=120;
/// What anybody may plan, in minutes (ours): beyond, a digit is wrong.
pub const DURATION_ALLOWED: RangeInclusive<i32> = 15..=480;
/// Length of the longest title and theme, in characters (ours).
pub const TITLE_LENGTH: usize = 150;
/// Length of the longest other text, in characters (ours).
pub const TEXT_LENGTH: usize = 5_000;
/// Words of consent of a committee (DOMAIN §16.8); the structure's name goes into the place.
pub fn consent_wording(committee: &str, structure: &str) -> String {
    format!(
        "Dans le cadre du {committee} organisé par {structure}, je déclare avoir été informé(e) que les échanges et informations resteront anonymes. Ces dernières ne pourront être utilisées dans la gestion de mon dossier personnel par le service public."
    )
}

/// Words of consent of a candidate (ours, after DOMAIN §16.3 and §16.5).
pub fn candidate_wording(structure: &str) -> String {
    format!(
        "J'accepte que {structure} conserve mon nom et mon adresse électronique pour m'inviter à un prochain comité d'usagers, et pour rien d'autre. Je peux demander leur effacement à tout moment."
    )
}

/// An event as somebody plans it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Title.
    pub title: String,
    /// Theme; required for a listening committee.
    pub theme: Option<String>,
    /// Aims.
    pub aims: String,
    /// Agenda.
    pub agenda: String,
    /// Start.
    pub starts_at: DateTime<Utc>,
    /// Length in minutes.
    pub duration_minutes: i32,
    /// On site, remote or both.
    pub mode: CommitteeMode,
    /// Where; required on site.
    pub place: Option<String>,
    /// Address on line; required remotely.
    pub link: Option<String>,
}

impl Plan {
    /// Checks everything and tells every fault at once.
    ///
    /// # Errors
    /// Refusals with their fields.
    pub fn checked(self, kind: CommitteeKind, now: DateTime<Utc>) -> Result<Self, Vec<Refusal>> {
        let mut faults = Vec::new();
        let mut text = |outcome: Result<String, Refusal>| {
            outcome.unwrap_or_else(|fault| {
                faults.push(fault);
                String::new()
            })
        };
        let title = text(required(&self.title, TITLE_LENGTH, false, &["title"]));
        let aims = text(required(&self.aims, TEXT_LENGTH, true, &["aims"]));
        let agenda = text(required(&self.agenda, TEXT_LENGTH, true, &["agenda"]));
        let mut field = |raw: &Option<String>, needed: bool, name: &str| {
            let outcome = if needed {
                required(raw.as_deref().unwrap_or_default(), TITLE_LENGTH, false, &[name]).map(Some)
            } else {
                optional(raw.as_deref(), TITLE_LENGTH, false, &[name])
            };
            outcome.unwrap_or_else(|fault| {
                faults.push(fault);
                None
            })
        };
        let theme = field(&self.theme, kind == CommitteeKind::Listening, "theme");
        let place = field(&self.place, self.mode != CommitteeMode::Remote, "place");
        let link = field(&self.link, self.mode != CommitteeMode::OnSite, "link");
        if link.as_deref().is_some_and(|link| !link.starts_with("https://")) {
            faults.push(Error::LinkNotSecure.refusal());
        }
        if self.starts_at <= now {
            faults.push(Error::StartsInPast.refusal());
        }
        if !DURATION_ALLOWED.contains(&self.duration_minutes) {
            faults.push(Error::DurationAbsurd.refusal());
        }
        if faults.is_empty() {
            Ok(Self { title, theme, aims, agenda, place, link, ..self })
        } else {
            Err(faults)
        }
    }
}
