//! Short names for what no scene can see.

use std::collections::{BTreeMap, BTreeSet};

use super::super::builtins;
use super::super::scopes::{self, DeclarationKind, KEYWORDS, Role};
use super::super::tokens::{self, Token};

/// The text with short names for everything that no scene can see in it: local variables, parameters, functions that are no entry
/// points, types, members, constants, variables, resources (a layout knows them by their numbers) and overrides that have an `@id`.
/// What a scene calls resources and members by is the reflection of the author's text.
///
/// Entry points and other overrides keep their names. No new name is a word that means something else where it stands, and none is
/// given to two things that can be seen in one place; so every word that is left alone keeps its meaning, and every word that is
/// changed means the same declaration as before.
pub fn rename(text: &str) -> String {
    let tokens = tokens::significant(text);
    let scopes = scopes::resolve(text, &tokens);
    let names = Names { text, tokens: &tokens, scopes: &scopes };
    let mut new_names = names.declarations();
    new_names.extend(names.members());
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (token, role) in tokens.iter().zip(&scopes.roles) {
        let key = match role {
            Role::Declares(id) | Role::Uses(id) => Renamed::Declaration(id.0 as usize),
            Role::Member | Role::Field => Renamed::Member(token.text(text)),
            Role::None | Role::Free | Role::Context => continue,
        };
        if let Some(name) = new_names.get(&key) {
            out.push_str(text.get(copied..token.start as usize).unwrap_or(""));
            out.push_str(name);
            copied = token.end as usize;
        }
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    out
}

/// Something that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Renamed<'t> {
    /// Index of a declaration.
    Declaration(usize),
    /// A member of this name, in all structs that have one.
    Member(&'t str),
}

/// The names of one text.
struct Names<'t> {
    text: &'t str,
    tokens: &'t [Token],
    scopes: &'t scopes::Scopes,
}

