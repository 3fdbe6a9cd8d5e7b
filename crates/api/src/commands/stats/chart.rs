//! The occupancy of the coming days as a picture.

use std::path::Path;

use chrono::NaiveDate;
use plotters::prelude::{AreaSeries, ChartBuilder, Color, IntoDrawingArea, RGBColor, SVGBackend, WHITE};

use crate::commands::CommandError;

const SIZE: (u32, u32) = (960, 400);
const BLUE: RGBColor = RGBColor(0x1f, 0x6f, 0xb4);

/// Writes an SVG file with an area over the days.
///
/// # Errors
/// When the file cannot be written.
pub fn draw(file: &Path, days: &[(NaiveDate, f64)]) -> Result<(), CommandError> {
    let mut svg = String::new();
    draw_to(&mut svg, days)?;
    Ok(std::fs::write(file, svg)?)
}

fn draw_to(svg: &mut String, days: &[(NaiveDate, f64)]) -> Result<(), CommandError> {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE).map_err(undrawable)?;
    let last = days.len().saturating_sub(1).max(1);
    let mut chart = ChartBuilder::on(&area)
        .caption("houses taken, % of all", ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(32)
        .y_label_area_size(44)
        .build_cartesian_2d(0..last, 0.0..100.0)
        .map_err(undrawable)?;
    let date = |place: &usize| days.get(*place).map(|(day, _)| day.to_string()).unwrap_or_default();
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(8)
        .x_label_formatter(&date)
        .y_label_formatter(&|percent| format!("{percent:.0}"))
        .draw()
        .map_err(undrawable)?;
    let points = days.iter().enumerate().map(|(place, (_, percent))| (place, *percent));
    let series = AreaSeries::new(points, 0.0, BLUE.mix(0.25)).border_style(BLUE);
    chart.draw_series(series).map_err(undrawable)?;
    area.present().map_err(undrawable)
}

/// The library's errors borrow the picture.
fn undrawable(error: impl std::fmt::Display) -> CommandError {
    format!("the chart cannot be drawn: {error}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_the_days_and_a_point_for_each() {
        let first = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let days: Vec<_> = first.iter_days().zip([0.0, 50.0, 100.0]).collect();
        let mut svg = String::new();
        draw_to(&mut svg, &days).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert!(svg.contains("2026-11-22") && svg.contains("houses taken"));
        let line = svg.split("<polyline").skip(1).find(|part| part.contains("stroke=\"#1F6FB4\"")).unwrap();
        let points = line.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(points.split_whitespace().count(), 3, "{svg}");
        draw_to(&mut String::new(), &[]).unwrap();
    }
}
