//! `docs/api/documents.md` is written by hand; what it names is held against the routes.

use std::collections::BTreeSet;

use minsu_web::routes::Routes;

use super::workspace_file;

/// The numbered items of the five documents, in their order; a number may stand twice.
const ITEMS: [(&str, &[u32]); 5] = [
    ("000", &[1, 2, 3, 4, 5, 6, 8, 8, 9, 10, 11]),
    ("001", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14, 15, 16, 16, 17, 18, 19, 20, 21]),
    ("002", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]),
    ("003", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ("004", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
];

fn page() -> String {
    std::fs::read_to_string(workspace_file("docs/api/documents.md")).unwrap()
}

/// `GET /api/house/my` and so on, in backticks anywhere in the text.
fn calls(text: &str) -> BTreeSet<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .filter(|code| code.split_once(" /api").is_some_and(|(method, _)| method.len() <= 6))
        .map(String::from)
        .collect()
}

fn routed() -> BTreeSet<String> {
    let of = |prefix: &'static str, routes: Routes| {
        let infos = routes.calls().to_vec().into_iter();
        let calls = infos.flat_map(move |info| {
            info.paths().map(|path| format!("{} {prefix}{path}", info.verb.method())).collect::<Vec<_>>()
        });
        calls.map(|call| call.replace("{spec:.*}", "{mobile}"))
    };
    of(minsu_dialect_v1::PREFIX, minsu_dialect_v1::routes())
        .chain(of(minsu_dialect_classic::PREFIX, minsu_dialect_classic::routes()))
        .collect()
}

#[test]
fn every_item_of_every_document_has_its_row() {
    let page = page();
    let rows: Vec<_> = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()).collect();
    let rows: Vec<_> = rows.into_iter().filter(|cell| cell.starts_with("00")).map(str::to_owned).collect();
    let items = ITEMS.iter().flat_map(|(document, items)| items.iter().map(move |item| format!("{document} {item}")));
    assert_eq!(rows, items.collect::<Vec<_>>());
    for row in page.lines().filter(|line| line.starts_with("| 00")) {
        assert!(!calls(row.split(" | ").nth(2).unwrap()).is_empty(), "served nowhere: {row}");
    }
}

#[test]
fn every_call_that_the_page_names_is_served_and_the_other_way_round() {
    let (named, routed) = (calls(&page()), routed());
    assert_eq!(named.difference(&routed).collect::<Vec<_>>(), Vec::<&String>::new(), "named, but not served");
    assert_eq!(routed.difference(&named).collect::<Vec<_>>(), Vec::<&String>::new(), "served, but not named");
}
