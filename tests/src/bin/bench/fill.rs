//! Data as large as the country's, written by the database itself: a statement per step, and progress
//! in between. The same numbers give the same data on the same day.

use anyhow::Context;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use indicatif::{ProgressBar, ProgressStyle};
use schema::foundation::clock::Clock;

use crate::connect;

/// Testimonies, written requests, and jobs that are done.
const ROWS: u32 = 1_000_000;
/// Jobs for tomorrow.
const FUTURE: u32 = 100_000;
/// Rows of one statement.
const STEP: u32 = 50_000;
/// Four networks, ten départements in each, and contact points below: 2,000 structures in all.
const NETWORKS: u32 = 4;
const DIRECTIONS: u32 = 40;
const STRUCTURES: u32 = 2_000;
/// The row of the first contact point.
const FIRST_POINT: u32 = NETWORKS + DIRECTIONS + 1;
const POINTS: u32 = STRUCTURES - NETWORKS - DIRECTIONS;

/// The row of a network's root.
pub(crate) const A_NETWORK: u32 = 1;
/// The row of a département's direction.
pub(crate) const A_DIRECTION: u32 = NETWORKS + 1;

/// The code of a structure by its row.
pub(crate) fn code(row: u32) -> String {
    format!("Banc{row:05}")
}

/// A bar for long work; silent when nobody watches.
pub(crate) fn bar(what: &'static str, length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>30} {wide_bar} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length as u64).with_style(style).with_message(what)
}

/// Fills a database with a million testimonies of three years, 1.3 experiences each. Nine of ten are
/// public. The newest have texts of the usual length, the others a sentence: what is measured never
/// reads those, and analysing their words would take most of the time.
pub(crate) async fn testimonies(url: &str) -> anyhow::Result<()> {
    let now = Clock::system().now().to_rfc3339();
    let mut conn = Filling::start(url).await?;
    conn.structures().await?;
    let indexes = conn.take_indexes_away(&["testimony", "testimony_experience"]).await?;
    conn.in_steps("testimonies", |from, to| {
        format!(
            "insert into testimony (id, structure_id, title, body, pseudonym, status, submitted_at,
                moderated_at, published_at, rejection_reason, updated_at)
             select n, structure_id, 'Démarche n° ' || n, body,
                (array['Camille', 'Lou', 'Dominique', 'Un usager'])[1 + n % 4], status, submitted_at,
                case when status <> 'IN_MODERATION' then submitted_at + interval '2 hours' end,
                case when status in ('PUBLISHED', 'ANSWERED', 'ACTION_TAKEN') then submitted_at + interval '2 hours' end,
                case when status = 'REJECTED' then 'Hors sujet.' end, submitted_at + interval '3 hours'
             from (
                select n, {FIRST_POINT} + n::bigint * 7919 % {POINTS} as structure_id,
                    case n % 20 when 0 then 'IN_MODERATION' when 1 then 'REJECTED' when 2 then 'ACTION_TAKEN'
                        when 3 then 'ACTION_TAKEN' else (array['PUBLISHED', 'ANSWERED'])[1 + n % 2] end as status,
                    timestamptz '{now}' - interval '3 hours' - ({ROWS} - n) * interval '94.123457 seconds' as submitted_at,
                    case when n > {ROWS} - 5000 then 'J''ai attendu plus d''une heure au téléphone avant d''obtenir '
                        || 'quelqu''un. L''agent qui m''a répondu a été très aimable et a pris le temps de comprendre '
                        || 'ma situation. Il m''a rappelé le lendemain comme promis, et mon dossier a été réglé dans '
                        || 'la semaine. Je regrette seulement que le site n''explique pas quelles pièces fournir : '
                        || 'un message au début m''aurait évité deux déplacements. Merci à toute l''équipe (' || n || ').'
                        else 'Réponse claire et rapide, merci.' end as body
                from generate_series({from}, {to}) n) one"
        )
    })
    .await?;
    conn.in_steps("experiences", |from, to| {
        format!(
            "insert into testimony_experience (testimony_id, position, channel, sentiment, structure_id, published_on)
             select t.id, place,
                (array['FRONT_DESK', 'PHONE', 'LETTER', 'EMAIL', 'ONLINE_ACCOUNT', 'ONLINE_PROCEDURE', 'PATROL',
                    'SOCIAL_MEDIA', 'CHAT'])[1 + (t.id * 31 + place * 4) % 9],
                case when felt < 35 then 'POSITIVE' when felt < 50 then 'NEUTRAL' when felt < 98 then 'NEGATIVE' end,
                t.structure_id, (t.published_at at time zone 'Europe/Paris')::date
             from testimony t
             cross join generate_series(0, 1) place
             cross join lateral (select (t.id * 17 + place * 53) % 100 as felt) drawn
             where t.id between {from} and {to} and (place = 0 or t.id % 10 < 3)
             order by t.id, place"
        )
    })
    .await?;
    conn.put_back(&indexes).await?;
    conn.finish(&["structure", "testimony", "testimony_experience"]).await
}

