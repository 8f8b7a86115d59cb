//! Links of Markdown: those to files of the repository, written anew for where the text is read.

use anyhow::{Result, bail};

/// The text with each link to a file replaced by what `rewrite` gives for the file's path in the repository and the anchor (empty, or
/// with its `#`). `file` is where the text stands. Links to other servers and within the page stay, and so does code.
pub fn rewritten(
    text: &str,
    file: &str,
    rewrite: impl Fn(&str, &str) -> Result<String>,
) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let start = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, Some(mark)) => fence = Some(mark),
            (None, None) => {
                line_rewritten(line, file, &rewrite, &mut out)?;
                continue;
            }
            _ => {}
        }
        out.push_str(line);
    }
    Ok(out)
}

fn line_rewritten(
    line: &str,
    file: &str,
    rewrite: &impl Fn(&str, &str) -> Result<String>,
    out: &mut String,
) -> Result<()> {
    let mut rest = line;
    while let Some(at) = rest.find(['`', ']']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if from.starts_with('`') {
            let ticks = from.len() - from.trim_start_matches('`').len();
            let (mark, code) = from.split_at(ticks);
            out.push_str(mark);
            rest = match code.find(mark) {
                Some(end) => {
                    let (code, after) = code.split_at(end + ticks);
                    out.push_str(code);
                    after
                }
                None => code,
            };
        } else if let Some((target, after)) = from
            .strip_prefix("](")
            .and_then(|inside| inside.split_once(')'))
        {
            out.push_str("](");
            out.push_str(&target_rewritten(target, file, rewrite)?);
            out.push(')');
            rest = after;
        } else {
            out.push(']');
            rest = from.strip_prefix(']').unwrap_or_default();
        }
    }
    out.push_str(rest);
    Ok(())
}

fn target_rewritten(
    target: &str,
    file: &str,
    rewrite: &impl Fn(&str, &str) -> Result<String>,
) -> Result<String> {
    if target.starts_with('#') || target.contains(':') {
        return Ok(target.to_owned());
    }
    let (path, anchor) = match target.find('#') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    rewrite(&resolved(path, file)?, anchor)
}

/// The path in the repository of a link's target.
fn resolved(path: &str, file: &str) -> Result<String> {
    let mut steps: Vec<&str> = file.split('/').collect();
    steps.pop();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                if steps.pop().is_none() {
                    bail!("{file} links to {path}, which lies outside of the repository");
                }
            }
            step => steps.push(step),
        }
    }
    Ok(steps.join("/"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        rewritten(text, "docs/guide/a.md", |path, anchor| {
            Ok(format!("<{path}|{anchor}>"))
        })
        .unwrap()
    }

    #[test]
    fn links_to_files_are_resolved_and_others_stay() {
        assert_eq!(
            shown("see [b](b.md#c), ![d](../images/d.png) and [e](../../PROTOCOL.md)\n"),
            "see [b](<docs/guide/b.md|#c>), ![d](<docs/images/d.png|>) and [e](<PROTOCOL.md|>)\n"
        );
        for other in ["[a](https://example.org/x.md)", "[a](#b)", "a] (b) [c]"] {
            assert_eq!(shown(other), other);
        }
    }

    #[test]
    fn code_stays() {
        for code in [
            "```js\n[a](b.md)\n```\n",
            "`[a](b.md)` and ``x ` [a](b.md)``",
            "~~~\n```\n[a](b.md)\n~~~\n",
        ] {
            assert_eq!(shown(code), code);
        }
        assert_eq!(
            shown("```\nx\n```\n[a](b.md)"),
            "```\nx\n```\n[a](<docs/guide/b.md|>)"
        );
    }

    #[test]
    fn a_link_out_of_the_repository_is_refused() {
        assert!(
            rewritten("[a](../../../b.md)", "docs/guide/a.md", |_, _| Ok(
                String::new()
            ))
            .is_err()
        );
    }
}
