//! The source files of the workspace, read as syntax.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::MetadataCommand;
use syn::{Attribute, File, Item, Meta};

/// The path of a module in its crate: empty for the root.
pub type Module = Vec<String>;

/// The modules of a crate by their paths.
pub type Modules = BTreeMap<Module, File>;

/// A source file.
pub struct Source {
    /// Its path below the workspace.
    pub path: String,
    /// Its module.
    pub module: Module,
    pub text: String,
}

/// A crate of the workspace.
pub struct Crate {
    pub name: String,
    /// Whether it is part of the product: test and measuring tools are not.
    pub is_product: bool,
    pub sources: Vec<Source>,
}

/// Every crate of the workspace with the files below its `src`.
pub fn crates() -> Vec<Crate> {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let root = metadata.workspace_root.clone().into_std_path_buf();
    let read = |package: &cargo_metadata::Package| {
        let folder = package.manifest_path.parent().unwrap().join("src").into_std_path_buf();
        let mut files = Vec::new();
        rust_files(&folder, &mut files);
        files.sort();
        let sources = files.into_iter().map(|file| Source {
            module: module(file.strip_prefix(&folder).unwrap()),
            path: file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"),
            text: fs::read_to_string(&file).unwrap(),
        });
        let is_product = !folder.strip_prefix(&root).unwrap().starts_with("crates/testing");
        Crate { name: package.name.to_string(), is_product, sources: sources.collect() }
    };
    metadata.workspace_packages().into_iter().map(read).collect()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The module of a file: `a/b.rs` is `a::b`, `lib.rs` is the root. A `main.rs` beside a `lib.rs` is a
/// crate of its own, which uses the library from outside.
fn module(file: &Path) -> Module {
    let mut parts: Vec<_> = file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts == ["lib"] {
        parts.clear();
    }
    parts
}

/// The modules of a crate without those that only tests have.
pub fn modules(sources: &[(Module, &str)]) -> Modules {
    let parsed = sources.iter().map(|(module, text)| (module.clone(), syn::parse_file(text).unwrap()));
    let mut modules: Modules = parsed.collect();
    let of_tests: Vec<Module> = modules.iter().flat_map(|(module, file)| test_modules(module, file)).collect();
    modules.retain(|module, _| !of_tests.iter().any(|test| module.starts_with(test)));
    // A crate without a library has its root in `main.rs`.
    if !modules.contains_key(&Module::new())
        && let Some(root) = modules.remove(&vec!["main".to_owned()])
    {
        modules.insert(Module::new(), root);
    }
    modules
}

fn test_modules(module: &Module, file: &File) -> Vec<Module> {
    let is_of_tests = |item: &Item| match item {
        Item::Mod(inner) if is_test(&inner.attrs) => {
            Some(module.iter().cloned().chain([inner.ident.to_string()]).collect())
        }
        _ => None,
    };
    file.items.iter().filter_map(is_of_tests).collect()
}

/// Whether an item is compiled for tests only: `cfg(test)`, or a feature of test kits.
pub fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string().replace(' ', "");
            condition == "test" || condition == "feature=\"testkit\"" || condition.starts_with("all(test")
        }
        _ => false,
    })
}
