//! naga's errors in the words of people who write shaders.

use crate::limits::MAX_WORKGROUP_SIZE;
use std::error::Error;
use std::ops::Range;

use naga::common::wgsl::TypeContext;
use naga::valid::{
    CallError, ComposeError, Disalignment, EntryPointError, ExpressionError, FunctionError, GlobalVariableError,
    LocalVariableError, OverrideError, SubgroupError, TypeError, ValidationError, VaryingError,
};

use pngine_source::diag::{Clue, nearest};

use super::builtins;
use super::conversion::{self, Conversion};
use super::places::{Part, Places};
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
    /// What it is about in the first label's range, or in the subject.
    pub part: Option<Part>,
    /// Whether naga's front end found it, which stops at the first thing that it does not understand.
    pub is_front_end: bool,
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
        Self {
            cause: Cause::Unsupported,
            message,
            labels: Vec::new(),
            notes: Vec::new(),
            subject: None,
            member: None,
            part: None,
            is_front_end: false,
        }
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
        Self { cause: Cause::Location, message, labels, notes: Vec::new(), subject, member, part: None, is_front_end: false }
    }

    /// Says which operation a stage does not have.
    pub fn lacks(&mut self, stage: naga::ShaderStage, operation: &str) {
        self.message = format!("a {} shader has no `{operation}`", stage_name(stage));
        let help = if operation == "discard" {
            "only a fragment shader can leave out what it draws"
        } else if operation.starts_with("textureSample") {
            "write `textureSampleLevel`: only a fragment shader picks the mip level by itself"
        } else if operation.starts_with("dpd") || operation.starts_with("fwidth") {
            "only a fragment shader has neighbours to compare with"
        } else {
            "only the invocations of a compute shader can wait for each other"
        };
        self.notes = vec![help.to_owned()];
        if let Some((_, label)) = self.labels.first_mut() {
            *label = format!("not in a {} shader", stage_name(stage));
        }
    }

    /// The operator that the message begins with.
    pub fn operator(&self) -> Option<&'static str> {
        let named = self.message.strip_prefix('`').and_then(|rest| rest.split_once("` ")).map(|(operator, _)| operator)?;
        OPERATORS.iter().map(|(_, ours)| *ours).find(|ours| *ours == named)
    }

    /// What naga could not do behind token `last`, the last one that it read: the places that come into question, the likeliest first,
    /// and what could stand there.
    pub fn behind(&self, places: &Places<'_>, last: usize) -> Vec<(Range<usize>, &'static str)> {
        let alike = |ranges: Vec<Range<usize>>, put| ranges.into_iter().map(|range| (range, put)).collect();
        match self.operator() {
            Some(operator @ ("&&" | "||")) => return alike(places.left_operands(last, operator), "true"),
            Some(operator) => return alike(places.binary(last, operator).into_iter().collect(), "true"),
            None => {}
        }
        if self.message.ends_with("out of bounds") {
            return alike(places.indices(last), "0");
        }
        if self.message == NO_ELEMENTS {
            return alike(places.indices(last), "0u");
        }
        alike(places.operand(last).into_iter().collect(), "")
    }

    /// The notes as one text.
    pub fn help(&self) -> Option<String> {
        (!self.notes.is_empty()).then(|| self.notes.join("; ").replace("; (", " ("))
    }
}

/// The message about an index into what is no vector, matrix or array.
const NO_ELEMENTS: &str = "this has no elements";

/// The message about an element that a constant does not have.
const NO_PART: &str = "this value has no such element";

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
    if let Some(finding) = wrong_argument(&message, error) {
        return finding;
    }
    let labels: Vec<(Range<usize>, String)> =
        error.labels().filter_map(|(span, label)| Some((span.to_range()?, clean(label)))).collect();
    let mut notes: Vec<String> = error.notes().map(clean).filter(|note| !note.contains("<https://github.com")).collect();
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
    let message = if is_internal(&message) { "WGSL does not allow this".to_owned() } else { message };
    labels.iter_mut().filter(|(_, label)| is_internal(label)).for_each(|(_, label)| label.clear());
    notes.retain(|note| !is_internal(note));
    let (part, message) = part_of_front_end(message, &mut labels, error);
    Finding { cause, message, labels, notes, subject: None, member: None, part, is_front_end: true }
}

/// Which part of its range an error of the front end is about, and its message.
fn part_of_front_end(
    message: String,
    labels: &mut Vec<(Range<usize>, String)>,
    error: &naga::front::wgsl::ParseError,
) -> (Option<Part>, String) {
    if let Some(rest) = message.strip_prefix("the type of `")
        && let Some((name, types)) = rest.split_once("` is expected to be `")
        && let Some((expected, found)) = types.trim_end_matches('`').split_once("`, but got `")
    {
        let found = quoted(found);
        labels.iter_mut().for_each(|(_, label)| *label = format!("this is {found}"));
        return (Some(Part::Value), format!("`{name}` is declared as `{expected}`, but its value is {found}"));
    }
    if message.starts_with("automatic conversions cannot convert") {
        // naga's first label is what is assigned to, its second what has the wrong type: this may lie where the value was made.
        let spans: Vec<_> = error.labels().collect();
        let source = spans.get(1).and_then(|(span, label)| {
            Some((span.to_range(), clean(label).strip_prefix("this expression has type ").map(quoted)?))
        });
        let target = spans.first().and_then(|(span, _)| span.to_range());
        let wanted = message.rsplit('`').nth(1).unwrap_or("another type").to_owned();
        let Some((range, found)) = source else { return (None, message) };
        let label = format!("this is {found}");
        let message = format!("{found} where `{wanted}` is wanted");
        // What is assigned to leads to the value; a type that a value is given to does not.
        *labels = target.iter().cloned().chain(range).map(|range| (range, label.clone())).collect();
        return (target.map(|_| Part::Assigned), message);
    }
    if message == "the index is out of bounds" || message == NO_PART {
        return (Some(Part::Index), message);
    }
    if let Some(function) = message.strip_suffix(" built-in function argument is out of valid range") {
        return (Some(Part::Argument(0)), format!("`{function}` does not take this value"));
    }
    if let Some((there, missing)) = message.strip_prefix("variable `@").and_then(|rest| rest.split_once("` needs a `"))
        && let (Some((there, _)), Some((missing, _))) = (there.split_once('('), missing.split_once('`'))
    {
        labels.iter_mut().for_each(|(_, label)| label.clear());
        return (Some(Part::Name), format!("a variable with `@{there}` needs `@{missing}` too"));
    }
    if let Some(name) = message.strip_prefix("declaration of ") {
        if let Some(name) = name.strip_suffix(" is recursive") {
            return (None, format!("{name} uses itself"));
        }
        if let Some(name) = name.strip_suffix(" is cyclic") {
            return (None, format!("{name} uses itself by way of others"));
        }
    }
    (None, message)
}

