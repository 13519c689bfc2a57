//! Shader text: fragments and modules put together, checked and reflected. Source: language reference, section 6.

use super::eval::{Evaluator, Slot};
use super::habits;
use super::names::Names;
use super::notes::Notes;
use super::references::{StageWords, Target};
use crate::language::{self, Elem, FragmentRef, ModuleRef, Ns, Obj, Rows};
use crate::limits::{MAX_DEFINES_DEEP, MAX_SHADERS_BYTES};
use crate::memo::Memo;
use pngine_scene::Shader;
use pngine_source::diag::{Code, Diagnostic, Label};
use pngine_source::source::{FileId, SourceFile, SourceMap, Sources, Span};
use pngine_syntax::tree::{Property, Value, ValueKind};
use pngine_wgsl::assemble::{Define, Piece, Text};
use pngine_wgsl::device::Device;
use pngine_wgsl::import::{self, Library, Start};
use pngine_wgsl::library;
use pngine_wgsl::minify;
use pngine_wgsl::reflect::{Binding, Module, Resource};
use pngine_wgsl::scopes::{self, Role};
use pngine_wgsl::tokens;
use pngine_wgsl::validate::Environment;
use std::collections::{BTreeMap, BTreeSet};

/// A `#wgsl` or `#shaderModule`: its kind and its position among those of its kind.
pub(super) type TextId = (Ns, usize);

/// Where a declaration's own text and imports are.
struct Fragment {
    imports: Vec<(Ns, usize, Span)>,
    piece: Option<Piece>,
    /// Whether some of its text or imports is missing or wrong, which is reported: what that declares is not known.
    is_lost: bool,
}

/// What can stand where WGSL is wanted.
enum WgslText<'a> {
    /// A string, or the text of a file; `None` for a mistake, which is reported.
    Piece(Option<Piece>),
    /// A define that stands for this.
    Define(&'a Value),
    /// A fragment; `None` for a mistake, which is reported.
    Fragment(Option<TextId>),
}

/// The text of a module, and where it comes from.
#[derive(Clone, Debug)]
pub struct ShaderText {
    /// Where the name of the declaration stands that has it.
    pub owner: Span,
    /// The text, with what it imports and with the values of defines.
    pub text: Text,
}

/// `.wgsl` files: those that were read, and the way to others.
pub(super) struct Shelf<'a> {
    world: &'a dyn Sources,
    /// By their path from the entry file's directory; modules of the library by their name, which is no path: `pngine::noise`.
    known: BTreeMap<String, FileId>,
    /// The files of the scene, and behind them those of shaders.
    pub sources: SourceMap,
}

impl Shelf<'_> {
    /// The file at a path, once read. It is looked for in the directory of `from`, and in that of the entry file where `places` says so.
    fn read(&mut self, from: FileId, places: Places, path: &str, span: Span) -> Result<FileId, Box<Diagnostic>> {
        let directory = self.sources.get(from).map_or("", |file| file.directory.as_str());
        let places: &[&str] = match places {
            Places::Both => &[directory, ""],
            Places::Own => &[directory],
        };
        let (found, bytes) =
            pngine_syntax::load::find_in(self.world, places, path).map_err(|failure| Box::new(failure.diagnostic(span, path)))?;
        if let Some(id) = self.known.get(&found) {
            return Ok(*id);
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| Box::new(Diagnostic::new(Code::NotText, span, format!("`{path}` is not UTF-8 text"))))?;
        let entry = self.sources.get(FileId(0)).map_or("", |entry| entry.name.as_str());
        let prefix = entry.rfind('/').map_or("", |slash| &entry[..=slash]);
        let id = self.sources.add(SourceFile::new(format!("{prefix}{found}"), text).at(&found));
        self.known.insert(found, id);
        Ok(id)
    }
}

