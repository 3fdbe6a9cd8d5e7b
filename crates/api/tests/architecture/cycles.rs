//! Modules of a crate do not import each other in a circle. A module that only re-exports what its own
//! children define does not depend on them by that.

use std::collections::{BTreeMap, BTreeSet};

use syn::{
    File, Item, ItemMod, ItemUse, Path, UseTree, Visibility,
    visit::{self, Visit},
};

use super::sources::{Module, Modules, crates, is_test, modules};

/// A path that a module names.
struct Named {
    segments: Vec<String>,
    /// The name that it gets here, for imports.
    name: Option<String>,
    /// Whether it is passed on.
    is_public: bool,
}

/// Collects the paths of a module.
struct Names {
    named: Vec<Named>,
}

impl Names {
    fn of(file: &File) -> Vec<Named> {
        let mut names = Self { named: Vec::new() };
        names.visit_file(file);
        names.named
    }

    fn import(&mut self, tree: &UseTree, before: &[String], is_public: bool) {
        let with = |name: &syn::Ident| before.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.import(&path.tree, &with(&path.ident), is_public),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before, is_public)),
            UseTree::Name(name) if name.ident == "self" => self.add(before.to_vec(), before.last().cloned(), is_public),
            UseTree::Name(name) => self.add(with(&name.ident), Some(name.ident.to_string()), is_public),
            UseTree::Rename(name) => self.add(with(&name.ident), Some(name.rename.to_string()), is_public),
            UseTree::Glob(_) => self.add(before.to_vec(), None, is_public),
        }
    }

    fn add(&mut self, segments: Vec<String>, name: Option<String>, is_public: bool) {
        self.named.push(Named { segments, name, is_public });
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, _: &'ast ItemMod) {
        // A module in braces belongs to this file and names things from one level deeper.
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.import(&item.tree, &[], !matches!(item.vis, Visibility::Inherited));
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {
        // `pub(in crate::a)` restricts visibility and is no dependency.
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if path.segments.len() > 1 {
            let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.add(segments, None, false);
        }
        visit::visit_path(self, path);
    }
}

/// The modules of a crate and what they name.
struct Graph<'a> {
    modules: &'a Modules,
    names: BTreeMap<&'a Module, Vec<Named>>,
}

impl<'a> Graph<'a> {
    fn of(modules: &'a Modules) -> Self {
        Self { modules, names: modules.iter().map(|(module, file)| (module, Names::of(file))).collect() }
    }

    /// Where a path begins, and its segments from there; nothing for a path into another crate.
    fn begin(&self, module: &Module, segments: &[String]) -> Option<(Module, Vec<String>)> {
        let (first, mut rest) = segments.split_first()?;
        let mut from = module.clone();
        match first.as_str() {
            "crate" => from.clear(),
            "self" => {}
            "super" => {
                from.pop();
                while let Some((next, further)) = rest.split_first()
                    && next == "super"
                {
                    from.pop();
                    rest = further;
                }
            }
            name if self.modules.contains_key(&child(&from, name)) => rest = segments,
            _ => return None,
        }
        Some((from, rest.to_vec()))
    }

    /// The module that defines what a path names: re-exports are followed.
    fn defined_in(&self, mut module: Module, segments: &[String], depth: usize) -> Option<Module> {
        let mut rest = segments;
        while let Some((next, further)) = rest.split_first()
            && self.modules.contains_key(&child(&module, next))
        {
            module = child(&module, next);
            rest = further;
        }
        let imported = rest
            .first()
            .filter(|_| depth < 8)
            .and_then(|name| self.names.get(&module)?.iter().find(|named| named.name.as_ref() == Some(name)));
        match imported {
            Some(named) => {
                let (from, mut segments) = self.begin(&module, &named.segments)?;
                segments.extend(rest[1..].iter().cloned());
                self.defined_in(from, &segments, depth + 1)
            }
            None => Some(module),
        }
    }

