//! Tokens to a tree, by the grammar of the specification and that of imports.
//!
//! A tree comes back in any case. Where the text is wrong there is one error for each cause, an `Error` node, and parsing goes on at the
//! next place that a reader would take for a beginning: a statement, a block, a declaration. The parser recurses into brackets and blocks
//! only, and counts them; chains of operators, of `else if` and of members are loops.

use std::collections::BTreeSet;

use pngine_source::diag::{Code, Diagnostic};

use crate::limits::{
    MAX_ARGUMENTS, MAX_BLOCKS, MAX_ELSE_IF, MAX_IMPORT_BRACES, MAX_MEMBERS, MAX_NESTING, MAX_OPERATORS, MAX_PARAMETERS,
    MAX_SELECTORS,
};
use crate::report::{Report, finding};
use crate::tokens::{Kind, Lexed, Span, Token, is_reserved, lex, shorten};
use crate::tree::*;

/// A tree and what is wrong with its text.
#[derive(Debug)]
pub struct Parsed {
    /// The tree.
    pub tree: Tree,
    /// What is no WGSL, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads `text`.
pub fn parse(text: &str) -> Parsed {
    let Lexed { tokens, comments, diagnostics } = lex(text);
    let tree = Tree { text: text.into(), comments, ..Tree::default() };
    let report = Report { found: diagnostics };
    let mut parser = Parser {
        tokens,
        at: 0,
        tree,
        report,
        depth: 0,
        blocks: 0,
        stopped: false,
        reserved: BTreeSet::new(),
        operators: Vec::new(),
        operands: Vec::new(),
    };
    while parser.kind() != Kind::End {
        let item = parser.item();
        parser.tree.items.push(item);
    }
    let mut diagnostics = parser.report.found;
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.as_ref().map(|label| label.span.start));
    Parsed { tree: parser.tree, diagnostics }
}

/// The binary operator that a token is, and how strongly it binds. The grammar gives no order to most pairs of them: those are read with
/// C's order, and reported.
const fn operator(kind: Kind) -> Option<(BinaryOp, u8)> {
    Some(match kind {
        Kind::OrOr => (BinaryOp::LogicalOr, 1),
        Kind::AndAnd => (BinaryOp::LogicalAnd, 2),
        Kind::Or => (BinaryOp::Or, 3),
        Kind::Xor => (BinaryOp::Xor, 4),
        Kind::And => (BinaryOp::And, 5),
        Kind::EqualEqual => (BinaryOp::Equal, 6),
        Kind::NotEqual => (BinaryOp::NotEqual, 6),
        Kind::Less => (BinaryOp::Less, 6),
        Kind::LessEqual => (BinaryOp::LessEqual, 6),
        Kind::Greater => (BinaryOp::Greater, 6),
        Kind::GreaterEqual => (BinaryOp::GreaterEqual, 6),
        Kind::ShiftLeft => (BinaryOp::ShiftLeft, 7),
        Kind::ShiftRight => (BinaryOp::ShiftRight, 7),
        Kind::Plus => (BinaryOp::Add, 8),
        Kind::Minus => (BinaryOp::Subtract, 8),
        Kind::Star => (BinaryOp::Multiply, 9),
        Kind::Slash => (BinaryOp::Divide, 9),
        Kind::Percent => (BinaryOp::Remainder, 9),
        _ => return None,
    })
}

/// The operator of a compound assignment.
const fn compound(kind: Kind) -> Option<BinaryOp> {
    Some(match kind {
        Kind::PlusEqual => BinaryOp::Add,
        Kind::MinusEqual => BinaryOp::Subtract,
        Kind::StarEqual => BinaryOp::Multiply,
        Kind::SlashEqual => BinaryOp::Divide,
        Kind::PercentEqual => BinaryOp::Remainder,
        Kind::AndEqual => BinaryOp::And,
        Kind::OrEqual => BinaryOp::Or,
        Kind::XorEqual => BinaryOp::Xor,
        Kind::ShiftLeftEqual => BinaryOp::ShiftLeft,
        Kind::ShiftRightEqual => BinaryOp::ShiftRight,
        _ => return None,
    })
}

/// Whether an expression of `inner`, without parentheses, may be an operand of `outer`: the grammar, section 8.18.
fn may_hold(outer: BinaryOp, inner: BinaryOp, is_left: bool) -> bool {
    use BinaryOp::*;
    let is_arithmetic = matches!(inner, Add | Subtract | Multiply | Divide | Remainder);
    let is_comparison = matches!(inner, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual);
    let is_shift = matches!(inner, ShiftLeft | ShiftRight);
    match outer {
        Multiply | Divide | Remainder | Add | Subtract => is_arithmetic,
        ShiftLeft | ShiftRight => false,
        Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual => is_arithmetic || is_shift,
        And | Or | Xor => is_left && inner == outer,
        LogicalAnd | LogicalOr => is_arithmetic || is_shift || is_comparison || (is_left && inner == outer),
    }
}

/// Whether a keyword begins a declaration that only module scope has.
const fn begins_item(kind: Kind) -> bool {
    matches!(kind, Kind::Fn | Kind::Struct | Kind::Override | Kind::Alias | Kind::Enable | Kind::Requires)
}

/// Whether a keyword begins a statement.
const fn begins_statement(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::If
            | Kind::For
            | Kind::While
            | Kind::Loop
            | Kind::Switch
            | Kind::Return
            | Kind::Let
            | Kind::Var
            | Kind::Const
            | Kind::Break
            | Kind::Continue
            | Kind::Discard
            | Kind::ConstAssert
            | Kind::Continuing
    )
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    tree: Tree,
    report: Report,
    /// Open brackets of all kinds.
    depth: u32,
    /// Open blocks.
    blocks: u32,
    /// Nested too deep: nothing else is said.
    stopped: bool,
    /// Reserved words that were reported.
    reserved: BTreeSet<String>,
    operators: Vec<(BinaryOp, u8, Span)>,
    operands: Vec<ExprId>,
}

