//! Whether a shader keeps the [`limits`](super::limits) that its tokens, scopes and constants tell of.

use crate::limits::{
    MAX_ALL_MEMBERS, MAX_ARGUMENTS, MAX_COPIED, MAX_LOCALS, MAX_LOCATION, MAX_MEMBERS, MAX_NAME_BYTES, MAX_PARAMETERS,
    MAX_SELECTORS, MAX_STATEMENTS, MAX_USED, MAX_WORK,
};
use std::ops::Range;

use pngine_source::diag::{Code, Diagnostic};

use super::assemble::Text;
use super::fold::Folded;
use super::scopes::{DeclarationKind, Item, Role, Scopes};
use super::tokens::{Token, TokenKind};

/// What takes naga a tenth of a second.
const LONG_WORK: u64 = MAX_WORK / 8;

/// What of a text goes beyond a limit; `None` if nothing does. `tokens` are its significant tokens.
pub(super) fn exceeded(text: &Text, tokens: &[Token], scopes: &Scopes, folded: &Folded) -> Option<Diagnostic> {
    let limits = Limits { text, tokens, scopes, folded };
    let first = limits.names().or_else(|| limits.locations()).or_else(|| limits.lists());
    first.or_else(|| scopes.items.iter().find_map(|item| limits.item(item))).or_else(|| limits.work().err().map(|error| *error))
}

/// Whether naga takes so long for a text that it should read it once only. A text beyond the limits is none of them.
pub(super) fn is_long(text: &Text, tokens: &[Token], scopes: &Scopes, folded: &Folded) -> bool {
    let limits = Limits { text, tokens, scopes, folded };
    limits.work().is_ok_and(|work| work > LONG_WORK)
}

struct Limits<'a> {
    text: &'a Text,
    tokens: &'a [Token],
    scopes: &'a Scopes,
    folded: &'a Folded,
}

/// What an open bracket is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    /// A list of arguments or parameters.
    List,
    /// The block of a `switch`.
    Switch,
    /// Another one.
    Other,
}

