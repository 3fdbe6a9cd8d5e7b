//! The bytes of uploads that a process holds in memory, bounded over all of them: clients that send most of an
//! upload and stop cannot use up the machine's memory.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use minsu_application::AppError;

/// A budget of bytes; per process.
#[derive(Debug, Clone)]
pub struct UploadBudget {
    most: usize,
    held: Arc<AtomicUsize>,
}

impl UploadBudget {
    /// A budget of so many bytes.
    pub fn new(most: usize) -> Self {
        Self { most, held: Arc::default() }
    }

    /// The bytes of one upload, none at first.
    pub fn upload(&self) -> HeldBytes {
        HeldBytes { budget: self.clone(), bytes: 0 }
    }
}

/// The bytes that one upload holds, until it is dropped.
#[derive(Debug)]
pub struct HeldBytes {
    budget: UploadBudget,
    bytes: usize,
}

impl HeldBytes {
    /// Takes so many bytes more.
    ///
    /// # Errors
    /// [`AppError::Busy`] when the uploads in progress hold too many.
    pub fn grow(&mut self, bytes: usize) -> Result<(), AppError> {
        let UploadBudget { most, held } = &self.budget;
        let taken = held.fetch_update(Ordering::AcqRel, Ordering::Acquire, |held| {
            held.checked_add(bytes).filter(|held| held <= most)
        });
        taken.map_err(|_| AppError::Busy("uploads in memory"))?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for HeldBytes {
    fn drop(&mut self) {
        self.budget.held.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_that_ends_gives_its_bytes_back() {
        let budget = UploadBudget::new(10);
        let (mut one, mut other) = (budget.upload(), budget.upload());
        assert!(one.grow(6).is_ok() && other.grow(4).is_ok());
        assert!(other.grow(1).is_err());
        drop(one);
        assert!(other.grow(6).is_ok() && other.grow(1).is_err());
        drop(other);
        assert!(budget.upload().grow(10).is_ok());
        assert!(budget.upload().grow(usize::MAX).is_err());
    }
}
