//! The arrows between the crates, as `docs/architecture.md` draws them: which crate may depend on which, and
//! which crates may name a framework. Dev-dependencies are free: tests may look at anything.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// A crate of the workspace with its dependencies, dev-dependencies left out.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// Which crates of the workspace each crate may depend on. A crate that is missing here fails the test, so that
/// a new one gets its place.
const ARROWS: &[(&str, &[&str])] = &[
    ("minsu-domain", &[]),
    ("minsu-ports", &["minsu-domain"]),
    ("minsu-application", &["minsu-domain", "minsu-ports"]),
    ("minsu-store", &["minsu-domain", "minsu-ports", "minsu-migrations"]),
    ("minsu-cache", &["minsu-domain", "minsu-ports"]),
    // A library: the HTTP client of the adapters that call services of others.
    ("minsu-http", &[]),
    // A library: the bounded executor of the adapters that compute.
    ("minsu-executor", &[]),
    ("minsu-objects", &["minsu-domain", "minsu-ports", "minsu-http"]),
    ("minsu-ical", &["minsu-domain", "minsu-ports", "minsu-executor", "minsu-http"]),
    ("minsu-pictures", &["minsu-domain", "minsu-ports", "minsu-executor"]),
    ("minsu-sms", &["minsu-domain", "minsu-ports", "minsu-http"]),
    ("minsu-payments", &["minsu-domain", "minsu-ports", "minsu-http"]),
    ("minsu-webhooks", &["minsu-domain", "minsu-ports", "minsu-http"]),
    ("minsu-captcha", &["minsu-domain", "minsu-ports", "minsu-executor"]),
    ("minsu-system", &["minsu-domain", "minsu-ports", "minsu-executor"]),
    ("minsu-metrics", &["minsu-domain", "minsu-ports"]),
    ("minsu-traces", &["minsu-ports", "minsu-http"]),
    ("minsu-migrations", &[]),
    // It makes the options of what it configures: the policy of the application, the keys of the sealer.
    ("minsu-settings", &["minsu-domain", "minsu-ports", "minsu-application", "minsu-system"]),
    ("minsu-web", &["minsu-domain", "minsu-ports", "minsu-application"]),
    ("minsu-dialect-v1", &["minsu-domain", "minsu-ports", "minsu-application", "minsu-web"]),
    ("minsu-dialect-classic", &["minsu-domain", "minsu-ports", "minsu-application", "minsu-web"]),
    ("minsu-dialect-v2", &["minsu-domain", "minsu-ports", "minsu-application", "minsu-web"]),
    ("minsu-site", &["minsu-domain", "minsu-ports", "minsu-application", "minsu-web"]),
    // Tools for tests and measurements, which no crate of the product depends on.
    ("minsu-testservers", &[]),
    ("minsu-fakes", &["minsu-ports"]),
    // It measures processes from outside.
    ("minsu-bench", &[]),
    // Attacks against the binary, from outside.
    ("minsu-attacks", &["minsu-captcha", "minsu-ports", "minsu-testservers"]),
    ("minsu-torture", &["minsu-fakes", "minsu-testservers"]),
    (
        "minsu-api",
        &[
            "minsu-domain",
            "minsu-ports",
            "minsu-application",
            "minsu-store",
            "minsu-cache",
            "minsu-executor",
            "minsu-http",
            "minsu-ical",
            "minsu-objects",
            "minsu-payments",
            "minsu-pictures",
            "minsu-sms",
            "minsu-captcha",
            "minsu-system",
            "minsu-metrics",
            "minsu-traces",
            "minsu-settings",
            "minsu-web",
            "minsu-webhooks",
            "minsu-dialect-v1",
            "minsu-dialect-classic",
            "minsu-dialect-v2",
            "minsu-site",
        ],
    ),
];

/// Packages that only some crates may name, `*` standing for any ending.
const OWNERS: &[(&str, &[&str])] = &[
    ("sea-orm*", &["minsu-store", "minsu-migrations"]),
    // The servers that tests start make their databases with it, and a run of faults compares tables from outside.
    ("sqlx*", &["minsu-store", "minsu-migrations", "minsu-testservers", "minsu-torture"]),
    // The bare handler, with which the api is compared, uses actix-web too.
    (
        "actix-*",
        &[
            "minsu-web",
            "minsu-dialect-v1",
            "minsu-dialect-classic",
            "minsu-dialect-v2",
            "minsu-site",
            "minsu-api",
            "minsu-bench",
        ],
    ),
    ("askama", &["minsu-site"]),
    ("utoipa*", &["minsu-web", "minsu-dialect-v1", "minsu-dialect-classic", "minsu-dialect-v2"]),
    ("clap", &["minsu-api", "minsu-bench"]),
    ("deadpool-redis", &["minsu-cache"]),
    ("moka", &["minsu-cache"]),
    ("prometheus-client", &["minsu-metrics"]),
    ("opentelemetry*", &["minsu-traces"]),
    ("tracing-opentelemetry", &["minsu-traces"]),
    ("argon2", &["minsu-system", "minsu-bench"]),
    ("calcard", &["minsu-ical"]),
    ("rusttype", &["minsu-captcha"]),
];

