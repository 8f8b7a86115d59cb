//! The JavaScript of a module.
//!
//! Methods are shorthand methods in a function declaration, and what is constant about them stands inside it: engines
//! skim that and compile it on first use, so that the many modules cost little to import.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::declaration::pascal;
use super::definition::{Method, Mode, Module, Rule, Wanted};
use super::message::{self, Entry, Message};

/// The text of `modules/<file>.js`.
pub fn module(module: &Module) -> String {
    let mut needs = Needs::default();
    let mut descriptors = String::new();
    let mut body = Body::default();
    for method in &module.methods {
        body.enter(method.group());
        let property = message::key(method.short_name());
        let Some(message) = &method.message else {
            let made = format!("custom.{}(session)", identifier(&method.name));
            body.line(&match method.mode {
                Mode::Value => format!("get {property}() {{ return {made}; }},"),
                _ => format!("{property}: {made},"),
            });
            continue;
        };
        if method.mode == Mode::Request && !method.in_module {
            let _ = writeln!(
                descriptors,
                "  const {} = {};",
                descriptor(method),
                describe(method)
            );
        }
        if !method.overloads.is_empty() {
            // Of several types none is the one of the arguments.
            let types: Vec<String> = names(method)
                .map(|name| format!("@param {{any}} {name}"))
                .collect();
            body.line(&format!("/** {} */", types.join(" ")));
        }
        body.line(&format!("{property}({}) {{", parameters(method)));
        for line in statements(module, method, message, &mut needs) {
            body.line(&format!("  {line}"));
        }
        body.line("},");
    }
    body.enter(None);

    let mut text = format!(
        "// Generated from definitions/{}.toml by `cargo xtask build`; edit that file instead.\n",
        module.file
    );
    let mut import = |names: &BTreeSet<&str>, from: &str| {
        if !names.is_empty() {
            let names: Vec<&str> = names.iter().copied().collect();
            let _ = writeln!(text, "import {{ {} }} from '{from}';", names.join(", "));
        }
    };
    import(&needs.helpers, "../define.js");
    import(&needs.own, &format!("./custom/{}.js", module.file));
    if module.methods.iter().any(|method| method.message.is_none()) {
        let _ = writeln!(
            text,
            "import * as custom from './custom/{}.js';",
            module.file
        );
    }
    let _ = write!(
        text,
        "
/**
 * @param {{import('../define.js').Session}} session
 * @returns {{import('./{file}.js').{pascal}Methods}}
 */
export function {name}Methods(session) {{
{descriptors}  return {{
{body}  }};
}}
",
        file = module.file,
        pascal = pascal(&module.name),
        name = module.name,
        body = body.text,
    );
    text
}

/// The names that the module's code imports.
#[derive(Default)]
struct Needs<'a> {
    helpers: BTreeSet<&'a str>,
    own: BTreeSet<&'a str>,
}

/// The body of a method, line by line.
fn statements<'a>(
    module: &Module,
    method: &Method,
    message: &'a Message,
    needs: &mut Needs<'a>,
) -> Vec<String> {
    for function in message.functions() {
        if function == message::WITHOUT {
            needs.helpers.insert(message::WITHOUT);
        } else {
            needs.own.insert(function);
        }
    }
    let literal = message::javascript(&message.entries);
    let mut lines = Vec::new();
    for (path, wanted) in &method.checks {
        needs.helpers.insert("refuse");
        let value = path.replace('.', "?.");
        let name = format!("{}.{}", module.name, method.name);
        lines.push(format!("if ({}) {{", fails(path, &value, *wanted)));
        lines.push(format!(
            "  return refuse('{name}', '{path}', {value}, '{}');",
            wanted.words()
        ));
        lines.push("}".to_owned());
    }
    lines.push(match method.mode {
        Mode::Request if method.in_module => {
            format!("return session.{}({});", method.name, parameters(method))
        }
        Mode::Request => {
            let (helper, built) = request(message);
            needs.helpers.insert(helper);
            format!(
                "return {helper}(session, {}, {built}, callOptions);",
                descriptor(method)
            )
        }
        Mode::Notify => {
            needs.helpers.insert("notify");
            format!("notify(session, {}, () => ({literal}));", guards(method))
        }
        Mode::Send | Mode::Local | Mode::Value => {
            needs.helpers.insert("tell");
            format!("return tell(session, {literal});")
        }
    });
    // A spread or a member may run a getter that throws, or meet `null`: a promise rejects then.
    let reads_members = method.checks.iter().any(|(path, _)| path.contains('.'));
    if reads_members {
        needs.helpers.insert("hasToJSON");
    }
    let promises = method.mode == Mode::Request || method.returns.starts_with("Promise<");
    if promises && (reads_members || message::may_throw(&message.entries)) {
        needs.helpers.insert("attempt");
        for line in &mut lines {
            line.insert_str(0, "  ");
        }
        lines.insert(0, "return attempt(() => {".to_owned());
        lines.push("});".to_owned());
    }
    lines
}

