//! Counters and histograms, and how Prometheus reads a histogram.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts values by the upper bound below which they are. The bounds are given with each call.
#[derive(Debug)]
pub struct Histogram<const N: usize> {
    buckets: [AtomicU64; N],
    count: AtomicU64,
    sum: AtomicU64,
}

impl<const N: usize> Default for Histogram<N> {
    fn default() -> Self {
        Self {
            buckets: std::array::from_fn(|_| AtomicU64::new(0)),
            count: AtomicU64::new(0),
            sum: AtomicU64::new(0),
        }
    }
}

/// A counter's value.
pub fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// Adds one to a counter.
pub fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl<const N: usize> Histogram<N> {
    /// Counts a value.
    pub fn add(&self, bounds: &[u64; N], value: u64) {
        if let Some(bucket) = bounds
            .iter()
            .position(|bound| value <= *bound)
            .and_then(|index| self.buckets.get(index))
        {
            count(bucket);
        }
        count(&self.count);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Writes the lines of a histogram; the metric's unit has so many `parts`. A quotient is the double next to the decimal
    /// number (0.0001), a product with 1e-6 is not.
    pub fn write(&self, out: &mut String, name: &str, labels: &str, bounds: &[u64; N], parts: f64) {
        #[expect(clippy::cast_precision_loss, reason = "metrics are doubles")]
        let scaled = |value: u64| value as f64 / parts;
        let separator = if labels.is_empty() { "" } else { "," };
        let mut total = 0;
        for (bucket, bound) in self.buckets.iter().zip(bounds) {
            total += read(bucket);
            let bound = scaled(*bound);
            let _ = writeln!(
                out,
                "{name}_bucket{{{labels}{separator}le=\"{bound}\"}} {total}"
            );
        }
        let all = read(&self.count);
        let _ = writeln!(out, "{name}_bucket{{{labels}{separator}le=\"+Inf\"}} {all}");
        let braces = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{labels}}}")
        };
        let _ = writeln!(out, "{name}_sum{braces} {}", scaled(read(&self.sum)));
        let _ = writeln!(out, "{name}_count{braces} {all}");
    }
}
