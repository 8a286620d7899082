//! One request as somebody typed it, and as it is kept: the same checks for a form and for a file.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Dates, due_on};
use crate::foundation::error::{Refusal, Refuse};
use crate::foundation::text;
use crate::measure::written_request::error::Error;
use crate::measure::written_request::model::{
    AnswerNature, Medium, NewWrittenRequest, WrittenRequest,
};

/// Longest reference, in characters (ours).
pub const REFERENCE_LENGTH: usize = 60;
/// Longest subject, in characters (ours).
pub const SUBJECT_LENGTH: usize = 300;
/// Longest name of a sender, in characters (ours).
pub const NAME_LENGTH: usize = 200;
/// Longest postal address, in characters, line breaks included (ours).
pub const ADDRESS_LENGTH: usize = 500;

/// What somebody typed.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'t> {
    /// « Identifiant »; generated when absent or empty.
    pub reference: Option<&'t str>,
    /// Letter or e-mail.
    pub medium: Medium,
    /// What it is about.
    pub subject: &'t str,
    /// Who wrote.
    pub sender_name: &'t str,
    /// Where an e-mail reaches the sender.
    pub sender_email: Option<&'t str>,
    /// Where a letter reaches the sender.
    pub sender_address: Option<&'t str>,
    /// Day of reception.
    pub received_on: NaiveDate,
    /// Day of the acknowledgement of receipt.
    pub acknowledged_on: Option<NaiveDate>,
    /// Day of the final answer.
    pub answered_on: Option<NaiveDate>,
    /// Nature of the final answer.
    pub answer_nature: Option<AnswerNature>,
}

/// What is kept of it: trimmed, bounded, its days in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// « Identifiant »; generated when absent.
    pub reference: Option<String>,
    /// Letter or e-mail.
    pub medium: Medium,
    /// What it is about.
    pub subject: String,
    /// Who wrote.
    pub sender_name: String,
    /// Where an e-mail reaches the sender.
    pub sender_email: Option<String>,
    /// Where a letter reaches the sender.
    pub sender_address: Option<String>,
    /// Day of reception.
    pub received_on: NaiveDate,
    /// Day of the acknowledgement of receipt.
    pub acknowledged_on: Option<NaiveDate>,
    /// Day of the final answer.
    pub answered_on: Option<NaiveDate>,
    /// Nature of the final answer.
    pub answer_nature: Option<AnswerNature>,
}

impl Entry {
    /// Checks a draft on a day.
    ///
    /// # Errors
    /// Every fault at once, each with the field it concerns.
    pub fn check(draft: &Draft<'_>, today: NaiveDate) -> Result<Self, Vec<Refusal>> {
        let mut faults = Vec::new();
        let reference = text::optional(draft.reference, REFERENCE_LENGTH, false, &["reference"])
            .kept(&mut faults);
        let subject =
            text::required(draft.subject, SUBJECT_LENGTH, false, &["subject"]).kept(&mut faults);
        let sender_name = text::required(draft.sender_name, NAME_LENGTH, false, &["senderName"])
            .kept(&mut faults);
        let sender_email = match draft.sender_email.map(str::trim).filter(|email| !email.is_empty())
        {
            Some(email) => text::email(email, &["senderEmail"]).map(Some).kept(&mut faults),
            None => None,
        };
        let sender_address =
            text::optional(draft.sender_address, ADDRESS_LENGTH, true, &["senderAddress"])
                .kept(&mut faults);
        let dates = Dates {
            received_on: draft.received_on,
            acknowledged_on: draft.acknowledged_on,
            answered_on: draft.answered_on,
        };
        faults.extend(dates.faults(today).iter().map(Refuse::refusal));
        if draft.answered_on.is_some() != draft.answer_nature.is_some() {
            faults.push(Error::AnswerIncomplete.refusal());
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            reference,
            medium: draft.medium,
            subject,
            sender_name,
            sender_email,
            sender_address,
            received_on: draft.received_on,
            acknowledged_on: draft.acknowledged_on,
            answered_on: draft.answered_on,
            answer_nature: draft.answer_nature,
        })
    }

    /// A request as it is kept.
    pub fn of(request: &WrittenRequest) -> Self {
        Self {
            reference: Some(request.reference.clone()),
            medium: request.medium,
            subject: request.subject.clone(),
            sender_name: request.sender_name.clone(),
            sender_email: request.sender_email.clone(),
            sender_address: request.sender_address.clone(),
            received_on: request.received_on,
            acknowledged_on: request.acknowledged_on,
            answered_on: request.answered_on,
            answer_nature: request.answer_nature,
        }
    }

    /// What this says over what was known: where it says nothing, what was known stays. The days must
    /// be checked again.
    #[must_use]
    pub fn over(self, known: &Self) -> Self {
        Self {
            sender_email: self.sender_email.or_else(|| known.sender_email.clone()),
            sender_address: self.sender_address.or_else(|| known.sender_address.clone()),
            acknowledged_on: self.acknowledged_on.or(known.acknowledged_on),
            answered_on: self.answered_on.or(known.answered_on),
            answer_nature: self.answer_nature.or(known.answer_nature),
            ..self
        }
    }

    /// Its days.
    pub fn dates(&self) -> Dates {
        Dates {
            received_on: self.received_on,
            acknowledged_on: self.acknowledged_on,
            answered_on: self.answered_on,
        }
    }

    /// The row that keeps it in a structure, under a reference.
    pub(in super::super) fn into_row(
        self,
        structure_id: i64,
        reference: String,
        now: DateTime<Utc>,
    ) -> NewWrittenRequest {
        NewWrittenRequest {
            structure_id,
            sender_key: sender_key(
                &self.sender_name,
                self.sender_email.as_deref(),
                self.sender_address.as_deref(),
            ),
            search_key: search_key(&reference, &self.subject),
            reference,
            medium: self.medium,
            subject: self.subject,
            sender_name: self.sender_name,
            sender_email: self.sender_email,
            sender_address: self.sender_address,
            received_on: self.received_on,
            acknowledged_on: self.acknowledged_on,
            answered_on: self.answered_on,
            answer_nature: self.answer_nature,
            due_on: due_on(self.received_on),
            created_at: now,
            updated_at: now,
        }
    }
}

