//! The choice of the index that a search with words walks.

use minsu_domain::Term;
use sea_orm::{DbBackend, Statement};

use crate::repos::sql::Sql;

/// A term is rare up to here: so many houses are looked up and sorted in the time in which an index
/// is walked in which one house in a hundred matches.
pub(super) const RARE: u64 = 10_000;

/// How the houses of a search are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// By the index of the list's order.
    InOrder,
    /// By one term that few houses have.
    ByRare(Term),
    /// By the order of the list, but counted by the term that may well be the rarest.
    ByCommon(Term),
    /// No house has one of the terms.
    Nowhere,
}

/// How many houses have each term, up to a bound: rows of the term's place in the list and the number.
pub(crate) fn frequencies(backend: DbBackend, terms: &[Term]) -> Statement {
    let mut sql = Sql::new(backend);
    for (place, term) in terms.iter().enumerate() {
        sql.push(if place == 0 { "" } else { " UNION ALL " });
        sql.push(&format!("SELECT {place} AS place, COUNT(*) AS houses FROM (SELECT house_id FROM house_words"));
        sql.push(" WHERE pair = ").bind(term.number()).limit(RARE + 1, 0).push(&format!(") AS w{place}"));
    }
    sql.done()
}

/// The way for terms with these frequencies.
pub(crate) fn way(terms: &[Term], frequencies: &[u64]) -> Way {
    match frequencies.iter().zip(terms).min() {
        None => Way::InOrder,
        Some((0, _)) => Way::Nowhere,
        Some((houses, term)) if *houses <= RARE => Way::ByRare(*term),
        Some((_, term)) => Way::ByCommon(*term),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_domain::SearchWords;

    #[test]
    fn the_rarest_term_leads_while_it_is_rare() {
        let words = SearchWords::parse("四合院").unwrap();
        let terms = words.terms();
        assert_eq!(way(terms, &[20_000, 7]), Way::ByRare(terms[1]));
        assert_eq!(way(terms, &[RARE, RARE + 1]), Way::ByRare(terms[0]));
        assert_eq!(way(terms, &[RARE + 1, RARE + 1]), Way::ByCommon(terms[0]));
        assert_eq!(way(terms, &[0, 7]), Way::Nowhere);
        assert_eq!(way(&[], &[]), Way::InOrder);
    }
}
