//! What a tool takes: `"name?: type"` as a JSON Schema for models and as a TypeScript type for programs.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

/// One parameter, or a member of one.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Whether it can be left out.
    pub optional: bool,
    /// Its type.
    pub kind: Kind,
    /// Its description.
    pub text: String,
}

/// The type of a parameter.
#[derive(Debug)]
pub enum Kind {
    /// Anything.
    Unknown,
    /// `string`, `number`, `boolean`.
    Plain(&'static str),
    /// One of these constants, all texts or all numbers.
    OneOf(Vec<Value>),
    /// A list.
    List(Box<Kind>),
    /// An object whose members nobody lists; the flag says that the schema lets any come.
    Object(bool),
    /// An object with these members.
    Members(Vec<Parameter>),
}

impl Parameter {
    /// Reads all of a tool's. A member of an object is written `"object.member: type"`, after the object.
    pub fn read_all(source: &IndexMap<String, String>) -> Result<Vec<Parameter>, String> {
        let mut parameters: Vec<Parameter> = Vec::new();
        for (signature, text) in source {
            let (name, of) = signature
                .split_once(": ")
                .ok_or_else(|| format!("`{signature}`: a parameter is written \"name: type\""))?;
            let optional = name.ends_with('?');
            let name = name.trim_end_matches('?');
            let (parent, name) = match name.rsplit_once('.') {
                Some((parent, name)) => (Some(parent), name),
                None => (None, name),
            };
            let parameter = Parameter {
                name: name.to_owned(),
                optional,
                kind: Kind::parse(of.trim())?,
                text: text.clone(),
            };
            match parent {
                None => parameters.push(parameter),
                Some(parent) => parameters
                    .iter_mut()
                    .find(|known| known.name == parent)
                    .ok_or_else(|| format!("`{parent}` is to stand before its members"))?
                    .add(parameter)?,
            }
        }
        Ok(parameters)
    }

    fn add(&mut self, member: Parameter) -> Result<(), String> {
        if let Kind::Object(false) = self.kind {
            self.kind = Kind::Members(Vec::new());
        }
        match &mut self.kind {
            Kind::Members(members) => {
                members.push(member);
                Ok(())
            }
            _ => Err(format!("`{}` is not an object", self.name)),
        }
    }

    fn schema(&self) -> Value {
        let mut schema = Map::new();
        schema.insert("description".to_owned(), json!(self.text));
        schema.extend(self.kind.schema());
        Value::Object(schema)
    }
}

/// The members of a schema for these parameters: `properties`, and the names of the `required`.
pub fn schema(parameters: &[Parameter]) -> (Value, Value) {
    let properties: Map<String, Value> = parameters
        .iter()
        .map(|parameter| (parameter.name.clone(), parameter.schema()))
        .collect();
    let required: Vec<&str> = parameters
        .iter()
        .filter(|parameter| !parameter.optional)
        .map(|parameter| parameter.name.as_str())
        .collect();
    (Value::Object(properties), json!(required))
}

impl Kind {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(item) = text.strip_suffix("[]") {
            let item = item
                .strip_prefix('(')
                .and_then(|item| item.strip_suffix(')'))
                .unwrap_or(item);
            return Ok(Kind::List(Box::new(Kind::parse(item)?)));
        }
        Ok(match text {
            "unknown" => Kind::Unknown,
            "string" => Kind::Plain("string"),
            "number" => Kind::Plain("number"),
            "boolean" => Kind::Plain("boolean"),
            "object" => Kind::Object(false),
            "record" => Kind::Object(true),
            _ => Kind::OneOf(
                text.split(" | ")
                    .map(|constant| serde_json::from_str(constant).map_err(|_| constant))
                    .collect::<Result<_, _>>()
                    .map_err(|constant| format!("`{constant}` is not a type of a parameter"))?,
            ),
        })
    }

    fn schema(&self) -> Map<String, Value> {
        let schema = match self {
            Kind::Unknown => json!({}),
            Kind::Plain(name) => json!({ "type": name }),
            Kind::OneOf(constants) => {
                let name = if constants.iter().all(Value::is_number) {
                    "number"
                } else {
                    "string"
                };
                json!({ "type": name, "enum": constants })
            }
            Kind::List(item) => json!({ "type": "array", "items": item.schema() }),
            Kind::Object(false) => json!({ "type": "object" }),
            Kind::Object(true) => json!({ "type": "object", "additionalProperties": true }),
            Kind::Members(members) => {
                let (properties, required) = schema(members);
                if required.as_array().is_some_and(Vec::is_empty) {
                    json!({ "type": "object", "properties": properties })
                } else {
                    json!({ "type": "object", "required": required, "properties": properties })
                }
            }
        };
        match schema {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    /// The TypeScript type.
    pub fn typescript(&self, indent: &str) -> String {
        match self {
            Kind::Unknown => "unknown".to_owned(),
            Kind::Plain(name) => (*name).to_owned(),
            Kind::OneOf(constants) => {
                let constants: Vec<String> = constants
                    .iter()
                    .map(|constant| constant.to_string().replace('"', "'"))
                    .collect();
                constants.join(" | ")
            }
            Kind::List(item) => match &**item {
                Kind::OneOf(_) => format!("({})[]", item.typescript(indent)),
                _ => format!("{}[]", item.typescript(indent)),
            },
            Kind::Object(_) => "Record<string, unknown>".to_owned(),
            Kind::Members(members) => {
                format!(
                    "{{\n{}{indent}}}",
                    typescript(members, &format!("{indent}  "))
                )
            }
        }
    }
}

/// The members of a TypeScript type for these parameters.
pub fn typescript(parameters: &[Parameter], indent: &str) -> String {
    parameters
        .iter()
        .map(|parameter| {
            format!(
                "{indent}/** {} */\n{indent}{}{}: {};\n",
                parameter.text.replace("*/", "*\\/"),
                parameter.name,
                if parameter.optional { "?" } else { "" },
                parameter.kind.typescript(indent)
            )
        })
        .collect()
}
