//! The refusals about committees.

use chrono::{DateTime, Utc};

use super::rules::{DURATION_ALLOWED, Finding};
use crate::foundation::calendar::{day_in_paris, french_day};
use crate::foundation::error::{Code, Refusal, Refuse};

/// What a committee refuses, for somebody who can mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The event would start before now.
    StartsInPast,
    /// A length that no meeting has.
    DurationAbsurd,
    /// The address on line is no `https` address.
    LinkNotSecure,
    /// The committee was cancelled or closed.
    NotPlanned,
    /// The event has begun: what is left is to write down what was said.
    Begun,
    /// The event has not taken place yet.
    NotHeld,
    /// The two prerequisites of a local committee are not met (DOMAIN §17.2).
    Prerequisites,
    /// The composition is outside the rule (DOMAIN C3).
    Composition(Finding),
    /// The same address is on the list already, at this place of the input.
    AlreadyOnList(usize),
    /// No elected official, or no candidate, has this id, at this place of the input.
    UnknownPerson(usize),
    /// Somebody comes from a pool and is described again, or is not described at all.
    PersonUnclear(usize),
    /// An elected official sits as something else, or the other way round.
    NotElected(usize),
    /// The official was invited for another committee of the period.
    OfficialSolicited(usize, DateTime<Utc>),
    /// An official with this address is known already.
    OfficialKnown,
    /// A candidate with this address has applied already.
    AlreadyCandidate,
    /// Consent is needed.
    ConsentMissing,
    /// The département is none of the structure's own.
    ForeignDepartment,
}

impl Refuse for Error {
    fn refusal(&self) -> Refusal {
        let person = |place: &usize, code, message: &str| {
            Refusal::at(code, message, &["people", &place.to_string()])
        };
        match self {
            Self::StartsInPast => Refusal::at(
                Code::DateInPast,
                "Cette date est passée : choisissez un début à venir.",
                &["startsAt"],
            ),
            Self::DurationAbsurd => Refusal::at(
                Code::InvalidPeriod,
                format!(
                    "Une réunion dure de {} à {} minutes ; 90 à 120 sont recommandées.",
                    DURATION_ALLOWED.start(),
                    DURATION_ALLOWED.end()
                ),
                &["durationMinutes"],
            ),
            Self::LinkNotSecure => Refusal::at(
                Code::InvalidLink,
                "Le lien de la réunion doit commencer par « https:// ».",
                &["link"],
            ),
            Self::NotPlanned => Refusal::at(
                Code::WrongState,
                "Ce comité est annulé ou clos : il ne change plus.",
                &["id"],
            ),
            Self::Begun => Refusal::at(
                Code::WrongState,
                "Ce comité a commencé : consignez ce qui s'y dit avec « committeeRecord ».",
                &["id"],
            ),
            Self::NotHeld => {
                Refusal::at(Code::WrongState, "Ce comité n'a pas encore eu lieu.", &["id"])
            }
            Self::Prerequisites => Refusal::at(
                Code::Prerequisites,
                "Avant d'inviter à un comité local : analysez les résultats et les témoignages, puis identifiez de premières idées en équipe. Cochez les deux, ou écrivez le motif dans « overrideReason ».",
                &["overrideReason"],
            ),
            Self::Composition(finding) => Refusal::at(
                Code::Composition,
                format!("{} Ou écrivez le motif dans « overrideReason ».", finding.message()),
                &["people"],
            ),
            Self::AlreadyOnList(place) => person(
                place,
                Code::Duplicate,
                "Cette adresse figure déjà sur la liste de ce comité : retirez-la.",
            ),
            Self::UnknownPerson(place) => person(
                place,
                Code::UnknownPerson,
                "Personne inconnue : reprenez l'identifiant donné par « electedOfficials » ou « committeeCandidates ».",
            ),
            Self::PersonUnclear(place) => person(
                place,
                Code::UnknownPerson,
                "Donnez soit « official », soit « candidate », soit « name » et « email ».",
            ),
            Self::NotElected(place) => person(
                place,
                Code::UnknownPerson,
                "Un élu s'invite par « official », avec le rôle ELECTED ; les autres rôles, sans « official ».",
            ),
            Self::OfficialSolicited(place, at) => person(
                place,
                Code::AlreadySolicited,
                &format!(
                    "Cet élu est déjà sollicité pour un comité le {} : choisissez-en un autre, coordonnez-vous, ou confirmez avec « knowingly ».",
                    french_day(day_in_paris(*at))
                ),
            ),
            Self::OfficialKnown => Refusal::at(
                Code::Duplicate,
                "Un élu est déjà enregistré avec cette adresse : modifiez-le.",
                &["email"],
            ),
            Self::AlreadyCandidate => Refusal::at(
                Code::Duplicate,
                "Cette adresse est déjà candidate auprès de ce service.",
                &["email"],
            ),
            Self::ConsentMissing => Refusal::at(
                Code::ConsentMissing,
                "Votre accord est nécessaire : lisez la mention et cochez la case.",
                &["consent"],
            ),
            Self::ForeignDepartment => Refusal::at(
                Code::ForeignDepartment,
                "Ce département n'est pas celui de vos services.",
                &["department"],
            ),
        }
    }
}
