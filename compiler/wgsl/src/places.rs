//! Where a mistake stands that naga names no place for, or only the place of something that it uses.
//!
//! naga's expressions have the place where their value was made: a parameter's is its declaration, a `let`'s is its initialiser, a
//! `var` has none. What is wrong is mostly their use. So [`super::explain`] says which [`Part`] of a statement, call or function a
//! finding is about, and this module looks that up on tokens.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use super::scopes::{DeclarationKind, Item, Role, Scopes};
use super::tokens::{Token, TokenKind};
use super::words::{built_in_type, long_form};

/// What a finding is about, within a range of the text or within the function that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// What an `if`, `while` or `for` asks.
    Condition,
    /// What the `break if` of a loop asks.
    BreakIf,
    /// The value of a `return`.
    Returned,
    /// The right side of an assignment, or an initialiser.
    Value,
    /// The right side of the assignment whose left side the range is.
    Assigned,
    /// The operand to the right of the last of these operators.
    Right(&'static [&'static str]),
    /// The word that the range begins with.
    Keyword,
    /// An argument of the call that the range begins with, counted from 0.
    Argument(usize),
    /// The last argument of that call.
    LastArgument,
    /// What stands in the last brackets `[…]`.
    Index,
    /// A selector of a `switch`, counted from 0 over all cases, `default` included.
    Selector(usize),
    /// The type that a variable is declared with.
    Type,
    /// The first use of a word of WGSL in the declaration, with its template list.
    Word(&'static str),
    /// A parameter of the function, counted from 0.
    Parameter(usize),
    /// The type of a parameter of the function, counted from 0.
    ParameterType(usize),
    /// The type of the function's result.
    ResultType,
    /// The name of the declaration.
    Name,
    /// One number of `@workgroup_size`, counted from 0.
    WorkgroupSize(usize),
    /// The operation that a shader stage does not have, in the function or in what it calls.
    Operation(naga::ShaderStage),
}

/// Built-in functions that only fragment shaders have. Source: WGSL 17.6 "Derivative Built-in Functions" and 17.7 "Texture Built-in
/// Functions", those with an implicit derivative.
const FRAGMENT_ONLY: [&str; 13] = [
    "discard",
    "dpdx",
    "dpdxCoarse",
    "dpdxFine",
    "dpdy",
    "dpdyCoarse",
    "dpdyFine",
    "fwidth",
    "fwidthCoarse",
    "fwidthFine",
    "textureSample",
    "textureSampleBias",
    "textureSampleCompare",
];

/// Built-in functions that only compute shaders have. Source: WGSL 17.11 "Synchronization Built-in Functions".
const COMPUTE_ONLY: [&str; 5] =
    ["workgroupBarrier", "storageBarrier", "textureBarrier", "subgroupBarrier", "workgroupUniformLoad"];

/// A built-in value that is declared with a type that it does not have.
pub(super) struct WrongBuiltIn {
    /// The function or struct.
    pub item: usize,
    /// Whether it is a member of a struct.
    pub is_member: bool,
    /// The token of its name; `None` for the result of a function.
    pub name: Option<usize>,
    /// The bytes of its type.
    pub ty: Range<usize>,
    /// What it is: `position`.
    pub built_in: String,
    /// Its type in long form.
    pub found: String,
    /// The type that it has.
    pub wanted: &'static str,
}

/// A text and what is known about it.
#[derive(Clone, Copy)]
pub(super) struct Places<'a> {
    /// The text.
    pub text: &'a str,
    /// Its significant tokens.
    pub tokens: &'a [Token],
    /// What its words mean.
    pub scopes: &'a Scopes,
}

