//! Tables as CSV (RFC 4180) that are safe to open in a spreadsheet.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION},
};
use bytes::Bytes;
use futures_util::stream;
use minsu_application::orders::OccupantReport;

/// The media type of such a table.
pub const MEDIA_TYPE: &str = "text/csv; charset=utf-8";

/// By this mark spreadsheets know UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A row: its cells quoted, behind each other, and a line end.
pub fn row<const N: usize>(cells: [&str; N]) -> String {
    let mut line = cells.map(cell).join(",");
    line.push_str("\r\n");
    line
}

/// A quoted cell. One that a spreadsheet would take for a formula begins with an apostrophe.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, text.replace('"', "\"\""))
}

/// The people who stay under an order, as a file for the register of the police.
pub fn of_occupants(report: OccupantReport) -> HttpResponse {
    let OccupantReport { order, start, end, people } = report;
    let (id, start, end) = (order.to_string(), start.to_string(), end.to_string());
    let rows = people.into_iter().map(move |person| row([&id, &start, &end, &person.real_name, &person.id_card]));
    file(&format!("occupants-{order}.csv"), row(["order_id", "start", "end", "name", "id_number"]), rows)
}

/// A table as a file: sent row by row, and kept by no cache.
pub fn file(name: &str, head: String, rows: impl Iterator<Item = String> + 'static) -> HttpResponse {
    let head = format!("{BYTE_ORDER_MARK}{head}");
    let pieces = std::iter::once(head).chain(rows).map(|text| Ok::<_, std::convert::Infallible>(Bytes::from(text)));
    HttpResponse::Ok()
        .content_type(MEDIA_TYPE)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(stream::iter(pieces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formula() {
        assert_eq!(row(["a", "1,5", "a \"b\"", ""]), "\"a\",\"1,5\",\"a \"\"b\"\"\",\"\"\r\n");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert_eq!(row([formula]), format!("\"'{formula}\"\r\n"));
        }
        assert_eq!(row(["11010519491231002X"]), "\"11010519491231002X\"\r\n");
    }
}