/// Fills a database with a million written requests of three years: 3,000 open ones near or past their
/// limit, 20,000 open ones before it, and the others answered; a manager for every structure.
pub(crate) async fn written_requests(url: &str) -> anyhow::Result<()> {
    let today = Clock::system().today();
    let mut conn = Filling::start(url).await?;
    conn.structures().await?;
    conn.run(
        "insert into account (id, email, display_name, password_hash, created_at)
         select id, 'responsable' || id || '@banc.example', 'Responsable ' || id, '-', created_at from structure;
         insert into account_role (account_id, role, structure_id, alerts)
         select id, 'MANAGER', id, case cardinality(path) when 3 then 'OWN' when 2 then 'SUBTREE' else 'NONE' end
         from structure",
    )
    .await?;
    let indexes = conn.take_indexes_away(&["written_request"]).await?;
    conn.in_steps("written requests", |from, to| {
        format!(
            "insert into written_request (id, structure_id, reference, medium, subject, sender_name, sender_email,
                sender_key, search_key, received_on, answered_on, answer_nature, due_on, created_at, updated_at)
             select n, {FIRST_POINT} + n::bigint * 7919 % {POINTS}, 'B-' || n, (array['LETTER', 'EMAIL'])[1 + n % 2],
                'Demande n° ' || n, 'Usager ' || n % 300000, null, 'usager ' || n % 300000 || '||',
                'b ' || n || ' demande n ' || n, received_on,
                case when not is_open then received_on + 1 + n % 14 end, case when not is_open then 'INFORMATION' end,
                received_on + 14, received_on, received_on
             from (
                select n, n % 331 = 1 or n % 50 = 2 as is_open,
                    date '{today}' - case when n % 331 = 1 then 11 + n / 331 % 44 when n % 50 = 2 then n / 50 % 10
                        else 15 + n % 1080 end as received_on
                from generate_series({from}, {to}) n) one"
        )
    })
    .await?;
    conn.put_back(&indexes).await?;
    conn.finish(&["structure", "account", "account_role", "written_request"]).await
}

/// Fills a database with a million jobs that are done, of the last weeks, and a hundred thousand for tomorrow.
pub(crate) async fn old_jobs(url: &str) -> anyhow::Result<()> {
    let now = Clock::system().now().to_rfc3339();
    let mut conn = Filling::start(url).await?;
    conn.in_steps("jobs that are done", |from, to| {
        format!(
            "insert into job (queue, kind, payload, priority, state, run_at, attempt, max_attempts, lease_no, worker,
                created_at, started_at, finished_at)
             select 'PROBE', 'PROBE', '{{}}', 0, 'DONE', at, 1, 3, 1, 'worker-0-00000000', at, at, at + interval '2 milliseconds'
             from (
                select timestamptz '{now}' - ({ROWS} - n + 1) * interval '2 seconds' as at
                from generate_series({from}, {to}) n) one"
        )
    })
    .await?;
    conn.run(&format!(
        "insert into job (queue, kind, payload, priority, state, run_at, max_attempts, created_at)
         select 'PROBE', 'PROBE', '{{}}', 0, 'READY', timestamptz '{now}' + interval '1 day' + n * interval '1 second', 3,
            timestamptz '{now}'
         from generate_series(1, {FUTURE}) n"
    ))
    .await?;
    conn.finish(&["job"]).await
}

/// A database being filled.
struct Filling(AsyncPgConnection);

