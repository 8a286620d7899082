//! What a testimony must be, and the steps it may take. Pure.

use chrono::NaiveDate;

use super::model::{Channel, Sentiment, TestimonyStatus};
use crate::foundation::error::{Code, Refusal, Refuse};
use crate::foundation::text;
use crate::reference::structure::model::Structure;

/// Longest title (ours).
pub const TITLE_LENGTH: usize = 150;
/// Longest text (ours).
pub const BODY_LENGTH: usize = 5000;
/// Longest pseudonym (ours).
pub const PSEUDONYM_LENGTH: usize = 40;
/// Longest reason of a rejection (ours).
pub const REASON_LENGTH: usize = 500;

impl TestimonyStatus {
    /// Whether everybody may read it (C16).
    pub const fn is_public(self) -> bool {
        matches!(self, Self::Published | Self::Answered | Self::ActionTaken)
    }

    /// The public states.
    pub const PUBLIC: [Self; 3] = [Self::Published, Self::Answered, Self::ActionTaken];
}

impl Sentiment {
    /// French label for e-mails.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Positive => "positif",
            Self::Neutral => "neutre",
            Self::Negative => "négatif",
        }
    }
}

/// Why something cannot be done with a testimony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The structure does not collect testimonies on that day.
    StructureNotOpen,
    /// No channel was named.
    NoExperience,
    /// A channel is named twice; its place in the list.
    DuplicateChannel(usize),
    /// The step is only possible from moderation.
    NotInModeration(TestimonyStatus),
}

impl Refuse for Error {
    fn refusal(&self) -> Refusal {
        match self {
            Self::StructureNotOpen => Refusal::at(
                Code::StructureNotOpen,
                "Cette structure ne recueille pas de témoignage à ce jour.",
                &["structure"],
            ),
            Self::NoExperience => Refusal::at(
                Code::NoExperience,
                "Indiquez au moins un canal et votre ressenti sur ce canal.",
                &["experiences"],
            ),
            Self::DuplicateChannel(place) => Refusal::at(
                Code::DuplicateChannel,
                "Ce canal est déjà indiqué : un seul ressenti par canal.",
                &["experiences", &place.to_string(), "channel"],
            ),
            Self::NotInModeration(status) => Refusal::at(
                Code::WrongState,
                format!("Ce témoignage n'attend plus de modération : son état est {status}."),
                &["id"],
            ),
        }
    }
}

/// The words of a testimony, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Pseudonym.
    pub pseudonym: String,
    /// Address for follow-up.
    pub email: Option<String>,
}

/// Checks all the words at once, so that the author mends everything in one go.
///
/// # Errors
/// Every refusal.
pub fn words(
    title: &str,
    body: &str,
    pseudonym: &str,
    email: Option<&str>,
) -> Result<Words, Vec<Refusal>> {
    let title = text::required(title, TITLE_LENGTH, false, &["title"]);
    let body = text::required(body, BODY_LENGTH, true, &["body"]);
    let pseudonym = text::required(pseudonym, PSEUDONYM_LENGTH, false, &["pseudonym"]);
    let email = match email.map(str::trim) {
        None | Some("") => Ok(None),
        Some(address) => text::email(address, &["email"]).map(Some),
    };
    match (title, body, pseudonym, email) {
        (Ok(title), Ok(body), Ok(pseudonym), Ok(email)) => {
            Ok(Words { title, body, pseudonym, email })
        }
        (title, body, pseudonym, email) => {
            Err([title.err(), body.err(), pseudonym.err(), email.err()]
                .into_iter()
                .flatten()
                .collect())
        }
    }
}

/// Checks the channels told of: at least one, each once.
///
/// # Errors
/// [`Error::NoExperience`] or [`Error::DuplicateChannel`].
pub fn experiences(told: &[(Channel, Sentiment)]) -> Result<(), Error> {
    if told.is_empty() {
        return Err(Error::NoExperience);
    }
    for (place, (channel, _)) in told.iter().enumerate() {
        if told[..place].iter().any(|(earlier, _)| earlier == channel) {
            return Err(Error::DuplicateChannel(place));
        }
    }
    Ok(())
}

/// Checks that a structure collects testimonies on a day (DOMAIN §8.22).
///
/// # Errors
/// [`Error::StructureNotOpen`].
pub fn open(structure: &Structure, today: NaiveDate) -> Result<(), Error> {
    let opened = structure.testimonies_open_on.is_some_and(|day| day <= today);
    let closed = structure.closed_on.is_some_and(|day| day <= today);
    if opened && !closed { Ok(()) } else { Err(Error::StructureNotOpen) }
}

/// Checks that a testimony waits for moderation.
///
/// # Errors
/// [`Error::NotInModeration`].
pub fn moderable(status: TestimonyStatus) -> Result<(), Error> {
    if status == TestimonyStatus::InModeration {
        Ok(())
    } else {
        Err(Error::NotInModeration(status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_at_once() {
        let faults = words("", &"x".repeat(BODY_LENGTH + 1), "a\u{7}b", Some("nobody"))
            .expect_err("four faults");
        let told: Vec<(Code, String)> =
            faults.into_iter().map(|f| (f.code, f.path.join("."))).collect();
        assert_eq!(
            told,
            [
                (Code::EmptyText, "title".to_owned()),
                (Code::TextTooLong, "body".to_owned()),
                (Code::ControlCharacters, "pseudonym".to_owned()),
                (Code::InvalidEmail, "email".to_owned()),
            ]
        );
    }

    #[test]
    fn a_channel_is_told_once() {
        let phone = (Channel::Phone, Sentiment::Negative);
        assert_eq!(experiences(&[]), Err(Error::NoExperience));
        assert_eq!(experiences(&[phone]), Ok(()));
        assert_eq!(
            experiences(&[phone, (Channel::Email, Sentiment::Positive), phone]),
            Err(Error::DuplicateChannel(2))
        );
    }

    #[test]
    fn only_moderation_can_be_left() {
        for status in TestimonyStatus::ALL {
            assert_eq!(moderable(*status).is_ok(), *status == TestimonyStatus::InModeration);
        }
    }
}
