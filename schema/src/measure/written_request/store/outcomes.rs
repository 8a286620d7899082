//! What became of a population of requests, counted by PostgreSQL.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::list::patterns;
use crate::foundation::database::Conn;
use crate::measure::written_request::model::Medium;
use crate::measure::written_request::rules::UNDER_DAYS;

/// Which requests are counted.
pub(in super::super) struct Population<'a> {
    /// A structure with all below it.
    pub below: i64,
    /// Received on that day or later, for the figures of the period.
    pub from: NaiveDate,
    /// Received on that day or earlier.
    pub to: NaiveDate,
    /// Received on that day or later, for the months.
    pub months_from: NaiveDate,
    /// Letters or e-mails only.
    pub medium: Option<Medium>,
    /// Words of the reference or the subject.
    pub search: Option<&'a str>,
}

/// Requests that met the same outcome.
#[derive(Debug, QueryableByName)]
pub(in super::super) struct OutcomeRow {
    /// How they came in.
    #[diesel(sql_type = Text)]
    pub medium: Medium,
    /// Month of reception: twelve times the year, plus 0 to 11.
    #[diesel(sql_type = Integer)]
    pub month: i32,
    /// Whether they were received within the period.
    #[diesel(sql_type = Bool)]
    pub within: bool,
    /// Place of the outcome in `rules::Outcome::ALL`.
    #[diesel(sql_type = Integer)]
    pub outcome: i32,
    /// Whether an acknowledgement of receipt left.
    #[diesel(sql_type = Bool)]
    pub acknowledged: bool,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// Sum of their delays in days, 0 for open ones.
    #[diesel(sql_type = BigInt)]
    pub total_delay: i64,
}

/// Counts a population on a day: a few dozen rows, however large it is. The outcomes are those of
/// `rules::Outcome::of`, said to PostgreSQL.
pub(in super::super) async fn outcomes(
    conn: &mut Conn,
    population: &Population<'_>,
    today: NaiveDate,
) -> QueryResult<Vec<OutcomeRow>> {
    let [first, second, third] = UNDER_DAYS;
    diesel::sql_query(
        "select medium, month, within, outcome, acknowledged,
           count(*) as count, coalesce(sum(delay), 0)::bigint as total_delay
         from (
           select r.medium, r.received_on between $2 and $3 as within,
             extract(year from r.received_on)::integer * 12
               + extract(month from r.received_on)::integer - 1 as month,
             case when r.answered_on is null then case when r.due_on < $5 then 5 else 0 end
               when d.delay < $6 then 1 when d.delay < $7 then 2 when d.delay < $8 then 3
               else 4 end as outcome,
             r.acknowledged_on is not null as acknowledged, d.delay
           from written_request r
           cross join lateral (select case when r.answered_on is not null
             then greatest(r.answered_on - r.received_on, 1)::bigint end as delay) d
           where r.structure_id in (select s.id from structure s where s.path && array[$1])
             and r.received_on between least($2, $4) and $3
             and ($9::text is null or r.medium = $9)
             and r.search_key like all($10)) counted
         group by 1, 2, 3, 4, 5",
    )
    .bind::<BigInt, _>(population.below)
    .bind::<Date, _>(population.from)
    .bind::<Date, _>(population.to)
    .bind::<Date, _>(population.months_from)
    .bind::<Date, _>(today)
    .bind::<BigInt, _>(first)
    .bind::<BigInt, _>(second)
    .bind::<BigInt, _>(third)
    .bind::<Nullable<Text>, _>(population.medium.map(Medium::as_str))
    .bind::<Array<Text>, _>(patterns(population.search))
    .load(conn)
    .await
}
