//! naga's errors in the words of people who write shaders.

use std::error::Error;
use std::ops::Range;

use naga::common::wgsl::TypeContext;
use naga::valid::{
    CallError, EntryPointError, ExpressionError, FunctionError, GlobalVariableError, ValidationError, VaryingError,
};

use crate::diag::nearest;

use super::builtins;
use super::scopes::{DeclarationKind, Role, Scopes};
use super::tokens::{Token, TokenKind};
use super::words::{builtin as builtin_of, is_internal, plain};

/// One error of naga.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    /// What kind of error.
    pub cause: Cause,
    /// One line.
    pub message: String,
    /// Byte ranges of the judged text and what to say there; the first is where it is wrong.
    pub labels: Vec<(Range<usize>, String)>,
    /// Further lines.
    pub notes: Vec<String>,
    /// The function or entry point it is about, if naga names one.
    pub subject: Option<String>,
    /// Struct and member that it is about.
    pub member: Option<(String, String)>,
}

/// What kind of error it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The text does not parse.
    Syntax,
    /// A name that is not declared.
    UnknownName(String),
    /// A function that must return a value ends without one.
    MissingReturn,
    /// A `@location` that no device has.
    Location,
    /// Everything else that is wrong.
    Invalid,
    /// Nothing is wrong as far as naga knows, but it does not know this.
    Unsupported,
}

impl Finding {
    /// naga broke off.
    pub fn panic() -> Self {
        let message = "the validator broke off on this shader".to_owned();
        Self { cause: Cause::Unsupported, message, labels: Vec::new(), notes: Vec::new(), subject: None, member: None }
    }

    /// A `@location` that no device has: at the declaration at `range`, of a member of a struct, or of an entry point.
    pub fn large_location(
        location: u32,
        range: Option<Range<usize>>,
        member: Option<(String, String)>,
        subject: Option<String>,
    ) -> Self {
        let labels = range.into_iter().map(|range| (range, "no device has as many".to_owned())).collect();
        let message = format!("location {location} is beyond what any device has");
        Self { cause: Cause::Location, message, labels, notes: Vec::new(), subject, member }
    }

    /// The notes as one text.
    pub fn help(&self) -> Option<String> {
        (!self.notes.is_empty()).then(|| self.notes.join("; ").replace("; (", " ("))
    }
}

/// What naga says about WGSL that it does not know, although it is WGSL.
const UNSUPPORTED: [&str; 8] = [
    "not implemented as constant expression",
    "not yet supported",
    "not yet implemented",
    "internal wgsl front end error",
    "not supported in a const context",
    "does not support assignments to swizzles",
    "is not supported for width",
    "recursion limit",
];

fn is_unsupported(texts: &[&str]) -> bool {
    texts.iter().any(|text| {
        let text = text.to_lowercase();
        UNSUPPORTED.iter().any(|phrase| text.contains(phrase))
    })
}

/// The finding in an error of the front end.
pub(super) fn parse_error(error: &naga::front::wgsl::ParseError) -> Finding {
    let message = clean(error.message());
    let labels: Vec<(Range<usize>, String)> =
        error.labels().filter_map(|(span, label)| Some((span.to_range()?, clean(label)))).collect();
    let notes: Vec<String> = error.notes().map(clean).filter(|note| !note.contains("<https://github.com")).collect();
    let mut texts: Vec<&str> = vec![message.as_str()];
    texts.extend(notes.iter().map(String::as_str));
    texts.extend(labels.iter().map(|(_, label)| label.as_str()));
    let is_swizzle = texts.iter().any(|text| text.contains("assignments to swizzles"));
    let cause = if is_unsupported(&texts) {
        Cause::Unsupported
    } else if let Some(name) = message.strip_prefix("no definition in scope for identifier: `") {
        Cause::UnknownName(name.trim_end_matches('`').to_owned())
    } else if (message.starts_with("expected ") && message.contains(", found ")) || message.contains("reserved keyword") {
        Cause::Syntax
    } else {
        Cause::Invalid
    };
    let message = match &cause {
        Cause::Unsupported if is_swizzle => "assignment to a swizzle".to_owned(),
        _ => reworded(&message),
    };
    // naga's last resort, "see msg", says nothing. A label that says something makes the better primary one.
    let labels = labels.into_iter().map(|(range, label)| (range, if label == "see msg" { String::new() } else { label }));
    let (mut labels, silent): (Vec<_>, Vec<_>) = labels.partition(|(_, label)| !label.is_empty());
    labels.extend(silent);
    let mut notes = if cause == Cause::Invalid { joined_types(notes) } else { notes };
    let message = if is_internal(&message) { "WGSL does not allow this".to_owned() } else { message };
    labels.iter_mut().filter(|(_, label)| is_internal(label)).for_each(|(_, label)| label.clear());
    notes.retain(|note| !is_internal(note));
    Finding { cause, message, labels, notes, subject: None, member: None }
}

