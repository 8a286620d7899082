//! What messages tell about other things, and whether it is told.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::RunQueryDsl;

use super::super::model::{Email, Mention, NewMention, Told};
use crate::foundation::database::Conn;
use crate::tables::email_mention;

/// Replaces what a message tells.
pub(in super::super) async fn replace_mentions(
    conn: &mut Conn,
    row: &Email,
    mentions: &[Mention],
) -> QueryResult<()> {
    diesel::delete(email_mention::table.filter(email_mention::email_id.eq(row.id)))
        .execute(conn)
        .await?;
    insert_mentions(conn, row, mentions).await
}

async fn insert_mentions(conn: &mut Conn, row: &Email, mentions: &[Mention]) -> QueryResult<()> {
    let rows: Vec<NewMention<'_>> = mentions
        .iter()
        .map(|mention| NewMention {
            email_id: row.id,
            kind: &mention.kind,
            subject: &mention.subject,
            stage: &mention.stage,
            recipient: &row.recipient,
        })
        .collect();
    for chunk in rows.chunks(1000) {
        diesel::insert_into(email_mention::table)
            .values(chunk)
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Marks what a message tells as told, or takes that back.
///
/// # Errors
/// A unique violation when another message has told some of it to the same person.
pub(in super::super) async fn set_told(
    conn: &mut Conn,
    email_id: i64,
    told: bool,
) -> QueryResult<usize> {
    diesel::update(email_mention::table.filter(email_mention::email_id.eq(email_id)))
        .set(email_mention::told.eq(told))
        .execute(conn)
        .await
}

/// Adds what a message told that is gone: all of it that no other message told to the same person.
///
/// # Errors
/// A unique violation when another message tells some of it at this moment.
pub(in super::super) async fn add_told(
    conn: &mut Conn,
    row: &Email,
    mentions: &[Mention],
) -> QueryResult<()> {
    insert_mentions(conn, row, mentions).await?;
    let column = |of: fn(&Mention) -> &str| mentions.iter().map(of).collect::<Vec<_>>();
    diesel::sql_query(
        "update email_mention own set told = true
         from unnest($2, $3, $4) gone (kind, subject, stage)
         where own.email_id = $1 and not own.told
           and (own.kind, own.subject, own.stage) = (gone.kind, gone.subject, gone.stage)
           and not exists (select from email_mention other where other.told and other.email_id <> $1
             and (other.kind, other.subject, other.stage, other.recipient) = (own.kind, own.subject, own.stage, own.recipient))",
    )
    .bind::<BigInt, _>(row.id)
    .bind::<Array<Text>, _>(column(|mention| &mention.kind))
    .bind::<Array<Text>, _>(column(|mention| &mention.subject))
    .bind::<Array<Text>, _>(column(|mention| &mention.stage))
    .execute(conn)
    .await
    .map(|_| ())
}

/// What of a kind was told about these subjects, and to whom.
pub(in super::super) async fn told(
    conn: &mut Conn,
    kind: &str,
    subjects: &[String],
) -> QueryResult<Vec<Told>> {
    let rows: Vec<(String, String, String, String)> = email_mention::table
        .filter(email_mention::told)
        .filter(email_mention::kind.eq(kind))
        .filter(email_mention::subject.eq_any(subjects))
        .select((
            email_mention::kind,
            email_mention::subject,
            email_mention::stage,
            email_mention::recipient,
        ))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(kind, subject, stage, recipient)| Told {
            recipient,
            mention: Mention { kind, subject, stage },
        })
        .collect())
}