/// What the domain may use: values and their rules, nothing that does I/O.
const DOMAIN_MAY_USE: &[&str] =
    &["chrono", "icu_properties", "serde", "thiserror", "unicode-normalization", "unicode-security", "validator"];

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

/// An arrow that must not be: what it would break, from where to where, and the words of the test.
type Planted = (&'static str, &'static str, &'static str, &'static str);

/// One for each border, and some more.
const PLANTED: &[Planted] = &[
    ("the domain knows no other crate", "minsu-domain", "minsu-ports", "minsu-domain must not depend on minsu-ports"),
    ("the domain does no I/O", "minsu-domain", "tokio", "minsu-domain must not use tokio"),
    (
        "ports do not know who uses them",
        "minsu-ports",
        "minsu-application",
        "minsu-ports must not depend on minsu-application",
    ),
    (
        "use cases know ports, not adapters",
        "minsu-application",
        "minsu-store",
        "minsu-application must not depend on minsu-store",
    ),
    ("use cases know no HTTP", "minsu-application", "minsu-web", "minsu-application must not depend on minsu-web"),
    ("use cases know no SQL", "minsu-application", "sea-orm", "minsu-application must not name sea-orm"),
    ("adapters do not know each other", "minsu-store", "minsu-cache", "minsu-store must not depend on minsu-cache"),
    (
        "adapters do not know use cases",
        "minsu-cache",
        "minsu-application",
        "minsu-cache must not depend on minsu-application",
    ),
    ("adapters know no HTTP surface", "minsu-objects", "actix-web", "minsu-objects must not name actix-web"),
    ("nothing depends on the binary", "minsu-sms", "minsu-api", "minsu-sms must not depend on minsu-api"),
    (
        "dialects do not know each other",
        "minsu-dialect-v1",
        "minsu-dialect-classic",
        "minsu-dialect-v1 must not depend on minsu-dialect-classic",
    ),
    (
        "web names no dialect",
        "minsu-web",
        "minsu-dialect-classic",
        "minsu-web must not depend on minsu-dialect-classic",
    ),
    ("web knows ports, not adapters", "minsu-web", "minsu-metrics", "minsu-web must not depend on minsu-metrics"),
    ("settings know no HTTP", "minsu-settings", "minsu-web", "minsu-settings must not depend on minsu-web"),
    (
        "dialects do not know the settings",
        "minsu-dialect-classic",
        "minsu-settings",
        "minsu-dialect-classic must not depend on minsu-settings",
    ),
    (
        "the site does not know the dialects",
        "minsu-site",
        "minsu-dialect-v2",
        "minsu-site must not depend on minsu-dialect-v2",
    ),
    (
        "dialects do not know the site",
        "minsu-dialect-v2",
        "minsu-site",
        "minsu-dialect-v2 must not depend on minsu-site",
    ),
    ("web names no site", "minsu-web", "minsu-site", "minsu-web must not depend on minsu-site"),
    (
        "the site does not know the settings",
        "minsu-site",
        "minsu-settings",
        "minsu-site must not depend on minsu-settings",
    ),
    ("only the site has templates", "minsu-web", "askama", "minsu-web must not name askama"),
    ("only the binary has a command line", "minsu-web", "clap", "minsu-web must not name clap"),
    ("only the store names SeaORM", "minsu-api", "sea-orm-migration", "minsu-api must not name sea-orm-migration"),
    ("only the cache names Redis", "minsu-api", "deadpool-redis", "minsu-api must not name deadpool-redis"),
    (
        "the product does without test servers",
        "minsu-api",
        "minsu-testservers",
        "minsu-api must not depend on minsu-testservers",
    ),
    ("the product does without fakes", "minsu-sms", "minsu-fakes", "minsu-sms must not depend on minsu-fakes"),
    ("the product does without the benchmark", "minsu-web", "minsu-bench", "minsu-web must not depend on minsu-bench"),
];

#[test]
fn a_planted_arrow_is_found() {
    for (border, from, to, expected) in PLANTED {
        let mut graph = graph();
        graph.get_mut(*from).unwrap().insert((*to).to_owned());
        assert_eq!(violations(&graph), [*expected], "{border}");
    }
}

#[test]
fn a_new_crate_needs_a_place() {
    let mut graph = graph();
    graph.insert("minsu-new".to_owned(), BTreeSet::new());
    assert_eq!(violations(&graph), ["minsu-new has no place in ARROWS"]);
}
