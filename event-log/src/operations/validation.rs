//! Checks of texts and JSON before they are stored, for messages and for imported files. The errors name
//! the path of the value.

use super::json_check::{self, JsonRefusal};
use crate::store::is_staging_name;

/// A text within its bounds; it may be empty.
///
/// # Errors
/// When it is too long, or holds the character U+0000.
pub fn check_text(path: &dyn Fn() -> String, text: &str, most: usize) -> Result<(), String> {
    if text.len() > most {
        return Err(format!(
            "{}: expected at most {most} bytes, got {}",
            path(),
            text.len()
        ));
    }
    if text.contains('\0') {
        return Err(format!(
            "{}: expected a string without the character U+0000, got one with it",
            path()
        ));
    }
    Ok(())
}

/// A name, an id, a stream or an event type: a text that is not empty.
///
/// # Errors
/// As [`check_text`], and when it is empty.
pub fn check_name(path: &dyn Fn() -> String, text: &str, most: usize) -> Result<(), String> {
    check_text(path, text, most)?;
    if text.trim().is_empty() {
        return Err(format!(
            "{}: expected a non-blank string, got {text:?}",
            path()
        ));
    }
    Ok(())
}

/// The name that an instance is to have.
///
/// # Errors
/// When it is one of those that the host uses itself.
pub fn check_own_name(path: &dyn Fn() -> String, name: &str) -> Result<(), String> {
    if is_staging_name(name) {
        return Err(format!(
            "{}: expected a name of your own, got {name:?}, which the host keeps for imports in progress; use another name",
            path()
        ));
    }
    Ok(())
}

/// JSON text of a payload or metadata.
///
/// # Errors
/// When it is nested too deep, or holds a number beyond a double.
pub fn check_json(path: &dyn Fn() -> String, json: &str, depth: usize) -> Result<(), String> {
    json_check::check(json, depth).map_err(|refusal| match refusal {
        JsonRefusal::Deep(most) => format!(
            "{}: expected at most {most} levels of nesting, got more",
            path()
        ),
        JsonRefusal::Number(number) => format!(
            "{}: expected numbers within the range of a double, got {number}; send it as a string",
            path()
        ),
    })
}
