//! How each kind of message is treated, and the identity of a message.

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use super::model::{MailKind, MailStatus};

/// Messages at their end are counted for operators over this time (ours): what went wrong lately is what they can act
/// on. Those that are not at their end count however old they are.
pub const TOTALS_OVER: TimeDelta = TimeDelta::days(30);

/// A message that is on its way though its job is over is settled after this time (ours): a run that was stopped a moment
/// ago may still be writing down what the mail server said.
pub const FORSAKEN_AFTER: TimeDelta = TimeDelta::minutes(5);

/// What to do with a message whose worker died while handing it over: it may or may not have left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// Send it again under the same Message-ID: twice is a lesser harm than never.
    Repeat,
    /// Leave it to an operator, who lets it be sent again if the mail server did not see it.
    Uncertain,
}

/// What to do after an interruption.
pub const fn after_interruption(kind: MailKind) -> Interruption {
    match kind {
        // To our own managers: a reminder that is lost may cost a citizen an answer.
        MailKind::TestimonyAlert | MailKind::WrittenRequestDigest => Interruption::Repeat,
        // An invitation or a cancellation that is lost costs more than one read twice.
        MailKind::CommitteeInvitation
        | MailKind::CommitteeCancellation
        | MailKind::CommitteeSummary => Interruption::Repeat,
        // An alert that nobody reads is none, and a notice that is lost stops a program.
        MailKind::OperatorAlert | MailKind::ApiTokenExpiry => Interruption::Repeat,
        // It is on line, too: a second copy would harm more than a late one.
        MailKind::CommitteeSynthesis => Interruption::Uncertain,
        // Nobody is asked twice for the same thing.
        MailKind::CommitteeConfirmation => Interruption::Uncertain,
        // To a citizen: it states a day from which delays run, so nobody should hold two.
        MailKind::WrittenRequestAcknowledgement => Interruption::Uncertain,
    }
}

/// Where a message that is on its way goes when its job is over: what may have left is for an operator to judge, or counts
/// as failed so that what it tells is told again; what cannot have left is skipped.
pub(super) fn after_job(status: MailStatus, kind: MailKind) -> MailStatus {
    match (status, after_interruption(kind)) {
        (MailStatus::Sending, Interruption::Repeat) => MailStatus::Failed,
        (MailStatus::Sending, Interruption::Uncertain) => MailStatus::Uncertain,
        _ => MailStatus::Skipped,
    }
}

/// Whether a kind leaves in working hours only. What somebody waits for leaves at once.
pub const fn keeps_quiet_hours(kind: MailKind) -> bool {
    match kind {
        MailKind::TestimonyAlert
        | MailKind::WrittenRequestDigest
        | MailKind::CommitteeSynthesis => true,
        // They leave early enough for any week-end.
        MailKind::ApiTokenExpiry => true,
        MailKind::WrittenRequestAcknowledgement => false,
        // Their hour is the event's.
        MailKind::CommitteeInvitation
        | MailKind::CommitteeConfirmation
        | MailKind::CommitteeCancellation
        | MailKind::CommitteeSummary => false,
        // What is out of order at night is mended at night.
        MailKind::OperatorAlert => false,
    }
}

/// Whether a letter takes up a row. What has left, is leaving or may have left stops it; else whoever writes a letter
/// has decided to send it, be it an area that changed its mind about a skipped one, or a job that runs again after a
/// failed one. About an uncertain one only an operator decides: a job that merely runs again, because its
/// worker died or all dead jobs were retried, knows no more than before.
pub(super) const fn may_take_up(status: MailStatus) -> bool {
    match status {
        MailStatus::Prepared | MailStatus::Failed | MailStatus::Skipped => true,
        MailStatus::Sending | MailStatus::Uncertain | MailStatus::Sent => false,
    }
}

/// Domain of Message-IDs when the public address has no name of its own.
const NEUTRAL_DOMAIN: &str = "services-publics-plus.example";

/// The Message-ID of a message: the same for every try, so that a mailbox can drop a copy.
pub fn message_id(key: [&str; 4], public_url: &str) -> String {
    // Length first, so that no two keys run together.
    let mut hash = Sha256::new();
    for part in key {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hex::encode(hash.finalize());
    format!("<{}@{}>", &digest[..40], domain(public_url))
}

/// The host of an address, unless it is a bare number or a machine's short name.
fn domain(public_url: &str) -> &str {
    let rest = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    let named = host.contains('.')
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        && host.chars().any(|c| c.is_ascii_alphabetic())
        && !host.starts_with('.')
        && !host.ends_with('.');
    if named { host } else { NEUTRAL_DOMAIN }
}

/// The ledger's reference to a row of the API: `WrittenRequest` 5 is `written-request:5`.
pub fn reference(kind: &str, id: i64) -> String {
    let mut text = String::with_capacity(kind.len() + 8);
    for c in kind.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(c.to_lowercase());
    }
    format!("{text}:{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_identity_and_shares_it_with_no_other() {
        let id = |key| message_id(key, "https://plus.example.fr/x");
        let one = id(["K", "s:1", "2", "account:1"]);
        assert_eq!(one, id(["K", "s:1", "2", "account:1"]));
        assert_ne!(one, id(["K", "s:12", "", "account:1"]));
        assert!(one.starts_with('<') && one.ends_with("@plus.example.fr>"), "{one}");
        assert!(one.len() < 78);
    }

    #[test]
    fn a_number_is_no_domain() {
        for url in
            ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80/", "", "https://.x."]
        {
            assert_eq!(domain(url), NEUTRAL_DOMAIN, "{url}");
        }
        for url in ["https://user@plus.example.fr:8443/a", "plus.example.fr"] {
            assert_eq!(domain(url), "plus.example.fr");
        }
    }

    #[test]
    fn a_reference_reads_like_the_type() {
        assert_eq!(reference("WrittenRequest", 5), "written-request:5");
        assert_eq!(reference("Testimony", 7), "testimony:7");
    }

    #[test]
    fn only_what_has_left_is_leaving_or_may_have_left_stops_a_letter() {
        let stopped = |status: &&MailStatus| !may_take_up(**status);
        let stopping: Vec<_> = MailStatus::ALL.iter().filter(stopped).collect();
        assert_eq!(stopping, [&MailStatus::Sending, &MailStatus::Sent, &MailStatus::Uncertain]);
    }
}
