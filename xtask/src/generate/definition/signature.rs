//! The TypeScript signature of a method.

use super::kinds::Mode;
use super::method::{Method, Overload, Parameter};

impl Method {
    /// Its TypeScript parameter list.
    pub fn typed_parameters(&self) -> String {
        self.typed_parameters_with(|parameter| parameter.of.as_str())
    }

    /// The parameter list of one of its overloads.
    pub fn overloaded_parameters<'a>(&'a self, overload: &'a Overload) -> String {
        self.typed_parameters_with(|parameter| {
            overload
                .params
                .get(&parameter.name)
                .unwrap_or(&parameter.of)
        })
    }

    fn typed_parameters_with<'a>(&'a self, type_of: impl Fn(&'a Parameter) -> &'a str) -> String {
        let required = self
            .parameters
            .iter()
            .rposition(|parameter| !parameter.optional);
        let mut parts: Vec<String> = self
            .parameters
            .iter()
            .enumerate()
            .map(|(index, parameter)| {
                let (name, of) = (&parameter.name, type_of(parameter));
                match (
                    parameter.optional,
                    required.is_some_and(|last| index < last),
                ) {
                    (true, false) => format!("{name}?: {of}"),
                    (true, true) => format!("{name}: {of} | undefined"),
                    (false, _) => format!("{name}: {of}"),
                }
            })
            .collect();
        if self.takes_call_options() {
            let own = self.options.iter().map(|own| format!(" & {own}"));
            parts.push(format!(
                "callOptions?: CallOptions{}",
                own.collect::<String>()
            ));
        }
        parts.join(", ")
    }

    /// Its TypeScript result.
    pub fn typed_result(&self) -> String {
        if self.mode == Mode::Request {
            format!("Promise<{}>", self.returns)
        } else {
            self.returns.clone()
        }
    }
}