/// naga's message in plainer words, where there are some.
fn reworded(message: &str) -> String {
    if message.starts_with("Abstract types may only appear") {
        "this value has no concrete type here".to_owned()
    } else if message == "Cannot access the type" {
        "only vectors, matrices, arrays and structs have parts".to_owned()
    } else if let Some(ty) = message
        .strip_prefix("Using `")
        .or_else(|| message.strip_prefix("using `"))
        .and_then(|rest| rest.split_once("` values requires"))
    {
        format!("`{}` is not a type of WGSL", ty.0)
    } else if message == "Cannot access at the index" {
        "the index is out of bounds".to_owned()
    } else {
        lower(message)
    }
}

/// naga lists the types that a function takes one per note; one line holds them better.
fn joined_types(notes: Vec<String>) -> Vec<String> {
    let (types, mut rest): (Vec<String>, Vec<String>) = notes.into_iter().partition(|note| note.starts_with("allowed type: "));
    let names: Vec<&str> = types.iter().filter_map(|note| note.strip_prefix("allowed type: ")).collect();
    // f64 exists on native hosts only.
    let names: Vec<String> = names.iter().filter(|name| !name.contains("f64")).map(|name| format!("`{name}`")).collect();
    if !names.is_empty() {
        let listed = names.join(", ");
        match rest.last_mut() {
            Some(last) => *last = format!("{} {listed}", last.trim_end_matches(|c: char| c.is_whitespace())),
            None => rest.push(format!("these types are allowed: {listed}")),
        }
    }
    rest
}

/// naga's words without its handles and with one kind of quotes.
fn clean(text: &str) -> String {
    let mut out = requoted(text.trim().trim_end_matches('.'));
    // `found "let"` comes from Rust's Debug form.
    if let Some((head, tail)) = out.split_once(", found \"") {
        let found = tail.trim_end_matches('"').replace("\\\"", "\"").replace("\\n", " ");
        out = if found.is_empty() { format!("{head}, found the end of the shader") } else { format!("{head}, found `{found}`") };
    }
    // `[12]` is the number of something inside of naga.
    let mut cleaned = String::with_capacity(out.len());
    let mut rest = out.as_str();
    while let Some(open) = rest.find('[') {
        let (head, tail) = rest.split_at(open);
        cleaned.push_str(head);
        let digits = tail.get(1..).map_or(0, |tail| tail.bytes().take_while(u8::is_ascii_digit).count());
        if digits > 0 && tail.get(digits + 1..).is_some_and(|tail| tail.starts_with(']')) {
            cleaned = cleaned.trim_end().to_owned();
            rest = tail.get(digits + 2..).unwrap_or("");
        } else {
            cleaned.push('[');
            rest = tail.get(1..).unwrap_or("");
        }
    }
    cleaned.push_str(rest);
    plain(&cleaned).replace("{AbstractFloat}", "float literal").replace("{AbstractInt}", "integer literal")
}

/// With backticks for quotes; an apostrophe stays.
fn requoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = characters.next() {
        let is_apostrophe = before.is_alphanumeric() && characters.peek().is_some_and(|next| next.is_alphanumeric());
        out.push(if c == '\'' && !is_apostrophe { '`' } else { c });
        before = c;
    }
    out
}

/// What is said about a validation error before it becomes a finding.
struct Words {
    message: String,
    label: String,
    notes: Vec<String>,
    cause: Cause,
    member: Option<(String, String)>,
}

impl Words {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), label: String::new(), notes: Vec::new(), cause: Cause::Invalid, member: None }
    }

    fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    fn cause(mut self, cause: Cause) -> Self {
        self.cause = cause;
        self
    }
}

/// The finding in an error of the validator.
pub(super) fn validation_error(module: &naga::Module, error: &naga::WithSpan<ValidationError>) -> Finding {
    let naming = Naming { module };
    let mut subject = None;
    let words = match error.as_inner() {
        ValidationError::Function { handle, name, source } => {
            subject = Some(name.clone());
            naming.function_error(name, source, module.functions.try_get(*handle).ok())
        }
        ValidationError::EntryPoint { stage, name, source } => {
            subject = Some(name.clone());
            let entry = module.entry_points.iter().find(|entry| entry.name == *name && entry.stage == *stage);
            naming.entry_point_error(name, *stage, source, entry)
        }
        ValidationError::GlobalVariable { name, source, .. } => {
            subject = Some(name.clone());
            naming.variable_error(name, source)
        }
        ValidationError::Override { name, source, .. } => {
            subject = Some(name.clone());
            Words::new(format!("override `{name}`: {}", lower(&clean(&source.to_string()))))
        }
        ValidationError::Constant { name, source, .. } => {
            subject = Some(name.clone());
            Words::new(format!("constant `{name}`: {}", lower(&clean(&source.to_string()))))
        }
        ValidationError::Type { name, source, .. } => {
            let message = clean(&deepest(source));
            if name.is_empty() { Words::new(message) } else { Words::new(format!("type `{name}`: {}", lower(&message))) }
        }
        other => Words::new(clean(&deepest(other))),
    };
    let whole = deepest(error.as_inner());
    // For `frexp` of f16 naga makes a struct with a type that WGSL does not have.
    let words = if whole.contains("SHADER_INT16") {
        Words::new("`frexp` of f16 is not supported").note("convert its argument: `frexp(f32(…))`")
    } else {
        words
    };
    let cause = if is_unsupported(&[&words.message, &whole]) { Cause::Unsupported } else { words.cause };
    // Spans come from the outer ones in; the shortest says most.
    let mut ranges: Vec<(Range<usize>, String)> = error
        .spans()
        .filter_map(|(span, label)| Some((span.to_range()?, label.clone())))
        .map(|(range, label)| {
            // Labels that naga makes itself name its types and handles.
            let is_internal = label.contains("naga::") || label.contains('[');
            (range, if is_internal { String::new() } else { clean(&label) })
        })
        .collect();
    ranges.sort_by_key(|(range, _)| range.len());
    ranges.truncate(1);
    if let Some((_, label)) = ranges.first_mut()
        && !words.label.is_empty()
    {
        *label = words.label;
    }
    let message = match reworded(&words.message) {
        internal if is_internal(&internal) => match &subject {
            Some(subject) => format!("`{subject}` does something that WGSL does not allow"),
            None => "WGSL does not allow this".to_owned(),
        },
        message => message,
    };
    let mut finding = Finding { cause, message, labels: ranges, notes: words.notes, subject, member: words.member };
    finding.labels.iter_mut().filter(|(_, label)| is_internal(label)).for_each(|(_, label)| label.clear());
    finding.notes.retain(|note| !is_internal(note));
    finding
}

