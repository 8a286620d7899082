//! Passwords: Argon2id with the crate's recommended cost (19 MiB, 2 passes: the OWASP minimum).

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use tokio::sync::{OnceCell, Semaphore};

use crate::foundation::chance;
use crate::foundation::secret::Secret;

/// Hashes worked on at once: each takes 19 MiB and a thread, and whoever guesses sends many.
const AT_ONCE: usize = 4;
static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// Hashes a password. Takes some 20 ms and 19 MiB, so it runs beside the asynchronous threads.
///
/// # Errors
/// When the library refuses the password (longer than 4 GiB) or the task is cancelled.
pub async fn hash(password: String) -> anyhow::Result<String> {
    let _place = PLACES.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let salt = SaltString::generate(&mut OsRng);
        Argon2::default()
            .hash_password(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| anyhow::anyhow!("password hash: {error}"))
    })
    .await?
}

/// The hash of a password that nobody knows, for accounts whose people come in elsewhere. One for each program: it costs
/// a hash once, and no transaction waits for the next.
///
/// # Errors
/// When no secret can be drawn, or as [`hash`].
pub async fn nobodys() -> anyhow::Result<&'static str> {
    static NOBODYS: OnceCell<String> = OnceCell::const_new();
    let drawn = async || hash(chance::new_secret()?.reveal()).await;
    Ok(NOBODYS.get_or_try_init(drawn).await?)
}

/// Whether a password is the one behind a hash. Without a hash (unknown login) it works as long and
/// answers false, so that the time taken does not tell which logins exist.
///
/// # Errors
/// When a stored hash cannot be read or the task is cancelled.
pub async fn verify(password: Secret, stored: Option<String>) -> anyhow::Result<bool> {
    let Some(stored) = stored else {
        hash(password.reveal()).await?;
        return Ok(false);
    };
    let _place = PLACES.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let parsed = PasswordHash::new(&stored).map_err(|e| anyhow::anyhow!("stored hash: {e}"))?;
        Ok(Argon2::default().verify_password(password.expose().as_bytes(), &parsed).is_ok())
    })
    .await?
}
