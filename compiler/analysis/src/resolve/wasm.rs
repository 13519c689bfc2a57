//! `#wasmCall` and `#data wasm={…}`: modules, what is called in them, and with which arguments.
//! Source: language reference, sections 9.4 and 9.22.

use super::eval::{Evaluator, Slot};
use super::files::Files;
use super::notes::Notes;
use super::references::Target;
use super::values::Reader;
use crate::data::wasm::{self, Export, Interface, Returns, WasmError};
use crate::language::{self, Argument, Elem, Prop, Ty, Val};
use crate::limits::{MAX_ARGUMENTS, MAX_RESULT_BYTES};
use pngine_format::args::{Arg, NumberType};
use pngine_format::status::INPUTS;
use pngine_scene::{Bytes, WasmFunction, WasmModule};
use pngine_source::diag::{Code, Diagnostic, at_most, nearest};
use pngine_source::source::{Span, Spanned};
use pngine_syntax::tree::{Value, ValueKind};
use std::collections::BTreeMap;

/// What an argument can be beside a number: its path, the input that holds it, and the position of the single in that.
const ARGUMENT_INPUTS: [(&str, &str, u32); 4] = [
    ("canvas.width", "pngineInputs", 1),
    ("canvas.height", "pngineInputs", 2),
    ("time.total", "pngineInputs", 0),
    ("time.delta", "frameInputs", 0),
];

/// The offset in the input block of what a path means.
fn input_of(first: &str, second: &str) -> Option<(u16, &'static str)> {
    let first = if first == "t" { "time" } else { first };
    let (path, input, index) = ARGUMENT_INPUTS.into_iter().find(|(path, ..)| path.split_once('.') == Some((first, second)))?;
    let offset = INPUTS.iter().find(|source| source.name == input)?.offset + 4 * index;
    Some((u16::try_from(offset).ok()?, path))
}

/// A property without a default.
pub(super) type Written<T> = language::Slot<Option<T>>;

impl Reader<'_, '_> {
    /// An argument: a number, or a value that the host knows.
    pub fn argument(&mut self, prop: &Prop, ty: Ty, value: &Value, depth: usize) -> Val {
        if let Some((aliased, depth)) = self.numbers.alias(value, depth, self.notes)
            && matches!(aliased.kind, ValueKind::Path(_) | ValueKind::Ref(_) | ValueKind::Ident(_))
        {
            return self.argument(prop, ty, &aliased, depth);
        }
        let words: Option<Vec<&str>> = match &value.kind {
            ValueKind::Path(words) | ValueKind::Ref(words) => Some(words.iter().map(|word| word.name.as_str()).collect()),
            ValueKind::Str(text) => {
                let path = text.strip_prefix('$').unwrap_or(text);
                let is_path = path.contains('.') && path.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.');
                is_path.then(|| path.split('.').collect())
            }
            ValueKind::Array(_) | ValueKind::Object(_) | ValueKind::Bool(_) => return self.wrong_type(prop, ty, value),
            _ => None,
        };
        if let Some([first @ ("canvas" | "time" | "t"), second]) = words.as_deref() {
            let Some((offset, name)) = input_of(first, second) else {
                let known = ARGUMENT_INPUTS.map(|(path, ..)| format!("`{path}`")).join(", ");
                let diagnostic = Diagnostic::unknown_path(value.span, &[first, second]);
                self.notes.report(diagnostic.help(format!("an argument is a number, or one of {known}")));
                return Val::Bad;
            };
            let is_old = match &value.kind {
                ValueKind::Ref(_) => true,
                ValueKind::Str(text) => text.starts_with('$'),
                _ => false,
            };
            if is_old {
                let written = format!("{first}.{second}");
                let modern = if *first == "t" { format!("time.{second}") } else { written.clone() };
                self.notes.old_reference(value.span, &written, &modern);
            }
            self.notes.means(Target::Predeclared(name), value.span);
            return Val::InputSingle(offset);
        }
        let Ok(result) = self.eval().eval(value, Slot::Number) else { return Val::Bad };
        match (result.width, result.height, result.constant) {
            (0.0, 0.0, number) => Val::Num(number),
            (1.0, 0.0, 0.0) => input_of("canvas", "width").map_or(Val::Bad, |(offset, _)| Val::InputSingle(offset)),
            (0.0, 1.0, 0.0) => input_of("canvas", "height").map_or(Val::Bad, |(offset, _)| Val::InputSingle(offset)),
            _ => {
                let message = "an argument cannot be computed from the size of the canvas";
                let diagnostic = Diagnostic::new(Code::CanvasNotAllowed, value.span, message);
                self.notes.report(diagnostic.help("pass `canvas.width` or `canvas.height` as it is, and compute in the module"));
                Val::Bad
            }
        }
    }
}

