//! The TypeScript that a definition carries, cut into its exported declarations.

/// One exported type.
#[derive(Debug)]
pub struct Declaration {
    /// Its name.
    pub name: String,
    /// Its doc comment's text, without the example.
    pub text: String,
    /// The declaration with its doc comment, as written.
    pub source: String,
    /// The declaration without its doc comment.
    pub code: String,
}

/// Cuts a text at each `export` that starts a line.
pub fn read(text: &str) -> Result<Vec<Declaration>, String> {
    let mut found: Vec<Declaration> = Vec::new();
    let mut comment: Option<String> = None;
    let mut in_comment = false;
    for line in text.lines() {
        if line.starts_with("/**") {
            in_comment = true;
            comment = Some(String::new());
        }
        if in_comment {
            if let Some(comment) = &mut comment {
                comment.push_str(line);
                comment.push('\n');
            }
            in_comment = !line.trim_end().ends_with("*/");
            continue;
        }
        if line.starts_with("export ") {
            let name = name_of(line).ok_or_else(|| format!("types: no name found in `{line}`"))?;
            let comment = comment.take().unwrap_or_default();
            found.push(Declaration {
                name: name.to_owned(),
                text: plain(&comment),
                source: format!("{comment}{line}\n"),
                code: format!("{line}\n"),
            });
        } else if let Some(last) = found.last_mut() {
            for text in [&mut last.source, &mut last.code] {
                text.push_str(line);
                text.push('\n');
            }
        } else if !line.trim().is_empty() {
            return Err(format!("types: `{line}` belongs to no exported type"));
        }
    }
    for declaration in &mut found {
        declaration
            .source
            .truncate(declaration.source.trim_end().len());
        declaration.code.truncate(declaration.code.trim_end().len());
    }
    Ok(found)
}

fn name_of(line: &str) -> Option<&str> {
    let mut words = line
        .split(|next: char| !(next.is_alphanumeric() || next == '_'))
        .filter(|word| !word.is_empty());
    words.find(|word| !["export", "declare", "interface", "type", "const"].contains(word))
}

/// The words of a doc comment before its first tag.
fn plain(comment: &str) -> String {
    let lines = comment.lines().map(|line| {
        line.trim()
            .trim_start_matches("/**")
            .trim_end_matches("*/")
            .trim_start_matches('*')
            .trim()
    });
    let words: Vec<&str> = lines
        .take_while(|line| !line.starts_with('@'))
        .filter(|line| !line.is_empty())
        .collect();
    words.join(" ")
}

/// `event-log` → `eventLog`.
pub fn camel(kebab: &str) -> String {
    let mut text = String::new();
    let mut upper = false;
    for next in kebab.chars() {
        if next == '-' {
            upper = true;
        } else if upper {
            text.extend(next.to_uppercase());
            upper = false;
        } else {
            text.push(next);
        }
    }
    text
}

/// `eventLog` → `event-log`.
pub fn kebab(camel: &str) -> String {
    let mut text = String::new();
    for next in camel.chars() {
        if next.is_uppercase() {
            text.push('-');
        }
        text.extend(next.to_lowercase());
    }
    text
}

/// `eventLog` → `EventLog`.
pub fn pascal(camel: &str) -> String {
    let mut characters = camel.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
