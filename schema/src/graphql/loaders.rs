//! One loader per edge, made anew for each operation: what it caches never outlives the caller's rights.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{ObjectType, Request, SchemaBuilder, SubscriptionType};

use crate::foundation::database::Pool;
use crate::foundation::error::Error;
use crate::listen::testimony::model::Experience;
use crate::measure::written_request::graphql::SameSenderLoader;
use crate::prioritise::committee::model::Participant;
use crate::prioritise::minutes::model::Minutes;
use crate::reference::network::model::Network;
use crate::reference::structure::model::Structure;
use crate::{listen, prioritise, reference};

/// Loads structures by id.
pub struct StructureLoader(Pool);

impl Loader<i64> for StructureLoader {
    /// Shared, because one structure answers for many testimonies of a page.
    type Value = Arc<Structure>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[i64]) -> Result<HashMap<i64, Arc<Structure>>, Arc<Error>> {
        let rows = reference::structure::service::by_ids(&self.0, keys).await?;
        Ok(rows.into_iter().map(|row| (row.id, Arc::new(row))).collect())
    }
}

/// Loads networks by id.
pub struct NetworkLoader(Pool);

impl Loader<i64> for NetworkLoader {
    type Value = Network;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[i64]) -> Result<HashMap<i64, Network>, Arc<Error>> {
        let rows = reference::network::service::by_ids(&self.0, keys).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// Loads the names of accounts.
pub struct AccountNameLoader(Pool);

impl Loader<i64> for AccountNameLoader {
    type Value = String;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[i64]) -> Result<HashMap<i64, String>, Arc<Error>> {
        Ok(reference::account::service::names(&self.0, keys).await?)
    }
}

/// Loads the experiences told in testimonies, by testimony.
pub struct ExperienceLoader(Pool);

impl Loader<i64> for ExperienceLoader {
    type Value = Vec<Experience>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[i64]) -> Result<HashMap<i64, Vec<Experience>>, Arc<Error>> {
        let mut grouped: HashMap<i64, Vec<Experience>> = HashMap::with_capacity(keys.len());
        for row in listen::testimony::service::experiences(&self.0, keys).await? {
            grouped.entry(row.testimony_id).or_default().push(row);
        }
        Ok(grouped)
    }
}

/// Loads the people of committees, by committee.
pub struct ParticipantLoader(Pool);

impl Loader<i64> for ParticipantLoader {
    type Value = Vec<Participant>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[i64]) -> Result<HashMap<i64, Vec<Participant>>, Arc<Error>> {
        Ok(prioritise::committee::service::people(&self.0, keys).await?)
    }
}

/// Loads the minutes of committees, by committee.
pub struct MinutesLoader(Pool);

impl Loader<i64> for MinutesLoader {
    type Value = Minutes;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[i64]) -> Result<HashMap<i64, Minutes>, Arc<Error>> {
        Ok(prioritise::minutes::service::minutes(&self.0, keys).await?)
    }
}

/// Lets one level of a page gather before it asks; 200 µs was measured best with our allocator.
const DELAY: Duration = Duration::from_micros(200);

/// Loaders of what does not depend on the caller: shared, so that operations that run at once ask
/// together. They cache nothing.
pub fn shared<Q, M, S>(builder: SchemaBuilder<Q, M, S>, pool: &Pool) -> SchemaBuilder<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    builder
        .data(DataLoader::new(StructureLoader(pool.clone()), tokio::spawn).delay(DELAY))
        .data(DataLoader::new(NetworkLoader(pool.clone()), tokio::spawn).delay(DELAY))
        .data(DataLoader::new(AccountNameLoader(pool.clone()), tokio::spawn).delay(DELAY))
        .data(DataLoader::new(ExperienceLoader(pool.clone()), tokio::spawn).delay(DELAY))
        .data(DataLoader::new(ParticipantLoader(pool.clone()), tokio::spawn).delay(DELAY))
        .data(DataLoader::new(MinutesLoader(pool.clone()), tokio::spawn).delay(DELAY))
}

/// Gives an operation the loaders that depend on its caller.
pub fn attach(request: Request, pool: &Pool) -> Request {
    request.data(DataLoader::new(SameSenderLoader::new(pool.clone()), tokio::spawn).delay(DELAY))
}
