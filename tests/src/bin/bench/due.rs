//! The daily sweep over a million written requests of which a few thousand are due: the real one, from
//! the crate that the worker runs.

use std::time::Instant;

use anyhow::{Context, ensure};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use schema::foundation::app::App;
use schema::foundation::database::Pool;
use schema::foundation::settings::Settings;
use schema::measure::written_request::reminder;
use tests::database::Database;

use crate::figure::{Against, Figure, grouped};
use crate::{fill, median};

const AREA: &str = "due";
const ROUNDS: usize = 5;
/// What the programme asks for.
const LIMIT_S: f64 = 1.0;
/// The index that reminders walk through.
const INDEX: &str = "written_request_open";

/// Measures the preview, which changes nothing, and one sweep.
pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    let database = Database::new().await?;
    fill::written_requests(&database.url).await?;
    // One connection: PostgreSQL's counters are then told by whoever did the work.
    let settings = Settings { quiet_hours: false, ..Settings::default() };
    let app = App::new(Pool::new(&database.url, 1)?, settings);
    let now = app.clock.now();

    let before = reads(&app).await?;
    let mut times = Vec::new();
    let mut due = 0;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        due = reminder::preview(&app, now).await?.due;
        times.push(started.elapsed().as_secs_f64());
    }
    let after = reads(&app).await?;
    ensure!(due > 0, "no request is due in the data of this measure");
    let middle = median(times);
    #[allow(clippy::cast_precision_loss)] // a few thousand
    let found = grouped(due as f64);

    let started = Instant::now();
    let swept = reminder::sweep(&app, now).await?;
    let sweep = started.elapsed().as_secs_f64();
    ensure!(
        swept.due == due && swept.enqueued == swept.managers,
        "the sweep did something else: {swept:?}"
    );

    let plan = plan(&app).await?;
    let used = after.index > before.index
        && after.whole_table == before.whole_table
        && plan.contains(INDEX);
    let what = "the index answers: EXPLAIN names it, and no run read the whole table".to_owned();
    Ok(vec![
        Figure::new(
            AREA,
            format!("{found} due of 1,000,000 requests found"),
            format!("{middle:.3} s"),
        )
        .under(LIMIT_S, "s", middle),
        Figure::new(
            AREA,
            format!("the whole sweep, {} digests enqueued", swept.enqueued),
            format!("{sweep:.3} s"),
        )
        .under(LIMIT_S, "s", sweep),
        Figure::new(AREA, "plan of the walk through the due requests", shortened(&plan))
            .against(Against::Condition { what, holds: used }),
    ])
}

/// How often the table was read, in both ways.
struct Reads {
    index: i64,
    whole_table: i64,
}

async fn reads(app: &App) -> anyhow::Result<Reads> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        index: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        whole_table: i64,
    }
    let mut conn = app.pool.get().await?;
    let conn: &mut AsyncPgConnection = &mut conn;
    diesel::sql_query("select pg_stat_force_next_flush()").execute(conn).await?;
    let row: Row = diesel::sql_query(
        "select i.idx_scan as index, t.seq_scan as whole_table
         from pg_stat_user_indexes i join pg_stat_user_tables t using (relid)
         where i.indexrelname = $1",
    )
    .bind::<diesel::sql_types::Text, _>(INDEX)
    .get_result(conn)
    .await
    .with_context(|| format!("the index {INDEX}"))?;
    Ok(Reads { index: row.index, whole_table: row.whole_table })
}

/// The plan of the part that meets the large table; the rest joins the few rows it finds. The counters
/// above are the proof for the real statement, this is what it looks like.
async fn plan(app: &App) -> anyhow::Result<String> {
    #[derive(diesel::QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[diesel(column_name = "QUERY PLAN")]
        line: String,
    }
    let mut conn = app.pool.get().await?;
    let conn: &mut AsyncPgConnection = &mut conn;
    let lines: Vec<Line> = diesel::sql_query(
        "explain (costs off) select id, due_on, structure_id from written_request
         where answered_on is null and due_on <= current_date + 3 and (due_on, id) > ('0001-01-01', 0)
         order by due_on, id limit 5000",
    )
    .load(conn)
    .await?;
    Ok(lines.into_iter().map(|line| line.line).collect::<Vec<_>>().join("\n"))
}

/// The nodes of a plan in one line.
fn shortened(plan: &str) -> String {
    let nodes = plan
        .lines()
        .filter(|line| !line.contains(':'))
        .map(|line| line.trim().trim_start_matches("->").trim());
    nodes.collect::<Vec<_>>().join(" → ")
}
