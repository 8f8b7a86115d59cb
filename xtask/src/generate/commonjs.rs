//! The types by name for CommonJS. There the module is one value (`export =`), which has types only by a namespace
//! beside it, and a namespace has to list them: it has no `export *`, and with `export type { … }` TypeScript takes it for
//! a value, which cannot stand beside another. There are hundreds, so that a line has no letter too many.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Types of `define.d.ts` and `tools.d.ts` that have parameters, which a re-export does not show.
const GENERIC: [(&str, &str); 4] = [
    ("Handler", "<Arguments extends unknown[], Result = unknown>"),
    ("Unchecked", "<Known = unknown>"),
    (
        "ToolBuilder",
        "<TParams extends object = object, TResult extends all.ToolFrameworkResult = all.ToolFrameworkResult>",
    ),
    (
        "ToolInvocation",
        "<TParams extends object = object, TResult extends all.ToolFrameworkResult = all.ToolFrameworkResult>",
    ),
];

/// `index.d.cts`: the template's, with the types that these declarations export. `entry` is `index.d.ts`, whose re-exports count too.
pub fn declaration(template: &str, entry: &str, modules: &[String]) -> String {
    let mut types: BTreeMap<&str, &str> = GENERIC.into();
    for line in entry
        .lines()
        .chain(modules.iter().flat_map(|text| text.lines()))
    {
        let declared = ["export interface ", "export type ", "export declare enum "]
            .iter()
            .find_map(|start| line.strip_prefix(start));
        if let Some((name, parameters)) = declared.and_then(name_and_parameters) {
            types.entry(name).or_insert(parameters);
        }
    }
    for names in re_exported(entry).chain(modules.iter().flat_map(|text| re_exported(text))) {
        for name in names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            types.entry(name).or_insert("");
        }
    }
    let mut text = format!("{}\n\ndeclare namespace instance {{\n", template.trim_end());
    for (name, parameters) in types {
        let _ = writeln!(
            text,
            "type {name}{parameters}=all.{name}{};",
            names_of(parameters)
        );
    }
    text.push_str("}\n");
    text
}

/// `Name<T extends X = Y>` of a declaration as two texts; the second is empty when there are no parameters.
fn name_and_parameters(declared: &str) -> Option<(&str, &str)> {
    let end = declared.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
    let (name, rest) = declared.split_at(end);
    if name.is_empty() {
        return None;
    }
    let mut depth = 0_usize;
    for (at, letter) in rest.char_indices() {
        match letter {
            '<' => depth += 1,
            '>' if !rest.get(..at)?.ends_with('=') => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return if at == 0 {
                Some((name, ""))
            } else {
                Some((name, rest.get(..=at)?))
            };
        }
    }
    None
}

/// `<T, U>` of `<T extends X = Y, U>`.
fn names_of(parameters: &str) -> String {
    let Some(inner) = parameters
        .strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'))
    else {
        return String::new();
    };
    let mut names = Vec::new();
    let mut depth = 0_i32;
    let mut start = 0;
    for (at, letter) in inner.char_indices().chain([(inner.len(), ',')]) {
        match letter {
            '<' | '{' | '(' | '[' => depth += 1,
            '>' | '}' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                names.extend(
                    inner
                        .get(start..at)
                        .and_then(|text| text.split_whitespace().next()),
                );
                start = at + 1;
            }
            _ => {}
        }
    }
    format!("<{}>", names.join(", "))
}

/// The names in the braces of `export type { … }`.
fn re_exported(text: &str) -> impl Iterator<Item = &str> {
    text.split("export type {")
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_all_kinds_are_listed_once_with_their_parameters() {
        let entry = "export type { CallOptions } from './a.d.ts';\nexport type {\n  One,\n  Two,\n} from './b.d.ts';\nexport interface Options {\n";
        let modules = [
            "export interface Entry<Payload extends object = Record<string, unknown>> {\nexport type Reply<Data> =\nexport type One = 1;\nexport declare const no: 1;\nexport type { Three } from './c.js';\n".to_owned(),
        ];
        let text = declaration("export = instance;\n", entry, &modules);
        assert_eq!(
            text,
            "export = instance;\n\ndeclare namespace instance {\ntype CallOptions=all.CallOptions;\n\
             type Entry<Payload extends object = Record<string, unknown>>=all.Entry<Payload>;\n\
             type Handler<Arguments extends unknown[], Result = unknown>=all.Handler<Arguments, Result>;\ntype One=all.One;\ntype Options=all.Options;\n\
             type Reply<Data>=all.Reply<Data>;\ntype Three=all.Three;\n\
             type ToolBuilder<TParams extends object = object, TResult extends all.ToolFrameworkResult = all.ToolFrameworkResult>=all.ToolBuilder<TParams, TResult>;\n\
             type ToolInvocation<TParams extends object = object, TResult extends all.ToolFrameworkResult = all.ToolFrameworkResult>=all.ToolInvocation<TParams, TResult>;\n\
             type Two=all.Two;\ntype Unchecked<Known = unknown>=all.Unchecked<Known>;\n}\n"
        );
    }

    #[test]
    fn several_parameters_keep_their_order() {
        assert_eq!(names_of("<T extends Map<A, B> = {}, U = [1, 2]>"), "<T, U>");
    }
}
