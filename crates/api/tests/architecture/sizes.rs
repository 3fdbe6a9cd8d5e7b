//! How long a file and a function of the product may be. Tests in the same file are not counted.

use syn::{
    Block, File, ImplItemFn, Item, ItemFn,
    spanned::Spanned,
    visit::{self, Visit},
};

use super::sources::{Source, crates, is_test, modules};

/// The most lines of a file.
const FILE: usize = 350;
/// The most lines between the braces of a function.
const FUNCTION: usize = 60;

/// Collects the functions that are too long.
struct Functions<'a> {
    path: &'a str,
    found: Vec<String>,
}

impl Functions<'_> {
    fn measure(&mut self, name: &syn::Ident, block: &Block) {
        let (begin, end) = (block.span().start().line, block.span().end().line);
        let lines = (end - begin).saturating_sub(1);
        if lines > FUNCTION {
            self.found.push(format!("{}: {name} has {lines} lines", self.path));
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !matches!(item, Item::Mod(inner) if is_test(&inner.attrs)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.measure(&function.sig.ident, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.measure(&function.sig.ident, &function.block);
        visit::visit_impl_item_fn(self, function);
    }
}

/// The lines of a file without the module of its tests.
fn lines(file: &File, text: &str) -> usize {
    let of_tests = file.items.iter().filter_map(|item| match item {
        Item::Mod(inner) if is_test(&inner.attrs) => Some(inner.span().end().line - inner.span().start().line + 1),
        _ => None,
    });
    text.lines().count() - of_tests.sum::<usize>()
}

/// The parts of a file that are too long.
fn too_long(path: &str, text: &str) -> Vec<String> {
    let file = syn::parse_file(text).unwrap();
    let mut functions = Functions { path, found: Vec::new() };
    functions.visit_file(&file);
    let lines = lines(&file, text);
    let of_file = (lines > FILE).then(|| format!("{path} has {lines} lines"));
    of_file.into_iter().chain(functions.found).collect()
}

#[test]
fn no_file_and_no_function_of_the_product_is_too_long() {
    let mut found = Vec::new();
    for member in crates().into_iter().filter(|member| member.is_product) {
        let sources: Vec<_> = member.sources.iter().map(|file| (file.module.clone(), file.text.as_str())).collect();
        let modules = modules(&sources);
        let is_product = |file: &&Source| modules.contains_key(&file.module) || file.module == ["main"];
        found.extend(member.sources.iter().filter(is_product).flat_map(|file| too_long(&file.path, &file.text)));
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn what_is_too_long_is_found() {
    let function = |lines: usize| format!("fn long() {{\n{}}}\n", "    f();\n".repeat(lines));
    assert_eq!(too_long("a.rs", &function(FUNCTION)), Vec::<String>::new());
    assert_eq!(too_long("a.rs", &function(FUNCTION + 1)), ["a.rs: long has 61 lines"]);
    let method = format!("struct A;\nimpl A {{\n{}}}\n", function(FUNCTION + 5));
    assert_eq!(too_long("a.rs", &method), ["a.rs: long has 65 lines"]);
    let file = "struct A;\n".repeat(FILE);
    assert_eq!(too_long("a.rs", &file), Vec::<String>::new());
    assert_eq!(too_long("a.rs", &format!("{file}struct B;\n")), ["a.rs has 351 lines"]);
    let tests = format!("{file}#[cfg(test)]\nmod tests {{\n{}}}\n", function(FUNCTION + 1));
    assert_eq!(too_long("a.rs", &tests), Vec::<String>::new());
}
