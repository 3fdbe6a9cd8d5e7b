//! What occupies a day of another calendar.

use crate::fold_typed;

/// What an event of another calendar is. Where both cover a day, it is a stay: only stays clash with orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayKind {
    /// The day is closed for another reason than a guest.
    Closure,
    /// A guest stays.
    Stay,
}

impl DayKind {
    /// Parts of summaries that channels give to days that are closed without a guest, in lower case.
    const CLOSURE_WORDS: [&str; 11] = [
        "not available",
        "unavailable",
        "closed",
        "blocked",
        "block",
        "不可订",
        "关闭",
        "已关闭",
        "fermé",
        "geschlossen",
        "bloqueado",
    ];

    /// The kind of an event by its summary, in any case and width of letters: a closure where it contains one of the
    /// words for it, otherwise a stay.
    pub fn of_summary(summary: &str) -> Self {
        let folded = fold_typed(summary).to_lowercase();
        let folded = folded.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_closure = Self::CLOSURE_WORDS.iter().any(|word| folded.contains(word));
        if is_closure { Self::Closure } else { Self::Stay }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_closures_are_told_from_those_of_stays() {
        for closure in [
            "Airbnb (Not available)",
            "CLOSED - Not available",
            "ＣＬＯＳＥＤ",
            "Blocked",
            "not \u{a0} available",
            "房态：已关闭",
            "不可订",
            "FERMÉ",
            "ferme\u{301}",
            "Geschlossen",
            "BLOQUEADO",
            "Unavailable",
        ] {
            assert_eq!(DayKind::of_summary(closure), DayKind::Closure, "{closure}");
        }
        for stay in ["", "Reserved", "Booked", "Réservée - Prénom & Co", "已预订", "Indisponible"] {
            assert_eq!(DayKind::of_summary(stay), DayKind::Stay, "{stay}");
        }
    }
}
