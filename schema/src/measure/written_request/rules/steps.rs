//! What may happen to a request after its registration.

use chrono::NaiveDate;

use super::Dates;
use crate::measure::written_request::error::Error;
use crate::measure::written_request::model::WrittenRequest;

/// The day on which a request counts as acknowledged: the day given, or today. By e-mail it is today,
/// because that is when the message leaves.
///
/// # Errors
/// Everything that speaks against it.
pub fn acknowledge(
    request: &WrittenRequest,
    given: Option<NaiveDate>,
    by_email: bool,
    today: NaiveDate,
) -> Result<NaiveDate, Vec<Error>> {
    if let Some(on) = request.acknowledged_on {
        return Err(vec![Error::AlreadyAcknowledged(on)]);
    }
    let on = given.unwrap_or(today);
    let mut faults = Vec::new();
    if by_email {
        if request.sender_email.is_none() {
            // This input has no address to mend: only the wish to send.
            faults.push(Error::SenderAddressMissing("sendEmail"));
        }
        if let Some(answered_on) = request.answered_on {
            // It would announce a delay for an answer that has left.
            faults.push(Error::AlreadyAnswered(answered_on));
        }
        if on != today {
            faults.push(Error::AcknowledgedAnotherDay);
        }
    }
    if faults.is_empty() {
        faults = Dates { acknowledged_on: Some(on), ..Dates::of(request) }.faults(today);
    }
    if faults.is_empty() { Ok(on) } else { Err(faults) }
}

/// Whether a request may be answered on a day.
///
/// # Errors
/// Everything that speaks against it.
pub fn answer(request: &WrittenRequest, on: NaiveDate, today: NaiveDate) -> Result<(), Vec<Error>> {
    if let Some(on) = request.answered_on {
        return Err(vec![Error::AlreadyAnswered(on)]);
    }
    let mut faults = Dates { answered_on: Some(on), ..Dates::of(request) }.faults(today);
    for fault in &mut faults {
        // The same contradiction, told about the day that was given.
        if let (Error::AcknowledgementAfterAnswer, Some(on)) = (&*fault, request.acknowledged_on) {
            *fault = Error::AnswerBeforeAcknowledgement(on);
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

impl Dates {
    /// The days of a request as it is.
    pub fn of(request: &WrittenRequest) -> Self {
        Self {
            received_on: request.received_on,
            acknowledged_on: request.acknowledged_on,
            answered_on: request.answered_on,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::written_request::model::{AnswerNature, Medium};

    fn day(of_march: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, of_march).expect("a date")
    }

    /// Received on the 2nd; today is the 10th.
    fn request(acknowledged: Option<u32>, answered: Option<u32>) -> WrittenRequest {
        WrittenRequest {
            id: 1,
            structure_id: 1,
            reference: "2026-00001".into(),
            medium: Medium::Email,
            subject: "Carte grise".into(),
            sender_name: "Éloïse Dupont".into(),
            sender_email: Some("e@exemple.fr".into()),
            sender_address: None,
            received_on: day(2),
            acknowledged_on: acknowledged.map(day),
            answered_on: answered.map(day),
            answer_nature: answered.map(|_| AnswerNature::Other),
            due_on: day(16),
            created_at: chrono::DateTime::default(),
            updated_at: chrono::DateTime::default(),
        }
    }

    #[test]
    fn an_acknowledgement_stands_between_reception_and_answer() {
        let on = |request: &WrittenRequest, given: Option<u32>| {
            acknowledge(request, given.map(day), false, day(10))
        };
        assert_eq!(on(&request(None, None), None), Ok(day(10)));
        assert_eq!(on(&request(None, None), Some(2)), Ok(day(2)));
        assert_eq!(
            on(&request(None, None), Some(1)),
            Err(vec![Error::AcknowledgementBeforeReception])
        );
        assert_eq!(on(&request(None, None), Some(11)), Err(vec![Error::AcknowledgementInFuture]));
        assert_eq!(
            on(&request(Some(3), None), Some(4)),
            Err(vec![Error::AlreadyAcknowledged(day(3))])
        );
        assert_eq!(on(&request(None, Some(5)), Some(5)), Ok(day(5)));
        assert_eq!(
            on(&request(None, Some(5)), Some(6)),
            Err(vec![Error::AcknowledgementAfterAnswer])
        );
    }

    #[test]
    fn an_acknowledgement_by_e_mail_leaves_today_to_a_known_address() {
        let on = |request: &WrittenRequest, given: Option<u32>| {
            acknowledge(request, given.map(day), true, day(10))
        };
        assert_eq!(on(&request(None, None), None), Ok(day(10)));
        assert_eq!(on(&request(None, None), Some(9)), Err(vec![Error::AcknowledgedAnotherDay]));
        assert_eq!(on(&request(None, Some(10)), None), Err(vec![Error::AlreadyAnswered(day(10))]));
        let nowhere = WrittenRequest { sender_email: None, ..request(None, None) };
        assert_eq!(on(&nowhere, None), Err(vec![Error::SenderAddressMissing("sendEmail")]));
    }

    #[test]
    fn an_answer_is_given_once_and_after_what_precedes_it() {
        let on = |request: &WrittenRequest, given: u32| answer(request, day(given), day(10));
        assert_eq!(on(&request(None, None), 2), Ok(()));
        assert_eq!(on(&request(None, None), 1), Err(vec![Error::AnswerBeforeReception]));
        assert_eq!(on(&request(None, None), 11), Err(vec![Error::AnswerInFuture]));
        assert_eq!(on(&request(None, Some(5)), 6), Err(vec![Error::AlreadyAnswered(day(5))]));
        assert_eq!(on(&request(Some(4), None), 4), Ok(()));
        assert_eq!(
            on(&request(Some(4), None), 3),
            Err(vec![Error::AnswerBeforeAcknowledgement(day(4))])
        );
    }
}
