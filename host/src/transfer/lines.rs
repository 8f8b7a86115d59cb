//! Reading a file line by line, within bounds.

use std::io::{BufRead, Read};

use super::TransferFailure;

/// A line holds what a message did, and may hold its JSON once more as a text, where each character
/// may be two; and a little beside.
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
    /// Of a file with events as messages of at most so many bytes held them.
    pub fn new(from: &'a mut (dyn BufRead + Send), message_bytes: usize) -> Self {
        Self {
            from,
            most: message_bytes.saturating_mul(TIMES).saturating_add(BESIDE),
            number: 0,
        }
    }

    /// The next line; none at the end. A byte order mark at the file's beginning is read over.
    pub fn next(&mut self) -> Result<Option<String>, TransferFailure> {
        self.number += 1;
        // The line's end may be two bytes, and the mark is three.
        let most = u64::try_from(self.most)
            .unwrap_or(u64::MAX)
            .saturating_add(5);
        let mut bytes = Vec::new();
        let from = &mut *self.from;
        waiting(|| from.take(most).read_until(b'\n', &mut bytes))?;
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

    /// Refuses anything that follows but space.
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

    /// The error that the line read last is wrong.
    pub fn wrong(&self, problem: String) -> TransferFailure {
        TransferFailure::Line {
            line: self.number,
            problem,
        }
    }
}

/// Reads what may not come for long, such as from a terminal; other tasks go on meanwhile.
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
