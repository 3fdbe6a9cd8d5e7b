//! Tables that read well on a terminal and as Markdown.

/// A line of a table.
pub fn cells<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// A Markdown table whose columns are as wide as their longest cell; numbers stand at the right.
pub fn table(lines: &[Vec<String>]) -> String {
    let width = |column: usize| {
        lines.iter().filter_map(|cells| cells.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let mut out = String::new();
    for (index, cells) in lines.iter().enumerate() {
        if index == 1 {
            out.push_str("|---|");
            out.push_str(&"---:|".repeat(cells.len().saturating_sub(1)));
            out.push('\n');
        }
        for (column, cell) in cells.iter().enumerate() {
            let width = width(column);
            let padded = if column == 0 { format!("| {cell:<width$} ") } else { format!("| {cell:>width$} ") };
            out.push_str(&padded);
        }
        out.push_str("|\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_markdown_with_aligned_columns() {
        let lines = [cells(["a", "µs"]), cells(["longer", "1"]), cells(["b", "100.5"])];
        assert_eq!(table(&lines), "| a      |    µs |\n|---|---:|\n| longer |     1 |\n| b      | 100.5 |\n");
    }
}
