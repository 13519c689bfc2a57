//! `#data`: what stands in a declaration becomes bytes. Source: language reference, sections 7.4, 9.4, 9.5 and 18.4.

use super::eval::{Affine, Reported, Slot};
use super::{Resolver, Target, Val};
use crate::data::base64::{self, Base64Error};
use crate::data::element::{ElementType, Misfit};
use crate::data::formula::{Formula, Lane, Step};
use crate::data::shapes::{Attribute, Shape, Style};
use crate::language::{self, Chosen, Elem, Elements, Generator, Ns, Rows, Vertices};
use crate::limits::{MAX_ATTRIBUTES, MAX_DATA_BYTES, MAX_DATA_DEPTH, MAX_LENGTH, MAX_VERTICES, MAX_WORK, MOST_ALIKE};
use pngine_scene::{Bytes, Content, Data};
use pngine_source::diag::{Code, Diagnostic, at_most, nearest};
use pngine_source::source::{Span, Spanned};
use pngine_syntax::function::Function;
use pngine_syntax::tree::{BinaryOp, Ident, Value, ValueKind};

/// What the `#data` of a scene took of [`MAX_DATA_BYTES`] and [`MAX_WORK`].
#[derive(Default)]
pub(super) struct Budget {
    bytes: Share,
    work: Share,
}

/// What is taken of something that there is only so much of.
#[derive(Default)]
struct Share {
    taken: u64,
    /// Whether all of it together was too much, which is reported once.
    is_over: bool,
}

/// What is too much, and to be reported.
enum Excess {
    /// The amount by itself.
    Alone,
    /// The amount with what was taken before: their sum.
    Together(u64),
    /// As well, but that was reported.
    Known,
}

impl Share {
    /// Takes so much of `most`, if it fits.
    fn take(&mut self, amount: u64, most: u64) -> Result<(), Excess> {
        let sum = self.taken.saturating_add(amount);
        if amount > most {
            return Err(Excess::Alone);
        }
        if self.is_over {
            return Err(Excess::Known);
        }
        if sum > most {
            self.is_over = true;
            return Err(Excess::Together(sum));
        }
        self.taken = sum;
        Ok(())
    }
}

/// The bytes of a `#data`, and how many one element has, 0 if it has none.
type Made = (Vec<u8>, u32);

/// The place of a `#data`.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// It is not made yet.
    Open,
    /// It is made; `None` if it could not be, which is reported.
    Done(Option<Data>),
}

impl Place {
    /// The data, if it is made and could be.
    pub(super) const fn data(&self) -> Option<&Data> {
        match self {
            Place::Open => None,
            Place::Done(data) => data.as_ref(),
        }
    }

    /// The data itself.
    pub(super) fn into_data(self) -> Option<Data> {
        match self {
            Place::Open => None,
            Place::Done(data) => data,
        }
    }
}

