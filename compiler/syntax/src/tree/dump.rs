//! The tree as text, for snapshots: one node per line, children indented, each with its place.

use std::fmt::Write;

use super::{BinaryOp, File, Ident, Item, Property, Value, ValueKind};
use pngine_source::source::{SourceMap, Span};

impl File {
    /// The tree as indented text. Each line ends with the node's place, `line:column-line:column`, end exclusive.
    pub fn dump(&self, sources: &SourceMap) -> String {
        let mut dump = Dump { sources, out: String::new() };
        for item in &self.items {
            dump.item(item);
        }
        for comment in &self.comments {
            dump.line(0, "comment", comment.span);
        }
        dump.out
    }
}

struct Dump<'s> {
    sources: &'s SourceMap,
    out: String,
}

impl Dump<'_> {
    fn line(&mut self, depth: usize, text: &str, span: Span) {
        let _ = write!(self.out, "{:1$}{text}", "", depth * 2);
        if let Some(file) = self.sources.get(span.file) {
            let (start, end) = (file.position(span.start), file.position(span.end));
            let _ = write!(self.out, "  @{}:{}-{}:{}", start.line, start.column, end.line, end.column);
        }
        self.out.push('\n');
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Import { path, span } => self.line(0, &format!("import {:?}", path.value), *span),
            Item::Define { name, value, span } => {
                self.line(0, &format!("define {}", name.name), *span);
                self.value(1, "", value);
            }
            Item::Macro(declared) => {
                let name = declared.name.as_ref().map_or("(no name)", |name| &name.name);
                self.line(0, &format!("#{} {name}", declared.kind.name), declared.span);
                self.properties(1, &declared.body);
            }
            Item::Error(span) => self.line(0, "error", *span),
        }
    }

    fn properties(&mut self, depth: usize, properties: &[Property]) {
        for property in properties {
            self.value(depth, &format!("{} = ", property.name.name), &property.value);
        }
    }

    fn value(&mut self, depth: usize, prefix: &str, value: &Value) {
        let (text, children): (String, &[&Value]) = match &value.kind {
            ValueKind::Str(text) => (format!("string {text:?}"), &[]),
            ValueKind::Bool(value) => (format!("bool {value}"), &[]),
            ValueKind::Number(value) => (format!("number {value}"), &[]),
            ValueKind::Ident(name) => (format!("ident {name}"), &[]),
            ValueKind::Path(words) => (format!("path {}", dotted(words)), &[]),
            ValueKind::Ref(words) => (format!("reference ${}", dotted(words)), &[]),
            ValueKind::Array(_) => ("array".to_owned(), &[]),
            ValueKind::Object(_) => ("object".to_owned(), &[]),
            ValueKind::Neg(operand) => ("negate".to_owned(), &[operand]),
            ValueKind::Binary(operator, left, right) => {
                let name = match operator {
                    BinaryOp::Add => "add",
                    BinaryOp::Sub => "subtract",
                    BinaryOp::Mul => "multiply",
                    BinaryOp::Div => "divide",
                    BinaryOp::Rem => "remainder",
                };
                (name.to_owned(), &[left, right])
            }
            ValueKind::Call(name, _) => (format!("call {}", name.name), &[]),
            ValueKind::Group(operand) => ("group".to_owned(), &[operand]),
            ValueKind::Error => ("error".to_owned(), &[]),
        };
        self.line(depth, &format!("{prefix}{text}"), value.span);
        match &value.kind {
            ValueKind::Array(values) | ValueKind::Call(_, values) => {
                values.iter().for_each(|value| self.value(depth + 1, "", value));
            }
            ValueKind::Object(properties) => self.properties(depth + 1, properties),
            _ => children.iter().for_each(|child| self.value(depth + 1, "", child)),
        }
    }
}

fn dotted(words: &[Ident]) -> String {
    words.iter().map(|word| word.name.as_str()).collect::<Vec<_>>().join(".")
}
