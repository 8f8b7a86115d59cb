//! How many writes may wait in a store, and how many bytes.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::StoreFailure;

/// Counts the writes that a store has taken and not yet answered, and refuses those beyond its limits.
#[derive(Debug)]
pub struct WriteLimit {
    most_writes: usize,
    most_bytes: usize,
    writes: AtomicUsize,
    bytes: AtomicUsize,
}

impl WriteLimit {
    pub fn new(most_writes: usize, most_bytes: usize) -> Self {
        Self {
            most_writes,
            most_bytes,
            writes: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
        }
    }

    /// Counts one more write of this size. Refuses it at the limit; a single write may be larger than all bytes allowed.
    pub fn admit(&self, size: usize) -> Result<(), StoreFailure> {
        let writes = self.writes.fetch_add(1, Ordering::Relaxed);
        let bytes = self.bytes.fetch_add(size, Ordering::Relaxed);
        if writes >= self.most_writes || (bytes > 0 && bytes + size > self.most_bytes) {
            self.release(1, size);
            return Err(StoreFailure::Busy { writes, bytes });
        }
        Ok(())
    }

    /// So many writes, of so many bytes together, wait no longer.
    pub fn release(&self, writes: usize, bytes: usize) {
        self.writes.fetch_sub(writes, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::WriteLimit;
    use crate::store::StoreFailure;

    /// How many writes and bytes a refusal says that there are.
    fn waiting(admitted: Result<(), StoreFailure>) -> Option<(usize, usize)> {
        match admitted {
            Err(StoreFailure::Busy { writes, bytes }) => Some((writes, bytes)),
            _ => None,
        }
    }

    #[test]
    fn no_more_writes_wait_than_allowed_and_a_refused_one_does_not_count() {
        let limit = WriteLimit::new(2, 100);
        assert!(limit.admit(1).is_ok());
        assert!(limit.admit(1).is_ok());
        assert_eq!(waiting(limit.admit(1)), Some((2, 2)));
        assert_eq!(waiting(limit.admit(1)), Some((2, 2)));
        limit.release(1, 1);
        assert!(limit.admit(1).is_ok());
        assert_eq!(waiting(limit.admit(1)), Some((2, 2)));
    }

    #[test]
    fn no_more_bytes_wait_than_allowed_except_for_a_single_write() {
        let limit = WriteLimit::new(2, 100);
        assert!(limit.admit(1_000).is_ok());
        assert_eq!(waiting(limit.admit(1)), Some((1, 1_000)));
        limit.release(1, 1_000);
        assert!(limit.admit(60).is_ok());
        assert_eq!(waiting(limit.admit(41)), Some((1, 60)));
        assert!(limit.admit(40).is_ok());
    }
}
