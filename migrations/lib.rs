//! The SQL migrations, embedded in the programs that apply them.

use diesel_migrations::{EmbeddedMigrations, embed_migrations};

/// Every migration of the product, in order. The folder of SQL files is this crate's own root.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!(".");