/// The message of the innermost error.
fn deepest(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// With a small first letter, unless the word is a name.
fn lower(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if characters.clone().next().is_some_and(char::is_lowercase) => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => text.to_owned(),
    }
}

struct Naming<'a> {
    module: &'a naga::Module,
}

impl Naming<'_> {
    fn type_name(&self, ty: naga::Handle<naga::Type>) -> String {
        match self.module.types.get_handle(ty) {
            Ok(_) => self.module.to_ctx().type_to_string(ty),
            Err(_) => "another type".to_owned(),
        }
    }

    fn inner_name(&self, inner: &naga::TypeInner) -> String {
        // A struct has its name beside its content, so it is looked for.
        let named = self.module.types.iter().find(|(_, ty)| ty.inner == *inner && ty.name.is_some());
        if let (naga::TypeInner::Struct { .. }, Some((handle, _))) = (inner, named) {
            return self.type_name(handle);
        }
        let mut name = String::new();
        let _ = self.module.to_ctx().write_type_inner(inner, &mut name);
        name
    }

    /// The type of an expression of a function; a reference shows as what it refers to.
    fn expression_type(&self, function: &naga::Function, expression: naga::Handle<naga::Expression>) -> Option<String> {
        function.expressions.try_get(expression).ok()?;
        let context = naga::proc::ResolveContext::with_locals(self.module, &function.local_variables, &function.arguments);
        let mut typifier = naga::front::Typifier::new();
        typifier.grow(expression, &function.expressions, &context).ok()?;
        Some(match typifier[expression].inner_with(&self.module.types) {
            naga::TypeInner::Pointer { base, .. } => self.type_name(*base),
            naga::TypeInner::ValuePointer { size: Some(size), scalar, .. } => {
                self.inner_name(&naga::TypeInner::Vector { size: *size, scalar: *scalar })
            }
            naga::TypeInner::ValuePointer { size: None, scalar, .. } => self.inner_name(&naga::TypeInner::Scalar(*scalar)),
            _ => self.module.to_ctx().type_resolution_to_string(&typifier[expression]),
        })
    }

    fn function_error(&self, name: &str, error: &FunctionError, function: Option<&naga::Function>) -> Words {
        let type_of = |expression| function.and_then(|function| self.expression_type(function, expression));
        match error {
            FunctionError::Expression { source, handle } => self.expression_error(source, type_of(*handle)),
            FunctionError::InvalidReturnType { expression: None, expected_ty: Some(expected) } => {
                let expected = self.type_name(*expected);
                Words::new(format!("`{name}` does not return a value on every path"))
                    .label(format!("must return `{expected}`"))
                    .note(format!("end it with `return …;`, or leave out `-> {expected}`"))
                    .cause(Cause::MissingReturn)
            }
            FunctionError::InvalidReturnType { expression: Some(expression), expected_ty } => {
                let found = type_of(*expression).unwrap_or_else(|| "another type".to_owned());
                match expected_ty {
                    Some(expected) => {
                        let expected = self.type_name(*expected);
                        Words::new(format!("`{name}` returns `{expected}`, but this is `{found}`"))
                            .label(format!("this is `{found}`"))
                    }
                    None => Words::new(format!("`{name}` returns nothing, but this is `{found}`"))
                        .label("a value is returned")
                        .note(format!("write `-> {found}` after the parameters")),
                }
            }
            FunctionError::InvalidIfType(condition) => {
                let found = type_of(*condition).unwrap_or_else(|| "something else".to_owned());
                Words::new(format!("a condition must be `bool`, but this is `{found}`"))
                    .label(format!("this is `{found}`"))
                    .note("compare it: `x != 0`")
            }
            FunctionError::InvalidStoreTypes { pointer, value } => {
                let target = type_of(*pointer).unwrap_or_else(|| "another type".to_owned());
                let found = type_of(*value).unwrap_or_else(|| "another type".to_owned());
                Words::new(format!("a `{found}` cannot be assigned to a `{target}`"))
                    .label(format!("this is `{found}`"))
                    .note(format!("convert it: `{target}(…)`"))
            }
            FunctionError::InvalidStorePointer(_) => {
                Words::new("this cannot be assigned to").label("not a variable that can be written")
            }
            FunctionError::LocalVariable { name, source, .. } => {
                Words::new(format!("variable `{name}`: {}", lower(&clean(&deepest(source)))))
            }
            FunctionError::InvalidCall { function: callee, error } => {
                let callee =
                    self.module.functions.try_get(*callee).ok().and_then(|callee| callee.name.as_deref()).unwrap_or("function");
                match error {
                    CallError::ArgumentType { index, required, seen_expression } => {
                        let required = self.type_name(*required);
                        let found = type_of(*seen_expression).unwrap_or_else(|| "another type".to_owned());
                        Words::new(format!("argument {} of `{callee}` must be `{required}`, but this is `{found}`", index + 1))
                            .label(format!("this is `{found}`"))
                    }
                    CallError::ArgumentCount { required, seen } => {
                        Words::new(format!("`{callee}` takes {required} arguments, but {seen} are given"))
                    }
                    other => Words::new(format!("call of `{callee}`: {}", lower(&clean(&deepest(other))))),
                }
            }
            // A language feature that all browsers have; naga lacks it.
            FunctionError::InvalidArgumentPointerSpace { name, .. } => {
                Words::new(format!("the pointer `{name}` to this address space as a parameter")).cause(Cause::Unsupported)
            }
            FunctionError::PipelineInputRegularFunction { name: parameter } => {
                Words::new(format!("the parameter `{parameter}` of `{name}` has an attribute, but `{name}` is no entry point"))
                    .note("write `@vertex`, `@fragment` or `@compute` before `fn`, or take the attribute away")
            }
            FunctionError::PipelineOutputRegularFunction => {
                Words::new(format!("the result of `{name}` has an attribute, but `{name}` is no entry point"))
                    .note("write `@vertex` or `@fragment` before `fn`, or take the attribute away")
            }
            FunctionError::BreakOutsideOfLoopOrSwitch => Words::new("`break` stands outside of a loop or `switch`"),
            FunctionError::ContinueOutsideOfLoop => Words::new("`continue` stands outside of a loop"),
            FunctionError::MissingDefaultCase => {
                Words::new("a `switch` needs a `default` case").note("write `default: {}` as its last case")
            }
            other => Words::new(clean(&deepest(other))),
        }
    }

    fn expression_error(&self, error: &ExpressionError, own_type: Option<String>) -> Words {
        match error {
            ExpressionError::InvalidBinaryOperandTypes { op, lhs_type, rhs_type, .. } => {
                let (left, right) = (self.inner_name(lhs_type), self.inner_name(rhs_type));
                let operator = operator_name(*op);
                let words = Words::new(format!("`{operator}` does not take `{left}` and `{right}`"))
                    .label(format!("`{left}` {operator} `{right}`"));
                match (is_number(lhs_type), is_number(rhs_type)) {
                    (Some(left), Some(right)) if left != right => words
                        .note(format!("WGSL does not convert numbers by itself: write `{}(…)` around one side", left.min(right))),
                    _ => words,
                }
            }
            ExpressionError::InvalidUnaryOperandType(operator, _) => {
                let operator = match operator {
                    naga::UnaryOperator::Negate => "-",
                    naga::UnaryOperator::LogicalNot => "!",
                    naga::UnaryOperator::BitwiseNot => "~",
                };
                Words::new(format!("`{operator}` does not take a value of this type"))
            }
            ExpressionError::IndexOutOfBounds(_, index) => Words::new(format!("index {index} is out of bounds")),
            ExpressionError::MissingCapabilities(_) => {
                Words::new("this needs something that browsers do not have, or that the shader does not `enable`")
            }
            ExpressionError::UnsupportedWidth(..) => Words::new("this function is not supported for arguments of this width"),
            ExpressionError::InvalidImageCoordinateType(dimension, _) => {
                let kind = match dimension {
                    naga::ImageDimension::D1 => "a 1d texture takes a number",
                    naga::ImageDimension::D2 => "a 2d texture takes a vector of two",
                    naga::ImageDimension::D3 => "a 3d texture takes a vector of three",
                    naga::ImageDimension::Cube => "a cube texture takes a vector of three",
                };
                Words::new("these coordinates do not fit the texture").note(kind)
            }
            ExpressionError::ComparisonSamplingMismatch { sampler, .. } => {
                let (kind, function) = if *sampler {
                    ("a `sampler_comparison`", "`textureSampleCompare` and a depth texture")
                } else {
                    ("a `sampler`", "`textureSample`")
                };
                Words::new(format!("{kind} goes with {function} only"))
            }
            other => {
                let message = clean(&deepest(other));
                match own_type {
                    Some(own) if message.is_empty() => Words::new(format!("this `{own}` is not valid here")),
                    _ => Words::new(message),
                }
            }
        }
    }

    fn entry_point_error(
        &self,
        name: &str,
        stage: naga::ShaderStage,
        error: &EntryPointError,
        entry: Option<&naga::EntryPoint>,
    ) -> Words {
        let stage = match stage {
            naga::ShaderStage::Vertex => "vertex",
            naga::ShaderStage::Fragment => "fragment",
            naga::ShaderStage::Compute => "compute",
            _ => "other",
        };
        match error {
            EntryPointError::Function(error) => self.function_error(name, error, entry.map(|entry| &entry.function)),
            EntryPointError::MissingVertexOutputPosition => {
                Words::new(format!("the vertex shader `{name}` returns no `@builtin(position)`"))
                    .note("return `@builtin(position) vec4f`, alone or as a member of a struct")
            }
            EntryPointError::BindingCollision(variable) => {
                let variable = self.module.global_variables.try_get(*variable).ok();
                let variable_name = variable.and_then(|variable| variable.name.as_deref()).unwrap_or("?");
                let place = variable.and_then(|variable| variable.binding.as_ref());
                let place = place.map_or(String::new(), |place| format!(" @group({}) @binding({})", place.group, place.binding));
                Words::new(format!("`{name}` uses two variables at{place}: `{variable_name}` is the second"))
                    .note("give every variable that an entry point uses a binding of its own")
            }
            EntryPointError::Argument(index, error) => {
                let argument = entry.and_then(|entry| entry.function.arguments.get(*index as usize));
                let argument_name = argument.and_then(|argument| argument.name.as_deref()).unwrap_or("?");
                let what = format!("the parameter `{argument_name}` of `{name}`");
                self.varying_error(&what, stage, error, argument.map(|argument| argument.ty))
            }
            EntryPointError::Result(error) => {
                let ty = entry.and_then(|entry| entry.function.result.as_ref()).map(|result| result.ty);
                self.varying_error(&format!("the result of `{name}`"), stage, error, ty)
            }
            EntryPointError::OutOfRangeWorkgroupSize => {
                Words::new(format!("the workgroup size of `{name}` is out of range")).note("each number must be at least 1")
            }
            EntryPointError::ForbiddenStageOperations => {
                Words::new(format!("`{name}` uses an operation that a {stage} shader does not have"))
                    .note("derivatives and `textureSample` need a fragment shader; elsewhere use `textureSampleLevel`")
            }
            other => Words::new(format!("`{name}`: {}", lower(&clean(&deepest(other))))),
        }
    }

    fn varying_error(&self, what: &str, stage: &str, error: &VaryingError, ty: Option<naga::Handle<naga::Type>>) -> Words {
        let ty = ty.and_then(|ty| self.module.types.get_handle(ty).ok());
        match error {
            VaryingError::MissingBinding => {
                Words::new(format!("{what} has no attribute")).note("write `@location(n)` or `@builtin(…)` before it")
            }
            VaryingError::MemberMissingBinding(index) => {
                let members = match ty.map(|ty| &ty.inner) {
                    Some(naga::TypeInner::Struct { members, .. }) => members.as_slice(),
                    _ => &[],
                };
                let member = members.get(*index as usize).and_then(|member| member.name.clone()).unwrap_or_default();
                let mut words = Words::new(format!("{what} has a member `{member}` without an attribute"))
                    .note("write `@location(n)` or `@builtin(…)` before it");
                words.member = ty.and_then(|ty| ty.name.clone()).map(|name| (name, member));
                words
            }
            VaryingError::BindingCollision { location } => Words::new(format!("{what}: `@location({location})` is used twice")),
            VaryingError::NotIOShareableType(ty) => {
                Words::new(format!("{what} is a `{}`, but only numbers and vectors go between stages", self.type_name(*ty)))
            }
            VaryingError::InvalidBuiltInStage(builtin) => {
                use naga::common::wgsl::TryToWgsl;
                let builtin = (*builtin).try_to_wgsl().unwrap_or("?");
                Words::new(format!("{what}: `@builtin({builtin})` does not exist there in a {stage} shader"))
            }
            VaryingError::InvalidBuiltInType(builtin, found) => {
                let found = self.inner_name(found);
                match builtin_of(&format!("{builtin:?}")) {
                    Some((name @ "clip_distances", _)) => {
                        Words::new(format!("{what}: `{name}` is an `array<f32, N>` of at most 8 elements, not `{found}`"))
                    }
                    Some((name, wanted)) => Words::new(format!("{what}: `{name}` is a `{wanted}`, not `{found}`"))
                        .label(format!("`{name}` is a `{wanted}`")),
                    None => Words::new(format!("{what}: this built-in value cannot be a `{found}`")),
                }
            }
            VaryingError::DuplicateBuiltIn(builtin) => match builtin_of(&format!("{builtin:?}")) {
                Some((name, _)) => Words::new(format!("{what}: `@builtin({name})` is used twice")),
                None => Words::new(format!("{what}: a built-in value is used twice")),
            },
            VaryingError::UnsupportedCapability(_) => {
                Words::new(format!("{what} uses something that browsers do not have, or that the shader does not `enable`"))
            }
            VaryingError::InvalidType(ty) => Words::new(format!("{what} cannot be a `{}`", self.type_name(*ty))),
            VaryingError::BlendSrcOutputTypeMismatch { blend_src_0_type, blend_src_1_type } => {
                let (first, second) = (self.type_name(*blend_src_0_type), self.type_name(*blend_src_1_type));
                Words::new(format!("{what}: both `@blend_src` have one type, not `{first}` and `{second}`"))
            }
            VaryingError::InvalidInterpolationForInteger => {
                Words::new(format!("{what}: integers between stages are not interpolated"))
                    .note("write `@interpolate(flat)` before it")
            }
            other => Words::new(format!("{what}: {}", lower(&clean(&deepest(other))))),
        }
    }

    fn variable_error(&self, name: &str, error: &GlobalVariableError) -> Words {
        match error {
            GlobalVariableError::InvalidBinding => Words::new(format!("`{name}` has no binding, or one that it may not have"))
                .note("uniforms, storage, textures and samplers need `@group(n) @binding(n)`; `private` and `workgroup` variables have none"),
            GlobalVariableError::Alignment(_, _, source) => {
                Words::new(format!("the layout of `{name}` does not suit its address space: {}", lower(&clean(&deepest(source)))))
                    .note("in a uniform, array elements and structs stand at multiples of 16 bytes: use `vec4f` elements, or a storage buffer")
            }
            GlobalVariableError::InvalidType(_) | GlobalVariableError::InvalidUsage(_) | GlobalVariableError::MissingTypeFlags { .. } => {
                Words::new(format!("`{name}` has a type that its address space does not allow"))
                    .note("textures and samplers are declared by `var` alone; uniforms hold no `bool`, no `atomic` and no open array")
            }
            other => Words::new(format!("`{name}`: {}", lower(&clean(&deepest(other))))),
        }
    }
}

