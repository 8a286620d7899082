//! Plays the main job from end to end against the running product, step by step, in the terminal.
//!
//! `./dev demo` runs it. It reads what `./dev env` prints, goes in by the front door only (the API and
//! the folder of e-mails), and may be repeated as often as one likes: every run tells its own testimony
//! and registers its own letters, and answers them all before it ends. It exits 0 only if every step
//! happened.
#![allow(clippy::print_stdout)] // the terminal is what it is for

mod ask;
mod ears;
mod letter;
mod play;
mod queues;
mod reminder;
mod stage;
mod testimony;

use std::process::ExitCode;
use std::time::Instant;

use crate::ears::listen;
use crate::letter::{answer, register};
use crate::play::{PATIENCE, Play, STEPS};
use crate::queues::queues;
use crate::reminder::{remind, timeline};
use crate::stage::{Stage, log_in};
use crate::testimony::{heard, hidden, publish, submit};

#[tokio::main]
async fn main() -> ExitCode {
    // The harness asserts; here the words of an assertion become the reason of a failed step.
    std::panic::set_hook(Box::new(|_| {}));
    let started = Instant::now();
    let mut play = Play { done: 0 };
    println!("\nThe main job, from end to end\n");
    match story(&mut play).await {
        Ok(()) => {
            println!(
                "\nAll {STEPS} steps happened, in {:.1} s.\n",
                started.elapsed().as_secs_f64()
            );
            ExitCode::SUCCESS
        }
        Err(reason) => {
            println!("\nStopped after {} of {STEPS} steps: {reason:#}\n", play.done);
            ExitCode::FAILURE
        }
    }
}

async fn story(play: &mut Play) -> anyhow::Result<()> {
    let stage = Stage::set()?;
    let (agent, moderator, operator) =
        play.step("Three people log in; a fourth has no account", log_in(&stage)).await?;

    // A testimony travels.
    let mut ears = play
        .step("Two listen: somebody without account, and the agent", listen(&stage, &agent))
        .await?;
    let told = play
        .step("A user tells of a visit, without an account", submit(&stage, &agent, &mut ears))
        .await?;
    play.step(
        "Before moderation nobody outside hears or reads it",
        hidden(&stage, &told, &mut ears),
    )
    .await?;
    let clicked = play.step("The moderator publishes it", publish(&moderator, &told)).await?;
    play.step("Whoever listens hears it at once", heard(&told, clicked, &mut ears)).await?;

    // One letter is answered, another reminds.
    let (answered, late) =
        play.step("The agent registers two letters", register(&stage, &agent)).await?;
    play.step("She answers the first one", answer(&stage, &agent, &answered)).await?;
    println!(
        "           (waiting for the e-mail about the other, {} s at most)",
        PATIENCE.as_secs()
    );
    play.step("The manager is reminded of the other by e-mail", remind(&stage, &late, &answered))
        .await?;
    play.step("The operator sees what became of that letter", timeline(&operator, &late)).await?;
    play.step("The operator looks at the queues", queues(&operator)).await?;
    play.step("The agent answers the other: reminders stop", answer(&stage, &agent, &late)).await?;
    Ok(())
}
