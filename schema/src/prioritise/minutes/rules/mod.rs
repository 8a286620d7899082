//! What minutes must be, and what a synthesis must have before it is shared.

mod anonymity;

use super::error::Error;
use super::model::{Choice, Minutes, Origin, Section, Tone};
use crate::prioritise::committee::model::{CommitteeKind, Participant, ParticipantRole};

pub use anonymity::Proofreader;

/// The five phases of a listening committee, in order (DOMAIN §18.8).
pub const LISTENING_PHASES: [Section; 5] = [
    Section::Objectives,
    Section::RoundTable,
    Section::Experiences,
    Section::Expectations,
    Section::Conclusion,
];
/// The parts of a local committee, in order (DOMAIN §17.8); « transcribe » is what the notes are.
pub const LOCAL_PHASES: [Section; 3] =
    [Section::ActionPlans, Section::Discussion, Section::Prioritisation];
/// Length of the longest chapter of notes, in characters (ours).
pub const NOTE_LENGTH: usize = 10_000;
/// Length of the longest verbatim, in characters (ours).
pub const VERBATIM_LENGTH: usize = 1_000;
/// Length of the longest idea, priority, decision or origin, in characters (ours).
pub const LINE_LENGTH: usize = 500;
/// Length of the longest heading of ideas, in characters (ours).
pub const HEADING_LENGTH: usize = 100;

/// The phases of a kind of committee.
pub const fn phases(kind: CommitteeKind) -> &'static [Section] {
    match kind {
        CommitteeKind::Local => &LOCAL_PHASES,
        CommitteeKind::Listening => &LISTENING_PHASES,
    }
}

/// Whether a chapter belongs to a kind of committee: its own phases, and the chapters of every synthesis.
pub fn has_section(kind: CommitteeKind, section: Section) -> bool {
    is_public(section) || phases(kind).contains(&section)
}

/// Whether everybody may read a chapter: those of the synthesis, not the notes of the phases.
pub fn is_public(section: Section) -> bool {
    !LISTENING_PHASES.contains(&section) && !LOCAL_PHASES.contains(&section)
}

/// Checks how an outcome was chosen: votes go with voting, and are no more than the voters.
///
/// # Errors
/// Which of them does not hold, with the place in the list.
pub fn votes(
    place: usize,
    choice: Choice,
    votes: Option<i32>,
    voters: Option<i32>,
) -> Result<(), Error> {
    match (choice, votes) {
        (Choice::Agreed, None) => Ok(()),
        (Choice::Voted, Some(count)) if count >= 0 => match voters {
            None => Err(Error::VotersMissing),
            Some(voters) if count <= voters => Ok(()),
            Some(voters) => Err(Error::TooManyVotes { place, voters }),
        },
        _ => Err(Error::VotesUnclear(place)),
    }
}

/// Checks that an origin says which one it is, and nothing else.
///
/// # Errors
/// The place in the list of one that does not.
pub fn origin(
    place: usize,
    origin: Origin,
    idea: bool,
    testimony: bool,
    committee: bool,
    note: bool,
) -> Result<(), Error> {
    let clear = match origin {
        Origin::Idea => idea && !testimony && !committee,
        Origin::Testimony => testimony && !idea && !committee,
        Origin::Committee => committee && !idea && !testimony,
        Origin::Team => note && !idea && !testimony && !committee,
    };
    if clear { Ok(()) } else { Err(Error::OriginUnclear(place)) }
}

/// How many of a list were expected, and how many came.
pub fn attendance(people: &[Participant]) -> (i32, i32) {
    let whole = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let came = people.iter().filter(|person| person.attended == Some(true)).count();
    // Somebody who had declined and came all the same is one more than expected, not one over 100 %.
    let expected =
        people.iter().filter(|person| person.counts() || person.attended == Some(true)).count();
    (whole(expected), whole(came))
}

/// How many of those who came have a role, for a synthesis.
pub fn came(people: &[Participant], role: ParticipantRole) -> usize {
    people.iter().filter(|p| p.role == role && p.attended == Some(true)).count()
}

/// What is missing before a synthesis can be shared; a written reason goes beyond all of it but the
/// attendance.
pub fn lacks(kind: CommitteeKind, minutes: &Minutes) -> Vec<Error> {
    let mut lacks = Vec::new();
    let mut need = |there: bool, lack: Error| {
        if !there {
            lacks.push(lack);
        }
    };
    match kind {
        CommitteeKind::Listening => {
            for section in [Section::Context, Section::Lessons] {
                need(minutes.note(section).is_some(), Error::SectionMissing(section));
            }
            // « Prenez en compte les avis positifs et négatifs » (DOMAIN §18.11).
            for tone in [Tone::Positive, Tone::Negative] {
                let there = minutes.verbatims.iter().any(|verbatim| verbatim.tone == tone);
                need(there, Error::ToneMissing(tone));
            }
            need(!minutes.ideas.is_empty(), Error::IdeasMissing);
        }
        // « Output: priorities that feed action sheets » (DOMAIN §17.11).
        CommitteeKind::Local => need(!minutes.outcomes.is_empty(), Error::OutcomesMissing),
    }
    lacks
}
