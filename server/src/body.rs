//! Bodies of requests: none is longer or slower than it may be, and few large ones are in memory at once.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use poem::Body;
use poem::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{LARGE_BODIES, PUBLIC_BODY_BYTES};
use crate::problem::Problem;

/// Reads the bodies of a process.
#[derive(Debug, Clone)]
pub struct Bodies {
    time: Duration,
    /// Places for bodies that are larger than the public's.
    large: Arc<Semaphore>,
    /// One for each account, or a few accounts: nobody takes every place.
    own: Arc<[Arc<Semaphore>]>,
}

/// The place of a large body.
#[derive(Debug)]
pub struct Place {
    _large: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

/// Accounts share as many places of their own (ours).
const OWN: usize = 64;

/// A body that arrived.
#[derive(Debug)]
pub struct Arrived {
    /// All of it.
    pub bytes: Vec<u8>,
    /// The place that a large one takes, to be kept as long as what was made of it is in memory.
    pub place: Option<Place>,
}

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It is longer than so many bytes.
    TooLong(usize),
    /// It did not arrive in this time.
    TooSlow(Duration),
    /// It is a large one, and found no place.
    NoPlace,
    /// It broke off.
    Broken,
}

impl Bodies {
    /// Each may take so long to arrive.
    pub fn new(time: Duration) -> Self {
        let own = (0..OWN).map(|_| Arc::new(Semaphore::new(1))).collect();
        Self { time, large: Arc::new(Semaphore::new(LARGE_BODIES)), own }
    }

    /// Reads a body of at most `limit` bytes. A large one waits, with its beginning in memory, until there is a place:
    /// for one of its account at a time.
    ///
    /// # Errors
    /// Why it was not read.
    pub async fn read(
        &self,
        body: Body,
        limit: usize,
        account: Option<i64>,
    ) -> Result<Arrived, Unread> {
        let waits = AtomicBool::new(false);
        let arriving = self.gather(body, limit, account, &waits);
        match tokio::time::timeout(self.time, arriving).await {
            Ok(arrived) => arrived,
            Err(_) if waits.load(Ordering::Relaxed) => Err(Unread::NoPlace),
            Err(_) => Err(Unread::TooSlow(self.time)),
        }
    }

    async fn place(&self, account: Option<i64>) -> Option<Place> {
        let own = usize::try_from(account.unwrap_or_default()).unwrap_or_default() % OWN;
        let own = self.own.get(own)?.clone().acquire_owned().await.ok()?;
        let large = self.large.clone().acquire_owned().await.ok()?;
        Some(Place { _large: large, _own: own })
    }

    async fn gather(
        &self,
        body: Body,
        limit: usize,
        account: Option<i64>,
        waits: &AtomicBool,
    ) -> Result<Arrived, Unread> {
        let mut pieces = pin!(body.into_bytes_stream());
        let mut arrived = Arrived { bytes: Vec::new(), place: None };
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| Unread::Broken)?;
            let length = arrived.bytes.len() + piece.len();
            if length > limit {
                return Err(Unread::TooLong(limit));
            }
            if length > PUBLIC_BODY_BYTES && arrived.place.is_none() {
                waits.store(true, Ordering::Relaxed);
                arrived.place = Some(self.place(account).await.ok_or(Unread::NoPlace)?);
                waits.store(false, Ordering::Relaxed);
            }
            arrived.bytes.extend_from_slice(&piece);
        }
        Ok(arrived)
    }
}

impl Unread {
    /// What to answer.
    pub fn problem(self) -> Problem {
        match self {
            Self::TooLong(limit) => {
                let message = format!("Le corps dépasse {limit} octets.");
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "LIMIT_EXCEEDED", message)
            }
            Self::TooSlow(time) => {
                let message = format!(
                    "Le corps n'est pas arrivé en {} secondes : réessayez dans un moment.",
                    time.as_secs()
                );
                Problem::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", message)
            }
            Self::NoPlace => {
                let message = "Trop de gros envois en même temps : réessayez dans un moment.";
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT", message)
            }
            Self::Broken => Problem::bad_request("Le corps n'est pas arrivé en entier."),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Error;

    use futures_util::{FutureExt, stream};

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    fn body(length: usize) -> Body {
        Body::from_vec(vec![b'x'; length])
    }

    #[tokio::test]
    async fn large_bodies_wait_for_a_place_and_small_ones_do_not() {
        let (bodies, large) = (Bodies::new(LONG), PUBLIC_BODY_BYTES + 1);
        let read = |length, who| bodies.read(body(length), large, Some(who));
        let mut held = vec![];
        for who in 1..=LARGE_BODIES as i64 {
            held.push(read(large, who).await.expect("a place"));
        }
        assert!(held.iter().all(|arrived| arrived.place.is_some() && arrived.bytes.len() == large));
        let mut next = pin!(read(large, 9));
        assert!(next.as_mut().now_or_never().is_none(), "there is no place");
        let small = read(PUBLIC_BODY_BYTES, 9).await.expect("needs no place");
        assert!(small.place.is_none());
        held.pop();
        assert!(next.await.is_ok(), "the place is free again");
    }

    #[tokio::test]
    async fn one_account_has_one_place() {
        let (bodies, large) = (Bodies::new(LONG), PUBLIC_BODY_BYTES + 1);
        let read = |who| bodies.read(body(large), large, Some(who));
        let _held = read(1).await.expect("a place");
        let mut again = pin!(read(1));
        assert!(again.as_mut().now_or_never().is_none(), "it has one");
        assert!(read(2).await.is_ok(), "somebody else finds the other");
        // Whoever waited in vain is told so, and not that the body was slow.
        let hurried = Bodies { time: Duration::from_millis(1), ..bodies.clone() };
        assert_eq!(hurried.read(body(large), large, Some(1)).await.err(), Some(Unread::NoPlace));
    }

    #[tokio::test]
    async fn a_body_is_neither_too_long_nor_too_slow_nor_cut() {
        let bodies = Bodies::new(LONG);
        assert_eq!(
            bodies.read(body(10), 10, None).await.map(|arrived| arrived.bytes.len()),
            Ok(10)
        );
        assert_eq!(bodies.read(body(11), 10, None).await.err(), Some(Unread::TooLong(10)));
        let cut = stream::iter([Ok(vec![b'x']), Err(Error::other("cut"))]);
        let cut = Body::from_bytes_stream(cut);
        assert_eq!(bodies.read(cut, 10, None).await.err(), Some(Unread::Broken));
        let short = Duration::from_millis(1);
        let stalled = stream::iter([Ok::<_, Error>(vec![b'x'])]).chain(stream::pending());
        let stalled = Body::from_bytes_stream(stalled);
        let told = Bodies::new(short).read(stalled, 10, None).await.err();
        assert_eq!(told, Some(Unread::TooSlow(short)));
    }
}