/// A type in backticks; what is no type of WGSL, such as a literal's, without.
fn quoted(ty: &str) -> String {
    match ty.trim_matches('`') {
        "float literal" => "a float literal".to_owned(),
        "integer literal" => "an integer literal".to_owned(),
        ty => format!("`{ty}`"),
    }
}

/// The finding about an argument of a built-in function.
fn wrong_argument(message: &str, error: &naga::front::wgsl::ParseError) -> Option<Finding> {
    let (kind, rest) = message.split_once(" type passed as argument #")?;
    let (number, function) = rest.split_once(" to ")?;
    let index = number.parse::<usize>().ok()?.checked_sub(1)?;
    let labels: Vec<(Option<Range<usize>>, String)> =
        error.labels().map(|(span, label)| (span.to_range(), clean(label))).collect();
    let found = labels.iter().find_map(|(_, label)| label.strip_prefix(&format!("argument #{number} has type ")))?;
    let found = quoted(found);
    let before = labels.iter().find_map(|(_, label)| {
        let ty = label.strip_prefix("this argument has type ")?.strip_suffix(", which constrains subsequent arguments")?;
        Some(quoted(ty))
    });
    let allowed = error.notes().map(clean).filter_map(|note| note.strip_prefix("allowed type: ").map(str::to_owned));
    let accepted = accepted_types(&allowed.collect::<Vec<_>>());
    let note = match before {
        // What GLSL allows.
        _ if function == "`mix`" && index == 2 && found.contains("bool") => "write `select(a, b, condition)`".to_owned(),
        Some(before) if kind == "inconsistent" => format!("with {before} before it, it takes {accepted}"),
        _ => format!("it takes {accepted}"),
    };
    // The call comes first.
    let call = labels.into_iter().next()?.0;
    Some(Finding {
        cause: Cause::Invalid,
        message: format!("argument {number} of {function} cannot be {found}"),
        labels: call.map(|range| (range, format!("this is {found}"))).into_iter().collect(),
        notes: vec![note],
        subject: None,
        member: None,
        part: Some(Part::Argument(index)),
        is_front_end: true,
    })
}

