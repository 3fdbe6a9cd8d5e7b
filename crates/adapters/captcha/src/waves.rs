//! Sine and cosine that give the same bits everywhere, so that a seed draws the same picture on
//! every platform: the standard library's are those of the platform.

/// The sine of an angle in turns (1 is the whole circle); the error is below 0.00001.
pub(crate) fn sin(turns: f32) -> f32 {
    // The angle as -0.5..=0.5 turns, then folded into the half circle around zero.
    let turns = turns - (turns + 0.5).floor();
    let folded = if turns > 0.25 {
        0.5 - turns
    } else if turns < -0.25 {
        -0.5 - turns
    } else {
        turns
    };
    let angle = folded * std::f32::consts::TAU;
    let square = angle * angle;
    angle * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0 * (1.0 - square / 72.0))))
}

/// The cosine of an angle in turns.
pub(crate) fn cos(turns: f32) -> f32 {
    sin(turns + 0.25)
}

#[cfg(test)]
mod tests {
    #[test]
    fn they_are_the_real_ones() {
        for step in -3000..3000i16 {
            let turns = f32::from(step) / 1000.0;
            let angle = f64::from(turns) * std::f64::consts::TAU;
            assert!((f64::from(super::sin(turns)) - angle.sin()).abs() < 1e-5, "{turns}");
            assert!((f64::from(super::cos(turns)) - angle.cos()).abs() < 1e-5, "{turns}");
        }
    }
}