impl<'t> Names<'t> {
    fn word(&self, token: usize) -> &'t str {
        self.tokens.get(token).map_or("", |token| token.text(self.text))
    }

    /// New names in the order in which they are to be used: none that is taken or a word of WGSL.
    fn fresh(&self, taken: BTreeSet<&'t str>) -> impl Iterator<Item = String> + use<'t> {
        (0u32..).map(short_name).filter(move |name| !taken.contains(name.as_str()) && is_free(name))
    }

    /// Whether the scene can see the name of a declaration.
    fn stays(&self, declaration: &scopes::Declaration) -> bool {
        match declaration.kind {
            DeclarationKind::Override => !self.has_attribute(declaration.item, &["id"]),
            // Parameters of entry points have no name to the outside: locations and built-in values do the work.
            DeclarationKind::Function => self.has_attribute(declaration.item, &["vertex", "fragment", "compute"]),
            DeclarationKind::Struct
            | DeclarationKind::Alias
            | DeclarationKind::Const
            | DeclarationKind::Var
            | DeclarationKind::Let
            | DeclarationKind::Parameter => false,
        }
    }

    /// Whether an item has one of these attributes in front of its keyword.
    fn has_attribute(&self, item: usize, attributes: &[&str]) -> bool {
        let Some(item) = self.scopes.items.get(item) else { return true };
        let head = item.tokens.start..item.keyword.unwrap_or(item.tokens.end);
        head.into_iter().any(|at| self.word(at) == "@" && attributes.contains(&self.word(at + 1)))
    }

    /// New names for declarations. Locals of different functions share names, those of the module do not; the most frequent come
    /// first.
    fn declarations(&self) -> BTreeMap<Renamed<'t>, String> {
        let mut counts = vec![0usize; self.scopes.declarations.len()];
        for role in &self.scopes.roles {
            if let Role::Declares(id) | Role::Uses(id) = role
                && let Some(count) = counts.get_mut(id.0 as usize)
            {
                *count += 1;
            }
        }
        let count = |index: usize| counts.get(index).copied().unwrap_or(0);
        let mut globals: Vec<usize> = Vec::new();
        let mut locals: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, declaration) in self.scopes.declarations.iter().enumerate() {
            if self.stays(declaration) {
                continue;
            }
            if declaration.is_global { globals.push(index) } else { locals.entry(declaration.item).or_default().push(index) }
        }
        for list in locals.values_mut().chain([&mut globals]) {
            list.sort_by_key(|index| (std::cmp::Reverse(count(*index)), *index));
        }
        // The locals of one rank in all functions have one name, so they are weighed together against the names of the module.
        let ranks = locals.values().map(Vec::len).max().unwrap_or(0);
        let weight = |rank: usize| locals.values().filter_map(|list| list.get(rank)).map(|index| count(*index)).sum::<usize>();
        let mut names = BTreeMap::new();
        let free = self.tokens.iter().zip(&self.scopes.roles).filter(|(_, role)| **role == Role::Free);
        let staying = self.scopes.declarations.iter().filter(|declaration| self.stays(declaration));
        let taken = free.map(|(token, _)| token.text(self.text)).chain(staying.map(|declaration| self.word(declaration.token)));
        let mut fresh = self.fresh(taken.collect());
        let mut next_global = globals.iter().peekable();
        let mut rank = 0;
        loop {
            let global = next_global.peek().map(|index| count(**index));
            let local = (rank < ranks).then(|| weight(rank));
            if global.is_none() && local.is_none() {
                return names;
            }
            let Some(name) = fresh.next() else { return names };
            if global >= local {
                names.extend(next_global.next().map(|index| (Renamed::Declaration(*index), name)));
            } else {
                let same_rank = locals.values().filter_map(|list| list.get(rank));
                names.extend(same_rank.map(|index| (Renamed::Declaration(*index), name.clone())));
                rank += 1;
            }
        }
    }

    /// New names for members, each the same in all structs that have it.
    fn members(&self) -> BTreeMap<Renamed<'t>, String> {
        let mut fields: BTreeSet<&str> = BTreeSet::new();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (token, role) in self.tokens.iter().zip(&self.scopes.roles) {
            let word = token.text(self.text);
            match role {
                Role::Field => {
                    fields.insert(word);
                }
                Role::Member => {}
                Role::None | Role::Declares(_) | Role::Uses(_) | Role::Free | Role::Context => continue,
            }
            *counts.entry(word).or_default() += 1;
        }
        let (staying, mut renamed): (Vec<&str>, Vec<&str>) = fields.into_iter().partition(|name| is_known_member(name));
        renamed.sort_by_key(|name| (std::cmp::Reverse(counts.get(name).copied().unwrap_or(0)), *name));
        let fresh = self.fresh(staying.into_iter().collect());
        renamed.into_iter().zip(fresh).map(|(name, short)| (Renamed::Member(name), short)).collect()
    }
}

/// Whether WGSL itself has members of this name: swizzles and the results of `frexp`, `modf` and `atomicCompareExchangeWeak`.
fn is_known_member(name: &str) -> bool {
    let is_swizzle = name.len() <= 4 && (name.chars().all(|c| "xyzw".contains(c)) || name.chars().all(|c| "rgba".contains(c)));
    is_swizzle || matches!(name, "fract" | "exp" | "whole" | "old_value" | "exchanged")
}

/// The name with this number: one letter, then two, …. The letters that WGSL's own words have most come first: the fewer different
/// ones a text has, the better it packs (25 bytes of six examples on 2026-11-20).
fn short_name(number: u32) -> String {
    const LETTERS: &[u8; 52] = b"etaronifslcpmduvgbxhwyzkjqETARONIFSLCPMDUVGBXHWYZKJQ";
    let mut number = number as usize;
    let mut name = Vec::new();
    loop {
        name.push(char::from(LETTERS[number % LETTERS.len()]));
        match (number / LETTERS.len()).checked_sub(1) {
            Some(rest) => number = rest,
            None => break,
        }
    }
    name.into_iter().rev().collect()
}

/// Whether a short name means nothing to WGSL: no keyword, no reserved word, nothing predeclared.
fn is_free(name: &str) -> bool {
    !KEYWORDS.contains(&name) && !RESERVED.contains(&name) && !builtins::is_predeclared(name)
}

/// Reserved words of up to three letters, more than any shader's names need. Source: WGSL section 15.2.
const RESERVED: [&str; 15] =
    ["asm", "as", "do", "get", "mod", "mut", "new", "nil", "of", "pub", "ref", "set", "std", "try", "use"];
