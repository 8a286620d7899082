//! The refusals about minutes.

use super::model::{Section, Tone};
use crate::foundation::error::{Code, Refusal, Refuse};

/// What minutes refuse, for somebody who can mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A text tells who somebody is.
    NamesSomebody {
        /// The words that do.
        words: String,
        /// Where they stand in the input.
        path: Vec<String>,
    },
    /// A chapter of the other kind of committee, at this place of the input.
    ForeignSection(usize),
    /// The same chapter twice, at this place of the input.
    SectionTwice(usize),
    /// Votes without voting, or voting without votes.
    VotesUnclear(usize),
    /// Votes are counted, but not of how many people.
    VotersMissing,
    /// More votes than voters.
    TooManyVotes {
        /// Place in the list.
        place: usize,
        /// How many voted.
        voters: i32,
    },
    /// An origin that does not say which one, or says several.
    OriginUnclear(usize),
    /// No such idea in this committee, or no such testimony or committee in reach.
    OriginUnknown(usize),
    /// Ideas changed under the outcomes that came from them.
    OutcomesStale,
    /// Attendance of somebody who is not on the list, at this place of the input.
    UnknownParticipant(usize),
    /// The same person twice in the attendance, at this place of the input.
    ParticipantTwice(usize),
    /// More voters than these many people on the list.
    TooManyVoters(i32),
    /// Whether these many expected people came is not written down.
    AttendanceMissing(usize),
    /// A chapter of the synthesis is not written.
    SectionMissing(Section),
    /// No verbatim of a tone.
    ToneMissing(Tone),
    /// No idea.
    IdeasMissing,
    /// No priority and no decision.
    OutcomesMissing,
}

impl Refuse for Error {
    fn refusal(&self) -> Refusal {
        let outcome = |place: &usize, field: &str, code, message: &str| {
            Refusal::at(code, message, &["outcomes", &place.to_string(), field])
        };
        let incomplete = |message: &str, path: &[&str]| {
            let message = format!("{message} Ou écrivez le motif dans « overrideReason ».");
            Refusal::at(Code::MinutesIncomplete, message, path)
        };
        match self {
            Self::NamesSomebody { words, path } => {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                Refusal::at(
                    Code::NotAnonymous,
                    format!(
                        "« {words} » dit de qui il s'agit : le compte rendu reste anonyme. Retirez-le."
                    ),
                    &path,
                )
            }
            Self::ForeignSection(place) => Refusal::at(
                Code::UnknownSection,
                "Cette partie n'existe pas pour ce type de comité.",
                &["notes", &place.to_string(), "section"],
            ),
            Self::SectionTwice(place) => Refusal::at(
                Code::Duplicate,
                "Cette partie est donnée deux fois : gardez-en une.",
                &["notes", &place.to_string(), "section"],
            ),
            Self::VotesUnclear(place) => outcome(
                place,
                "votes",
                Code::VotesInvalid,
                "Donnez un nombre de voix avec VOTED, aucun avec AGREED.",
            ),
            Self::VotersMissing => {
                Refusal::at(Code::VotesInvalid, "Dites combien de personnes ont voté.", &["voters"])
            }
            Self::TooManyVotes { place, voters } => outcome(
                place,
                "votes",
                Code::VotesInvalid,
                &format!("Plus de voix que de votants ({voters}) : corrigez l'un des deux."),
            ),
            Self::OriginUnclear(place) => outcome(
                place,
                "origin",
                Code::OriginInvalid,
                "Dites d'où vient cette priorité ou décision, et une seule fois : « idea » avec IDEA, « testimony » avec TESTIMONY, « committee » avec COMMITTEE, « note » avec TEAM.",
            ),
            Self::OriginUnknown(place) => outcome(
                place,
                "origin",
                Code::OriginInvalid,
                "Origine inconnue : donnez le rang d'une idée de ce comité, ou l'identifiant d'un témoignage que vous pouvez lire ou d'un comité clos.",
            ),
            Self::OutcomesStale => Refusal::at(
                Code::OriginInvalid,
                "Des priorités ou décisions viennent de ces idées : redonnez aussi « outcomes ».",
                &["outcomes"],
            ),
            Self::UnknownParticipant(place) => Refusal::at(
                Code::UnknownPerson,
                "Cette personne n'est pas sur la liste de ce comité.",
                &["attendance", &place.to_string(), "participant"],
            ),
            Self::ParticipantTwice(place) => Refusal::at(
                Code::Duplicate,
                "Cette personne est donnée deux fois : gardez une ligne.",
                &["attendance", &place.to_string(), "participant"],
            ),
            Self::TooManyVoters(most) => Refusal::at(
                Code::VotesInvalid,
                format!("La liste compte {most} personnes : il n'y a pas plus de votants."),
                &["voters"],
            ),
            Self::AttendanceMissing(count) => Refusal::at(
                Code::MinutesIncomplete,
                format!(
                    "Notez avec « committeeRecord » qui est venu : {count} sur la liste n'ont ni oui ni non."
                ),
                &["attendance"],
            ),
            Self::SectionMissing(section) => {
                incomplete(&format!("Il manque « {} » à la synthèse.", section.label()), &["notes"])
            }
            Self::ToneMissing(Tone::Positive) => incomplete(
                "Il manque un verbatim positif : la synthèse restitue les deux.",
                &["verbatims"],
            ),
            Self::ToneMissing(Tone::Negative) => incomplete(
                "Il manque un verbatim négatif : la synthèse restitue les deux.",
                &["verbatims"],
            ),
            Self::IdeasMissing => incomplete("Il manque les idées et attentes.", &["ideas"]),
            Self::OutcomesMissing => {
                incomplete("Il manque une priorité ou une décision.", &["outcomes"])
            }
        }
    }
}
