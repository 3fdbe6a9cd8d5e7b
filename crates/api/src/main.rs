//! The binary `minsu`.

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use minsu_api::{
    cli::{Cli, Command, Direction, Seed},
    commands::{
        self, CommandError,
        ledger::Differences,
        seed::{SeedOptions, Shares},
    },
    logging, wiring,
};
use minsu_settings::{Settings, Sources};

/// A batch of made-up houses takes longer than a visitor may wait.
const SEED_PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let cli = Cli::parse();
    let failure = cli.command.failure();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_chain(error.as_ref());
            if error.is::<Differences>() { ExitCode::FAILURE } else { failure.into() }
        }
    }
}

fn run(cli: Cli) -> Result<(), CommandError> {
    // These need no settings, and so no environment that is right.
    match &cli.command {
        Command::Openapi { native } => return commands::openapi::openapi(*native),
        Command::Csp { folder, no_eval } => return commands::csp::csp(folder, !no_eval),
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

/// The site on a schema of this version.
async fn current_site(settings: &Settings) -> Result<wiring::Site, CommandError> {
    commands::migrate::demand_current(settings).await?;
    Ok(wiring::wire(settings).await?)
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
            let site = current_site(settings).await?;
            let Seed { houses, orders, seed, with_rules: rules, with_blocks: blocks, with_pictures: pictures } =
                how_much;
            let options = SeedOptions { houses, orders, seed, shares: Shares { rules, blocks, pictures } };
            let store = wiring::store_with(settings, SEED_PATIENCE).await?;
            commands::seed::seed(&site.state.app, &store, options).await
        }
        Command::Stats { svg } => commands::stats::stats(settings, svg.as_deref()).await,
        Command::Worker => {
            settings.check()?;
            commands::worker::worker(settings).await
        }
        Command::Jobs { retry } => commands::jobs::jobs(&current_site(settings).await?.state.app, retry).await,
        Command::Refunds { retry } => commands::refunds::refunds(&current_site(settings).await?.state.app, retry).await,
        Command::Ledger { landlord, csv } => {
            let app = &current_site(settings).await?.state.app;
            match landlord {
                Some(landlord) => commands::ledger::statement(app, landlord, csv).await,
                None => commands::ledger::ledger(app).await,
            }
        }
        Command::Reconcile { day } => commands::ledger::reconcile(&current_site(settings).await?.state.app, day).await,
        Command::Prune { dry_run } => {
            let app = &current_site(settings).await?.state.app;
            if dry_run {
                commands::prune::preview(settings, app).await
            } else {
                commands::prune::prune(settings, app).await
            }
        }
        Command::RotateKeys => commands::rotate_keys::rotate_keys(&current_site(settings).await?.state.app).await,
        Command::Doctor => commands::doctor::doctor(settings).await,
        Command::Config { .. } => commands::config::effective(settings),
        Command::Openapi { native } => commands::openapi::openapi(native),
        Command::Csp { folder, no_eval } => commands::csp::csp(&folder, !no_eval),
    }
}

/// Every cause on a line of its own, on standard error, also when there is no log yet.
fn print_chain(error: &(dyn std::error::Error + 'static)) {
    use std::io::Write;
    let mut stderr = std::io::stderr().lock();
    // A closed standard error is ignored.
    let _ = writeln!(stderr, "minsu: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        let _ = writeln!(stderr, "  because: {inner}");
        cause = inner.source();
    }
}
