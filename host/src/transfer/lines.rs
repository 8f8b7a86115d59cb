//! Reads a file line by line, within bounds.

use std::io::{BufRead, Read};

use super::TransferFailure;

/// How much longer a line may be than a message. A line holds a message's content, may hold its JSON once more as a text, where each
/// character may take two, and has a few keys of its own.
const TIMES: usize = 3;
const BESIDE: usize = 64 * 1024;

/// The lines of a file.
pub struct Lines<'a> {
    from: &'a mut (dyn BufRead + Send),
    most: usize,
    /// The number of the line that was read last, from 1.
    pub number: u64,
}

impl<'a> Lines<'a> {
    /// The lines of a file with events from messages of at most so many bytes.
    pub fn new(from: &'a mut (dyn BufRead + Send), message_bytes: usize) -> Self {
        Self {
            from,
            most: message_bytes.saturating_mul(TIMES).saturating_add(BESIDE),
            number: 0,
        }
    }

    /// The next line; `None` at the end. Skips a byte order mark at the file's beginning.
    pub fn next(&mut self) -> Result<Option<String>, TransferFailure> {
        self.number += 1;
        // The line's end may be two bytes, and the mark is three.
        let most = u64::try_from(self.most)
            .unwrap_or(u64::MAX)
            .saturating_add(5);
        let mut bytes = Vec::new();
        let from = &mut *self.from;
        waiting(|| from.take(most).read_until(b'\n', &mut bytes))
            .map_err(TransferFailure::Input)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.len() > self.most && !bytes.ends_with(b"\n") {
            return Err(self.wrong(format!(
                "expected at most {} bytes in a line, as follows from --max-message, got more; raise --max-message",
                self.most
            )));
        }
        let mut text = String::from_utf8(bytes).map_err(|error| {
            self.wrong(format!(
                "expected UTF-8, got other bytes: {}",
                error.utf8_error()
            ))
        })?;
        if self.number == 1
            && let Some(rest) = text.strip_prefix('\u{FEFF}')
        {
            text = rest.to_owned();
        }
        Ok(Some(text))
    }

    /// Refuses anything but white space in the rest of the file.
    pub fn nothing_more(&mut self) -> Result<(), TransferFailure> {
        while let Some(text) = self.next()? {
            if !text.trim().is_empty() {
                return Err(self.wrong(
                    "expected nothing after the end line, got more; import one instance's file at a time"
                        .into(),
                ));
            }
        }
        Ok(())
    }

    /// The error for the line that was read last.
    pub fn wrong(&self, problem: String) -> TransferFailure {
        TransferFailure::Line {
            line: self.number,
            problem,
        }
    }
}

/// Reads without blocking other tasks: a terminal may not send anything for long.
fn waiting<T>(read: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    let may_block = Handle::try_current()
        .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
    if may_block {
        tokio::task::block_in_place(read)
    } else {
        read()
    }
}
