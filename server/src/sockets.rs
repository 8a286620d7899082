//! How many sockets a client may hold, and how fast it may talk.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::{Duration, Instant};

/// Messages that a client may send in a second, and at once (ours).
pub const MESSAGES_PER_SECOND: u32 = 100;

/// Counts open sockets by the network address of their clients.
#[derive(Clone)]
pub struct Sockets {
    open: Arc<Mutex<HashMap<String, usize>>>,
    most: usize,
}

impl Sockets {
    /// At most so many for each client.
    pub fn new(most: usize) -> Self {
        Self { open: Arc::default(), most }
    }

    /// Lets a client in, until the pass is dropped; `None` when it holds as many as it may.
    pub fn enter(&self, client: &str) -> Option<Pass> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(client.to_owned()).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Pass { sockets: self.clone(), client: client.to_owned() })
    }
}

/// One open socket.
pub struct Pass {
    sockets: Sockets,
    client: String,
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut open = self.sockets.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.client) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.client);
            }
        }
    }
}

/// How fast one client talks: a second's worth may come at once.
pub struct Pace {
    left: f64,
    at: Instant,
}

impl Pace {
    /// Nothing said yet.
    pub fn new(now: Instant) -> Self {
        Self { left: f64::from(MESSAGES_PER_SECOND), at: now }
    }

    /// Counts a message; whether it may be heard.
    pub fn allows(&mut self, now: Instant) -> bool {
        let rate = f64::from(MESSAGES_PER_SECOND);
        let passed: Duration = now.duration_since(self.at);
        self.at = now;
        self.left = (self.left + passed.as_secs_f64() * rate).min(rate);
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_holds_so_many_sockets_and_not_one_more() {
        let sockets = Sockets::new(2);
        let first = sockets.enter("a").expect("the first");
        let _second = sockets.enter("a").expect("the second");
        assert!(sockets.enter("a").is_none());
        assert!(sockets.enter("b").is_some(), "somebody else");
        drop(first);
        assert!(sockets.enter("a").is_some());
        assert_eq!(sockets.open.lock().expect("no panic").len(), 1, "who is gone is forgotten");
    }

    #[test]
    fn a_second_gives_a_second_s_worth_of_messages() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let heard = |pace: &mut Pace, at| (0..1000).filter(|_| pace.allows(at)).count();
        assert_eq!(heard(&mut pace, start), 100);
        assert_eq!(heard(&mut pace, start + Duration::from_millis(500)), 50);
        assert_eq!(
            heard(&mut pace, start + Duration::from_secs(60)),
            100,
            "silence is not saved up"
        );
    }
}
