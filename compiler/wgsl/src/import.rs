//! Imports inside WGSL: single declarations of `.wgsl` files, with everything that they need. Source: language.md 18.7.
//!
//! A file that is imported from is a unit of its own: its words mean what it declares and imports itself, whatever the module around
//! it calls by the same names. So every unit is resolved alone, then the declarations that are needed are put into one text, and
//! those whose names would meet get other names. Nothing is copied twice, however many ways lead to it.

use crate::limits::{MAX_FILES, MAX_IMPORT_BRACES, MAX_IMPORTED_BYTES, MAX_SHADER_BYTES, MOST_LISTED_NAMES};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::{FileId, Span};

use super::assemble::{self, Define, Piece, Text};
use super::builtins;
use super::library;
use super::scopes::{self, DeclarationKind, KEYWORDS, Role, Scopes};
use super::tokens::{self, Token, TokenKind};

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Start {
    /// `package`: the directory of the file with the import, then that of the entry file.
    Package,
    /// `super`: the directory of the file with the import, and one further up for each `super` after the first.
    Super(usize),
    /// `pngine`: the library that the compiler brings ([`crate::library`]).
    Library,
}

/// Where imported files come from.
pub trait Library {
    /// The file at `path`, such as `lighting/fog.wgsl`, for an import at `span` in the file `from`. Opening one file again gives the
    /// same id. A path into the library is the name of one of its modules, such as `pngine::noise`.
    ///
    /// # Errors
    /// The finding, if there is no such file, or if it cannot be read.
    fn open(&mut self, from: FileId, start: Start, path: &str, span: Span) -> Result<FileId, Box<Diagnostic>>;

    /// Name and text of a file that was opened.
    fn file(&self, id: FileId) -> Option<(&str, &str)>;
}

/// A module's text with all that it imports.
#[derive(Debug)]
pub struct Expanded {
    /// The text, values of defines put in.
    pub text: Text,
    /// Names that wrong imports would have brought; whoever uses them is not wrong.
    pub missing: BTreeSet<String>,
    /// The author's files that were imported from: those of the library are not among them.
    pub files: BTreeSet<FileId>,
    /// What the words of the module and of these files mean.
    pub words: Vec<Word>,
    /// What they declare.
    pub declared: Vec<Declared>,
    /// Whether an import is wrong, which is reported: the module is not what its author meant.
    pub is_wrong: bool,
}

/// A word of shader text and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub name: String,
    /// Where it stands: where another word stands, in the value of a define of that name.
    pub span: Span,
    /// What it means.
    pub meaning: Meaning,
}

/// What a word of shader text can mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// What is declared at this place.
    Declaration(Span),
    /// A define of this name.
    Define(String),
    /// A file.
    File(FileId),
}

/// A name that shader text declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// What declares it.
    pub kind: DeclarationKind,
    /// Whether all of its module sees it.
    pub is_global: bool,
    /// Whether the name stays: GPUs get that of an entry point, or of an override without `@id`; and the library is not the author's.
    pub is_kept: bool,
}

/// The words of a piece that is in no module, and what it declares. What it imports is not looked at.
pub fn words_alone(piece: Piece, defines: &BTreeMap<String, Define>) -> (Vec<Word>, Vec<Declared>) {
    struct Nothing;
    impl Library for Nothing {
        fn open(&mut self, _: FileId, _: Start, path: &str, span: Span) -> Result<FileId, Box<Diagnostic>> {
            Err(Box::new(Diagnostic::new(Code::FileNotFound, span, format!("`{path}` is not looked for"))))
        }

        fn file(&self, _: FileId) -> Option<(&str, &str)> {
            None
        }
    }
    let mut findings = Vec::new();
    let home = piece.home();
    let mut importer = Importer {
        library: &mut Nothing,
        defines,
        diagnostics: &mut findings,
        units: Vec::new(),
        known: BTreeMap::new(),
        bytes: 0,
    };
    match importer.unit(assemble::assemble(&[piece]), home, Owner::Author) {
        Some(_) => (importer.words(), importer.declared()),
        None => (Vec::new(), Vec::new()),
    }
}

/// Joins the pieces of a module, puts in the values of defines (language.md 6.3) and adds what the imports in the text name.
///
/// A text without imports is the joined pieces, with directives (`enable`, `requires`, `diagnostic`) moved to the front where they
/// are not there yet. `None` if the text would be too large, which is reported.
pub fn expand(
    pieces: &[Piece],
    defines: &BTreeMap<String, Define>,
    library: &mut dyn Library,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Expanded> {
    let before = diagnostics.len();
    let joined = assemble::assemble(pieces);
    let mut importer = Importer { library, defines, diagnostics, units: Vec::new(), known: BTreeMap::new(), bytes: 0 };
    let home = pieces.last().map_or(FileId(0), Piece::home);
    importer.unit(joined, home, Owner::Author)?;
    // A file that is a piece of the module is the module itself for those who import from it.
    importer.known.extend(pieces.iter().map(|piece| (piece.home(), 0)));
    let mut next = 0;
    while next < importer.units.len() {
        importer.open_imports(next);
        next += 1;
    }
    importer.link();
    let (words, declared) = (importer.words(), importer.declared());
    let imports = importer.units.len() > 1;
    let of_author = importer.units.iter().skip(1).filter(|unit| unit.owner == Owner::Author);
    let files: BTreeSet<FileId> = of_author.map(|unit| unit.file).collect();
    let text = importer.write()?;
    let missing = importer.units.iter_mut().flat_map(|unit| std::mem::take(&mut unit.missing)).collect();
    if text.text.len() > MAX_SHADER_BYTES && imports {
        let message =
            format!("the shader has {} bytes with what it imports, and {MAX_SHADER_BYTES} are allowed", text.text.len());
        diagnostics.push(Diagnostic::new(Code::ShaderTooLarge, text.map.span(0..1), message).label("it begins here"));
        return None;
    }
    let is_wrong = diagnostics.len() > before && diagnostics[before..].iter().any(|found| found.code != Code::ImportRenamed);
    Some(Expanded { text, missing, files, words, declared, is_wrong })
}

/// A name in an `import`.
#[derive(Debug)]
struct Imported {
    start: Start,
    /// The file: `lighting/fog.wgsl`, or `pngine::noise` in the library.
    path: String,
    path_span: Span,
    /// The declaration's name there.
    name: String,
    name_span: Span,
    /// Its name here.
    local: String,
    local_span: Span,
    /// The unit of its file, once that is open; `None` if it cannot be opened, which is reported.
    unit: Option<usize>,
}

/// What an imported name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    /// The item of a unit.
    Item(usize, usize),
    /// Nothing that is known; reported.
    Lost,
}

