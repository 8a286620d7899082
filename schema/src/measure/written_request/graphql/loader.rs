//! The other requests of the same sender, for a whole page at once.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use async_graphql::dataloader::Loader;

use crate::foundation::database::Pool;
use crate::foundation::error::Error;
use crate::foundation::policy::Scope;
use crate::measure::written_request::model::WrittenRequest;
use crate::measure::written_request::service;

/// Which other requests are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameSender {
    /// The request whose sender is meant.
    pub of: i64,
    /// How many at most.
    pub limit: i64,
    /// What the caller may read.
    pub scope: Scope,
}

impl Hash for SameSender {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // One operation has one caller, so the scope distinguishes nothing.
        (self.of, self.limit).hash(state);
    }
}

/// Loads the other requests of the same sender.
pub struct SameSenderLoader(Pool);

impl SameSenderLoader {
    /// A loader over a database.
    pub fn new(pool: Pool) -> Self {
        Self(pool)
    }
}

impl Loader<SameSender> for SameSenderLoader {
    type Value = Vec<WrittenRequest>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[SameSender],
    ) -> Result<HashMap<SameSender, Vec<WrittenRequest>>, Arc<Error>> {
        let mut found = HashMap::with_capacity(keys.len());
        let mut waiting: Vec<&SameSender> = keys.iter().collect();
        // Keys that differ in their limit only are asked for apart; a document seldom holds two limits.
        while let Some(first) = waiting.first().copied() {
            let (alike, others): (Vec<&SameSender>, Vec<&SameSender>) = waiting
                .into_iter()
                .partition(|key| key.limit == first.limit && key.scope == first.scope);
            let ids: Vec<i64> = alike.iter().map(|key| key.of).collect();
            let mut rows = service::same_sender(&self.0, &first.scope, &ids, first.limit).await?;
            for key in alike {
                found.insert(key.clone(), rows.remove(&key.of).unwrap_or_default());
            }
            waiting = others;
        }
        Ok(found)
    }
}