/// The helper that makes the request, and what it gets between the descriptor and the call's options.
fn request(message: &Message) -> (&'static str, String) {
    let (head, tail) = message.cut();
    let head = format!("'{}\"requestId\":\"'", message::json_head(head));
    match tail {
        _ if message.spreads() => ("askSpread", message::javascript(&message.entries)),
        [] => ("ask", message::javascript(&message.entries)),
        [Entry::Member(name, value)] => (
            "askWith",
            format!("{head}, '{name}', {}", value.javascript()),
        ),
        rest => ("askAt", format!("{head}, {}", message::javascript(rest))),
    }
}

fn names(method: &Method) -> impl Iterator<Item = &str> {
    let own = method
        .parameters
        .iter()
        .map(|parameter| parameter.name.as_str());
    own.chain(method.takes_call_options().then_some("callOptions"))
}

fn parameters(method: &Method) -> String {
    let own = method
        .parameters
        .iter()
        .map(|parameter| match &parameter.default {
            Some(default) => format!("{} = {default}", parameter.name),
            None => parameter.name.clone(),
        });
    let options = method
        .takes_call_options()
        .then(|| "callOptions".to_owned());
    own.chain(options).collect::<Vec<_>>().join(", ")
}

/// A method's name as part of a JavaScript name.
fn identifier(name: &str) -> String {
    name.replace(['.', '-'], "_")
}

fn descriptor(method: &Method) -> String {
    format!("${}", identifier(&method.name))
}

fn describe(method: &Method) -> String {
    let mut members = Vec::new();
    let kind = method
        .message
        .as_ref()
        .and_then(|message| message.kind().ok())
        .unwrap_or_default();
    members.push(format!("type: '{kind}'"));
    if method.replies != [kind] {
        let replies: Vec<String> = method
            .replies
            .iter()
            .map(|reply| format!("'{reply}'"))
            .collect();
        members.push(format!("replyTypes: [{}]", replies.join(", ")));
    }
    if method.unlimited {
        members.push("timeout: 0".to_owned());
    }
    format!("{{ {} }}", members.join(", "))
}

fn guards(method: &Method) -> String {
    let mut groups: Vec<(Rule, Vec<String>)> = Vec::new();
    for (rule, path) in &method.guards {
        let member = if path.contains('.') {
            format!("'{path}': {}", path.replace('.', "?."))
        } else {
            path.clone()
        };
        match groups.iter_mut().find(|(known, _)| known == rule) {
            Some((_, members)) => members.push(member),
            None => groups.push((*rule, vec![member])),
        }
    }
    let groups: Vec<String> = groups
        .iter()
        .map(|(rule, members)| format!("{}: {{ {} }}", rule.name(), members.join(", ")))
        .collect();
    if groups.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{ {} }}", groups.join(", "))
    }
}

/// The condition under which an argument is refused.
fn fails(path: &str, value: &str, wanted: Wanted) -> String {
    let fails = match wanted {
        Wanted::String => format!("typeof {value} !== 'string'"),
        Wanted::Array => format!("!Array.isArray({value})"),
        Wanted::Object => {
            format!("typeof {value} !== 'object' || {value} === null || Array.isArray({value})")
        }
    };
    // The members of a value with a `toJSON` are not checked, because they are not sent.
    match path.split_once('.') {
        Some((root, _)) => format!("{fails} && !hasToJSON({root})"),
        None => fails,
    }
}

/// The methods, with a nested object for each group of them.
#[derive(Default)]
struct Body {
    text: String,
    group: Option<String>,
}

impl Body {
    fn enter(&mut self, group: Option<&str>) {
        if self.group.as_deref() == group {
            return;
        }
        if self.group.take().is_some() {
            self.text.push_str("    },\n");
        }
        if let Some(group) = group {
            let _ = writeln!(self.text, "    {}: {{", message::key(group));
            self.group = Some(group.to_owned());
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(if self.group.is_some() {
            "      "
        } else {
            "    "
        });
        self.text.push_str(line);
        self.text.push('\n');
    }
}