/// Whether a number in an expression is written with a decimal point. The dot of `photo.width` is none.
fn has_decimal_point(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'.').any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        match bytes.get(at + 1) {
            Some(after) if after.is_ascii_digit() => true,
            Some(after) if after.is_ascii_alphabetic() || *after == b'_' => false,
            _ => before.is_some_and(u8::is_ascii_digit),
        }
    })
}

/// Where a path leads to.
#[derive(Clone, Copy)]
enum Places {
    /// The directory of the file that names it, then that of the entry file.
    Both,
    /// The directory of the file that names it.
    Own,
}

impl Library for Shelf<'_> {
    fn open(&mut self, from: FileId, start: Start, path: &str, span: Span) -> Result<FileId, Box<Diagnostic>> {
        match start {
            Start::Package => self.read(from, Places::Both, path, span).map_err(|found| Box::new(library::hint(*found, path))),
            Start::Library => {
                let module = library::find(path, span)?;
                let add = || self.sources.add(SourceFile::new(path, module.text));
                Ok(*self.known.entry(path.to_owned()).or_insert_with(add))
            }
            Start::Super(count) => {
                let path = "../".repeat(count.saturating_sub(1)) + path;
                self.read(from, Places::Own, &path, span)
            }
        }
    }

    fn file(&self, id: FileId) -> Option<(&str, &str)> {
        self.sources.get(id).map(|file| (file.name.as_str(), file.text.as_str()))
    }
}

/// The words of a text, comments included.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

/// The defines as shader text sees them.
#[derive(Default)]
pub(super) struct ShaderDefines {
    known: BTreeMap<String, Define>,
    /// Those whose value is a mistake, which is reported.
    lost: BTreeSet<String>,
}

impl Evaluator<'_, '_> {
    /// The defines as shader text sees them. What is wrong with their values is reported.
    pub fn shader_defines(&mut self) -> ShaderDefines {
        let (mut known, mut lost) = (BTreeMap::new(), BTreeSet::new());
        for (name, define) in self.names.defines() {
            let Some(value) = self.numbers.value(define) else { continue };
            let define = match &value.kind {
                ValueKind::Str(text) => Define::Text(text.clone()),
                ValueKind::Ident(word) => Define::Word(word.clone()),
                ValueKind::Bool(value) => Define::Word(value.to_string()),
                ValueKind::Array(_) | ValueKind::Object(_) | ValueKind::Error | ValueKind::Ref(_) => continue,
                ValueKind::Number(_)
                | ValueKind::Neg(_)
                | ValueKind::Binary(..)
                | ValueKind::Call(..)
                | ValueKind::Group(_)
                | ValueKind::Path(_) => {
                    // What is a size in bytes can stand in a size only, so it is evaluated where it stands.
                    if self.is_byte_size(value, &mut BTreeSet::new()) {
                        continue;
                    }
                    let Ok(result) = self.eval(value, Slot::Number) else {
                        lost.insert(name.to_owned());
                        continue;
                    };
                    let Some(number) = result.as_constant() else { continue };
                    if has_decimal_point(self.names.loaded.sources.slice(value.span)) {
                        Define::Float(number)
                    } else {
                        Define::Number(number)
                    }
                }
            };
            known.insert(name.to_owned(), define);
        }
        ShaderDefines { known, lost }
    }

    /// Whether an expression uses a name that means something in sizes only: data, a buffer, `module.variable`.
    fn is_byte_size(&self, value: &Value, seen: &mut BTreeSet<usize>) -> bool {
        match &value.kind {
            ValueKind::Neg(inner) | ValueKind::Group(inner) => self.is_byte_size(inner, seen),
            ValueKind::Call(_, values) => values.iter().any(|value| self.is_byte_size(value, seen)),
            ValueKind::Binary(_, left, right) => {
                let (mut left, mut right) = (left, right);
                // A long chain nests to the left, so only its right sides are recursed into.
                while let ValueKind::Binary(_, next, other) = &left.kind {
                    if self.is_byte_size(right, seen) {
                        return true;
                    }
                    (left, right) = (next, other);
                }
                self.is_byte_size(right, seen) || self.is_byte_size(left, seen)
            }
            ValueKind::Path(words) => words.first().map(|word| word.name.as_str()).is_none_or(|word| {
                !matches!(word, "canvas" | "imageBitmaps") && self.names.lookup(Ns::ImageBitmap, word).is_none()
            }),
            ValueKind::Ident(name) => match self.names.define(name) {
                Some(define) => {
                    let value = self.numbers.value(define).filter(|_| seen.len() < MAX_DEFINES_DEEP && seen.insert(define.index));
                    value.is_some_and(|value| self.is_byte_size(value, seen))
                }
                None => self.names.lookup(Ns::Data, name).is_some() || self.names.lookup(Ns::Buffer, name).is_some(),
            },
            _ => false,
        }
    }
}