fn operator_name(operator: naga::BinaryOperator) -> &'static str {
    match operator {
        naga::BinaryOperator::Add => "+",
        naga::BinaryOperator::Subtract => "-",
        naga::BinaryOperator::Multiply => "*",
        naga::BinaryOperator::Divide => "/",
        naga::BinaryOperator::Modulo => "%",
        naga::BinaryOperator::Equal => "==",
        naga::BinaryOperator::NotEqual => "!=",
        naga::BinaryOperator::Less => "<",
        naga::BinaryOperator::LessEqual => "<=",
        naga::BinaryOperator::Greater => ">",
        naga::BinaryOperator::GreaterEqual => ">=",
        naga::BinaryOperator::And => "&",
        naga::BinaryOperator::ExclusiveOr => "^",
        naga::BinaryOperator::InclusiveOr => "|",
        naga::BinaryOperator::LogicalAnd => "&&",
        naga::BinaryOperator::LogicalOr => "||",
        naga::BinaryOperator::ShiftLeft => "<<",
        naga::BinaryOperator::ShiftRight => ">>",
    }
}

/// WGSL's name of the numbers in a scalar or vector.
fn is_number(inner: &naga::TypeInner) -> Option<&'static str> {
    let scalar = match inner {
        naga::TypeInner::Scalar(scalar) | naga::TypeInner::Vector { scalar, .. } | naga::TypeInner::Matrix { scalar, .. } => {
            scalar
        }
        _ => return None,
    };
    match (scalar.kind, scalar.width) {
        (naga::ScalarKind::Sint, 4) => Some("i32"),
        (naga::ScalarKind::Uint, 4) => Some("u32"),
        (naga::ScalarKind::Float, 4) => Some("f32"),
        (naga::ScalarKind::Float, 2) => Some("f16"),
        _ => None,
    }
}

