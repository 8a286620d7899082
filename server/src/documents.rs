//! Parsed documents, kept by their text: clients send the same few again and again. And trusted ones, known by the
//! hash of their text: a front end of ours needs no other.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, anyhow, bail, ensure};
use lru::LruCache;
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::document::Document;
use crate::problem::Problem;

/// Longest document kept; longer ones are parsed each time, so that memory stays bounded.
const KEPT_BYTES: usize = 8 * 1024;

/// Most tokens of a document kept: two trees of each token are in memory.
const KEPT_TOKENS: usize = 500;

/// How ids may say which hash they are.
const PREFIX: &str = "sha256:";

/// A bounded cache of parsed documents, and the trusted ones.
#[derive(Clone)]
pub struct Documents {
    kept: Arc<Mutex<LruCache<String, Arc<Document>>>>,
    trusted: Arc<HashMap<String, Arc<Document>>>,
    only: bool,
}

impl Documents {
    /// A cache of at most `size` documents.
    pub fn new(size: usize) -> Self {
        let size = NonZeroUsize::new(size).unwrap_or(NonZeroUsize::MIN);
        let kept = Arc::new(Mutex::new(LruCache::new(size)));
        Self { kept, trusted: Arc::default(), only: false }
    }

    /// Those that the settings want.
    ///
    /// # Errors
    /// When the file of trusted ones cannot be used, or is missing although nothing else is to be accepted.
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        let documents = Self::new(config.document_cache);
        match &config.trusted_documents {
            Some(file) => documents
                .trusting(file, config.trusted_only)
                .with_context(|| format!("SPP_TRUSTED_DOCUMENTS: {}", file.display())),
            None if config.trusted_only => {
                bail!("SPP_TRUSTED_ONLY is on, but SPP_TRUSTED_DOCUMENTS names no file")
            }
            None => Ok(documents),
        }
    }

    /// Reads the trusted documents of a file that build tools of front ends write: a JSON object of texts by the
    /// SHA-256 of each, in hexadecimal. With `only`, nothing else is accepted.
    ///
    /// # Errors
    /// When the file cannot be read, an id is not the hash of its text, or a text is no document.
    pub fn trusting(self, file: &Path, only: bool) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file)?;
        let texts: HashMap<String, String> =
            serde_json::from_str(&text).context("it must be one JSON object of texts")?;
        let mut trusted = HashMap::with_capacity(texts.len());
        for (id, text) in texts {
            let id = id.strip_prefix(PREFIX).unwrap_or(&id).to_ascii_lowercase();
            let hash = hex::encode(Sha256::digest(&text));
            ensure!(id == hash, "« {id} » is not the SHA-256 of its text, which is {hash}");
            let read = Document::read(&text);
            let document = read.map_err(|problem| anyhow!("document {id}: {}", problem.message))?;
            trusted.insert(id, Arc::new(document));
        }
        Ok(Self { trusted: Arc::new(trusted), only, ..self })
    }

    /// A trusted document by its id.
    pub fn trusted(&self, id: &str) -> Option<Arc<Document>> {
        let id = id.strip_prefix(PREFIX).unwrap_or(id).to_ascii_lowercase();
        self.trusted.get(&id).cloned()
    }

    /// How many documents are trusted.
    pub fn trusted_len(&self) -> usize {
        self.trusted.len()
    }

    /// Whether only trusted documents are accepted.
    pub fn only_trusted(&self) -> bool {
        self.only
    }

    /// Reads a document, or finds it read.
    ///
    /// # Errors
    /// What to change in it.
    pub fn read(&self, text: &str) -> Result<Arc<Document>, Problem> {
        if let Ok(mut kept) = self.kept.lock()
            && let Some(document) = kept.get(text)
        {
            return Ok(document.clone());
        }
        let document = Arc::new(Document::read(text)?);
        if text.len() <= KEPT_BYTES
            && document.tokens <= KEPT_TOKENS
            && let Ok(mut kept) = self.kept.lock()
        {
            kept.put(text.to_owned(), document.clone());
        }
        Ok(document)
    }

    /// How many documents are kept.
    pub fn len(&self) -> usize {
        self.kept.lock().map_or(0, |kept| kept.len())
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
            assert!(documents.read(&format!("{{ {field}: __typename }}")).is_ok());
        }
        assert_eq!(documents.len(), 2);
        assert!(documents.read(&format!("{{ __typename }} #{}", "x".repeat(KEPT_BYTES))).is_ok());
        assert_eq!(documents.len(), 2);
        assert!(documents.read("{").is_err());
        assert_eq!(documents.len(), 2);
    }
}
