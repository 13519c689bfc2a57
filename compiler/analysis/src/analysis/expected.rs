//! What may be written at a byte: told by the tokens in front of it, so that unfinished text has an answer too.

use super::Analysis;
use crate::language::{self, MACROS, MacroRow, Ns, Prop, Shape, Ty};
use pngine_format::status::INPUTS;
use pngine_format::word::TEXTURE_FORMAT;
use pngine_source::source::{FileId, Span};
use pngine_syntax::lex::Token;

/// What may be written at a byte.
#[derive(Clone, Debug)]
pub enum Expected {
    /// A declaration: `#` and a word.
    Item,
    /// The name of what is being declared.
    Name(&'static MacroRow),
    /// A property of one of these objects; those that are written already, in the order in which they stand.
    Property(Vec<&'static Shape>, Vec<String>),
    /// A name of the author's own choice, such as the key of a record.
    Key(&'static Prop),
    /// A value of a property that takes one of these types; in an array, an element of it.
    Value(&'static Prop, Vec<Ty>),
    /// The value of a define: anything.
    Anything,
    /// The path of a file.
    Path,
    /// Nothing that can be told: in a comment, in WGSL text, behind a name that no property has.
    Nothing,
}

impl Analysis {
    /// What may be written at byte `at` of a file, a word that is begun there included.
    pub fn expected(&self, file: FileId, at: u32) -> Expected {
        let (Some(source), Some(tree)) = (self.files.get(file), self.tree(file)) else { return Expected::Nothing };
        // A comment that a line ends goes on where one writes at its end.
        let is_in = |span: Span| {
            let is_line = source.text.get(span.start as usize..).is_some_and(|text| text.starts_with("//"));
            span.start < at && (at < span.end || (is_line && at == span.end))
        };
        let near = tree.comments.partition_point(|comment| comment.span.start < at);
        if near.checked_sub(1).and_then(|near| tree.comments.get(near)).is_some_and(|comment| is_in(comment.span)) {
            return Expected::Nothing;
        }
        let mut reader = Reader { text: &source.text, open: Vec::new(), top: Top::Item };
        // A declaration begins anew, whatever is open before it.
        let behind = tree.tokens.partition_point(|(_, span)| span.start < at);
        let before = tree.tokens.get(..behind).unwrap_or(&[]);
        let begin = before.iter().rposition(|(token, span)| *token == Token::Hash && span.end < at).unwrap_or(0);
        for (token, span) in before.iter().skip(begin) {
            let is_word = matches!(token, Token::Ident | Token::Number | Token::True | Token::False | Token::Hash);
            if span.start >= at || (is_word && span.end >= at) {
                break;
            }
            let is_text = matches!(token, Token::Str | Token::Unterminated | Token::Error);
            if is_text && at < span.end {
                return reader.in_text();
            }
            reader.read(*token, *span);
        }
        reader.expected()
    }

    /// The words that would do at a place, as far as they are known: names of properties that are not written yet, words of enums,
    /// flags, names of declarations.
    pub fn choices(&self, expected: &Expected) -> Vec<String> {
        let mut out = Vec::new();
        match expected {
            Expected::Item => {
                out.extend(MACROS.iter().map(|row| row.ns.word()).chain(["define", "import"]).map(|word| format!("#{word}")));
            }
            Expected::Property(shapes, written) => {
                let is_written =
                    |prop: &Prop| written.iter().any(|name| name == prop.name || prop.aliases.contains(&name.as_str()));
                let all = shapes.iter().flat_map(|shape| shape.props.iter());
                out.extend(all.filter(|prop| !is_written(prop)).map(|prop| prop.name.to_string()));
            }
            Expected::Value(_, types) => {
                types.iter().for_each(|ty| self.words_of(*ty, &mut out));
            }
            Expected::Name(_) | Expected::Key(_) | Expected::Anything | Expected::Path | Expected::Nothing => {}
        }
        let mut seen = std::collections::BTreeSet::new();
        out.retain(|word| seen.insert(word.clone()));
        out
    }

    /// The words that a type takes.
    fn words_of(&self, ty: Ty, out: &mut Vec<String>) {
        let mut names = |kinds: &[Ns]| {
            let lists = kinds.iter().filter_map(|ns| self.meanings.declarations.get(ns));
            out.extend(lists.flatten().map(|(name, ..)| name.clone()));
        };
        match ty {
            Ty::Ref(kinds) | Ty::Names(kinds) => names(kinds),
            Ty::View => {
                names(&[Ns::Texture, Ns::TextureView]);
                out.push("contextCurrentTexture".to_string());
            }
            Ty::Texture => {
                names(&[Ns::Texture]);
                out.push("contextCurrentTexture".to_string());
            }
            Ty::Text => names(&[Ns::Wgsl]),
            Ty::DataSource => {
                names(&[Ns::Data]);
                out.extend(INPUTS.iter().map(|input| input.name.to_string()));
            }
            Ty::ByteSize => {
                names(&[Ns::Data, Ns::Buffer]);
                self.numbers(out);
            }
            Ty::Bool => out.extend(["true", "false"].map(str::to_string)),
            Ty::Enum(set) => out.extend(set.words.iter().map(|word| (*word).to_string())),
            Ty::Format => {
                out.extend(TEXTURE_FORMAT.words.iter().copied().chain(["preferredCanvasFormat"]).map(str::to_string));
            }
            Ty::Flags(set, _) => out.extend(set.flags.iter().map(|(name, _)| (*name).to_string())),
            Ty::AutoOr(inner) => {
                out.push("auto".to_string());
                self.words_of(*inner, out);
            }
            Ty::List(inner) | Ty::Tuple(inner, ..) => self.words_of(*inner, out),
            Ty::OneOf(types) => types.iter().for_each(|ty| self.words_of(*ty, out)),
            Ty::Extent | Ty::Count(_) | Ty::Measure => {
                out.extend(["canvas.width", "canvas.height"].map(str::to_string));
                self.numbers(out);
            }
            Ty::Argument => {
                out.extend(["canvas.width", "canvas.height", "time.total", "time.delta"].map(str::to_string));
                self.numbers(out);
            }
            Ty::Formula => {
                out.extend(["ELEMENT_ID", "NUM", "random()"].map(str::to_string));
                self.numbers(out);
            }
            Ty::Uint(..) | Ty::Below(_) | Ty::UpTo(_) | Ty::Int | Ty::Float | Ty::Numbers(..) | Ty::Elements => self.numbers(out),
            Ty::Variable => names(&[Ns::ShaderModule, Ns::Wgsl]),
            Ty::Str | Ty::Name | Ty::Path | Ty::Object(_) | Ty::Command(_) | Ty::Fields(_) | Ty::Record | Ty::Ignored => {}
        }
    }

    fn numbers(&self, out: &mut Vec<String>) {
        out.extend(self.meanings.defines.iter().map(|(name, ..)| name.clone()));
    }
}

/// Where the reader is outside of all brackets.
#[derive(Clone, Copy)]
enum Top {
    /// Where a declaration may begin.
    Item,
    /// Behind `#kind`.
    Kind(&'static MacroRow),
    /// Behind `#kind name`.
    Named(&'static MacroRow),
    /// Behind `#import`.
    Import,
    /// Behind `#define`, or its name.
    Define,
    /// In the value of a define.
    Defined,
    /// Behind a word that is no macro.
    Unknown,
}

/// What is read of a property.
#[derive(Clone)]
enum Part {
    /// A name may begin.
    Name,
    /// Behind a name: `=` comes.
    Equals(String),
    /// A value, or more of it: behind `=` or an operator.
    Value(Option<(&'static Prop, Vec<Ty>)>),
    /// Behind a value: the next name, or an operator.
    End(Option<(&'static Prop, Vec<Ty>)>),
}

/// An open bracket and what it holds.
enum Open {
    /// `{`: the shapes it may be of, the names that are written, what is read last. `keys` is the property whose keys are the author's.
    Object { shapes: Vec<&'static Shape>, keys: Option<(&'static Prop, Vec<Ty>)>, written: Vec<String>, part: Part },
    /// `[`: the elements.
    List(Option<(&'static Prop, Vec<Ty>)>),
    /// `(`
    Group(Option<(&'static Prop, Vec<Ty>)>),
}

struct Reader<'t> {
    text: &'t str,
    open: Vec<Open>,
    top: Top,
}

impl Reader<'_> {
    fn word(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    fn read(&mut self, token: Token, span: Span) {
        if token == Token::Hash {
            // Whatever is open, a declaration begins: the text is unfinished.
            self.open.clear();
            let word = self.word(span).trim_start_matches('#').to_owned();
            self.top = match word.as_str() {
                "import" => Top::Import,
                "define" => Top::Define,
                word => language::macro_row(word).map_or(Top::Unknown, Top::Kind),
            };
            return;
        }
        match token {
            Token::LBrace => {
                let opened = self.object();
                self.open.push(opened);
            }
            Token::LBracket => {
                let elements = self.value().and_then(|(prop, types)| {
                    let elements: Vec<Ty> = types.iter().flat_map(|ty| elements(*ty)).collect();
                    (!elements.is_empty()).then_some((prop, elements))
                });
                self.open.push(Open::List(elements));
            }
            Token::LParen => {
                let inner = self.value();
                self.open.push(Open::Group(inner));
            }
            Token::RBrace | Token::RBracket | Token::RParen => {
                self.open.pop();
                self.ended();
            }
            _ => self.simple(token, span),
        }
    }

    /// A token that is no bracket.
    fn simple(&mut self, token: Token, span: Span) {
        let word = self.word(span).to_owned();
        match self.open.last_mut() {
            Some(Open::Object { shapes, keys, written, part }) => {
                let is_operator = matches!(
                    token,
                    Token::Plus | Token::Minus | Token::Star | Token::Slash | Token::Percent | Token::Dot | Token::Dollar
                );
                *part = match (std::mem::replace(part, Part::Name), token) {
                    (_, Token::Comma) => Part::Name,
                    (Part::Name | Part::End(_), Token::Ident) => {
                        written.push(word.clone());
                        Part::Equals(word)
                    }
                    (Part::Equals(name), Token::Equals) => {
                        let found = shapes.iter().find_map(|shape| shape.find(&name)).map(|prop| (prop, vec![prop.ty]));
                        Part::Value(found.or_else(|| keys.clone()))
                    }
                    (Part::Equals(_), Token::Ident) => {
                        written.push(word.clone());
                        Part::Equals(word)
                    }
                    (Part::Value(value) | Part::End(value), _) if is_operator => Part::Value(value),
                    (Part::Value(value), _) => Part::End(value),
                    (other, _) => other,
                };
            }
            Some(Open::List(_) | Open::Group(_)) => {}
            None => {
                self.top = match (self.top, token) {
                    (Top::Kind(row), Token::Ident) => Top::Named(row),
                    (Top::Define, Token::Equals) => Top::Defined,
                    (Top::Import, Token::Str) => Top::Item,
                    (top, _) => top,
                };
            }
        }
    }

    /// What a value is for that begins here.
    fn value(&self) -> Option<(&'static Prop, Vec<Ty>)> {
        match self.open.last()? {
            Open::Object { part: Part::Value(value) | Part::End(value), .. } | Open::List(value) | Open::Group(value) => {
                value.clone()
            }
            Open::Object { .. } => None,
        }
    }

    /// The object that a brace opens.
    fn object(&self) -> Open {
        let (shapes, keys) = match (self.open.last(), self.top) {
            (None, Top::Kind(row) | Top::Named(row)) => (vec![row.shape], None),
            (None, _) => (Vec::new(), None),
            (Some(_), _) => match self.value() {
                Some((prop, types)) => {
                    let mut found = Vec::new();
                    let mut keys = None;
                    types.iter().for_each(|ty| shapes(prop, *ty, &mut found, &mut keys));
                    (found, keys)
                }
                None => (Vec::new(), None),
            },
        };
        Open::Object { shapes, keys, written: Vec::new(), part: Part::Name }
    }

    /// A bracket was closed.
    fn ended(&mut self) {
        match self.open.last_mut() {
            Some(Open::Object { part, .. }) => {
                if let Part::Value(value) = part {
                    *part = Part::End(value.take());
                }
            }
            Some(Open::List(_) | Open::Group(_)) => {}
            None => {
                if matches!(self.top, Top::Kind(_) | Top::Named(_) | Top::Unknown) {
                    self.top = Top::Item;
                }
            }
        }
    }

    /// What may be written behind all that was read.
    fn expected(&self) -> Expected {
        match self.open.last() {
            Some(Open::Object { keys: Some((prop, _)), shapes, part: Part::Name | Part::End(_), .. }) if shapes.is_empty() => {
                Expected::Key(prop)
            }
            Some(Open::Object { shapes, written, part: Part::Name | Part::End(_), .. }) if !shapes.is_empty() => {
                Expected::Property(shapes.clone(), written.clone())
            }
            Some(Open::Object { part: Part::Value(Some((prop, types))), .. } | Open::List(Some((prop, types))))
            | Some(Open::Group(Some((prop, types)))) => Expected::Value(prop, types.clone()),
            Some(Open::Object { .. } | Open::List(None) | Open::Group(None)) => match self.top {
                Top::Defined => Expected::Anything,
                _ => Expected::Nothing,
            },
            None => match self.top {
                Top::Item => Expected::Item,
                Top::Kind(row) => Expected::Name(row),
                Top::Import => Expected::Path,
                Top::Defined => Expected::Anything,
                Top::Named(_) | Top::Define | Top::Unknown => Expected::Nothing,
            },
        }
    }

    /// What may be written in a string that begins behind all that was read.
    fn in_text(&self) -> Expected {
        match self.expected() {
            // WGSL is another language.
            Expected::Value(_, types) if types.iter().any(|ty| matches!(ty, Ty::Text)) => Expected::Nothing,
            found @ (Expected::Value(..) | Expected::Path | Expected::Anything) => found,
            Expected::Item | Expected::Name(_) | Expected::Property(..) | Expected::Key(_) | Expected::Nothing => {
                Expected::Nothing
            }
        }
    }
}

/// What an element of an array may be where this is wanted.
fn elements(ty: Ty) -> Vec<Ty> {
    match ty {
        Ty::List(inner) | Ty::Tuple(inner, ..) => vec![*inner],
        Ty::Numbers(..) | Ty::Elements | Ty::DataSource => vec![Ty::Float],
        Ty::Flags(..) => vec![ty],
        Ty::AutoOr(inner) => elements(*inner),
        Ty::OneOf(types) => types.iter().flat_map(|ty| elements(*ty)).collect(),
        _ => Vec::new(),
    }
}

/// The objects that a value may be where this is wanted, or what stands behind keys of the author's choice.
fn shapes(prop: &'static Prop, ty: Ty, found: &mut Vec<&'static Shape>, keys: &mut Option<(&'static Prop, Vec<Ty>)>) {
    match ty {
        Ty::Object(shape) | Ty::Command(shape) => found.push(shape),
        Ty::Elements => found.push(language::GENERATED),
        // A list of one may be written without its brackets.
        Ty::List(inner) | Ty::AutoOr(inner) => shapes(prop, *inner, found, keys),
        Ty::OneOf(types) => types.iter().for_each(|ty| shapes(prop, *ty, found, keys)),
        Ty::Record => *keys = Some((prop, vec![Ty::Float])),
        Ty::Names(kinds) => *keys = Some((prop, vec![Ty::Ref(kinds)])),
        Ty::Fields(shape) => *keys = Some((prop, vec![Ty::Float, Ty::Numbers(1, usize::MAX), Ty::Object(shape)])),
        _ => {}
    }
}