impl<'a> Places<'a> {
    fn word(&self, token: usize) -> &'a str {
        self.tokens.get(token).map_or("", |token| token.text(self.text))
    }

    fn role(&self, token: usize) -> Role {
        self.scopes.roles.get(token).copied().unwrap_or(Role::None)
    }

    /// Bytes of some tokens; `None` if there are none.
    fn bytes(&self, tokens: Range<usize>) -> Option<Range<usize>> {
        let first = self.tokens.get(tokens.start)?;
        let last = self.tokens.get(tokens.end.checked_sub(1)?)?;
        (first.start < last.end).then_some(first.start as usize..last.end as usize)
    }

    /// The tokens of a range of bytes.
    fn within(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.tokens.partition_point(|token| (token.end as usize) <= range.start);
        let end = self.tokens.partition_point(|token| (token.start as usize) < range.end);
        start..end.max(start)
    }

    /// The bytes of a part of `range`; of the declaration `item` if the part belongs to a function's head.
    pub fn part(&self, part: &Part, range: Option<&Range<usize>>, item: Option<usize>) -> Option<Range<usize>> {
        let tokens = range.map(|range| self.within(range));
        let found = match part {
            Part::Condition => self.condition(tokens?),
            Part::BreakIf => {
                let tokens = tokens?;
                let at = tokens.clone().rev().find(|at| self.word(*at) == "if" && *at > 0 && self.word(at - 1) == "break")?;
                let end = self.find(at + 1..tokens.end, &[";"]).unwrap_or(tokens.end);
                self.bare(at + 1..end)
            }
            Part::Returned => {
                let tokens = self.statement(tokens?);
                let from = tokens.clone().find(|at| self.word(*at) == "return")? + 1;
                from..tokens.end
            }
            Part::Value => {
                let start = tokens?.start;
                let end = self.statement_end(start);
                self.assignment(start..end)? + 1..end
            }
            Part::Assigned => {
                let from = tokens?.end;
                let end = self.statement_end(from);
                let operator = self.assignment(from..end).filter(|at| *at == from)?;
                operator + 1..end
            }
            Part::Right(operators) => {
                let tokens = tokens?;
                let at = self.last(tokens.clone(), |at| operators.contains(&self.word(at)))?;
                let from = at + 1;
                let operand = from..tokens.end;
                // The value of `x /= 0` ends before the semicolon.
                self.bare(self.statement(operand))
            }
            Part::Keyword => {
                let start = tokens?.start;
                // A function that ends without a `return` has a range too.
                if self.word(start) == "fn" || self.word(start) == "@" {
                    return None;
                }
                start..start + 1
            }
            Part::Name => {
                let name = self.scopes.items.get(item?)?.name?;
                name..name + 1
            }
            Part::Argument(index) => self.arguments(tokens?.start)?.into_iter().nth(*index)?,
            Part::LastArgument => self.arguments(tokens?.start)?.pop()?,
            Part::Index => self.index(tokens?)?,
            Part::Selector(index) => self.selectors(tokens?).into_iter().nth(*index)?,
            Part::Type => {
                let item = item.and_then(|item| Some(self.scopes.items.get(item)?.tokens.clone()));
                self.declared_type(tokens.or(item)?)?
            }
            Part::Word(word) => {
                let item = self.scopes.items.get(item?)?;
                let at = item.tokens.clone().find(|at| self.word(*at) == *word)?;
                at..self.after_template(at + 1)
            }
            Part::Parameter(index) => {
                let name = self.parameter(item?, *index)?;
                name..name + 1
            }
            Part::ParameterType(index) => {
                let name = self.parameter(item?, *index)?;
                if self.word(name + 1) != ":" {
                    return None;
                }
                let template = self.after_template(name + 3);
                let end = if template > name + 3 { template } else { self.find(name + 2..self.tokens.len(), &[",", ")"])? };
                name + 2..end
            }
            Part::ResultType => {
                let item = self.scopes.items.get(item?)?;
                let body = item.body.clone()?;
                let arrow = (item.tokens.start..body.start).find(|at| self.word(*at) == "->")?;
                super::scopes::skip_attributes(self.text, self.tokens, arrow + 1)..body.start
            }
            Part::WorkgroupSize(index) => {
                let item = self.scopes.items.get(item?)?;
                let at = item.tokens.clone().find(|at| self.word(*at) == "workgroup_size")?;
                self.arguments(at)?.into_iter().nth(*index)?
            }
            Part::Operation(stage) => {
                let (at, _) = self.operation(item?, *stage)?;
                at..at + 1
            }
        };
        self.bytes(found)
    }

    /// The token of an operation that `stage` does not have in function `item`, or that of the call that leads to it, and the token
    /// of the operation itself.
    pub fn operation(&self, item: usize, stage: naga::ShaderStage) -> Option<(usize, usize)> {
        let is_forbidden = |word: &str| match stage {
            naga::ShaderStage::Vertex => FRAGMENT_ONLY.contains(&word) || COMPUTE_ONLY.contains(&word),
            naga::ShaderStage::Fragment => COMPUTE_ONLY.contains(&word),
            _ => FRAGMENT_ONLY.contains(&word),
        };
        let mut seen = vec![false; self.scopes.items.len()];
        let mut open = VecDeque::from([(item, None)]);
        while let Some((item, call)) = open.pop_front() {
            if std::mem::replace(seen.get_mut(item)?, true) {
                continue;
            }
            for at in self.scopes.items.get(item)?.body.clone().unwrap_or(0..0) {
                match self.role(at) {
                    Role::Free | Role::None if is_forbidden(self.word(at)) => return Some((call.unwrap_or(at), at)),
                    Role::Uses(id) => {
                        let function = self.scopes.declarations.get(id.0 as usize);
                        if let Some(function) = function.filter(|found| found.kind == DeclarationKind::Function) {
                            open.push_back((function.item, Some(call.unwrap_or(at))));
                        }
                    }
                    _ => {}
                }
            }
        }
        None
    }

    /// The tokens of the simple statement, condition or part of the head of a `for` around token `at`.
    pub fn statement_around(&self, at: usize) -> Range<usize> {
        let ends = |at: &usize| matches!(self.word(*at), ";" | "{" | "}");
        let start = (0..at).rev().find(ends).map_or(0, |before| before + 1);
        let end = (at..self.tokens.len()).find(ends).unwrap_or(self.tokens.len());
        start..end.max(start)
    }

    /// Values with `@builtin` that are declared with another type than they have, in what entry points take and give.
    pub fn wrong_built_ins(&self) -> Vec<WrongBuiltIn> {
        let mut out = Vec::new();
        let is_entry = |item: &Item| {
            let Some(keyword) = item.keyword.filter(|keyword| self.word(*keyword) == "fn") else { return false };
            (item.tokens.start..keyword).any(|at| matches!(self.word(at), "vertex" | "fragment" | "compute"))
        };
        let mut passed = vec![false; self.scopes.items.len()];
        for item in self.scopes.items.iter().filter(|item| is_entry(item)) {
            for at in item.tokens.start..item.body.as_ref().map_or(item.tokens.end, |body| body.start) {
                if let Role::Uses(id) = self.role(at)
                    && let Some(declaration) = self.scopes.declarations.get(id.0 as usize)
                {
                    passed[declaration.item] = true;
                }
            }
        }
        for (index, item) in self.scopes.items.iter().enumerate() {
            let is_struct = item.keyword.is_some_and(|keyword| self.word(keyword) == "struct");
            if !(is_entry(item) || is_struct && passed[index]) {
                continue;
            }
            let head = item.tokens.start..item.body.as_ref().map_or(item.tokens.end, |body| body.start);
            for at in head.filter(|at| self.word(*at) == "builtin" && self.role(*at) == Role::Context) {
                out.extend(self.wrong_built_in(at, index, is_struct));
            }
        }
        out
    }

    /// The value whose attribute `builtin` is at `at`, if it has the wrong type.
    fn wrong_built_in(&self, at: usize, item: usize, is_member: bool) -> Option<WrongBuiltIn> {
        let wanted = built_in_type(self.word(at + 2)).filter(|_| self.word(at + 3) == ")")?;
        let behind = super::scopes::skip_attributes(self.text, self.tokens, at + 4);
        let (name, ty) = if self.word(behind + 1) == ":" { (Some(behind), behind + 2) } else { (None, behind) };
        if self.role(ty) != Role::Free {
            return None;
        }
        let end = self.after_template(ty + 1);
        let found: String = (ty..end).map(|at| self.word(at)).collect();
        let found = long_form(&found).filter(|found| found != wanted)?;
        let built_in = self.word(at + 2).to_owned();
        Some(WrongBuiltIn { item, is_member, name, ty: self.bytes(ty..end)?, built_in, found, wanted })
    }

    /// Whether a range is no place where something is used: a parameter where it is declared, or the whole initialiser of a name.
    pub fn is_origin(&self, range: &Range<usize>) -> bool {
        let tokens = self.within(range);
        if let Role::Declares(_) = self.role(tokens.start) {
            return true;
        }
        if tokens.is_empty() || self.word(tokens.end) != ";" || self.word(tokens.start.wrapping_sub(1)) != "=" {
            return false;
        }
        let from = (0..tokens.start - 1).rev().find(|at| matches!(self.word(*at), ";" | "{" | "}")).map_or(0, |at| at + 1);
        matches!(self.word(from), "let" | "const" | "var")
    }

    /// The argument, operand in brackets, or side of a statement that holds token `at`.
    pub fn operand(&self, at: usize) -> Option<Range<usize>> {
        let ends = |word: &str| {
            matches!(word, "," | ";" | "{" | "}" | "return" | "if" | "while" | "switch" | "case") || is_assignment(word)
        };
        let mut start = at;
        let mut depth = 0usize;
        while start > 0 {
            let before = self.word(start - 1);
            match before {
                ")" | "]" => depth += 1,
                "(" | "[" if depth == 0 => break,
                "(" | "[" => depth -= 1,
                _ if depth == 0 && ends(before) => break,
                _ => {}
            }
            start -= 1;
        }
        let mut end = at;
        while end < self.tokens.len() {
            let word = self.word(end);
            match word {
                "(" | "[" => depth += 1,
                ")" | "]" if depth == 0 => break,
                ")" | "]" => depth -= 1,
                _ if depth == 0 && end > at && ends(word) => break,
                _ => {}
            }
            end += 1;
        }
        self.bytes(start..end.max(at + 1))
    }

    /// The left operands of an operator in the statement of token `at`, those before the token first, the nearest first of all: naga
    /// finds what is wrong with one only when it asks for the type of the whole expression.
    pub fn left_operands(&self, at: usize, operator: &str) -> Vec<Range<usize>> {
        let statement = self.statement_around(at);
        let operators = (statement.start..at).rev().chain(at..statement.end).filter(|found| self.word(*found) == operator);
        operators.filter_map(|found| self.bytes(self.before_operand(found, operator)..found)).collect()
    }

    /// The expression of an operator before token `at`, the last one that this token stands behind or in the brackets of.
    pub fn binary(&self, at: usize, operator: &str) -> Option<Range<usize>> {
        let mut depth = 0usize;
        for before in (0..at).rev() {
            match self.word(before) {
                ")" | "]" => depth += 1,
                "(" | "[" => depth = depth.saturating_sub(1),
                ";" | "{" | "}" => return None,
                word if depth == 0 && word == operator => {
                    return self.bytes(self.before_operand(before, operator)..self.after_operand(at));
                }
                _ => {}
            }
        }
        None
    }

    /// One past the brackets and members that directly follow token `at`.
    fn after_operand(&self, at: usize) -> usize {
        let mut end = at + 1;
        loop {
            match self.word(end) {
                "(" | "[" => match self.closing(end) {
                    Some(close) => end = close + 1,
                    None => return end,
                },
                "." => end += 2,
                _ => return end.min(self.tokens.len()),
            }
        }
    }

    /// Where the left operand of the operator at `at` begins.
    fn before_operand(&self, mut at: usize, operator: &str) -> usize {
        let mut depth = 0usize;
        while at > 0 {
            let before = self.word(at - 1);
            match before {
                ")" | "]" => depth += 1,
                "(" | "[" if depth == 0 => return at,
                "(" | "[" => depth -= 1,
                "," | ";" | "{" | "}" | "return" | "if" | "while" if depth == 0 => return at,
                // `a && b && c` is `(a && b) && c`: what comes before belongs to the left operand.
                "&&" | "||" if depth == 0 && before != operator => return at,
                _ if depth == 0 && is_assignment(before) => return at,
                _ => {}
            }
            at -= 1;
        }
        at
    }

    /// What stands in the brackets `[…]` up to token `at` in its statement, the nearest first, those around it before all.
    pub fn indices(&self, at: usize) -> Vec<Range<usize>> {
        let before = (0..=at).rev().take_while(|before| !matches!(self.word(*before), ";" | "{" | "}"));
        let behind = self.find(at + 1..self.statement_end(at + 1), &["["]);
        let opening = before.filter(|before| self.word(*before) == "[").chain(behind);
        opening.filter_map(|open| self.bytes(open + 1..self.closing(open)?)).collect()
    }

    /// The items in the order in which naga reads them: what one uses comes before it.
    pub fn order(&self) -> Vec<usize> {
        let mut uses: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, item) in self.scopes.items.iter().enumerate() {
            let used = item.tokens.clone().filter_map(|at| match self.role(at) {
                Role::Uses(id) => self.scopes.declarations.get(id.0 as usize).filter(|found| found.is_global),
                _ => None,
            });
            let mut used: Vec<usize> = used.map(|found| found.item).filter(|used| *used != index).collect();
            used.dedup();
            uses.insert(index, used);
        }
        let mut out = Vec::with_capacity(self.scopes.items.len());
        let mut seen = vec![false; self.scopes.items.len()];
        for root in 0..self.scopes.items.len() {
            // An item and how many of those that it uses were looked at.
            let mut open = vec![(root, 0usize)];
            while let Some((item, looked_at)) = open.pop() {
                if looked_at == 0 && std::mem::replace(&mut seen[item], true) {
                    continue;
                }
                match uses.get(&item).and_then(|used| used.get(looked_at)) {
                    Some(next) => {
                        open.push((item, looked_at + 1));
                        if !seen[*next] {
                            open.push((*next, 0));
                        }
                    }
                    None => out.push(item),
                }
            }
        }
        out
    }

    /// The names and numbers in the values of a declaration, in the order in which naga reads them.
    pub fn values(&self, item: usize) -> Vec<usize> {
        let Some(found) = self.scopes.items.get(item) else { return Vec::new() };
        let tokens = match (&found.body, found.name) {
            (Some(body), _) => body.clone(),
            (None, Some(name)) => name + 1..found.tokens.end,
            (None, None) => found.tokens.clone(),
        };
        let mut out = Vec::new();
        self.evaluated(tokens, &mut out);
        out.retain(|at| {
            let is_name = matches!(self.role(*at), Role::Uses(_) | Role::Free);
            is_name || self.tokens.get(*at).is_some_and(|token| token.kind == TokenKind::Number)
        });
        out
    }

    /// Tokens in order, but for the last part of the head of a `for`, which comes after its body. The values of `case` are left out:
    /// they come before all bodies.
    fn evaluated(&self, tokens: Range<usize>, out: &mut Vec<usize>) {
        let mut at = tokens.start;
        while at < tokens.end {
            match self.word(at) {
                "for" if self.word(at + 1) == "(" => {
                    let Some((update, close, end)) = self.for_parts(at, tokens.end) else { break };
                    self.evaluated(at + 2..update, out);
                    self.evaluated(close + 1..end, out);
                    self.evaluated(update..close, out);
                    at = end;
                }
                "case" => at = self.find(at + 1..tokens.end, &[":", "{"]).unwrap_or(tokens.end),
                _ => {
                    out.push(at);
                    at += 1;
                }
            }
        }
    }

    /// Of the `for` at `at`: where the last part of its head begins, its closing parenthesis, and one past its body.
    fn for_parts(&self, at: usize, end: usize) -> Option<(usize, usize, usize)> {
        let close = self.closing(at + 1)?;
        let first = self.find(at + 2..close, &[";"])?;
        let second = self.find(first + 1..close, &[";"])?;
        let body = self.closing(close + 1)? + 1;
        (self.word(close + 1) == "{" && body <= end).then_some((second + 1, close, body))
    }

    /// The first of some words outside of brackets.
    fn find(&self, tokens: Range<usize>, words: &[&str]) -> Option<usize> {
        let mut depth = 0usize;
        for at in tokens {
            let word = self.word(at);
            if depth == 0 && words.contains(&word) {
                return Some(at);
            }
            match word {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.checked_sub(1)?,
                _ => {}
            }
        }
        None
    }

    /// The last token outside of brackets that is wanted.
    fn last(&self, tokens: Range<usize>, is_wanted: impl Fn(usize) -> bool) -> Option<usize> {
        let mut depth = 0usize;
        for at in tokens.rev() {
            match self.word(at) {
                ")" | "]" => depth += 1,
                "(" | "[" => depth = depth.saturating_sub(1),
                _ if depth == 0 && is_wanted(at) => return Some(at),
                _ => {}
            }
        }
        None
    }

    /// The bracket that closes the one at `open`.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        for at in open..self.tokens.len() {
            match self.word(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// Where the statement ends that goes on at `start`: at its semicolon, at a brace, or at the end of the brackets that it stands in.
    fn statement_end(&self, start: usize) -> usize {
        let mut depth = 0usize;
        for at in start..self.tokens.len() {
            match self.word(at) {
                "(" | "[" => depth += 1,
                ")" | "]" if depth == 0 => return at,
                ")" | "]" => depth -= 1,
                ";" | "{" | "}" => return at,
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// Tokens up to the `;` that ends the statement they are.
    fn statement(&self, tokens: Range<usize>) -> Range<usize> {
        let end = self.find(tokens.clone(), &[";"]).unwrap_or(tokens.end);
        tokens.start..end
    }

    /// Tokens without the parentheses around all of them.
    fn bare(&self, tokens: Range<usize>) -> Range<usize> {
        let is_wrapped = self.word(tokens.start) == "(" && self.closing(tokens.start) == tokens.end.checked_sub(1);
        if is_wrapped && tokens.len() > 2 { tokens.start + 1..tokens.end - 1 } else { tokens }
    }

    fn condition(&self, tokens: Range<usize>) -> Range<usize> {
        let mut start = tokens.start;
        while matches!(self.word(start), "else" | "if" | "while") {
            start += 1;
        }
        let end = self.find(start..tokens.end, &["{", ";"]).unwrap_or(tokens.end);
        self.bare(start..end)
    }

    /// The operator of an assignment, or the `=` of an initialiser.
    fn assignment(&self, tokens: Range<usize>) -> Option<usize> {
        let mut depth = 0usize;
        for at in tokens {
            match self.word(at) {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                word if depth == 0 && is_assignment(word) => return Some(at),
                _ => {}
            }
        }
        None
    }

    /// What stands in the last brackets of an expression, or of the assignment's left side.
    fn index(&self, tokens: Range<usize>) -> Option<Range<usize>> {
        let mut last = None;
        let mut at = tokens.start;
        while at < tokens.end {
            if matches!(self.word(at), "[" | "(") {
                let close = self.closing(at)?;
                if self.word(at) == "[" {
                    last = Some(at + 1..close);
                }
                at = close;
            }
            at += 1;
        }
        last
    }

    /// The arguments of the call whose name is at `at`.
    fn arguments(&self, at: usize) -> Option<Vec<Range<usize>>> {
        let open = self.after_template(at + 1);
        if self.word(open) != "(" {
            return None;
        }
        let close = self.closing(open)?;
        let mut arguments = Vec::new();
        let mut start = open + 1;
        let mut at = start;
        while at < close {
            match self.word(at) {
                "(" | "[" => at = self.closing(at)?,
                "<" => at = self.after_template(at).max(at + 1) - 1,
                "," => {
                    arguments.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        if start < close {
            arguments.push(start..close);
        }
        Some(arguments)
    }

    /// One past the template list that opens at `at`; `at` itself if none does.
    pub fn after_template(&self, at: usize) -> usize {
        let is_type = at > 0 && !matches!(self.role(at - 1), Role::None | Role::Member) && self.takes_template(self.word(at - 1));
        if self.word(at) != "<" || !is_type {
            return at;
        }
        let mut depth = 0usize;
        for i in at..self.tokens.len() {
            match self.word(i) {
                "<" => depth += 1,
                ">" => depth = depth.saturating_sub(1),
                ">>" => depth = depth.saturating_sub(2),
                ";" | "{" | "}" => return at,
                _ => {}
            }
            if depth == 0 {
                return i + 1;
            }
        }
        at
    }

    fn takes_template(&self, word: &str) -> bool {
        let is_sized = word.starts_with("vec") || word.starts_with("mat") || word.starts_with("texture");
        is_sized || matches!(word, "array" | "atomic" | "ptr" | "bitcast")
    }

    /// The selectors of the first `switch` in a range, `default` included, in order.
    fn selectors(&self, tokens: Range<usize>) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let open = tokens.clone().find(|at| self.word(*at) == "switch").and_then(|at| self.find(at + 1..tokens.end, &["{"]));
        let Some((open, close)) = open.and_then(|open| Some((open, self.closing(open)?))) else { return out };
        let mut at = open + 1;
        while at < close {
            match self.word(at) {
                "case" => {
                    let end = self.find(at + 1..close, &[":", "{"]).unwrap_or(close);
                    let mut start = at + 1;
                    for comma in at + 1..=end {
                        if (comma == end || self.word(comma) == ",") && start < comma {
                            out.push(start..comma);
                            start = comma + 1;
                        }
                    }
                    at = end;
                }
                "default" => {
                    out.push(at..at + 1);
                    at += 1;
                }
                "{" => at = self.closing(at).map_or(close, |end| end + 1),
                _ => at += 1,
            }
        }
        out
    }

    /// The type in a declaration of a variable.
    fn declared_type(&self, tokens: Range<usize>) -> Option<Range<usize>> {
        let colon = self.find(tokens.clone(), &[":"])?;
        let end = self.find(colon + 1..tokens.end, &["=", ";"]).unwrap_or(tokens.end);
        Some(colon + 1..end)
    }

    /// The name of a parameter of function `item`.
    fn parameter(&self, item: usize, index: usize) -> Option<usize> {
        let is_parameter = |at: &usize| match self.role(*at) {
            Role::Declares(id) => {
                self.scopes.declarations.get(id.0 as usize).is_some_and(|found| found.kind == DeclarationKind::Parameter)
            }
            _ => false,
        };
        self.scopes.items.get(item)?.tokens.clone().filter(is_parameter).nth(index)
    }
}

fn is_assignment(word: &str) -> bool {
    matches!(word, "=" | "+=" | "-=" | "*=" | "/=" | "%=" | "&=" | "|=" | "^=" | "<<=" | ">>=")
}
