//! The binary `minsu`.

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use minsu_api::{
    cli::{Cli, Command, Direction},
    commands::{self, CommandError, seed::SeedOptions},
    logging,
    settings::{Settings, Sources},
    wiring,
};

/// A batch of made-up houses takes longer than a visitor may wait.
const SEED_PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_chain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), CommandError> {
    // These two need no settings, and so no environment that is right.
    match cli.command {
        Command::Openapi => return commands::openapi::openapi(),
        Command::Config { reference: true } => return commands::config::reference(),
        _ => {}
    }
    let settings = Settings::load(&Sources::of_process(cli.config))?;
    // Only requests are traced.
    let traces = match cli.command {
        Command::Serve => wiring::start_traces(&settings.traces)?,
        _ => None,
    };
    logging::start(&settings.log, traces.as_ref())?;
    let result = actix_web::rt::System::new().block_on(run_with(&settings, cli.command));
    if let Some(traces) = traces {
        traces.stop(settings.traces.deadline());
    }
    result
}

async fn run_with(settings: &Settings, command: Command) -> Result<(), CommandError> {
    match command {
        Command::Serve => {
            settings.check()?;
            commands::serve::serve(settings).await
        }
        Command::Migrate { direction: None | Some(Direction::Up) } => commands::migrate::up(settings).await,
        Command::Migrate { direction: Some(Direction::Down { steps }) } => {
            commands::migrate::down(settings, steps).await
        }
        Command::Migrate { direction: Some(Direction::Status) } => commands::migrate::status(settings).await,
        Command::Seed(how_much) => {
            commands::migrate::demand_current(settings).await?;
            let state = wiring::wire(settings).await?;
            let options = SeedOptions { houses: how_much.houses, orders: how_much.orders, seed: how_much.seed };
            let store = wiring::store_with(settings, SEED_PATIENCE).await?;
            commands::seed::seed(&state.app, &store, options).await
        }
        Command::Stats { svg } => commands::stats::stats(settings, svg.as_deref()).await,
        Command::Prune => {
            commands::migrate::demand_current(settings).await?;
            commands::prune::prune(settings, &wiring::wire(settings).await?.app).await
        }
        Command::RotateKeys => {
            commands::migrate::demand_current(settings).await?;
            commands::rotate_keys::rotate_keys(&wiring::wire(settings).await?.app).await
        }
        Command::Doctor => commands::doctor::doctor(settings).await,
        Command::Config { .. } => commands::config::effective(settings),
        Command::Openapi => commands::openapi::openapi(),
    }
}

/// Every cause on a line of its own, on standard error, also when there is no log yet.
fn print_chain(error: &(dyn std::error::Error + 'static)) {
    use std::io::Write;
    let mut stderr = std::io::stderr().lock();
    // Where standard error is closed nobody reads it.
    let _ = writeln!(stderr, "minsu: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        let _ = writeln!(stderr, "  because: {inner}");
        cause = inner.source();
    }
}