impl Resolver<'_> {
    /// Makes the bytes of every `#data`.
    pub(super) fn resolve_data(&mut self) {
        let count = self.names.count(Ns::Data);
        self.data.resize(count, Place::Open);
        for index in 0..count {
            self.ensure_data(index);
        }
    }

    /// Makes the bytes of a `#data`, if they are not there yet: another one may have asked for the size of an image in it.
    /// `false` if they are being made right now, or too many that need each other are.
    pub(super) fn ensure_data(&mut self, index: usize) -> bool {
        if matches!(self.data.get(index), Some(Place::Done(_))) {
            return true;
        }
        if self.open_data.contains(&index) || self.open_data.len() >= MAX_DATA_DEPTH {
            return false;
        }
        self.open_data.push(index);
        let declaration = self.names.declaration(Ns::Data, index);
        let obj = self.object(language::Data::SHAPE, declaration.body, declaration.span, false);
        if !obj.is_whole() {
            self.damaged_data.insert(index);
        }
        let made = self
            .data_bytes(&language::Data::slots(&obj), index, declaration.name, declaration.name_span)
            .filter(|_| obj.is_whole());
        if made.is_none() {
            self.damaged_data.insert(index);
        }
        if let Some((Content::Bytes(bytes), _)) = &made {
            self.memo.spend(bytes.len() as u64);
        }
        let (name, span) = (declaration.name.clone(), declaration.name_span);
        let attributes = self.shape_attributes.remove(&index).unwrap_or_default();
        self.data[index] =
            Place::Done(made.map(|(content, element_size)| Data { name, span, content, element_size, attributes }));
        self.open_data.pop();
        true
    }

    /// The size in bytes of a `#data`; `None` if it could not be made, which is reported.
    pub(super) fn data_size(&self, index: usize) -> Option<u32> {
        u32::try_from(self.data.get(index)?.data()?.len()).ok()
    }

    /// What `name.indices` means where `#data` is wanted; `None` if the path is another one.
    pub(super) fn index_list(&mut self, words: &[Ident]) -> Option<Val> {
        let [name, second] = words else { return None };
        let index = self.names.lookup(Ns::Data, &name.name)?;
        if second.name != "indices" {
            let message = format!("`#data {}` has no `{}`", name.name, second.name);
            let diagnostic = Diagnostic::new(Code::UnknownPath, second.span, message);
            self.notes.refer_to(Ns::Data, index, &name.name, name.span);
            self.notes.report(diagnostic.help(format!("a shape with `indexed=true` has `{}.indices`", name.name)));
            return Some(Val::Bad);
        }
        Some(self.index_list_of(&name.name, name.span.to(second.span)).map_or(Val::Bad, |list| Val::Decl(Ns::Data, list)))
    }

    /// The index list of a `#data`, which is there; `None` if it has none, which is reported.
    pub(super) fn index_list_of(&mut self, name: &str, span: Span) -> Option<usize> {
        let index = self.names.lookup(Ns::Data, name)?;
        self.notes.refer_to(Ns::Data, index, name, span);
        if let Some(&(list, _)) = self.index_lists.get(&index) {
            self.notes.refer_to(Ns::Data, list, "indices", span);
            return Some(list);
        }
        // What it holds is unknown if that is reported.
        if self.damaged_data.contains(&index) {
            return None;
        }
        let declared = self.names.declaration(Ns::Data, index).name_span;
        self.notes.report(
            Diagnostic::new(Code::UnknownPath, span, format!("`#data {name}` has no index list"))
                .also(declared, "declared here")
                .help("shapes have one with `indexed=true`"),
        );
        None
    }

    /// The bytes of a declaration; `None` for a mistake, which is reported.
    fn data_bytes(&mut self, data: &language::Data, index: usize, name: &str, name_span: Span) -> Option<(Content, u32)> {
        let language::Data { at, generators, ty, mime } = data;
        let has = |is: fn(&Generator) -> bool| generators.iter().any(|generator| is(&generator.value));
        if let Some(span) = ty.prop_span().filter(|_| !has(|generator| matches!(generator, Generator::Values(_)))) {
            let diagnostic = Diagnostic::new(Code::NoEffect, span, "`type` says what `values` are, and there are none");
            self.notes.report(diagnostic.help("leave it out, or write `values=[…]`"));
        }
        let is_file = has(|generator| matches!(generator, Generator::File(_) | Generator::Blob(_)));
        if let Some(span) = mime.prop_span().filter(|_| !generators.is_empty() && !is_file) {
            let diagnostic = Diagnostic::new(Code::NoEffect, span, "`mime` says what a file is, and there is none");
            self.notes.report(diagnostic.help("leave it out"));
        }
        let generator = match generators.as_slice() {
            [generator] => generator,
            [] => {
                if !at.is_incomplete {
                    self.notes.report(
                        Diagnostic::new(Code::EmptyData, name_span, format!("`#data {name}` holds nothing"))
                            .help("give it numbers, `float32Array=[…]`, or a file, `file=\"…\"`"),
                    );
                }
                return None;
            }
            [first, second, ..] => {
                let message = format!("`#data {name}` has both `{}` and `{}`", first.row.name, second.row.name);
                self.notes.report(
                    Diagnostic::new(Code::Conflict, second.name_span, message)
                        .label("a second generator")
                        .also(first.name_span, "the first one")
                        .help("make two `#data` of it"),
                );
                return None;
            }
        };
        let span = generator.span;
        let bytes = match &generator.value {
            Generator::File(path) => self.file(path.as_ref()?, span)?,
            Generator::Blob(blob) => {
                let Spanned { value: path, span } = blob.as_ref()?.file.value.as_ref()?.url.found()?;
                self.file(&path, span)?
            }
            Generator::Text(text) => self.not_empty(text.clone()?.into_bytes(), span, name)?,
            Generator::Base64(text) => {
                let bytes = self.base64(text.as_ref()?, span)?;
                self.not_empty(bytes, span, name)?
            }
            Generator::Wasm(call) => {
                let call = call.as_ref()?;
                let function = self.wasm_function((&call.module, &call.func, &call.returns), None)?;
                let Some(len) = function.len else {
                    let message = format!("the function that makes `#data {name}` returns nothing");
                    let diagnostic = Diagnostic::new(Code::EmptyData, call.returns.span, message);
                    self.notes.report(diagnostic.help("write what its result points to, such as `returns=\"array<f32, 16>\"`"));
                    return None;
                };
                return Some((Content::Call { function, len }, 0));
            }
            Generator::Float32Array(elements) => return self.elements_of(ElementType::F32, elements, generator, name),
            Generator::Float16Array(elements) => return self.elements_of(ElementType::F16, elements, generator, name),
            Generator::Int32Array(elements) => return self.elements_of(ElementType::I32, elements, generator, name),
            Generator::Uint32Array(elements) => return self.elements_of(ElementType::U32, elements, generator, name),
            Generator::Int16Array(elements) => return self.elements_of(ElementType::I16, elements, generator, name),
            Generator::Uint16Array(elements) => return self.elements_of(ElementType::U16, elements, generator, name),
            Generator::Int8Array(elements) => return self.elements_of(ElementType::I8, elements, generator, name),
            Generator::Uint8Array(elements) => return self.elements_of(ElementType::U8, elements, generator, name),
            Generator::Values(elements) => {
                let element_type = self.element_type(ty)?;
                let name_span = ty.name_span().unwrap_or(generator.name_span);
                return self.elements_of(element_type, elements, &Chosen { name_span, ..generator.clone() }, name);
            }
            Generator::Cube(_)
            | Generator::Plane(_)
            | Generator::Sphere(_)
            | Generator::Torus(_)
            | Generator::Cylinder(_)
            | Generator::Cone(_) => {
                let (bytes, size) = self.shape(generator, index, name, name_span)?;
                return Some((Content::Bytes(Bytes::new(bytes)), size));
            }
        };
        let has_room = self.has_room(bytes.len() as u64, span, name);
        has_room.then(|| (Content::Bytes(Bytes::new(bytes)), 0))
    }

    /// A typed array: numbers, or what formulas compute. What is wrong with many numbers is reported at the name of `generator`.
    fn elements_of(
        &mut self,
        ty: ElementType,
        elements: &Option<Elements>,
        generator: &Chosen<Generator>,
        name: &str,
    ) -> Option<(Content, u32)> {
        let (bytes, size) = match elements.as_ref()? {
            Elements::Generated(generated) => self.generated(ty, generated, name)?,
            Elements::Numbers(numbers) if numbers.is_empty() => {
                self.notes.report(Diagnostic::new(Code::EmptyData, generator.span, format!("`#data {name}` holds no numbers")));
                return None;
            }
            Elements::Numbers(numbers) => {
                let bytes = (numbers.len() as u64).saturating_mul(ty.size() as u64);
                if !self.has_room(bytes, generator.span, name) {
                    return None;
                }
                self.typed_array(ty, numbers, generator.name_span)?
            }
        };
        Some((Content::Bytes(Bytes::new(bytes)), size))
    }

    /// Whether so many bytes more fit into what all data may have; if so, they are taken. What is too much by itself is reported each
    /// time, what is too much with the rest once.
    fn has_room(&mut self, bytes: u64, span: Span, name: &str) -> bool {
        let message = match self.data_budget.bytes.take(bytes, MAX_DATA_BYTES) {
            Ok(()) => return true,
            Err(Excess::Known) => return false,
            Err(Excess::Alone) => {
                format!("`#data {name}` would have {bytes} bytes, and all data of a scene may have {MAX_DATA_BYTES}")
            }
            Err(Excess::Together(sum)) => {
                format!("with `#data {name}` the scene would have {sum} bytes of data, and {MAX_DATA_BYTES} are allowed")
            }
        };
        self.notes.report(
            Diagnostic::new(Code::TooMuchData, span, message)
                .help("make large data on the GPU: an `#init` fills a buffer without a byte in the file"),
        );
        false
    }

    /// Whether so much work more may be done for formulas; if so, it is counted. Reported as in [`Resolver::has_room`].
    fn has_time(&mut self, work: u64, span: Span, name: &str) -> bool {
        let message = match self.data_budget.work.take(work, MAX_WORK) {
            Ok(()) => return true,
            Err(Excess::Known) => return false,
            Err(Excess::Alone) => {
                format!("`#data {name}` takes {work} steps to compute, and all formulas of a scene may take {MAX_WORK}")
            }
            Err(Excess::Together(sum)) => {
                format!("with `#data {name}` the formulas take {sum} steps to compute, and {MAX_WORK} are allowed")
            }
        };
        self.notes.report(
            Diagnostic::new(Code::TooMuchComputed, span, message)
                .help("fill the buffer with an `#init`, on the GPU, or take fewer elements"),
        );
        false
    }

    fn not_empty(&mut self, bytes: Vec<u8>, span: Span, name: &str) -> Option<Vec<u8>> {
        if bytes.is_empty() {
            self.notes.report(Diagnostic::new(Code::EmptyData, span, format!("`#data {name}` holds nothing")));
            return None;
        }
        Some(bytes)
    }

    /// The type that the word beside `values` names.
    fn element_type(&mut self, slot: &language::Slot<String>) -> Option<ElementType> {
        if slot.is_bad() {
            return None;
        }
        let word = &slot.value;
        let ty = ElementType::of_word(word);
        if let Some((_, name, _)) = ElementType::ALL.iter().find(|(_, name, _)| name == word) {
            self.notes.refer(Target::Word("element type", name), word, slot.span);
        }
        if ty.is_none() {
            let words = ElementType::ALL.map(|(_, word, _)| word).join(", ");
            let diagnostic = Diagnostic::unknown_word(slot.span, word, "an element type");
            self.notes.report(diagnostic.help(format!("choose from {words}")));
        }
        ty
    }

    pub(super) fn file(&mut self, path: &str, span: Span) -> Option<Vec<u8>> {
        let directory = &self.names.sources().file(span.file).directory;
        match pngine_syntax::load::find(self.world, directory, path) {
            Ok((_, bytes)) if bytes.is_empty() => {
                self.notes.report(Diagnostic::new(Code::EmptyData, span, format!("`{path}` is empty")));
                None
            }
            Ok((_, bytes)) => Some(bytes),
            Err(failure) => {
                self.notes.report(failure.diagnostic(span, path));
                None
            }
        }
    }

    fn base64(&mut self, text: &str, span: Span) -> Option<Vec<u8>> {
        let error = match base64::decode(text) {
            Ok(bytes) => return Some(bytes),
            Err(error) => error,
        };
        // A place in the text is one in the file where the string stands as it is.
        let verbatim = self.names.sources().slice(span).get(1..).is_some_and(|rest| rest.starts_with(text));
        let place = |at: usize| {
            let len = text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            let start = span.start + 1 + at as u32;
            if verbatim { Span::new(span.file, start, start + len as u32) } else { span }
        };
        let (span, message, help) = match error {
            Base64Error::Character(at) => {
                let character = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('?');
                let help = match character {
                    '-' | '_' => "in plain base64 `-` is `+`, and `_` is `/`",
                    _ => "the alphabet is A-Z a-z 0-9 + /",
                };
                (place(at), format!("`{}` is not a base64 character", character.escape_debug()), help)
            }
            Base64Error::AfterPadding(at) => {
                (place(at), "text behind the `=` that ends it".to_string(), "join the bytes first, or make two `#data`")
            }
            Base64Error::Length => {
                (span, "the base64 is cut off".to_string(), "four characters are three bytes; `=` fills up the last four")
            }
            Base64Error::SpareBits(at) => (
                place(at),
                "the base64 is damaged: its last character has more bits than bytes need".to_string(),
                "encode it again",
            ),
        };
        self.notes.report(Diagnostic::new(Code::BadBase64, span, message).help(help));
        None
    }

    /// The bytes of a typed array. `word` is where its type stands.
    fn typed_array(&mut self, ty: ElementType, numbers: &[(f64, Span)], word: Span) -> Option<Made> {
        let mut bytes = Vec::with_capacity(numbers.len() * ty.size());
        let mut misfits: Vec<(Misfit, f64, Span)> = Vec::new();
        for &(number, span) in numbers {
            if let Err(misfit) = ty.push(&mut bytes, number) {
                misfits.push((misfit, number, span));
            }
        }
        for kind in [Misfit::OutOfRange, Misfit::Fraction] {
            let found: Vec<(f64, Span)> =
                misfits.iter().filter(|(misfit, ..)| *misfit == kind).map(|(_, number, span)| (*number, *span)).collect();
            match found.as_slice() {
                // So many are not typing errors: it is the type that is wrong.
                [first, second, ..] if found.len() > MOST_ALIKE => {
                    self.wrong_elements(ty, kind, [*first, *second], found.len(), word)
                }
                few => few.iter().for_each(|&(number, span)| self.misfit(ty, kind, number, span, "")),
            }
        }
        misfits.is_empty().then_some((bytes, ty.size() as u32))
    }

    /// Reports a type that many of its numbers do not fit into.
    fn wrong_elements(&mut self, ty: ElementType, kind: Misfit, [first, second]: [(f64, Span); 2], count: usize, word: Span) {
        let property = ty.property();
        let (code, message, help) = match kind {
            Misfit::OutOfRange => {
                let (least, most) = ty.range();
                let message = format!("{count} numbers do not fit into this `{property}`");
                (Code::OutOfRange, message, format!("it takes {least:e} to {most:e}; use a larger type"))
            }
            Misfit::Fraction => {
                let message = format!("a `{property}` takes whole numbers, but {count} of these are not");
                (Code::NotAnInteger, message, "use a `float32Array` for fractions".to_string())
            }
        };
        self.notes.report(
            Diagnostic::new(code, word, message)
                .also(first.1, format!("{} is the first", first.0))
                .also(second.1, format!("{} is the second", second.0))
                .help(help),
        );
    }

    fn misfit(&mut self, ty: ElementType, misfit: Misfit, number: f64, span: Span, what: &str) {
        let property = ty.property();
        self.notes.report(match misfit {
            Misfit::OutOfRange => {
                let (least, most) = ty.range();
                let (number, help) = match ty {
                    ElementType::F32 => (format!("{number:e}"), format!("it takes {least:e} to {most:e}")),
                    _ => (number.to_string(), format!("it takes {least} to {most}")),
                };
                Diagnostic::new(Code::OutOfRange, span, format!("{what}{number} does not fit into a `{property}`")).help(help)
            }
            Misfit::Fraction => {
                let message = format!("{what}{number} is not a whole number, which a `{property}` takes");
                Diagnostic::new(Code::NotAnInteger, span, message).help("use a `float32Array` for fractions")
            }
        });
    }

    /// Generated elements: every lane's formula for every element, lanes interleaved.
    fn generated(&mut self, ty: ElementType, generator: &language::Generated, name: &str) -> Option<Made> {
        let Spanned { value: count, span: count_span } = generator.number_of_elements.found()?;
        let Spanned { value: lanes, span: lanes_span } = generator.init_each_element_with.found()?;
        let formulas = language::all(&lanes)?;
        for (is_empty, span) in [(count == 0, count_span), (formulas.is_empty(), lanes_span)] {
            if is_empty {
                let message = format!("`#data {name}` holds no numbers");
                self.notes.report(Diagnostic::new(Code::EmptyData, span, message));
                return None;
            }
        }
        let numbers = u64::from(count) * formulas.len() as u64;
        let bytes = numbers.saturating_mul(ty.size() as u64);
        let work = formulas.iter().map(|formula| formula.work()).sum::<u64>().saturating_mul(u64::from(count));
        if !self.has_room(bytes, count_span, name) || !self.has_time(work, lanes_span, name) {
            return None;
        }
        self.memo.spend(work);
        let mut lanes: Vec<Lane<'_>> = formulas.iter().zip(0..).map(|(formula, lane)| Lane::new(formula, name, lane)).collect();
        let mut out = Vec::with_capacity(bytes as usize);
        let mut values = vec![Vec::new(); lanes.len()];
        let mut good = vec![true; lanes.len()];
        for first in (0..count).step_by(Lane::block() as usize) {
            for ((lane, values), good) in lanes.iter_mut().zip(&mut values).zip(&mut good) {
                if !*good {
                    continue;
                }
                match lane.run(first, count) {
                    Ok(numbers) => numbers.clone_into(values),
                    Err(failure) => {
                        *good = false;
                        let message = format!("{} in element {}", failure.reason, failure.element);
                        self.notes.report(Diagnostic::new(Code::BadArithmetic, failure.span, message));
                    }
                }
            }
            for offset in 0..Lane::block().min(count - first) {
                for (index, formula) in formulas.iter().enumerate() {
                    if !good[index] {
                        continue;
                    }
                    let number = values[index][offset as usize];
                    if let Err(misfit) = ty.push(&mut out, number) {
                        good[index] = false;
                        self.misfit(ty, misfit, number, formula.span, &format!("element {}: ", first + offset));
                    }
                }
            }
            if !good.contains(&true) {
                break;
            }
        }
        (!good.contains(&false)).then_some((out, ty.size() as u32))
    }

    /// Compiles the expression of a lane. `None` for a mistake, which is reported.
    pub(super) fn formula(&mut self, value: &Value) -> Option<Formula> {
        let parsed;
        let root = match &value.kind {
            ValueKind::Str(text) => {
                let mut found = Vec::new();
                parsed = pngine_syntax::parse::parse_quoted_expr(value.span, text, &mut found);
                let failed = !found.is_empty();
                found.into_iter().for_each(|diagnostic| self.notes.report(diagnostic));
                if failed {
                    return None;
                }
                &parsed
            }
            _ => value,
        };
        let mut steps = Vec::new();
        let mut randoms = 0;
        self.compile(root, &mut steps, &mut randoms).ok()?;
        Formula::new(value.span, steps)
    }

    /// Appends the steps of an expression. What does not depend on the element becomes one number.
    fn compile(&mut self, value: &Value, steps: &mut Vec<Step>, randoms: &mut u32) -> Result<(), Reported> {
        match &value.kind {
            ValueKind::Group(inner) => self.compile(inner, steps, randoms),
            ValueKind::Neg(inner) => {
                self.compile(inner, steps, randoms)?;
                match steps.last_mut() {
                    Some(Step::Constant(number)) => *number = -*number,
                    _ => steps.push(Step::Negate),
                }
                Ok(())
            }
            ValueKind::Ident(name) if name == "ELEMENT_ID" => {
                steps.push(Step::Element);
                Ok(())
            }
            ValueKind::Ident(name) if self.names.define(name).is_none() => {
                if name == "NUM" || name.starts_with("NUM_") {
                    steps.push(Step::Count);
                    return Ok(());
                }
                let names: Vec<&str> = self.names.defines().map(|(name, _)| name).chain(["ELEMENT_ID", "NUM"]).collect();
                if !matches!(name.as_str(), "PI" | "TAU" | "E")
                    && let Some(near @ ("ELEMENT_ID" | "NUM")) = nearest(name, names.into_iter())
                {
                    self.notes.report(Diagnostic::undefined(value.span, name, Vec::new()).did_you_mean(value.span, near));
                    return Err(Reported);
                }
                self.constant(value, steps)
            }
            ValueKind::Call(name, arguments) if name.name == "random" => {
                if !arguments.is_empty() {
                    let message = format!("`random` takes no arguments, but {}", pngine_source::diag::given(arguments.len()));
                    let diagnostic = Diagnostic::new(Code::BadCall, value.span, message);
                    self.notes.report(diagnostic.help("write `random()`; it is at least 0 and below 1"));
                    return Err(Reported);
                }
                steps.push(Step::Random(*randoms));
                *randoms += 1;
                Ok(())
            }
            ValueKind::Call(name, arguments) => self.compile_call(value, name, arguments, steps, randoms),
            ValueKind::Binary(..) => {
                // Long chains nest to the left, so the left spine is walked instead of recursed into.
                let mut spine = Vec::new();
                let mut leftmost = value;
                while let ValueKind::Binary(op, left, right) = &leftmost.kind {
                    spine.push((*op, right.as_ref(), leftmost.span));
                    leftmost = left;
                }
                let mut result = self.compile(leftmost, steps, randoms);
                for (op, right, span) in spine.into_iter().rev() {
                    // Both sides are looked at, so that every mistake is reported and every name counts as used.
                    let right_side = self.compile(right, steps, randoms);
                    result = result.and(right_side).and_then(|()| self.push_operator(op, right.span, span, steps));
                }
                result
            }
            _ => self.constant(value, steps),
        }
    }

    /// A part of an expression that is the same for all elements.
    fn constant(&mut self, value: &Value, steps: &mut Vec<Step>) -> Result<(), Reported> {
        steps.push(Step::Constant(self.number(value, Slot::Number).ok_or(Reported)?));
        Ok(())
    }

    fn push_operator(&mut self, op: BinaryOp, right: Span, whole: Span, steps: &mut Vec<Step>) -> Result<(), Reported> {
        // A number as last step is the whole right side, and one before it the whole left side.
        if let [.., Step::Constant(a), Step::Constant(b)] = steps[..] {
            let result = self.operate(op, Affine::constant(a), Affine::constant(b), right, whole)?;
            steps.truncate(steps.len() - 2);
            steps.push(Step::Constant(result.constant));
        } else if let (BinaryOp::Div | BinaryOp::Rem, Some(Step::Constant(0.0))) = (op, steps.last()) {
            self.notes.report(Diagnostic::new(Code::BadArithmetic, whole, "division by zero").also(right, "this is 0"));
            return Err(Reported);
        } else {
            steps.push(Step::Binary(op, whole));
        }
        Ok(())
    }

    fn compile_call(
        &mut self,
        value: &Value,
        name: &Ident,
        arguments: &[Value],
        steps: &mut Vec<Step>,
        randoms: &mut u32,
    ) -> Result<(), Reported> {
        let Some(function) = Function::find(&name.name) else {
            let names = Function::ALL.map(Function::name).into_iter().chain(["random"]);
            let help = match nearest(&name.name, names.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the functions are {}", names.collect::<Vec<_>>().join(", ")),
            };
            let message = format!("there is no function `{}`", name.name);
            self.notes.report(Diagnostic::new(Code::BadCall, value.span, message).help(help));
            return Err(Reported);
        };
        let start = steps.len();
        let mut failed = false;
        for (index, argument) in arguments.iter().enumerate() {
            failed |= self.compile(argument, steps, randoms).is_err();
            // `min` and `max` combine their arguments two by two.
            if function.arity().is_none() && index > 0 && !failed {
                match steps[..] {
                    [.., Step::Constant(a), Step::Constant(b)] => {
                        steps.truncate(steps.len() - 2);
                        steps.push(Step::Constant(function.apply(&[a, b])));
                    }
                    _ => steps.push(Step::Call(function, 2, value.span)),
                }
            }
        }
        if failed {
            return Err(Reported);
        }
        let constants: Option<Vec<f64>> = steps[start..]
            .iter()
            .map(|step| match step {
                Step::Constant(number) => Some(*number),
                _ => None,
            })
            .collect();
        match (constants, function.arity()) {
            // All arguments are numbers, or there are too few or too many of them: the one evaluator says what is wrong.
            (Some(numbers), _) => {
                let result = self.call(&name.name, &numbers, value.span)?;
                steps.truncate(start);
                steps.push(Step::Constant(result.constant));
            }
            (None, Some(count)) if count != arguments.len() => {
                self.call(&name.name, &vec![0.0; arguments.len()], value.span)?;
                return Err(Reported);
            }
            (None, Some(count)) => steps.push(Step::Call(function, count, value.span)),
            (None, None) => {}
        }
        Ok(())
    }

    /// A shape's vertices; with `indexed=true` also its index list, which becomes a `#data` of its own.
    fn shape(&mut self, generator: &Chosen<Generator>, index: usize, name: &str, name_span: Span) -> Option<Made> {
        let (at, vertices, faceted) = match &generator.value {
            Generator::Cube(Some(shape)) => (shape.at, &shape.vertices, None),
            Generator::Plane(Some(shape)) => (shape.at, &shape.vertices, None),
            Generator::Sphere(Some(shape)) => (shape.at, &shape.vertices, Some(&shape.faceted)),
            Generator::Torus(Some(shape)) => (shape.at, &shape.vertices, Some(&shape.faceted)),
            Generator::Cylinder(Some(shape)) => (shape.at, &shape.vertices, Some(&shape.faceted)),
            Generator::Cone(Some(shape)) => (shape.at, &shape.vertices, Some(&shape.faceted)),
            _ => return None,
        };
        let property = generator.row.name;
        let indexed = vertices.indexed.value;
        let list = self.data.len();
        let list_span = vertices.indexed.prop_span().unwrap_or(at.span);
        if indexed {
            // There is one even if the shape is wrong: whoever uses it is not.
            self.data.push(Place::Done(None));
            self.index_lists.insert(index, (list, list_span));
        }
        let format = self.format(&vertices.format);
        let shape = self.measures(&generator.value);
        let (format, shape) = (format?, shape?);
        if !at.is_sound {
            return None;
        }
        let style = Style { faceted: faceted.is_some_and(|faceted| faceted.faceted.value), indexed };
        let count = shape.vertex_count(style);
        if count > MAX_VERTICES {
            let message = at_most(format!("this {property} would have {count} vertices"), MAX_VERTICES);
            self.notes.report(Diagnostic::new(Code::OutOfRange, at.span, message).help("take fewer steps, or `indexed=true`"));
            return None;
        }
        let floats: usize = format.iter().map(|attribute| attribute.floats()).sum();
        // Their index lists have at most twelve bytes a vertex more.
        let bytes = count.saturating_mul(4 * floats as u64 + if indexed { 12 } else { 0 });
        if !self.has_room(bytes, at.span, name) {
            return None;
        }
        let mesh = shape.build(style, &format);
        if let Some(indices) = mesh.indices
            && let Some(slot) = self.data.get_mut(list)
        {
            let wide = mesh.count > u32::from(u16::MAX) + 1;
            let bytes: Vec<u8> = if wide {
                indices.iter().flat_map(|index| index.to_le_bytes()).collect()
            } else {
                // The largest index is one below the number of vertices, so it fits.
                indices.iter().flat_map(|index| (*index as u16).to_le_bytes()).collect()
            };
            let content = Content::Bytes(Bytes::new(bytes));
            let element_size = if wide { 4 } else { 2 };
            let name = format!("{name}.indices");
            *slot = Place::Done(Some(Data { name, span: name_span, content, element_size, attributes: Vec::new() }));
        }
        // A handful of attributes.
        let attributes = format.iter().map(|attribute| (attribute.name(), 4 * attribute.floats() as u32)).collect();
        self.shape_attributes.insert(index, attributes);
        Some((mesh.vertices, 0))
    }

    fn format(&mut self, slot: &language::Slot<Vec<Elem<String>>>) -> Option<Vec<Attribute>> {
        if slot.is_bad() {
            return None;
        }
        let mut attributes = Vec::new();
        let mut good = true;
        // An empty list is none.
        let own = Some(&slot.value).filter(|words| !words.is_empty());
        for Elem { value, span } in own.unwrap_or(&Vertices::empty().format.value) {
            let Some(word) = value else {
                good = false;
                continue;
            };
            if let Some(attribute) = Attribute::find(word) {
                let name = Attribute::ALL.iter().find(|(name, _)| name == word).map_or("", |(name, _)| name);
                if own.is_some() {
                    self.notes.refer(Target::Word("shape attribute", name), word, *span);
                }
                attributes.push(attribute);
                continue;
            }
            good = false;
            let names = Attribute::ALL.map(|(name, _)| name);
            let diagnostic = Diagnostic::unknown_word(*span, word, "a shape attribute");
            self.notes.report(match nearest(word, names.into_iter()) {
                Some(near) => diagnostic.did_you_mean(*span, near),
                None => diagnostic.help(format!("choose from {}", names.join(", "))),
            });
        }
        if attributes.len() > MAX_ATTRIBUTES {
            let message =
                format!("a vertex has at most {MAX_ATTRIBUTES} attributes, but {}", pngine_source::diag::given(attributes.len()));
            self.notes.report(Diagnostic::new(Code::BadLength, slot.span, message));
            good = false;
        }
        good.then_some(attributes)
    }

    /// The measures of a shape. What is not positive is reported.
    fn measures(&mut self, generator: &Generator) -> Option<Shape> {
        let mut good = true;
        let mut length = |slot: &language::Slot<f64>, zero: bool| {
            let number = slot.value;
            if number < 0.0 || (number == 0.0 && !zero) || number > MAX_LENGTH {
                let help = format!("it must be {}, and at most {MAX_LENGTH:e}", if zero { "0 or more" } else { "above 0" });
                let diagnostic = Diagnostic::new(Code::OutOfRange, slot.span, format!("`{}` is {number}", slot.row.name));
                self.notes.report(diagnostic.help(help));
                good = false;
            }
            number
        };
        let cone = |[bottom, top, height]: [f64; 3], sides: &language::Sides| Shape::Cone {
            bottom,
            top,
            height,
            radial: sides.radial_subdivisions.value,
            vertical: sides.vertical_subdivisions.value,
            caps: sides.caps.value,
        };
        let shape = match generator {
            Generator::Cube(Some(cube)) => Shape::Cube { size: length(&cube.size, false) },
            Generator::Plane(Some(plane)) => Shape::Plane {
                width: length(&plane.width, false),
                height: length(&plane.height, false),
                columns: plane.columns.value,
                rows: plane.rows.value,
            },
            Generator::Sphere(Some(sphere)) => Shape::Sphere {
                radius: length(&sphere.radius, false),
                segments: sphere.segments.value,
                rings: sphere.rings.value,
            },
            Generator::Torus(Some(torus)) => Shape::Torus {
                radius: length(&torus.radius, false),
                thickness: length(&torus.thickness, false),
                radial: torus.radial_subdivisions.value,
                body: torus.body_subdivisions.value,
            },
            Generator::Cylinder(Some(cylinder)) => {
                let radius = length(&cylinder.radius, false);
                cone([radius, radius, length(&cylinder.height, false)], &cylinder.sides)
            }
            Generator::Cone(Some(shape)) => {
                let bottom = length(&shape.bottom_radius, true);
                let top = length(&shape.top_radius, true);
                let height = length(&shape.height, false);
                if bottom == 0.0 && top == 0.0 {
                    let span = shape.bottom_radius.prop_span().unwrap_or(shape.at.span);
                    let message = "a cone with both radii 0 has no surface";
                    self.notes.report(
                        Diagnostic::new(Code::OutOfRange, span, message).help("give it a `bottomRadius` or a `topRadius`"),
                    );
                    return None;
                }
                cone([bottom, top, height], &shape.sides)
            }
            _ => return None,
        };
        good.then_some(shape)
    }
}
