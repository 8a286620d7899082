//! The structures and people of every test.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::foundation::database::Conn;
use schema::foundation::policy::{AlertChoice, Role};
use schema::reference::account::password;
use schema::tables::{account, account_role, network, structure};

/// Structure A, and B beside it, below a direction, below the root of their network; C elsewhere.
pub const ROOT: &str = "RACINE01";
/// The direction above A and B.
pub const DIRECTION: &str = "DIRECT01";
/// Structure A.
pub const A: &str = "STRUCTA1";
/// Structure B.
pub const B: &str = "STRUCTB1";
/// The root of another network.
pub const OTHER_ROOT: &str = "RACINE02";
/// Structure C, in the other network.
pub const C: &str = "STRUCTC1";
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple";

/// A person's address.
pub fn address(name: &str) -> String {
    format!("{name}@exemple.test")
}

/// Writes the structures and people into an empty database.
///
/// # Errors
/// When the database refuses.
pub async fn settle_in(conn: &mut Conn, now: DateTime<Utc>) -> anyhow::Result<()> {
    let root = add(conn, ROOT, "Réseau des allocations", "CAF", None, "75", now).await?;
    let direction =
        add(conn, DIRECTION, "Direction départementale", "CAF", Some(&root), "96", now).await?;
    let a = add(conn, A, "Agence de Montarcy", "CAF", Some(&direction), "96", now).await?;
    let b = add(conn, B, "Agence de Valserre", "CAF", Some(&direction), "96", now).await?;
    let other = add(conn, OTHER_ROOT, "Réseau des caisses", "CPAM", None, "75", now).await?;
    let c = add(conn, C, "Caisse de Lormont", "CPAM", Some(&other), "97", now).await?;

    let hash = password::hash(PASSWORD.to_owned()).await?;
    let at = |path: &Vec<i64>| path.last().copied();
    for (name, shown, role, place, alerts) in [
        ("bruno", "Bruno Agent", Role::Agent, at(&a), AlertChoice::None),
        ("chloe", "Chloé Agente", Role::Agent, at(&b), AlertChoice::None),
        ("david", "David Responsable", Role::Manager, at(&a), AlertChoice::Own),
        ("elise", "Élise Directrice", Role::Manager, at(&direction), AlertChoice::Subtree),
        ("farid", "Farid Tête-de-réseau", Role::NetworkHead, at(&root), AlertChoice::None),
        ("gaelle", "Gaëlle Modératrice", Role::Moderator, None, AlertChoice::None),
        ("henri", "Henri National", Role::National, None, AlertChoice::None),
        ("iris", "Iris Exploitante", Role::Operator, None, AlertChoice::None),
        ("jonas", "Jonas Agent", Role::Agent, at(&c), AlertChoice::None),
    ] {
        let id: i64 = diesel::insert_into(account::table)
            .values((
                account::email.eq(address(name)),
                account::display_name.eq(shown),
                account::password_hash.eq(&hash),
                account::created_at.eq(now),
            ))
            .returning(account::id)
            .get_result(conn)
            .await?;
        diesel::insert_into(account_role::table)
            .values((
                account_role::account_id.eq(id),
                account_role::role.eq(role),
                account_role::structure_id.eq(place),
                account_role::alerts.eq(alerts),
            ))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Adds a structure; gives its path.
async fn add(
    conn: &mut Conn,
    code: &str,
    name: &str,
    of: &str,
    parent: Option<&Vec<i64>>,
    department: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<Vec<i64>> {
    let network_id: i64 =
        network::table.filter(network::code.eq(of)).select(network::id).first(conn).await?;
    let last: Option<i64> =
        structure::table.select(diesel::dsl::max(structure::id)).first(conn).await?;
    let id = last.unwrap_or(0) + 1;
    let mut path = parent.cloned().unwrap_or_default();
    let parent_id = path.last().copied();
    path.push(id);
    diesel::insert_into(structure::table)
        .values((
            (
                structure::id.eq(id),
                structure::code.eq(code),
                structure::name.eq(name),
                structure::kind.eq("Agence"),
                structure::network_id.eq(network_id),
                structure::parent_id.eq(parent_id),
                structure::path.eq(&path),
                structure::postal_code.eq("96000"),
            ),
            (
                structure::commune.eq("Montarcy"),
                structure::department.eq(department),
                structure::region.eq("Haute-Lorme"),
                structure::channels.eq(vec!["FRONT_DESK", "PHONE"]),
                structure::testimonies_open_on.eq(now.date_naive() - chrono::Days::new(400)),
                structure::created_at.eq(now),
                structure::updated_at.eq(now),
            ),
        ))
        .execute(conn)
        .await?;
    // Later inserts through the product take their ids from the sequence.
    diesel::sql_query(
        "select setval(pg_get_serial_sequence('structure', 'id'), (select max(id) from structure))",
    )
    .execute(conn)
    .await?;
    Ok(path)
}
