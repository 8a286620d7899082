//! Open requests that managers must hear of, and which managers.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text};
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;

/// Somebody who must hear of a request; nobody when no manager asked to.
#[derive(Debug, QueryableByName)]
pub(in super::super) struct Told {
    /// The request.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Last day of its limit.
    #[diesel(sql_type = Date)]
    pub due_on: NaiveDate,
    /// The manager's account.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub account_id: Option<i64>,
}

/// The managers of a request of structure `s`: those of the structure, those above who asked for the
/// subtree, and, once the reminder has escalated, those of the parent structure who did not decline.
macro_rules! managers {
    () => {
        "account_role a
           join account c on c.id = a.account_id and c.disabled_at is null
           where a.role = 'MANAGER' and a.structure_id = any(s.path) and a.alerts <> 'NONE'
             and (a.alerts = 'SUBTREE' or a.structure_id = s.id
               or (a.structure_id = s.parent_id and r.due_on <= $2))"
    };
}

/// The next `limit` open requests whose limit falls until `horizon`, soonest first after `after`, each
/// with its managers. Requests whose limit was until `escalated_until` have escalated.
///
/// Read from the partial index of open requests: its cost follows what is due, not what was ever kept.
pub(in super::super) async fn recipients(
    conn: &mut Conn,
    horizon: NaiveDate,
    escalated_until: NaiveDate,
    after: Option<(NaiveDate, i64)>,
    limit: i64,
) -> QueryResult<Vec<Told>> {
    let (after_day, after_id) =
        after.unwrap_or((NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default(), 0));
    diesel::sql_query(concat!(
        "select r.id, r.due_on, m.account_id
         from (
           select id, due_on, structure_id from written_request
           where answered_on is null and due_on <= $1 and (due_on, id) > ($3, $4)
           order by due_on, id limit $5) r
         join structure s on s.id = r.structure_id
         left join lateral (select distinct a.account_id from ",
        managers!(),
        ") m on true
         order by r.due_on, r.id"
    ))
    .bind::<Date, _>(horizon)
    .bind::<Date, _>(escalated_until)
    .bind::<Date, _>(after_day)
    .bind::<BigInt, _>(after_id)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await
}

/// The managers of one open request; `escalated_until` as for [`recipients`].
pub(in super::super) async fn recipients_of(
    conn: &mut Conn,
    request: i64,
    escalated_until: NaiveDate,
) -> QueryResult<Vec<i64>> {
    let told: Vec<Told> = diesel::sql_query(concat!(
        "select distinct r.id, r.due_on, m.account_id
         from written_request r
         join structure s on s.id = r.structure_id
         cross join lateral (select a.account_id from ",
        managers!(),
        ") m
         where r.id = $1 and r.answered_on is null"
    ))
    .bind::<BigInt, _>(request)
    .bind::<Date, _>(escalated_until)
    .load(conn)
    .await?;
    Ok(told.into_iter().filter_map(|told| told.account_id).collect())
}

/// What a reminder says about a request.
#[derive(Debug, Clone, QueryableByName)]
pub(in super::super) struct DueRequest {
    /// The request.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Its reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// Letter or e-mail.
    #[diesel(sql_type = Text)]
    pub medium: crate::measure::written_request::model::Medium,
    /// What it is about.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// Name of its structure.
    #[diesel(sql_type = Text)]
    pub structure: String,
    /// Day of reception.
    #[diesel(sql_type = Date)]
    pub received_on: NaiveDate,
    /// Last day of its limit.
    #[diesel(sql_type = Date)]
    pub due_on: NaiveDate,
}

/// The open requests one manager must hear of, soonest limit first; arguments as for [`recipients`].
pub(in super::super) async fn due_of(
    conn: &mut Conn,
    account_id: i64,
    horizon: NaiveDate,
    escalated_until: NaiveDate,
    after: Option<(NaiveDate, i64)>,
    limit: i64,
) -> QueryResult<Vec<DueRequest>> {
    let (after_day, after_id) =
        after.unwrap_or((NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default(), 0));
    diesel::sql_query(concat!(
        "select r.id, r.reference, r.medium, r.subject, s.name as structure, r.received_on, r.due_on
         from structure s
         join written_request r on r.structure_id = s.id
         where s.path && (select coalesce(array_agg(structure_id), '{}') from account_role
             where account_id = $6 and role = 'MANAGER' and structure_id is not null)
           and r.answered_on is null and r.due_on <= $1 and (r.due_on, r.id) > ($3, $4)
           and exists (select 1 from ",
        managers!(),
        " and a.account_id = $6)
         order by r.due_on, r.id
         limit $5"
    ))
    .bind::<Date, _>(horizon)
    .bind::<Date, _>(escalated_until)
    .bind::<Date, _>(after_day)
    .bind::<BigInt, _>(after_id)
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(account_id)
    .load(conn)
    .await
}
