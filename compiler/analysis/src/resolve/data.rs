//! `#data`: what stands in a declaration becomes bytes. Source: language reference, sections 7.4, 9.4, 9.5 and 18.4.

use super::files::Files;
use super::names::Declaration;
use super::notes::Notes;
use super::references::Target;
use crate::data::base64::{self, Base64Error};
use crate::data::element::{ElementType, Misfit};
use crate::data::formula::Lane;
use crate::data::shapes::{Attribute, Shape, Style};
use crate::language::{self, Chosen, Elem, Elements, Generator, Ns, Rows, Vertices};
use crate::limits::{MAX_ATTRIBUTES, MAX_DATA_BYTES, MAX_DATA_DEPTH, MAX_LENGTH, MAX_VERTICES, MAX_WORK, MOST_ALIKE};
use crate::memo::Memo;
use pngine_scene::{Bytes, Content, Data};
use pngine_source::diag::{Code, Diagnostic, at_most, nearest};
use pngine_source::source::{Span, Spanned};
use std::collections::BTreeMap;

/// What is taken of something that there is only so much of.
#[derive(Default)]
struct Share {
    taken: u64,
    /// Whether all of it together was too much, which is reported once.
    is_over: bool,
}

/// What came of taking something.
enum Taken {
    /// It fits, and is taken.
    Fits,
    /// The amount is too much by itself.
    Alone,
    /// The amount is too much with what was taken before: their sum.
    Together(u64),
    /// As well, but that was reported.
    Known,
}

impl Share {
    /// Takes so much of `most`, if it fits.
    fn take(&mut self, amount: u64, most: u64) -> Taken {
        let sum = self.taken.saturating_add(amount);
        if amount > most {
            Taken::Alone
        } else if self.is_over {
            Taken::Known
        } else if sum > most {
            self.is_over = true;
            Taken::Together(sum)
        } else {
            self.taken = sum;
            Taken::Fits
        }
    }
}

