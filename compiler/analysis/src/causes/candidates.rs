//! Changes that are worth a trial: other values for what findings point to, and for what those places name.

use crate::language::{self, FlagSet, Ns, Shape, Ty};
use crate::limits::{MAX_NAMED_DEEP, MOST_NUMBERS, MOST_VALUES};
use crate::resolve::PREVIOUS;
use pngine_format::word::TEXTURE_FORMAT;
use pngine_source::diag::{Clue, Code, Diagnostic};
use pngine_source::source::{FileId, Span};
use pngine_syntax::tree::{File, Item, Macro, Property, Value, ValueKind};
use pngine_wgsl::tokens;
use std::collections::{BTreeMap, BTreeSet};

/// A change.
pub struct Candidate {
    /// What is replaced; empty where something is added.
    pub span: Span,
    /// What stands there instead.
    pub text: String,
    /// Whether what stands there then is a word that findings name.
    pub is_named: bool,
    /// What it does, in words: "write `rgba8unorm`".
    pub title: String,
    /// How likely it is, the least number first.
    rank: (u32, std::cmp::Reverse<usize>, u32),
}

impl Candidate {
    /// The text after the change.
    pub fn apply(&self, text: &str) -> String {
        let mut out = text.to_string();
        out.replace_range(self.span.start as usize..self.span.end as usize, &self.text);
        out
    }
}

/// A value in the scene.
struct Site<'a> {
    /// The declaration that it stands in.
    owner: usize,
    value: &'a Value,
    ty: Ty,
    /// The whole property, if it may be left out.
    removable: Option<Span>,
    depth: u32,
}

/// The properties of a declaration or an object.
struct Body<'a> {
    owner: usize,
    shape: &'static Shape,
    properties: &'a [Property],
    /// Where another property may stand: before the closing brace.
    end: Span,
}

/// All changes that are worth a trial, the likeliest first.
pub fn candidates(tree: &File, text: &str, findings: &[Diagnostic]) -> Vec<Candidate> {
    let scene = Scene::new(tree);
    let mentioned = mentioned(findings);
    let near: Vec<BTreeMap<usize, u32>> = findings.iter().map(|finding| scene.near(finding)).collect();
    let mut maker = Maker { text, scene: &scene, mentioned: &mentioned, out: Vec::new(), place: (0, 0) };
    for (index, site) in scene.sites.iter().enumerate() {
        let distances: Vec<u32> = near.iter().filter_map(|near| near.get(&index).copied()).collect();
        // A change mends several findings, so it has to do with them.
        if distances.len() < 2 && findings.len() > 1 && distances.first() != Some(&0) {
            continue;
        }
        maker.place = (distances.len(), distances.iter().sum::<u32>() + site.depth);
        if !distances.is_empty() {
            maker.site(site);
        }
    }
    for body in &scene.bodies {
        let near: Vec<u32> = near.iter().filter_map(|near| scene.distance(near, body)).collect();
        if near.len() > 1 || findings.len() == 1 {
            maker.place = (near.len(), near.iter().sum());
            maker.additions(body);
        }
    }
    maker.names(findings);
    maker.shaders(findings);
    let mut seen = BTreeSet::new();
    let mut out = maker.out;
    out.sort_by(|a, b| (&a.rank, a.span, &a.text).cmp(&(&b.rank, b.span, &b.text)));
    out.retain(|candidate| seen.insert((candidate.span, candidate.text.clone())));
    out
}

/// The words and numbers that findings are worded with.
fn mentioned(findings: &[Diagnostic]) -> BTreeSet<String> {
    let labels = |finding: &Diagnostic| {
        let labels = finding.primary.iter().chain(&finding.secondary).map(|label| label.message.clone());
        labels.chain([finding.message.clone()]).chain(finding.help.clone()).collect::<Vec<String>>()
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    findings
        .iter()
        .flat_map(labels)
        .flat_map(|text| text.split(|c| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_string).collect::<Vec<_>>())
        .collect()
}

/// The values of a scene, and what names what.
struct Scene<'a> {
    sites: Vec<Site<'a>>,
    bodies: Vec<Body<'a>>,
    declarations: Vec<&'a Macro>,
    by_name: BTreeMap<&'a str, Vec<usize>>,
    /// Declarations that name each other, both ways.
    beside: Vec<BTreeSet<usize>>,
    /// Names that no value is.
    unused: BTreeSet<&'a str>,
    names: BTreeMap<Ns, Vec<&'a str>>,
}

