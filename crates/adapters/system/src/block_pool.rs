//! The working memory of argon2, kept between hashes.

use std::sync::{Mutex, PoisonError};

use argon2::Block;

/// Buffers of one size. A hash needs tens of MiB; allocating them anew for every login means
/// that the kernel maps and zeroes as many pages each time.
///
/// Reuse is safe without wiping: the first pass of argon2 writes every block before it reads it.
#[derive(Debug)]
pub(crate) struct BlockPool {
    blocks: usize,
    idle: Mutex<Vec<Vec<Block>>>,
}

impl BlockPool {
    /// An empty pool of buffers with this many blocks of 1 KiB.
    pub(crate) fn new(blocks: usize) -> Self {
        Self { blocks, idle: Mutex::new(Vec::new()) }
    }

    /// Calls `work` with a buffer of at least `blocks` blocks. One that is larger than the pool's
    /// (a hash under older parameters) is allocated for this call alone.
    pub(crate) fn with<T>(&self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        if blocks > self.blocks {
            return work(&mut vec![Block::new(); blocks]);
        }
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut buffer = idle.unwrap_or_else(|| vec![Block::new(); self.blocks]);
        let result = work(&mut buffer);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        result
    }

    #[cfg(test)]
    pub(crate) fn idle(&self) -> usize {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