/// A list of naga's types in few words. Those of literals are left out, and those that browsers do not have.
fn accepted_types(types: &[String]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in types {
        let is_ours = !["literal", "f64", "i64", "u64", "i16", "u16"].iter().any(|part| name.contains(part));
        if is_ours && !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    // f16 needs an extension: who uses it knows.
    if names.iter().any(|name| !name.contains("f16")) {
        names.retain(|name| !name.contains("f16"));
    }
    let mut out: Vec<String> = Vec::new();
    for scalar in ["f32", "f16", "i32", "u32", "bool"] {
        let vectors = [format!("vec2<{scalar}>"), format!("vec3<{scalar}>"), format!("vec4<{scalar}>")];
        if vectors.iter().all(|vector| names.contains(&vector.as_str())) {
            let has_scalar = names.contains(&scalar);
            names.retain(|name| *name != scalar && !vectors.iter().any(|vector| vector == name));
            out.push(if has_scalar { format!("`{scalar}` and vectors of it") } else { format!("vectors of `{scalar}`") });
        }
        let is_matrix = |name: &str| name.starts_with("mat") && name.contains(scalar);
        if names.iter().filter(|name| is_matrix(name)).count() == 9 {
            names.retain(|name| !is_matrix(name));
            out.push(format!("matrices of `{scalar}`"));
        }
    }
    out.extend(names.iter().map(|name| format!("`{name}`")));
    if out.is_empty() { "values of another type".to_owned() } else { out.join(", ") }
}

/// naga's message in plainer words, where there are some.
fn reworded(message: &str) -> String {
    if message.starts_with("Abstract types may only appear") {
        "this value has no concrete type here".to_owned()
    } else if message == "Cannot access the type" {
        NO_PART.to_owned()
    } else if let Some(ty) = message
        .strip_prefix("Using `")
        .or_else(|| message.strip_prefix("using `"))
        .and_then(|rest| rest.split_once("` values requires"))
    {
        format!("`{}` is not a type of WGSL", ty.0)
    } else if message == "Cannot access at the index" {
        "the index is out of bounds".to_owned()
    } else if let Some((operator, left, right)) = incompatible(message) {
        match operator {
            "&&" | "||" => format!("`{operator}` takes `bool`, and this is {left}"),
            _ => format!("`{operator}` does not take {left} and {right}"),
        }
    } else if let Some(number) =
        message.strip_prefix("Index ").and_then(|rest| rest.split_once(" is out of bounds for expression")).map(|found| found.0)
    {
        format!("index {number} is out of bounds")
    } else if message.starts_with("Invalid access into expression") || message.starts_with("Invalid sub-access into type") {
        NO_ELEMENTS.to_owned()
    } else if message == "Invalid image" {
        "this is not a texture".to_owned()
    } else if message == "Invalid pointer" {
        "this is not a pointer".to_owned()
    } else if let Some((wanted, given)) =
        message.strip_prefix("wrong number of arguments: expected ").and_then(|rest| rest.split_once(", found "))
    {
        format!("this function takes {}, but {given} are given", arguments(wanted))
    } else if let Some((wanted, given)) =
        message.strip_prefix("Constructor expects ").and_then(|rest| rest.split_once(" components, found "))
    {
        format!("this is made of {wanted} components, but {given} {} given", if given == "1" { "is" } else { "are" })
    } else if message == "Cannot apply the binary op to the arguments" {
        "this operator does not take these operands".to_owned()
    } else if message == "Cannot apply the unary op to the argument" {
        "this operator does not take this operand".to_owned()
    } else if message == "expected global declaration, but found a global directive" {
        "a directive stands behind a declaration".to_owned()
    } else if message == "workgroup size is missing on compute shader entry point" {
        "a compute shader needs a `@workgroup_size`".to_owned()
    } else {
        lower(message)
    }
}

/// How many arguments: `2`, or from naga's `3..5`, without the last, `3 or 4`.
fn arguments(count: &str) -> String {
    let numbers = count.split_once("..").and_then(|(from, end)| Some((from.parse::<u32>().ok()?, end.parse::<u32>().ok()?)));
    match numbers {
        Some((from, end)) if from + 2 == end => format!("{from} or {} arguments", from + 1),
        Some((from, end)) if from + 1 < end => format!("{from} to {} arguments", end - 1),
        Some((from, _)) => format!("{from} arguments"),
        None if count == "1" => "1 argument".to_owned(),
        None => format!("{count} arguments"),
    }
}

/// The operator and the types in a message about operands that do not go together.
pub(super) fn incompatible(message: &str) -> Option<(&'static str, String, String)> {
    let (name, types) = message.strip_prefix("Incompatible operands: ")?.trim_end_matches(')').split_once('(')?;
    let operator = OPERATORS.iter().find(|(operator, _)| format!("{operator:?}") == name)?.1;
    // A comma may also stand in a type, as in `array<f32, 4>`.
    let mut depth = 0usize;
    let comma = types.bytes().position(|byte| {
        match byte {
            b'<' => depth += 1,
            b'>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        byte == b',' && depth == 0
    })?;
    let (left, right) = types.split_at(comma);
    Some((operator, quoted(left.trim()), quoted(right.trim_start_matches(',').trim())))
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
        ValidationError::Type { name, source, handle } => naming.type_error(name, source, module.types.get_handle(*handle).ok()),
        other => Words::new(clean(&deepest(other))),
    };
    let (site, part) = naming.place(error.as_inner());
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
    // naga's place is where an operand was made; the statement that uses it says more.
    if let Some(site) = site {
        let label = ranges.pop().map_or_else(String::new, |(_, label)| label);
        ranges = vec![(site, label)];
    }
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
    let part = if words.member.is_some() { None } else { part };
    let mut finding =
        Finding { cause, message, labels: ranges, notes: words.notes, subject, member: words.member, part, is_front_end: false };
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

fn stage_name(stage: naga::ShaderStage) -> &'static str {
    match stage {
        naga::ShaderStage::Vertex => "vertex",
        naga::ShaderStage::Fragment => "fragment",
        naga::ShaderStage::Compute => "compute",
        _ => "other",
    }
}

/// The place of the first statement of a function that is wanted.
fn statement(function: &naga::Function, is_wanted: &dyn Fn(&naga::Statement) -> bool) -> Option<Range<usize>> {
    let mut open: Vec<_> = vec![function.body.span_iter()];
    while let Some(statements) = open.last_mut() {
        let Some((statement, span)) = statements.next() else {
            open.pop();
            continue;
        };
        if is_wanted(statement) {
            return span.to_range();
        }
        match statement {
            naga::Statement::Block(block) => open.push(block.span_iter()),
            naga::Statement::If { accept, reject, .. } => open.extend([reject.span_iter(), accept.span_iter()]),
            naga::Statement::Switch { cases, .. } => open.extend(cases.iter().rev().map(|case| case.body.span_iter())),
            naga::Statement::Loop { body, continuing, .. } => open.extend([continuing.span_iter(), body.span_iter()]),
            _ => {}
        }
    }
    None
}

/// Whether a pointer is the variable, without a name, in which naga keeps what `&&` or `||` gives.
fn is_logical(function: &naga::Function, pointer: naga::Handle<naga::Expression>) -> bool {
    match function.expressions.try_get(pointer) {
        Ok(naga::Expression::LocalVariable(variable)) => function.local_variables[*variable].name.is_none(),
        _ => false,
    }
}

/// The `switch` that has a selector twice, and the second of the two.
fn duplicate_case(function: &naga::Function, value: naga::SwitchValue) -> (Option<Range<usize>>, Option<Part>) {
    let second = std::cell::Cell::new(None);
    let is_it = |statement: &naga::Statement| {
        let naga::Statement::Switch { cases, .. } = statement else { return false };
        let mut alike = cases.iter().enumerate().filter(|(_, case)| case.value == value).map(|(index, _)| index);
        second.set(alike.nth(1));
        second.get().is_some()
    };
    let site = statement(function, &is_it);
    (site, second.get().map(Part::Selector))
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

    /// The statement that an error is about, where naga names only what the statement uses, and the part of it.
    fn place(&self, error: &ValidationError) -> (Option<Range<usize>>, Option<Part>) {
        match error {
            ValidationError::Function { handle, source, .. } => {
                self.function_place(source, self.module.functions.try_get(*handle).ok())
            }
            ValidationError::EntryPoint { stage, name, source } => {
                let entry = self.module.entry_points.iter().find(|entry| entry.name == *name && entry.stage == *stage);
                match source {
                    EntryPointError::Function(error) => self.function_place(error, entry.map(|entry| &entry.function)),
                    EntryPointError::Argument(index, _) => (None, Some(Part::Parameter(*index as usize))),
                    EntryPointError::Result(_) => (None, Some(Part::ResultType)),
                    EntryPointError::OutOfRangeWorkgroupSize => {
                        let size = entry.map_or([0; 3], |entry| entry.workgroup_size);
                        let wrong = size.iter().position(|number| *number == 0 || *number > MAX_WORKGROUP_SIZE);
                        (None, wrong.map(Part::WorkgroupSize))
                    }
                    EntryPointError::ForbiddenStageOperations => (None, Some(Part::Operation(*stage))),
                    _ => (None, None),
                }
            }
            ValidationError::GlobalVariable {
                source:
                    GlobalVariableError::InitializerExprType
                    | GlobalVariableError::InitializerType
                    | GlobalVariableError::InitializerNotAllowed(_),
                ..
            } => (None, Some(Part::Value)),
            ValidationError::Override { source: OverrideError::TypeNotScalar, .. } => (None, Some(Part::Type)),
            ValidationError::Type { handle, .. } => {
                let ty = self.module.types.get_handle(*handle).ok().map(|ty| &ty.inner);
                (None, matches!(ty, Some(naga::TypeInner::Atomic(_))).then_some(Part::Word("atomic")))
            }
            _ => (None, None),
        }
    }

    fn function_place(&self, error: &FunctionError, function: Option<&naga::Function>) -> (Option<Range<usize>>, Option<Part>) {
        use naga::Statement as S;
        let Some(function) = function else { return (None, None) };
        // Where a statement has no place either, a part has nothing to be looked for in.
        let at = |is_it: &dyn Fn(&S) -> bool, part: Part| match statement(function, is_it) {
            Some(range) => (Some(range), Some(part)),
            None => (None, None),
        };
        let image = |error: &ExpressionError, value: usize| match error {
            ExpressionError::InvalidImageCoordinateType(..) => 1,
            ExpressionError::InvalidImageArrayIndexType(_) | ExpressionError::InvalidImageArrayIndex => 2,
            ExpressionError::InvalidImageFormat(_) => value,
            _ => 0,
        };
        match error {
            FunctionError::Expression { source: ExpressionError::Compose(ComposeError::ComponentType { index }), handle }
                if !function.expressions.get_span(*handle).is_defined() =>
            {
                // The column of a matrix that is made of numbers: its constructor has a place.
                let column = |(parent, expression): (naga::Handle<naga::Expression>, &naga::Expression)| match expression {
                    naga::Expression::Compose { components, .. } => {
                        let at = components.iter().position(|component| component == handle)?;
                        let rows = match &function.expressions[*handle] {
                            naga::Expression::Compose { components, .. } => components.len(),
                            _ => 1,
                        };
                        Some((function.expressions.get_span(parent).to_range()?, at * rows + *index as usize))
                    }
                    _ => None,
                };
                match function.expressions.iter().find_map(column) {
                    Some((range, index)) => (Some(range), Some(Part::Argument(index))),
                    None => (None, None),
                }
            }
            FunctionError::Expression { source, handle } => {
                (None, function.expressions.try_get(*handle).ok().and_then(|expression| self.expression_part(source, expression)))
            }
            FunctionError::InvalidReturnType { expression: Some(value), .. } => {
                at(&|found| matches!(found, S::Return { value: Some(own) } if own == value), Part::Returned)
            }
            FunctionError::InvalidIfType(condition) => {
                let branch = at(&|found| matches!(found, S::If { condition: own, .. } if own == condition), Part::Condition);
                if branch.0.is_some() {
                    return branch;
                }
                at(&|found| matches!(found, S::Loop { break_if: Some(own), .. } if own == condition), Part::BreakIf)
            }
            FunctionError::InvalidStoreTypes { pointer, value } => {
                let part = if is_logical(function, *pointer) { Part::Right(&["&&", "||"]) } else { Part::Value };
                at(&|found| matches!(found, S::Store { pointer: p, value: v } if p == pointer && v == value), part)
            }
            FunctionError::InvalidStorePointer(_) => (None, None),
            FunctionError::InvalidCall { function: callee, error: CallError::ArgumentType { index, seen_expression, .. } } => {
                let is_it = |found: &S| match found {
                    S::Call { function, arguments, .. } => function == callee && arguments.get(*index) == Some(seen_expression),
                    _ => false,
                };
                at(&is_it, Part::Argument(*index))
            }
            FunctionError::InvalidStoreValue { actual, .. } => {
                at(&|found| matches!(found, S::ImageStore { value, .. } if value == actual), Part::LastArgument)
            }
            FunctionError::InvalidImageStore(error) => {
                let is_it = |found: &S| match (found, error) {
                    (S::ImageStore { coordinate, .. }, ExpressionError::InvalidImageCoordinateType(_, own)) => coordinate == own,
                    (S::ImageStore { array_index, .. }, ExpressionError::InvalidImageArrayIndexType(own)) => {
                        *array_index == Some(*own)
                    }
                    _ => false,
                };
                at(&is_it, Part::Argument(image(error, 0)))
            }
            FunctionError::InvalidAtomic(error) => {
                // naga does not show the type of this error.
                let error = format!("{error:?}");
                let is_it = |found: &S| matches!(found, S::Atomic { value, .. } if error == format!("InvalidOperand({value:?})"));
                at(&is_it, Part::LastArgument)
            }
            FunctionError::InvalidSubgroup(SubgroupError::InvalidOperand(operand)) => {
                let is_it = |found: &S| match found {
                    S::SubgroupCollectiveOperation { argument, .. } | S::SubgroupGather { argument, .. } => argument == operand,
                    S::SubgroupBallot { predicate, .. } => *predicate == Some(*operand),
                    _ => false,
                };
                at(&is_it, Part::Argument(0))
            }
            FunctionError::ConflictingSwitchCase(value) => duplicate_case(function, *value),
            FunctionError::MultipleDefaultCases => duplicate_case(function, naga::SwitchValue::Default),
            FunctionError::MissingDefaultCase
            | FunctionError::BreakOutsideOfLoopOrSwitch
            | FunctionError::ContinueOutsideOfLoop
            | FunctionError::InvalidReturnSpot
            | FunctionError::InvalidReturnType { expression: None, .. } => (None, Some(Part::Keyword)),
            FunctionError::LocalVariable { source: LocalVariableError::InvalidType(_), .. } => (None, Some(Part::Type)),
            FunctionError::InvalidArgumentType { index, .. } | FunctionError::InvalidArgumentPointerSpace { index, .. } => {
                (None, Some(Part::ParameterType(*index)))
            }
            FunctionError::PipelineInputRegularFunction { name } => {
                let index = function.arguments.iter().position(|argument| argument.name.as_deref() == Some(name));
                (None, index.map(Part::Parameter))
            }
            FunctionError::PipelineOutputRegularFunction | FunctionError::NonConstructibleReturnType => {
                (None, Some(Part::ResultType))
            }
            _ => (None, None),
        }
    }

    /// The part of an expression that is wrong with it.
    fn expression_part(&self, error: &ExpressionError, expression: &naga::Expression) -> Option<Part> {
        use naga::Expression as X;
        // The arguments of a call that samples, in the order in which WGSL has them.
        let (first, has_layer, layer) = match expression {
            X::ImageSample { gather, array_index, depth_ref, .. } => {
                // `textureGather` begins with the component, unless it reads a depth texture.
                let first = usize::from(gather.is_some() && depth_ref.is_none() && !self.is_depth(expression));
                (first, array_index.is_some(), first + 3)
            }
            X::ImageLoad { array_index, .. } => (0, array_index.is_some(), 2),
            X::ImageQuery { .. } => (0, false, 1),
            _ => (0, false, 0),
        };
        let is_sample = matches!(expression, X::ImageSample { .. });
        let coordinates = if is_sample { first + 2 } else { 1 };
        let behind = layer + usize::from(has_layer);
        Some(match error {
            ExpressionError::IndexOutOfBounds(..) | ExpressionError::NegativeIndex(_) | ExpressionError::InvalidIndexType(_) => {
                Part::Index
            }
            ExpressionError::Compose(ComposeError::ComponentType { index }) => Part::Argument(*index as usize),
            ExpressionError::SelectConditionNotABool { .. } => Part::Argument(2),
            ExpressionError::SelectValuesTypeMismatch { .. } => Part::Argument(1),
            ExpressionError::InvalidBooleanVector(_)
            | ExpressionError::InvalidFloatArgument(_)
            | ExpressionError::InvalidDerivative
            | ExpressionError::InvalidArrayType(_) => Part::Argument(0),
            ExpressionError::InvalidArgumentType(_, index, _) => Part::Argument(*index as usize),
            ExpressionError::ShiftAmountTooLarge { .. } => Part::Right(&["<<", ">>", "<<=", ">>="]),
            ExpressionError::DivideByZero => Part::Right(&["/", "%", "/=", "%="]),
            ExpressionError::InvalidImageCoordinateType(..) => Part::Argument(coordinates),
            ExpressionError::InvalidImageArrayIndexType(_) => Part::Argument(layer),
            ExpressionError::InvalidImageOtherIndexType(_) => Part::Argument(behind),
            ExpressionError::ComparisonSamplingMismatch { sampler, has_ref, .. } => {
                // The sampler is of the wrong kind, or the texture is.
                Part::Argument(if sampler == has_ref { first } else { first + 1 })
            }
            ExpressionError::ExpectedSamplerType(_) if is_sample => Part::Argument(first + 1),
            ExpressionError::ExpectedImageType(_) | ExpressionError::InvalidImageClass(_)
                if is_sample || matches!(expression, X::ImageLoad { .. } | X::ImageQuery { .. }) =>
            {
                Part::Argument(first)
            }
            ExpressionError::InvalidDepthReference(_)
            | ExpressionError::InvalidSampleLevelExactType(_)
            | ExpressionError::InvalidSampleLevelBiasType(_)
            | ExpressionError::InvalidSampleLevelGradientType(..) => Part::Argument(behind),
            ExpressionError::InvalidSampleOffset(..) | ExpressionError::InvalidSampleOffsetExprType => Part::LastArgument,
            ExpressionError::InvalidGatherComponent(_) => Part::Argument(0),
            _ => return None,
        })
    }

    fn is_depth(&self, expression: &naga::Expression) -> bool {
        // Only the image's variable says so, and a call without a reference value may have either.
        let naga::Expression::ImageSample { image, .. } = expression else { return false };
        let classes = self.module.entry_points.iter().map(|entry| &entry.function);
        let functions = self.module.functions.iter().map(|(_, function)| function).chain(classes);
        for function in functions {
            if let Ok(found) = function.expressions.try_get(*image)
                && let naga::Expression::GlobalVariable(variable) = found
                && function.expressions.iter().any(|(_, own)| std::ptr::eq(own, expression))
            {
                let ty = self.module.global_variables[*variable].ty;
                return matches!(
                    self.module.types[ty].inner,
                    naga::TypeInner::Image { class: naga::ImageClass::Depth { .. }, .. }
                );
            }
        }
        false
    }

    /// What is wrong with a type, and the member of it that is meant.
    fn type_error(&self, name: &str, error: &TypeError, ty: Option<&naga::Type>) -> Words {
        let members = match ty.map(|ty| &ty.inner) {
            Some(naga::TypeInner::Struct { members, .. }) => members.as_slice(),
            _ => &[],
        };
        let named = |member: Option<&naga::StructMember>| Some((name.to_owned(), member?.name.clone()?));
        let (mut words, member) = match error {
            TypeError::InvalidData(ty) => {
                let member = members.iter().find(|member| member.ty == *ty);
                let words = Words::new(format!("a member of a struct cannot be a `{}`", self.type_name(*ty)))
                    .note("textures, samplers and pointers are not data: declare a variable, or pass a parameter");
                (words, named(member))
            }
            TypeError::InvalidDynamicArray(field, _) => {
                let member = members.iter().find(|member| member.name.as_deref() == Some(field));
                let words = Words::new(format!("`{field}` has no length, so it must be the last member"))
                    .note("give the array a length, or move the member to the end");
                (words, named(member))
            }
            TypeError::MemberOverlap { index, .. } | TypeError::MemberOutOfBounds { index, .. } => {
                let message = lower(&clean(&deepest(error)));
                (Words::new(format!("type `{name}`: {message}")), named(members.get(*index as usize)))
            }
            TypeError::InvalidAtomicWidth(..) | TypeError::MissingCapability(_)
                if matches!(ty.map(|ty| &ty.inner), Some(naga::TypeInner::Atomic(_))) =>
            {
                (Words::new("an `atomic` holds `i32` or `u32`").note("write `atomic<i32>` or `atomic<u32>`"), None)
            }
            other => {
                let message = clean(&deepest(other));
                let words =
                    if name.is_empty() { Words::new(message) } else { Words::new(format!("type `{name}`: {}", lower(&message))) };
                (words, None)
            }
        };
        words.member = member;
        words
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
            FunctionError::InvalidStoreTypes { pointer, value }
                if function.is_some_and(|function| is_logical(function, *pointer)) =>
            {
                let found = type_of(*value).unwrap_or_else(|| "something else".to_owned());
                Words::new(format!("`&&` and `||` take `bool`, but this is `{found}`"))
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
            FunctionError::LocalVariable { name, source: LocalVariableError::InvalidType(_), .. } => {
                Words::new(format!("the variable `{name}` of a function cannot have this type"))
                    .note("textures and samplers are variables of the module; arrays need a length")
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
                        let required = arguments(&required.to_string());
                        Words::new(format!(
                            "`{callee}` takes {required}, but {seen} {} given",
                            if *seen == 1 { "is" } else { "are" }
                        ))
                    }
                    other => Words::new(format!("call of `{callee}`: {}", lower(&clean(&deepest(other))))),
                }
            }
            // A language feature that all browsers have; naga lacks it.
            FunctionError::InvalidArgumentPointerSpace { name, .. } => {
                Words::new(format!("the pointer `{name}` to this address space as a parameter")).cause(Cause::Unsupported)
            }
            FunctionError::PipelineInputRegularFunction { name: parameter } => Words::new(format!(
                "the parameter `{parameter}` of `{name}` has an attribute, but `{name}` is not an entry point"
            ))
            .note("write `@vertex`, `@fragment` or `@compute` before `fn`, or take the attribute away"),
            FunctionError::PipelineOutputRegularFunction => {
                Words::new(format!("the result of `{name}` has an attribute, but `{name}` is not an entry point"))
                    .note("write `@vertex` or `@fragment` before `fn`, or take the attribute away")
            }
            FunctionError::ConflictingSwitchCase(value) => {
                let value = match value {
                    naga::SwitchValue::I32(value) => value.to_string(),
                    naga::SwitchValue::U32(value) => value.to_string(),
                    naga::SwitchValue::Default => "default".to_owned(),
                };
                Words::new(format!("the case {value} is there twice"))
            }
            FunctionError::MultipleDefaultCases => Words::new("a `switch` has one `default` only"),
            FunctionError::InvalidReturnSpot => Words::new("`return` stands in a `continuing` block"),
            FunctionError::InvalidImageStore(error) => self.expression_error(error, None),
            FunctionError::InvalidStoreValue { actual_ty, expected_ty, .. } => {
                let (found, wanted) = (self.inner_name(actual_ty), self.inner_name(expected_ty));
                Words::new(format!("this texture holds `{wanted}`, but this is `{found}`")).label(format!("this is `{found}`"))
            }
            FunctionError::InvalidSubgroup(SubgroupError::InvalidOperand(_)) => {
                Words::new("this subgroup function does not take a value of this type")
            }
            FunctionError::InvalidArgumentType { name, .. } => {
                Words::new(format!("a parameter cannot have the type of `{name}`"))
            }
            FunctionError::NonConstructibleReturnType => Words::new(format!("`{name}` cannot return a value of this type"))
                .note("textures, samplers, pointers and arrays without a length cannot be returned"),
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
            ExpressionError::NegativeIndex(_) => Words::new("an index cannot be negative"),
            ExpressionError::InvalidIndexType(_) => Words::new("an index must be an `i32` or `u32`"),
            ExpressionError::InvalidBaseType(_) => Words::new(NO_ELEMENTS),
            ExpressionError::Compose(ComposeError::ComponentType { index }) => Words::new(match own_type {
                Some(own) => format!("this value does not fit into the `{own}` that is made here"),
                None => format!("argument {} of this constructor has a type that does not fit", index + 1),
            }),
            ExpressionError::Compose(ComposeError::ComponentCount { given, expected }) => {
                let own = own_type.map_or_else(|| "this".to_owned(), |own| format!("a `{own}`"));
                Words::new(format!(
                    "{own} is made of {expected} components, but {given} {} given",
                    if *given == 1 { "is" } else { "are" }
                ))
            }
            ExpressionError::SelectConditionNotABool { actual } => {
                Words::new("the condition of `select` must be `bool`").label(format!("this is `{}`", self.inner_name(actual)))
            }
            ExpressionError::SelectValuesTypeMismatch { accept, reject } => {
                let (accept, reject) = (self.inner_name(accept), self.inner_name(reject));
                Words::new(format!("the two values of `select` must have one type, not `{reject}` and `{accept}`"))
                    .label(format!("this is `{accept}`"))
            }
            ExpressionError::InvalidBooleanVector(_) => Words::new("this function takes a vector of `bool`"),
            ExpressionError::InvalidDerivative => Words::new("derivatives are taken of `f32` and vectors of it only"),
            ExpressionError::InvalidArrayType(_) => Words::new("`arrayLength` takes a pointer to an array without a length")
                .note("only the last member of a `var<storage>`, or all of it, can be such an array"),
            ExpressionError::ShiftAmountTooLarge { lhs_type, .. } => {
                Words::new(format!("a `{}` has fewer bits than it is shifted by", self.inner_name(lhs_type)))
            }
            ExpressionError::ExpectedSamplerType(ty) => {
                Words::new("a sampler is wanted here").label(format!("this is `{}`", self.type_name(*ty)))
            }
            ExpressionError::ExpectedImageType(ty) => {
                Words::new("a texture is wanted here").label(format!("this is `{}`", self.type_name(*ty)))
            }
            ExpressionError::InvalidImageClass(_) => Words::new("this function does not take textures of this kind"),
            ExpressionError::InvalidImageArrayIndexType(_) => Words::new("the layer must be an `i32` or `u32`"),
            ExpressionError::InvalidImageOtherIndexType(_) => {
                Words::new("the mip level or sample index must be an `i32` or `u32`")
            }
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
        let stage = stage_name(stage);
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
        let mut words = self.varying_words(what, stage, error, ty);
        if words.member.is_none() {
            words.member = self.varying_member(error, ty);
        }
        words
    }

    /// Struct and member that an error about what goes between stages is about, if it is a struct.
    fn varying_member(&self, error: &VaryingError, ty: Option<naga::Handle<naga::Type>>) -> Option<(String, String)> {
        let ty = self.module.types.get_handle(ty?).ok()?;
        let naga::TypeInner::Struct { members, .. } = &ty.inner else { return None };
        let location_of = |member: &naga::StructMember| match member.binding {
            Some(naga::Binding::Location { location, .. }) => Some(location),
            _ => None,
        };
        let has_built_in = |member: &naga::StructMember, wanted: &naga::BuiltIn| matches!(&member.binding, Some(naga::Binding::BuiltIn(own)) if std::mem::discriminant(own) == std::mem::discriminant(wanted));
        let inner = |member: &naga::StructMember| &self.module.types[member.ty].inner;
        let mut members = members.iter();
        let member = match error {
            VaryingError::BindingCollision { location } => members.rfind(|member| location_of(member) == Some(*location)),
            VaryingError::DuplicateBuiltIn(built_in) => members.rfind(|member| has_built_in(member, built_in)),
            VaryingError::InvalidBuiltInStage(built_in) | VaryingError::InvalidBuiltInType(built_in, _) => {
                members.find(|member| has_built_in(member, built_in))
            }
            VaryingError::NotIOShareableType(ty) | VaryingError::InvalidType(ty) => members.find(|member| member.ty == *ty),
            VaryingError::InvalidInterpolationForInteger => members.find(|member| {
                let is_integer = matches!(inner(member).scalar_kind(), Some(naga::ScalarKind::Sint | naga::ScalarKind::Uint));
                let is_flat = matches!(
                    member.binding,
                    Some(naga::Binding::Location { interpolation: Some(naga::Interpolation::Flat), .. })
                );
                is_integer && location_of(member).is_some() && !is_flat
            }),
            _ => None,
        };
        Some((ty.name.clone()?, member?.name.clone()?))
    }

    fn varying_words(&self, what: &str, stage: &str, error: &VaryingError, ty: Option<naga::Handle<naga::Type>>) -> Words {
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

    /// Struct and member whose place or stride is wrong; `ty` is the struct, or the type of the member.
    fn misplaced_member(&self, ty: naga::Handle<naga::Type>, error: &Disalignment) -> Option<(String, String)> {
        let index = match error {
            Disalignment::MemberOffset { index, .. }
            | Disalignment::MemberOffsetAfterStruct { index, .. }
            | Disalignment::UnsizedMember { index } => Some(*index as usize),
            _ => None,
        };
        let member_of = |ty: &naga::Type, is_it: &dyn Fn(usize, &naga::StructMember) -> bool| {
            let naga::TypeInner::Struct { members, .. } = &ty.inner else { return None };
            let (_, member) = members.iter().enumerate().find(|(index, member)| is_it(*index, member))?;
            Some((ty.name.clone()?, member.name.clone()?))
        };
        match index {
            Some(wrong) => member_of(self.module.types.get_handle(ty).ok()?, &|index, _| index == wrong),
            None => self.module.types.iter().find_map(|(_, found)| member_of(found, &|_, member| member.ty == ty)),
        }
    }

    fn variable_error(&self, name: &str, error: &GlobalVariableError) -> Words {
        match error {
            GlobalVariableError::InvalidBinding => Words::new(format!("`{name}` has no binding, or one that it may not have"))
                .note("uniforms, storage, textures and samplers need `@group(n) @binding(n)`; `private` and `workgroup` variables have none"),
            GlobalVariableError::Alignment(_, ty, source @ Disalignment::NonHostShareable) => {
                let mut words = Words::new(format!("`{name}` holds a type that buffers cannot hold"))
                    .note("buffers hold numbers, vectors, matrices, arrays and structs of them: write `u32` for a `bool`");
                words.member = self.misplaced_member(*ty, source);
                words
            }
            GlobalVariableError::Alignment(_, ty, source) => {
                let mut words = Words::new(format!("the layout of `{name}` does not suit its address space: {}", lower(&clean(&deepest(source)))))
                    .note("in a uniform, array elements and structs stand at multiples of 16 bytes: use `vec4f` elements, or a storage buffer");
                words.member = self.misplaced_member(*ty, source);
                words
            }
            GlobalVariableError::InvalidType(_) | GlobalVariableError::InvalidUsage(_) | GlobalVariableError::MissingTypeFlags { .. } => {
                Words::new(format!("`{name}` has a type that its address space does not allow"))
                    .note("textures and samplers are declared by `var` alone; uniforms hold no `bool`, no `atomic` and no open array")
            }
            other => Words::new(format!("`{name}`: {}", lower(&clean(&deepest(other))))),
        }
    }
}

/// naga's operators of two operands, and WGSL's.
const OPERATORS: [(naga::BinaryOperator, &str); 18] = [
    (naga::BinaryOperator::Add, "+"),
    (naga::BinaryOperator::Subtract, "-"),
    (naga::BinaryOperator::Multiply, "*"),
    (naga::BinaryOperator::Divide, "/"),
    (naga::BinaryOperator::Modulo, "%"),
    (naga::BinaryOperator::Equal, "=="),
    (naga::BinaryOperator::NotEqual, "!="),
    (naga::BinaryOperator::Less, "<"),
    (naga::BinaryOperator::LessEqual, "<="),
    (naga::BinaryOperator::Greater, ">"),
    (naga::BinaryOperator::GreaterEqual, ">="),
    (naga::BinaryOperator::And, "&"),
    (naga::BinaryOperator::ExclusiveOr, "^"),
    (naga::BinaryOperator::InclusiveOr, "|"),
    (naga::BinaryOperator::LogicalAnd, "&&"),
    (naga::BinaryOperator::LogicalOr, "||"),
    (naga::BinaryOperator::ShiftLeft, "<<"),
    (naga::BinaryOperator::ShiftRight, ">>"),
];

fn operator_name(operator: naga::BinaryOperator) -> &'static str {
    OPERATORS.iter().find(|(theirs, _)| *theirs == operator).map_or("this operator", |(_, ours)| ours)
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

    /// What a word means, if that is no value.
    fn meaning(&self, token: usize) -> Option<&'static str> {
        let Some(Role::Uses(id)) = self.scopes.roles.get(token) else { return None };
        match self.scopes.declarations.get(id.0 as usize)?.kind {
            DeclarationKind::Function => Some("function"),
            DeclarationKind::Struct | DeclarationKind::Alias => Some("type"),
            _ => None,
        }
    }

    /// The name of a variable whose type is a struct by name, and the struct's members; none where that is not so.
    fn members(&self, variable: usize) -> (&'a str, Vec<&'a str>) {
        let members = || {
            let of = |token: usize, is_struct: bool| {
                let Some(Role::Uses(id)) = self.scopes.roles.get(token) else { return None };
                let found = self.scopes.declarations.get(id.0 as usize)?;
                (is_struct == (found.kind == DeclarationKind::Struct)).then_some(found)
            };
            let declared = of(variable, false)?.token;
            let ty = (self.word(declared + 1) == ":").then_some(declared + 2)?;
            let structure = self.scopes.items.get(of(ty, true)?.item)?;
            let fields = structure.tokens.clone().filter(|token| self.scopes.roles.get(*token) == Some(&Role::Field));
            Some(fields.map(|token| self.word(token)).collect())
        };
        (self.word(variable), members().unwrap_or_default())
    }

    /// What an operator between types that do not go together does: `u.time * 2u` multiplies `f32` by `u32`.
    fn deed(&self) -> Option<String> {
        /// Longer expressions are not repeated. Picked by feel.
        const LONGEST: usize = 40;
        let (operator, left, right) = conversion::operand_types(&self.finding.message)?;
        let text = self.text.get(self.finding.labels.first()?.0.clone())?;
        let is_short = text.chars().count() <= LONGEST && !text.contains(['\n', '\r']);
        let deed = conversion::deed(operator, left, right)?;
        is_short.then(|| format!("`{text}` {deed}"))
    }

    /// What to write where types do not go together.
    fn conversion(&self) -> Option<Conversion> {
        let message = self.finding.message.as_str();
        let range = self.finding.labels.first().map(|(range, _)| range.clone())?;
        if let Some((wanted, found)) = conversion::value_types(message) {
            return conversion::value(wanted, found, range.clone(), self.text.get(range)?);
        }
        if let Some(found) = conversion::argument_type(message) {
            let takes = self.finding.help().unwrap_or_default();
            return conversion::argument(found, &takes, range.clone(), self.text.get(range)?);
        }
        let (operator, left, right) = conversion::operand_types(message)?;
        // `<` may begin the type of a vector.
        let is_clear = !matches!(operator, "<" | ">");
        let mut depth = 0usize;
        let mut at = None;
        for (index, token) in self.tokens.iter().enumerate().filter(|(_, token)| range.contains(&token.range().start)) {
            match token.text(self.text) {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                word if depth == 0 && word == operator && is_clear => at = Some(index),
                _ => {}
            }
        }
        let operator = self.range(at?);
        let (before, after) = (range.start..operator.start, operator.end..range.end);
        let trimmed = |range: Range<usize>| {
            let text = self.text.get(range.clone())?;
            let start = range.start + (text.len() - text.trim_start().len());
            Some((start..start + text.trim().len(), text.trim()))
        };
        let ((before, before_text), (after, after_text)) = (trimmed(before)?, trimmed(after)?);
        conversion::operands((left, before, before_text), (right, after, after_text))
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

/// What a finding tells of its cause: nothing behind this module knows naga's words.
pub(super) fn clue(context: &Context<'_>, advice: &Advice) -> Option<Clue> {
    match &context.finding.cause {
        Cause::UnknownName(name) => Some(Clue::Undefined { name: name.clone(), kinds: Vec::new(), is_in_shader: true }),
        Cause::Syntax => {
            let (message, found) = (context.finding.message.as_str(), context.word(context.place));
            // What is worded in another way is another mistake.
            let says = |words: &str| advice.message.is_none() && message.contains(words);
            // A second brace opens a block, in which no function begins: naga takes it for an attribute.
            let is_cause = says("expected `{`") || says("attribute identifier");
            let is_item = message.starts_with("expected global item") && !matches!(found, "let" | "?" | "#");
            let is_consequence = is_item || says("the end of the shader");
            (is_cause || is_consequence).then_some(Clue::Braces { is_cause, is_consequence })
        }
        Cause::Location | Cause::Invalid | Cause::MissingReturn | Cause::Unsupported => None,
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
    if let Some(what) = message.strip_prefix("expected variable access").and(context.meaning(place)) {
        advice.message = Some(format!("`{found}` is a {what}, not a value"));
        advice.label = Some("a value is wanted here".to_owned());
        advice.help = Some(format!("write `{found}(…)`"));
    } else if found == "?" {
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
        advice.message = Some("`#` means nothing in WGSL".to_owned());
        advice.label = Some("not allowed here".to_owned());
        advice.help =
            Some("WGSL has no preprocessor: `#define`, `#import` and the like stand outside of the shader's text".to_owned());
    } else if message.starts_with("expected global item") && is_glsl(found) {
        advice.message = Some(GLSL.to_owned());
        advice.label = Some(format!("WGSL has no `{found}`"));
        advice.help = Some(
            "translate it: `void f(vec2 p)` to `fn f(p: vec2f)`, `vec3 c = …` to `let c = …`, `vec3(…)` to `vec3f(…)`, and a uniform to \
             `@group(0) @binding(0) var<uniform>`"
                .to_owned(),
        );
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

/// The message about a shader in GLSL, which is said once.
pub(super) const GLSL: &str = "this shader is GLSL, and shaders are written in WGSL here";

/// Whether a declaration of GLSL begins with this word, and none of WGSL.
fn is_glsl(word: &str) -> bool {
    matches!(word, "void" | "uniform" | "varying" | "attribute" | "precision" | "in" | "out" | "layout")
}

/// `float x = 1.0;`: a type where WGSL wants `let` or `var`.
fn foreign_declaration(context: &Context<'_>, place: usize) -> Advice {
    let (ty, name) = (context.word(place), context.word(place + 1));
    let mut advice = Advice {
        message: Some(format!("`{ty} {name}` is not a WGSL declaration")),
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
    if let Some(conversion) = context.conversion() {
        advice.message = context.deed();
        advice.help = Some(conversion.help);
        advice.fix = conversion.edit.map(|(range, put)| (format!("write `{put}`"), range, put));
    } else if message.starts_with("invalid left-hand side of assignment") {
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
    } else if message.starts_with("this value has no concrete type")
        && context.tokens.get(context.place).is_some_and(|token| token.kind == TokenKind::Number)
    {
        advice.message = Some("nothing here gives this number a type".to_owned());
        advice.help = Some("what stands beside it is not a number".to_owned());
    } else if message.starts_with("this value has no concrete type") {
        advice.help = Some("a function without `-> type` returns no value".to_owned());
    } else if message.starts_with("failed to convert expression") {
        advice.message = Some("the numbers of this expression have different types".to_owned());
        advice.label = Some(String::new());
        advice.help = Some("WGSL does not convert values by itself: write the type around one side, as in `f32(x)`".to_owned());
    } else if message.contains("` is declared as `") || message.ends_with("` is wanted") {
        advice.help = Some("WGSL does not convert values by itself: write the type around it, as in `f32(x)`".to_owned());
    } else if message.starts_with("invalid field accessor") {
        let name = context.word(context.place);
        let own =
            context.place.checked_sub(2).filter(|_| context.word(context.place - 1) == ".").map(|base| context.members(base));
        if let Some((base, members)) = own.filter(|(_, members)| !members.is_empty()) {
            advice.message = Some(format!("`{base}` has no member `{name}`"));
            advice.label = Some("no such member".to_owned());
            advice.help = Some(format!("it has `{}`", members.join("`, `")));
            if let Some(found) = nearest(name, members.iter().copied()) {
                advice.help = Some(format!("did you mean `{found}`?"));
                advice.fix = Some((format!("replace with `{found}`"), context.range(context.place), found.to_owned()));
            }
            return advice;
        }
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
