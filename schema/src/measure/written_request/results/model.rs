//! Results as the API shows them.

use async_graphql::SimpleObject;

use crate::foundation::statistic::{Period, Statistic};

/// Results of the register for the requests received in a period; letters and e-mails are never mixed.
#[derive(Debug, Clone, SimpleObject)]
pub struct WrittenRequestResults {
    /// The period asked for: days of reception in Europe/Paris, both included.
    pub period: Period,
    /// The letters; null when only e-mails were asked for.
    pub letters: Option<MediumResults>,
    /// The e-mails; null when only letters were asked for.
    pub emails: Option<MediumResults>,
}

/// Results of one medium. Delays are calendar days in Europe/Paris; an answer on the day of reception
/// counts 1. Requests in progress (open, 14 days or less) are in no denominator.
#[derive(Debug, Clone, SimpleObject)]
pub struct MediumResults {
    /// How many were received in the period.
    pub received: Statistic,
    /// Percentage answered in less than 8 days (« délai Marianne »); cumulative.
    #[graphql(name = "under8Days")]
    pub under_8_days: Statistic,
    /// Percentage answered in less than 15 days, in other words within 14; cumulative.
    #[graphql(name = "under15Days")]
    pub under_15_days: Statistic,
    /// Percentage answered in less than 30 days; cumulative.
    #[graphql(name = "under30Days")]
    pub under_30_days: Statistic,
    /// Percentage considered as unanswered: open for more than 14 days, or answered later than that.
    pub unanswered: Statistic,
    /// How many are in progress: open, 14 days or less after their reception.
    pub in_progress: Statistic,
    /// Percentage of the answers that no acknowledgement of receipt preceded.
    pub direct_answers: Statistic,
    /// Percentage of the answers that an acknowledgement of receipt preceded.
    pub acknowledged_answers: Statistic,
    /// Mean delay of the answers, in days to one decimal; unanswered requests stay out.
    pub average_delay: Statistic,
    /// The three parts of the pie, which exclude each other.
    pub slices: DelaySlices,
    /// The twelve months that end with the last month of the period, oldest first.
    pub last_twelve_months: Vec<MonthResults>,
}

/// Exclusive parts of the requests that count, in percent.
#[derive(Debug, Clone, SimpleObject)]
pub struct DelaySlices {
    /// Answered in 7 days or less.
    #[graphql(name = "within7")]
    pub within_7: Statistic,
    /// Answered in 8 to 14 days.
    #[graphql(name = "from8To14")]
    pub from_8_to_14: Statistic,
    /// Answered later than 14 days, or open for longer.
    #[graphql(name = "over14")]
    pub over_14: Statistic,
}

/// Results of the requests received in one month.
#[derive(Debug, Clone, SimpleObject)]
pub struct MonthResults {
    /// The month of reception, as `2026-03`.
    pub month: String,
    /// How many were received.
    pub received: Statistic,
    /// Percentage answered in less than 15 days.
    #[graphql(name = "under15Days")]
    pub under_15_days: Statistic,
    /// Percentage considered as unanswered.
    pub unanswered: Statistic,
}
