//! Everybody: each role, at each place where it can be held, and the public.

use diesel_async::RunQueryDsl;
use schema::foundation::chance;
use schema::foundation::policy::Role;
use tests::{Client, World};

/// Somebody with one role.
pub(super) struct Actor {
    /// `MANAGER at STRUCTA1`.
    pub(super) name: String,
    /// The role; none for the public.
    pub(super) role: Option<Role>,
    /// Where it is held; none for the roles that hold everywhere.
    pub(super) at: Option<&'static str>,
    pub(super) client: Client,
}

/// The public, and an account for each role and place. Their sessions are written down, not opened: twenty passwords
/// would take longer than the rest.
pub(super) async fn all(world: &World) -> Vec<Actor> {
    let mut actors =
        vec![Actor { name: "public".into(), role: None, at: None, client: world.alice.clone() }];
    for role in Role::ALL {
        let places: &[Option<&'static str>] = match role.is_everywhere() {
            true => &[None],
            false => &[Some("DIRECT01"), Some("STRUCTA1"), Some(super::CHILD)],
        };
        for at in places {
            let name = at.map_or(role.to_string(), |at| format!("{role} at {at}"));
            let token = open(world, *role, *at).await;
            actors.push(Actor {
                name,
                role: Some(*role),
                at: *at,
                client: world.alice.with_token(&token),
            });
        }
    }
    actors
}

/// An account with a role and an open session; gives its token.
pub(super) async fn open(world: &World, role: Role, at: Option<&str>) -> String {
    let token = chance::new_secret().unwrap();
    let hash = hex::encode(token.digest());
    let address = format!(
        "{}-{}@exemple.test",
        role.as_str().to_lowercase(),
        at.unwrap_or("all").to_lowercase()
    );
    let place = at
        .map_or("null".to_owned(), |at| format!("(select id from structure where code = '{at}')"));
    let now = world.clock.now();
    let statement = format!(
        "with one as (
            insert into account (email, display_name, password_hash, created_at)
            values ('{address}', '{role}', '-', '{now}') returning id),
        held as (
            insert into account_role (account_id, role, structure_id, alerts)
            select id, '{role}', {place}, 'NONE' from one)
        insert into session (account_id, token_hash, created_at, expires_at)
        select id, '\\x{hash}', '{now}', '{now}'::timestamptz + interval '30 days' from one"
    );
    diesel::sql_query(statement).execute(&mut world.conn().await).await.unwrap();
    token.reveal()
}