/// Who can change a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// The author of the scene.
    Author,
    /// Nobody who reads the findings: it is a module of the library. It means the same in every scene, so no define is put in.
    Library,
}

/// A text that is resolved by itself: first the module's, then one for each file that is imported from.
struct Unit {
    file: FileId,
    owner: Owner,
    /// Without imports, with the values of defines.
    text: Text,
    tokens: Vec<Token>,
    scopes: Scopes,
    /// Item by global name, the first where there are several.
    globals: BTreeMap<String, usize>,
    /// Words that the unit does not declare where they stand.
    free: BTreeSet<String>,
    statements: Vec<Imported>,
    /// Meaning of each imported name, by its name here.
    imports: BTreeMap<String, Target>,
    missing: BTreeSet<String>,
    /// Names of defines that values stand for, each with its place.
    replaced: Vec<(String, Span)>,
}

impl Unit {
    fn word(&self, token: usize) -> &str {
        self.tokens.get(token).map_or("", |token| token.text(&self.text.text))
    }

    fn role(&self, token: usize) -> Role {
        self.scopes.roles.get(token).copied().unwrap_or(Role::None)
    }

    /// The word that says what an item is.
    fn keyword(&self, item: usize) -> &str {
        self.scopes.items.get(item).and_then(|item| item.keyword).map_or("", |keyword| self.word(keyword))
    }

    fn name(&self, item: usize) -> &str {
        self.scopes.items.get(item).and_then(|item| item.name).map_or("", |name| self.word(name))
    }

    fn declares_locally(&self, name: &str) -> bool {
        self.scopes.declarations.iter().any(|declaration| !declaration.is_global && self.word(declaration.token) == name)
    }

    fn is_directive(&self, item: usize) -> bool {
        matches!(self.keyword(item), "enable" | "requires" | "diagnostic")
    }

    /// The bytes of an item.
    fn range(&self, item: usize) -> Range<usize> {
        let Some(item) = self.scopes.items.get(item) else { return 0..0 };
        let start = self.tokens.get(item.tokens.start).map_or(0, |token| token.start as usize);
        let last = item.tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last));
        start..last.map_or(start, |token| token.end as usize).max(start)
    }

    fn span(&self, token: usize) -> Span {
        self.tokens.get(token).map_or_else(Span::default, |token| self.text.map.span(token.range()))
    }

    /// Whether GPUs get the name of a declaration.
    fn is_kept(&self, declaration: &scopes::Declaration) -> bool {
        let has = |attributes: &[&str]| {
            let Some(item) = self.scopes.items.get(declaration.item) else { return false };
            let head = item.tokens.start..item.keyword.unwrap_or(item.tokens.end);
            head.into_iter().any(|at| self.word(at) == "@" && attributes.contains(&self.word(at + 1)))
        };
        match declaration.kind {
            DeclarationKind::Override => !has(&["id"]),
            DeclarationKind::Function => has(&["vertex", "fragment", "compute"]),
            DeclarationKind::Struct
            | DeclarationKind::Alias
            | DeclarationKind::Const
            | DeclarationKind::Var
            | DeclarationKind::Let
            | DeclarationKind::Parameter => false,
        }
    }

    /// Whether a scene can name what an item declares: a resource, an override, an entry point.
    fn is_visible(&self, item: usize) -> bool {
        let Some(found) = self.scopes.items.get(item) else { return false };
        let has_attribute = || found.keyword.is_some_and(|keyword| keyword > found.tokens.start);
        match self.keyword(item) {
            "override" => true,
            "var" | "fn" => has_attribute(),
            _ => false,
        }
    }
}

struct Importer<'a> {
    library: &'a mut dyn Library,
    defines: &'a BTreeMap<String, Define>,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// The module's own text, then the files.
    units: Vec<Unit>,
    /// Unit by file.
    known: BTreeMap<FileId, usize>,
    bytes: usize,
}

