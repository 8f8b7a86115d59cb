//! SQL dialects.

use crate::query::{Column, Field, Number, Scalar, Segment};

/// A value to bind.
#[derive(Debug, Clone, PartialEq)]
pub enum Bind {
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// Texts, as one value.
    Texts(Vec<String>),
    /// Numbers, as one value.
    Numbers(Vec<Number>),
    /// Whole numbers, as one value.
    Wholes(Vec<i64>),
}

/// The values of a statement, in the order of their placeholders.
#[derive(Debug, Default, Clone)]
pub struct Binds(pub Vec<Bind>);

impl Binds {
    /// Adds a number, and returns its placeholder.
    pub fn number(&mut self, dialect: &dyn Dialect, number: Number) -> String {
        self.0.push(Bind::Number(number));
        dialect.placeholder(self.0.len(), &Bind::Number(number))
    }

    /// Adds a text, and returns its placeholder.
    pub fn text(&mut self, dialect: &dyn Dialect, text: &str) -> String {
        let bind = Bind::Text(dialect.text_value(text));
        let placeholder = dialect.placeholder(self.0.len() + 1, &bind);
        self.0.push(bind);
        placeholder
    }

    /// Adds a list, and returns the condition that the expression is a member of it.
    pub fn one_of(&mut self, dialect: &dyn Dialect, expression: &str, list: Bind) -> String {
        let condition = dialect.one_of(expression, self.0.len() + 1, &list);
        self.0.push(list);
        condition
    }
}

/// The JSON types that conditions distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any type: the field is present.
    Present,
    /// `null`
    Null,
    /// `true`
    True,
    /// `false`
    False,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A list.
    List,
}

/// A field in payload or metadata.
#[derive(Debug, Clone, Copy)]
pub struct Json<'a> {
    /// Whether it is in the metadata rather than the payload.
    pub in_metadata: bool,
    /// The path in it.
    pub path: &'a [Segment],
}

/// A field as SQL sees it.
#[derive(Debug, Clone, Copy)]
pub enum Operand<'a> {
    /// A column that holds a text.
    Text(Column),
    /// A column that holds a number; an instant counts as one.
    Number(Column),
    /// A field in payload or metadata.
    Json(Json<'a>),
}

impl<'a> Operand<'a> {
    /// The field's operand.
    #[must_use]
    pub fn of(field: &'a Field) -> Self {
        match field {
            Field::Payload(path) => Self::Json(Json {
                in_metadata: false,
                path,
            }),
            Field::Metadata(path) => Self::Json(Json {
                in_metadata: true,
                path,
            }),
            Field::Column(
                column @ (Column::Id | Column::Instance | Column::Stream | Column::EventType),
            ) => Self::Text(*column),
            Field::Column(column) => Self::Number(*column),
        }
    }
}

/// The SQL of one database. Each method returns an expression.
pub trait Dialect {
    /// The placeholder of the `index`th value (from 1).
    fn placeholder(&self, index: usize, bind: &Bind) -> String;

    /// A condition that the expression is a member of the list that is the `index`th value.
    fn one_of(&self, expression: &str, index: usize, list: &Bind) -> String;

    /// A text as the database holds it.
    fn text_value(&self, text: &str) -> String {
        text.to_owned()
    }

    /// The column's text or number.
    fn column(&self, column: Column) -> String;

    /// A condition on a text column, built from the expression of its text.
    fn text_condition(&self, column: Column, build: &mut dyn FnMut(&str) -> String) -> String {
        build(&self.column(column))
    }

    /// A condition that the text column equals a placeholder.
    fn text_equal(&self, column: Column, placeholder: &str) -> String {
        format!("{} = {placeholder}", self.column(column))
    }

    /// Whether the field is of this type. May be NULL when it is absent.
    fn is(&self, json: Json<'_>, kind: Kind) -> String;

    /// The field's number. Only meaningful where [`Dialect::is`] says that it is one.
    fn number(&self, json: Json<'_>) -> String;

    /// The field's text. Only meaningful where [`Dialect::is`] says that it is one.
    fn text(&self, json: Json<'_>) -> String;

    /// 1 for false, 2 for true, 3 for a number, 4 for a text, else NULL.
    fn rank(&self, json: Json<'_>) -> String;

    /// Whether a text contains another.
    fn contains(&self, text: &str, part: &str) -> String;

    /// Whether the field, which is a list, has this member.
    fn has_member(&self, json: Json<'_>, member: &Scalar, binds: &mut Binds) -> String;

    /// One value that has the field's order, NULL where the field comes last; `None` when there is no such
    /// expression.
    fn sort_key(&self, _json: Json<'_>) -> Option<String> {
        None
    }
}

/// The paths that a path with dotted numbers may mean; at most one of them leads anywhere.
#[must_use]
pub fn alternatives(path: &[Segment]) -> Vec<Vec<Segment>> {
    let mut paths: Vec<Vec<Segment>> = vec![Vec::new()];
    for segment in path {
        let Segment::Either(index) = segment else {
            for path in &mut paths {
                path.push(segment.clone());
            }
            continue;
        };
        let mut as_index = paths.clone();
        for path in &mut paths {
            path.push(Segment::Key(index.to_string()));
        }
        for path in &mut as_index {
            path.push(Segment::Index(*index));
        }
        paths.append(&mut as_index);
    }
    paths
}