/// Every `#wgsl` and `#shaderModule`, and what became of them.
pub(super) struct Shaders<'a> {
    memo: &'a Memo,
    names: &'a Names<'a>,
    /// What WGSL may say depends on its features.
    pub device: Device,
    pub defines: ShaderDefines,
    fragments: BTreeMap<TextId, Fragment>,
    pub shelf: Shelf<'a>,
    /// The modules that a stage names, in the order in which they are made.
    pub list: Vec<Shader>,
    /// Theirs, and those of `#pass`.
    pub texts: Vec<ShaderText>,
    /// Which is whose.
    pub of: BTreeMap<TextId, usize>,
    /// Where the pieces begin that are in some module.
    read_pieces: BTreeSet<Span>,
    /// Defines whose names stand in shader text, which gets their values as they are written.
    pub defines_in_text: BTreeSet<usize>,
    /// Bytes of all texts so far, and whether too many were reported.
    bytes: (usize, bool),
}

impl<'a> Shaders<'a> {
    /// None is known yet.
    pub fn new(world: &'a dyn Sources, memo: &'a Memo, names: &'a Names<'a>) -> Self {
        Self {
            memo,
            names,
            device: Device::default(),
            defines: ShaderDefines::default(),
            fragments: BTreeMap::new(),
            shelf: Shelf { world, known: BTreeMap::new(), sources: names.loaded.sources.clone() },
            list: Vec::new(),
            texts: Vec::new(),
            of: BTreeMap::new(),
            read_pieces: BTreeSet::new(),
            defines_in_text: BTreeSet::new(),
            bytes: (0, false),
        }
    }

    /// Takes a declaration, whose properties are `obj`. Its text is read; modules are made of it later.
    pub fn add(&mut self, (ns, index): TextId, body: &[Property], obj: &Obj, notes: &mut Notes<'a>) {
        let (listed, row) = match ns {
            Ns::Wgsl => (language::Wgsl::slots(obj).imports, language::Wgsl::value),
            _ => (language::ShaderModule::slots(obj).imports, language::ShaderModule::code),
        };
        let import = |import: &Elem<FragmentRef>| import.value.map(|FragmentRef(ns, index)| (ns, index, import.span));
        let mut imports: Vec<(Ns, usize, Span)> = listed.elements().iter().filter_map(import).collect();
        let text = row.written(language::row_of(ns).shape, body).map(|property| &property.value);
        let known = imports.len();
        let piece = text.and_then(|value| self.text_piece(value, &mut imports, notes));
        let is_lost = !obj.is_whole() || (piece.is_none() && imports.len() == known);
        self.fragments.insert((ns, index), Fragment { imports, piece, is_lost });
    }

    /// Puts together and checks every `#shaderModule`; `#wgsl` that stages name follow when they are met.
    pub fn judge_modules(&mut self, notes: &mut Notes<'a>) {
        self.import_cycles(notes);
        for index in 0..self.names.count(Ns::ShaderModule) {
            self.shader((Ns::ShaderModule, index), notes);
        }
        let texts: Vec<String> = self.fragments.values().filter_map(|one| Some(one.piece.as_ref()?.text.clone())).collect();
        texts.iter().for_each(|text| self.note_defines_in(text));
        self.check_descriptions(notes);
    }

