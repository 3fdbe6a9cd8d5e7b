use super::*;
use crate::{Profile, SettingsError};

/// Loads a settings file with this text under these variables.
fn load(file: &str, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("minsu.toml");
    fs::write(&path, file).unwrap();
    let environment = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
    Settings::load(&Sources { file: Some(path), environment })
}

/// The problems as `key: fault`.
fn problems(file: &str, variables: &[(&str, &str)]) -> Vec<String> {
    match load(file, variables) {
        Err(SettingsError::Problems(problems)) => {
            problems.0.into_iter().map(|problem| format!("{}: {}", problem.key, problem.fault)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_given_means_defaults() {
    let settings = Settings::load(&Sources::default()).unwrap();
    assert_eq!(settings.redacted().unwrap(), Settings::default().redacted().unwrap());
    assert_eq!(settings.profile, Profile::Prod);
    assert_eq!(settings.database.url.expose(), "sqlite://data/minsu.sqlite3");
}

#[test]
fn variables_lie_over_the_file_and_the_file_over_the_defaults() {
    let settings = load(
        "data_dir = '/srv'\n[server]\nlisten = '127.0.0.1:1'\nworkers = 2\n",
        &[("MINSU_SERVER__LISTEN", "127.0.0.1:2"), ("MINSU_DATA_DIR", "/var/a@b"), ("PATH", "/bin")],
    )
    .unwrap();
    assert_eq!(settings.server.listen.port(), 2);
    assert_eq!(settings.server.workers, 2);
    assert_eq!(settings.database.url.expose(), "sqlite:///var/a@b/minsu.sqlite3");
    assert_eq!(settings.server.json_limit_bytes, 65_536);
}

#[test]
fn the_profile_sets_defaults_that_can_be_overruled() {
    let dev = load("profile = 'dev'", &[]).unwrap();
    assert!(!dev.server.secure_cookies && !dev.passwords.refuse_common);
    let strict = load("profile = 'prod'", &[("MINSU_PROFILE", "dev"), ("MINSU_SERVER__SECURE_COOKIES", "true")]);
    assert!(strict.unwrap().server.secure_cookies);
}

#[test]
fn a_text_of_the_environment_becomes_what_its_key_holds() {
    let settings = load(
        "[server]\ntrusted_proxies = ['10.0.0.1']",
        &[
            ("MINSU_SERVER__WORKERS", "3"),
            ("MINSU_SERVER__BUSINESS_STATUS", "true"),
            ("MINSU_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
            ("MINSU_TRACES__SAMPLE_RATIO", "0.25"),
            ("MINSU_METRICS__LISTEN", "127.0.0.1:9090"),
            ("MINSU_BOOKING__RULE", "nights"),
            ("MINSU_SITE__TIME_ZONE", "Asia/Tokyo"),
            ("MINSU_CACHE__PREFIX", "0042"),
            ("MINSU_SMS__AUTH_TOKEN", "0123"),
            ("MINSU_SMS__ACCOUNT_SID", "true"),
            ("MINSU_IDENTITY__KEYS", "a:x,b:y"),
        ],
    )
    .unwrap();
    assert_eq!(settings.server.workers, 3);
    assert!(settings.server.business_status);
    assert_eq!(settings.traces.sample_ratio.to_string(), "0.25");
    assert_eq!(settings.server.trusted_proxies.len(), 2);
    assert_eq!(settings.metrics.listen.unwrap().port(), 9090);
    assert_eq!(settings.booking.policy().rule, minsu_domain::StayRule::Nights);
    assert_eq!(settings.site.time_zone, chrono_tz::Asia::Tokyo);
    assert_eq!(settings.cache.prefix, "0042");
    assert_eq!(settings.sms.auth_token.unwrap().expose(), "0123");
    assert_eq!(settings.sms.account_sid.unwrap(), "true");
    assert_eq!(settings.identity.keys.len(), 2);
}

#[test]
fn empty_variables_and_those_of_the_tests_count_for_nothing() {
    let settings = load("", &[("MINSU_SERVER__LISTEN", ""), ("MINSU_TEST_POSTGRES_URL", "x"), ("minsu_x", "y")]);
    assert_eq!(settings.unwrap().server.listen.port(), 8080);
}

#[test]
fn bad_input_is_named_with_its_key_and_rule() {
    for (file, variables, expected) in [
        ("[server]\nlisen = 'x'", &[][..], "server.lisen: there is no such setting"),
        ("lisen = 'x'", &[], "lisen: there is no such setting"),
        ("[sever]\nlisten = 'x'", &[], "sever: there is no such setting"),
        ("server = 7", &[], "server: there is no such setting"),
        ("[profile]\na = 1", &[], "profile: unknown variant `a`, expected `dev` or `prod`"),
        ("[server.listen]\na = 1", &[], "server.listen: invalid type: map, expected socket address"),
        ("", &[("MINSU_SERVER_LISTEN", "x")], "MINSU_SERVER_LISTEN: there is no such setting"),
        ("", &[("MINSU_PROFILE", "test")], "profile: unknown variant `test`, expected `dev` or `prod`"),
        ("", &[("MINSU_SERVER__LISTEN", "localhost")], "server.listen: invalid socket address syntax"),
        ("", &[("MINSU_SERVER__WORKERS", "many")], "server.workers: invalid type: string \"many\", expected usize"),
        ("", &[("MINSU_SITE__PAGE_SIZE", "-1")], "site.page_size: invalid value: integer `-1`, expected u32"),
        ("[site]\npage_size = 20.5", &[], "site.page_size: invalid type: floating point `20.5`, expected u32"),
        ("[site]\npage_size = '20'", &[], "site.page_size: invalid type: string \"20\", expected u32"),
        ("[site]\npage_size = true", &[], "site.page_size: invalid type: boolean `true`, expected u32"),
        ("[site]\npage_size = 101", &[], "site.page_size: must be from 1 to 100"),
        ("", &[("MINSU_SITE__PAGE_SIZE", "0")], "site.page_size: must be from 1 to 100"),
        ("", &[("MINSU_SERVER__WORKERS", "5000")], "server.workers: must be of at most 1024"),
        ("[cache]\nprefix = ''", &[], "cache.prefix: must have a length from 1 to 32"),
        ("[site]\ntime_zone = 'Asia/Pekin'", &[], "site.time_zone: "),
        ("[site]\ndefault_avatar = 'portrait.jpg'", &[], "site.default_avatar: must be empty, a path such as /static/"),
        (
            "",
            &[("MINSU_SITE__DEFAULT_AVATAR", "/x\"onerror=\"a()")],
            "site.default_avatar: must be empty, a path such as",
        ),
        ("[sms]\nauth_token = 12345678", &[], "sms.auth_token: must be a text in quotes"),
        ("[database]\nurl = 'oracle://a:b@c'", &[], "database.url: must be a URL with one of these schemes: "),
        ("", &[("MINSU_LOG__FILTER", "a=b=c")], "log.filter: must be a level or directives of tracing"),
        ("", &[("MINSU_SERVER__TRUSTED_PROXIES", "x")], "server.trusted_proxies: item 1: must be an address or"),
    ] {
        let found = problems(file, variables);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(expected), "{found:?} should be {expected}");
    }
}

#[test]
fn a_default_avatar_is_a_path_or_a_url() {
    for address in ["/static/images/portrait.jpg", "https://cdn.example.com/portrait.jpg?v=2"] {
        let settings = load("", &[("MINSU_SITE__DEFAULT_AVATAR", address)]).unwrap();
        assert_eq!(settings.site.default_avatar, address);
    }
}

#[test]
fn all_problems_are_told_at_once_with_their_origins() {
    let error =
        load("colour = 'red'\n[site]\npage_size = 0\n", &[("MINSU_COLOUR", "red"), ("MINSU_SERVER__LISTEN", "x")]);
    let message = error.unwrap_err().to_string();
    let lines: Vec<_> = message.lines().collect();
    assert_eq!(lines.len(), 5, "{message}");
    assert!(lines[1].starts_with("  colour (") && lines[1].contains("minsu.toml): there is no such"), "{message}");
    assert_eq!(lines[2], "  MINSU_COLOUR (environment variable MINSU_COLOUR): there is no such setting");
    assert!(lines[3].starts_with("  server.listen (environment variable MINSU_SERVER__LISTEN): "), "{message}");
    assert!(lines[4].starts_with("  site.page_size (") && lines[4].contains("minsu.toml): must be"), "{message}");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let missing = Settings::load(&Sources { file: Some("/nonexistent/minsu.toml".into()), environment: vec![] });
    assert!(missing.unwrap_err().to_string().contains("/nonexistent/minsu.toml"));
    let message = load("profile = 'dev'\n[sms]\nauth_token = 'geheim\n", &[]).unwrap_err().to_string();
    assert!(message.contains("minsu.toml line 3: ") && !message.contains("geheim"), "{message}");
}

#[test]
fn secrets_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let secret = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (token, url) = (secret("token", " geheim\r\n"), secret("url", "postgres://minsu:geheim@h/d\n"));
    let (keys, empty, wrong) =
        (secret("keys", "a:x\nb:y\n"), secret("empty", "\n"), secret("wrong", "oracle://a:geheim@h"));
    let settings = load(
        &format!("[sms]\nauth_token_file = '{token}'\n"),
        &[("MINSU_DATABASE__URL_FILE", &url), ("MINSU_IDENTITY__KEYS_FILE", &keys)],
    )
    .unwrap();
    assert_eq!(settings.sms.auth_token.unwrap().expose(), " geheim");
    assert_eq!(settings.database.url.expose(), "postgres://minsu:geheim@h/d");
    assert_eq!(settings.identity.keys[1].expose(), "b:y");

    for (variables, expected) in [
        ([("MINSU_SMS__AUTH_TOKEN_FILE", empty.as_str())].as_slice(), "sms.auth_token_file: cannot read "),
        (&[("MINSU_SMS__AUTH_TOKEN_FILE", "/nonexistent")], "sms.auth_token_file: cannot read /nonexistent: "),
        (&[("MINSU_DATABASE__URL_FILE", &wrong)], "database.url: must be a URL with one of these"),
        (
            &[("MINSU_SMS__AUTH_TOKEN_FILE", &token), ("MINSU_SMS__AUTH_TOKEN", "geheim")],
            "sms.auth_token_file: sms.auth_token is set too",
        ),
    ] {
        let found = problems("", variables);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(expected) && !found[0].contains("geheim"), "{found:?} should be {expected}");
    }
}

#[cfg(unix)]
#[test]
fn variables_that_are_not_utf8_are_named() {
    use std::os::unix::ffi::OsStringExt;

    let value = OsString::from_vec(vec![0xff]);
    let environment = vec![("MINSU_DATA_DIR".into(), value.clone()), ("MINSU_NONE".into(), value)];
    let error = Settings::load(&Sources { file: None, environment }).unwrap_err().to_string();
    assert!(error.contains("data_dir (environment variable MINSU_DATA_DIR): must be UTF-8"), "{error}");
    assert!(error.contains("MINSU_NONE (environment variable MINSU_NONE): there is no such setting"), "{error}");
}