impl Importer<'_> {
    /// Adds a unit; its imports are read, but not opened. `None` if its text grows too large.
    fn unit(&mut self, text: Text, file: FileId, owner: Owner) -> Option<usize> {
        let is_module = self.units.is_empty();
        let (mut missing, mut is_incomplete) = (BTreeSet::new(), false);
        let mut statements = Vec::new();
        let mut text = text;
        let has_imports = text.text.contains("import") || text.text.contains("::");
        if has_imports {
            let tokens = tokens::significant(&text.text);
            let mut reader = ImportReader {
                text: &text,
                tokens: &tokens,
                at: 0,
                names: Vec::new(),
                edits: Vec::new(),
                missing: BTreeSet::new(),
                is_incomplete: false,
            };
            reader.read(self.diagnostics);
            let edits = std::mem::take(&mut reader.edits);
            (statements, missing, is_incomplete) = (reader.names, reader.missing, reader.is_incomplete);
            text = text.edit(&edits);
        }
        let kept: BTreeSet<String> =
            statements.iter().map(|import| import.local.clone()).chain(missing.iter().cloned()).collect();
        let mut replaced = Vec::new();
        let none = BTreeMap::new();
        let defines = match owner {
            Owner::Author => self.defines,
            Owner::Library => &none,
        };
        let text = match assemble::substitute_except(&text, defines, &kept, &mut replaced) {
            Ok(text) => text,
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                return None;
            }
        };
        let tokens = tokens::significant(&text.text);
        let scopes = scopes::resolve(&text.text, &tokens);
        let mut unit = Unit {
            file,
            owner,
            text,
            tokens,
            scopes,
            globals: BTreeMap::new(),
            free: BTreeSet::new(),
            statements,
            imports: BTreeMap::new(),
            missing,
            replaced,
        };
        // Only names that imports can meet matter.
        if has_imports || !is_module {
            for (item, found) in unit.scopes.items.iter().enumerate() {
                if let Some(name) = found.name {
                    let word = unit.tokens.get(name).map_or("", |token| token.text(&unit.text.text));
                    unit.globals.entry(word.to_owned()).or_insert(item);
                }
            }
            let free = unit.tokens.iter().zip(&unit.scopes.roles).filter(|(_, role)| **role == Role::Free);
            unit.free = free.map(|(token, _)| token.text(&unit.text.text).to_owned()).collect();
        }
        if is_incomplete {
            unit.missing.extend(unit.free.iter().cloned());
        }
        self.units.push(unit);
        Some(self.units.len() - 1)
    }

    /// Opens the files that a unit imports from.
    fn open_imports(&mut self, index: usize) {
        let mut statements = self.units.get_mut(index).map(|unit| std::mem::take(&mut unit.statements)).unwrap_or_default();
        // A file that cannot be opened is told once for each file that imports from it.
        let mut failed: BTreeSet<(FileId, Start, String)> = BTreeSet::new();
        for import in &mut statements {
            let key = (import.path_span.file, import.start, import.path.clone());
            if failed.contains(&key) {
                continue;
            }
            import.unit = self.open(import);
            if import.unit.is_none() {
                failed.insert(key);
            }
        }
        if let Some(unit) = self.units.get_mut(index) {
            unit.statements = statements;
        }
    }

    fn open(&mut self, import: &Imported) -> Option<usize> {
        let id = match self.library.open(import.path_span.file, import.start, &import.path, import.path_span) {
            Ok(id) => id,
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                return None;
            }
        };
        if let Some(unit) = self.known.get(&id) {
            return Some(*unit);
        }
        let text = self.library.file(id).map_or_else(String::new, |(_, text)| text.to_owned());
        self.bytes = self.bytes.saturating_add(text.len());
        let too_much = if text.len() > MAX_SHADER_BYTES {
            Some(format!("the imported file has {} bytes, and {MAX_SHADER_BYTES} are allowed", text.len()))
        } else if self.bytes > MAX_IMPORTED_BYTES {
            Some(format!("the imported files have more than {MAX_IMPORTED_BYTES} bytes"))
        } else if self.units.len() > MAX_FILES {
            Some(format!("a shader imports from more than {MAX_FILES} files"))
        } else {
            None
        };
        if let Some(message) = too_much {
            self.diagnostics.push(Diagnostic::new(Code::ShaderTooLarge, import.path_span, message).label("too much"));
            return None;
        }
        let piece = Piece::file(id, &text);
        let open_comment = tokens::tokenize(&piece.text).into_iter().find(|token| token.kind == TokenKind::OpenComment);
        let text = assemble::assemble(&[piece]);
        if let Some(comment) = open_comment {
            let start = comment.start as usize;
            let message = "a block comment is not closed";
            let diagnostic = Diagnostic::new(Code::WgslSyntax, text.map.span(start..start + 2), message);
            self.diagnostics.push(diagnostic.label("opened here").help("close it with `*/`"));
        }
        let owner = match import.start {
            Start::Library => Owner::Library,
            Start::Package | Start::Super(_) => Owner::Author,
        };
        let unit = self.unit(text, id, owner)?;
        self.known.insert(id, unit);
        Some(unit)
    }

    /// Finds the items that imported names mean, and reports names that mean nothing or two things.
    fn link(&mut self) {
        for index in 0..self.units.len() {
            let statements = self.units.get_mut(index).map(|unit| std::mem::take(&mut unit.statements)).unwrap_or_default();
            let mut bound: BTreeMap<&str, (Target, Span)> = BTreeMap::new();
            for import in &statements {
                let target = self.target(import);
                let clash = match bound.get(import.local.as_str()) {
                    None => {
                        bound.insert(&import.local, (target, import.local_span));
                        self.own_declaration(index, &import.local, target)
                    }
                    Some((first, _)) if *first == target || *first == Target::Lost || target == Target::Lost => None,
                    Some((_, first)) => Some((*first, "first imported here")),
                };
                let Some((other, what)) = clash else { continue };
                let message = format!("`{}` is imported, and means something else already", import.local);
                self.diagnostics.push(
                    Diagnostic::new(Code::ImportClash, import.local_span, message)
                        .label("this is another declaration")
                        .also(other, what)
                        .help(format!("give one of them another name, as with `{} as {}2`", import.name, import.local)),
                );
            }
            // Who misspelt a name in the import may have it right where it is used.
            let meant: Vec<String> = statements.iter().filter_map(|import| self.meant(import)).collect();
            let bound: BTreeMap<String, Target> =
                bound.into_iter().map(|(name, (target, _))| (name.to_owned(), target)).collect();
            let Some(unit) = self.units.get_mut(index) else { continue };
            for (name, _) in bound.iter().filter(|(_, target)| **target == Target::Lost) {
                unit.missing.insert(name.clone());
            }
            unit.missing.extend(meant);
            unit.imports = bound;
            unit.statements = statements;
        }
    }

    /// The declaration of a unit itself that has the name of an import, unless that is what is imported.
    fn own_declaration(&self, index: usize, name: &str, target: Target) -> Option<(Span, &'static str)> {
        let unit = self.units.get(index)?;
        let item = *unit.globals.get(name)?;
        let token = unit.scopes.items.get(item)?.name?;
        (target != Target::Item(index, item)).then(|| (unit.span(token), "declared here"))
    }

    /// The name that an import under its own name most likely means, if its file does not declare the one that stands there.
    fn meant(&self, import: &Imported) -> Option<String> {
        let unit = self.units.get(import.unit?)?;
        if unit.globals.contains_key(&import.name) || import.local != import.name {
            return None;
        }
        nearest(&import.name, unit.globals.keys().map(String::as_str)).map(str::to_owned)
    }

    /// What an import means; a name that its file does not declare is reported.
    fn target(&mut self, import: &Imported) -> Target {
        let Some((found, unit)) = import.unit.and_then(|found| Some((found, self.units.get(found)?))) else {
            return Target::Lost;
        };
        if let Some(item) = unit.globals.get(&import.name) {
            return Target::Item(found, *item);
        }
        if unit.missing.contains(&import.name) {
            return Target::Lost;
        }
        let message = format!("`{}` declares no `{}`", import.path, import.name);
        let diagnostic = Diagnostic::new(Code::ImportedName, import.name_span, message).label("not declared there");
        let names = unit.globals.keys().map(String::as_str);
        let is_passed_on =
            unit.imports.contains_key(&import.name) || unit.statements.iter().any(|other| other.local == import.name);
        let diagnostic = if is_passed_on {
            diagnostic.help("that file imports it itself: import it from the file that declares it")
        } else if let Some(near) = nearest(&import.name, names.clone()) {
            diagnostic.did_you_mean(import.name_span, near)
        } else {
            let names: Vec<&str> = names.take(MOST_LISTED_NAMES).collect();
            diagnostic.help(if names.is_empty() {
                "the file declares nothing".to_owned()
            } else {
                format!("it declares `{}`", names.join("`, `"))
            })
        };
        self.diagnostics.push(diagnostic);
        Target::Lost
    }

    /// Where the name of an item stands.
    fn place_of(&self, target: Target) -> Option<Span> {
        let Target::Item(unit, item) = target else { return None };
        let unit = self.units.get(unit)?;
        Some(unit.span(unit.scopes.items.get(item)?.name?))
    }

    /// What the words of all units mean.
    fn words(&self) -> Vec<Word> {
        let mut words = Vec::new();
        for unit in &self.units {
            for import in &unit.statements {
                if let Some(file) = import.unit.and_then(|found| self.units.get(found)) {
                    let meaning = Meaning::File(file.file);
                    words.push(Word { name: import.path.clone(), span: import.path_span, meaning });
                }
                if let Some(declared) = unit.imports.get(&import.local).and_then(|target| self.place_of(*target)) {
                    let meaning = Meaning::Declaration(declared);
                    words.push(Word { name: import.name.clone(), span: import.name_span, meaning: meaning.clone() });
                    if import.local_span != import.name_span {
                        words.push(Word { name: import.local.clone(), span: import.local_span, meaning });
                    }
                }
            }
            for (token, role) in unit.scopes.roles.iter().enumerate() {
                let declared = match role {
                    Role::Declares(id) | Role::Uses(id) => {
                        unit.scopes.declarations.get(id.0 as usize).map(|declaration| unit.span(declaration.token))
                    }
                    Role::Free => unit.imports.get(unit.word(token)).and_then(|target| self.place_of(*target)),
                    Role::None | Role::Member | Role::Field | Role::Context => None,
                };
                if let Some(declared) = declared {
                    let meaning = Meaning::Declaration(declared);
                    words.push(Word { name: unit.word(token).to_owned(), span: unit.span(token), meaning });
                }
            }
            words.extend(unit.replaced.iter().map(|(name, span)| Word {
                name: name.clone(),
                span: *span,
                meaning: Meaning::Define(name.clone()),
            }));
        }
        words
    }

    /// What all units declare.
    fn declared(&self) -> Vec<Declared> {
        let of_unit = |unit: &Unit| -> Vec<Declared> {
            let declared = unit.scopes.declarations.iter();
            declared
                .map(|declaration| Declared {
                    name: unit.word(declaration.token).to_owned(),
                    span: unit.span(declaration.token),
                    kind: declaration.kind,
                    is_global: declaration.is_global,
                    is_kept: unit.owner == Owner::Library || unit.is_kept(declaration),
                })
                .collect()
        };
        self.units.iter().flat_map(of_unit).collect()
    }

    /// The items that are in the result, but for those of the module itself, in the order in which they are found.
    fn needed(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut touched = BTreeSet::from([0]);
        let statements = self.units.first().map_or(&[][..], |unit| &unit.statements);
        let roots = statements.iter().filter_map(|import| self.units.first()?.imports.get(&import.local).copied());
        let mut open: Vec<Target> = roots.rev().collect();
        while let Some(target) = open.pop() {
            let Target::Item(index, item) = target else { continue };
            let Some(unit) = self.units.get(index).filter(|_| index != 0 && seen.insert((index, item))) else { continue };
            found.push((index, item));
            if touched.insert(index) {
                // What a file asserts is about all that is taken from it.
                let asserts = (0..unit.scopes.items.len()).filter(|item| unit.keyword(*item) == "const_assert");
                open.extend(asserts.map(|item| Target::Item(index, item)));
            }
            let tokens = unit.scopes.items.get(item).map_or(0..0, |item| item.tokens.clone());
            for token in tokens.rev() {
                match unit.role(token) {
                    Role::Uses(id) => {
                        let declaration = unit.scopes.declarations.get(id.0 as usize).filter(|declaration| declaration.is_global);
                        open.extend(declaration.map(|declaration| Target::Item(index, declaration.item)));
                    }
                    Role::Free => open.extend(unit.imports.get(unit.word(token)).copied()),
                    Role::None | Role::Declares(_) | Role::Member | Role::Field | Role::Context => {}
                }
            }
        }
        found
    }

    /// The names that the needed items get.
    fn names(&mut self, needed: &[(usize, usize)]) -> BTreeMap<(usize, usize), String> {
        let used: BTreeSet<usize> = needed.iter().map(|(unit, _)| *unit).chain([0]).collect();
        let words: BTreeMap<usize, BTreeSet<&str>> = used
            .iter()
            .filter_map(|index| Some((*index, self.units.get(*index)?)))
            .map(|(index, unit)| (index, unit.tokens.iter().map(|token| token.text(&unit.text.text)).collect()))
            .collect();
        // Every unit's names for an item.
        let mut known: BTreeMap<(usize, usize), BTreeMap<usize, BTreeSet<&str>>> = BTreeMap::new();
        for &index in &used {
            let Some(unit) = self.units.get(index) else { continue };
            for (name, target) in &unit.imports {
                if let Target::Item(of, item) = target {
                    known.entry((*of, *item)).or_default().entry(index).or_default().insert(name);
                }
            }
        }
        for &(index, item) in needed {
            let Some(unit) = self.units.get(index) else { continue };
            known.entry((index, item)).or_default().entry(index).or_default().insert(unit.name(item));
        }
        let own: BTreeSet<&str> =
            self.units.first().map(|unit| unit.globals.keys().map(String::as_str).collect()).unwrap_or_default();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut names = BTreeMap::new();
        let mut renamed = Vec::new();
        // What the module itself imports chooses first.
        let order = needed.iter().filter(|id| known.get(id).is_some_and(|known| known.contains_key(&0)));
        let rest = needed.iter().filter(|id| known.get(id).is_none_or(|known| !known.contains_key(&0)));
        for &(index, item) in order.chain(rest) {
            let Some(unit) = self.units.get(index).filter(|unit| !unit.name(item).is_empty()) else { continue };
            let meanings = known.get(&(index, item));
            let fits = |name: &str| {
                !taken.contains(name)
                    && !own.contains(name)
                    && !KEYWORDS.contains(&name)
                    && used.iter().all(|other| {
                        let names = meanings.and_then(|meanings| meanings.get(other));
                        match names {
                            None => self.units.get(*other).is_none_or(|unit| !unit.free.contains(name)),
                            Some(names) if names.contains(name) => {
                                names.len() == 1 || self.units.get(*other).is_none_or(|unit| !unit.declares_locally(name))
                            }
                            Some(_) => words.get(other).is_none_or(|words| !words.contains(name)),
                        }
                    })
            };
            let own_name = unit.name(item);
            let imported = meanings.and_then(|meanings| meanings.get(&0)).filter(|names| !names.contains(own_name));
            let wanted = imported.and_then(|names| names.first()).copied().unwrap_or(own_name);
            let candidates = [wanted.to_owned()].into_iter().chain((2u32..).map(|number| format!("{wanted}_{number}")));
            let Some(name) = candidates.into_iter().find(|name| fits(name)) else { continue };
            if name != wanted && unit.is_visible(item) {
                renamed.push((index, item, name.clone()));
            }
            taken.insert(name.clone());
            names.insert((index, item), name);
        }
        for (index, item, name) in renamed {
            let Some(unit) = self.units.get(index) else { continue };
            let token = unit.scopes.items.get(item).and_then(|item| item.name).unwrap_or(0);
            let own = unit.name(item);
            let message = format!("`{own}` is called `{name}` in the module that imports it, where `{own}` means something else");
            let diagnostic = Diagnostic::new(Code::ImportRenamed, unit.span(token), message)
                .label("the scene can name this")
                .help(format!("import it under a name of its own: `{own} as …`"));
            self.diagnostics.push(diagnostic);
        }
        names
    }

    /// Reports words of imported declarations that would mean something of the module around them. Says whether there are any.
    fn hidden(&mut self, needed: &[(usize, usize)]) -> bool {
        let mut found = Vec::new();
        let Some(module) = self.units.first() else { return false };
        let mut told = BTreeSet::new();
        for &(index, item) in needed {
            let Some((unit, range)) =
                self.units.get(index).and_then(|unit| Some((unit, unit.scopes.items.get(item)?.tokens.clone())))
            else {
                continue;
            };
            for token in range {
                let word = unit.word(token);
                let hiding = module.globals.get(word).and_then(|item| module.scopes.items.get(*item)?.name);
                let Some(hiding) = hiding.filter(|_| unit.role(token) == Role::Free && !unit.imports.contains_key(word)) else {
                    continue;
                };
                if !told.insert((index, word)) {
                    continue;
                }
                let message = format!("`{word}` is not declared in this file, and the importing module declares another");
                let help = if builtins::is_predeclared(word) {
                    format!("give the one of the importing module another name: it hides the `{word}` of WGSL")
                } else {
                    "import it or declare it in this file: what is imported does not see who imports it".to_owned()
                };
                found.push(match unit.owner {
                    Owner::Author => Diagnostic::new(Code::ImportHidden, unit.span(token), message)
                        .label("means another one there")
                        .also(module.span(hiding), "the other one")
                        .help(help),
                    Owner::Library => {
                        let message = format!("what is imported needs the `{word}` of WGSL, and this module declares another");
                        Diagnostic::new(Code::ImportHidden, module.span(hiding), message)
                            .label("hides the one of WGSL")
                            .also(unit.span(token), "needed here")
                            .help("give it another name")
                    }
                });
            }
        }
        let is_any = !found.is_empty();
        self.diagnostics.append(&mut found);
        is_any
    }

    /// The result: directives, what is imported, the module's own text. `None` if a word would mean something that its author did
    /// not mean, which is reported.
    fn write(&mut self) -> Option<Text> {
        let needed = self.needed();
        if self.hidden(&needed) {
            return None;
        }
        let names = self.names(&needed);
        let mut items: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (index, item) in needed {
            items.entry(index).or_default().insert(item);
        }
        let module = self.units.first()?;
        let own_directives: BTreeSet<usize> = (0..module.scopes.items.len()).filter(|item| module.is_directive(*item)).collect();
        let is_in_front = own_directives.iter().copied().eq(0..own_directives.len());
        if items.is_empty() && is_in_front {
            return Some(module.text.clone());
        }
        let mut directives = vec![module.with_items(&own_directives, &|_| None)];
        let mut seen: BTreeSet<&str> =
            own_directives.iter().filter_map(|item| module.text.text.get(module.range(*item))).collect();
        let mut declarations = Vec::new();
        for (index, items) in &items {
            let Some(unit) = self.units.get(*index) else { continue };
            let is_new = |item: &usize| {
                unit.is_directive(*item) && unit.text.text.get(unit.range(*item)).is_some_and(|text| seen.insert(text))
            };
            let new: BTreeSet<usize> = (0..unit.scopes.items.len()).filter(is_new).collect();
            directives.push(unit.with_items(&new, &|_| None));
            declarations.push(unit.with_items(items, &|token| self.new_name(*index, unit, token, &names)));
        }
        let rest: BTreeSet<usize> = (0..module.scopes.items.len()).filter(|item| !own_directives.contains(item)).collect();
        let own = if is_in_front && own_directives.is_empty() {
            module.renamed(&|token| self.new_name(0, module, token, &names))
        } else {
            module.with_items(&rest, &|token| self.new_name(0, module, token, &names))
        };
        let texts: Vec<Text> = directives.into_iter().chain(declarations).chain([own]).collect();
        Some(assemble::join(&texts))
    }

    /// What stands for a word in the result; `None` if it stays.
    fn new_name(&self, index: usize, unit: &Unit, token: usize, names: &BTreeMap<(usize, usize), String>) -> Option<String> {
        let target = match unit.role(token) {
            Role::Declares(id) | Role::Uses(id) => {
                let declaration = unit.scopes.declarations.get(id.0 as usize).filter(|declaration| declaration.is_global)?;
                (index, declaration.item)
            }
            Role::Free => match unit.imports.get(unit.word(token))? {
                Target::Item(unit, item) => (*unit, *item),
                Target::Lost => return None,
            },
            Role::None | Role::Member | Role::Field | Role::Context => return None,
        };
        let name = match target {
            (0, item) => self.units.first()?.name(item),
            _ => names.get(&target)?,
        };
        (name != unit.word(token)).then(|| name.to_owned())
    }
}