/// What a `#data` is made of: what it holds, how many bytes one element has, 0 if it has none, and a shape's attributes: names and bytes.
pub(super) type Made = (Content, u32, Vec<(&'static str, u32)>);

/// Every `#data`, and behind them the index lists of shapes.
pub(super) struct Blobs<'a> {
    files: Files<'a>,
    memo: &'a Memo,
    /// How many are declared; index lists stand behind these.
    count: usize,
    /// What is made; `None` for what could not be, which is reported.
    made: BTreeMap<usize, Option<Data>>,
    /// Those that are being made.
    open: Vec<usize>,
    /// What all took so far of [`MAX_DATA_BYTES`].
    bytes: Share,
    /// And of [`MAX_WORK`].
    work: Share,
    /// Index lists: the position of the shape's `#data`, that of the list, and where the list is asked for.
    index_lists: BTreeMap<usize, (usize, Span)>,
}

impl<'a> Blobs<'a> {
    /// `count` of them, of which none is made.
    pub fn new(files: Files<'a>, memo: &'a Memo, count: usize) -> Self {
        let (made, open, index_lists) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        Self { files, memo, count, made, open, bytes: Share::default(), work: Share::default(), index_lists }
    }

    /// All, and the index lists among them: the position, and where the list is asked for.
    pub fn into_parts(self) -> (Vec<Option<Data>>, BTreeMap<usize, Span>) {
        (self.made.into_values().collect(), self.index_lists.into_values().collect())
    }

    /// Whether one is made, or could not be.
    pub fn is_made(&self, index: usize) -> bool {
        self.made.contains_key(&index)
    }

    /// Begins to make one: another one may have asked for the size of an image in it. `false` if it is being made right now, or too many
    /// that need each other are.
    pub fn open(&mut self, index: usize) -> bool {
        let may_be = !self.open.contains(&index) && self.open.len() < MAX_DATA_DEPTH;
        if may_be {
            self.open.push(index);
        }
        may_be
    }

    /// Takes what one is made of; `None` if something is wrong with it, which is reported.
    pub fn close(&mut self, index: usize, declaration: &Declaration<'_>, made: Option<Made>) {
        if let Some((Content::Bytes(bytes), ..)) = &made {
            self.memo.spend(bytes.len() as u64);
        }
        let (name, span) = (declaration.name.clone(), declaration.name_span);
        let data = |(content, element_size, attributes)| Data { name, span, content, element_size, attributes };
        self.made.insert(index, made.map(data));
        self.open.pop();
    }

    /// One that is made.
    pub fn data(&self, index: usize) -> Option<&Data> {
        self.made.get(&index)?.as_ref()
    }

    /// The size in bytes of a `#data`; `None` if it could not be made, which is reported.
    pub fn size(&self, index: usize) -> Option<u32> {
        u32::try_from(self.data(index)?.len()).ok()
    }

    /// The index list of a `#data`, which is there; `None` if it has none, which is reported.
    pub fn index_list(&self, name: &str, span: Span, notes: &mut Notes<'_>) -> Option<usize> {
        let index = notes.names.lookup(Ns::Data, name)?;
        notes.refer_to(Ns::Data, index, name, span);
        if let Some(&(list, _)) = self.index_lists.get(&index) {
            notes.refer_to(Ns::Data, list, "indices", span);
            return Some(list);
        }
        // What it holds is unknown if that is reported.
        if matches!(self.made.get(&index), Some(None)) {
            return None;
        }
        let declared = notes.names.declaration(Ns::Data, index).name_span;
        notes.report(
            Diagnostic::new(Code::UnknownPath, span, format!("`#data {name}` has no index list"))
                .also(declared, "declared here")
                .help("shapes have one with `indexed=true`"),
        );
        None
    }

    /// The one thing that a declaration says what it holds with; `None` for a mistake, which is reported.
    pub fn generator<'d>(
        data: &'d language::Data,
        &Declaration { name, name_span, .. }: &Declaration<'_>,
        notes: &mut Notes<'_>,
    ) -> Option<&'d Chosen<Generator>> {
        let language::Data { at, generators, ty, mime } = data;
        let has = |is: fn(&Generator) -> bool| generators.iter().any(|generator| is(&generator.value));
        if let Some(span) = ty.prop_span().filter(|_| !has(|generator| matches!(generator, Generator::Values(_)))) {
            let diagnostic = Diagnostic::new(Code::NoEffect, span, "`type` says what `values` are, and there are none");
            notes.report(diagnostic.help("leave it out, or write `values=[…]`"));
        }
        let is_file = has(|generator| matches!(generator, Generator::File(_) | Generator::Blob(_)));
        if let Some(span) = mime.prop_span().filter(|_| !generators.is_empty() && !is_file) {
            let diagnostic = Diagnostic::new(Code::NoEffect, span, "`mime` says what a file is, and there is none");
            notes.report(diagnostic.help("leave it out"));
        }
        match generators.as_slice() {
            [generator] => Some(generator),
            [] => {
                if !at.is_incomplete {
                    notes.report(
                        Diagnostic::new(Code::EmptyData, name_span, format!("`#data {name}` holds nothing"))
                            .help("give it numbers, `float32Array=[…]`, or a file, `file=\"…\"`"),
                    );
                }
                None
            }
            [first, second, ..] => {
                let message = format!("`#data {name}` has both `{}` and `{}`", first.row.name, second.row.name);
                notes.report(
                    Diagnostic::new(Code::Conflict, second.name_span, message)
                        .label("a second generator")
                        .also(first.name_span, "the first one")
                        .help("make two `#data` of it"),
                );
                None
            }
        }
    }

    /// The bytes of a declaration, and how many one element has; `None` for a mistake, which is reported. `data` is its index.
    pub fn bytes(
        &mut self,
        generator: &Chosen<Generator>,
        ty: &language::Slot<String>,
        (index, declaration): (usize, &Declaration<'_>),
        notes: &mut Notes<'_>,
    ) -> Option<Made> {
        let (name, name_span) = (declaration.name.as_str(), declaration.name_span);
        let span = generator.span;
        let bytes = match &generator.value {
            Generator::File(path) => self.files.read(path.as_ref()?, span, notes)?,
            Generator::Blob(blob) => {
                let Spanned { value: path, span } = blob.as_ref()?.file.value.as_ref()?.url.found()?;
                self.files.read(&path, span, notes)?
            }
            Generator::Text(text) => self.not_empty(text.clone()?.into_bytes(), span, name, notes)?,
            Generator::Base64(text) => {
                let bytes = self.base64(text.as_ref()?, span, notes)?;
                self.not_empty(bytes, span, name, notes)?
            }
            // What a module returns is known when the scene is loaded.
            Generator::Wasm(_) => return None,
            Generator::Float32Array(elements) => return self.elements_of(ElementType::F32, elements, generator, name, notes),
            Generator::Float16Array(elements) => return self.elements_of(ElementType::F16, elements, generator, name, notes),
            Generator::Int32Array(elements) => return self.elements_of(ElementType::I32, elements, generator, name, notes),
            Generator::Uint32Array(elements) => return self.elements_of(ElementType::U32, elements, generator, name, notes),
            Generator::Int16Array(elements) => return self.elements_of(ElementType::I16, elements, generator, name, notes),
            Generator::Uint16Array(elements) => return self.elements_of(ElementType::U16, elements, generator, name, notes),
            Generator::Int8Array(elements) => return self.elements_of(ElementType::I8, elements, generator, name, notes),
            Generator::Uint8Array(elements) => return self.elements_of(ElementType::U8, elements, generator, name, notes),
            Generator::Values(elements) => {
                let element_type = self.element_type(ty, notes)?;
                let name_span = ty.name_span().unwrap_or(generator.name_span);
                return self.elements_of(element_type, elements, &Chosen { name_span, ..generator.clone() }, name, notes);
            }
            Generator::Cube(_)
            | Generator::Plane(_)
            | Generator::Sphere(_)
            | Generator::Torus(_)
            | Generator::Cylinder(_)
            | Generator::Cone(_) => {
                return self.shape(generator, index, name, name_span, notes);
            }
        };
        let has_room = self.has_room(bytes.len() as u64, span, name, notes);
        has_room.then(|| (Content::Bytes(Bytes::new(bytes)), 0, Vec::new()))
    }

    /// A typed array: numbers, or what formulas compute. What is wrong with many numbers is reported at the name of `generator`.
    fn elements_of(
        &mut self,
        ty: ElementType,
        elements: &Option<Elements>,
        generator: &Chosen<Generator>,
        name: &str,
        notes: &mut Notes<'_>,
    ) -> Option<Made> {
        let (bytes, size) = match elements.as_ref()? {
            Elements::Generated(generated) => self.generated(ty, generated, name, notes)?,
            Elements::Numbers(numbers) if numbers.is_empty() => {
                notes.report(Diagnostic::new(Code::EmptyData, generator.span, format!("`#data {name}` holds no numbers")));
                return None;
            }
            Elements::Numbers(numbers) => {
                let bytes = (numbers.len() as u64).saturating_mul(ty.size() as u64);
                if !self.has_room(bytes, generator.span, name, notes) {
                    return None;
                }
                self.typed_array(ty, numbers, generator.name_span, notes)?
            }
        };
        Some((Content::Bytes(Bytes::new(bytes)), size, Vec::new()))
    }

    /// Whether so many bytes more fit into what all data may have; if so, they are taken. What is too much by itself is reported each
    /// time, what is too much with the rest once.
    fn has_room(&mut self, bytes: u64, span: Span, name: &str, notes: &mut Notes<'_>) -> bool {
        let message = match self.bytes.take(bytes, MAX_DATA_BYTES) {
            Taken::Fits => return true,
            Taken::Known => return false,
            Taken::Alone => {
                format!("`#data {name}` would have {bytes} bytes, and all data of a scene may have {MAX_DATA_BYTES}")
            }
            Taken::Together(sum) => {
                format!("with `#data {name}` the scene would have {sum} bytes of data, and {MAX_DATA_BYTES} are allowed")
            }
        };
        let help = "make large data on the GPU: an `#init` fills a buffer without a byte in the file";
        notes.report(Diagnostic::new(Code::TooMuchData, span, message).help(help));
        false
    }

    /// Whether so much work more may be done for formulas; if so, it is counted. Reported as in [`Self::has_room`].
    fn has_time(&mut self, work: u64, span: Span, name: &str, notes: &mut Notes<'_>) -> bool {
        let message = match self.work.take(work, MAX_WORK) {
            Taken::Fits => return true,
            Taken::Known => return false,
            Taken::Alone => {
                format!("`#data {name}` takes {work} steps to compute, and all formulas of a scene may take {MAX_WORK}")
            }
            Taken::Together(sum) => {
                format!("with `#data {name}` the formulas take {sum} steps to compute, and {MAX_WORK} are allowed")
            }
        };
        let help = "fill the buffer with an `#init`, on the GPU, or take fewer elements";
        notes.report(Diagnostic::new(Code::TooMuchComputed, span, message).help(help));
        false
    }

    fn not_empty(&mut self, bytes: Vec<u8>, span: Span, name: &str, notes: &mut Notes<'_>) -> Option<Vec<u8>> {
        if bytes.is_empty() {
            notes.report(Diagnostic::new(Code::EmptyData, span, format!("`#data {name}` holds nothing")));
            return None;
        }
        Some(bytes)
    }

    /// The type that the word beside `values` names.
    fn element_type(&mut self, slot: &language::Slot<String>, notes: &mut Notes<'_>) -> Option<ElementType> {
        if slot.is_bad() {
            return None;
        }
        let word = &slot.value;
        let ty = ElementType::of_word(word);
        if let Some((_, name, _)) = ElementType::ALL.iter().find(|(_, name, _)| name == word) {
            notes.refer(Target::Word("element type", name), word, slot.span);
        }
        if ty.is_none() {
            let words = ElementType::ALL.map(|(_, word, _)| word).join(", ");
            let diagnostic = Diagnostic::unknown_word(slot.span, word, "an element type");
            notes.report(diagnostic.help(format!("choose from {words}")));
        }
        ty
    }

    fn base64(&mut self, text: &str, span: Span, notes: &mut Notes<'_>) -> Option<Vec<u8>> {
        let error = match base64::decode(text) {
            Ok(bytes) => return Some(bytes),
            Err(error) => error,
        };
        // A place in the text is one in the file where the string stands as it is.
        let verbatim = self.files.sources.slice(span).get(1..).is_some_and(|rest| rest.starts_with(text));
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
        notes.report(Diagnostic::new(Code::BadBase64, span, message).help(help));
        None
    }

    /// The bytes of a typed array. `word` is where its type stands.
    fn typed_array(
        &mut self,
        ty: ElementType,
        numbers: &[(f64, Span)],
        word: Span,
        notes: &mut Notes<'_>,
    ) -> Option<(Vec<u8>, u32)> {
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
                    self.wrong_elements(ty, kind, [*first, *second], found.len(), word, notes)
                }
                few => few.iter().for_each(|&(number, span)| self.misfit(ty, kind, number, span, "", notes)),
            }
        }
        misfits.is_empty().then_some((bytes, ty.size() as u32))
    }

    /// Reports a type that many of its numbers do not fit into.
    fn wrong_elements(
        &mut self,
        ty: ElementType,
        kind: Misfit,
        [first, second]: [(f64, Span); 2],
        count: usize,
        word: Span,
        notes: &mut Notes<'_>,
    ) {
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
        notes.report(
            Diagnostic::new(code, word, message)
                .also(first.1, format!("{} is the first", first.0))
                .also(second.1, format!("{} is the second", second.0))
                .help(help),
        );
    }

    fn misfit(&mut self, ty: ElementType, misfit: Misfit, number: f64, span: Span, what: &str, notes: &mut Notes<'_>) {
        let property = ty.property();
        notes.report(match misfit {
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
    fn generated(
        &mut self,
        ty: ElementType,
        generator: &language::Generated,
        name: &str,
        notes: &mut Notes<'_>,
    ) -> Option<(Vec<u8>, u32)> {
        let Spanned { value: count, span: count_span } = generator.number_of_elements.found()?;
        let Spanned { value: lanes, span: lanes_span } = generator.init_each_element_with.found()?;
        let formulas = language::all(&lanes)?;
        for (is_empty, span) in [(count == 0, count_span), (formulas.is_empty(), lanes_span)] {
            if is_empty {
                let message = format!("`#data {name}` holds no numbers");
                notes.report(Diagnostic::new(Code::EmptyData, span, message));
                return None;
            }
        }
        let numbers = u64::from(count) * formulas.len() as u64;
        let bytes = numbers.saturating_mul(ty.size() as u64);
        let work = formulas.iter().map(|formula| formula.work()).sum::<u64>().saturating_mul(u64::from(count));
        if !self.has_room(bytes, count_span, name, notes) || !self.has_time(work, lanes_span, name, notes) {
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
                        notes.report(Diagnostic::new(Code::BadArithmetic, failure.span, message));
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
                        self.misfit(ty, misfit, number, formula.span, &format!("element {}: ", first + offset), notes);
                    }
                }
            }
            if !good.contains(&true) {
                break;
            }
        }
        (!good.contains(&false)).then_some((out, ty.size() as u32))
    }

    /// A shape's vertices; with `indexed=true` also its index list, which becomes a `#data` of its own.
    fn shape(
        &mut self,
        generator: &Chosen<Generator>,
        index: usize,
        name: &str,
        name_span: Span,
        notes: &mut Notes<'_>,
    ) -> Option<Made> {
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
        let list = self.count + self.index_lists.len();
        let list_span = vertices.indexed.prop_span().unwrap_or(at.span);
        if indexed {
            // There is one even if the shape is wrong: whoever uses it is not.
            self.made.insert(list, None);
            self.index_lists.insert(index, (list, list_span));
        }
        let format = self.format(&vertices.format, notes);
        let shape = self.measures(&generator.value, notes);
        let (format, shape) = (format?, shape?);
        if !at.is_sound {
            return None;
        }
        let style = Style { faceted: faceted.is_some_and(|faceted| faceted.faceted.value), indexed };
        let count = shape.vertex_count(style);
        if count > MAX_VERTICES {
            let message = at_most(format!("this {property} would have {count} vertices"), MAX_VERTICES);
            notes.report(Diagnostic::new(Code::OutOfRange, at.span, message).help("take fewer steps, or `indexed=true`"));
            return None;
        }
        let floats: usize = format.iter().map(|attribute| attribute.floats()).sum();
        // Their index lists have at most twelve bytes a vertex more.
        let bytes = count.saturating_mul(4 * floats as u64 + if indexed { 12 } else { 0 });
        if !self.has_room(bytes, at.span, name, notes) {
            return None;
        }
        let mesh = shape.build(style, &format);
        if let Some(indices) = mesh.indices {
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
            let data = Data { name, span: name_span, content, element_size, attributes: Vec::new() };
            self.made.insert(list, Some(data));
        }
        // A handful of attributes.
        let attributes = format.iter().map(|attribute| (attribute.name(), 4 * attribute.floats() as u32)).collect();
        Some((Content::Bytes(Bytes::new(mesh.vertices)), 0, attributes))
    }

    fn format(&mut self, slot: &language::Slot<Vec<Elem<String>>>, notes: &mut Notes<'_>) -> Option<Vec<Attribute>> {
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
                    notes.refer(Target::Word("shape attribute", name), word, *span);
                }
                attributes.push(attribute);
                continue;
            }
            good = false;
            let names = Attribute::ALL.map(|(name, _)| name);
            let diagnostic = Diagnostic::unknown_word(*span, word, "a shape attribute");
            notes.report(match nearest(word, names.into_iter()) {
                Some(near) => diagnostic.did_you_mean(*span, near),
                None => diagnostic.help(format!("choose from {}", names.join(", "))),
            });
        }
        if attributes.len() > MAX_ATTRIBUTES {
            let message =
                format!("a vertex has at most {MAX_ATTRIBUTES} attributes, but {}", pngine_source::diag::given(attributes.len()));
            notes.report(Diagnostic::new(Code::BadLength, slot.span, message));
            good = false;
        }
        good.then_some(attributes)
    }

    /// The measures of a shape. What is not positive is reported.
    fn measures(&mut self, generator: &Generator, notes: &mut Notes<'_>) -> Option<Shape> {
        let mut good = true;
        let mut length = |slot: &language::Slot<f64>, zero: bool| {
            let number = slot.value;
            if number < 0.0 || (number == 0.0 && !zero) || number > MAX_LENGTH {
                let help = format!("it must be {}, and at most {MAX_LENGTH:e}", if zero { "0 or more" } else { "above 0" });
                let diagnostic = Diagnostic::new(Code::OutOfRange, slot.span, format!("`{}` is {number}", slot.row.name));
                notes.report(diagnostic.help(help));
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
                    notes.report(
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