/// What advice is based on.
pub(super) struct Context<'a> {
    /// The text.
    pub text: &'a str,
    /// Its significant tokens.
    pub tokens: &'a [Token],
    /// What its words mean.
    pub scopes: &'a Scopes,
    /// The token where it is wrong.
    pub place: usize,
    /// What is wrong.
    pub finding: &'a Finding,
}

impl<'a> Context<'a> {
    fn word(&self, token: usize) -> &'a str {
        self.tokens.get(token).map_or("", |token| token.text(self.text))
    }

    fn range(&self, token: usize) -> Range<usize> {
        self.tokens.get(token).map_or(self.text.len()..self.text.len(), Token::range)
    }

    fn is_word(&self, token: usize) -> bool {
        self.tokens.get(token).is_some_and(|token| token.kind == TokenKind::Word)
    }
}

/// What can be said better than naga says it.
#[derive(Default)]
pub(super) struct Advice {
    /// Takes the place of naga's message.
    pub message: Option<String>,
    /// Takes the place of its label.
    pub label: Option<String>,
    /// Takes the place of its range.
    pub place: Option<Range<usize>>,
    /// What to write.
    pub help: Option<String>,
    /// Title, range and replacement of a fix.
    pub fix: Option<(String, Range<usize>, String)>,
}