impl<'a> Limits<'a> {
    fn word(&self, token: usize) -> &'a str {
        self.tokens.get(token).map_or("", |token| token.text(&self.text.text))
    }

    fn report(&self, token: usize, message: String, label: &str, help: &str) -> Option<Diagnostic> {
        let range = self.tokens.get(token).map_or(0..0, Token::range);
        Some(Diagnostic::new(Code::ShaderLimit, self.text.map.span(range), message).label(label).help(help))
    }

    fn names(&self) -> Option<Diagnostic> {
        let is_long = |token: &&Token| token.kind == TokenKind::Word && token.range().len() > MAX_NAME_BYTES;
        let long = self.tokens.iter().find(is_long)?;
        let message = format!("a name of {} bytes, where {MAX_NAME_BYTES} are allowed", long.range().len());
        let start = long.range().start;
        let span = self.text.map.span(start..start + 1);
        Some(Diagnostic::new(Code::ShaderLimit, span, message).label("it begins here").help("give it a shorter name"))
    }

    /// Locations that are written as a number; others show when naga has evaluated them.
    fn locations(&self) -> Option<Diagnostic> {
        let number = |at: usize| {
            let is_location = self.word(at) == "location"
                && self.word(at.wrapping_sub(1)) == "@"
                && self.word(at + 1) == "("
                && matches!(self.word(at + 3), ")" | ",");
            let word = self.word(at + 2).trim_end_matches(['u', 'i']);
            is_location.then(|| word.parse::<u64>().ok()).flatten().filter(|number| *number > u64::from(MAX_LOCATION))
        };
        let (at, number) = (0..self.tokens.len()).find_map(|at| Some((at, number(at)?)))?;
        let range = self.tokens.get(at + 2).map_or(0..0, Token::range);
        let message = format!("location {number} is beyond what any device has");
        Some(
            Diagnostic::new(Code::LocationTooLarge, self.text.map.span(range), message)
                .label("no device has as many")
                .help("locations are counted from 0"),
        )
    }

    /// Arguments of calls, and values of cases.
    fn lists(&self) -> Option<Diagnostic> {
        let mut open: Vec<(Bracket, usize)> = Vec::new();
        let mut is_head_of_switch = false;
        let mut in_case = false;
        for (at, token) in self.tokens.iter().enumerate() {
            match token.text(&self.text.text) {
                "(" => open.push((Bracket::List, 0)),
                "[" => open.push((Bracket::Other, 0)),
                "{" => {
                    in_case = false;
                    let bracket = if std::mem::take(&mut is_head_of_switch) { Bracket::Switch } else { Bracket::Other };
                    open.push((bracket, 0));
                }
                ")" | "]" | "}" => {
                    open.pop();
                }
                ";" => is_head_of_switch = false,
                ":" => in_case = false,
                "switch" => is_head_of_switch = true,
                // The `default` of `case 1, default` is counted by its comma.
                word @ ("case" | "default") if word == "case" || !in_case => {
                    in_case = true;
                    self.count(&mut open, Bracket::Switch);
                }
                "," if in_case && open.last().is_some_and(|(bracket, _)| *bracket == Bracket::Switch) => {
                    self.count(&mut open, Bracket::Switch);
                }
                "," if !matches!(self.word(at + 1), ")" | "]" | "}") => self.count(&mut open, Bracket::List),
                _ => {}
            }
            match open.last() {
                Some((Bracket::List, commas)) if *commas >= MAX_ARGUMENTS => {
                    let message = format!("more than {MAX_ARGUMENTS} arguments in one list");
                    return self.report(
                        at + 1,
                        message,
                        "one too many",
                        "put large tables into a `#data`, and read them from a buffer",
                    );
                }
                Some((Bracket::Switch, selectors)) if *selectors > MAX_SELECTORS => {
                    let message = format!("a `switch` with more than {MAX_SELECTORS} values");
                    return self.report(at, message, "one too many", "look the value up in a buffer");
                }
                _ => {}
            }
        }
        None
    }

    fn count(&self, open: &mut [(Bracket, usize)], wanted: Bracket) {
        if let Some((bracket, count)) = open.last_mut()
            && *bracket == wanted
        {
            *count += 1;
        }
    }

    /// Members, parameters, statements and names of one declaration.
    fn item(&self, item: &Item) -> Option<Diagnostic> {
        match self.word(item.keyword?) {
            "struct" => {
                let is_member = |token: &usize| self.scopes.roles.get(*token) == Some(&Role::Field);
                let extra = item.tokens.clone().filter(is_member).nth(MAX_MEMBERS)?;
                let message = format!("a struct of more than {MAX_MEMBERS} members");
                self.report(extra, message, "one member too many", "use an array")
            }
            "fn" => self.function(item),
            _ => None,
        }
    }

    fn function(&self, item: &Item) -> Option<Diagnostic> {
        let (mut parameters, mut locals, mut statements) = (0, 0, 0);
        for token in item.tokens.clone() {
            if let Some(Role::Declares(id)) = self.scopes.roles.get(token)
                && let Some(declaration) = self.scopes.declarations.get(id.0 as usize)
                && !declaration.is_global
            {
                let count = if declaration.kind == DeclarationKind::Parameter { &mut parameters } else { &mut locals };
                *count += 1;
            }
            statements += usize::from(matches!(self.word(token), ";" | "{"));
            let (what, most, help) = if parameters > MAX_PARAMETERS {
                ("parameters", MAX_PARAMETERS, "pass a struct or an array")
            } else if locals > MAX_LOCALS {
                ("names of its own", MAX_LOCALS, "use arrays, or make several functions of it")
            } else if statements > MAX_STATEMENTS {
                ("statements", MAX_STATEMENTS, "use a loop, or make several functions of it")
            } else {
                continue;
            };
            return self.report(token, format!("a function with more than {most} {what}"), "one too many", help);
        }
        None
    }

    /// What naga has to do for all functions and constants. A constant weighs what it has of numbers and calls: naga writes it out wherever
    /// it is used.
    ///
    /// # Errors
    /// Where that goes beyond a limit.
    fn work(&self) -> Result<u64, Box<Diagnostic>> {
        // By declaration. A constant that is declared later weighs nothing yet; it is weighed again when it is known.
        let mut weights: Vec<Option<u64>> = vec![None; self.scopes.declarations.len()];
        // Of types, by declaration: how many members they have, those of their members included.
        let mut members = vec![0u64; self.scopes.declarations.len()];
        let (mut copied, mut used, mut work) = (0u64, 0u64, 0u64);
        // Of all that is no function.
        let (mut module_tokens, mut module_parts) = (0u64, 0u64);
        for index in self.order() {
            let Some(item) = self.scopes.items.get(index) else { continue };
            if matches!(item.keyword.map(|keyword| self.word(keyword)), Some("struct" | "alias")) {
                self.type_members(item, &mut members)?;
                continue;
            }
            let is_function = item.body.is_some();
            // The constant whose value is being read, and where that ends.
            let mut own = (!is_function).then_some(item.name).flatten().map(|name| (name, item.tokens.end));
            let mut weight = 0u64;
            let before = copied.saturating_add(used);
            for token in item.tokens.clone() {
                if let Some((name, end)) = own
                    && is_function
                    && token >= end
                {
                    self.set(&mut weights, name, weight);
                    own = None;
                }
                let grows = match self.scopes.roles.get(token) {
                    Some(Role::Uses(id)) => weights.get(id.0 as usize).copied().flatten().unwrap_or(0),
                    Some(Role::Declares(_)) if is_function && self.word(token.wrapping_sub(1)) == "const" => {
                        let end = self.statement_end(token, item.tokens.end);
                        (own, weight) = (Some((token, end)), 0);
                        0
                    }
                    _ => 0,
                };
                let is_leaf =
                    self.tokens.get(token).is_some_and(|token| token.kind == TokenKind::Number) || self.word(token) == "(";
                weight = weight.saturating_add(grows).saturating_add(u64::from(is_leaf));
                let (sum, most) = if own.is_some() { (&mut copied, MAX_COPIED) } else { (&mut used, MAX_USED) };
                *sum = sum.saturating_add(grows);
                if *sum > most {
                    let name = self.word(token);
                    let message =
                        format!("the constants that are used up to here have more than {most} parts, those of `{name}` included");
                    let range = self.tokens.get(token).map_or(0..0, Token::range);
                    return Err(Box::new(
                        Diagnostic::new(Code::ConstantsTooLarge, self.text.map.span(range), message)
                            .label("one use too many")
                            .help("put large tables into a `#data`, and read them from a buffer"),
                    ));
                }
            }
            if let Some((name, _)) = own {
                self.set(&mut weights, name, weight);
            }
            let parts = copied.saturating_add(used) - before;
            let folded = self.folded.tokens.binary_search_by_key(&index, |(item, _)| *item);
            let folded = folded.ok().and_then(|at| self.folded.tokens.get(at)).map_or(0, |(_, tokens)| *tokens);
            let tokens = item.tokens.len().saturating_sub(folded) as u64;
            if is_function {
                work = work.saturating_add(tokens.saturating_mul(tokens.saturating_add(parts)));
            } else {
                module_tokens += tokens;
                module_parts = module_parts.saturating_add(parts);
            }
            let sum = work.saturating_add(module_tokens.saturating_mul(module_tokens.saturating_add(module_parts)));
            if sum > MAX_WORK {
                let name = item.name.or(item.keyword).unwrap_or(item.tokens.start);
                let what = if is_function { "this function is too long" } else { "there are too many constants up to here" };
                let range = self.tokens.get(name).map_or(0..0, Token::range);
                let help = if is_function {
                    "use a loop, or make several functions of it"
                } else {
                    "put large tables into a `#data`, and read them from a buffer"
                };
                let message = format!("{what}: the shader has {tokens} words and signs here, and takes too long to check");
                return Err(Box::new(Diagnostic::new(Code::ShaderLimit, self.text.map.span(range), message).help(help)));
            }
        }
        Ok(work.saturating_add(module_tokens.saturating_mul(module_tokens.saturating_add(module_parts))))
    }

    /// Counts the members of a struct, with those of its members: naga walks through all of them, each as often as it is there.
    fn type_members(&self, item: &Item, members: &mut [u64]) -> Result<(), Box<Diagnostic>> {
        let count = |token: usize| match self.scopes.roles.get(token) {
            Some(Role::Field) => 1,
            Some(Role::Uses(id)) => members.get(id.0 as usize).copied().unwrap_or(0),
            _ => 0,
        };
        let sum = item.tokens.clone().map(count).fold(0, u64::saturating_add);
        let name = item.name.unwrap_or(item.tokens.start);
        if let Some(Role::Declares(id)) = self.scopes.roles.get(name)
            && let Some(slot) = members.get_mut(id.0 as usize)
        {
            *slot = sum;
        }
        if sum <= MAX_ALL_MEMBERS {
            return Ok(());
        }
        let range = self.tokens.get(name).map_or(0..0, Token::range);
        let message = format!("`{}` has {sum} members, those of its members included", self.word(name));
        Err(Box::new(
            Diagnostic::new(Code::ShaderLimit, self.text.map.span(range), message)
                .label(format!("{MAX_ALL_MEMBERS} are allowed"))
                .help("use arrays"),
        ))
    }

    /// The items with each constant before what uses it, and functions last. What goes in circles, which is wrong, comes anywhere.
    fn order(&self) -> Vec<usize> {
        let mut out = Vec::with_capacity(self.scopes.items.len());
        let mut is_seen = vec![false; self.scopes.items.len()];
        for start in 0..self.scopes.items.len() {
            let is_constant = self.scopes.items.get(start).is_some_and(|item| item.body.is_none());
            if !is_constant || std::mem::replace(&mut is_seen[start], true) {
                continue;
            }
            // A way down, each with the tokens that are still to be looked at.
            let tokens = |item: usize| self.scopes.items.get(item).map_or(0..0, |item| item.tokens.clone());
            let mut way: Vec<(usize, Range<usize>)> = vec![(start, tokens(start))];
            while let Some((item, rest)) = way.last_mut() {
                let Some(token) = rest.next() else {
                    out.push(*item);
                    way.pop();
                    continue;
                };
                if let Some(Role::Uses(id)) = self.scopes.roles.get(token)
                    && let Some(next) = self.scopes.declarations.get(id.0 as usize).map(|declaration| declaration.item)
                    && self.scopes.items.get(next).is_some_and(|item| item.body.is_none())
                    && !std::mem::replace(&mut is_seen[next], true)
                {
                    way.push((next, tokens(next)));
                }
            }
        }
        let functions = (0..self.scopes.items.len()).filter(|index| self.scopes.items[*index].body.is_some());
        out.extend(functions);
        out
    }

    fn set(&self, weights: &mut [Option<u64>], name: usize, weight: u64) {
        if let Some(Role::Declares(id)) = self.scopes.roles.get(name)
            && let Some(slot) = weights.get_mut(id.0 as usize)
            && self.scopes.declarations.get(id.0 as usize).is_some_and(|declaration| declaration.kind == DeclarationKind::Const)
        {
            *slot = Some(weight);
        }
    }

    /// The token that ends the statement around `token`.
    fn statement_end(&self, token: usize, end: usize) -> usize {
        (token..end).find(|at| matches!(self.word(*at), ";" | "{" | "}")).unwrap_or(end)
    }
}