/// The value of a check, or its default with the fault set aside.
trait Kept<T> {
    fn kept(self, faults: &mut Vec<Refusal>) -> T;
}

impl<T: Default> Kept<T> for Result<T, Refusal> {
    fn kept(self, faults: &mut Vec<Refusal>) -> T {
        self.unwrap_or_else(|fault| {
            faults.push(fault);
            T::default()
        })
    }
}

/// What searches for a sender look into: « name|e-mail|address », folded.
fn sender_key(name: &str, email: Option<&str>, address: Option<&str>) -> String {
    format!(
        "{}|{}|{}",
        text::fold(name),
        text::fold(email.unwrap_or_default()),
        text::fold(address.unwrap_or_default())
    )
}

/// What searches for words look into: the reference, then the subject, folded.
fn search_key(reference: &str, subject: &str) -> String {
    format!("{} {}", text::fold(reference), text::fold(subject))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::error::Code;

    fn draft<'t>() -> Draft<'t> {
        let day = |text: &str| text.parse().expect("a date");
        Draft {
            reference: None,
            medium: Medium::Letter,
            subject: "Carte grise",
            sender_name: "Éloïse Dupont",
            sender_email: None,
            sender_address: Some("3 rue de la Paix\r\n62000 Arras"),
            received_on: day("2026-03-02"),
            acknowledged_on: None,
            answered_on: None,
            answer_nature: None,
        }
    }

    fn codes(draft: &Draft<'_>) -> Vec<(Code, String)> {
        let today = "2026-03-15".parse().expect("a date");
        let faults = Entry::check(draft, today).err().unwrap_or_default();
        faults.into_iter().map(|fault| (fault.code, fault.path.join("."))).collect()
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let long = "é".repeat(REFERENCE_LENGTH + 1);
        let found = codes(&Draft {
            reference: Some(&long),
            subject: " ",
            sender_name: "a\u{0}b",
            sender_email: Some("nobody"),
            received_on: "2026-03-16".parse().expect("a date"),
            ..draft()
        });
        let expected = [
            (Code::TextTooLong, "reference"),
            (Code::EmptyText, "subject"),
            (Code::ControlCharacters, "senderName"),
            (Code::InvalidEmail, "senderEmail"),
            (Code::DateInFuture, "receivedOn"),
        ];
        assert_eq!(found, expected.map(|(code, path)| (code, path.to_owned())));
    }

    #[test]
    fn an_answer_needs_its_day_and_its_nature() {
        let answered_on = "2026-03-10".parse().ok();
        assert_eq!(codes(&Draft { answered_on, ..draft() }).len(), 1);
        let answer_nature = Some(AnswerNature::Refusal);
        assert_eq!(codes(&Draft { answer_nature, ..draft() }).len(), 1);
        assert_eq!(codes(&Draft { answered_on, answer_nature, ..draft() }), []);
    }

    #[test]
    fn keys_forget_what_does_not_distinguish() {
        let key =
            sender_key("Éloïse  DUPONT", Some("E.Dupont@exemple.fr"), Some("3, rue\nde la Paix"));
        assert_eq!(key, "eloise dupont|e dupont@exemple fr|3 rue de la paix");
        assert_eq!(sender_key("|", None, None), "||");
        assert_eq!(search_key("2026-00012", "Carte grise"), "2026 00012 carte grise");
    }
}