impl Unit {
    /// The text with other words for some tokens.
    fn renamed(&self, new_name: &dyn Fn(usize) -> Option<String>) -> Text {
        let edits: Vec<(Range<usize>, String)> =
            (0..self.tokens.len()).filter_map(|token| Some((self.tokens.get(token)?.range(), new_name(token)?))).collect();
        self.text.edit(&edits)
    }

    /// These items, one per line, with other words for some tokens.
    fn with_items(&self, items: &BTreeSet<usize>, new_name: &dyn Fn(usize) -> Option<String>) -> Text {
        let mut edits = Vec::new();
        let mut end = 0;
        for &item in items {
            let range = self.range(item);
            // What stands between two items that follow each other stays, comments included.
            let is_next = item.checked_sub(1).is_some_and(|before| items.contains(&before));
            if !is_next {
                edits.push((end..range.start, if edits.is_empty() { String::new() } else { "\n".to_owned() }));
            }
            let tokens = self.scopes.items.get(item).map_or(0..0, |item| item.tokens.clone());
            edits.extend(tokens.filter_map(|token| Some((self.tokens.get(token)?.range(), new_name(token)?))));
            end = range.end;
        }
        edits.push((end..self.text.text.len(), String::new()));
        self.text.edit(&edits)
    }
}

