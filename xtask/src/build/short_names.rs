//! Short names for what the module and its JavaScript call each other by: `__wbg_requestId_8a7182cb447c1240` and its
//! like are a twentieth of the download.

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// The argument of wasm-opt that shortens them in the module and prints what became of them.
pub const ARGUMENT: &str = "--minify-imports-and-exports-and-modules";

/// The line that wasm-opt prints.
#[derive(Deserialize)]
struct Renamed {
    /// Module, name, short name. The module itself is named `a`.
    imports: Vec<(String, String, String)>,
    /// Name, short name.
    exports: Vec<(String, String)>,
}

const SHORT_MODULE: &str = "a";

/// Renames them in wasm-bindgen's JavaScript and declarations as `printed` by wasm-opt.
pub fn carry_over(printed: &str, folder: &Path) -> Result<()> {
    let renamed: Renamed =
        serde_json::from_str(printed).context("cannot read the names that wasm-opt printed")?;
    edit(&folder.join("codebolt_wasm.js"), |text| {
        for (module, name, short) in &renamed.imports {
            *text = replaced(text, "", name, ":", short)?;
            *text = text.replace(&format!("\"{module}\":"), &format!("\"{SHORT_MODULE}\":"));
        }
        for (name, short) in &renamed.exports {
            // Some are for the host of the module, and the JavaScript does not use them.
            *text = replaced(text, "wasm.", name, "", short).unwrap_or_else(|_| text.clone());
        }
        Ok(())
    })?;
    for (file, before) in [
        ("codebolt_wasm.d.ts", "readonly "),
        ("codebolt_wasm_bg.wasm.d.ts", "export const "),
    ] {
        edit(&folder.join(file), |text| {
            for (name, short) in &renamed.exports {
                *text = replaced(text, before, name, ":", short).unwrap_or_else(|_| text.clone());
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn edit(file: &Path, change: impl FnOnce(&mut String) -> Result<()>) -> Result<()> {
    let mut text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    change(&mut text)?;
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// Replaces `name` where it stands as a whole between `before` and `after`; it must stand somewhere.
fn replaced(text: &str, before: &str, name: &str, after: &str, short: &str) -> Result<String> {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    let wanted = format!("{before}{name}{after}");
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some((head, tail)) = rest.split_once(&wanted) {
        result.push_str(head);
        let whole = !result.ends_with(is_part) && (!after.is_empty() || !tail.starts_with(is_part));
        found |= whole;
        let name = if whole { short } else { name };
        result.push_str(&format!("{before}{name}{after}"));
        rest = tail;
    }
    if !found {
        bail!("wasm-bindgen's JavaScript has no `{wanted}`, which the module asks for");
    }
    result.push_str(rest);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_replaced_and_one_must_be_there() -> Result<()> {
        let text = "wasm.abort(1); xwasm.abort(2); wasm.aborted(3);";
        assert_eq!(
            replaced(text, "wasm.", "abort", "", "a")?,
            "wasm.a(1); xwasm.abort(2); wasm.aborted(3);"
        );
        assert!(replaced(text, "wasm.", "closed", "", "a").is_err());
        Ok(())
    }
}
