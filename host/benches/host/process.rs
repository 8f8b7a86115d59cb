//! What the system says of a process.

/// A number of `/proc/PID/status`, in MiB.
pub fn memory(id: u32, which: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(which));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.map_or(f64::NAN, |kilobytes| {
        kilobytes.parse::<f64>().unwrap_or(f64::NAN) / 1024.0
    })
}

/// Seconds of processor time in a `stat` file of `/proc`; its ticks are hundredths.
pub fn processor_time(file: &str) -> f64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let after_name = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks: f64 = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}