impl<'a> Scene<'a> {
    fn new(tree: &'a File) -> Self {
        let mut scene = Self {
            sites: Vec::new(),
            bodies: Vec::new(),
            declarations: Vec::new(),
            by_name: BTreeMap::new(),
            beside: Vec::new(),
            unused: BTreeSet::new(),
            names: BTreeMap::new(),
        };
        for item in &tree.items {
            let Item::Macro(declared) = item else { continue };
            let Some(row) = language::macro_row(&declared.kind.name) else { continue };
            let owner = scene.declarations.len();
            scene.declarations.push(declared);
            if let Some(name) = &declared.name {
                scene.by_name.entry(&name.name).or_default().push(owner);
                scene.names.entry(row.ns).or_default().push(&name.name);
                scene.unused.insert(&name.name);
            }
            scene.object(row.shape, &declared.body, declared.span, owner, 0);
        }
        scene.beside = vec![BTreeSet::new(); scene.declarations.len()];
        for site in &scene.sites {
            let name = match &site.value.kind {
                ValueKind::Ident(name) => name.as_str(),
                ValueKind::Path(words) => words.first().map_or("", |word| word.name.as_str()),
                _ => continue,
            };
            scene.unused.remove(name);
            for &other in scene.by_name.get(name).into_iter().flatten() {
                scene.beside[site.owner].insert(other);
                scene.beside[other].insert(site.owner);
            }
        }
        scene
    }

    fn object(&mut self, shape: &'static Shape, body: &'a [Property], span: Span, owner: usize, depth: u32) {
        let end = span.end.saturating_sub(1).max(span.start);
        self.bodies.push(Body { owner, shape, properties: body, end: Span::new(span.file, end, end) });
        for property in body {
            let Some(row) = shape.find(&property.name.name) else { continue };
            let removable = (!row.required && !matches!(shape.name, "command" | "compute command")).then_some(property.span);
            self.value(row.ty, &property.value, owner, removable, depth);
        }
    }

    fn value(&mut self, ty: Ty, value: &'a Value, owner: usize, removable: Option<Span>, depth: u32) {
        match (ty, &value.kind) {
            (Ty::AutoOr(inner), _) if !matches!(value.kind, ValueKind::Object(_)) => {
                return self.value(*inner, value, owner, removable, depth);
            }
            (Ty::List(inner), kind) if !matches!(kind, ValueKind::Array(_)) => {
                return self.value(*inner, value, owner, removable, depth);
            }
            (Ty::OneOf(types), _) => {
                let fits = |ty: &&Ty| matches!(value.kind, ValueKind::Object(_)) == matches!(ty, Ty::Object(_) | Ty::Record);
                if let Some(ty) = types.iter().find(|ty| fits(ty) && is_form(**ty, value)).or_else(|| types.iter().find(fits)) {
                    return self.value(*ty, value, owner, removable, depth);
                }
            }
            _ => {}
        }
        self.sites.push(Site { owner, value, ty, removable, depth });
        match (ty, &value.kind) {
            (Ty::Object(shape) | Ty::Command(shape), ValueKind::Object(body)) => {
                self.object(shape, body, value.span, owner, depth + 1)
            }
            (Ty::AutoOr(Ty::Object(shape)), ValueKind::Object(body)) => self.object(shape, body, value.span, owner, depth + 1),
            (Ty::List(inner) | Ty::Tuple(inner, ..), ValueKind::Array(values)) => {
                values.iter().for_each(|value| self.value(*inner, value, owner, None, depth + 1));
            }
            (Ty::Names(kinds), ValueKind::Object(properties)) => {
                for property in properties {
                    self.sites.push(Site { owner, value: &property.value, ty: Ty::Ref(kinds), removable: None, depth });
                }
            }
            _ => {}
        }
    }

    /// How far an object is from a finding: as far as what stands in it.
    fn distance(&self, near: &BTreeMap<usize, u32>, body: &Body<'_>) -> Option<u32> {
        near.iter().filter(|(index, _)| self.sites[**index].owner == body.owner).map(|(_, distance)| *distance).min()
    }