/// `None`: it is reported.
type Maybe<T> = Option<T>;

impl Parser {
    fn token(&self) -> Token {
        self.tokens[self.at]
    }

    fn kind(&self) -> Kind {
        self.token().kind
    }

    fn peek(&self, ahead: usize) -> Kind {
        self.tokens.get(self.at + ahead).map_or(Kind::End, |token| token.kind)
    }

    fn text(&self, span: Span) -> &str {
        span.of(&self.tree.text)
    }

    fn bump(&mut self) -> Token {
        let token = self.token();
        if token.kind != Kind::End {
            self.at += 1;
        }
        token
    }

    /// Where the token before this one ends.
    fn end(&self) -> u32 {
        self.at.checked_sub(1).map_or(0, |before| self.tokens[before].span.end)
    }

    fn since(&self, start: u32) -> Span {
        Span::new(start, self.end().max(start))
    }

    fn eat(&mut self, kind: Kind) -> bool {
        let is_there = self.kind() == kind;
        if is_there {
            self.bump();
        }
        is_there
    }

    /// Takes the first sign of a pair that is two signs here: `--` and `&&` in front of an operand, or between two.
    fn split(&mut self, kind: Kind) -> Span {
        let token = &mut self.tokens[self.at];
        let first = Span::new(token.span.start, token.span.start + 1);
        *token = Token { kind, span: Span::new(token.span.start + 1, token.span.end) };
        first
    }

    fn error(&mut self, diagnostic: Diagnostic) {
        if !self.stopped {
            self.report.add(diagnostic);
        }
    }

    /// What stands here, as messages say it.
    fn found(&self) -> String {
        let token = self.token();
        match token.kind {
            Kind::End => "the end of the text".to_string(),
            _ => format!("`{}`", shorten(self.text(token.span))),
        }
    }

    /// Reports that something else is expected here. What is no token has been reported already.
    fn expected(&mut self, what: &str) {
        if self.kind() != Kind::Error {
            let message = format!("expected {what}, but found {}", self.found());
            let diagnostic = finding(Code::WgslSyntax, self.token().span, message);
            self.error(diagnostic);
        }
    }

    fn expect(&mut self, kind: Kind, after: &str) -> Maybe<Span> {
        if self.kind() == kind {
            return Some(self.bump().span);
        }
        let what = format!("`{}` {after}", kind.text());
        let what = what.trim_end();
        // What is missing at the end of a line belongs to that line.
        let gap = Span::new(self.end(), self.token().span.start);
        if self.at > 0 && self.kind() != Kind::Error && self.text(gap).contains(crate::tokens::ends_line) {
            let before = self.tokens[self.at - 1].span;
            let message = format!("expected {what}, but found {}", self.found());
            self.error(finding(Code::WgslSyntax, before, message).label(format!("`{}` is missing after this", kind.text())));
        } else {
            self.expected(what);
        }
        None
    }

    /// Goes into brackets or a block. What is deeper than that is not read at all.
    fn enter(&mut self) -> Maybe<()> {
        self.depth += 1;
        if self.depth <= MAX_NESTING {
            return Some(());
        }
        self.depth -= 1;
        self.too_deep()
    }

    #[cold]
    fn too_deep(&mut self) -> Maybe<()> {
        let message = format!("brackets nest deeper than {MAX_NESTING}");
        self.stop(finding(Code::ShaderTooDeep, self.token().span, message).label("this is too deep"))
    }

