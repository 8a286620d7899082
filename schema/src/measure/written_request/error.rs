//! The refusals of the register.

use chrono::NaiveDate;

use super::rules::{EARLIEST_YEAR, REFERENCE_LENGTH};
use crate::foundation::calendar::french_day;
use crate::foundation::error::{Code, Refusal, Refuse};

/// What the register refuses, for somebody who can mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// Received after today.
    ReceptionInFuture,
    /// Received before anything the register may hold.
    ReceptionTooOld,
    /// Acknowledged after today.
    AcknowledgementInFuture,
    /// Acknowledged before it came.
    AcknowledgementBeforeReception,
    /// Acknowledged after the final answer (DOMAIN C32).
    AcknowledgementAfterAnswer,
    /// Answered after today.
    AnswerInFuture,
    /// Answered before it came.
    AnswerBeforeReception,
    /// Answered before the acknowledgement left, on that day (DOMAIN C32).
    AnswerBeforeAcknowledgement(NaiveDate),
    /// An answer without its nature, or a nature without the day of the answer.
    AnswerIncomplete,
    /// Acknowledged already, on that day.
    AlreadyAcknowledged(NaiveDate),
    /// Answered already, on that day.
    AlreadyAnswered(NaiveDate),
    /// An e-mail leaves today: another day of acknowledgement contradicts it.
    AcknowledgedAnotherDay,
    /// The structure has a request with this reference.
    DuplicateReference(String),
    /// An e-mail is asked for and nobody knows where to send it; told at this field of the input.
    SenderAddressMissing(&'static str),
}

impl Refuse for Error {
    fn refusal(&self) -> Refusal {
        let (code, path, message) = match self {
            Self::ReceptionInFuture => (
                Code::DateInFuture,
                "receivedOn",
                "La date de réception est dans le futur : vérifiez le jour et l'année.".to_owned(),
            ),
            Self::ReceptionTooOld => (
                Code::DateTooOld,
                "receivedOn",
                format!(
                    "La date de réception est antérieure à {EARLIEST_YEAR} : écrivez l'année sur quatre chiffres."
                ),
            ),
            Self::AcknowledgementInFuture => (
                Code::DateInFuture,
                "acknowledgedOn",
                "La date de l'accusé de réception est dans le futur : enregistrez-le une fois envoyé.".to_owned(),
            ),
            Self::AcknowledgementBeforeReception => (
                Code::DateBeforeReception,
                "acknowledgedOn",
                "L'accusé de réception ne peut pas précéder la date de réception.".to_owned(),
            ),
            Self::AcknowledgementAfterAnswer => (
                Code::DateBeforeReception,
                "acknowledgedOn",
                "L'accusé de réception ne peut pas suivre la réponse finale : vérifiez les deux dates.".to_owned(),
            ),
            Self::AnswerInFuture => (
                Code::DateInFuture,
                "answeredOn",
                "La date de la réponse est dans le futur : enregistrez-la une fois envoyée.".to_owned(),
            ),
            Self::AnswerBeforeReception => (
                Code::DateBeforeReception,
                "answeredOn",
                "La réponse ne peut pas précéder la date de réception.".to_owned(),
            ),
            Self::AnswerBeforeAcknowledgement(on) => (
                Code::DateBeforeReception,
                "answeredOn",
                format!(
                    "La réponse ne peut pas précéder l'accusé de réception, envoyé le {}.",
                    french_day(*on)
                ),
            ),
            Self::AnswerIncomplete => (
                Code::EmptyText,
                "nature",
                "Une réponse a une date et une nature : indiquez les deux, ou aucune.".to_owned(),
            ),
            Self::AlreadyAcknowledged(on) => (
                Code::AlreadyAcknowledged,
                "id",
                format!("L'accusé de réception a déjà été envoyé le {}.", french_day(*on)),
            ),
            Self::AlreadyAnswered(on) => (
                Code::AlreadyAnswered,
                "id",
                format!("Une réponse a déjà été enregistrée, en date du {}.", french_day(*on)),
            ),
            Self::AcknowledgedAnotherDay => (
                Code::AlreadyAcknowledged,
                "acknowledgedOn",
                "Choisissez : la date d'un accusé de réception déjà envoyé, ou l'envoi d'un courriel aujourd'hui.".to_owned(),
            ),
            Self::DuplicateReference(reference) => (
                Code::DuplicateReference,
                "reference",
                format!(
                    "La référence « {} » existe déjà dans cette structure : choisissez-en une autre, ou laissez-la vide pour un numéro automatique.",
                    reference.chars().take(REFERENCE_LENGTH).collect::<String>()
                ),
            ),
            Self::SenderAddressMissing(field) => (
                Code::SenderAddressMissing,
                *field,
                "L'adresse électronique de l'expéditeur n'est pas connue : envoyez l'accusé de réception par courrier et indiquez sa date.".to_owned(),
            ),
        };
        Refusal::at(code, message, &[path])
    }
}