/// Advice for the mistakes that people make often.
pub(super) fn advise(context: &Context<'_>) -> Advice {
    match &context.finding.cause {
        Cause::UnknownName(name) => unknown_name(context, name),
        Cause::Syntax => syntax(context),
        Cause::Location => Advice { help: Some("locations are counted from 0".to_owned()), ..Advice::default() },
        Cause::Invalid | Cause::MissingReturn | Cause::Unsupported => invalid(context),
    }
}

fn unknown_name(context: &Context<'_>, name: &str) -> Advice {
    let mut advice = Advice {
        message: Some(format!("unknown name `{name}`")),
        label: Some("neither declared here nor part of WGSL".to_owned()),
        ..Advice::default()
    };
    if let Some(help) = builtins::foreign(name) {
        advice.help = Some(format!("WGSL has no `{name}`: {help}"));
        return advice;
    }
    let item = context.scopes.items.partition_point(|item| item.tokens.end <= context.place);
    let visible = context.scopes.declarations.iter().filter(|found| found.is_global || found.item == item);
    let declared = visible.map(|found| context.word(found.token)).filter(|candidate| *candidate != name);
    let known = builtins::TYPES.iter().chain(&builtins::FUNCTIONS).copied();
    let own: Vec<&str> = declared.collect();
    if let Some(found) = nearest(name, own.iter().copied()).or_else(|| nearest(name, known)) {
        advice.help = Some(format!("did you mean `{found}`?"));
        advice.fix = Some((format!("replace with `{found}`"), context.range(context.place), found.to_owned()));
        return advice;
    }
    // A local name is known in its own block only.
    let declared_in = context.scopes.declarations.iter().find(|found| !found.is_global && context.word(found.token) == name);
    advice.help = match declared_in {
        Some(found) if found.item == item => Some(format!("`{name}` is declared in another block, or further down")),
        Some(found) => {
            let function = context.scopes.items.get(found.item).and_then(|item| item.name).map_or("", |name| context.word(name));
            Some(format!("`{name}` is known in `{function}` only: pass it as a parameter"))
        }
        None => None,
    };
    advice
}