    /// Reports what makes the rest of the text unreadable, and ends there.
    fn stop<T>(&mut self, diagnostic: Diagnostic) -> Maybe<T> {
        self.error(diagnostic);
        self.stopped = true;
        self.at = self.tokens.len() - 1;
        None
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn name(&mut self, what: &str) -> Maybe<Ident> {
        let token = self.token();
        if token.kind == Kind::Ident {
            self.bump();
            self.check_name(token.span);
            return Some(Ident { span: token.span });
        }
        if token.kind.is_keyword() || token.kind == Kind::Underscore {
            let word = self.text(token.span).to_string();
            let why = if token.kind == Kind::Underscore { "a name needs more than `_`" } else { "keywords are not names" };
            let message = format!("expected {what}, but found `{word}`");
            self.error(finding(Code::WgslSyntax, token.span, message).help(why));
            return None;
        }
        self.expected(what);
        None
    }

    /// Sections 3.7 and 15.2.
    fn check_name(&mut self, span: Span) {
        let word = self.text(span);
        let problem = if is_reserved(word) {
            "is a word that WGSL reserves"
        } else if word.starts_with("__") {
            "begins with two underscores, which no name may"
        } else {
            return;
        };
        let word = word.to_string();
        if self.reserved.insert(word.clone()) {
            self.error(finding(Code::WgslSyntax, span, format!("`{}` {problem}", shorten(&word))).help("choose another name"));
        }
    }

    // Module scope.

    fn item(&mut self) -> Item {
        let start = self.token().span.start;
        let before = self.at;
        let attributes = self.attributes();
        let (attributes, kind) = match attributes {
            Some(attributes) => {
                let kind = match attributes.last() {
                    Some(last) if self.kind() == Kind::End => {
                        self.error(finding(Code::WgslSyntax, last.span, "no declaration follows this attribute"));
                        None
                    }
                    _ => self.item_kind(),
                };
                (attributes, kind)
            }
            None => (Vec::new(), None),
        };
        let kind = kind.unwrap_or_else(|| {
            (self.depth, self.blocks) = (0, 0);
            self.skip_item(before);
            ItemKind::Error
        });
        Item { kind, attributes, span: self.since(start) }
    }

    /// Goes to where a declaration begins, and further than `before`.
    fn skip_item(&mut self, before: usize) {
        let mut braces = 0_usize;
        loop {
            let kind = self.kind();
            let is_new = self.at > before;
            match kind {
                Kind::End => return,
                _ if begins_item(kind) && is_new => return,
                Kind::At | Kind::Var | Kind::Const | Kind::ConstAssert | Kind::Diagnostic if braces == 0 && is_new => return,
                Kind::Semicolon if braces == 0 => {
                    self.bump();
                    return;
                }
                Kind::BraceLeft => braces += 1,
                Kind::BraceRight => {
                    braces = braces.saturating_sub(1);
                    if braces == 0 {
                        self.bump();
                        return;
                    }
                }
                _ => {}
            }
            self.bump();
        }
    }

    fn item_kind(&mut self) -> Maybe<ItemKind> {
        let token = self.token();
        let kind = match token.kind {
            Kind::Semicolon => ItemKind::Empty,
            Kind::Fn => return self.function().map(ItemKind::Function),
            Kind::Struct => return self.structure().map(ItemKind::Struct),
            Kind::Var | Kind::Const | Kind::Override => ItemKind::Variable(self.variable()?),
            Kind::Let => {
                let message = "`let` stands only in functions";
                self.error(
                    finding(Code::WgslSyntax, token.span, message).help("at module scope a constant is declared with `const`"),
                );
                return None;
            }
            Kind::Alias => {
                self.bump();
                let name = self.name("the name of an alias")?;
                self.expect(Kind::Equal, "after the name of an alias")?;
                ItemKind::Alias { name, ty: self.type_specifier()? }
            }
            Kind::ConstAssert => {
                self.bump();
                ItemKind::ConstAssert(self.expression()?)
            }
            Kind::Enable | Kind::Requires => {
                self.bump();
                let names = self.extension_names()?;
                if token.kind == Kind::Enable { ItemKind::Enable(names) } else { ItemKind::Requires(names) }
            }
            Kind::Diagnostic => {
                self.bump();
                ItemKind::Diagnostic(self.diagnostic_control()?)
            }
            Kind::Ident if self.text(token.span) == "import" && matches!(self.peek(1), Kind::Ident | Kind::BraceLeft) => {
                self.bump();
                ItemKind::Import(self.import_tree(0)?)
            }
            Kind::BraceRight => {
                self.error(finding(Code::WgslSyntax, token.span, "`}` closes nothing").label("no block is open here"));
                self.bump();
                return Some(ItemKind::Error);
            }
            _ => {
                if begins_statement(token.kind) {
                    let message = format!("`{}` stands only in functions", token.kind.text());
                    self.error(finding(Code::WgslSyntax, token.span, message));
                } else {
                    self.expected("a declaration");
                }
                return None;
            }
        };
        self.expect(Kind::Semicolon, "after a declaration")?;
        Some(kind)
    }

    fn extension_names(&mut self) -> Maybe<Vec<Ident>> {
        let mut names = vec![self.name("the name of an extension")?];
        while self.eat(Kind::Comma) && self.kind() != Kind::Semicolon {
            names.push(self.name("the name of an extension")?);
        }
        Some(names)
    }

    fn diagnostic_control(&mut self) -> Maybe<DiagnosticControl> {
        self.expect(Kind::ParenLeft, "after `diagnostic`")?;
        let severity = self.name("a severity")?;
        self.expect(Kind::Comma, "after a severity")?;
        let mut rule = vec![self.name("the name of a rule")?];
        if self.eat(Kind::Dot) {
            rule.push(self.name("the name of a rule")?);
        }
        self.eat(Kind::Comma);
        self.expect(Kind::ParenRight, "after the name of a rule")?;
        Some(DiagnosticControl { severity, rule })
    }

    /// A word of an import's path: `package` and `super` are reserved words in WGSL.
    fn import_word(&mut self) -> Maybe<Ident> {
        if self.kind() == Kind::Ident {
            return Some(Ident { span: self.bump().span });
        }
        self.expected("a name");
        None
    }

    fn import_tree(&mut self, braces: u32) -> Maybe<ImportTree> {
        let start = self.token().span.start;
        let mut path = Vec::new();
        loop {
            if self.kind() == Kind::BraceLeft {
                let opening = self.bump().span;
                if braces == MAX_IMPORT_BRACES {
                    let message = format!("the braces of an import nest deeper than {MAX_IMPORT_BRACES}");
                    self.error(finding(Code::WgslImport, opening, message));
                    return None;
                }
                let mut trees = Vec::new();
                while self.kind() != Kind::BraceRight {
                    trees.push(self.import_tree(braces + 1)?);
                    if !self.eat(Kind::Comma) {
                        break;
                    }
                }
                self.expect(Kind::BraceRight, "after the names of an import")?;
                return Some(ImportTree { path, end: ImportEnd::Braces(trees), span: self.since(start) });
            }
            path.push(self.import_word()?);
            if !self.eat(Kind::ColonColon) {
                break;
            }
        }
        let has_as = self.kind() == Kind::Ident && self.text(self.token().span) == "as";
        let alias = if has_as {
            self.bump();
            Some(self.name("another name")?)
        } else {
            None
        };
        Some(ImportTree { path, end: ImportEnd::Name(alias), span: self.since(start) })
    }

    fn structure(&mut self) -> Maybe<Struct> {
        self.bump();
        let name = self.name("the name of a struct")?;
        self.expect(Kind::BraceLeft, "after the name of a struct")?;
        let mut members = Vec::new();
        while self.kind() != Kind::BraceRight {
            let before = self.at;
            let depth = self.depth;
            match self.member("a member") {
                Some(member) => members.push(member),
                None => {
                    self.depth = depth;
                    self.skip_member(before);
                }
            }
            match self.kind() {
                Kind::Comma => {
                    self.bump();
                }
                Kind::BraceRight => {}
                Kind::Semicolon => {
                    let message = "members of a struct are separated by `,`";
                    let span = self.bump().span;
                    self.error(finding(Code::WgslSyntax, span, message).label("`,` belongs here"));
                }
                Kind::End => {
                    self.expected("`}` after the members of a struct");
                    return None;
                }
                kind if begins_item(kind) => {
                    self.expected("`}` after the members of a struct");
                    return None;
                }
                _ => {
                    self.expect(Kind::Comma, "between the members of a struct");
                    if self.kind() != Kind::Ident && self.kind() != Kind::At {
                        self.skip_member(before);
                    }
                }
            }
        }
        let closing = self.bump().span;
        if members.len() > MAX_MEMBERS {
            let message = format!("a struct has {} members, but at most {MAX_MEMBERS} are allowed", members.len());
            return self.stop(finding(Code::ShaderLimit, closing, message));
        }
        Some(Struct { name, members })
    }

    fn skip_member(&mut self, before: usize) {
        if self.at == before
            && !matches!(self.kind(), Kind::Comma | Kind::BraceRight | Kind::Semicolon)
            && !begins_item(self.kind())
        {
            self.bump();
        }
        while !matches!(self.kind(), Kind::Comma | Kind::BraceRight | Kind::Semicolon | Kind::End) && !begins_item(self.kind()) {
            self.bump();
        }
    }

    fn member(&mut self, what: &str) -> Maybe<Member> {
        let start = self.token().span.start;
        let attributes = self.attributes()?;
        let name = self.name(&format!("the name of {what}"))?;
        self.expect(Kind::Colon, &format!("after the name of {what}"))?;
        let ty = self.type_specifier()?;
        Some(Member { attributes, name, ty, span: self.since(start) })
    }

    fn function(&mut self) -> Maybe<Function> {
        self.bump();
        let name = self.name("the name of a function")?;
        self.expect(Kind::ParenLeft, "after the name of a function")?;
        let mut parameters = Vec::new();
        let mut is_broken = false;
        while self.kind() != Kind::ParenRight {
            match self.member("a parameter") {
                Some(parameter) => parameters.push(parameter),
                None => {
                    is_broken = true;
                    break;
                }
            }
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        if is_broken || self.expect(Kind::ParenRight, "after the parameters of a function").is_none() {
            self.skip_to_body()?;
        }
        if parameters.len() > MAX_PARAMETERS {
            let message = format!("a function has {} parameters, but at most {MAX_PARAMETERS} are allowed", parameters.len());
            let diagnostic = finding(Code::ShaderLimit, name.span, message);
            self.error(diagnostic);
        }
        let mut return_attributes = Vec::new();
        let mut return_type = None;
        if self.eat(Kind::Arrow) {
            match self.attributes().and_then(|attributes| Some((attributes, self.type_specifier()?))) {
                Some((attributes, ty)) => (return_attributes, return_type) = (attributes, Some(ty)),
                None => self.skip_to_body()?,
            }
        }
        if self.kind() != Kind::BraceLeft && self.kind() != Kind::At {
            self.expect(Kind::BraceLeft, "before the body of a function");
            self.skip_to_body()?;
        }
        let body = self.block()?;
        Some(Function { name, parameters, return_attributes, return_type, body })
    }

    /// Goes to the brace of a function's body, where its head is broken; what lies between has an error already.
    fn skip_to_body(&mut self) -> Maybe<()> {
        self.depth = 0;
        while self.kind() != Kind::BraceLeft {
            if matches!(self.kind(), Kind::End | Kind::Semicolon | Kind::BraceRight) || begins_item(self.kind()) {
                return None;
            }
            self.bump();
        }
        Some(())
    }

    fn attributes(&mut self) -> Maybe<Vec<Attribute>> {
        let mut attributes = Vec::new();
        while self.kind() == Kind::At {
            attributes.push(self.attribute()?);
        }
        Some(attributes)
    }

    fn attribute(&mut self) -> Maybe<Attribute> {
        let start = self.bump().span.start;
        let token = self.token();
        let name = match token.kind {
            Kind::Const => Ident { span: self.bump().span },
            Kind::Diagnostic => {
                let name = Ident { span: self.bump().span };
                let control = self.diagnostic_control()?;
                return Some(Attribute { name, arguments: Some(Arguments::Diagnostic(control)), span: self.since(start) });
            }
            _ => self.name("the name of an attribute")?,
        };
        let arguments = if self.kind() == Kind::ParenLeft { Some(Arguments::Exprs(self.arguments()?)) } else { None };
        Some(Attribute { name, arguments, span: self.since(start) })
    }

    /// `var`, `let`, `const` and `override`, without the `;`.
    fn variable(&mut self) -> Maybe<Variable> {
        let keyword = self.bump();
        let kind = match keyword.kind {
            Kind::Let => VariableKind::Let,
            Kind::Const => VariableKind::Const,
            Kind::Override => VariableKind::Override,
            _ => VariableKind::Var,
        };
        let template =
            if kind == VariableKind::Var && self.kind() == Kind::TemplateStart { self.template()? } else { Vec::new() };
        let name = self.name(match kind {
            VariableKind::Var => "the name of a variable",
            VariableKind::Override => "the name of an override",
            _ => "the name of a constant",
        })?;
        let ty = if self.eat(Kind::Colon) { Some(self.type_specifier()?) } else { None };
        let init = if self.eat(Kind::Equal) { Some(self.expression()?) } else { None };
        if init.is_none() && matches!(kind, VariableKind::Let | VariableKind::Const) {
            let message = format!("expected `=` and the value of `{}`, but found {}", self.text(name.span), self.found());
            self.error(finding(Code::WgslSyntax, self.token().span, message));
            return None;
        }
        Some(Variable { kind, keyword: keyword.span, template, name, ty, init })
    }

    // Statements.

    fn block(&mut self) -> Maybe<Block> {
        let attributes = self.attributes()?;
        self.block_with(attributes)
    }

    fn block_with(&mut self, attributes: Vec<Attribute>) -> Maybe<Block> {
        let opening = self.expect(Kind::BraceLeft, "before statements")?;
        self.enter()?;
        if self.blocks == MAX_BLOCKS {
            return self.too_many_blocks(opening);
        }
        self.blocks += 1;
        let mut stmts = Vec::new();
        while !matches!(self.kind(), Kind::BraceRight | Kind::End) && !begins_item(self.kind()) {
            let before = self.at;
            let start = self.token().span.start;
            let (depth, blocks) = (self.depth, self.blocks);
            match self.statement() {
                Some(stmt) => stmts.push(stmt),
                None => {
                    (self.depth, self.blocks) = (depth, blocks);
                    self.skip_statement(before);
                    stmts.push(self.add_stmt(StmtKind::Error, Vec::new(), start));
                }
            }
        }
        self.blocks -= 1;
        self.leave();
        if !self.eat(Kind::BraceRight) {
            self.open_block(opening);
        }
        Some(Block { attributes, stmts, span: self.since(opening.start) })
    }

    #[cold]
    fn open_block(&mut self, opening: Span) {
        let message = format!("expected `}}`, but found {}", self.found());
        let diagnostic = finding(Code::WgslSyntax, self.token().span, message);
        self.error(diagnostic.also(crate::report::place(opening), "the block that is open begins here"));
    }

    #[cold]
    fn too_many_blocks(&mut self, opening: Span) -> Maybe<Block> {
        let message = format!("blocks nest deeper than {MAX_BLOCKS}");
        self.stop(finding(Code::ShaderTooDeep, opening, message).label("this is too deep"))
    }

    /// Goes to where a statement begins, and further than `before`.
    fn skip_statement(&mut self, before: usize) {
        let mut braces = 0_usize;
        loop {
            let kind = self.kind();
            let is_new = self.at > before;
            match kind {
                Kind::End => return,
                _ if begins_item(kind) && is_new => return,
                _ if begins_item(kind) && braces == 0 => return,
                _ if braces == 0 && is_new && begins_statement(kind) => return,
                Kind::Semicolon if braces == 0 => {
                    self.bump();
                    return;
                }
                Kind::BraceLeft => braces += 1,
                Kind::BraceRight if braces == 0 => return,
                Kind::BraceRight => {
                    braces -= 1;
                    if braces == 0 {
                        self.bump();
                        return;
                    }
                }
                _ => {}
            }
            self.bump();
        }
    }

    fn add_stmt(&mut self, kind: StmtKind, attributes: Vec<Attribute>, start: u32) -> StmtId {
        let span = self.since(start);
        self.tree.stmts.push(Stmt { kind, attributes, span });
        StmtId(self.tree.stmts.len() as u32 - 1)
    }

    fn statement(&mut self) -> Maybe<StmtId> {
        let start = self.token().span.start;
        let attributes = self.attributes()?;
        // One function for each statement that holds others, so that what the other kinds need is not on the stack with them.
        match self.kind() {
            Kind::BraceLeft => self.block_statement(attributes, start),
            Kind::If => self.if_statement(attributes, start),
            Kind::Switch => self.switch_statement(attributes, start),
            Kind::Loop | Kind::Continuing => self.loop_statement(attributes, start),
            Kind::While => self.while_statement(attributes, start),
            Kind::For => self.for_statement(attributes, start),
            _ => self.simple_statement(attributes, start),
        }
    }

    fn block_statement(&mut self, attributes: Vec<Attribute>, start: u32) -> Maybe<StmtId> {
        let block = self.block_with(attributes)?;
        Some(self.add_stmt(StmtKind::Block(block), Vec::new(), start))
    }

    fn loop_statement(&mut self, attributes: Vec<Attribute>, start: u32) -> Maybe<StmtId> {
        let is_loop = self.bump().kind == Kind::Loop;
        let body = self.block()?;
        let kind = if is_loop { StmtKind::Loop(body) } else { StmtKind::Continuing(body) };
        Some(self.add_stmt(kind, attributes, start))
    }

    fn while_statement(&mut self, attributes: Vec<Attribute>, start: u32) -> Maybe<StmtId> {
        self.bump();
        let condition = self.condition()?;
        let body = self.block()?;
        Some(self.add_stmt(StmtKind::While { condition, body }, attributes, start))
    }

    fn simple_statement(&mut self, attributes: Vec<Attribute>, start: u32) -> Maybe<StmtId> {
        if let Some(attribute) = attributes.first() {
            let name = self.text(attribute.name.span).to_string();
            let message = format!("`@{name}` does not belong to this statement");
            let help = "attributes of statements stand before `{`, `if`, `switch`, `loop`, `for` and `while`";
            self.error(finding(Code::WgslSyntax, attribute.span, message).help(help));
        }
        let kind = match self.kind() {
            Kind::Semicolon => StmtKind::Empty,
            Kind::Var | Kind::Let | Kind::Const => StmtKind::Variable(self.variable()?),
            Kind::ConstAssert => {
                self.bump();
                StmtKind::ConstAssert(self.expression()?)
            }
            Kind::Break => {
                self.bump();
                if self.eat(Kind::If) { StmtKind::BreakIf(self.expression()?) } else { StmtKind::Break }
            }
            Kind::Continue => {
                self.bump();
                StmtKind::Continue
            }
            Kind::Discard => {
                self.bump();
                StmtKind::Discard
            }
            Kind::Return => {
                self.bump();
                let is_bare = matches!(self.kind(), Kind::Semicolon | Kind::BraceRight);
                StmtKind::Return(if is_bare { None } else { Some(self.expression()?) })
            }
            Kind::Else => {
                let span = self.token().span;
                self.error(finding(Code::WgslSyntax, span, "`else` has no `if`").help("it stands behind the block of an `if`"));
                return None;
            }
            Kind::Case | Kind::Default => {
                let message = format!("`{}` stands only in a `switch`", self.kind().text());
                let diagnostic = finding(Code::WgslSyntax, self.token().span, message);
                self.error(diagnostic);
                return None;
            }
            _ => self.updating_statement()?,
        };
        if self.expect(Kind::Semicolon, "after a statement").is_none() {
            // A statement that begins here is read: only the sign is missing.
            let can_go_on = begins_statement(self.kind()) || self.kind() == Kind::BraceRight || self.begins_line();
            let stmt = self.add_stmt(kind, attributes, start);
            if !can_go_on {
                self.skip_statement(self.at);
            }
            return Some(stmt);
        }
        Some(self.add_stmt(kind, attributes, start))
    }

    /// Whether this token is the first of its line, and could begin a statement.
    fn begins_line(&self) -> bool {
        let gap = Span::new(self.end(), self.token().span.start);
        matches!(self.kind(), Kind::Ident | Kind::Underscore | Kind::Star) && self.text(gap).contains(crate::tokens::ends_line)
    }

    /// An assignment, an increment or a call, without the `;`.
    fn updating_statement(&mut self) -> Maybe<StmtKind> {
        if self.eat(Kind::Underscore) {
            self.expect(Kind::Equal, "after `_`")?;
            return Some(StmtKind::Assign { target: None, operator: None, value: self.expression()? });
        }
        if !matches!(self.kind(), Kind::Ident | Kind::Star | Kind::And | Kind::AndAnd | Kind::ParenLeft) {
            self.expected("a statement");
            return None;
        }
        if self.kind() == Kind::Ident
            && matches!(self.peek(1), Kind::Ident)
            && let Some(help) = foreign(self.text(self.token().span))
        {
            let message = format!("expected a statement, but found {}", self.found());
            self.error(finding(Code::WgslSyntax, self.token().span, message).help(help));
            return None;
        }
        let target = self.unary()?;
        let token = self.token();
        match token.kind {
            Kind::PlusPlus => {
                self.bump();
                return Some(StmtKind::Increment(target));
            }
            Kind::MinusMinus => {
                self.bump();
                return Some(StmtKind::Decrement(target));
            }
            Kind::Equal => {
                self.bump();
                let value = self.expression()?;
                return Some(StmtKind::Assign { target: Some(target), operator: None, value });
            }
            kind => {
                if let Some(op) = compound(kind) {
                    self.bump();
                    return Some(StmtKind::Assign { target: Some(target), operator: Some(op), value: self.expression()? });
                }
            }
        }
        if matches!(self.tree[target].kind, ExprKind::Call { .. }) {
            return Some(StmtKind::Call(target));
        }
        if token.kind == Kind::Error {
            return None;
        }
        let span = self.tree[target].span;
        let message = format!("expected `=` or a call, but found {}", self.found());
        let help = "a statement assigns, calls, counts up or down, or begins with a keyword";
        self.error(
            finding(Code::WgslSyntax, token.span, message).also(crate::report::place(span), "this alone does nothing").help(help),
        );
        None
    }

    /// The condition in front of a block. If it is broken, the block is read all the same.
    fn condition(&mut self) -> Maybe<ExprId> {
        let start = self.token().span.start;
        let depth = self.depth;
        let condition = self.expression();
        if condition.is_some() && matches!(self.kind(), Kind::BraceLeft | Kind::At) {
            return condition;
        }
        if condition.is_some() {
            self.expect(Kind::BraceLeft, "after a condition");
        }
        self.depth = depth;
        while self.kind() != Kind::BraceLeft {
            if matches!(self.kind(), Kind::Semicolon | Kind::BraceRight | Kind::End) || begins_item(self.kind()) {
                return None;
            }
            self.bump();
        }
        Some(self.add_expr(ExprKind::Error, self.since(start)))
    }

    fn if_statement(&mut self, attributes: Vec<Attribute>, start: u32) -> Maybe<StmtId> {
        let first = self.bump().span;
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.condition()?;
            let body = self.block()?;
            branches.push((condition, body));
            if !self.eat(Kind::Else) {
                break;
            }
            if !self.eat(Kind::If) {
                otherwise = Some(self.block()?);
                break;
            }
            if branches.len() > MAX_ELSE_IF {
                return self.long_chain(first);
            }
        }
        Some(self.add_stmt(StmtKind::If { branches, otherwise }, attributes, start))
    }

    #[cold]
    fn long_chain(&mut self, first: Span) -> Maybe<StmtId> {
        let message = format!("a chain of `else if` is longer than {MAX_ELSE_IF}");
        self.stop(finding(Code::ShaderTooDeep, first, message).help("a `switch` has no such limit"))
    }

    fn switch_statement(&mut self, attributes: Vec<Attribute>, start: u32) -> Maybe<StmtId> {
        let keyword = self.bump().span;
        let selector = self.condition()?;
        let body_attributes = self.attributes()?;
        self.expect(Kind::BraceLeft, "after the selector of a `switch`")?;
        self.enter()?;
        let mut clauses = Vec::new();
        let mut count = 0;
        while matches!(self.kind(), Kind::Case | Kind::Default) {
            let start = self.token().span.start;
            let is_default = self.kind() == Kind::Default;
            let mut selectors = Vec::new();
            let token = self.bump();
            if is_default {
                selectors.push(Selector::Default(token.span));
            } else {
                loop {
                    if self.kind() == Kind::Default {
                        selectors.push(Selector::Default(self.bump().span));
                    } else {
                        selectors.push(Selector::Expr(self.expression()?));
                    }
                    if !self.eat(Kind::Comma) || matches!(self.kind(), Kind::Colon | Kind::BraceLeft | Kind::At) {
                        break;
                    }
                }
            }
            self.eat(Kind::Colon);
            count += selectors.len();
            let body = self.block()?;
            clauses.push(Clause { selectors, is_default, body, span: self.since(start) });
        }
        self.leave();
        self.expect(Kind::BraceRight, "after the clauses of a `switch`")?;
        if count > MAX_SELECTORS {
            let message = format!("a `switch` has {count} selectors, but at most {MAX_SELECTORS} are allowed");
            return self.stop(finding(Code::ShaderLimit, keyword, message));
        }
        Some(self.add_stmt(StmtKind::Switch { selector, body_attributes, clauses }, attributes, start))
    }

    fn for_statement(&mut self, attributes: Vec<Attribute>, start: u32) -> Maybe<StmtId> {
        let (init, condition, update) = self.for_head()?;
        let body = self.block()?;
        Some(self.add_stmt(StmtKind::For { init, condition, update, body }, attributes, start))
    }

    fn for_head(&mut self) -> Maybe<(Option<StmtId>, Option<ExprId>, Option<StmtId>)> {
        self.bump();
        self.expect(Kind::ParenLeft, "after `for`")?;
        self.enter()?;
        let start = self.token().span.start;
        let init = match self.kind() {
            Kind::Semicolon => None,
            Kind::Var | Kind::Let | Kind::Const => {
                let variable = self.variable()?;
                Some(self.add_stmt(StmtKind::Variable(variable), Vec::new(), start))
            }
            _ => {
                let kind = self.updating_statement()?;
                Some(self.add_stmt(kind, Vec::new(), start))
            }
        };
        self.expect(Kind::Semicolon, "after the first part of a `for`")?;
        let condition = if self.kind() == Kind::Semicolon { None } else { Some(self.expression()?) };
        self.expect(Kind::Semicolon, "after the condition of a `for`")?;
        let start = self.token().span.start;
        let update = if self.kind() == Kind::ParenRight {
            None
        } else {
            let kind = self.updating_statement()?;
            Some(self.add_stmt(kind, Vec::new(), start))
        };
        self.expect(Kind::ParenRight, "after the last part of a `for`")?;
        self.leave();
        Some((init, condition, update))
    }

    // Expressions.

    fn add_expr(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let depth = match &kind {
            ExprKind::Error | ExprKind::Bool(_) | ExprKind::Int | ExprKind::Float => 0,
            ExprKind::Name { template, .. } => self.deepest(template.iter().flatten()),
            ExprKind::Call { callee, arguments } => self.deepest(arguments.iter().chain([callee])),
            ExprKind::Paren(inner) => self.tree[*inner].depth,
            ExprKind::Unary { operand, .. } => self.tree[*operand].depth,
            ExprKind::Binary { left, right, .. } => self.deepest([left, right]),
            ExprKind::Index { base, index } => self.deepest([base, index]),
            ExprKind::Member { base, .. } => self.tree[*base].depth,
        } + 1;
        let (kind, depth) = if depth > MAX_OPERATORS {
            let message = format!("more than {MAX_OPERATORS} operators apply to one another");
            let help = "give a part of the expression a name with `let`";
            self.error(finding(Code::ShaderTooDeep, span, message).help(help));
            (ExprKind::Error, 1)
        } else {
            (kind, depth)
        };
        self.tree.exprs.push(Expr { kind, span, depth });
        ExprId(self.tree.exprs.len() as u32 - 1)
    }

    fn deepest<'e>(&self, ids: impl IntoIterator<Item = &'e ExprId>) -> u16 {
        ids.into_iter().map(|id| self.tree[*id].depth).max().unwrap_or(0)
    }

