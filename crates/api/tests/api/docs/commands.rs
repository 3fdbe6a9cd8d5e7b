//! `docs/commands.md`: what `minsu help` says, of every command.

use std::fmt::Write;

use clap::{Command, CommandFactory};
use minsu_api::cli::Cli;

use super::{compare, generated};

const INTRODUCTION: &str = "
One binary does everything. Settings come from the file of `--config` and the environment
([settings](settings.md)), for all commands alike; `openapi`, `csp` and `config --reference` need none. A
command that fails says why on standard error and ends with status 1.

A site under systemd has its secrets with root and its data with a user of its own: there `minsu-admin
COMMAND` runs all of these ([how](how-to/systemd.md#commands-by-hand)). In containers it is
`docker compose run --rm api COMMAND`.
";

fn section(page: &mut String, path: &str, command: &mut Command) {
    let about = command.get_long_about().or(command.get_about()).unwrap().to_string();
    let name = format!("{path} {}", command.get_name());
    let arguments: Vec<_> = command.get_arguments().filter(|it| !it.is_global_set() && it.get_id() != "help").collect();
    // The first sentence stands alone on the command line, and without a stop.
    let (first, more) = about.split_once("\n\n").unwrap_or((&about, ""));
    writeln!(page, "\n## {name}\n\n{first}.").unwrap();
    if !more.is_empty() {
        writeln!(page, "\n{more}").unwrap();
    }
    if !arguments.is_empty() {
        page.push_str("\n| option | meaning | default |\n|---|---|---|\n");
    }
    for argument in arguments {
        let value = argument.get_action().takes_values().then(|| argument.get_value_names().unwrap()[0].as_str());
        let value = value.map(|value| format!(" {value}")).unwrap_or_default();
        let default: Vec<_> = argument.get_default_values().iter().map(|it| it.to_str().unwrap()).collect();
        let help = argument.get_help().unwrap();
        let option = argument.get_long().map(|name| format!("--{name}{value}"));
        let option = option.unwrap_or_else(|| value.trim().to_owned());
        let default = if value.is_empty() { String::new() } else { default.join(",") };
        writeln!(page, "| `{option}` | {help} | {default} |").unwrap();
    }
    for inner in command.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
        section(page, &name, inner);
    }
}

#[test]
fn the_page_is_what_help_says() {
    let mut cli = Cli::command();
    cli.build();
    let mut page = format!("# Commands\n\n{}{INTRODUCTION}", generated("docs::commands"));
    let help = cli.render_help().to_string();
    let mut commands = 0;
    for command in cli.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        assert!(help.contains(&format!("\n  {} ", command.get_name())), "{help}");
        commands += 1;
        section(&mut page, "minsu", command);
    }
    assert!(commands >= 9 && page.contains("## minsu migrate status") && page.contains("`--svg FILE`"));
    compare("docs/commands.md", &page);
}
