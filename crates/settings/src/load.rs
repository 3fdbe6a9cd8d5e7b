//! From the settings file and the environment to [`Settings`].

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde::de::Error;
use toml::{Table, Value};
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use super::{
    Origin, Problem, Problems, Settings, SettingsError,
    keys::{self, Key},
};

/// The fault of an unknown key.
const NO_SUCH_SETTING: &str = "there is no such setting";

/// The most that is read of a file with a secret.
const MAX_SECRET_BYTES: u64 = 64 * 1024;

/// Where settings are read from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The settings file, if there is one.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
}

impl Sources {
    /// A settings file, and the environment of this process.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        Self { file, environment: std::env::vars_os().collect() }
    }
}

/// The values so far, each with its origin; a later one for the same key wins.
#[derive(Default)]
struct Loader {
    given: BTreeMap<Key, (Value, Origin)>,
    problems: Vec<Problem>,
}

impl Settings {
    /// Reads the settings: defaults, over them the file, over it the environment.
    ///
    /// # Errors
    /// [`SettingsError`]; of unknown keys and bad values all of them, each with its origin.
    pub fn load(sources: &Sources) -> Result<Self, SettingsError> {
        let mut loader = Loader::default();
        if let Some(path) = &sources.file {
            loader.take_file(path)?;
        }
        loader.take_environment(&sources.environment);
        loader.take_secret_files();
        Ok(loader.finish()?)
    }
}

impl Loader {
    fn take_file(&mut self, path: &Path) -> Result<(), SettingsError> {
        let unreadable = |source| SettingsError::Unreadable { path: path.to_owned(), source };
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let table: Table = text.parse().map_err(|error: toml::de::Error| SettingsError::Syntax {
            path: path.to_owned(),
            line: text.bytes().take(error.span().map_or(0, |span| span.start)).filter(|byte| *byte == b'\n').count()
                + 1,
            message: error.message().to_owned(),
        })?;
        let origin = Origin::File(path.to_owned());
        for (name, value) in table {
            match value {
                Value::Table(section) if keys::sections().iter().any(|(known, _)| *known == name) => {
                    for (inner, value) in section {
                        self.take(&format!("{name}.{inner}"), &[value], &origin);
                    }
                }
                value => self.take(&name, &[value], &origin),
            }
        }
        Ok(())
    }

    fn take_environment(&mut self, environment: &[(OsString, OsString)]) {
        let keys = keys::all();
        let mut variables: Vec<_> = environment
            .iter()
            .filter_map(|(name, value)| Some((name.to_str()?, value)))
            .filter(|(name, value)| {
                name.starts_with(keys::VARIABLE_PREFIX) && !name.starts_with(keys::TEST_PREFIX) && !value.is_empty()
            })
            .collect();
        variables.sort_unstable();
        for (name, value) in variables {
            let origin = Origin::Variable(name.to_owned());
            match (keys.iter().find(|key| key.variable() == name), value.to_str()) {
                (None, _) => self.refuse(name, origin, NO_SUCH_SETTING),
                (Some(key), None) => self.refuse(&key.to_string(), origin, "must be UTF-8"),
                (Some(key), Some(text)) => self.take(&key.to_string(), &readings(text), &origin),
            }
        }
    }

    /// Reads the files that keys `x_file` name, each into its key `x`.
    fn take_secret_files(&mut self) {
        let named: Vec<_> = self
            .given
            .iter()
            .filter_map(|(key, (value, origin))| {
                Some((*key, key.read_from_file()?, value.as_str()?.to_owned(), origin.clone()))
            })
            .collect();
        for (named_by, key, path, origin) in named {
            if self.given.contains_key(&key) {
                self.refuse(&named_by.to_string(), origin, &format!("{key} is set too, and only one of them can hold"));
                continue;
            }
            match read_secret_file(Path::new(&path)) {
                Ok(text) => self.take(&key.to_string(), &[Value::String(text)], &Origin::SecretFile(path.into())),
                Err(error) => self.refuse(&named_by.to_string(), origin, &format!("cannot read {path}: {error}")),
            }
        }
    }