    fn type_specifier(&mut self) -> Maybe<ExprId> {
        if self.kind() != Kind::Ident {
            self.name("a type")?;
        }
        self.named()
    }

    /// A name with its template list.
    fn named(&mut self) -> Maybe<ExprId> {
        let start = self.token().span.start;
        let name = self.name("a name")?;
        let mut path_end = None;
        while self.kind() == Kind::ColonColon && self.peek(1) == Kind::Ident {
            self.bump();
            path_end = Some(self.bump().span);
        }
        if path_end.is_some() {
            let span = self.since(start);
            let message = format!("`{}` is a path, and paths stand only in an `import`", shorten(self.text(span)));
            self.error(finding(Code::WgslImport, span, message).help("import the name, and use it without its path"));
            return Some(self.add_expr(ExprKind::Error, span));
        }
        let template = if self.kind() == Kind::TemplateStart { Some(self.template()?) } else { None };
        let span = self.since(start);
        Some(self.add_expr(ExprKind::Name { name, template }, span))
    }

    fn template(&mut self) -> Maybe<Vec<ExprId>> {
        self.bump();
        self.list(Kind::TemplateEnd, "a template list")
    }

    fn arguments(&mut self) -> Maybe<Vec<ExprId>> {
        self.bump();
        self.list(Kind::ParenRight, "arguments")
    }

