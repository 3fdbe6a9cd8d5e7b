//! The arrows between the crates, as `docs/architecture.md` draws them: who may depend on whom, and
//! who alone names a framework. Dev-dependencies are free: tests may look at anything.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// A crate of the workspace with its dependencies, dev-dependencies left out.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// Which crates of the workspace each crate may depend on. A crate that is missing here breaks the
/// test: whoever adds one decides where it stands.
const ARROWS: &[(&str, &[&str])] = &[
    ("minsu-domain", &[]),
    ("minsu-ports", &["minsu-domain"]),
    ("minsu-application", &["minsu-domain", "minsu-ports"]),
    ("minsu-store", &["minsu-domain", "minsu-ports", "minsu-migrations"]),
    ("minsu-cache", &["minsu-domain", "minsu-ports"]),
    // No adapter itself: the HTTP client that the adapters share that go out to somebody's service.
    ("minsu-http", &[]),
    ("minsu-objects", &["minsu-domain", "minsu-ports", "minsu-http"]),
    ("minsu-pictures", &["minsu-domain", "minsu-ports"]),
    ("minsu-sms", &["minsu-domain", "minsu-ports", "minsu-http"]),
    ("minsu-captcha", &["minsu-domain", "minsu-ports"]),
    ("minsu-system", &["minsu-domain", "minsu-ports"]),
    ("minsu-metrics", &["minsu-domain", "minsu-ports"]),
    ("minsu-traces", &["minsu-http"]),
    ("minsu-migrations", &[]),
    ("minsu-testservers", &[]),
    ("minsu-standins", &["minsu-ports"]),
    // It measures processes from outside.
    ("minsu-bench", &[]),
    (
        "minsu-api",
        &[
            "minsu-domain",
            "minsu-ports",
            "minsu-application",
            "minsu-store",
            "minsu-cache",
            "minsu-http",
            "minsu-objects",
            "minsu-pictures",
            "minsu-sms",
            "minsu-captcha",
            "minsu-system",
            "minsu-metrics",
            "minsu-traces",
            "minsu-migrations",
        ],
    ),
];

/// Packages that only some crates may name, `*` standing for any ending.
const OWNERS: &[(&str, &[&str])] = &[
    ("sea-orm*", &["minsu-store", "minsu-migrations"]),
    // The servers that tests start make their databases with it.
    ("sqlx*", &["minsu-store", "minsu-migrations", "minsu-testservers"]),
    // The bare handler, beside which the api is measured, is one of actix-web's too.
    ("actix-*", &["minsu-api", "minsu-bench"]),
    ("utoipa*", &["minsu-api"]),
    ("clap", &["minsu-api", "minsu-bench"]),
    ("deadpool-redis", &["minsu-cache"]),
    ("moka", &["minsu-cache"]),
    ("prometheus-client", &["minsu-metrics"]),
    ("opentelemetry*", &["minsu-traces"]),
    ("tracing-opentelemetry", &["minsu-traces"]),
    ("argon2", &["minsu-system", "minsu-bench"]),
    ("rusttype", &["minsu-captcha"]),
];

/// What the domain may use: values and their rules, nothing that does I/O.
const DOMAIN_MAY_USE: &[&str] = &["chrono", "serde", "thiserror", "validator"];

fn graph() -> Graph {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let dependencies = |package: &cargo_metadata::Package| {
        let kept = package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
        kept.map(|dependency| dependency.name.clone()).collect()
    };
    metadata.workspace_packages().into_iter().map(|package| (package.name.to_string(), dependencies(package))).collect()
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// Every arrow that should not be, in words.
fn violations(graph: &Graph) -> Vec<String> {
    let mut found = Vec::new();
    for (name, dependencies) in graph {
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| known == name) else {
            found.push(format!("{name} has no place in ARROWS"));
            continue;
        };
        for dependency in dependencies.iter().filter(|dependency| graph.contains_key(*dependency)) {
            if !allowed.contains(&dependency.as_str()) {
                found.push(format!("{name} must not depend on {dependency}"));
            }
        }
        for dependency in dependencies {
            let owners = OWNERS.iter().find(|(pattern, _)| matches(pattern, dependency));
            if owners.is_some_and(|(_, owners)| !owners.contains(&name.as_str())) {
                found.push(format!("{name} must not name {dependency}"));
            }
            let outside = !graph.contains_key(dependency);
            if name == "minsu-domain" && outside && !DOMAIN_MAY_USE.contains(&dependency.as_str()) {
                found.push(format!("{name} must not use {dependency}"));
            }
        }
    }
    found
}

#[test]
fn every_arrow_is_allowed() {
    let graph = graph();
    assert_eq!(violations(&graph), Vec::<String>::new());
    assert_eq!(graph.len(), ARROWS.len(), "ARROWS names a crate that there is not");
}

#[test]
fn owned_packages_are_used_by_their_owners() {
    let graph = graph();
    for (pattern, owners) in OWNERS {
        let used = owners.iter().any(|owner| graph[*owner].iter().any(|name| matches(pattern, name)));
        assert!(used, "{pattern} is used by none of {owners:?}");
    }
}

#[test]
fn a_wrong_arrow_is_found() {
    for (from, to, expected) in [
        ("minsu-domain", "minsu-ports", "minsu-domain must not depend on minsu-ports"),
        ("minsu-ports", "minsu-application", "minsu-ports must not depend on minsu-application"),
        ("minsu-application", "minsu-store", "minsu-application must not depend on minsu-store"),
        ("minsu-application", "sea-orm", "minsu-application must not name sea-orm"),
        ("minsu-store", "minsu-cache", "minsu-store must not depend on minsu-cache"),
        ("minsu-cache", "minsu-application", "minsu-cache must not depend on minsu-application"),
        ("minsu-sms", "minsu-api", "minsu-sms must not depend on minsu-api"),
        ("minsu-objects", "actix-web", "minsu-objects must not name actix-web"),
        ("minsu-api", "sea-orm-migration", "minsu-api must not name sea-orm-migration"),
        ("minsu-api", "deadpool-redis", "minsu-api must not name deadpool-redis"),
        ("minsu-api", "minsu-testservers", "minsu-api must not depend on minsu-testservers"),
        ("minsu-domain", "tokio", "minsu-domain must not use tokio"),
    ] {
        let mut graph = graph();
        graph.get_mut(from).unwrap().insert(to.to_owned());
        assert_eq!(violations(&graph), [expected]);
    }
}

#[test]
fn a_new_crate_needs_a_place() {
    let mut graph = graph();
    graph.insert("minsu-new".to_owned(), BTreeSet::new());
    assert_eq!(violations(&graph), ["minsu-new has no place in ARROWS"]);
}