/// Reads the imports of a text.
struct ImportReader<'t> {
    text: &'t Text,
    tokens: &'t [Token],
    at: usize,
    names: Vec<Imported>,
    /// What goes out of the text.
    edits: Vec<(Range<usize>, String)>,
    missing: BTreeSet<String>,
    /// Whether an import could not be read: any name may be one that it would have brought.
    is_incomplete: bool,
}

/// Why an import cannot be read: the token, what is wrong with it, what to do.
struct Problem {
    token: usize,
    message: String,
    label: &'static str,
    help: String,
    fix: Fix,
}

/// What mends an import.
#[derive(Clone, Copy)]
enum Fix {
    Unknown,
    /// These characters before the token.
    Before(&'static str),
    /// These characters after it.
    After(&'static str),
}

impl Problem {
    fn at(token: usize, message: impl Into<String>, label: &'static str, help: impl Into<String>) -> Box<Self> {
        Box::new(Self { token, message: message.into(), label, help: help.into(), fix: Fix::Unknown })
    }

    fn fix(mut self: Box<Self>, fix: Fix) -> Box<Self> {
        self.fix = fix;
        self
    }
}

impl<'t> ImportReader<'t> {
    fn word(&self, token: usize) -> &'t str {
        self.tokens.get(token).map_or("", |token| token.text(&self.text.text))
    }

    fn is_name(&self, token: usize) -> bool {
        self.tokens.get(token).is_some_and(|token| token.kind == TokenKind::Word) && !KEYWORDS.contains(&self.word(token))
    }

    /// Whether `::` stands at a token: two colons with nothing between.
    fn is_path(&self, token: usize) -> bool {
        self.word(token) == ":"
            && self.word(token + 1) == ":"
            && self.tokens.get(token).zip(self.tokens.get(token + 1)).is_some_and(|(a, b)| a.end == b.start)
    }

    /// Bytes from the first to the last of these tokens; the end of the text if there is none.
    fn range(&self, tokens: Range<usize>) -> Range<usize> {
        let length = self.text.text.len();
        let start = self.tokens.get(tokens.start).map_or(length, |token| token.start as usize);
        let last = tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last));
        start..last.map_or(start, |token| token.end as usize).max(start)
    }

    fn span(&self, tokens: Range<usize>) -> Span {
        self.text.map.span(self.range(tokens))
    }

    /// Reads the text from its start to its end.
    fn read(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        let mut depth = 0usize;
        while self.at < self.tokens.len() {
            let at = self.at;
            let begins = at == 0 || matches!(self.word(at - 1), ";" | "{" | "}");
            match self.word(at) {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                "import" if begins || (depth == 0 && self.is_name(at + 1)) => {
                    self.statement(depth, diagnostics);
                    continue;
                }
                ":" if self.is_path(at) && at > 0 && self.is_name(at - 1) => {
                    self.path_elsewhere(diagnostics);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// `import …;` from its first word on.
    fn statement(&mut self, depth: usize, diagnostics: &mut Vec<Diagnostic>) {
        let start = self.at;
        let known = self.names.len();
        self.at += 1;
        let problem = self.path().and_then(|()| {
            if self.word(self.at) == ";" {
                self.at += 1;
                return Ok(());
            }
            let last = self.at.saturating_sub(1);
            Err(Problem::at(last, "expected `;` after the import", "nothing ends it", "write `;` behind it").fix(Fix::After(";")))
        });
        let problem = match problem {
            Ok(()) if depth > 0 => Err(Problem::at(
                start,
                "an import stands in a function or struct",
                "not allowed here",
                "write it at the start of the text",
            )),
            other => other,
        };
        if let Err(problem) = problem {
            // What is left of the statement goes with it, as far as nothing else begins.
            while self.at < self.tokens.len()
                && self.word(self.at) != ";"
                && !matches!(self.word(self.at), "@" | "import")
                && !KEYWORDS.contains(&self.word(self.at))
            {
                self.at += 1;
            }
            if self.word(self.at) == ";" {
                self.at += 1;
            }
            self.names.truncate(known);
            self.is_incomplete = true;
            let range = self.range(problem.token..problem.token + 1);
            let place = self.text.map.span(range.clone());
            let diagnostic = Diagnostic::new(Code::WgslImport, place, problem.message).label(problem.label).help(problem.help);
            diagnostics.push(match problem.fix {
                Fix::Unknown => diagnostic,
                Fix::Before(text) => diagnostic.fix(format!("write `{text}`"), false, self.text.map.point(range.start), text),
                Fix::After(text) => diagnostic.fix(format!("write `{text}`"), false, self.text.map.point(range.end), text),
            });
        }
        self.edits.push((self.range(start..self.at), String::new()));
    }

    /// `package::`, `super::` or `pngine::`, then what [`Self::rest`] reads.
    fn path(&mut self) -> Result<(), Box<Problem>> {
        match self.word(self.at) {
            "package" if self.is_path(self.at + 1) => {
                self.at += 3;
                self.rest(Start::Package, &mut Vec::new(), 0)
            }
            "super" if self.is_path(self.at + 1) => {
                let mut count = 0;
                while self.word(self.at) == "super" && self.is_path(self.at + 1) {
                    self.at += 3;
                    count += 1;
                }
                self.rest(Start::Super(count), &mut Vec::new(), 0)
            }
            library::ROOT if self.is_path(self.at + 1) => {
                self.at += 3;
                self.rest(Start::Library, &mut Vec::new(), 0)
            }
            word => {
                let fix =
                    if self.is_name(self.at) && self.is_path(self.at + 1) { Fix::Before("package::") } else { Fix::Unknown };
                let found = if word.is_empty() { "the end of the text".to_owned() } else { format!("`{word}`") };
                Err(Problem::at(
                    self.at.min(self.tokens.len().saturating_sub(1)),
                    format!("an import begins with `package::`, `super::` or `pngine::`, not with {found}"),
                    "no such place",
                    "write `import package::file::name;`: the file `file.wgsl` is looked for beside this one, then beside the entry file",
                )
                .fix(fix))
            }
        }
    }

    /// `dir::file::name`, `dir::file::{a, b as c}`. `steps` are the directories and the file that are passed already, as tokens.
    fn rest(&mut self, start: Start, steps: &mut Vec<usize>, braces: usize) -> Result<(), Box<Problem>> {
        let passed = steps.len();
        loop {
            let at = self.at;
            if self.word(at) == "{" {
                self.list(start, steps, braces)?;
                break;
            }
            if self.word(at) == "*" {
                return Err(Problem::at(
                    at,
                    "an import names every declaration",
                    "all at once is not possible",
                    "list them: `{a, b}`",
                ));
            }
            if !self.is_name(at) || self.word(at) == "import" {
                let help = "write `import package::file::name;`";
                return Err(Problem::at(at.saturating_sub(1), "expected a name in the import", "no name follows", help));
            }
            if matches!(self.word(at), "package" | "super") {
                let message = format!("`{}` stands inside a path", self.word(at));
                return Err(Problem::at(at, message, "only at its start", "begin the path with it"));
            }
            self.at += 1;
            if self.is_path(self.at) {
                self.at += 2;
                steps.push(at);
                continue;
            }
            self.name(start, steps, at)?;
            break;
        }
        steps.truncate(passed);
        Ok(())
    }

    /// `{a, b as c, file::d}`.
    fn list(&mut self, start: Start, steps: &mut Vec<usize>, braces: usize) -> Result<(), Box<Problem>> {
        let open = self.at;
        if braces >= MAX_IMPORT_BRACES {
            let help = "write several imports";
            return Err(Problem::at(open, format!("braces nest more than {MAX_IMPORT_BRACES} deep"), "one level too many", help));
        }
        self.at += 1;
        loop {
            if self.word(self.at) == "}" {
                self.at += 1;
                return Ok(());
            }
            self.rest(start, steps, braces + 1)?;
            match self.word(self.at) {
                "," => self.at += 1,
                "}" => {}
                _ => {
                    let last = self.at.min(self.tokens.len().saturating_sub(1));
                    return Err(Problem::at(
                        last,
                        "expected `,` or `}` in the import",
                        "not part of a list of names",
                        "close the list with `}`",
                    ));
                }
            }
        }
    }

    /// The last word of a path, which names a declaration, and its `as`.
    fn name(&mut self, start: Start, steps: &[usize], name: usize) -> Result<(), Box<Problem>> {
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            let word = self.word(name);
            let root = match start {
                Start::Library => library::ROOT,
                Start::Package | Start::Super(_) => "package",
            };
            return Err(Problem::at(
                name,
                format!("`{word}` is a file, and an import names a declaration of one"),
                "no declaration",
                format!("write `import {root}::{word}::name;`"),
            ));
        };
        let mut local = name;
        if self.word(self.at) == "as" {
            local = self.at + 1;
            if !self.is_name(local) {
                return Err(Problem::at(self.at, "expected a name after `as`", "no name follows", "write `name as other`"));
            }
            self.at += 2;
        }
        let path: Vec<&str> = steps.iter().map(|step| self.word(*step)).collect();
        let path_span = {
            let first = self.span(*first..*first + 1);
            let last = self.span(*last..*last + 1);
            if first.file == last.file { first.to(last) } else { first }
        };
        self.names.push(Imported {
            start,
            path: match start {
                Start::Library => format!("{}::{}", library::ROOT, path.join("::")),
                Start::Package | Start::Super(_) => format!("{}.wgsl", path.join("/")),
            },
            path_span,
            name: self.word(name).to_owned(),
            name_span: self.span(name..name + 1),
            local: self.word(local).to_owned(),
            local_span: self.span(local..local + 1),
            unit: None,
        });
        Ok(())
    }

    /// A path with `::` that is not an import: WGSL has none, and the last word of it stands for the whole from here on.
    fn path_elsewhere(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        let start = self.at - 1;
        let mut last = start;
        while self.is_path(self.at) && self.is_name(self.at + 2) {
            last = self.at + 2;
            self.at += 3;
        }
        if last == start {
            self.at += 2;
        }
        let range = self.range(start..self.at);
        let written = self.text.text.get(range.clone()).unwrap_or("").to_owned();
        let name = self.word(last);
        let import = match self.word(start) {
            "package" | "super" | library::ROOT => written.clone(),
            _ => format!("package::{written}"),
        };
        diagnostics.push(
            Diagnostic::new(
                Code::WgslImport,
                self.text.map.span(range.clone()),
                format!("`{written}` is a path, and paths stand in imports only"),
            )
            .label("not allowed here")
            .help(format!("write `import {import};` at the start of the text, and `{name}` here")),
        );
        self.missing.insert(name.to_owned());
        self.edits.push((range, name.to_owned()));
    }
}