impl Filling {
    async fn start(url: &str) -> anyhow::Result<Self> {
        let mut conn = Self(connect(url).await?);
        conn.run("set synchronous_commit = off; set maintenance_work_mem = '256MB'; set work_mem = '64MB'").await?;
        // Half of the time of a large insert goes into checking keys that are right by construction.
        // Only a superuser may leave that out: for others it merely takes longer.
        let _ = conn.run("set session_replication_role = replica").await;
        Ok(conn)
    }

    async fn run(&mut self, statements: &str) -> anyhow::Result<()> {
        self.0.batch_execute(statements).await.context("filling the database")
    }

    /// The tree that every measure hangs its data on.
    async fn structures(&mut self) -> anyhow::Result<()> {
        let now = Clock::system().now().to_rfc3339();
        self.run(&format!(
            "insert into structure (id, code, name, kind, network_id, parent_id, path, postal_code, commune,
                department, region, channels, testimonies_open_on, created_at, updated_at)
             select id, 'Banc' || lpad(id::text, 5, '0'), 'Structure n° ' || id, 'Agence d''accueil',
                (array(select id from network order by id))[1 + root % {NETWORKS}],
                case when id = root then null when id = direction then root else direction end,
                case when id = root then array[id] when id = direction then array[root, id]
                    else array[root, direction, id] end,
                lpad((10 + direction)::text, 2, '0') || '000', 'Commune n° ' || id,
                lpad((10 + direction)::text, 2, '0'), 'Haute-Lorme', '{{FRONT_DESK,PHONE,LETTER,EMAIL}}',
                date '2020-01-01', timestamptz '{now}', timestamptz '{now}'
             from (
                select id, direction, case when id <= {NETWORKS} then id else 1 + (direction - 1) % {NETWORKS} end as root
                from (
                    select id, case when id <= {NETWORKS} then 0 when id < {FIRST_POINT} then id
                        else {NETWORKS} + 1 + (id - {FIRST_POINT}) % {DIRECTIONS} end as direction
                    from generate_series(1::bigint, {STRUCTURES}) id) placed) placed
             order by id"
        ))
        .await
    }

    /// Runs a statement for every so many rows.
    async fn in_steps(
        &mut self,
        what: &'static str,
        statement: impl Fn(u32, u32) -> String,
    ) -> anyhow::Result<()> {
        let bar = bar(what, ROWS as usize);
        for from in (1..=ROWS).step_by(STEP as usize) {
            let to = from + STEP - 1;
            self.run(&statement(from, to)).await?;
            bar.set_position(to.into());
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// Drops the indexes that no constraint needs: making them at the end takes a fifth of the time.
    /// Gives the statements that bring them back. Those for text searches stay away: nothing that is
    /// measured reads them, and they would take longer than all measures together.
    async fn take_indexes_away(&mut self, tables: &[&str]) -> anyhow::Result<Vec<String>> {
        #[derive(diesel::QueryableByName)]
        struct Index {
            #[diesel(sql_type = diesel::sql_types::Text)]
            name: String,
            #[diesel(sql_type = diesel::sql_types::Text)]
            definition: String,
        }
        let found: Vec<Index> = diesel::sql_query(
            "select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
             from pg_index i
             where i.indrelid::regclass::text = any($1)
               and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)
             order by 1",
        )
        .bind::<diesel::sql_types::Array<diesel::sql_types::Text>, _>(tables)
        .load(&mut self.0)
        .await?;
        for index in &found {
            self.run(&format!("drop index {}", index.name)).await?;
        }
        let definitions = found.into_iter().map(|index| index.definition);
        Ok(definitions.filter(|definition| !definition.contains(" USING gin ")).collect())
    }

    async fn put_back(&mut self, indexes: &[String]) -> anyhow::Result<()> {
        let bar = bar("indexes", indexes.len());
        for index in indexes {
            self.run(index).await?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// What autovacuum does in a database that lives: statistics, and which pages everybody sees.
    async fn finish(mut self, tables: &[&str]) -> anyhow::Result<()> {
        let bar = bar("vacuum", tables.len());
        for table in tables {
            self.run(&format!("vacuum (analyze) {table}")).await?;
            bar.inc(1);
        }
        // Else it comes in the middle of a measure. Needs a right that not everybody has.
        let _ = self.run("checkpoint").await;
        bar.finish_and_clear();
        Ok(())
    }
}