fn syntax(context: &Context<'_>) -> Advice {
    let message = context.finding.message.as_str();
    let place = context.place;
    let found = context.word(place);
    let mut advice = Advice::default();
    if found == "?" {
        advice.message = Some("WGSL has no `? :`".to_owned());
        advice.label = Some("not an operator".to_owned());
        advice.help = Some("write `select(otherwise, then, condition)`".to_owned());
    } else if message.starts_with("expected `;`") && place > 0 {
        let before = context.range(place - 1);
        let previous = context.word(place - 1);
        if context.is_word(place) && context.is_word(place - 1) && is_foreign_type(previous) {
            return foreign_declaration(context, place - 1);
        }
        advice.label = Some("expected `;` after this".to_owned());
        advice.fix = Some(("insert `;`".to_owned(), before.end..before.end, ";".to_owned()));
        advice.place = Some(before);
        advice.help = Some("statements end with `;`".to_owned());
    } else if found == "#" {
        advice.message = Some("`#` is no WGSL".to_owned());
        advice.label = Some("not allowed here".to_owned());
        advice.help =
            Some("WGSL has no preprocessor: `#define`, `#import` and the like stand outside of the shader's text".to_owned());
    } else if message.starts_with("expected global item") {
        advice.message = Some(if found.is_empty() {
            "expected a declaration, found the end of the shader".to_owned()
        } else {
            format!("expected a declaration, found `{found}`")
        });
        advice.label = Some("not one of `fn`, `struct`, `const`, `override`, `var`, `alias`".to_owned());
        if found == "let" {
            advice.message = Some("`let` stands outside of a function".to_owned());
            advice.label = Some("not allowed here".to_owned());
            advice.help = Some("write `const`, or `var<private>` for a value that changes".to_owned());
            advice.fix = Some(("replace with `const`".to_owned(), context.range(place), "const".to_owned()));
        } else if context.is_word(place) && is_foreign_type(found) {
            advice.help = Some("WGSL writes `fn name(…) -> type` and `const name: type = …;`".to_owned());
        } else if found == "}" {
            advice.message = Some("a `}` too many".to_owned());
            advice.label = Some("closes nothing".to_owned());
        } else if let Some(keyword) = nearest(found, ["fn", "struct", "const", "override", "var", "alias", "enable"].into_iter())
        {
            advice.help = Some(format!("did you mean `{keyword}`?"));
            advice.fix = Some((format!("replace with `{keyword}`"), context.range(place), keyword.to_owned()));
        }
    } else if message.starts_with("expected assignment") && place > 0 && context.is_word(place) && context.is_word(place - 1) {
        return foreign_declaration(context, place - 1);
    } else if message.contains("reserved keyword") {
        advice.help = Some("choose another name".to_owned());
    } else if found == "=" && (message.starts_with("expected `)`") || message.starts_with("expected `{`")) {
        advice.help = Some("`=` assigns; compare with `==`".to_owned());
    } else if message.starts_with("expected `,`") {
        let is_struct = context.scopes.items.iter().find(|item| item.tokens.contains(&place)).and_then(|item| item.keyword);
        if is_struct.is_some_and(|keyword| context.word(keyword) == "struct") {
            advice.help = Some("members end with `,`".to_owned());
        }
    } else if place >= context.tokens.len() {
        advice.place = context.tokens.last().map(Token::range);
        advice.label = Some("the shader ends here".to_owned());
        advice.help = Some("a `}` or `;` is missing".to_owned());
    }
    advice
}

