//! Erasing many rows in small statements: short locks, and little to undo.

use diesel::QueryResult;
use futures_util::future::BoxFuture;

use crate::foundation::database::Conn;

/// Rows of one statement (ours).
const BATCH: i64 = 1000;

/// Repeats a statement, which is told how many rows it may take at once, until it finds none or about `cap` are done.
/// Gives how many were.
///
/// # Errors
/// When PostgreSQL refuses; what was done before stays done.
pub async fn until_none<F>(conn: &mut Conn, cap: usize, mut statement: F) -> QueryResult<usize>
where
    // Boxed: of a plain asynchronous closure nobody could say that it may change threads, as jobs do.
    F: for<'c> FnMut(&'c mut Conn, i64) -> BoxFuture<'c, QueryResult<usize>> + Send,
{
    let mut done = 0;
    while done < cap {
        match statement(conn, BATCH).await? {
            0 => break,
            rows => done += rows,
        }
    }
    Ok(done)
}
