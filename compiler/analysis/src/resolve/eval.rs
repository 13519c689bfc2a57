//! Numbers: one evaluator for bare and quoted expressions, in double precision. Source: language reference, section 7.2.

use super::names::{self, Define, Names};
use super::notes::{Notes, Reported};
use super::references::{CONSTANTS, Target};
use crate::language::{self, Ns, Val};
use crate::limits::{MAX_ALIAS_DEPTH, MAX_ALIASED_BYTES, MAX_CANVAS_FACTOR, MAX_DEFINE_DEPTH, MAX_EVAL_DEPTH};
use pngine_scene::Size;
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::Span;
use pngine_syntax::function::Function;
use pngine_syntax::tree::{BinaryOp, Ident, Value, ValueKind};
use pngine_wgsl::device::{Device, Limit};
use pngine_wgsl::reflect::Module;
use std::collections::{BTreeMap, BTreeSet};

/// A number that may depend on the canvas: `width * canvas.width + height * canvas.height + constant`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// Factor of the canvas' width.
    pub width: f64,
    /// Factor of the canvas' height.
    pub height: f64,
    /// What is added.
    pub constant: f64,
}

impl Affine {
    /// A number that does not depend on the canvas.
    pub const fn constant(constant: f64) -> Self {
        Self { width: 0.0, height: 0.0, constant }
    }

    /// The number, if it does not depend on the canvas.
    pub fn as_constant(self) -> Option<f64> {
        (self.width == 0.0 && self.height == 0.0).then_some(self.constant)
    }

    fn combine(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            width: f(self.width, other.width),
            height: f(self.height, other.height),
            constant: f(self.constant, other.constant),
        }
    }

    fn scale(self, factor: f64) -> Self {
        Self { width: self.width * factor, height: self.height * factor, constant: self.constant * factor }
    }
}

/// What names mean inside an expression, beside defines and constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// Nothing more.
    Number,
    /// A size in bytes: data, buffers and `module.variable` too.
    Bytes,
}

/// What makes rounding down to rounding up: a little less than one, because hosts add a little before they round.
const CEIL: f64 = 1.0 - 2.0 * pngine_format::descriptor::CANVAS_EPSILON;

type Evaluated = Result<Affine, Reported>;

/// What values ask of what is declared. It is made, or looked at, when first asked for; what is wrong with it is noted then.
pub(super) trait Declared<'a> {
    /// What is asked of the device.
    fn device(&self) -> &Device;
    /// The size in bytes of a `#data`; `None` if it could not be made, which is reported.
    fn data_size(&self, data: usize) -> Option<u32>;
    /// The index list of a `#data`, by the name of that; `None` if it has none, which is reported.
    fn index_list(&self, data: &str, span: Span, notes: &mut Notes<'a>) -> Option<usize>;
    /// The size of an `#imageBitmap`; `None` if it has none, which is or will be reported at its declaration.
    fn image_size(&mut self, image: usize, numbers: &mut Numbers, notes: &mut Notes<'a>) -> Option<Size>;
    /// The shader of a `#shaderModule` or `#wgsl`, and its module; `None` if that is wrong, which is reported at its text.
    fn shader(&mut self, text: (Ns, usize), notes: &mut Notes<'a>) -> (usize, Option<&Module>);
}

/// What is known of numbers so far.
#[derive(Default)]
pub(super) struct Numbers {
    /// Values of defines and sizes of buffers, by position, each evaluated once; `None` for a mistake, which is reported.
    evaluated: BTreeMap<(Ns, usize, Slot), Option<Affine>>,
    /// Defines that are being evaluated.
    open: Vec<(String, usize)>,
    /// How deep the evaluation is that is going on.
    depth: usize,
    /// Defines that need their own value, or that of one that does, as far as that is known. It is reported, and they have none.
    pub cyclic: BTreeSet<usize>,
    /// Source text that defines have stood for, in bytes.
    aliased_bytes: usize,
}

impl Numbers {
    /// Nothing is known but these circles of defines.
    pub fn new(cyclic: BTreeSet<usize>) -> Self {
        Self { cyclic, ..Self::default() }
    }

    /// What a define stands for; `None` for one in a circle.
    pub fn value<'a>(&self, define: Define<'a>) -> Option<&'a Value> {
        (!self.cyclic.contains(&define.index)).then_some(define.value)
    }

    /// What a define stands for, where a word or name is wanted. Words that name no define stand for themselves.
    pub fn alias(&mut self, value: &Value, depth: usize, notes: &mut Notes<'_>) -> Option<(Value, usize)> {
        let ValueKind::Ident(name) = &value.kind else { return None };
        let define = notes.names.define(name).filter(|_| !notes.is_trial)?;
        let aliased_bytes = self.aliased_bytes.saturating_add(notes.names.loaded.sources.slice(define.value.span).len());
        if depth >= MAX_ALIAS_DEPTH || aliased_bytes > MAX_ALIASED_BYTES {
            return None;
        }
        self.aliased_bytes = aliased_bytes;
        notes.refer(Target::Define(define.index), name, value.span);
        notes.reads_define(define.index);
        let kind = self.value(define).map_or(ValueKind::Error, |value| value.kind.clone());
        // Findings belong to the place of use: the define is right in itself.
        Some((Value { kind, span: value.span }, depth + 1))
    }
}

