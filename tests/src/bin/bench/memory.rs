//! The most memory our server ever held, read after it served pages under load.

use anyhow::Context;
use tests::process::Process;

use crate::figure::Figure;

/// What the programme asks for.
const LIMIT_MB: f64 = 60.0;

/// Reads the high-water mark of a server.
pub(crate) fn measure(server: &Process) -> anyhow::Result<Vec<Figure>> {
    let megabytes = high_water(server)?;
    let figure =
        Figure::new("memory", "our server after the pages, VmHWM", format!("{megabytes:.1} MB"));
    Ok(vec![figure.under(LIMIT_MB, "MB", megabytes)])
}

/// The most memory a server ever held, in megabytes.
pub(crate) fn high_water(server: &Process) -> anyhow::Result<f64> {
    let id = process_of(server).context("the server's process is not in /proc")?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let kilobytes: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .context("/proc tells no VmHWM")?;
    Ok(kilobytes / 1024.0)
}

/// The process that was told to listen where the server does.
fn process_of(server: &Process) -> Option<u32> {
    let listen = format!("SPP_LISTEN={}", server.url.strip_prefix("http://")?);
    std::fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        // Others' processes cannot be read, and are not ours.
        let environment = std::fs::read(entry.path().join("environ")).ok()?;
        environment.split(|byte| *byte == 0).any(|one| one == listen.as_bytes()).then_some(id)
    })
}