    /// Which modules a module depends on.
    fn dependencies(&self, module: &Module) -> BTreeSet<Module> {
        let target = |named: &Named| {
            let (from, segments) = self.begin(module, &named.segments)?;
            let target = self.defined_in(from, &segments, 0)?;
            let is_facade = named.is_public && target.starts_with(module);
            (target != *module && !is_facade).then_some(target)
        };
        self.names[module].iter().filter_map(target).collect()
    }
}

fn child(module: &Module, name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// A circle of imports, if there is one: the modules along it.
fn circle(modules: &Modules) -> Option<Vec<String>> {
    let graph = Graph::of(modules);
    let edges: BTreeMap<_, _> = modules.keys().map(|module| (module.clone(), graph.dependencies(module))).collect();
    let mut done = BTreeSet::new();
    for module in modules.keys() {
        let mut way = Vec::new();
        if let Some(found) = search(module, &edges, &mut way, &mut done) {
            return Some(found.iter().map(|module| format!("crate::{}", module.join("::"))).collect());
        }
    }
    None
}

fn search(
    module: &Module,
    edges: &BTreeMap<Module, BTreeSet<Module>>,
    way: &mut Vec<Module>,
    done: &mut BTreeSet<Module>,
) -> Option<Vec<Module>> {
    if let Some(begin) = way.iter().position(|before| before == module) {
        return Some(way[begin..].to_vec());
    }
    if done.contains(module) {
        return None;
    }
    way.push(module.clone());
    let found = edges[module].iter().find_map(|next| search(next, edges, way, done));
    way.pop();
    done.insert(module.clone());
    found
}

#[test]
fn no_module_imports_itself_through_others() {
    let mut found = Vec::new();
    for member in crates() {
        let sources: Vec<_> = member.sources.iter().map(|file| (file.module.clone(), file.text.as_str())).collect();
        if let Some(circle) = circle(&modules(&sources)) {
            found.push(format!("{}: {}", member.name, circle.join(" -> ")));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

/// The circle in a crate of these files.
fn planted(files: &[(&str, &str)]) -> Option<String> {
    let module = |path: &str| path.split("::").filter(|part| !part.is_empty()).map(String::from).collect();
    let sources: Vec<_> = files.iter().map(|(path, text)| (module(path), *text)).collect();
    circle(&modules(&sources)).map(|circle| circle.join(" -> "))
}

#[test]
fn a_circle_is_found_however_it_is_spelled() {
    for (files, expected) in [
        (
            &[("", "mod a; mod b;"), ("a", "use crate::b::B; pub struct A;"), ("b", "use super::a::A; pub struct B;")]
                [..],
            Some("crate::a -> crate::b"),
        ),
        // Through a path in the middle of the code, and through a re-export of the root.
        (
            &[
                ("", "mod a; mod b; pub use a::A;"),
                ("a", "pub struct A(super::b::B);"),
                ("b", "use crate::A; pub struct B;"),
            ],
            Some("crate::a -> crate::b"),
        ),
        // A child that needs what its parent defines, which needs the child.
        (
            &[("", "mod a;"), ("a", "mod inner; pub struct A; fn f() { inner::g() }"), ("a::inner", "use super::A;")],
            Some("crate::a -> crate::a::inner"),
        ),
        // The same with three.
        (
            &[
                ("", "mod a; mod b; mod c;"),
                ("a", "use crate::b::f;"),
                ("b", "use crate::c; pub fn f() { c::g() }"),
                ("c", "pub fn g() { crate::a::h() }"),
            ],
            Some("crate::a -> crate::b -> crate::c"),
        ),
        // A parent that only re-exports what its children define, which use each other in one direction.
        (
            &[
                ("", "mod a; mod b; pub use a::A; pub use b::B;"),
                ("a", "pub struct A;"),
                ("b", "use crate::A; pub struct B;"),
            ],
            None,
        ),
        // Tests may look anywhere.
        (
            &[
                ("", "mod a; mod b;"),
                ("a", "use crate::b::B; pub struct A;"),
                ("b", "pub struct B; #[cfg(test)] mod tests { use crate::a::A; }"),
            ],
            None,
        ),
    ] {
        assert_eq!(planted(files).as_deref(), expected, "{files:?}");
    }
}
