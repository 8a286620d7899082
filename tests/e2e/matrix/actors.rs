//! Everybody: each role, at each place where it can be held, tokens of those who may make them, and the public.

use diesel_async::RunQueryDsl;
use schema::foundation::chance;
use schema::foundation::policy::{Action, Role};
use serde_json::json;
use tests::{Client, World};

use super::furniture::{Furniture, Thing};
use super::{CHILD, PLACES};

/// A role, and where it is held; nowhere in particular for the roles that hold everywhere.
pub(super) type Held = (Role, Option<&'static str>);

/// Somebody.
pub(super) struct Actor {
    /// `MANAGER at STRUCTA1`.
    pub(super) name: String,
    /// What they are; nothing for the public.
    pub(super) roles: Vec<Held>,
    /// For an API token: its structure, and whether it may write.
    pub(super) token: Option<(&'static str, bool)>,
    pub(super) client: Client,
}

/// The public, an account for each role and place, and tokens. Sessions are written down, not opened: twenty passwords
/// would take longer than the rest.
pub(super) async fn all(world: &World, furniture: &mut Furniture) -> Vec<Actor> {
    let public = world.alice.clone();
    let mut actors =
        vec![Actor { name: "public".into(), roles: vec![], token: None, client: public }];
    for role in Role::ALL {
        let places: &[Option<&'static str>] = match role.is_everywhere() {
            true => &[None],
            false => &[Some("DIRECT01"), Some("STRUCTA1"), Some(CHILD)],
        };
        for at in places {
            let name = at.map_or(role.to_string(), |at| format!("{role} at {at}"));
            let roles = vec![(*role, *at)];
            let client = open(world, &roles).await;
            actors.push(Actor { name, roles, token: None, client });
        }
    }
    // A token reaches what its owner does, within its structure; moderators make one as whoever else they are.
    let managed = Some("DIRECT01");
    let owners: [&[Held]; 3] = [
        &[(Role::National, None)],
        &[(Role::National, None), (Role::Moderator, None)],
        &[(Role::Manager, managed), (Role::Agent, Some("STRUCTC1"))],
    ];
    for (number, roles) in owners.into_iter().enumerate() {
        for write in [false, true] {
            let (client, at) = (open(world, roles).await, "STRUCTA1");
            let access = if write { "READ_WRITE" } else { "READ" };
            let input = json!({ "structure": at, "name": "Essai", "access": access });
            let create = "mutation($input: ApiTokenCreateInput!) { apiTokenCreate(input: $input) { token apiToken { id } } }";
            let made =
                client.data(create, json!({ "input": input })).await["apiTokenCreate"].clone();
            let token = made["token"].as_str().expect("a secret");
            actors.push(Actor {
                name: format!("token {number} {access} at {at}"),
                roles: roles.to_vec(),
                token: Some((at, write)),
                client: client.with_token(token),
            });
            furniture.0.push(Thing {
                kind: "ApiToken",
                id: made["apiToken"]["id"].as_str().expect("an id").to_owned(),
                place: PLACES.iter().find(|(code, _)| *code == at).copied(),
                action: Action::ManageApiTokens,
                draft: false,
            });
        }
    }
    actors
}

/// Somebody with an account, these roles and an open session.
pub(super) async fn open(world: &World, roles: &[Held]) -> Client {
    let token = chance::new_secret().unwrap();
    let hash = hex::encode(token.digest());
    let address = format!("{}@exemple.test", &hash[..12]);
    let held: Vec<String> = roles
        .iter()
        .map(|(role, at)| {
            let place = at.map_or("null::bigint".to_owned(), |at| {
                format!("(select id from structure where code = '{at}')")
            });
            format!("('{role}', {place})")
        })
        .collect();
    let (held, now) = (held.join(", "), world.clock.now());
    let statement = format!(
        "with one as (
            insert into account (email, display_name, password_hash, created_at)
            values ('{address}', 'Quelqu''un', '-', '{now}') returning id),
        held as (
            insert into account_role (account_id, role, structure_id, alerts)
            select id, role, place, 'NONE' from one, (values {held}) as held (role, place))
        insert into session (account_id, token_hash, created_at, expires_at)
        select id, '\\x{hash}', '{now}', '{now}'::timestamptz + interval '30 days' from one"
    );
    diesel::sql_query(statement).execute(&mut world.conn().await).await.unwrap();
    world.alice.with_token(&token.reveal())
}
