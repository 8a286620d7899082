//! The only place that draws at random without a stored seed: secrets. Draws of the programme
//! (samples, dates) take a seed and live in their area's `rules`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

/// A secret shown once: 32 bytes from the operating system, as URL-safe text.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn new_secret() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    OsRng.try_fill_bytes(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What we keep of a secret: its SHA-256. The secret has 256 bits, so a slow hash would add nothing.
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
