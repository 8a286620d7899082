//! Why the limit falls where it does, in words: what users of such systems ask for first.

use chrono::NaiveDate;

use super::{ANSWER_LIMIT_DAYS, delay_days};
use crate::foundation::calendar::french_day;
use crate::measure::written_request::model::{Medium, WrittenRequest};

/// How the limit of a request was computed and where it stands on a day, in French.
pub fn explain(request: &WrittenRequest, today: NaiveDate) -> String {
    let medium = match request.medium {
        Medium::Letter => "Courrier",
        Medium::Email => "Courriel",
    };
    let rule = format!(
        "{medium} reçu le {} ; réponse attendue sous {ANSWER_LIMIT_DAYS} jours calendaires (jours de Paris), soit au plus tard le {}.",
        french_day(request.received_on),
        french_day(request.due_on),
    );
    let left = (request.due_on - today).num_days();
    let standing = match request.answered_on {
        Some(on) => {
            let delay = delay_days(request.received_on, on);
            let late = (on - request.due_on).num_days();
            let outcome = if late > 0 {
                format!("{} après la limite", days(late))
            } else {
                "dans le délai".to_owned()
            };
            format!("Réponse le {}, délai de {} : {outcome}.", french_day(on), days(delay))
        }
        None if left > 0 => format!("Il reste {}.", days(left)),
        None if left == 0 => "C'est le dernier jour.".to_owned(),
        None => format!("La limite est dépassée de {}.", days(-left)),
    };
    format!("{rule} {standing}")
}

fn days(count: i64) -> String {
    if count == 1 { "1 jour".to_owned() } else { format!("{count} jours") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::written_request::model::AnswerNature;
    use crate::measure::written_request::rules::due_on;

    fn explained(today: &str, answered: Option<&str>) -> String {
        let received_on: NaiveDate = "2026-03-01".parse().expect("a date");
        let request = WrittenRequest {
            id: 1,
            structure_id: 1,
            reference: "A".into(),
            medium: Medium::Letter,
            subject: "S".into(),
            sender_name: "N".into(),
            sender_email: None,
            sender_address: None,
            received_on,
            acknowledged_on: None,
            answered_on: answered.map(|day| day.parse().expect("a date")),
            answer_nature: answered.map(|_| AnswerNature::Other),
            due_on: due_on(received_on),
            created_at: chrono::DateTime::default(),
            updated_at: chrono::DateTime::default(),
        };
        let text = explain(&request, today.parse().expect("a date"));
        let rule = "Courrier reçu le 1er mars 2026 ; réponse attendue sous 14 jours calendaires (jours de Paris), soit au plus tard le 15 mars 2026. ";
        text.strip_prefix(rule).expect("the rule first").to_owned()
    }

    #[test]
    fn the_standing_is_told_on_each_side_of_the_limit() {
        assert_eq!(explained("2026-03-14", None), "Il reste 1 jour.");
        assert_eq!(explained("2026-03-15", None), "C'est le dernier jour.");
        assert_eq!(explained("2026-03-16", None), "La limite est dépassée de 1 jour.");
        assert_eq!(
            explained("2026-06-01", Some("2026-03-15")),
            "Réponse le 15 mars 2026, délai de 14 jours : dans le délai."
        );
        assert_eq!(
            explained("2026-06-01", Some("2026-03-17")),
            "Réponse le 17 mars 2026, délai de 16 jours : 2 jours après la limite."
        );
    }
}
