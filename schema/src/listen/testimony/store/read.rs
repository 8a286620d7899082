//! Testimonies that are known by a number, and those of an alert.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::visible::seen;
use crate::foundation::database::Conn;
use crate::foundation::policy::Scope;
use crate::listen::testimony::model::{Experience, Testimony, TestimonyStatus};
use crate::reference::structure;
use crate::tables::{testimony, testimony_experience};

/// A testimony, if it is public or within the scope; `None` otherwise.
pub(in super::super) async fn by_id(
    conn: &mut Conn,
    scope: &Scope,
    id: i64,
) -> QueryResult<Option<Testimony>> {
    seen(scope)
        .filter(testimony::id.eq(id))
        .select(Testimony::as_select())
        .first(conn)
        .await
        .optional()
}

/// Those of these testimonies that are public or within the scope.
pub(in super::super) async fn by_ids(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[i64],
) -> QueryResult<Vec<Testimony>> {
    seen(scope)
        .filter(testimony::id.eq_any(ids.to_vec()))
        .select(Testimony::as_select())
        .load(conn)
        .await
}

/// As [`by_id`], by the public number.
pub(in super::super) async fn by_number(
    conn: &mut Conn,
    scope: &Scope,
    number: i64,
) -> QueryResult<Option<Testimony>> {
    seen(scope)
        .filter(testimony::number.eq(number))
        .select(Testimony::as_select())
        .first(conn)
        .await
        .optional()
}

/// A testimony, locked until the transaction ends, whatever its state; for use cases that checked the right.
pub(in super::super) async fn lock(conn: &mut Conn, id: i64) -> QueryResult<Option<Testimony>> {
    testimony::table
        .find(id)
        .select(Testimony::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// The experiences of some testimonies, in their authors' order.
pub(in super::super) async fn experiences(
    conn: &mut Conn,
    ids: &[i64],
) -> QueryResult<Vec<Experience>> {
    testimony_experience::table
        .filter(testimony_experience::testimony_id.eq_any(ids))
        .order((testimony_experience::testimony_id, testimony_experience::position))
        .select(Experience::as_select())
        .load(conn)
        .await
}

/// Public testimonies of the structures an alert is about, published since an instant, oldest first.
pub(in super::super) async fn published_since(
    conn: &mut Conn,
    own: Vec<i64>,
    subtrees: Vec<i64>,
    since: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<Testimony>> {
    testimony::table
        .filter(testimony::status.eq_any(TestimonyStatus::PUBLIC))
        .filter(testimony::published_at.ge(since))
        .filter(
            testimony::structure_id
                .eq_any(own)
                .or(testimony::structure_id.eq_any(structure::store::below(subtrees))),
        )
        .order((testimony::published_at, testimony::id))
        .limit(limit)
        .select(Testimony::as_select())
        .load(conn)
        .await
}
