use super::*;

#[test]
fn declarations_are_cut_at_each_export_with_the_comment_before_it() {
    let text = "\
/**
 * A line.
 *
 * @example
 * ```ts
 * 1
 * ```
 */
export interface Line<T = 1> {
  /** Its text. */
  text: T;
}

export type Mark = 'a';
";
    let found = read(text).unwrap_or_default();
    let names: Vec<(&str, &str)> = found
        .iter()
        .map(|one| (one.name.as_str(), one.text.as_str()))
        .collect();
    assert_eq!(names, [("Line", "A line."), ("Mark", "")]);
    let code = found.first().map(|one| one.code.as_str());
    assert_eq!(
        code,
        Some("export interface Line<T = 1> {\n  /** Its text. */\n  text: T;\n}")
    );
    assert!(read("const loose = 1;").is_err());
}

#[test]
fn names_are_written_in_each_style() {
    assert_eq!(camel("event-log"), "eventLog");
    assert_eq!(kebab("eventLog"), "event-log");
    assert_eq!(pascal("eventLog"), "EventLog");
}
