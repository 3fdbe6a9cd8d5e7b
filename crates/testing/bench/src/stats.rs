//! Least, middle and greatest of a few measurements.

/// Least, middle and greatest of a few measurements. With few of them and a busy machine nothing
/// else would be honest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The least.
    pub min: f64,
    /// The one in the middle; of an even number, the mean of the two.
    pub median: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// Of the measurements; `None` where there are none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Self { min, median: (low + high) / 2.0, max })
    }
}

/// `part / whole`, and 0 of nothing.
pub fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_does_not_depend_on_the_order() {
        let spread = |values: &[f64]| Spread::of(values.iter().copied());
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some(Spread { min: 1.0, median: 2.0, max: 3.0 }));
        assert_eq!(spread(&[4.0, 1.0, 10.0, 2.0]), Some(Spread { min: 1.0, median: 3.0, max: 10.0 }));
        assert_eq!(spread(&[7.5]), Some(Spread { min: 7.5, median: 7.5, max: 7.5 }));
        assert_eq!(spread(&[]), None);
    }

    #[test]
    fn one_outlier_moves_the_greatest_only() {
        let spread = Spread::of([0.5, 0.52, 0.51, 0.49, 9.0]).unwrap();
        assert_eq!((spread.median, spread.max), (0.51, 9.0));
    }

    #[test]
    fn a_ratio_to_nothing_is_nothing() {
        assert_eq!((ratio(1.0, 4.0), ratio(1.0, 0.0)), (0.25, 0.0));
    }
}
