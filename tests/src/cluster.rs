//! A PostgreSQL of our own, to be restarted in the middle of everything.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use schema::foundation::database::Conn;
use tokio::process::{Child, Command};

use crate::database::uuid;
use crate::process::{lasting_port, until};

/// A running PostgreSQL; stopped, and its data removed, when dropped.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    server: Child,
}

impl Cluster {
    /// Makes an empty cluster and starts it.
    pub async fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("spp-pg-{}", uuid()));
        std::fs::create_dir(&folder).expect("a folder");
        if is_root() {
            ran(Command::new("chown").arg("postgres").arg(&folder)).await;
        }
        let options =
            ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        ran(as_postgres("initdb").args(options).arg("-D").arg(folder.join("data"))).await;
        let port = lasting_port();
        let server = serve(&folder, port);
        let cluster = Self { folder, port, server };
        cluster.answers().await;
        cluster
    }

    /// The address of its first database, which is empty.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// A connection.
    pub async fn conn(&self) -> Conn {
        AsyncPgConnection::establish(&self.url()).await.expect("a connection")
    }

    /// Stops it, by `INT` (fast: connections are cut) or `QUIT` (immediate: as after a crash).
    pub async fn stop(&mut self, signal: &str) {
        ran(Command::new("kill").args(["-s", signal, &self.postmaster()])).await;
        self.server.wait().await.expect("it ends");
    }

    /// Starts it again on its port, with its data.
    pub async fn start_again(&mut self) {
        self.server = serve(&self.folder, self.port);
        self.answers().await;
    }

    fn postmaster(&self) -> String {
        let file =
            std::fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("it runs");
        file.lines().next().expect("its number").to_owned()
    }

    async fn answers(&self) {
        until("PostgreSQL answers", 30, async || {
            AsyncPgConnection::establish(&self.url()).await.is_ok()
        })
        .await;
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Without the file nothing runs any more. A process that ends cleanly leaves no shared memory behind.
        if self.folder.join("data/postmaster.pid").exists() {
            let _ =
                std::process::Command::new("kill").args(["-s", "INT", &self.postmaster()]).status();
            for _ in 0..500 {
                if !matches!(self.server.try_wait(), Ok(None)) {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn serve(folder: &Path, port: u16) -> Child {
    let settings = [
        "fsync=off",
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=200",
    ];
    as_postgres("postgres")
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-p", &port.to_string()])
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("PostgreSQL starts")
}

/// One of PostgreSQL's programs, as the user postgres when we are root: PostgreSQL refuses to run as root.
fn as_postgres(name: &str) -> Command {
    let program = programs().join(name);
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    // The user postgres may not be able to stand where we are.
    command.current_dir("/");
    command
}

/// Debian keeps the programs of PostgreSQL out of PATH, one folder for each version: the newest.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| {
            Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin")))
        })
        .filter(|(_, folder): &(u32, PathBuf)| folder.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, folder)| folder).unwrap_or_else(|| {
        let asked = std::process::Command::new("pg_config")
            .arg("--bindir")
            .output()
            .expect("PostgreSQL's programs");
        PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim())
    })
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

async fn ran(command: &mut Command) {
    let output = command.output().await.expect("a program to run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