/// `float x = 1.0;`: a type where WGSL wants `let` or `var`.
fn foreign_declaration(context: &Context<'_>, place: usize) -> Advice {
    let (ty, name) = (context.word(place), context.word(place + 1));
    let mut advice = Advice {
        message: Some(format!("`{ty} {name}` is no WGSL declaration")),
        label: Some("a declaration begins with `let` or `var`".to_owned()),
        place: Some(context.range(place)),
        ..Advice::default()
    };
    let wgsl = match ty {
        "vec2" | "vec3" | "vec4" => format!("{ty}f"),
        _ => builtins::foreign(ty).and_then(|help| help.split('`').nth(1)).unwrap_or(ty).to_owned(),
    };
    if is_foreign_type(ty) {
        advice.help = Some(format!("write `var {name}: {wgsl} = …;`, or `let` for a value that does not change"));
    } else {
        advice.help =
            nearest(ty, ["let", "var", "const", "return"].into_iter()).map(|keyword| format!("did you mean `{keyword}`?"));
    }
    advice
}

/// Whether a word is a type, WGSL's own or another language's.
fn is_foreign_type(word: &str) -> bool {
    builtins::TYPES.contains(&word)
        || builtins::foreign(word)
            .is_some_and(|help| help.starts_with("write `") && word.chars().all(|c| c.is_ascii_alphanumeric()))
            && (word.ends_with(|c: char| c.is_ascii_digit()) || matches!(word, "float" | "int" | "uint" | "double" | "half"))
}

fn invalid(context: &Context<'_>) -> Advice {
    let message = context.finding.message.as_str();
    let mut advice = Advice::default();
    if message.starts_with("invalid left-hand side of assignment") {
        let name = context.word(context.place);
        let meaning = match context.scopes.roles.get(context.place) {
            Some(Role::Uses(id)) => context.scopes.declarations.get(id.0 as usize).map(|found| found.kind),
            _ => None,
        };
        advice.help = match meaning {
            Some(DeclarationKind::Let | DeclarationKind::Const) => {
                Some(format!("`{name}` keeps its first value: declare it with `var` to change it"))
            }
            Some(DeclarationKind::Parameter) => {
                Some(format!("parameters do not change: write `var copy = {name};` and change that"))
            }
            _ => None,
        };
    } else if message.starts_with("this value has no concrete type") {
        advice.help = Some("a function without `-> type` returns no value".to_owned());
    } else if message.starts_with("failed to convert expression") {
        advice.message = Some("the numbers of this expression have different types".to_owned());
        advice.label = Some(String::new());
        advice.help = Some("WGSL does not convert values by itself: write the type around one side, as in `f32(x)`".to_owned());
    } else if message.starts_with("the type of `") || message.starts_with("automatic conversions cannot convert") {
        advice.help = Some("WGSL does not convert values by itself: write the type around it, as in `f32(x)`".to_owned());
    } else if message.starts_with("invalid field accessor") {
        let name = context.word(context.place);
        let fields =
            context.scopes.roles.iter().enumerate().filter(|(_, role)| **role == Role::Field).map(|(i, _)| context.word(i));
        if let Some(found) = nearest(name, fields) {
            advice.help = Some(format!("did you mean `{found}`?"));
            advice.fix = Some((format!("replace with `{found}`"), context.range(context.place), found.to_owned()));
        }
    } else if message.starts_with("unknown attribute") {
        let name = context.word(context.place);
        let known =
            ["align", "binding", "builtin", "compute", "fragment", "group", "id", "interpolate", "invariant", "location", "size"];
        let known = known.into_iter().chain(["vertex", "workgroup_size", "must_use", "diagnostic", "blend_src"]);
        advice.help = nearest(name, known).map(|found| format!("did you mean `{found}`?"));
    } else if message.starts_with("unknown builtin") {
        let known = ["vertex_index", "instance_index", "position", "front_facing", "frag_depth", "sample_index", "sample_mask"];
        let known = known.into_iter().chain([
            "local_invocation_id",
            "local_invocation_index",
            "global_invocation_id",
            "workgroup_id",
            "num_workgroups",
        ]);
        advice.help = nearest(context.word(context.place), known).map(|found| format!("did you mean `{found}`?"));
    }
    advice
}