/// Evaluates the numbers of values.
pub(super) struct Evaluator<'e, 'a> {
    pub names: &'a Names<'a>,
    pub numbers: &'e mut Numbers,
    pub declared: &'e mut dyn Declared<'a>,
    pub notes: &'e mut Notes<'a>,
}

impl<'a> Evaluator<'_, 'a> {
    /// Evaluates a value in a numeric slot. Reports what is wrong.
    pub fn eval(&mut self, value: &Value, slot: Slot) -> Evaluated {
        self.eval_at(value, slot, 0)
    }

    /// A constant number, for slots where the canvas' size cannot be known.
    pub fn number(&mut self, value: &Value, slot: Slot) -> Option<f64> {
        let result = self.eval(value, slot).ok()?;
        let Some(number) = result.as_constant() else {
            self.notes.report(
                Diagnostic::new(Code::CanvasNotAllowed, value.span, "the size of the canvas is not known here")
                    .help("`canvas.width` and `canvas.height` may stand in the size of a texture"),
            );
            return None;
        };
        Some(number)
    }

    /// A whole number in a range. Quoted quotients are rounded up, with a lint.
    pub fn integer(&mut self, value: &Value, slot: Slot, min: f64, max: f64) -> Val {
        let Some(mut number) = self.number(value, slot) else { return Val::Bad };
        if number.fract() != 0.0 && self.quoted_quotient(value) {
            let rounded = libm::ceil(number);
            self.notes.report(
                Diagnostic::new(Code::RoundedUp, value.span, format!("{number} is rounded up to {rounded}"))
                    .help("write the expression as `ceil(…)` to say so"),
            );
            number = rounded;
        }
        // What a computation in doubles misses by its last bits is no fraction that the author wrote.
        if number.fract() != 0.0 && (number - libm::round(number)).abs() < 1e-9 * number.abs().max(1.0) {
            number = libm::round(number);
        }
        if number.fract() != 0.0 {
            self.notes.report(
                Diagnostic::new(Code::NotAnInteger, value.span, format!("{number} is not a whole number"))
                    .help(format!("`floor(…)`, `ceil(…)` or `round(…)` make it one, such as {}", libm::floor(number))),
            );
            return Val::Bad;
        }
        if number < min || number > max {
            let message =
                if min >= 0.0 && number < 0.0 { format!("{number} is negative") } else { format!("{number} is out of range") };
            let help = if max == f64::from(u32::MAX) && number < min {
                format!("it must be {min} or more")
            } else {
                format!("it must be {min} to {max}")
            };
            self.notes.report(Diagnostic::new(Code::OutOfRange, value.span, message).help(help));
            return Val::Bad;
        }
        Val::Num(number)
    }

    /// A whole number that leaves `above` of a device's limit: 1 for an index, which is less than the limit, 0 for a size.
    pub fn limited(&mut self, value: &Value, limit: Limit, above: u64) -> Val {
        let val = self.integer(value, Slot::Number, 0.0, f64::from(u32::MAX));
        let Val::Num(number) = val else { return val };
        // Whole and in range.
        let (needed, most) = (number as u64 + above, self.declared.device().limit(limit));
        if needed <= most {
            return val;
        }
        let diagnostic = Diagnostic::new(Code::OutOfRange, value.span, format!("{number} is out of range"))
            .help(format!("it must be 0 to {}", most.saturating_sub(above)));
        let diagnostic = self.declared.device().raise(diagnostic, limit, needed);
        self.notes.report(diagnostic);
        Val::Bad
    }

    fn quoted_quotient(&self, value: &Value) -> bool {
        let ValueKind::Str(text) = &value.kind else { return false };
        let mut quiet = Vec::new();
        let parsed = pngine_syntax::parse::parse_quoted_expr(value.span, text, &mut quiet);
        matches!(parsed.kind, ValueKind::Binary(BinaryOp::Div, ..))
    }

    fn eval_at(&mut self, value: &Value, slot: Slot, depth: usize) -> Evaluated {
        if self.numbers.depth >= MAX_EVAL_DEPTH {
            let message = format!("an expression nests deeper than {MAX_EVAL_DEPTH} levels, its defines included");
            return Err(self.notes.report(
                Diagnostic::new(Code::NestingTooDeep, value.span, message).help("leave brackets out, or use fewer defines"),
            ));
        }
        self.numbers.depth += 1;
        let result = self.eval_inner(value, slot, depth);
        self.numbers.depth -= 1;
        result
    }

    /// The expression in quotes.
    pub fn quoted(&mut self, text: &str, span: Span) -> Result<Value, Reported> {
        let mut found = Vec::new();
        let parsed = pngine_syntax::parse::parse_quoted_expr(span, text, &mut found);
        let is_right = found.is_empty();
        self.notes.extend(found);
        is_right.then_some(parsed).ok_or(Reported)
    }

    fn eval_inner(&mut self, value: &Value, slot: Slot, depth: usize) -> Evaluated {
        match &value.kind {
            ValueKind::Number(number) => Ok(Affine::constant(*number)),
            ValueKind::Group(inner) => self.eval_at(inner, slot, depth),
            ValueKind::Neg(inner) => Ok(self.eval_at(inner, slot, depth)?.scale(-1.0)),
            ValueKind::Str(text) => {
                if let Some(path) = text.strip_prefix('$') {
                    let words: Vec<&str> = path.split('.').collect();
                    return self.old_path(path, &words, value.span, slot);
                }
                let parsed = self.quoted(text, value.span)?;
                self.eval_at(&parsed, slot, depth)
            }
            ValueKind::Ident(name) => self.word(name, value.span, slot, depth),
            ValueKind::Path(words) => {
                let words: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
                if let ["imageBitmaps", rest @ ..] = words.as_slice()
                    && rest.len() == 2
                {
                    let (old, modern) = (words.join("."), rest.join("."));
                    return self.old_number(value.span, slot, |this| {
                        let result = this.path(&words, value.span, slot);
                        if result.is_ok() {
                            let message = format!("`{old}` is an old spelling of `{modern}`");
                            this.notes.old_spelling(Code::OldSpelling, value.span, &old, &modern, message);
                        }
                        result
                    });
                }
                self.path(&words, value.span, slot)
            }
            ValueKind::Ref(words) => {
                let words: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
                self.old_path(&words.join("."), &words, value.span, slot)
            }
            ValueKind::Binary(..) => self.binary(value, slot, depth),
            ValueKind::Call(name, arguments) => {
                self.calls(name);
                let mut numbers = Vec::new();
                for argument in arguments {
                    let result = self.eval_at(argument, slot, depth)?;
                    let Some(number) = result.as_constant() else {
                        return self.canvas_call(&name.name, result, arguments.len(), value.span);
                    };
                    numbers.push(number);
                }
                let function = self.function(&name.name, value.span, &[])?;
                self.call(function, &numbers, value.span)
            }
            ValueKind::Bool(_) | ValueKind::Array(_) | ValueKind::Object(_) => {
                if super::is_damaged(value) {
                    return Err(Reported);
                }
                Err(self.notes.report(
                    Diagnostic::new(Code::WrongType, value.span, "a number is expected here").label(super::describe(value)),
                ))
            }
            ValueKind::Error => Err(Reported),
        }
    }

    /// Long chains nest to the left, so the left spine is walked instead of recursed into.
    fn binary(&mut self, value: &Value, slot: Slot, depth: usize) -> Evaluated {
        let mut spine = Vec::new();
        let mut leftmost = value;
        while let ValueKind::Binary(op, left, right) = &leftmost.kind {
            spine.push((*op, right.as_ref(), leftmost.span));
            leftmost = left;
        }
        let mut result = self.eval_at(leftmost, slot, depth);
        for (op, right, span) in spine.into_iter().rev() {
            // Both sides are looked at, so that every mistake is reported and every name counts as used.
            let right_value = self.eval_at(right, slot, depth);
            result = match (result, right_value) {
                (Ok(left), Ok(right_value)) => self.operate(op, left, right_value, right.span, span),
                _ => Err(Reported),
            };
        }
        result
    }

    pub fn operate(&mut self, op: BinaryOp, a: Affine, b: Affine, right: Span, whole: Span) -> Evaluated {
        let result = self.operate_unbounded(op, a, b, right, whole)?;
        if [result.width, result.height, result.constant].iter().all(|number| number.is_finite()) {
            return Ok(result);
        }
        Err(self.notes.report(Diagnostic::new(Code::BadArithmetic, whole, "the result is too large")))
    }

    fn operate_unbounded(&mut self, op: BinaryOp, a: Affine, b: Affine, right: Span, whole: Span) -> Evaluated {
        match (op, a.as_constant(), b.as_constant()) {
            (BinaryOp::Add, ..) => Ok(a.combine(b, |x, y| x + y)),
            (BinaryOp::Sub, ..) => Ok(a.combine(b, |x, y| x - y)),
            (BinaryOp::Mul, Some(factor), _) => Ok(b.scale(factor)),
            (BinaryOp::Mul, _, Some(factor)) => Ok(a.scale(factor)),
            (BinaryOp::Div | BinaryOp::Rem, _, Some(0.0)) => {
                let zero = Diagnostic::new(Code::BadArithmetic, whole, "division by zero").also(right, "this is 0");
                Err(self.notes.report(zero))
            }
            (BinaryOp::Div, Some(x), Some(y)) => Ok(Affine::constant(x / y)),
            (BinaryOp::Div, _, Some(divisor)) => {
                Ok(Affine { width: a.width / divisor, height: a.height / divisor, constant: a.constant / divisor })
            }
            (BinaryOp::Rem, Some(x), Some(y)) => Ok(Affine::constant(libm::fmod(x, y))),
            _ => self.not_linear(whole),
        }
    }

    fn not_linear(&mut self, span: Span) -> Evaluated {
        Err(self.notes.report(
            Diagnostic::new(Code::CanvasNotAllowed, span, "the size of the canvas cannot be used like this")
                .help("sums, and products and quotients with a number, are possible: `canvas.width / 2 + 1`"),
        ))
    }

    /// Extents are rounded down anyway, so `floor` of a canvas-sized one is the same, and `ceil` adds the divisor's rest.
    fn canvas_call(&mut self, name: &str, argument: Affine, count: usize, span: Span) -> Evaluated {
        match (name, count) {
            ("floor", 1) => Ok(argument),
            ("ceil", 1) => Ok(Affine { constant: argument.constant + CEIL, ..argument }),
            _ => self.not_linear(span),
        }
    }

    /// Notes that a name in front of parentheses means a function.
    pub fn calls(&mut self, name: &Ident) {
        if let Some(function) = Function::find(&name.name) {
            self.notes.refer(Target::Predeclared(function.name()), &name.name, name.span);
        }
    }

    /// The function of this name; `others` are those that are not of this evaluator.
    pub fn function(&mut self, name: &str, span: Span, others: &[&'static str]) -> Result<Function, Reported> {
        if let Some(function) = Function::find(name) {
            return Ok(function);
        }
        let names = Function::ALL.map(Function::name).into_iter().chain(others.iter().copied());
        let help = match nearest(name, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the functions are {}", names.collect::<Vec<_>>().join(", ")),
        };
        Err(self.notes.report(Diagnostic::new(Code::BadCall, span, format!("there is no function `{name}`")).help(help)))
    }

    pub fn call(&mut self, function: Function, numbers: &[f64], span: Span) -> Evaluated {
        let name = function.name();
        let wrong = match (function.arity(), function, numbers) {
            (None, _, []) => Some(format!("`{name}` takes at least one argument")),
            (Some(count), ..) if numbers.len() != count => {
                let arguments = if count == 1 { "argument" } else { "arguments" };
                Some(format!("`{name}` takes {count} {arguments}, but {}", pngine_source::diag::given(numbers.len())))
            }
            (_, Function::Clamp, [_, low, high]) if low > high => {
                Some(format!("`clamp` has the lower limit {low} above the upper limit {high}"))
            }
            _ => None,
        };
        if let Some(message) = wrong {
            return Err(self
                .notes
                .report(Diagnostic::new(Code::BadCall, span, message).help(format!("write `{}`", function.usage()))));
        }
        let result = function.apply(numbers);
        if result.is_finite() {
            return Ok(Affine::constant(result));
        }
        Err(self.notes.report(Diagnostic::new(Code::BadArithmetic, span, "the result is not a number")))
    }

    pub fn word(&mut self, name: &str, span: Span, slot: Slot, depth: usize) -> Evaluated {
        if let Some(define) = self.names.define(name) {
            return self.define(name, define, span, slot, depth);
        }
        if let Some(constant) = CONSTANTS.iter().find(|constant| **constant == name) {
            self.notes.refer(Target::Predeclared(constant), name, span);
        }
        match name {
            "PI" => return Ok(Affine::constant(std::f64::consts::PI)),
            "TAU" => return Ok(Affine::constant(std::f64::consts::TAU)),
            "E" => return Ok(Affine::constant(std::f64::consts::E)),
            "canvasWidth" | "canvasHeight" => {
                let modern = if name == "canvasWidth" { "canvas.width" } else { "canvas.height" };
                let message = format!("`{name}` is an old spelling of `{modern}`");
                self.notes.old_spelling(Code::OldSpelling, span, name, modern, message);
                return self.path(&modern.split('.').collect::<Vec<_>>(), span, slot);
            }
            _ => {}
        }
        if slot == Slot::Bytes {
            if let Some(index) = self.names.lookup(Ns::Data, name) {
                self.notes.refer_to(Ns::Data, index, name, span);
                return match self.declared.data_size(index) {
                    Some(size) => Ok(Affine::constant(f64::from(size))),
                    None => Err(Reported),
                };
            }
            if let Some(index) = self.names.lookup(Ns::Buffer, name) {
                self.notes.mention(Target::Declaration(Ns::Buffer, index), name, span);
                return self.buffer_size(index, span, depth);
            }
        }
        if self.notes.has_plenty() {
            return Err(self.notes.report(Diagnostic::undefined(span, name, Vec::new())));
        }
        let mut candidates: Vec<&str> = self.names.defines().map(|(name, _)| name).collect();
        candidates.extend(["PI", "TAU", "E"]);
        let mut kinds = vec!["#define".to_string()];
        if slot == Slot::Bytes {
            candidates.extend(self.names.of(Ns::Data));
            candidates.extend(self.names.of(Ns::Buffer));
            kinds.extend(["#data", "#buffer"].map(String::from));
        }
        // `COUNT-1` is one name, and most often a difference was meant.
        let difference =
            name.split_once('-').filter(|(left, _)| candidates.contains(left)).map(|(left, right)| format!("{left} - {right}"));
        let mut diagnostic = Diagnostic::undefined(span, name, kinds);
        if let Some(difference) = difference {
            let help = format!("a dash is part of a name: write `{difference}` for a difference");
            diagnostic = diagnostic.help(help).fix(format!("write `{difference}`"), false, span, difference);
        } else if let Some(near) = nearest(name, candidates.into_iter()) {
            diagnostic = diagnostic.did_you_mean(span, near);
        } else if let Some((ns, index)) =
            language::MACROS.iter().find_map(|row| self.names.lookup(row.ns, name).map(|index| (row.ns, index)))
        {
            let declared = self.names.declaration(ns, index).name_span;
            diagnostic.message = format!("`{name}` is a `#{}`, which does not fit here", ns.word());
            diagnostic = diagnostic.label("expected a number").also(declared, "declared here").help(match ns {
                Ns::Data => {
                    "write the number itself, such as 36 for the vertices of a cube; only where bytes are counted, the name of a `#data` is its length"
                }
                _ => "write the number itself, or the name of a `#define`",
            });
            // What it should have been may be any of these.
            self.notes.may_be_any(&[Ns::Define]);
        } else {
            diagnostic = diagnostic.help(format!("write the number itself, or declare one: `#define {name}=3`"));
        }
        Err(self.notes.report(diagnostic))
    }

    /// The value of a define. Each is evaluated once: a chain of defines that each use the next one twice has as many ways as a tree.
    fn define(&mut self, name: &str, define: Define<'a>, span: Span, slot: Slot, depth: usize) -> Evaluated {
        if self.notes.is_trial {
            return Err(Reported);
        }
        self.notes.refer(Target::Define(define.index), name, span);
        let key = (Ns::Define, define.index, slot);
        if let Some(known) = self.numbers.evaluated.get(&key) {
            return known.ok_or(Reported);
        }
        if depth >= MAX_DEFINE_DEPTH {
            let message = format!("`#define`s nest deeper than {MAX_DEFINE_DEPTH}");
            return Err(self
                .notes
                .report(Diagnostic::new(Code::NestingTooDeep, span, message).also(define.span, "defined here")));
        }
        if self.numbers.open.iter().any(|(_, open)| *open == define.index) {
            let chain: Vec<&str> = self.numbers.open.iter().map(|(name, _)| name.as_str()).collect();
            self.notes.report(names::cycle(name, define, &chain, span));
            // One circle is one mistake, from whichever of its defines it is looked at.
            self.numbers.cyclic.extend(self.numbers.open.iter().map(|(_, open)| open));
            return Err(Reported);
        }
        self.notes.reads_define(define.index);
        self.numbers.open.push((name.to_owned(), define.index));
        let mark = self.notes.mark();
        let value = self.numbers.value(define);
        let result = value.map_or(Err(Reported), |value| self.eval_at(value, slot, depth + 1));
        self.numbers.open.pop();
        // One mistake, whichever kind of slot it is met in.
        let other = if slot == Slot::Number { Slot::Bytes } else { Slot::Number };
        let is_known = matches!(self.numbers.evaluated.get(&(Ns::Define, define.index, other)), Some(None));
        if result.is_err() && is_known {
            self.notes.since(mark);
        }
        self.numbers.evaluated.insert(key, result.ok());
        result
    }

    fn buffer_size(&mut self, index: usize, span: Span, depth: usize) -> Evaluated {
        let key = (Ns::Buffer, index, Slot::Bytes);
        if let Some(known) = self.numbers.evaluated.get(&key) {
            return known.ok_or(Reported);
        }
        if self.notes.is_trial {
            return Err(Reported);
        }
        let body = self.names.declaration(Ns::Buffer, index).body;
        let result = match language::Buffer::size.written(language::Buffer::SHAPE, body) {
            Some(size) if depth < MAX_DEFINE_DEPTH => self.eval_at(&size.value, Slot::Bytes, depth + 1),
            Some(_) => {
                Err(self.notes.report(Diagnostic::new(Code::DefineCycle, span, "buffers whose sizes are defined by each other")))
            }
            // The missing size is reported at the buffer.
            None => Err(Reported),
        };
        self.numbers.evaluated.insert(key, result.ok());
        result
    }

    /// `canvas.width`, `module.variable`, and their old spellings with words in front and behind.
    fn path(&mut self, words: &[&str], span: Span, slot: Slot) -> Evaluated {
        match words {
            ["canvas", side @ ("width" | "height")] => {
                let is_width = *side == "width";
                self.notes.means(Target::Predeclared(if is_width { "canvas.width" } else { "canvas.height" }), span);
                Ok(Affine { width: f64::from(u8::from(is_width)), height: f64::from(u8::from(!is_width)), constant: 0.0 })
            }
            ["canvas", other] => {
                let message = format!("the canvas has no `{other}`");
                Err(self.notes.report(
                    Diagnostic::new(Code::UnknownPath, span, message).help("there are `canvas.width` and `canvas.height`"),
                ))
            }
            [data, "indices"] if slot == Slot::Bytes && self.names.lookup(Ns::Data, data).is_some() => {
                let list = self.declared.index_list(data, span, self.notes).ok_or(Reported)?;
                self.declared.data_size(list).map(|size| Affine::constant(f64::from(size))).ok_or(Reported)
            }
            [image, field] | ["imageBitmaps" | "imageBitmap", image, field]
                if let Some(extent) = self.image_extent(image, field, span) =>
            {
                extent
            }
            [module, variable] | ["uniforms", module, variable, "data"] if slot == Slot::Bytes => {
                let size = self.module_variable_size(module, variable, span)?;
                Ok(Affine::constant(f64::from(size)))
            }
            _ => {
                Err(self.notes.report(
                    Diagnostic::unknown_path(span, words)
                        .help("a number can be `canvas.width`, `canvas.height`, or the `width` or `height` of an `#imageBitmap`; a size in bytes also `module.variable`"),
                ))
            }
        }
    }

    /// `image.width` and `image.height`; `None` if the first word names no image.
    fn image_extent(&mut self, name: &str, field: &str, span: Span) -> Option<Result<Affine, Reported>> {
        let index = self.names.lookup(Ns::ImageBitmap, name)?;
        self.notes.refer_to(Ns::ImageBitmap, index, name, span);
        if !matches!(field, "width" | "height") {
            let message = format!("`#imageBitmap {name}` has no `{field}`");
            let diagnostic = Diagnostic::new(Code::UnknownPath, span, message);
            self.notes.report(diagnostic.help(format!("there are `{name}.width` and `{name}.height`")));
            return Some(Err(Reported));
        }
        let side = if field == "width" { "width" } else { "height" };
        self.notes.refer(Target::Predeclared(side), field, span);
        let size = self.declared.image_size(index, self.numbers, self.notes);
        Some(
            size.map(|(width, height)| Affine::constant(f64::from(if field == "width" { width } else { height })))
                .ok_or(Reported),
        )
    }

    /// The size in bytes of a uniform or storage variable: `module.variable` in a size.
    fn module_variable_size(&mut self, module: &str, variable: &str, span: Span) -> Result<u32, Reported> {
        let Some((ns, index)) = self.notes.find(&[Ns::ShaderModule, Ns::Wgsl], module, span) else { return Err(Reported) };
        let Some(found) = self.declared.shader((ns, index), self.notes).1 else { return Err(Reported) };
        if let Some(size) = found.size_of_var(variable) {
            if let Some(binding) = found.binding(variable) {
                self.notes.refer(Target::Wgsl(binding.span), variable, span);
            }
            return Ok(size);
        }
        let diagnostic = match found.block(variable) {
            Some(block) => Diagnostic::new(Code::BufferSize, span, format!("`{variable}` ends in an array without a length"))
                .help(format!("it has at least {} bytes; write the size as a number", block.min_size)),
            None => {
                let names: Vec<&str> = found.bindings.iter().map(|binding| binding.name.as_str()).collect();
                let diagnostic = Diagnostic::new(Code::UndefinedName, span, format!("`{module}` has no variable `{variable}`"))
                    .label("no uniform or storage variable of this name");
                match nearest(variable, names.iter().copied()) {
                    Some(near) => diagnostic.help(format!("did you mean `{module}.{near}`?")),
                    None => diagnostic.help(format!("it has `{}`", names.join("`, `"))),
                }
            }
        };
        Err(self.notes.report(diagnostic))
    }

    /// What `$` and a path mean, which is an old spelling of the path that means the same.
    fn old_path(&mut self, path: &str, words: &[&str], span: Span, slot: Slot) -> Evaluated {
        self.old_number(span, slot, |this| {
            let result = this.path(words, span, slot);
            if result.is_ok() {
                let modern = match words {
                    ["imageBitmaps" | "imageBitmap", image, field] => format!("{image}.{field}"),
                    ["uniforms", module, variable, "data"] => format!("{module}.{variable}"),
                    _ => words.join("."),
                };
                this.notes.old_reference(span, path, &modern);
            }
            result
        })
    }

    /// Reads a part of an expression in an old spelling, and proves what it says about that: see [`Self::prove`].
    fn old_number(&mut self, span: Span, slot: Slot, read: impl FnOnce(&mut Self) -> Evaluated) -> Evaluated {
        let mark = self.notes.mark();
        let result = read(self);
        if let Ok(meant) = result
            && !self.notes.is_trial
        {
            let mut findings = self.notes.since(mark);
            let Self { names, numbers, declared, notes } = self;
            notes.prove(&mut findings, span, &Some(meant), |notes, modern| {
                Evaluator { names, numbers, declared: &mut **declared, notes }.eval(modern, slot).ok()
            });
            self.notes.extend(findings);
        }
        result
    }

    /// A number that depends on the canvas, unless its factors are too large.
    fn on_canvas(&mut self, result: Affine, span: Span) -> Val {
        if [result.width, result.height, result.constant].iter().any(|x| x.abs() > MAX_CANVAS_FACTOR) {
            let message = format!("a factor of the canvas' size is above {MAX_CANVAS_FACTOR}");
            self.notes.report(Diagnostic::new(Code::OutOfRange, span, message));
            return Val::Bad;
        }
        Val::Canvas([result.width as f32, result.height as f32, result.constant as f32])
    }

    /// A whole number, or one that depends on the canvas and is rounded down; quoted quotients are rounded up, with a lint.
    pub fn canvas_count(&mut self, value: &Value, most: f64) -> Val {
        match self.eval(value, Slot::Number) {
            Err(Reported) => Val::Bad,
            Ok(result) if result.as_constant().is_some() => self.integer(value, Slot::Number, 0.0, most),
            Ok(mut result) => {
                if self.quoted_quotient(value) {
                    self.notes.report(
                        Diagnostic::new(Code::RoundedUp, value.span, "this quotient is rounded up")
                            .help("write the expression as `ceil(…)` to say so"),
                    );
                    result.constant += CEIL;
                }
                self.on_canvas(result, value.span)
            }
        }
    }

    /// Any number, or one that depends on the canvas.
    pub fn measure(&mut self, value: &Value) -> Val {
        match self.eval(value, Slot::Number) {
            Err(Reported) => Val::Bad,
            Ok(result) if result.as_constant().is_some() => self.float(value),
            Ok(result) => self.on_canvas(result, value.span),
        }
    }

    /// An extent: a number of at least 1, or one that depends on the canvas.
    pub fn extent(&mut self, value: &Value) -> Val {
        match self.eval(value, Slot::Number) {
            Err(Reported) => Val::Bad,
            Ok(result) if result.as_constant().is_some() => self.integer(value, Slot::Number, 1.0, 16384.0),
            Ok(result) => self.on_canvas(result, value.span),
        }
    }

    pub fn float(&mut self, value: &Value) -> Val {
        self.single(value).map_or(Val::Bad, Val::Num)
    }

    /// A number that a 32-bit float can hold: WebGPU refuses what would become infinite.
    pub fn single(&mut self, value: &Value) -> Option<f64> {
        let number = self.number(value, Slot::Number)?;
        if number.abs() > f64::from(f32::MAX) {
            let message = format!("{number:e} is too large for a 32-bit float");
            self.notes
                .report(Diagnostic::new(Code::OutOfRange, value.span, message).help(format!("the largest is {:e}", f32::MAX)));
            return None;
        }
        Some(number)
    }
}
