//! The only place that draws at random without a stored seed: secrets. Draws of the programme
//! (samples, dates) take a seed and live in their area's `rules`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;

use super::secret::Secret;

/// A secret shown once: 32 bytes from the operating system, as URL-safe text.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn new_secret() -> anyhow::Result<Secret> {
    let mut bytes = [0_u8; 32];
    OsRng.try_fill_bytes(&mut bytes)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
}