    /// Where WGSL text begins, of modules and of fragments that no module has.
    pub fn pieces_read(&self) -> BTreeSet<Span> {
        let fragments = self.fragments.values().filter_map(|fragment| fragment.piece.as_ref());
        self.read_pieces.iter().copied().chain(fragments.map(Piece::start)).collect()
    }

    /// Every define whose name stands in a text is used, if only in a comment.
    pub fn note_defines_in(&mut self, text: &str) {
        self.defines_in_text.extend(words(text).filter_map(|word| self.names.define(word)).map(|define| define.index));
    }

    /// The text itself. The name of a fragment counts as an import of it.
    pub fn text_piece(&mut self, value: &Value, imports: &mut Vec<(Ns, usize, Span)>, notes: &mut Notes<'a>) -> Option<Piece> {
        let mark = notes.mark();
        let text = self.wgsl_text(value, notes);
        let mut findings = notes.since(mark);
        let piece = match text {
            WgslText::Piece(piece) => piece,
            WgslText::Define(text) => self.text_piece(text, imports, notes),
            WgslText::Fragment(Some((ns, index))) => {
                imports.push((ns, index, value.span));
                notes.prove(&mut findings, value.span, &Some((ns, index)), |notes, modern| {
                    let mut other = Vec::new();
                    self.text_piece(modern, &mut other, notes);
                    other.first().map(|(ns, index, _)| (*ns, *index))
                });
                None
            }
            WgslText::Fragment(None) => None,
        };
        notes.extend(findings);
        piece
    }

