//! Accounts of the demonstration.

use std::collections::HashMap;

use anyhow::Context;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, RunQueryDsl};
use schema::foundation::app::App;
use schema::foundation::policy::{AlertChoice, Role};
use schema::reference::account::password;
use schema::tables::{account, account_role, structure};
use serde::Deserialize;

const ACCOUNTS: &str = include_str!("../../demo/accounts.toml");

/// The password of every demonstration account.
pub const PASSWORD: &str = "demonstration-2026";

#[derive(Deserialize)]
struct Accounts {
    account: Vec<Account>,
}

#[derive(Deserialize)]
struct Account {
    login: Option<String>,
    email: String,
    display_name: String,
    roles: Vec<HeldRole>,
}

#[derive(Deserialize)]
struct HeldRole {
    role: Role,
    structure: Option<String>,
    alerts: AlertChoice,
}

fn all() -> anyhow::Result<Vec<Account>> {
    Ok(toml::from_str::<Accounts>(ACCOUNTS).context("demo/accounts.toml")?.account)
}

/// The logins to show: one line each, or shell exports.
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn logins(exports: bool) -> anyhow::Result<String> {
    let mut lines = Vec::new();
    if exports {
        lines.push(format!("export DEMO_PASSWORD={PASSWORD}"));
    }
    for account in all()? {
        let Some(login) = account.login else { continue };
        lines.push(if exports {
            format!("export DEMO_{}_EMAIL={}", login.to_uppercase(), account.email)
        } else {
            let roles: Vec<String> = account
                .roles
                .iter()
                .map(|held| match &held.structure {
                    Some(structure) => format!("{} {structure}", held.role),
                    None => held.role.to_string(),
                })
                .collect();
            format!("{:<55} {PASSWORD}  {}", account.email, roles.join(", "))
        });
    }
    Ok(lines.join("\n"))
}

pub(super) async fn seed(app: &App) -> anyhow::Result<usize> {
    // One hash for all: hashing is slow on purpose.
    let hash = password::hash(PASSWORD.to_owned()).await?;
    let accounts = all()?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let codes: HashMap<String, i64> = structure::table
        .select((structure::code, structure::id))
        .load::<(String, i64)>(&mut conn)
        .await?
        .into_iter()
        .collect();
    conn.transaction(async |conn| {
        for one in &accounts {
            let id: i64 = diesel::insert_into(account::table)
                .values((
                    account::email.eq(&one.email),
                    account::display_name.eq(&one.display_name),
                    account::password_hash.eq(&hash),
                    account::created_at.eq(now),
                ))
                .returning(account::id)
                .get_result(conn)
                .await?;
            for held in &one.roles {
                let structure_id = held
                    .structure
                    .as_ref()
                    .map(|code| {
                        codes
                            .get(code)
                            .copied()
                            .with_context(|| format!("unknown structure {code}"))
                    })
                    .transpose()?;
                diesel::insert_into(account_role::table)
                    .values((
                        account_role::account_id.eq(id),
                        account_role::role.eq(held.role),
                        account_role::structure_id.eq(structure_id),
                        account_role::alerts.eq(held.alerts),
                    ))
                    .execute(conn)
                    .await?;
            }
        }
        anyhow::Ok(())
    })
    .await?;
    Ok(accounts.len())
}
