//! The JavaScript of a module.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::declaration::pascal;
use super::definition::{Method, Mode, Module, Rule, Wanted};
use super::message::{self, Entry};

/// The text of `modules/<file>.js`.
pub fn module(module: &Module) -> String {
    let mut helpers = BTreeSet::new();
    let mut own = BTreeSet::new();
    let mut descriptors = String::new();
    let mut body = Body::default();
    for method in &module.methods {
        body.enter(method.group());
        let property = message::key(method.short_name());
        let Some(message) = &method.message else {
            let made = format!("byHand.{}(session)", identifier(&method.name));
            body.line(&match method.mode {
                Mode::Value => format!("get {property}() {{ return {made}; }},"),
                _ => format!("{property}: {made},"),
            });
            continue;
        };
        let descriptor = format!("${}", identifier(&method.name));
        if method.mode == Mode::Request {
            let _ = writeln!(descriptors, "const {descriptor} = {};", describe(method));
        }
        let parameters: Vec<String> = method
            .parameters
            .iter()
            .map(|parameter| match &parameter.default {
                Some(default) => format!("{} = {default}", parameter.name),
                None => parameter.name.clone(),
            })
            .chain(
                method
                    .takes_call_options()
                    .then(|| "callOptions".to_owned()),
            )
            .collect();
        let (head, tail) = message.cut();
        let call = match method.mode {
            Mode::Request => {
                let head = format!("'{}\"requestId\":\"'", message::json_head(head));
                let (helper, built) = match tail {
                    _ if message.spreads() => ("askSpread", message::javascript(&message.entries)),
                    [] => ("ask", message::javascript(&message.entries)),
                    [Entry::Member(name, value)] => (
                        "askWith",
                        format!("{head}, '{name}', {}", value.javascript()),
                    ),
                    rest => ("askAt", format!("{head}, {}", message::javascript(rest))),
                };
                helpers.insert(helper);
                format!("{helper}(session, {descriptor}, {built}, callOptions)")
            }
            Mode::Notify => {
                helpers.insert("notify");
                format!(
                    "notify(session, {}, () => ({}))",
                    guards(method),
                    message::javascript(&message.entries)
                )
            }
            Mode::Send | Mode::Local | Mode::Value => {
                helpers.insert("tell");
                format!("tell(session, {})", message::javascript(&message.entries))
            }
        };
        for function in message.functions() {
            if function == message::WITHOUT {
                helpers.insert(message::WITHOUT);
            } else {
                own.insert(function);
            }
        }
        let reads_members = method.checks.iter().any(|(path, _)| path.contains('.'));
        if reads_members {
            helpers.insert("hasToJSON");
        }
        // A spread or a member may run a getter that throws, or meet `null`: a request rejects then.
        let promises = method.mode == Mode::Request || method.returns.starts_with("Promise<");
        let attempts = promises && (reads_members || message::may_throw(&message.entries));
        if attempts {
            helpers.insert("attempt");
        }
        let (open, close) = if attempts {
            ("attempt(() => ", ")")
        } else {
            ("", "")
        };
        let parameters = parameters.join(", ");
        if method.checks.is_empty() {
            body.line(&format!(
                "{property}: ({parameters}) => {open}{call}{close},"
            ));
        } else {
            helpers.insert("refuse");
            body.line(format!("{property}: ({parameters}) => {open}").trim_end());
            let name = format!("{}.{}", module.name, method.name);
            for (path, wanted) in &method.checks {
                let (value, words) = (safe(path), words(*wanted));
                body.line(&format!(
                    "  {} ? refuse('{name}', '{path}', {value}, '{words}') :",
                    fails(path, *wanted)
                ));
            }
            body.line(&format!("  {call}{close},"));
        }
    }
    body.enter(None);

    let mut text = format!(
        "// Generated from definitions/{}.toml by `cargo xtask build`; edit that file instead.\n",
        module.file
    );
    if !helpers.is_empty() {
        let helpers: Vec<&str> = helpers.into_iter().collect();
        let _ = writeln!(
            text,
            "import {{ {} }} from '../define.js';",
            helpers.join(", ")
        );
    }
    if !own.is_empty() {
        let own: Vec<&str> = own.into_iter().collect();
        let _ = writeln!(
            text,
            "import {{ {} }} from './by-hand/{}.js';",
            own.join(", "),
            module.file
        );
    }
    if module.methods.iter().any(|method| method.message.is_none()) {
        let _ = writeln!(
            text,
            "import * as byHand from './by-hand/{}.js';",
            module.file
        );
    }
    if !descriptors.is_empty() {
        text.push('\n');
        text.push_str(&descriptors);
    }
    let _ = write!(
        text,
        "\n/**\n * @param {{import('../define.js').Session}} session\n * @returns {{import('./{file}.js').{pascal}Methods}}\n */\nexport const {name}Methods = (session) => ({{\n{body}}});\n",
        file = module.file,
        pascal = pascal(&module.name),
        name = module.name,
        body = body.text,
    );
    text
}

/// The text of `modules/index.js`: all modules by name.
pub fn index(modules: &[Module]) -> String {
    let mut text = "// Generated from definitions/ by `cargo xtask build`.\n".to_owned();
    for module in modules {
        let _ = writeln!(
            text,
            "import {{ {}Methods }} from './{}.js';",
            module.name, module.file
        );
    }
    text.push_str("\n/** Every module's methods for a session, by the module's name. */\nexport const modules = {\n");
    for module in modules {
        let _ = writeln!(text, "  {name}: {name}Methods,", name = module.name);
    }
    text.push_str("};\n");
    text
}

/// A method's name as part of a JavaScript name.
pub fn identifier(name: &str) -> String {
    name.replace(['.', '-'], "_")
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
            format!("'{path}': {}", safe(path))
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
        .map(|(rule, members)| format!("{}: {{ {} }}", rule_name(*rule), members.join(", ")))
        .collect();
    if groups.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{ {} }}", groups.join(", "))
    }
}

fn rule_name(rule: Rule) -> &'static str {
    match rule {
        Rule::Truthy => "truthy",
        Rule::NotNull => "notNull",
        Rule::Defined => "defined",
        Rule::NonEmpty => "nonEmpty",
        Rule::Object => "object",
        Rule::AbsoluteUrl => "absoluteUrl",
    }
}

fn safe(path: &str) -> String {
    path.replace('.', "?.")
}

fn fails(path: &str, wanted: Wanted) -> String {
    let value = safe(path);
    let fails = match wanted {
        Wanted::String => format!("typeof {value} !== 'string'"),
        Wanted::Array => format!("!Array.isArray({value})"),
        Wanted::Object => {
            format!("typeof {value} !== 'object' || {value} === null || Array.isArray({value})")
        }
    };
    // The members of a value that says itself what it is as JSON are not what is sent.
    match path.split_once('.') {
        Some((root, _)) => format!("{fails} && !hasToJSON({root})"),
        None => fails,
    }
}

fn words(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::String => "a string",
        Wanted::Array => "an array",
        Wanted::Object => "an object",
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
            self.text.push_str("  },\n");
        }
        if let Some(group) = group {
            let _ = writeln!(self.text, "  {}: {{", message::key(group));
            self.group = Some(group.to_owned());
        }
    }

    fn line(&mut self, line: &str) {
        self.text
            .push_str(if self.group.is_some() { "    " } else { "  " });
        self.text.push_str(line);
        self.text.push('\n');
    }
}