    /// Takes the first reading of a value that its key can hold.
    fn take(&mut self, path: &str, readings: &[Value], origin: &Origin) {
        let Some(key) = keys::find(path) else {
            self.refuse(path, origin.clone(), NO_SUCH_SETTING);
            return;
        };
        let mut fault = String::new();
        for value in readings {
            let mut table = Table::new();
            put(&mut table, key, value.clone());
            match table.try_into::<Settings>() {
                Ok(_) => {
                    self.given.insert(key, (value.clone(), origin.clone()));
                    return;
                }
                Err(error) => error.message().clone_into(&mut fault),
            }
        }
        self.refuse(path, origin.clone(), &fault);
    }

    fn refuse(&mut self, key: &str, origin: impl Into<Option<Origin>>, fault: &str) {
        self.problems.push(Problem { key: key.to_owned(), origin: origin.into(), fault: fault.to_owned() });
    }

    /// Lays the values over the defaults and checks their ranges.
    fn finish(mut self) -> Result<Settings, Problems> {
        let settings = match self.merged() {
            Ok(settings) => settings,
            // Each value was taken on its own, so this one only fails beside another.
            Err(error) => {
                self.refuse("settings", None, error.message());
                return Err(Problems(self.problems));
            }
        };
        for (path, fault) in settings.validate().err().map(|errors| faults(&errors)).unwrap_or_default() {
            let given = keys::find(&path).and_then(|key| self.given.get(&key));
            let origin = given.map(|(_, origin)| origin.clone());
            self.refuse(&path, origin, &fault);
        }
        if self.problems.is_empty() { Ok(settings) } else { Err(Problems(self.problems)) }
    }

    fn merged(&self) -> Result<Settings, toml::de::Error> {
        let lay_over = |mut table: Table| {
            for (key, (value, _)) in &self.given {
                put(&mut table, *key, value.clone());
            }
            table.try_into::<Settings>()
        };
        let Settings { profile, data_dir, .. } = lay_over(Table::new())?;
        // Masking changes nothing here: the defaults hold no secrets.
        let defaults = Table::try_from(Settings::defaults(profile, &data_dir)).map_err(toml::de::Error::custom)?;
        lay_over(defaults)
    }
}

/// What a text in the environment can mean.
fn readings(text: &str) -> Vec<Value> {
    let integer = text.parse().map(Value::Integer).ok();
    // What is whole is no fraction, and its fault is told as that of a whole number.
    let float = text.parse().map(Value::Float).ok().filter(|_| integer.is_none());
    let boolean = text.parse().map(Value::Boolean).ok();
    [Some(Value::String(text.to_owned())), integer, float, boolean].into_iter().flatten().collect()
}

fn put(table: &mut Table, key: Key, value: Value) {
    let name = key.name.to_owned();
    match key.section {
        None => {
            table.insert(name, value);
        }
        Some(section) => {
            let entry = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(section) = entry {
                section.insert(name, value);
            }
        }
    }
}

/// A secret from its file, without the line break at its end.
fn read_secret_file(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?.take(MAX_SECRET_BYTES).read_to_string(&mut text)?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(io::Error::new(io::ErrorKind::InvalidData, "it is empty")),
        secret => Ok(secret.to_owned()),
    }
}

/// The keys out of their range, each with its rule.
fn faults(errors: &ValidationErrors) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, kind) in errors.errors() {
        match kind {
            ValidationErrorsKind::Struct(inner) => {
                found.extend(faults(inner).into_iter().map(|(key, fault)| (format!("{name}.{key}"), fault)));
            }
            ValidationErrorsKind::Field(errors) => {
                found.extend(errors.first().map(|error| (name.to_string(), rule(error))));
            }
            // No setting is a list of structs.
            ValidationErrorsKind::List(_) => {}
        }
    }
    found
}

fn rule(error: &ValidationError) -> String {
    if let Some(message) = &error.message {
        return message.to_string();
    }
    let what = if error.code == "length" { "have a length" } else { "be" };
    match (error.params.get("min"), error.params.get("max")) {
        (Some(min), Some(max)) => format!("must {what} from {min} to {max}"),
        (None, Some(max)) => format!("must {what} of at most {max}"),
        _ => error.code.to_string(),
    }
}

#[cfg(test)]
mod tests;
