//! The real programs, as processes that can be killed.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A running program; killed when dropped.
pub struct Process {
    child: Child,
    /// Base address of its HTTP port.
    pub url: String,
}

/// Where cargo put a program: beside the tests.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test's path");
    let folder = test.ancestors().find(|folder| folder.join(name).is_file());
    folder
        .unwrap_or_else(|| panic!("{name} is not built: « ./dev test » builds the programs first"))
        .join(name)
}

impl Process {
    /// Starts `program run` with an environment of its own; waits until it is ready.
    pub async fn start(name: &str, environment: &[(&str, &str)]) -> Self {
        let mut process = Self::launch(name, environment);
        process.ready().await;
        process
    }

    /// Starts it and does not wait: it may die before it is ready, as some are meant to.
    pub fn launch(name: &str, environment: &[(&str, &str)]) -> Self {
        // Given to nobody between now and the moment at which the program listens.
        let port = lasting_port();
        let listen = format!("127.0.0.1:{port}");
        let mut child = Command::new(program(name))
            .arg("run")
            .env_remove("DATABASE_URL")
            .env_remove("REDIS_URL")
            .env("SPP_LISTEN", &listen)
            .env("SPP_WORKER_LISTEN", &listen)
            .env("SPP_LOG", "warn")
            // The schedules of these databases stand at a set hour: to a real clock they are late by months.
            .env("SPP_WATCH", "off")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        // Its warnings appear with the test's own output when the test fails.
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let shown = name.to_owned();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                eprintln!("[{shown}] {line}");
            }
        });
        Self { child, url: format!("http://{listen}") }
    }

    /// Waits until it is ready; one that ends instead is a failure.
    pub async fn ready(&mut self) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        loop {
            if let Ok(answer) = reqwest::get(format!("{}/readyz", self.url)).await
                && answer.status().is_success()
            {
                return;
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the program ended while starting: {status}");
            }
            assert!(tokio::time::Instant::now() < deadline, "the program is not ready after 30 s");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Its number while it runs. A worker's name in the job table begins with `worker-<number>-`.
    pub fn id(&self) -> u32 {
        self.child.id().expect("a running process")
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a status").is_some()
    }

    /// Kills it without warning (-9).
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("a process to kill");
    }

    /// Sends it a signal: `TERM`, `STOP`, `CONT`.
    pub async fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().await.expect("kill runs");
        assert!(sent.success(), "the signal {name} was not sent");
    }

    /// Asks it to stop; gives its exit code.
    pub async fn stop(&mut self) -> Option<i32> {
        self.signal("TERM").await;
        self.end().await
    }

    /// Waits until it ends; gives its exit code, or `None` when a signal ended it.
    pub async fn end(&mut self) -> Option<i32> {
        let ended = tokio::time::timeout(Duration::from_secs(40), self.child.wait()).await;
        ended.expect("it ends within its grace").expect("a status").code()
    }

    /// The sum of its samples of one figure that carry all these labels, as `outcome="done"`.
    pub async fn figure(&self, name: &str, labels: &[&str]) -> f64 {
        let answer = reqwest::get(format!("{}/metrics", self.url)).await.expect("its figures");
        let text = answer.text().await.expect("a body");
        text.lines()
            .filter(|line| {
                line.starts_with(name) && labels.iter().all(|label| line.contains(label))
            })
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum()
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free port")
        .port()
}

/// A port that was free a moment ago, out of those that the system gives to nobody by itself: it stays free while the one
/// who has it is away for a moment, whatever connections are made meanwhile.
pub fn lasting_port() -> u16 {
    /// Below the usual range of connections.
    const FIRST: u32 = 20_000;
    const MANY: u32 = 10_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Test processes that run beside each other begin at different places.
    let start = std::process::id().wrapping_mul(97);
    (0..MANY)
        .map(|_| FIRST + start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % MANY)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port")
}

/// Waits until something is true, looking often; fails after `seconds`.
pub async fn until(what: &str, seconds: u64, mut look: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(seconds);
    while !look().await {
        assert!(tokio::time::Instant::now() < deadline, "still not after {seconds} s: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
