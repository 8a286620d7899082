//! Parsed documents, kept by their text: clients send the same few again and again.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use lru::LruCache;

/// Longest document kept; longer ones are parsed each time, so that memory stays bounded.
const KEPT_BYTES: usize = 8 * 1024;

/// A bounded cache of parsed documents.
#[derive(Clone)]
pub struct Documents(Arc<Mutex<LruCache<String, Arc<ExecutableDocument>>>>);

impl Documents {
    /// A cache of at most `size` documents.
    pub fn new(size: usize) -> Self {
        let size = NonZeroUsize::new(size).unwrap_or(NonZeroUsize::MIN);
        Self(Arc::new(Mutex::new(LruCache::new(size))))
    }

    /// Parses a document, or finds it parsed.
    ///
    /// # Errors
    /// The parser's error.
    pub fn parse(
        &self,
        text: &str,
    ) -> Result<Arc<ExecutableDocument>, async_graphql::parser::Error> {
        if let Ok(mut kept) = self.0.lock()
            && let Some(document) = kept.get(text)
        {
            return Ok(document.clone());
        }
        let document = Arc::new(parse_query(text)?);
        if text.len() <= KEPT_BYTES
            && let Ok(mut kept) = self.0.lock()
        {
            kept.put(text.to_owned(), document.clone());
        }
        Ok(document)
    }

    /// How many documents are kept.
    pub fn len(&self) -> usize {
        self.0.lock().map_or(0, |kept| kept.len())
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_bounded_and_keeps_no_giant() {
        let documents = Documents::new(2);
        for field in ["a", "b", "c", "c"] {
            documents.parse(&format!("{{ {field} }}")).expect("a document");
        }
        assert_eq!(documents.len(), 2);
        documents.parse(&format!("{{ a }} #{}", "x".repeat(KEPT_BYTES))).expect("a document");
        assert_eq!(documents.len(), 2);
        assert!(documents.parse("{").is_err());
        assert_eq!(documents.len(), 2);
    }
}