    /// What is written where WGSL is wanted.
    fn wgsl_text(&mut self, value: &Value, notes: &mut Notes<'a>) -> WgslText<'a> {
        let found = match &value.kind {
            ValueKind::Str(text) if text.starts_with("./") || text.starts_with("../") => {
                return WgslText::Piece(self.text_file(text, value.span, notes));
            }
            ValueKind::Str(text) if is_bare_path(text) => {
                let message = format!("`{text}` is read as WGSL, because it does not begin with `./`");
                let modern = format!("\"./{text}\"");
                notes.report(
                    Diagnostic::new(Code::WgslSyntax, value.span, message)
                        .label("this looks like a path")
                        .help(format!("write `{modern}`"))
                        .fix(format!("write `{modern}`"), false, value.span, modern),
                );
                None
            }
            ValueKind::Str(text) => match text.strip_prefix("$wgsl.") {
                Some(name) if !name.contains(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')) => {
                    notes.find_qualified(&[Ns::Wgsl], &["wgsl", name], value.span)
                }
                _ => {
                    let raw = self.names.loaded.sources.slice(value.span);
                    let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
                    return WgslText::Piece(inner.map(|inner| Piece::literal(value.span.file, value.span.start + 1, inner)));
                }
            },
            ValueKind::Ident(name) => match self.names.define(name) {
                Some(define) if self.names.lookup(Ns::Wgsl, name).is_none() && matches!(define.value.kind, ValueKind::Str(_)) => {
                    notes.refer(Target::Define(define.index), name, value.span);
                    notes.reads_define(define.index);
                    return WgslText::Define(define.value);
                }
                _ => notes.find(&[Ns::Wgsl], name, value.span),
            },
            ValueKind::Ref(words) => {
                let words: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
                notes.find_qualified(&[Ns::Wgsl], &words, value.span)
            }
            ValueKind::Error => None,
            _ => {
                let message = "WGSL text is expected: a string, a path, or the name of a `#wgsl`";
                notes.report(Diagnostic::new(Code::WrongType, value.span, message).label(super::describe(value)));
                None
            }
        };
        WgslText::Fragment(found)
    }

    fn text_file(&mut self, path: &str, span: Span, notes: &mut Notes<'a>) -> Option<Piece> {
        let id = self.shelf.read(span.file, Places::Both, path, span).map_err(|finding| notes.report(*finding)).ok()?;
        notes.means(Target::File(id), span);
        self.shelf.file(id).map(|(_, text)| Piece::file(id, text))
    }

    /// Reports fragments that import each other in a circle, each circle once.
    fn import_cycles(&mut self, notes: &mut Notes<'a>) {
        let mut findings = Vec::new();
        let mut done = BTreeSet::new();
        for &start in self.fragments.keys() {
            self.walk_imports(start, &mut done, &mut findings);
        }
        for (chain, span) in findings {
            let names: Vec<&str> = chain.iter().map(|&(ns, index)| self.names.declaration(ns, index).name.as_str()).collect();
            let Some((&(ns, _), name)) = chain.first().zip(names.first()) else { continue };
            let message = format!("`#{} {name}` imports itself", ns.word());
            let way = match names.as_slice() {
                [first, second, .., last_but_one, last] if names.len() > 12 => {
                    format!("`{first}` → `{second}` → … → `{last_but_one}` → `{last}`")
                }
                all => format!("`{}`", all.join("` → `")),
            };
            notes.report(Diagnostic::new(Code::ImportCycle, span, message).label(way));
        }
    }

    /// Looks for circles in depth-first order. The way is kept in a list, because a chain of imports may be as long as the text.
    fn walk_imports(&self, start: TextId, done: &mut BTreeSet<TextId>, findings: &mut Vec<(Vec<TextId>, Span)>) {
        if !done.insert(start) {
            return;
        }
        // Where we are, and how many of its imports were followed.
        let mut way = vec![(start, 0)];
        let mut position = BTreeMap::from([(start, 0)]);
        while let Some((at, followed)) = way.last_mut() {
            let Some(&(ns, index, span)) = self.fragments.get(at).and_then(|fragment| fragment.imports.get(*followed)) else {
                position.remove(at);
                way.pop();
                continue;
            };
            *followed += 1;
            let next = (ns, index);
            if let Some(&first) = position.get(&next) {
                let circle = way.iter().skip(first).map(|(link, _)| *link).chain([next]);
                findings.push((circle.collect(), span));
            } else if done.insert(next) {
                position.insert(next, way.len());
                way.push((next, 0));
            }
        }
    }

    /// The texts of fragments and of all that they import: each once, what is imported before what imports it.
    /// The second result tells whether some of them is not known.
    pub fn pieces(&self, fragments: &[TextId]) -> (Vec<Piece>, bool) {
        let (mut out, mut is_lost) = (Vec::new(), false);
        let mut seen = BTreeSet::new();
        for &start in fragments {
            if !seen.insert(start) {
                continue;
            }
            let mut way = vec![(start, 0)];
            while let Some((at, followed)) = way.last_mut() {
                let fragment = self.fragments.get(at);
                match fragment.and_then(|fragment| fragment.imports.get(*followed)) {
                    Some(&(ns, import, _)) => {
                        *followed += 1;
                        if seen.insert((ns, import)) {
                            way.push(((ns, import), 0));
                        }
                    }
                    None => {
                        let piece = fragment.and_then(|fragment| fragment.piece.as_ref());
                        out.extend(piece.filter(|piece| !piece.text.trim().is_empty()).cloned());
                        is_lost |= fragment.is_some_and(|fragment| fragment.is_lost);
                        way.pop();
                    }
                }
            }
        }
        (out, is_lost)
    }

    /// The shader of a `#shaderModule` or `#wgsl`, made and checked when first asked for.
    pub fn shader(&mut self, id: TextId, notes: &mut Notes<'a>) -> usize {
        if let Some(&shader) = self.of.get(&id) {
            return shader;
        }
        let (pieces, is_lost) = self.pieces(&[id]);
        let declaration = self.names.declaration(id.0, id.1);
        let (text, module) = match self.joined(&pieces, is_lost, notes) {
            Some(joined) => {
                self.texts.push(ShaderText { owner: declaration.name_span, text: joined.text.clone() });
                let mark = notes.mark();
                let checked = self.checked(&joined.text, &joined, notes);
                let findings = notes.since(mark).into_iter().map(|finding| habits::in_module(finding, &self.shelf.sources));
                notes.extend(findings.collect::<Vec<_>>());
                checked
            }
            None => (String::new(), None),
        };
        self.list.push(Shader { name: declaration.name.clone(), span: declaration.name_span, text, module });
        self.of.insert(id, self.list.len() - 1);
        self.list.len() - 1
    }

    /// The pieces as one text: with what they import, and with the values of defines; `None` if that cannot be made, which is reported.
    /// Where some pieces are lost, they may have declared whatever the others do not.
    pub fn joined(&mut self, pieces: &[Piece], is_lost: bool, notes: &mut Notes<'a>) -> Option<import::Expanded> {
        let mut findings = Vec::new();
        let expanded = import::expand(pieces, &self.defines.known, &mut self.shelf, &mut findings);
        notes.extend(findings);
        let mut expanded = expanded?;
        expanded.missing.extend(self.defines.lost.iter().cloned());
        if is_lost {
            let text = &expanded.text.text;
            let tokens = tokens::significant(text);
            let scopes = scopes::resolve(text, &tokens);
            let free = tokens.iter().zip(&scopes.roles).filter(|(_, role)| **role == Role::Free);
            expanded.missing.extend(free.map(|(token, _)| token.text(text).to_owned()));
            expanded.is_wrong = true;
        }
        notes.refer_in_shader(&self.shelf.sources, &expanded.words, &expanded.declared);
        self.read_pieces.extend(pieces.iter().map(Piece::start));
        let imported = expanded.files.iter().filter_map(|id| self.shelf.sources.get(*id)).flat_map(|file| words(&file.text));
        self.defines_in_text.extend(imported.filter_map(|word| self.names.define(word)).map(|define| define.index));
        self.has_shader_room(&expanded.text, notes).then_some(expanded)
    }

    /// Whether a text fits into what all shaders may have together; if so, it is counted. What is too much is reported once.
    fn has_shader_room(&mut self, text: &Text, notes: &mut Notes<'a>) -> bool {
        let (bytes, is_reported) = &mut self.bytes;
        *bytes = bytes.saturating_add(text.text.len());
        if *bytes <= MAX_SHADERS_BYTES || *is_reported {
            return *bytes <= MAX_SHADERS_BYTES;
        }
        *is_reported = true;
        let message =
            format!("the shaders of the scene have more than {MAX_SHADERS_BYTES} bytes together, with what they import");
        notes.report(
            Diagnostic::new(Code::ShaderLimit, text.map.span(0..1), message)
                .label("the first one that is too much")
                .help("one module can have many entry points; pipelines share it"),
        );
        false
    }

    /// The text that the GPU gets, as long as it is written, and what is in it: judged. `text` is that of `joined`, or one made from it. The
    /// module is `None` if something is wrong, which is reported.
    pub fn checked(&mut self, text: &Text, joined: &import::Expanded, notes: &mut Notes<'a>) -> (String, Option<Module>) {
        if text.text.trim().is_empty() {
            // A module without text is one without entry points, unless what should be in it is missing.
            return (String::new(), (!joined.is_wrong).then(Module::default));
        }
        let environment = Environment { missing: joined.missing.clone(), device: self.device.clone() };
        let (module, mut found) = self.memo.judge(text, &environment);
        let module = module.filter(|_| !joined.is_wrong);
        // A `#device` cannot be put into a `.wgsl` file.
        let is_scene = |label: &Label| (label.span.file.0 as usize) < self.names.loaded.trees.len();
        for diagnostic in found.iter_mut().filter(|found| found.code == Code::FeatureMissing) {
            if !diagnostic.primary.as_ref().is_some_and(is_scene) {
                diagnostic.fixes.clear();
            }
        }
        notes.extend(found);
        #[cfg(feature = "judge")]
        if module.is_none() && !joined.is_wrong && joined.missing.is_empty() {
            crate::refused::note(&text.text);
        }
        (minify::plain_interpolation(&text.text), module)
    }

    /// The uniform variable that the size of a buffer is that of, if it is written so: the host may write it then. That is the shader, and
    /// the binding of its module. Whatever is wrong with it was reported when the size was evaluated.
    pub fn sized_by(&self, body: &[Property]) -> Option<(usize, usize)> {
        let value = &language::Buffer::size.written(language::Buffer::SHAPE, body)?.value;
        let words: Vec<&str> = match &value.kind {
            ValueKind::Path(words) | ValueKind::Ref(words) => words.iter().map(|word| word.name.as_str()).collect(),
            ValueKind::Str(text) => text.trim_start_matches('$').split('.').collect(),
            _ => return None,
        };
        let ([module, variable] | ["uniforms", module, variable, "data"]) = words[..] else { return None };
        let id = [Ns::ShaderModule, Ns::Wgsl].into_iter().find_map(|ns| Some((ns, self.names.lookup(ns, module)?)))?;
        let shader = *self.of.get(&id)?;
        let is_it = |binding: &Binding| binding.name == variable && matches!(binding.resource, Resource::Uniform(_));
        Some((shader, self.list[shader].module.as_ref()?.bindings.iter().position(is_it)?))
    }

    /// The buffers that an `#init` binds by the names of its shader's variables are used. Source: language reference, section 9.20.
    pub fn note_init_bindings(&self, init: &language::Init, notes: &mut Notes<'a>) {
        let Some(ModuleRef(ns, index)) = init.shader.value else { return };
        let Some(&shader) = self.of.get(&(ns, index)) else { return };
        let Some(module) = &self.list[shader].module else { return };
        let first_by_name = if init.params.is_written() { 2 } else { 1 };
        let names = module.bindings.iter().filter(|binding| binding.group == 0 && binding.binding >= first_by_name);
        for (span, buffer) in names.filter_map(|one| Some((one.span, self.names.lookup(Ns::Buffer, &one.name)?))) {
            notes.presume(Ns::Buffer, buffer);
            notes.meanings.same_names.push((span, Target::Declaration(Ns::Buffer, buffer)));
        }
    }

    /// Notes the entry points, overrides and variables that stages name. One that leaves its module out takes the only one there is.
    pub fn refer_in_stages(&self, notes: &mut Notes<'a>) {
        for StageWords { module, names } in std::mem::take(&mut notes.stages) {
            let shader = match module {
                Some(module) => self.of.get(&module).copied(),
                None => (self.list.len() == 1).then_some(0),
            };
            let Some(module) = shader.and_then(|shader| self.list.get(shader)?.module.as_ref()) else { continue };
            for (name, span) in names {
                let entry = module.entry_point(&name).map(|entry| entry.span);
                let constant = || module.overrides.iter().find(|row| row.name == name).map(|row| row.span);
                let variable = || module.binding(&name).map(|binding| binding.span);
                if let Some(declared) = entry.or_else(constant).or_else(variable) {
                    notes.refer(Target::Wgsl(declared), &name, span);
                }
            }
        }
    }

    /// Notes the words of fragments that no module has.
    pub fn refer_in_lone_fragments(&self, notes: &mut Notes<'a>) {
        let is_lone = |piece: &&Piece| !self.read_pieces.contains(&piece.start());
        for piece in self.fragments.values().filter_map(|fragment| fragment.piece.as_ref()).filter(is_lone) {
            let (words, declared) = import::words_alone(piece.clone(), &self.defines.known);
            notes.refer_in_shader(&self.shelf.sources, &words, &declared);
        }
    }
}

/// Whether a text that should be WGSL is the path of a file: one word that ends as such files do.
fn is_bare_path(text: &str) -> bool {
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '.' | '/' | '_' | '-');
    (text.ends_with(".wgsl") || text.ends_with(".wesl")) && text.chars().all(is_path)
}