impl Evaluator<'_, '_> {
    /// How many bytes a `returns` stands for: the inner `None` for `void`.
    pub fn result_size(&mut self, text: &str, span: Span) -> Option<Option<u32>> {
        let Some(returns) = wasm::returns(text) else {
            let message = format!("`{text}` is not a result type");
            self.notes.report(
                Diagnostic::new(Code::UnknownWord, span, message)
                    .help("there are f32, i32, u32, f16, vec2 to vec4, mat2x2 to mat4x4, `array<T, N>` in quotes, and void"),
            );
            return None;
        };
        let Returns::Bytes(element, counts) = returns else { return Some(None) };
        let mut bytes = f64::from(element);
        for count in counts {
            let value = Value { kind: ValueKind::Str(count.to_string()), span };
            let Val::Num(count) = self.integer(&value, Slot::Number, 1.0, MAX_RESULT_BYTES) else { return None };
            bytes *= count;
        }
        if bytes > MAX_RESULT_BYTES {
            let message = at_most(format!("`{text}` has {bytes} bytes"), MAX_RESULT_BYTES);
            self.notes.report(Diagnostic::new(Code::OutOfRange, span, message).help("no buffer is larger"));
            return None;
        }
        let bytes = bytes as u32;
        if !bytes.is_multiple_of(4) {
            let message =
                format!("`{text}` has {bytes} bytes, which is not a multiple of 4, as it must be in a write to a buffer");
            self.notes
                .report(Diagnostic::new(Code::Unaligned, span, message).help("return a larger array, or a type of 32 bits"));
            return None;
        }
        Some(Some(bytes))
    }
}

/// The modules that are called into.
#[derive(Default)]
pub(super) struct WasmModules {
    /// In the order in which they are met.
    pub modules: Vec<WasmModule>,
    /// What each of them exports and imports.
    interfaces: Vec<Interface>,
    /// Modules by their paths; `None` for one that cannot be used, which is reported.
    by_path: BTreeMap<String, Option<usize>>,
}

impl WasmModules {
    /// The module that an object names; the same file is the same module.
    pub fn module(&mut self, module: &Written<language::Url>, files: Files<'_>, notes: &mut Notes<'_>) -> Option<(usize, Span)> {
        let Spanned { value: path, span } = &module.value.as_ref()?.url.found()?;
        let (found, bytes) = files.find(path, *span, notes)?;
        if let Some(known) = self.by_path.get(&found) {
            return known.map(|module| (module, *span));
        }
        let module = match wasm::interface(&bytes) {
            Ok(interface) => {
                let bytes = Bytes::new(bytes);
                self.modules.push(WasmModule { path: found.clone(), span: *span, bytes });
                self.interfaces.push(interface);
                Some(self.modules.len() - 1)
            }
            Err(error) => {
                let diagnostic = match error {
                    WasmError::Invalid(reason, at) => {
                        let message = format!("`{path}` is not a WebAssembly module that hosts run: {reason}, at byte {at}");
                        let diagnostic = Diagnostic::new(Code::BadWasm, *span, message);
                        diagnostic.help("it must be a module of WebAssembly 2.0 in binary form")
                    }
                    WasmError::Import(reason) => {
                        let message = format!("no host can instantiate `{path}`: {reason}");
                        let diagnostic = Diagnostic::new(Code::WasmImport, *span, message);
                        diagnostic.help("hosts offer `env.abort`, and `env.memory` of one page")
                    }
                };
                notes.report(diagnostic);
                None
            }
        };
        self.by_path.insert(found, module);
        module.map(|module| (module, *span))
    }

    /// What an object with `module`, `func`, `returns` and perhaps `args` calls. `None` for a mistake, which is reported.
    pub fn function(
        &self,
        (module, module_span): (usize, Span),
        func: Spanned<String>,
        (returns, returns_span): (Option<u32>, Span),
        args: Option<&language::Slot<Vec<Elem<Argument>>>>,
        notes: &mut Notes<'_>,
    ) -> Option<WasmFunction> {
        let (func, func_span) = (func.value.as_str(), func.span);
        let interface = &self.interfaces[module];
        let (params, results) = match interface.exports.get(func) {
            Some(Export::Function { params, results }) => (params, results),
            other => {
                let message = match other {
                    Some(Export::Other(what)) => format!("`{func}` is {what}, not a function"),
                    _ => format!("the module exports no function `{func}`"),
                };
                let names: Vec<&str> = interface
                    .exports
                    .iter()
                    .filter(|(_, export)| matches!(export, Export::Function { .. }))
                    .map(|(name, _)| name.as_str())
                    .collect();
                let diagnostic = Diagnostic::new(Code::WasmExport, func_span, message).also(module_span, "the module");
                notes.report(match nearest(func, names.iter().copied()) {
                    Some(near) => diagnostic.did_you_mean(func_span, near),
                    None if names.is_empty() => diagnostic.help("it exports no function at all"),
                    None => diagnostic.help(format!("it exports `{}`", names[..names.len().min(12)].join("`, `"))),
                });
                return None;
            }
        };
        let args = arguments(args, (func, func_span), params, notes);
        let fits = match (returns, results.as_slice()) {
            (None, []) | (_, [Some(NumberType::I32)]) => true,
            (None, _) => {
                let message = format!("`{func}` returns {}, and a host takes an i32 or nothing", types(results));
                notes.report(
                    Diagnostic::new(Code::WasmSignature, func_span, message).help("export a function that returns nothing"),
                );
                false
            }
            (Some(_), results) => {
                let message = format!("`{func}` returns {}, and the result is an i32: where the bytes start", types(results));
                let help = if results.is_empty() { "write `returns=void`" } else { "return an offset into the module's memory" };
                notes.report(
                    Diagnostic::new(Code::WasmSignature, func_span, message)
                        .also(returns_span, "what it is said to return")
                        .help(help),
                );
                false
            }
        };
        if returns.is_some() && !interface.has_memory {
            let message = "the module exports no memory called `memory`, so the result cannot be read";
            notes.report(Diagnostic::new(Code::WasmExport, module_span, message).help("export the memory as `memory`"));
            return None;
        }
        let args = args?;
        fits.then(|| WasmFunction { module, func: func.to_string(), args, len: returns })
    }
}