    /// The values that a finding has to do with, each with how far away it is: 0 for those that it points to, 1 for the others of these
    /// declarations, and one more for each step to a declaration that is named.
    fn near(&self, finding: &Diagnostic) -> BTreeMap<usize, u32> {
        let places: Vec<Span> = finding
            .primary
            .iter()
            .chain(&finding.secondary)
            .map(|label| label.span)
            .filter(|span| span.file == FileId(0))
            .collect();
        let within = |inner: Span, outer: Span| outer.start <= inner.start && inner.end <= outer.end;
        let mut distance: BTreeMap<usize, u32> = BTreeMap::new();
        let mut owners: BTreeMap<usize, u32> = BTreeMap::new();
        for (index, declared) in self.declarations.iter().enumerate() {
            if places.iter().any(|place| within(*place, declared.span)) {
                owners.insert(index, 1);
            }
        }
        for step in 1..=MAX_NAMED_DEEP {
            for (index, site) in self.sites.iter().enumerate() {
                let Some(&at) = owners.get(&site.owner).filter(|at| **at == step) else { continue };
                let whole = site.removable.unwrap_or(site.value.span);
                // A shader is not pointed to by what points into it.
                let is_at = places.iter().any(|place| {
                    within(site.value.span, *place) || (within(*place, whole) && !matches!(site.value.kind, ValueKind::Str(_)))
                });
                let at = if is_at { 0 } else { at };
                distance.entry(index).and_modify(|known| *known = at.min(*known)).or_insert(at);
            }
            let here: Vec<usize> = owners.iter().filter(|(_, at)| **at == step).map(|(owner, _)| *owner).collect();
            for next in here.iter().filter_map(|owner| self.beside.get(*owner)).flatten() {
                owners.entry(*next).or_insert(step + 1);
            }
        }
        distance
    }
}

/// Whether a value has the form of a type, roughly.
fn is_form(ty: Ty, value: &Value) -> bool {
    match ty {
        Ty::List(_) | Ty::Tuple(..) | Ty::Numbers(..) => matches!(value.kind, ValueKind::Array(_)),
        Ty::Uint(..) | Ty::Below(_) | Ty::UpTo(_) | Ty::Int | Ty::Float => matches!(value.kind, ValueKind::Number(_)),
        Ty::Ref(_) | Ty::View | Ty::Texture => matches!(value.kind, ValueKind::Ident(_)),
        _ => true,
    }
}

struct Maker<'a> {
    text: &'a str,
    scene: &'a Scene<'a>,
    mentioned: &'a BTreeSet<String>,
    out: Vec<Candidate>,
    /// How many findings the value has to do with, and how far away from them it is.
    place: (usize, u32),
}

