//! Values: what the property tables want, found in what the author wrote.

use super::eval::{Declared, Evaluator, Numbers, Slot};
use super::names::Names;
use super::notes::Notes;
use super::references::Target;
use super::{describe, slot_name};
use crate::language::{self, Node, Ns, Obj, Prop, Shape, Ty, Val};
use crate::limits::{MAX_ALIAS_DEPTH, MOST_ALIKE};
use pngine_format::status::INPUTS;
use pngine_format::webgpu::Format;
use pngine_format::word::{TEXTURE_FORMAT, Word};
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::Span;
use pngine_syntax::tree::{Ident, Property, Value, ValueKind};
use pngine_wgsl::reflect::Resource;
use std::collections::{BTreeMap, BTreeSet};

/// Reads values: what the property tables want of them.
pub(super) struct Reader<'e, 'a> {
    pub names: &'a Names<'a>,
    pub numbers: &'e mut Numbers,
    pub declared: &'e mut dyn Declared<'a>,
    pub notes: &'e mut Notes<'a>,
}

impl<'a> Reader<'_, 'a> {
    /// What evaluates numbers in values.
    pub fn eval(&mut self) -> Evaluator<'_, 'a> {
        Evaluator { names: self.names, numbers: self.numbers, declared: self.declared, notes: self.notes }
    }

    /// Resolves the properties of an object or a macro's body.
    pub fn object(&mut self, shape: &'static Shape, body: &[Property], span: Span, repeatable: bool) -> Obj {
        let mut obj = Obj { span, props: Vec::new(), incomplete: false };
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        for property in body {
            let name = &property.name;
            let Some(prop) = shape.find(&name.name) else {
                let mut diagnostic = Diagnostic::new(
                    Code::UnknownProperty,
                    name.span,
                    format!("{} has no property `{}`", shape_name(shape), name.name),
                );
                let near = shape.meant(&name.name);
                diagnostic = match near {
                    Some(Prop { name: near, .. }) => diagnostic.did_you_mean(name.span, near),
                    None => diagnostic.help(property_list(shape)),
                };
                self.notes.report(diagnostic);
                match near {
                    // What is meant is most likely there: everything after takes it for that, so that nothing is missing or left unread.
                    Some(meant) => {
                        let node = self.value(meant, meant.ty, &property.value, 0);
                        if first.insert(meant.name, name.span).is_none() {
                            obj.props.push((meant.name, name.span, node));
                        }
                    }
                    None => {
                        obj.incomplete = true;
                        self.notes.may_name(Ty::Object(shape));
                    }
                }
                continue;
            };
            if let Some(&old) = first.get(prop.name)
                && !repeatable
            {
                let message = format!("{} is written twice", slot_name(prop));
                self.notes.report(
                    Diagnostic::new(Code::DuplicateProperty, name.span, message)
                        .label("written again here")
                        .also(old, "first written here")
                        .help("delete one of them; only the actions of a `#queue` may be repeated"),
                );
                continue;
            }
            first.insert(prop.name, name.span);
            self.notes.means(Target::Property(shape, prop), name.span);
            if prop.old.contains(&name.name.as_str()) {
                self.old_word(name.span, &name.name, prop.name);
            }
            let node = self.value(prop, prop.ty, &property.value, 0);
            // A fragment that a stage names as its module becomes one.
            if let Val::Decl(ns @ (Ns::Wgsl | Ns::ShaderModule), index) = node.val
                && takes_module(prop)
            {
                self.declared.shader((ns, index), self.notes);
            }
            obj.props.push((prop.name, name.span, node));
        }
        if shape.props.iter().any(takes_module) {
            self.notes.note_stage(&obj);
        }
        // A stage without a module takes the only one there is: see `lower`.
        self.notes.omitted_module |=
            shape.props.iter().any(|prop| takes_module(prop) && !prop.required && !first.contains_key(prop.name));
        let missing: Vec<&Prop> = shape.props.iter().filter(|prop| prop.required && !first.contains_key(prop.name)).collect();
        if !missing.is_empty() {
            obj.incomplete = true;
            self.notes.may_name(Ty::Object(shape));
            // A string that is never closed takes the rest of the body with it, so what is missing cannot be told.
            if !body.last().is_some_and(|property| self.is_unclosed(&property.value)) {
                self.missing(shape, &missing, span);
            }
        }
        obj
    }

    /// Reports the properties that must be there and are not: one finding, however many they are.
    fn missing(&mut self, shape: &Shape, missing: &[&Prop], span: Span) {
        let at = Span::new(span.file, span.start, (span.start + 1).min(span.end));
        let place = if shape.name.starts_with('#') { self.head_of(span) } else { at };
        let names: Vec<String> = missing.iter().map(|prop| slot_name(prop)).collect();
        // An object that needs nothing is shortest without anything.
        let put = |prop: &Prop| match prop.ty {
            Ty::Object(shape) if shape.props.iter().all(|prop| !prop.required) => "{}",
            _ => "…",
        };
        let (names, help) = match (names.as_slice(), missing) {
            ([name], [prop]) => {
                let mut doc = prop.doc.trim_end_matches('.').to_string();
                if let Some(first) = doc.get_mut(..1) {
                    first.make_ascii_lowercase();
                }
                (name.clone(), format!("add `{}={}`: {doc}", prop.name, put(prop)))
            }
            ([first @ .., last], _) => {
                let written: Vec<String> = missing.iter().map(|prop| format!("{}={}", prop.name, put(prop))).collect();
                (format!("{} and {last}", first.join(", ")), format!("add `{}`", written.join(" ")))
            }
            ([], _) => return,
        };
        let message = format!("{} needs {names}", shape_name(shape));
        let are = if missing.len() == 1 { "is" } else { "are" };
        let label = format!("{names} {are} missing");
        self.notes.report(Diagnostic::new(Code::MissingProperty, place, message).label(label).help(help));
    }

    /// Whether a value ends in a string that is never closed.
    fn is_unclosed(&self, value: &Value) -> bool {
        match &value.kind {
            ValueKind::Error => self.names.loaded.sources.slice(value.span).starts_with('"'),
            ValueKind::Array(values) => values.last().is_some_and(|value| self.is_unclosed(value)),
            ValueKind::Object(body) => body.last().is_some_and(|property| self.is_unclosed(&property.value)),
            _ => false,
        }
    }

    /// `#kind name` at the start of a declaration: what a missing property is reported at.
    fn head_of(&self, span: Span) -> Span {
        let text = self.names.loaded.sources.slice(span);
        let head = text.find('{').map_or(text, |brace| &text[..brace]).trim_end();
        let head = head.lines().next().unwrap_or(head);
        Span::new(span.file, span.start, span.start + head.len() as u32)
    }

    pub fn wrong_type(&mut self, prop: &Prop, ty: Ty, value: &Value) -> Val {
        self.notes.may_name(ty);
        if !super::is_damaged(value) {
            let message = format!("{} takes {}", slot_name(prop), expectation(ty));
            let diagnostic = Diagnostic::new(Code::WrongType, value.span, message).label(describe(value));
            // Of several forms the shortest is meant most often.
            let is_short = matches!(ty, Ty::OneOf(_)) && takes_whole_number(ty);
            self.notes.report(if is_short { diagnostic.help(format!("such as `{}=3`", prop.name)) } else { diagnostic });
        }
        Val::Bad
    }

    /// What a value is, where a type is wanted.
    pub(super) fn value(&mut self, prop: &Prop, ty: Ty, value: &Value, depth: usize) -> Node {
        let span = value.span;
        let mark = self.notes.mark();
        let val = self.value_of(prop, ty, value, depth);
        let mut findings = self.notes.since(mark);
        if !findings.is_empty() {
            let Self { names, numbers, declared, notes } = self;
            notes.prove_value(&mut findings, span, &val, |notes, modern| {
                Reader { names, numbers, declared: &mut **declared, notes }.value_of(prop, ty, modern, depth)
            });
            self.notes.extend(findings);
        }
        Node { span, val }
    }

    fn value_of(&mut self, prop: &Prop, ty: Ty, value: &Value, depth: usize) -> Val {
        let span = value.span;
        // Arrays and objects have no form that a bare name could be taken for, so these defines go first.
        if let ValueKind::Ident(name) = &value.kind
            && self.is_structure(name)
            && !self.refers(ty, name)
            && let Some(val) = self.aliased(prop, ty, value, depth)
        {
            return val;
        }
        match ty {
            _ if matches!(value.kind, ValueKind::Error) => Val::Bad,
            Ty::Uint(min, max) => {
                self.numeric(prop, ty, value, |mut eval| eval.integer(value, Slot::Number, f64::from(min), f64::from(max)))
            }
            Ty::Below(limit) => self.numeric(prop, ty, value, |mut eval| eval.limited(value, limit, 1)),
            Ty::UpTo(limit) => self.numeric(prop, ty, value, |mut eval| eval.limited(value, limit, 0)),
            Ty::Int => self
                .numeric(prop, ty, value, |mut eval| eval.integer(value, Slot::Number, f64::from(i32::MIN), f64::from(i32::MAX))),
            Ty::Float => self.numeric(prop, ty, value, |mut eval| eval.float(value)),
            Ty::ByteSize => self.numeric(prop, ty, value, |mut eval| eval.integer(value, Slot::Bytes, 0.0, f64::from(u32::MAX))),
            Ty::Extent => self.numeric(prop, ty, value, |mut eval| eval.extent(value)),
            Ty::Count(most) => self.numeric(prop, ty, value, |mut eval| eval.canvas_count(value, f64::from(most))),
            Ty::Measure => self.numeric(prop, ty, value, |mut eval| eval.measure(value)),
            Ty::Bool => match value.kind {
                ValueKind::Bool(value) => Val::Bool(value),
                _ => self.aliased(prop, ty, value, depth).unwrap_or_else(|| self.wrong_type(prop, ty, value)),
            },
            Ty::Str | Ty::Path => match &value.kind {
                ValueKind::Str(text) => Val::Str(text.clone()),
                _ => self.aliased(prop, ty, value, depth).unwrap_or_else(|| self.wrong_type(prop, ty, value)),
            },
            Ty::Name => match &value.kind {
                ValueKind::Str(text) | ValueKind::Ident(text) => {
                    self.notes.is_name(value.span);
                    Val::Str(text.clone())
                }
                ValueKind::Bool(value) => Val::Str(value.to_string()),
                _ => self.wrong_type(prop, ty, value),
            },
            // Shader text and members of uniform variables have stages of their own.
            Ty::Text => Val::Ignored,
            Ty::Fields(_) => match &value.kind {
                ValueKind::Object(_) => Val::Ignored,
                _ => self.wrong_type(prop, ty, value),
            },
            Ty::Variable => match &value.kind {
                ValueKind::Path(words) => {
                    let names: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
                    self.block(ty, &names, span, None)
                }
                _ => self.wrong_type(prop, ty, value),
            },
            Ty::Ignored => {
                if [language::Frame::on_load.name, language::Frame::on_unload.name].contains(&prop.name)
                    && matches!(&value.kind, ValueKind::Array(elements) if !elements.is_empty())
                {
                    self.notes.presume_words(value);
                    let diagnostic = Diagnostic::new(Code::NoEffect, span, format!("`{}` is never run", prop.name));
                    self.notes.report(diagnostic.help("`init` runs once, `before` and `after` in every frame"));
                }
                Val::Ignored
            }
            Ty::Enum(set) => self.word_value(prop, ty, value, set.name, set.words, false, depth),
            Ty::Format => self.word_value(prop, ty, value, TEXTURE_FORMAT.name, TEXTURE_FORMAT.words, true, depth),
            Ty::Flags(set, numeric) => {
                if numeric && self.looks_numeric(value) {
                    match self.eval().integer(value, Slot::Number, 0.0, 15.0) {
                        Val::Num(bits) => Val::Flags(bits as u32),
                        _ => Val::Bad,
                    }
                } else {
                    self.flags(prop, ty, value, set, depth)
                }
            }
            Ty::Ref(kinds) => self.reference(prop, ty, value, kinds, depth),
            Ty::View | Ty::Texture => match &value.kind {
                ValueKind::Ident(word) | ValueKind::Str(word) if word == "contextCurrentTexture" => {
                    self.notes.refer(Target::Predeclared("contextCurrentTexture"), word, value.span);
                    Val::CanvasView
                }
                _ => match self.other_name(prop, ty, value, depth) {
                    Some(val) => val,
                    None if self.is_nearly("contextCurrentTexture", ty.kinds(), value) => Val::Bad,
                    None => self.reference(prop, ty, value, ty.kinds(), depth),
                },
            },
            Ty::AutoOr(inner) => match &value.kind {
                ValueKind::Ident(word) | ValueKind::Str(word) if word == "auto" => {
                    self.notes.refer(Target::Predeclared("auto"), word, value.span);
                    Val::Auto
                }
                _ => match self.other_name(prop, ty, value, depth) {
                    Some(val) => val,
                    None if self.is_nearly("auto", &[Ns::PipelineLayout, Ns::BindGroupLayout], value) => Val::Bad,
                    None => self.value(prop, *inner, value, depth).val,
                },
            },
            Ty::DataSource => self.data_source(prop, ty, value, depth),
            Ty::List(inner) => match &value.kind {
                ValueKind::Array(elements) => {
                    let mark = self.notes.mark();
                    let nodes = elements.iter().map(|element| self.value(prop, *inner, element, depth)).collect();
                    self.join_alike(mark);
                    Val::List(nodes)
                }
                _ if self.fits(*inner, value) => Val::List(vec![self.value(prop, *inner, value, depth)]),
                _ => self.aliased(prop, ty, value, depth).unwrap_or_else(|| self.wrong_type(prop, ty, value)),
            },
            Ty::Tuple(inner, min, max) => match &value.kind {
                ValueKind::Array(elements) => {
                    let nodes: Vec<Node> = elements.iter().map(|element| self.value(prop, *inner, element, depth)).collect();
                    self.of_length(prop, nodes, (min, max), span)
                }
                _ => self.wrong_type(prop, ty, value),
            },
            Ty::Numbers(min, max) => match &value.kind {
                ValueKind::Array(elements) => {
                    let mark = self.notes.mark();
                    let node = |element: &Value| Node { span: element.span, val: self.eval().float(element) };
                    let nodes = elements.iter().map(node).collect();
                    self.join_alike(mark);
                    self.of_length(prop, nodes, (min, max), span)
                }
                _ => self.wrong_type(prop, ty, value),
            },
            Ty::Object(shape) | Ty::Command(shape) => match &value.kind {
                ValueKind::Object(body) if body.len() == 1 || matches!(ty, Ty::Object(_)) => {
                    Val::Obj(self.object(shape, body, span, false))
                }
                _ => self.wrong_type(prop, ty, value),
            },
            Ty::OneOf(types) => {
                let fitting = types.iter().find(|ty| self.fits(**ty, value)).copied();
                if fitting.is_none()
                    && let Some(val) = self.aliased(prop, ty, value, depth)
                {
                    return val;
                }
                // A lone name that names nothing: a reference, or else a number, says it best.
                let of_name = |wanted: &dyn Fn(&Ty) -> bool| {
                    inner_type(types, wanted).filter(|_| matches!(value.kind, ValueKind::Ident(_)))
                };
                match fitting
                    .or_else(|| of_name(&|ty| matches!(ty, Ty::Ref(_) | Ty::AutoOr(_))))
                    .or_else(|| of_name(&|ty| matches!(ty, Ty::Uint(..) | Ty::Below(_))))
                {
                    Some(inner) => self.value(prop, inner, value, depth).val,
                    None => self.wrong_type(prop, ty, value),
                }
            }
            Ty::Record => self.record(prop, ty, value),
            Ty::Names(kinds) => self.name_record(prop, ty, value, kinds),
            Ty::Elements => self.elements(prop, value),
            Ty::Argument => self.argument(prop, ty, value, depth),
            Ty::Formula => match &value.kind {
                ValueKind::Array(_) | ValueKind::Object(_) | ValueKind::Bool(_) => self.wrong_type(prop, ty, value),
                _ => self.eval().formula(value).map_or(Val::Bad, Val::Formula),
            },
        }
    }

    /// Whether a name is a misspelling of a word that may stand beside the names of these kinds. Reports it.
    fn is_nearly(&mut self, word: &'static str, kinds: &[Ns], value: &Value) -> bool {
        let ValueKind::Ident(name) = &value.kind else { return false };
        let is_name = self.names.define(name).is_some() || self.names.has_any(kinds, name);
        let names = kinds.iter().flat_map(|&ns| self.names.of(ns));
        if is_name || self.notes.has_plenty() || nearest(name, names.chain([word])) != Some(word) {
            return false;
        }
        let diagnostic = Diagnostic::undefined(value.span, name, Vec::new());
        self.notes.report(diagnostic.help(format!("did you mean `{word}`?")).fix(
            format!("write `{word}`"),
            false,
            value.span,
            word,
        ));
        true
    }

    /// An array of numbers, if it has as many as it should.
    fn of_length(&mut self, prop: &Prop, nodes: Vec<Node>, (min, max): (usize, usize), span: Span) -> Val {
        if (min..=max).contains(&nodes.len()) {
            return Val::List(nodes);
        }
        // One mistake is enough to be told of.
        if nodes.iter().any(|node| !node.is_whole()) {
            return Val::Bad;
        }
        let wanted = if min == max { format!("{min}") } else { format!("{min} to {max}") };
        let message = format!("{} takes {wanted} numbers, but {}", slot_name(prop), pngine_source::diag::given(nodes.len()));
        self.notes.report(Diagnostic::new(Code::BadLength, span, message));
        Val::Bad
    }

    /// What a define stands for, in a place of this type.
    fn aliased(&mut self, prop: &Prop, ty: Ty, value: &Value, depth: usize) -> Option<Val> {
        let (aliased, depth) = self.numbers.alias(value, depth, self.notes)?;
        Some(self.value(prop, ty, &aliased, depth).val)
    }

    /// [`Self::aliased`] where names of declarations go before defines.
    fn other_name(&mut self, prop: &Prop, ty: Ty, value: &Value, depth: usize) -> Option<Val> {
        match &value.kind {
            ValueKind::Ident(name) if !self.refers(ty, name) => self.aliased(prop, ty, value, depth),
            _ => None,
        }
    }

    /// Whether a name is a define that stands for an array or object in the end.
    fn is_structure(&self, name: &str) -> bool {
        let mut name = name;
        for _ in 0..MAX_ALIAS_DEPTH {
            match self.names.define(name).and_then(|define| self.numbers.value(define)).map(|value| &value.kind) {
                Some(ValueKind::Array(_) | ValueKind::Object(_)) => return true,
                Some(ValueKind::Ident(next)) => name = next,
                _ => return false,
            }
        }
        false
    }

    /// Whether a slot of this type takes a declaration of this name.
    fn refers(&self, ty: Ty, name: &str) -> bool {
        match ty {
            Ty::AutoOr(inner) | Ty::List(inner) => self.refers(*inner, name),
            Ty::OneOf(types) => types.iter().any(|ty| self.refers(*ty, name)),
            Ty::Variable => false,
            _ => self.names.has_any(ty.kinds(), name),
        }
    }

    fn numeric(&mut self, prop: &Prop, ty: Ty, value: &Value, read: impl FnOnce(Evaluator<'_, 'a>) -> Val) -> Val {
        match value.kind {
            ValueKind::Array(_) | ValueKind::Object(_) | ValueKind::Bool(_) => self.wrong_type(prop, ty, value),
            _ => read(self.eval()),
        }
    }

    /// Whether a value has the form of a number: a literal, an expression, a define that is one, a quoted expression.
    fn looks_numeric(&self, value: &Value) -> bool {
        match &value.kind {
            ValueKind::Number(_) | ValueKind::Neg(_) | ValueKind::Binary(..) | ValueKind::Call(..) | ValueKind::Group(_) => true,
            ValueKind::Ident(name) => match self.names.define(name) {
                Some(define) => match self.numbers.value(define).map(|value| &value.kind) {
                    Some(ValueKind::Ident(next)) => next != name && self.names.define(next).is_some(),
                    Some(ValueKind::Array(_) | ValueKind::Object(_) | ValueKind::Bool(_)) => false,
                    _ => true,
                },
                None => matches!(name.as_str(), "PI" | "TAU" | "E"),
            },
            ValueKind::Str(text) => text.bytes().any(|b| b.is_ascii_digit() || b"+*/( ".contains(&b)),
            _ => false,
        }
    }

    /// Whether a value has the form that a type wants. Says nothing about names and ranges.
    fn fits(&self, ty: Ty, value: &Value) -> bool {
        let is_name = |value: &Value| matches!(value.kind, ValueKind::Ident(_) | ValueKind::Ref(_) | ValueKind::Str(_));
        match ty {
            // What could not be read is reported, and could have been anything.
            _ if matches!(value.kind, ValueKind::Error) => true,
            Ty::Uint(..) | Ty::Below(_) | Ty::UpTo(_) | Ty::Int | Ty::Float => self.looks_numeric(value),
            Ty::ByteSize | Ty::Extent | Ty::Count(_) | Ty::Measure => {
                self.looks_numeric(value)
                    || matches!(value.kind, ValueKind::Path(_) | ValueKind::Ident(_) | ValueKind::Ref(_) | ValueKind::Str(_))
            }
            Ty::Bool => matches!(value.kind, ValueKind::Bool(_)),
            Ty::Str | Ty::Path => matches!(value.kind, ValueKind::Str(_)),
            Ty::Name | Ty::Enum(_) | Ty::Format => matches!(value.kind, ValueKind::Str(_) | ValueKind::Ident(_)),
            Ty::Flags(..) => is_name(value) || matches!(value.kind, ValueKind::Array(_)),
            Ty::Ref(kinds) => match &value.kind {
                ValueKind::Ident(name) => !self.looks_numeric(value) || self.names.has_any(kinds, name),
                _ => is_name(value),
            },
            Ty::View | Ty::Texture => is_name(value),
            Ty::AutoOr(inner) => {
                matches!(&value.kind, ValueKind::Ident(word) | ValueKind::Str(word) if word == "auto") || self.fits(*inner, value)
            }
            Ty::List(inner) => match &value.kind {
                ValueKind::Array(elements) => elements.iter().all(|element| self.fits(*inner, element)),
                _ => self.fits(*inner, value),
            },
            Ty::Tuple(inner, ..) => match &value.kind {
                ValueKind::Array(elements) => elements.iter().all(|element| self.fits(*inner, element)),
                _ => false,
            },
            Ty::Numbers(..) => match &value.kind {
                ValueKind::Array(elements) => {
                    elements.iter().all(|e| self.looks_numeric(e) || matches!(e.kind, ValueKind::Ident(_)))
                }
                _ => false,
            },
            Ty::Object(_) | Ty::Record | Ty::Names(_) | Ty::Command(_) | Ty::Fields(_) => {
                matches!(value.kind, ValueKind::Object(_))
            }
            Ty::Variable => matches!(value.kind, ValueKind::Path(_)),
            Ty::OneOf(types) => types.iter().any(|ty| self.fits(*ty, value)),
            Ty::Formula => self.looks_numeric(value) || is_name(value),
            Ty::Argument => self.looks_numeric(value) || is_name(value) || matches!(value.kind, ValueKind::Path(_)),
            Ty::Text | Ty::Ignored | Ty::DataSource | Ty::Elements => true,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one place for all enums; a struct would only name the same things twice")]
    fn word_value(
        &mut self,
        prop: &Prop,
        ty: Ty,
        value: &Value,
        set: &'static str,
        words: &[&'static str],
        canvas: bool,
        depth: usize,
    ) -> Val {
        let (ValueKind::Ident(text) | ValueKind::Str(text)) = &value.kind else { return self.wrong_type(prop, ty, value) };
        if canvas && text == "preferredCanvasFormat" {
            self.notes.refer(Target::Word(set, "preferredCanvasFormat"), text, value.span);
            return Val::Word(Format::Canvas.word());
        }
        if let Some(found) = words.iter().find(|word| *word == text)
            && let Some(word) = Word::find(found)
        {
            self.notes.refer(Target::Word(set, found), found, value.span);
            return Val::Word(word);
        }
        if let Some((aliased, depth)) = self.numbers.alias(value, depth, self.notes) {
            return self.word_value(prop, ty, &aliased, set, words, canvas, depth);
        }
        let candidates = words.iter().copied().chain(canvas.then_some("preferredCanvasFormat"));
        let mut diagnostic = Diagnostic::unknown_word(value.span, text, &format!("a {set}"));
        diagnostic = match nearest(text, candidates) {
            Some(near) => diagnostic.did_you_mean(value.span, near),
            None if words.len() <= 24 => diagnostic.help(format!("choose from {}", words.join(", "))),
            None => diagnostic.help(format!("{} takes a {set} of the WebGPU specification", slot_name(prop))),
        };
        self.notes.report(diagnostic);
        Val::Bad
    }

    /// Names the modern spelling of something that is accepted for old programs' sake.
    fn old_word(&mut self, span: Span, old: &str, modern: &str) {
        let message = format!("`{old}` is an old spelling of `{modern}`");
        self.notes.old_spelling(Code::OldSpelling, span, old, modern, message);
    }

    fn flags(&mut self, prop: &Prop, ty: Ty, value: &Value, set: &'static language::FlagSet, depth: usize) -> Val {
        let elements = match &value.kind {
            ValueKind::Array(elements) => elements.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let mark = self.notes.mark();
        let flags = self.flags_of(prop, ty, elements, set, depth);
        self.join_alike(mark);
        flags
    }

    /// The flags of an array, together.
    fn flags_of(&mut self, prop: &Prop, ty: Ty, elements: &[Value], set: &'static language::FlagSet, depth: usize) -> Val {
        let (mut bits, mut bad) = (0, false);
        for element in elements {
            let (ValueKind::Ident(text) | ValueKind::Str(text)) = &element.kind else {
                self.wrong_type(prop, ty, element);
                bad = true;
                continue;
            };
            let wanted = text.to_ascii_uppercase().replace('-', "_");
            match set.flags.iter().find(|(name, _)| *name == wanted) {
                Some((name, bit)) => {
                    bits |= bit;
                    self.notes.refer(Target::Flag(set, name), text, element.span);
                    if text != name {
                        self.old_word(element.span, text, name);
                    }
                }
                None => {
                    if let Some((aliased, depth)) = self.numbers.alias(element, depth, self.notes) {
                        match self.flags(prop, ty, &aliased, set, depth) {
                            Val::Flags(more) => bits |= more,
                            _ => bad = true,
                        }
                        continue;
                    }
                    bad = true;
                    let mut diagnostic =
                        Diagnostic::new(Code::UnknownFlag, element.span, format!("`{text}` is not a {}", set.name));
                    diagnostic = match nearest(&wanted, set.flags.iter().map(|(name, _)| *name)) {
                        Some(near) => diagnostic.did_you_mean(element.span, near),
                        None => {
                            let names: Vec<&str> = set.flags.iter().map(|(name, _)| *name).collect();
                            diagnostic.help(format!("choose from {}", names.join(", ")))
                        }
                    };
                    self.notes.report(diagnostic);
                }
            }
        }
        if bad { Val::Bad } else { Val::Flags(bits) }
    }

    fn reference(&mut self, prop: &Prop, ty: Ty, value: &Value, kinds: &'static [Ns], depth: usize) -> Val {
        let found = match &value.kind {
            ValueKind::Ident(name) => {
                if !self.names.has_any(kinds, name)
                    && let Some((aliased, depth)) = self.numbers.alias(value, depth, self.notes)
                {
                    return self.reference(prop, ty, &aliased, kinds, depth);
                }
                self.notes.find(kinds, name, value.span)
            }
            ValueKind::Ref(words) => {
                let words: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
                self.notes.find_qualified(kinds, &words, value.span)
            }
            ValueKind::Str(text) => match text.strip_prefix('$') {
                Some(path) => self.notes.find_qualified(kinds, &path.split('.').collect::<Vec<_>>(), value.span),
                None => {
                    let found = self.notes.find(kinds, text, value.span);
                    if found.is_some() {
                        let message = "a name in quotes is an old spelling".to_string();
                        self.notes.old_spelling(Code::OldReference, value.span, text, text, message);
                    }
                    found
                }
            },
            ValueKind::Path(words) if kinds.contains(&Ns::Data) => match self.index_list(words) {
                // Images and the variables of a `#pass` are whole `#data`s, with names of their own.
                Some(Val::Decl(..)) if prop.name != language::Buffer::mapped_at_creation.name => {
                    let message = format!("{} takes no index list", slot_name(prop));
                    self.notes.report(Diagnostic::new(Code::WrongType, value.span, message).help("index lists go into buffers"));
                    return Val::Bad;
                }
                Some(list) => return list,
                None => match words.as_slice() {
                    // The index list of a shape that is not there.
                    [name, list] if list.name == "indices" => self.notes.find(&[Ns::Data], &name.name, name.span),
                    _ => return self.wrong_type(prop, ty, value),
                },
            },
            _ => return self.wrong_type(prop, ty, value),
        };
        found.map_or(Val::Bad, |(ns, index)| Val::Decl(ns, index))
    }

    /// What `name.indices` means where `#data` is wanted; `None` if the path is another one.
    fn index_list(&mut self, words: &[Ident]) -> Option<Val> {
        let [name, second] = words else { return None };
        let index = self.names.lookup(Ns::Data, &name.name)?;
        if second.name != "indices" {
            let message = format!("`#data {}` has no `{}`", name.name, second.name);
            let diagnostic = Diagnostic::new(Code::UnknownPath, second.span, message);
            self.notes.refer_to(Ns::Data, index, &name.name, name.span);
            self.notes.report(diagnostic.help(format!("a shape with `indexed=true` has `{}.indices`", name.name)));
            return Some(Val::Bad);
        }
        Some(
            self.declared
                .index_list(&name.name, name.span.to(second.span), self.notes)
                .map_or(Val::Bad, |list| Val::Decl(Ns::Data, list)),
        )
    }

    /// The uniform variable that `data=module.variable` names: the shader, and the binding of its module.
    fn uniform_block(&mut self, module: &str, variable: &str, span: Span) -> Option<(usize, usize)> {
        let (ns, index) = self.notes.find(&[Ns::ShaderModule, Ns::Wgsl], module, span)?;
        let (shader, found) = self.declared.shader((ns, index), self.notes);
        let found = found?;
        if let Some(binding) = found.bindings.iter().position(|binding| binding.name == variable) {
            if matches!(found.bindings[binding].resource, Resource::Uniform(_)) {
                let declared = found.bindings[binding].span;
                self.notes.refer(Target::Wgsl(declared), variable, span);
                return Some((shader, binding));
            }
            let declared = found.bindings[binding].span;
            let message = format!("`{variable}` of `{module}` is not a uniform variable");
            self.notes.report(
                Diagnostic::new(Code::WrongType, span, message)
                    .also(declared, "declared here")
                    .help("name a `var<uniform>`, or declare this one so"),
            );
            return None;
        }
        let uniforms = found.bindings.iter().filter(|binding| matches!(binding.resource, Resource::Uniform(_)));
        let names: Vec<String> = uniforms.map(|binding| binding.name.clone()).collect();
        let mut diagnostic = Diagnostic::new(Code::UndefinedName, span, format!("`{module}` has no variable `{variable}`"))
            .label("no uniform variable of this name");
        diagnostic = match nearest(variable, names.iter().map(String::as_str)) {
            Some(near) => diagnostic.help(format!("did you mean `{module}.{near}`?")),
            None if names.is_empty() => diagnostic.help("it has no uniform variables"),
            None => diagnostic.help(format!("it has `{}`", names.join("`, `"))),
        };
        self.notes.report(diagnostic);
        None
    }

    /// `module.variable`, or its old spelling with words in front and behind. `old` is what stands behind a `$`.
    fn block(&mut self, ty: Ty, words: &[&str], span: Span, old: Option<&str>) -> Val {
        let ([module, variable] | ["uniforms", module, variable, "data"]) = words else {
            self.notes.may_name(ty);
            let diagnostic = Diagnostic::unknown_path(span, words);
            self.notes.report(diagnostic.help("what is written can be `module.variable`, a uniform block"));
            return Val::Bad;
        };
        let Some((shader, binding)) = self.uniform_block(module, variable, span) else {
            self.notes.may_name(ty);
            return Val::Bad;
        };
        if let Some(old) = old {
            self.notes.old_reference(span, old, &format!("{module}.{variable}"));
        }
        Val::Block { shader, binding }
    }

    fn data_source(&mut self, prop: &Prop, ty: Ty, value: &Value, depth: usize) -> Val {
        let span = value.span;
        match &value.kind {
            ValueKind::Ident(name) => {
                if let Some(index) = self.names.lookup(Ns::Data, name) {
                    self.notes.refer_to(Ns::Data, index, name, span);
                    return Val::Decl(Ns::Data, index);
                }
                if let Some(index) = INPUTS.iter().position(|source| source.name == name) {
                    self.notes.refer(Target::Predeclared(INPUTS[index].name), name, span);
                    return Val::Input(index);
                }
                if let Some((aliased, depth)) = self.numbers.alias(value, depth, self.notes) {
                    return self.data_source(prop, ty, &aliased, depth);
                }
                let count = if self.notes.has_plenty() { 0 } else { usize::MAX };
                let names = self.names.of(Ns::Data).take(count).chain(INPUTS.iter().map(|source| source.name));
                let near = nearest(name, names);
                let kinds = ["#data", "input"].map(String::from).to_vec();
                let mut diagnostic =
                    Diagnostic::undefined(value.span, name, kinds).label("there is neither a `#data` nor an input of this name");
                diagnostic = match near {
                    Some(near) => diagnostic.did_you_mean(value.span, near),
                    None => {
                        let inputs: Vec<&str> = INPUTS.iter().map(|source| source.name).collect();
                        self.notes.may_be_any(&[Ns::Data]);
                        diagnostic.help(format!("the inputs are {}", inputs.join(", ")))
                    }
                };
                self.notes.report(diagnostic);
                Val::Bad
            }
            ValueKind::Array(elements) if elements.is_empty() => {
                self.notes.may_name(ty);
                let diagnostic = Diagnostic::new(Code::EmptyData, span, format!("{} holds no numbers", slot_name(prop)));
                self.notes.report(diagnostic.help("write what is to be written, such as a `#data` or an array of numbers"));
                Val::Bad
            }
            ValueKind::Array(elements) => {
                let numbers = self.numbers(elements);
                if matches!(numbers, Val::Bad) {
                    self.notes.may_name(ty);
                }
                numbers
            }
            ValueKind::Path(words) if let Some(list) = self.index_list(words) => list,
            ValueKind::Str(text) if text.starts_with("$uniforms._builtin.") => {
                let (input, modern) = if text.contains("SceneTimeInputs") { (1, "sceneTimeInputs") } else { (0, "pngineInputs") };
                let message = format!("an old spelling of `{modern}`");
                self.notes.old_spelling(Code::OldReference, value.span, text, modern, message);
                Val::Input(input)
            }
            ValueKind::Path(words) | ValueKind::Ref(words) => {
                let names: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
                let is_old = matches!(value.kind, ValueKind::Ref(_));
                self.block(ty, &names, span, is_old.then(|| names.join(".")).as_deref())
            }
            ValueKind::Str(text) if let Some(path) = text.strip_prefix('$') => {
                self.block(ty, &path.split('.').collect::<Vec<_>>(), span, Some(path))
            }
            _ => self.wrong_type(prop, ty, value),
        }
    }

    /// Whether an object with keys of the author's choice has this one already, which is reported.
    fn is_repeated<T>(&mut self, entries: &[(String, Span, T)], name: &Ident) -> bool {
        let Some((_, first, _)) = entries.iter().find(|(key, ..)| *key == name.name) else { return false };
        let message = format!("`{}` is written twice", name.name);
        self.notes.report(Diagnostic::new(Code::DuplicateProperty, name.span, message).also(*first, "first written here"));
        true
    }

    fn name_record(&mut self, prop: &Prop, ty: Ty, value: &Value, kinds: &'static [Ns]) -> Val {
        let ValueKind::Object(body) = &value.kind else { return self.wrong_type(prop, ty, value) };
        let mut entries: Vec<(String, Span, Node)> = Vec::new();
        for property in body {
            let name = &property.name;
            if self.is_repeated(&entries, name) {
                continue;
            }
            let node = self.value(prop, Ty::Ref(kinds), &property.value, 0);
            entries.push((name.name.clone(), name.span, node));
        }
        Val::Names(entries)
    }

    fn record(&mut self, prop: &Prop, ty: Ty, value: &Value) -> Val {
        let ValueKind::Object(body) = &value.kind else { return self.wrong_type(prop, ty, value) };
        let mut entries: Vec<(String, Span, f64)> = Vec::new();
        for property in body {
            let name = &property.name;
            if self.is_repeated(&entries, name) {
                continue;
            }
            let number = match property.value.kind {
                ValueKind::Bool(value) => Some(f64::from(u8::from(value))),
                _ => self.eval().number(&property.value, Slot::Number),
            };
            if let Some(number) = number {
                entries.push((name.name.clone(), name.span, number));
            }
        }
        Val::Record(entries)
    }

    fn numbers(&mut self, elements: &[Value]) -> Val {
        // All are looked at, so that every mistake is reported.
        let mark = self.notes.mark();
        let numbers: Vec<_> = elements.iter().map(|element| Some((self.eval().single(element)?, element.span))).collect();
        self.join_alike(mark);
        numbers.into_iter().collect::<Option<_>>().map_or(Val::Bad, Val::Elements)
    }

    /// Makes one of findings since a mark that say the same: see [`alike`].
    fn join_alike(&mut self, mark: usize) {
        let findings = self.notes.since(mark);
        self.notes.extend(alike(findings));
    }

    fn elements(&mut self, prop: &Prop, value: &Value) -> Val {
        match &value.kind {
            ValueKind::Array(elements) => self.numbers(elements),
            ValueKind::Object(body) => Val::Obj(self.object(language::GENERATED, body, value.span, false)),
            _ => self.wrong_type(prop, Ty::Elements, value),
        }
    }
}

/// Whether it names the module of a stage.
const fn takes_module(prop: &Prop) -> bool {
    matches!(prop.ty, Ty::Ref([Ns::ShaderModule, Ns::Wgsl]))
}

/// Makes one of findings that say the same of the elements of an array, where there are many: what stands before the array is wrong.
fn alike(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if findings.len() <= MOST_ALIKE {
        return findings;
    }
    let mut counts: BTreeMap<(Code, String), usize> = BTreeMap::new();
    for finding in &findings {
        *counts.entry((finding.code, finding.message.clone())).or_default() += 1;
    }
    let mut seen = BTreeSet::new();
    let mut kept = Vec::with_capacity(findings.len());
    for mut finding in findings {
        let key = (finding.code, finding.message.clone());
        if let Some(count) = counts.get(&key).filter(|count| **count > MOST_ALIKE) {
            if !seen.insert(key) {
                continue;
            }
            let more = format!("the same is wrong with {} more elements of this array", count - 1);
            finding.help = Some(finding.help.map_or(more.clone(), |help| format!("{help}; {more}")));
        }
        kept.push(finding);
    }
    kept
}

/// What a shape is called in a sentence: words of the language in backticks, other objects plainly.
fn shape_name(shape: &Shape) -> String {
    match shape.name {
        name if name.starts_with('#') => format!("`{name}`"),
        name if name.contains(char::is_uppercase) => format!("this `{name}`"),
        name => format!("this {name}"),
    }
}

/// The first type that `wanted` picks, also inside of alternatives.
fn inner_type(types: &[Ty], wanted: &dyn Fn(&Ty) -> bool) -> Option<Ty> {
    types.iter().find_map(|ty| match ty {
        Ty::OneOf(inner) => inner_type(inner, wanted),
        ty => wanted(ty).then_some(*ty),
    })
}

fn property_list(shape: &Shape) -> String {
    if shape.props.is_empty() {
        return format!("{} has no properties", shape_name(shape));
    }
    let names: Vec<&str> = shape.props.iter().map(|prop| prop.name).collect();
    format!("it has {}", names.join(", "))
}

/// Whether a whole number alone is one of the forms of a value.
fn takes_whole_number(ty: Ty) -> bool {
    match ty {
        Ty::Uint(..) | Ty::Below(_) | Ty::UpTo(_) | Ty::Int => true,
        Ty::OneOf(types) => types.iter().any(|ty| takes_whole_number(*ty)),
        _ => false,
    }
}

/// What a type takes, in words.
fn expectation(ty: Ty) -> String {
    match ty {
        Ty::Uint(..) | Ty::Below(_) | Ty::UpTo(_) | Ty::Int => "a whole number".to_string(),
        Ty::Float => "a number".to_string(),
        Ty::Bool => "`true` or `false`".to_string(),
        Ty::Str | Ty::Text => "a string".to_string(),
        Ty::Path => "a path in quotes".to_string(),
        Ty::Name => "a name".to_string(),
        Ty::Enum(set) => format!(
            "a {}: {}",
            set.name,
            if set.words.len() <= 12 { set.words.join(", ") } else { "see the WebGPU specification".to_string() }
        ),
        Ty::Format => "a texture format".to_string(),
        Ty::Flags(set, _) => {
            format!("flags of {}: {}", set.name, set.flags.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "))
        }
        Ty::Ref(kinds) => format!("the name of a {}", super::names::one_of(kinds)),
        Ty::View => "a texture, a texture view, or `contextCurrentTexture`".to_string(),
        Ty::ByteSize => "a size in bytes: a number, a `#data`, or `module.variable`".to_string(),
        Ty::Texture => "a texture, or `contextCurrentTexture`".to_string(),
        Ty::Extent => "a number of texels, or `canvas.width` and `canvas.height`".to_string(),
        Ty::DataSource => "an input such as `pngineInputs`, a `#data`, or an array of numbers".to_string(),
        Ty::AutoOr(inner) => format!("`auto` or {}", expectation(*inner)),
        Ty::List(inner) => format!("an array, each element {}", expectation(*inner)),
        Ty::Count(_) => "a whole number, or one that follows `canvas.width` and `canvas.height`".to_string(),
        Ty::Measure => "a number, or one that follows `canvas.width` and `canvas.height`".to_string(),
        Ty::Tuple(_, min, max) if min == max => format!("an array of {min} numbers"),
        Ty::Tuple(_, min, max) => format!("an array of {min} to {max} numbers"),
        Ty::Numbers(min, max) if min == max => format!("an array of {min} numbers"),
        Ty::Numbers(..) => "an array of numbers".to_string(),
        Ty::Elements => "an array of numbers, or `{ numberOfElements=… initEachElementWith=[…] }`".to_string(),
        Ty::Argument => "a number, `canvas.width`, `canvas.height`, `time.total` or `time.delta`".to_string(),
        Ty::Formula => "an expression, such as `\"random()\"`".to_string(),
        Ty::Object(shape) => {
            format!("an object {{ {} }}", shape.props.iter().map(|prop| format!("{}=…", prop.name)).collect::<Vec<_>>().join(" "))
        }
        Ty::Command(_) => "an object with exactly one command".to_string(),
        Ty::OneOf(types) => {
            // A list of what one alone may be as well goes without saying.
            let one = |ty: &&Ty| !(types.len() > 1 && matches!(ty, Ty::List(_)));
            // What is written in one word comes before an object.
            let is_object = |ty: &Ty| matches!(ty, Ty::Object(_));
            let (objects, words): (Vec<&Ty>, Vec<&Ty>) = types.iter().filter(one).partition(|ty| is_object(ty));
            words.into_iter().chain(objects).map(|ty| expectation(*ty)).collect::<Vec<_>>().join(", or ")
        }
        Ty::Record => "an object of names and numbers".to_string(),
        Ty::Names(kinds) => format!("an object of names, each of a {}", super::names::one_of(kinds)),
        Ty::Variable => "a uniform variable of a module: `module.variable`".to_string(),
        Ty::Fields(_) => "an object of members, such as `{ speed=1 tint={ value=[1 0 0] color=true } }`".to_string(),
        Ty::Ignored => "anything".to_string(),
    }
}