/// The arguments, in the types of the parameters.
fn arguments(
    slot: Option<&language::Slot<Vec<Elem<Argument>>>>,
    (func, func_span): (&str, Span),
    params: &[Option<NumberType>],
    notes: &mut Notes<'_>,
) -> Option<Vec<Arg>> {
    if slot.is_some_and(language::Slot::is_bad) {
        return None;
    }
    let given = slot.map_or(&[][..], |slot| slot.value.as_slice());
    let args_span = slot.map_or(func_span, |slot| slot.span_or(func_span));
    if given.len() > MAX_ARGUMENTS {
        let message = at_most(format!("{} arguments", given.len()), MAX_ARGUMENTS);
        notes.report(Diagnostic::new(Code::BadLength, args_span, message));
        return None;
    }
    if params.contains(&None) {
        let message = format!("`{func}` takes {}, and arguments are numbers", types(params));
        notes.report(Diagnostic::new(Code::WasmSignature, func_span, message).help("export a function that takes numbers"));
        return None;
    }
    if given.len() != params.len() {
        // One mistake is enough to be told of.
        if given.iter().any(|argument| argument.value.is_none()) {
            return None;
        }
        let message = format!(
            "`{func}` takes {}, but {}",
            if params.is_empty() { "no arguments".to_string() } else { types(params) },
            pngine_source::diag::given(given.len()),
        );
        let diagnostic = Diagnostic::new(Code::WasmSignature, args_span, message);
        let places = vec!["…"; params.len()].join(" ");
        notes.report(if params.is_empty() {
            diagnostic.help("leave `args` out")
        } else {
            diagnostic.help(format!("write `args=[{places}]`, a number for each"))
        });
        return None;
    }
    let converted: Vec<Option<Arg>> = given
        .iter()
        .zip(params.iter().flatten().zip(1..))
        .map(|(argument, (ty, position))| match argument.value? {
            Argument::Number(number) => {
                converted(number, *ty, argument.span, &format!("parameter {position} of `{func}`"), notes)
            }
            Argument::Input(offset) => Some(Arg::Input(*ty, offset)),
        })
        .collect();
    converted.into_iter().collect()
}

/// A number in the type of a parameter.
fn converted(number: f64, ty: NumberType, span: Span, what: &str, notes: &mut Notes<'_>) -> Option<Arg> {
    /// Up to here every whole number is a double.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let (least, most, is_whole) = match ty {
        // As the bits of the parameter: whether they have a sign, the module decides.
        NumberType::I32 => (f64::from(i32::MIN), f64::from(u32::MAX), true),
        NumberType::I64 => (-EXACT, EXACT, true),
        NumberType::F32 => (f64::from(f32::MIN), f64::from(f32::MAX), false),
        NumberType::F64 => (f64::MIN, f64::MAX, false),
    };
    if is_whole && number.fract() != 0.0 {
        let message = format!("{number} is not a whole number, and {what} is an {}", wasm::number_name(ty));
        notes.report(Diagnostic::new(Code::NotAnInteger, span, message));
        return None;
    }
    if number < least || number > most {
        // Long numbers are hard to read without their exponent.
        let text = |number: f64| if number.abs() < 1e16 { number.to_string() } else { format!("{number:e}") };
        let message = format!("{} does not fit into {what}, an {}", text(number), wasm::number_name(ty));
        let help = format!("it takes {} to {}", text(least), text(most));
        notes.report(Diagnostic::new(Code::OutOfRange, span, message).help(help));
        return None;
    }
    Some(match ty {
        NumberType::I32 => Arg::I32(number as i64 as u32 as i32),
        NumberType::I64 => Arg::I64(number as i64),
        NumberType::F32 => Arg::F32(number as f32),
        NumberType::F64 => Arg::F64(number),
    })
}

/// Types in a sentence: `(i32, f32)`, `nothing`.
fn types(types: &[Option<NumberType>]) -> String {
    if types.is_empty() {
        return "nothing".to_string();
    }
    let names: Vec<&str> = types.iter().map(|ty| ty.map_or("a type that is not a number", wasm::number_name)).collect();
    format!("({})", names.join(", "))
}