impl Maker<'_> {
    fn push(&mut self, tier: u32, span: Span, text: impl Into<String>, title: impl Into<String>) {
        let (count, distance) = self.place;
        let (text, title) = (text.into(), title.into());
        let is_named = tier == 0 && text.parse::<f64>().is_err() && !text.is_empty();
        self.out.push(Candidate { span, text, title, is_named, rank: (tier, std::cmp::Reverse(count), distance) });
    }

    fn write(&mut self, tier: u32, span: Span, text: impl Into<String>) {
        let text = text.into();
        if self.text.get(span.start as usize..span.end as usize) != Some(&text) {
            let title = format!("write `{text}`");
            self.push(tier, span, text, title);
        }
    }

    /// 0 for what the findings name, and for declarations that nothing names; 1 for other values.
    fn tier(&self, text: &str) -> u32 {
        u32::from(!self.mentioned.contains(text) && !self.scene.unused.contains(text))
    }

    fn site(&mut self, site: &Site<'_>) {
        let span = site.value.span;
        match (&site.value.kind, site.ty) {
            (ValueKind::Bool(is), _) => self.write(0, span, (!is).to_string()),
            (ValueKind::Number(number), _) => self.number(*number, span),
            (ValueKind::Ident(word) | ValueKind::Str(word), Ty::Enum(set)) => self.word(word, set.words, span),
            (ValueKind::Ident(word) | ValueKind::Str(word), Ty::Format) => self.word(word, TEXTURE_FORMAT.words, span),
            (ValueKind::Ident(word), Ty::Ref(kinds)) => self.reference(word, kinds, span),
            (ValueKind::Ident(word), Ty::View | Ty::Texture) => {
                self.reference(word, &[Ns::Texture, Ns::TextureView], span);
                self.write(1, span, "contextCurrentTexture");
            }
            (ValueKind::Ident(word), Ty::DataSource | Ty::ByteSize) => self.reference(word, &[Ns::Data, Ns::Buffer], span),
            (_, Ty::Flags(set, _)) => self.flags(site.value, set),
            (ValueKind::Array(values), Ty::List(inner)) => {
                self.elements(values, span);
                self.more(values, *inner);
            }
            (ValueKind::Array(values), Ty::Tuple(..)) => self.elements(values, span),
            (ValueKind::Array(values), Ty::Elements) => self.another(values),
            _ => {}
        }
        if let Some(property) = site.removable {
            self.push(2, property, "", "leave it out");
        }
    }

    fn number(&mut self, number: f64, span: Span) {
        let numbers: Vec<String> =
            self.mentioned.iter().filter(|word| word.parse::<u32>().is_ok()).take(2 * MOST_VALUES).cloned().collect();
        for other in numbers {
            self.write(0, span, other);
        }
        // Sizes that are large enough for anything prove nothing, indices and counts are near each other.
        if number <= 8.0 {
            for other in [number + 1.0, number - 1.0, 0.0, 4.0] {
                if other >= 0.0 && other.fract() == 0.0 {
                    self.write(1, span, format!("{other}"));
                }
            }
        }
    }

    fn word(&mut self, word: &str, words: &[&'static str], span: Span) {
        let canvas = std::iter::once("preferredCanvasFormat").filter(|_| std::ptr::eq(words, TEXTURE_FORMAT.words));
        let mut others = 0;
        for other in canvas.chain(words.iter().copied()).filter(|other| *other != word) {
            let tier = self.tier(other);
            let is_used = words.len() <= MOST_VALUES || self.text.contains(other);
            if tier == 0 || (is_used && others < MOST_VALUES) {
                others += u32::from(tier > 0) as usize;
                self.write(tier, span, other);
            }
        }
    }

    fn reference(&mut self, word: &str, kinds: &[Ns], span: Span) {
        let names: Vec<&str> =
            kinds.iter().filter_map(|ns| self.scene.names.get(ns)).flatten().copied().filter(|name| *name != word).collect();
        let mut others = 0;
        for name in names {
            let tier = self.tier(name);
            if tier == 0 || others < MOST_VALUES {
                others += usize::from(tier > 0);
                self.write(tier, span, name);
            }
        }
    }

    fn flags(&mut self, value: &Value, set: &FlagSet) {
        let elements = match &value.kind {
            ValueKind::Array(elements) => elements.as_slice(),
            _ => std::slice::from_ref(value),
        };
        for (flag, _) in set.flags.iter().filter(|(flag, _)| self.mentioned.contains(*flag)) {
            if let (ValueKind::Array(_), Some(last)) = (&value.kind, elements.last()) {
                let end = Span::new(last.span.file, last.span.end, last.span.end);
                self.push(0, end, format!(" {flag}"), format!("add `{flag}`"));
            }
            elements.iter().for_each(|element| self.write(0, element.span, *flag));
        }
        if let ValueKind::Array(_) = &value.kind {
            elements.iter().for_each(|element| self.push(1, element.span, "", "leave it out"));
        }
    }

    fn elements(&mut self, values: &[Value], span: Span) {
        let text = |value: &Value| self.text.get(value.span.start as usize..value.span.end as usize).unwrap_or("").to_string();
        let texts: Vec<String> = values.iter().take(2 * MOST_VALUES).map(text).collect();
        for value in values.iter().take(2 * MOST_VALUES) {
            self.push(1, value.span, "", "leave it out");
        }
        if let (Some(last), Some(copy)) = (values.last(), texts.last()) {
            let end = Span::new(span.file, last.span.end, last.span.end);
            self.push(2, end, format!(" {copy}"), format!("add another element, such as `{copy}`"));
        }
        for (at, pair) in texts.windows(2).enumerate() {
            if pair[0] != pair[1] && values.len() <= 2 * MOST_VALUES {
                let both = values[at].span.to(values[at + 1].span);
                self.push(2, both, format!("{} {}", pair[1], pair[0]), "swap these two");
            }
        }
    }

    /// Data of a few numbers, of which one may be missing, or one too many.
    fn another(&mut self, values: &[Value]) {
        let (Some(last), true) = (values.last(), values.len() <= MOST_NUMBERS) else { return };
        let Some(copy) = self.text.get(last.span.start as usize..last.span.end as usize) else { return };
        let end = Span::new(last.span.file, last.span.end, last.span.end);
        self.push(1, end, format!(" {copy}"), format!("add another element, such as `{copy}`"));
        self.push(1, last.span, "", "leave it out");
    }

    /// One more reference in a list, before the others or behind them.
    fn more(&mut self, values: &[Value], ty: Ty) {
        let (Some(first), Some(last)) = (values.first(), values.last()) else { return };
        let is_listed = |name: &str| values.iter().any(|value| matches!(&value.kind, ValueKind::Ident(listed) if listed == name));
        for (tier, name) in self.values(ty) {
            if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_listed(&name) {
                let title = format!("add `{name}`");
                let end = Span::new(last.span.file, last.span.end, last.span.end);
                self.push(tier, end, format!(" {name}"), title.clone());
                let start = Span::new(first.span.file, first.span.start, first.span.start);
                self.push(tier, start, format!("{name} "), title);
            }
        }
    }

    /// Properties that are not there, with what findings name, and with references to what there is.
    fn additions(&mut self, body: &Body<'_>) {
        if matches!(body.shape.name, "command" | "compute command") {
            return;
        }
        self.kinds(body);
        for row in body.shape.props {
            let is_there = |property: &Property| body.shape.find(&property.name.name).is_some_and(|found| found.name == row.name);
            if row.required || body.properties.iter().any(is_there) {
                continue;
            }
            for (tier, value) in self.values(row.ty) {
                let text = format!("{}={value}", row.name);
                self.push(tier, body.end, format!(" {text} "), format!("add `{text}`"));
            }
        }
    }

    /// What a binding of a layout is for, written as another of the kinds that it can be for.
    fn kinds(&mut self, body: &Body<'_>) {
        if body.shape.name != "layout entry" {
            return;
        }
        let is_kind = |name: &str| KINDS.iter().any(|(kind, _)| *kind == name);
        let Some(written) = body.properties.iter().find(|property| is_kind(&property.name.name)) else { return };
        for (kind, values) in KINDS.iter().filter(|(kind, _)| *kind != written.name.name) {
            for value in *values {
                self.write(0, written.span, format!("{kind}={value}"));
            }
        }
    }

    /// Values of a type that findings name or that refer to something, and how likely they are.
    fn values(&self, ty: Ty) -> Vec<(u32, String)> {
        let named = |words: &[&str]| -> Vec<(u32, String)> {
            words.iter().filter(|word| self.mentioned.contains(**word)).map(|word| (1, (*word).to_string())).collect()
        };
        match ty {
            Ty::List(inner) => self.values(*inner).into_iter().map(|(tier, value)| (tier, format!("[{value}]"))).collect(),
            Ty::AutoOr(inner) => self.values(*inner),
            Ty::OneOf(types) => types.iter().flat_map(|ty| self.values(*ty)).collect(),
            Ty::Ref(kinds) => {
                let names = kinds.iter().filter_map(|ns| self.scene.names.get(ns)).flatten();
                names.take(2 * MOST_VALUES).map(|name| (1 + self.tier(name), (*name).to_string())).collect()
            }
            Ty::Enum(set) if set.words.len() <= 2 * MOST_VALUES => {
                set.words.iter().map(|word| (1 + u32::from(!self.mentioned.contains(*word)), (*word).to_string())).collect()
            }
            Ty::Enum(set) => named(set.words),
            Ty::Format => named(TEXTURE_FORMAT.words),
            Ty::Uint(..) | Ty::Below(_) | Ty::UpTo(_) => {
                let is_number = |word: &&String| word.parse::<u32>().is_ok();
                self.mentioned.iter().filter(is_number).take(MOST_VALUES).map(|word| (2, word.clone())).collect()
            }
            Ty::Bool => vec![(2, "true".to_string())],
            _ => Vec::new(),
        }
    }

    /// A name that is taken or misspelt where it is declared: names that are missing are what it may have been.
    fn names(&mut self, findings: &[Diagnostic]) {
        // These are few, and most likely.
        self.place = (usize::MAX, 0);
        let undefined = |finding: &Diagnostic| match &finding.clue {
            Some(Clue::Undefined { name, is_in_shader: true, .. }) => {
                Some(name.strip_prefix(PREVIOUS).unwrap_or(name).to_string())
            }
            Some(Clue::Undefined { name, .. }) => Some(name.clone()),
            _ => None,
        };
        let missing: BTreeSet<String> = findings.iter().filter_map(undefined).collect();
        for declared in &self.scene.declarations {
            let Some(name) = &declared.name else { continue };
            let is_found = |finding: &Diagnostic| {
                finding.code == Code::DuplicateName
                    && finding.primary.iter().chain(&finding.secondary).any(|label| label.span == name.span)
            };
            if findings.iter().any(is_found) {
                missing.iter().for_each(|missing| self.write(0, name.span, missing.clone()));
            }
        }
    }

    /// What stands in shaders where findings point to: numbers in attributes, and words that have others of their kind.
    fn shaders(&mut self, findings: &[Diagnostic]) {
        let mut places: BTreeMap<Span, usize> = BTreeMap::new();
        for label in findings.iter().flat_map(|finding| finding.primary.iter().chain(&finding.secondary)) {
            let is_text = |site: &Site<'_>| {
                matches!(site.ty, Ty::Text) && site.value.span.start < label.span.start && label.span.end < site.value.span.end
            };
            if label.span.file == FileId(0) && self.scene.sites.iter().any(is_text) {
                *places.entry(label.span).or_default() += 1;
            }
        }
        for (place, count) in places.into_iter().take(MOST_VALUES) {
            self.place = (count, 0);
            self.declaration(place);
        }
    }

    /// The declaration in a shader that a place lies in, from the end of what stands before it.
    fn declaration(&mut self, place: Span) {
        let (before, after) = (self.text.get(..place.start as usize), self.text.get(place.start as usize..));
        let (Some(before), Some(after)) = (before, after) else { return };
        let start = before.rfind([';', '{', '}', '"', ',']).map_or(0, |at| at + 1);
        let end = after.find([';', '{', '"']).unwrap_or(after.len().min(200)) + place.start as usize;
        let Some(part) = self.text.get(start..end) else { return };
        let tokens = tokens::significant(part);
        for (at, token) in tokens.iter().enumerate() {
            let range = token.range();
            let span = Span::new(place.file, (start + range.start) as u32, (start + range.end) as u32);
            let word = token.text(part);
            let is_attribute = at >= 2
                && tokens[at - 1].text(part) == "("
                && matches!(tokens[at - 2].text(part), "group" | "binding" | "location" | "id");
            if is_attribute && let Ok(number) = word.parse::<u32>() {
                for other in 0..4u32 {
                    if other != number {
                        self.write(0, span, other.to_string());
                    }
                }
            }
            for set in WORDS.iter().filter(|set| set.contains(&word)) {
                set.iter().filter(|other| **other != word).for_each(|other| self.write(1, span, *other));
            }
            if TEXTURE_FORMAT.words.contains(&word) {
                self.word(word, TEXTURE_FORMAT.words, span);
            }
        }
    }
}

/// What a binding of a layout can be for, with the values that are tried.
const KINDS: [(&str, &[&str]); 5] = [
    ("buffer", &["{ type=uniform }", "{ type=storage }", "{ type=read-only-storage }"]),
    ("sampler", &["{}", "{ type=comparison }"]),
    ("texture", &["{}", "{ sampleType=unfilterable-float }", "{ sampleType=depth }", "{ sampleType=uint }"]),
    ("storageTexture", &["{ format=rgba8unorm }"]),
    ("externalTexture", &["{}"]),
];

/// Words of WGSL that may stand in each other's place.
const WORDS: &[&[&str]] = &[
    &["f32", "u32", "i32"],
    &["vec2f", "vec3f", "vec4f"],
    &["vec2u", "vec3u", "vec4u"],
    &["vec2i", "vec3i", "vec4i"],
    &["read", "write", "read_write"],
    &["uniform", "storage"],
    &["sampler", "sampler_comparison"],
    &["texture_2d", "texture_2d_array", "texture_3d", "texture_cube", "texture_depth_2d", "texture_multisampled_2d"],
    &["texture_storage_2d", "texture_storage_2d_array", "texture_storage_3d", "texture_storage_1d"],
    &["flat", "linear", "perspective"],
];