    /// Expressions with commas between them, up to `closing`; the opening sign has been taken.
    fn list(&mut self, closing: Kind, what: &str) -> Maybe<Vec<ExprId>> {
        let opening = self.since(self.end().saturating_sub(1));
        self.enter()?;
        let mut list = Vec::new();
        while self.kind() != closing {
            list.push(self.expression()?);
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        self.leave();
        if list.is_empty() && closing == Kind::TemplateEnd {
            self.expected("a template argument");
            return None;
        }
        if list.len() > MAX_ARGUMENTS {
            let message = format!("{} arguments were given, but at most {MAX_ARGUMENTS} are allowed", list.len());
            return self.stop(finding(Code::ShaderLimit, opening, message));
        }
        self.expect(closing, &format!("or `,` in {what}"))?;
        Some(list)
    }

    fn expression(&mut self) -> Maybe<ExprId> {
        let (operators, operands) = (self.operators.len(), self.operands.len());
        let result = self.operation(operators);
        self.operators.truncate(operators);
        self.operands.truncate(operands);
        result
    }

    fn operation(&mut self, base: usize) -> Maybe<ExprId> {
        let first = self.unary()?;
        self.operands.push(first);
        let mut has_mixed = false;
        loop {
            if self.kind() == Kind::MinusMinus {
                // `a--b` is `a - -b`: an expression has no `--`, so the longest token that can stand here is `-`.
                let at = self.split(Kind::Minus);
                self.reduce(base, 8, &mut has_mixed);
                self.operators.push((BinaryOp::Subtract, 8, at));
            } else {
                let Some((op, power)) = operator(self.kind()) else { break };
                let at = self.bump().span;
                self.reduce(base, power, &mut has_mixed);
                self.operators.push((op, power, at));
            }
            let operand = self.unary()?;
            self.operands.push(operand);
        }
        self.reduce(base, 0, &mut has_mixed);
        self.operands.pop()
    }

    /// Joins operands whose operators bind at least as strongly as `power`.
    fn reduce(&mut self, base: usize, power: u8, has_mixed: &mut bool) {
        while self.operators.len() > base && self.operators.last().is_some_and(|operator| operator.1 >= power) {
            let (Some((op, _, at)), Some(right), Some(left)) = (self.operators.pop(), self.operands.pop(), self.operands.pop())
            else {
                return;
            };
            for (operand, is_left) in [(left, true), (right, false)] {
                if let ExprKind::Binary { op: inner, .. } = self.tree[operand].kind
                    && !*has_mixed
                    && !may_hold(op, inner, is_left)
                {
                    *has_mixed = true;
                    self.mixed(op, at, inner, operand);
                }
            }
            let span = self.tree[left].span.to(self.tree[right].span);
            let joined = self.add_expr(ExprKind::Binary { op, at, left, right }, span);
            self.operands.push(joined);
        }
    }

    #[cold]
    fn mixed(&mut self, op: BinaryOp, at: Span, inner: BinaryOp, operand: ExprId) {
        let span = self.tree[operand].span;
        let message = if op == inner {
            format!("`{}` cannot follow on `{}` without parentheses", op.text(), inner.text())
        } else {
            format!("`{}` and `{}` stand side by side without parentheses", inner.text(), op.text())
        };
        let text = self.text(span).to_string();
        let diagnostic = finding(Code::MixedOperators, at, message)
            .also(crate::report::place(span), "put parentheses around what belongs together")
            .fix("put parentheses around it", false, crate::report::place(span), format!("({text})"));
        self.error(diagnostic);
    }

    /// Operators in front, a primary expression, and members and indexes behind it.
    fn unary(&mut self) -> Maybe<ExprId> {
        let mut signs: Vec<(UnaryOp, Span)> = Vec::new();
        loop {
            let op = match self.kind() {
                Kind::Minus => UnaryOp::Minus,
                Kind::Bang => UnaryOp::Not,
                Kind::Tilde => UnaryOp::Complement,
                Kind::Star => UnaryOp::Deref,
                Kind::And => UnaryOp::AddressOf,
                Kind::MinusMinus => {
                    let at = self.split(Kind::Minus);
                    signs.push((UnaryOp::Minus, at));
                    continue;
                }
                Kind::AndAnd => {
                    let at = self.split(Kind::And);
                    signs.push((UnaryOp::AddressOf, at));
                    continue;
                }
                _ => break,
            };
            let at = self.bump().span;
            signs.push((op, at));
        }
        let mut expr = self.primary()?;
        loop {
            let start = self.tree[expr].span.start;
            match self.kind() {
                Kind::Dot => {
                    self.bump();
                    let member = self.name("the name of a member")?;
                    expr = self.add_expr(ExprKind::Member { base: expr, member }, self.since(start));
                }
                Kind::BracketLeft => {
                    self.bump();
                    self.enter()?;
                    let index = self.expression()?;
                    self.leave();
                    self.expect(Kind::BracketRight, "after an index")?;
                    expr = self.add_expr(ExprKind::Index { base: expr, index }, self.since(start));
                }
                _ => break,
            }
        }
        for (op, at) in signs.into_iter().rev() {
            let span = at.to(self.tree[expr].span);
            expr = self.add_expr(ExprKind::Unary { op, operand: expr }, span);
        }
        Some(expr)
    }

    fn primary(&mut self) -> Maybe<ExprId> {
        let token = self.token();
        let kind = match token.kind {
            Kind::True => ExprKind::Bool(true),
            Kind::False => ExprKind::Bool(false),
            Kind::Int => ExprKind::Int,
            Kind::Float => ExprKind::Float,
            Kind::ParenLeft => {
                self.bump();
                self.enter()?;
                let inner = self.expression()?;
                self.leave();
                self.expect(Kind::ParenRight, "after an expression in parentheses")?;
                return Some(self.add_expr(ExprKind::Paren(inner), self.since(token.span.start)));
            }
            Kind::Ident => {
                let callee = self.named()?;
                if self.kind() != Kind::ParenLeft {
                    return Some(callee);
                }
                let arguments = self.arguments()?;
                return Some(self.add_expr(ExprKind::Call { callee, arguments }, self.since(token.span.start)));
            }
            _ => {
                let help = match token.kind {
                    Kind::Plus | Kind::PlusPlus => Some("there is no `+` in front of an expression"),
                    Kind::Underscore => Some("`_` is not a value"),
                    _ => None,
                };
                if let Some(help) = help {
                    let message = format!("expected an expression, but found {}", self.found());
                    self.error(finding(Code::WgslSyntax, token.span, message).help(help));
                } else {
                    self.expected("an expression");
                }
                return None;
            }
        };
        self.bump();
        Some(self.add_expr(kind, token.span))
    }
}

/// What to write instead of a word with which other languages begin a declaration.
fn foreign(word: &str) -> Option<&'static str> {
    Some(match word {
        "float" | "int" | "uint" | "bool" | "vec2" | "vec3" | "vec4" | "mat4" | "half" | "double" | "auto" | "f32" | "i32"
        | "u32" => "a variable is declared with `var name: type = value;`, a constant with `let name = value;`",
        "do" => "WGSL has no `do`; `loop { … continuing { break if …; } }` tests at the end",
        _ => return None,
    })
}
