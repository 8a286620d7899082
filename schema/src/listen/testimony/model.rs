//! Rows of testimonies and their experiences.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

pub use crate::reference::structure::model::Channel;
use crate::tables::{live_event, testimony, testimony_experience};

crate::text_enum! {
    // DOMAIN C13.
    /// What the person felt, in the column order of the programme's dashboard.
    Sentiment {
        /// 😊
        Positive = "POSITIVE",
        /// 😐
        Neutral = "NEUTRAL",
        /// ☹
        Negative = "NEGATIVE",
    }
}

crate::text_enum! {
    // DOMAIN C16.
    /// How far a testimony has come.
    TestimonyStatus {
        /// Waits for a moderator; not public.
        InModeration = "IN_MODERATION",
        /// « Expérience publiée ».
        Published = "PUBLISHED",
        /// « Réponse apportée ».
        Answered = "ANSWERED",
        /// « Action engagée ».
        ActionTaken = "ACTION_TAKEN",
        /// Refused by a moderator, with a reason; not public.
        Rejected = "REJECTED",
        /// Taken back; not public.
        Withdrawn = "WITHDRAWN",
    }
}

crate::text_enum! {
    /// Order of a list of testimonies.
    TestimonyOrder {
        /// Newest first: by publication, or by submission while not public.
        Newest = "NEWEST",
        /// Oldest first.
        Oldest = "OLDEST",
    }
}

crate::text_enum! {
    /// What happened to a testimony, for live listeners.
    EventKind {
        /// It came in and waits for moderation.
        Submitted = "TESTIMONY_SUBMITTED",
        /// It became public.
        Published = "TESTIMONY_PUBLISHED",
    }
}

/// A testimony. The author's address is not here: see `testimony_contact`.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = testimony, check_for_backend(diesel::pg::Pg))]
pub struct Testimony {
    /// Row number.
    pub id: i64,
    /// Public number.
    pub number: i64,
    /// The structure it is about.
    pub structure_id: i64,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Name chosen by the author.
    pub pseudonym: String,
    /// How far it has come.
    pub status: TestimonyStatus,
    /// When it came in, UTC.
    pub submitted_at: DateTime<Utc>,
    /// Why it was rejected.
    pub rejection_reason: Option<String>,
    /// When it became public, UTC.
    pub published_at: Option<DateTime<Utc>>,
    /// Publication, or submission before it: orders lists.
    pub listed_at: DateTime<Utc>,
    /// Last change, UTC.
    pub updated_at: DateTime<Utc>,
}

/// A testimony on its way in.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = testimony)]
pub struct NewTestimony {
    /// The structure it is about.
    pub structure_id: i64,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Name chosen by the author.
    pub pseudonym: String,
    /// Always in moderation at first.
    pub status: TestimonyStatus,
    /// When it came in, UTC.
    pub submitted_at: DateTime<Utc>,
    /// Same instant.
    pub updated_at: DateTime<Utc>,
}

/// What was felt on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = testimony_experience, check_for_backend(diesel::pg::Pg))]
pub struct Experience {
    /// The testimony.
    pub testimony_id: i64,
    /// Place in the author's order, from 0.
    pub position: i16,
    /// The channel.
    pub channel: Channel,
    /// What was felt; unknown in old testimonies (C14).
    pub sentiment: Option<Sentiment>,
    /// The structure, repeated for the dashboard.
    pub structure_id: i64,
    /// Day of publication in Europe/Paris; none while not public.
    pub published_on: Option<NaiveDate>,
}

/// Something that live listeners are told, in the order of its number.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = live_event, check_for_backend(diesel::pg::Pg))]
pub struct LiveEvent {
    /// Dense, increasing number.
    pub number: i64,
    /// What happened.
    pub kind: EventKind,
    /// To which testimony.
    pub testimony_id: i64,
    /// When it was told, UTC.
    pub at: DateTime<Utc>,
}

/// What a list of testimonies is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct TestimonyFilter {
    /// About this structure or one below it.
    pub structure_id: Option<i64>,
    /// Network code.
    pub network: Option<String>,
    /// Département code.
    pub department: Option<String>,
    /// Tells of this channel.
    pub channel: Option<Channel>,
    /// Tells of this feeling (on that channel, when one is given).
    pub sentiment: Option<Sentiment>,
    /// In one of these states; the public ones when empty.
    pub statuses: Vec<TestimonyStatus>,
    /// Listed on or after this day (Europe/Paris).
    pub from: Option<NaiveDate>,
    /// Listed on or before this day (Europe/Paris).
    pub to: Option<NaiveDate>,
    /// French words; accents and endings do not matter.
    pub search: Option<String>,
    /// Changed at or after this instant.
    pub updated_since: Option<DateTime<Utc>>,
}
