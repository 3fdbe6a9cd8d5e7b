//! Making a failing run smaller.

use std::{io, path::Path};

use crate::run::{Report, run};

/// Tries smaller plans, at most so many runs, and keeps those that break an invariant too; the smallest one and what
/// it broke. Which of two simultaneous calls is served first may differ from run to run, so a plan that does not fail
/// again may still be at fault.
///
/// # Errors
/// Those of [`run`].
pub async fn shrink(binary: &Path, mut smallest: Report, mut runs: usize) -> io::Result<Report> {
    let mut candidates = smallest.plan.smaller();
    candidates.reverse();
    while let Some(plan) = candidates.pop() {
        if runs == 0 {
            break;
        }
        runs -= 1;
        let report = run(binary, &plan).await?;
        if !report.violations.is_empty() {
            smallest = report;
            candidates = smallest.plan.smaller();
            candidates.reverse();
        }
    }
    Ok(smallest)
}

#[cfg(test)]
mod tests {
    use crate::{Engine, Plan};

    #[test]
    fn the_smallest_plan_has_nothing_smaller() {
        let plan = Plan::draw(1, Engine::Sqlite, 0, 1);
        assert_eq!(plan.smaller(), []);
    }
}
