//! Statements and what they lead to: WGSL section 9, with the behaviors of section 9.7.

use std::collections::HashMap;
use std::ops::BitOr;

use pngine_source::diag::{Code, counted};

use super::{Checker, Info, Meaning, Operand, Stage, What};
use crate::functions::table;
use crate::limits::MAX_ELEMENTS;
use crate::report::{finding, place};
use crate::tokens::Span;
use crate::tree::*;
use crate::types::{Access, Scalar, Space, Type, Types};
use crate::value::Value;

/// What a statement can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Behavior(u8);

impl Behavior {
    pub(super) const NONE: Behavior = Behavior(0);
    pub(super) const NEXT: Behavior = Behavior(1);
    pub(super) const BREAK: Behavior = Behavior(2);
    pub(super) const CONTINUE: Behavior = Behavior(4);
    pub(super) const RETURN: Behavior = Behavior(8);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn without(self, other: Self) -> Self {
        Behavior(self.0 & !other.0)
    }
}

impl BitOr for Behavior {
    type Output = Behavior;

    fn bitor(self, other: Self) -> Self {
        Behavior(self.0 | other.0)
    }
}

/// A statement that others are in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Around {
    /// A loop, and where its first `continue` stands.
    Loop(Option<u32>),
    Switch,
    Continuing,
}

impl<'t> Checker<'t> {
    /// A function's body.
    pub(super) fn body(&mut self, index: u32, _item: &'t Item, function: &'t Function) {
        let Meaning::Function(signature) = self.meanings[index as usize].clone() else { return };
        for (parameter, ty) in function.parameters.iter().zip(&signature.parameters) {
            if let Some(local) = self.names.local_at.get(&parameter.name.span.start) {
                self.locals[*local as usize] = match *ty {
                    Types::ERROR => Info::ERROR,
                    ty => Info { what: What::Value, ty, stage: Stage::Runtime, value: None },
                };
            }
        }
        self.result = Some(signature.result);
        self.block_attributes(&function.body.attributes);
        let behavior = self.stmts(&function.body.stmts);
        self.result = None;
        self.loops.clear();
        if behavior.has(Behavior::NEXT) && !matches!(signature.result, Types::NOTHING | Types::ERROR) {
            let end = Span::new(function.body.span.end.saturating_sub(1).max(function.body.span.start), function.body.span.end);
            let message = format!("`{}` can end without a `return`", self.tree.name(function.name));
            let diagnostic = finding(Code::WgslInvalid, end, message).label("the end can be reached");
            self.report.add(match function.return_type {
                Some(ty) => diagnostic.also(place(self.span(ty)), "this has to be returned"),
                None => diagnostic,
            });
        }
    }

    pub(super) fn block_attributes(&mut self, attributes: &'t [Attribute]) {
        for attribute in attributes {
            match &attribute.arguments {
                Some(Arguments::Diagnostic(control)) => self.control(control),
                _ => {
                    let message = format!("`@{}` does not belong to a statement", self.tree.name(attribute.name));
                    self.invalid(attribute.span, message);
                }
            }
        }
    }

    fn block(&mut self, block: &'t Block) -> Behavior {
        self.block_attributes(&block.attributes);
        self.stmts(&block.stmts)
    }

    fn stmts(&mut self, stmts: &'t [StmtId]) -> Behavior {
        let mut behavior = Behavior::NEXT;
        for stmt in stmts {
            let next = self.stmt(*stmt);
            // What cannot be reached adds nothing.
            if behavior.has(Behavior::NEXT) {
                behavior = behavior.without(Behavior::NEXT) | next;
            }
        }
        behavior
    }

    fn stmt(&mut self, id: StmtId) -> Behavior {
        let stmt = &self.tree[id];
        self.block_attributes(&stmt.attributes);
        match &stmt.kind {
            StmtKind::Block(block) => self.block(block),
            StmtKind::If { branches, otherwise } => self.if_stmt(branches, otherwise.as_ref()),
            StmtKind::Switch { selector, body_attributes, clauses } => {
                self.switch_stmt(stmt.span, *selector, body_attributes, clauses)
            }
            StmtKind::Loop(body) => self.loop_stmt(stmt.span, body),
            StmtKind::While { condition, body } => {
                self.condition(*condition, "`while`");
                let behavior = self.looped(body, None) | Behavior::NEXT | Behavior::BREAK;
                self.after_loop(stmt.span, behavior)
            }
            StmtKind::For { .. } => self.for_stmt(stmt),
            _ => self.simple(stmt),
        }
    }

    fn simple(&mut self, stmt: &'t Stmt) -> Behavior {
        match &stmt.kind {
            StmtKind::Variable(variable) => self.local(variable),
            StmtKind::Assign { target, operator, value } => match target {
                Some(target) => self.assign(stmt.span, *target, *operator, *value),
                None => self.phony(*value),
            },
            StmtKind::Increment(target) => self.count(stmt.span, *target, "++"),
            StmtKind::Decrement(target) => self.count(stmt.span, *target, "--"),
            StmtKind::Call(call) => self.call_stmt(*call),
            StmtKind::ConstAssert(condition) => self.const_assert(*condition),
            StmtKind::Break => return self.break_stmt(stmt.span),
            StmtKind::Continue => return self.continue_stmt(stmt.span),
            StmtKind::BreakIf(condition) => {
                // The last statement of a `continuing` is looked at there.
                self.condition(*condition, "`break if`");
                self.invalid(stmt.span, "`break if` stands only at the end of a `continuing`");
            }
            StmtKind::Continuing(body) => {
                self.invalid(stmt.span, "`continuing` stands only at the end of a `loop`");
                self.block(body);
            }
            StmtKind::Return(value) => {
                self.return_stmt(stmt.span, *value);
                return Behavior::RETURN;
            }
            _ => {
                if matches!(stmt.kind, StmtKind::Discard) {
                    self.reach.fragment.get_or_insert(stmt.span);
                }
            }
        }
        Behavior::NEXT
    }

    fn condition(&mut self, id: ExprId, what: &str) {
        let operand = self.operand(id);
        if !matches!(operand.ty, Types::BOOL | Types::ERROR) {
            let message = format!("{what} wants a `bool`, and `{}` is a `{}`", self.shown(id), self.show(operand.ty));
            self.invalid(self.span(id), message);
        }
    }

    fn if_stmt(&mut self, branches: &'t [(ExprId, Block)], otherwise: Option<&'t Block>) -> Behavior {
        let mut behavior = Behavior::NONE;
        for (condition, body) in branches {
            self.condition(*condition, "`if`");
            behavior = behavior | self.block(body);
        }
        behavior
            | match otherwise {
                Some(body) => self.block(body),
                None => Behavior::NEXT,
            }
    }

    fn switch_stmt(&mut self, span: Span, selector: ExprId, attributes: &'t [Attribute], clauses: &'t [Clause]) -> Behavior {
        self.block_attributes(attributes);
        self.selectors(span, selector, clauses);
        self.loops.push(Around::Switch);
        let mut behavior = Behavior::NONE;
        for clause in clauses {
            behavior = behavior | self.block(&clause.body);
        }
        self.loops.pop();
        if behavior.has(Behavior::BREAK) { behavior.without(Behavior::BREAK) | Behavior::NEXT } else { behavior }
    }

    /// Section 9.4.2.
    fn selectors(&mut self, span: Span, selector: ExprId, clauses: &[Clause]) {
        let of = self.operand(selector);
        let is_integer = |types: &Types, ty| {
            matches!(types.get(ty), Type::Scalar(Scalar::AbstractInt | Scalar::I32 | Scalar::U32) | Type::Error)
        };
        if !is_integer(&self.types, of.ty) {
            let message = format!("`switch` wants an integer, and `{}` is a `{}`", self.shown(selector), self.show(of.ty));
            self.invalid(self.span(selector), message);
        }
        let mut cases: Vec<(ExprId, Operand)> = Vec::new();
        let mut default: Option<Span> = None;
        for one in clauses.iter().flat_map(|clause| &clause.selectors) {
            match one {
                Selector::Default(at) => {
                    if let Some(first) = default.replace(*at) {
                        let diagnostic = finding(Code::WgslInvalid, *at, "a `switch` has one `default`");
                        self.report.add(diagnostic.also(place(first), "the first one"));
                    }
                }
                Selector::Expr(id) => {
                    let operand = self.operand(*id);
                    cases.push((*id, operand));
                }
            }
        }
        if default.is_none() {
            let keyword = Span::new(span.start, span.start + 6);
            self.report.add(finding(Code::WgslInvalid, keyword, "a `switch` needs a `default`").help("add `default: {}`"));
        }
        // All are of one type: that of the first that is not abstract.
        let mut types = std::iter::once(of.ty).chain(cases.iter().map(|(_, case)| case.ty));
        let common = types.find(|ty| *ty != Types::ERROR && !self.types.is_abstract(*ty)).unwrap_or(Types::I32);
        let mut known: HashMap<i64, Span> = HashMap::new();
        if self.types.rank(of.ty, common).is_some() {
            self.converted(selector, &of, common);
        }
        for (id, case) in cases {
            let at = self.span(id);
            if case.ty == Types::ERROR {
                continue;
            }
            if case.stage != Stage::Const {
                let message = format!("`{}` is not a constant, and `case` wants one", self.shown(id));
                self.error(Code::NotConstant, at, message);
                continue;
            }
            if !is_integer(&self.types, case.ty) || self.types.rank(case.ty, common).is_none() {
                let message = format!(
                    "`{}` is a `{}`, and the `switch` is about `{}`",
                    self.shown(id),
                    self.show(case.ty),
                    self.show(common)
                );
                self.invalid(at, message);
                continue;
            }
            if let Some(value) = self.converted(id, &case, common).as_ref().and_then(Value::integer)
                && let Some(first) = known.insert(value, at)
            {
                let diagnostic = finding(Code::WgslInvalid, at, format!("{value} is there twice"));
                self.report.add(diagnostic.also(place(first), "the first one"));
            }
        }
    }

    fn loop_stmt(&mut self, span: Span, body: &'t Block) -> Behavior {
        let continuing = match body.stmts.last().map(|last| &self.tree[*last].kind) {
            Some(StmtKind::Continuing(continuing)) => Some(continuing),
            _ => None,
        };
        let behavior = self.looped(body, continuing);
        self.after_loop(span, behavior)
    }

    /// The body of a loop and its `continuing`.
    fn looped(&mut self, body: &'t Block, continuing: Option<&'t Block>) -> Behavior {
        self.block_attributes(&body.attributes);
        self.loops.push(Around::Loop(None));
        let count = body.stmts.len() - usize::from(continuing.is_some());
        let behavior = self.stmts(&body.stmts[..count]);
        let around = self.loops.pop();
        let Some(continuing) = continuing else { return behavior };
        if let Some(last) = body.stmts.last() {
            self.block_attributes(&self.tree[*last].attributes);
        }
        // What a `continue` jumps over is not there for the `continuing`: section 9.4.8.
        if let Some(Around::Loop(Some(first))) = around {
            self.skipped.push((first, continuing.span.start));
        }
        self.loops.push(Around::Continuing);
        self.block_attributes(&continuing.attributes);
        let (last, rest) = match continuing.stmts.split_last() {
            Some((last, rest)) if matches!(self.tree[*last].kind, StmtKind::BreakIf(_)) => (Some(*last), rest),
            _ => (None, continuing.stmts.as_slice()),
        };
        let mut after = self.stmts(rest);
        if let Some(last) = last
            && let StmtKind::BreakIf(condition) = self.tree[last].kind
        {
            self.condition(condition, "`break if`");
            after = after | Behavior::BREAK;
        }
        self.loops.pop();
        if let Some(Around::Loop(Some(_))) = around {
            self.skipped.pop();
        }
        behavior | after
    }

    fn after_loop(&mut self, span: Span, behavior: Behavior) -> Behavior {
        let after = behavior.without(Behavior::NEXT | Behavior::CONTINUE | Behavior::BREAK);
        let after = if behavior.has(Behavior::BREAK) { after | Behavior::NEXT } else { after };
        if after == Behavior::NONE {
            let keyword = Span::new(span.start, (span.start + 4).min(span.end));
            let diagnostic = finding(Code::EndlessLoop, keyword, "this loop never ends");
            self.report.add(diagnostic.help("a loop needs a `break`, a `return` or a condition"));
            // The rest of the function is looked at as if it ended.
            return Behavior::NEXT | Behavior::RETURN;
        }
        after
    }

    fn for_stmt(&mut self, stmt: &'t Stmt) -> Behavior {
        let StmtKind::For { init, condition, update, body } = &stmt.kind else { return Behavior::NEXT };
        if let Some(init) = init {
            self.stmt(*init);
        }
        if let Some(condition) = condition {
            self.condition(*condition, "`for`");
        }
        let mut behavior = self.looped(body, None);
        if let Some(update) = update {
            behavior = behavior | self.stmt(*update);
        }
        if condition.is_some() {
            behavior = behavior | Behavior::BREAK;
        }
        self.after_loop(stmt.span, behavior)
    }

    fn break_stmt(&mut self, span: Span) -> Behavior {
        match self.loops.last() {
            Some(Around::Loop(_) | Around::Switch) => {}
            Some(Around::Continuing) => {
                self.report.add(
                    finding(Code::WgslInvalid, span, "a `continuing` ends its loop with `break if` only")
                        .help("write `break if condition;` at its end"),
                );
            }
            None => self.invalid(span, "`break` stands only in loops and in `switch`"),
        }
        Behavior::BREAK
    }

    fn continue_stmt(&mut self, span: Span) -> Behavior {
        let innermost = self.loops.iter_mut().rev().find(|around| !matches!(around, Around::Switch));
        match innermost {
            Some(Around::Loop(first)) => {
                first.get_or_insert(span.start);
            }
            Some(_) => self.invalid(span, "`continue` cannot stand in a `continuing`"),
            None => self.invalid(span, "`continue` stands only in loops"),
        }
        Behavior::CONTINUE
    }

    fn return_stmt(&mut self, span: Span, value: Option<ExprId>) {
        if self.loops.iter().any(|around| matches!(around, Around::Continuing)) {
            self.invalid(span, "`return` cannot stand in a `continuing`");
        }
        let wanted = self.result.unwrap_or(Types::ERROR);
        match value {
            None => {
                if !matches!(wanted, Types::NOTHING | Types::ERROR) {
                    self.invalid(span, format!("a `{}` has to be returned", self.show(wanted)));
                }
            }
            Some(value) => {
                let operand = self.operand(value);
                if operand.ty == Types::ERROR || wanted == Types::ERROR {
                    return;
                }
                if wanted == Types::NOTHING {
                    self.invalid(self.span(value), "this function returns nothing");
                } else if self.types.rank(operand.ty, wanted).is_none() {
                    let message = format!(
                        "the function returns a `{}`, and `{}` is a `{}`",
                        self.show(wanted),
                        self.shown(value),
                        self.show(operand.ty)
                    );
                    self.invalid(self.span(value), message);
                } else {
                    self.converted(value, &operand, wanted);
                }
            }
        }
    }

    /// Section 7, in functions.
    fn local(&mut self, variable: &'t Variable) {
        let info = self.local_info(variable);
        if let Some(local) = self.names.local_at.get(&variable.name.span.start) {
            self.locals[*local as usize] = info.unwrap_or(Info::ERROR);
        }
    }

    fn local_info(&mut self, variable: &'t Variable) -> Option<Info> {
        let name = self.tree.name(variable.name);
        if variable.kind == VariableKind::Var {
            let (space, _) = self.space(variable)?;
            if let Some(space) = space.filter(|space| *space != Space::Function) {
                let message = format!("a variable in a function is not `{}`", space.text());
                self.invalid(self.span(variable.template[0]), message);
                return None;
            }
            if variable.ty.is_none() && variable.init.is_none() {
                self.invalid(variable.name.span, format!("`{name}` needs a type or a value"));
                return None;
            }
        }
        let (ty, operand) = self.initializer(variable)?;
        if ty == Types::ERROR {
            return None;
        }
        match variable.kind {
            VariableKind::Const => self.constant(variable, ty, &operand),
            VariableKind::Let => {
                let is_right = self.types.is_constructible(ty)
                    || matches!(self.types.get(ty), Type::Pointer(..) | Type::Texture(_) | Type::Sampler(_));
                if !is_right {
                    self.invalid(variable.name.span, format!("`{name}` cannot be a `{}`", self.show(ty)));
                    return None;
                }
                Some(Info { what: What::Value, ty, stage: Stage::Runtime, value: None })
            }
            _ => {
                let at = variable.ty.map_or(variable.name.span, |ty| self.span(ty));
                if !self.types.is_constructible(ty) {
                    self.invalid(at, format!("a variable in a function cannot be a `{}`", self.show(ty)));
                    return None;
                }
                if u64::from(self.types.longest(ty)) > MAX_ELEMENTS {
                    self.error(
                        Code::ShaderLimit,
                        at,
                        format!("an array in a function has at most {}", counted(MAX_ELEMENTS as usize, "element")),
                    );
                }
                let ty = self.types.add(Type::Reference(Space::Function, ty, Access::ReadWrite));
                Some(Info { what: What::Value, ty, stage: Stage::Runtime, value: None })
            }
        }
    }

    /// The type that can be stored, and `None` where that is not possible, which is reported.
    fn target(&mut self, target: ExprId) -> Option<crate::types::TypeId> {
        self.eval(target);
        let info = self.infos[target.0 as usize].clone();
        if info.what != What::Value {
            self.not_a_value(target);
            return None;
        }
        if info.ty == Types::ERROR {
            return None;
        }
        let (store, access) = match self.types.get(info.ty) {
            Type::Reference(_, store, access) => (store, access),
            _ => match self.swizzled(target) {
                Some((store, access)) => (store, access),
                None => {
                    let diagnostic =
                        finding(Code::WgslInvalid, self.span(target), format!("`{}` cannot be assigned to", self.shown(target)));
                    self.report.add(match self.types.get(info.ty) {
                        Type::Pointer(..) => diagnostic.help("what a pointer points to is written with `*`"),
                        _ => diagnostic.help("only variables, their parts, and what pointers point to are assigned to"),
                    });
                    return None;
                }
            },
        };
        if !access.writes() {
            let message = format!("`{}` can only be read", self.shown(target));
            self.report.add(
                finding(Code::WgslInvalid, self.span(target), message)
                    .help("`var<storage, read_write>` and `ptr<storage, …, read_write>` can be written"),
            );
            return None;
        }
        if !self.types.is_constructible(store) {
            let message = format!("`{}` is a `{}`, which cannot be assigned to", self.shown(target), self.show(store));
            self.invalid(self.span(target), message);
            return None;
        }
        Some(store)
    }

    /// Several components of a vector in memory, section 8.5.1.3.
    fn swizzled(&self, target: ExprId) -> Option<(crate::types::TypeId, Access)> {
        let mut at = target;
        while let ExprKind::Paren(inner) = self.tree[at].kind {
            at = inner;
        }
        let ExprKind::Member { base, member } = self.tree[at].kind else { return None };
        let access = match self.types.get(self.infos[base.0 as usize].ty) {
            Type::Reference(_, _, access) | Type::Pointer(_, _, access) => access,
            _ => return None,
        };
        let letters = self.tree.name(member);
        let is_distinct =
            letters.chars().enumerate().all(|(index, letter)| letters.chars().take(index).all(|other| other != letter));
        is_distinct.then(|| (self.infos[at.0 as usize].ty, access))
    }

    fn assign(&mut self, span: Span, target: ExprId, operator: Option<BinaryOp>, value: ExprId) {
        let store = self.target(target);
        let operand = self.operand(value);
        let Some(store) = store else { return };
        if operand.ty == Types::ERROR {
            return;
        }
        let found = match operator {
            None => operand.ty,
            Some(op) => {
                let left = Operand { ty: store, stage: Stage::Runtime, value: None };
                let at = Span::new(self.span(target).end, self.span(value).start);
                let text = at.of(&self.tree.text);
                let offset = (text.len() - text.trim_start().len()) as u32;
                let at = Span::new(at.start + offset, (at.start + offset + op.text().len() as u32 + 1).min(at.end));
                let info = self.operation(value, op, at, (target, &left), (value, &operand));
                if info.ty == Types::ERROR {
                    return;
                }
                info.ty
            }
        };
        if self.types.rank(found, store).is_none() {
            let message =
                format!("`{}` is a `{}`, and what is assigned is a `{}`", self.shown(target), self.show(store), self.show(found));
            let at = if operator.is_some() { span } else { self.span(value) };
            self.report.add(
                finding(Code::WgslInvalid, at, message)
                    .also(place(self.span(target)), format!("this is a `{}`", self.types.show(store))),
            );
        } else if operator.is_none() {
            self.converted(value, &operand, store);
        }
    }

    /// `_ = value`, section 9.2.2.
    fn phony(&mut self, value: ExprId) {
        self.eval(value);
        let info = self.infos[value.0 as usize].clone();
        let is_open = match self.types.get(info.ty) {
            // A variable without a size is mentioned, and not read.
            Type::Reference(_, store, _) => !self.types.is_fixed(store),
            _ => false,
        };
        if is_open && info.what == What::Value {
            self.invalid(self.span(value), format!("`{}` cannot be read as a whole", self.shown(value)));
            return;
        }
        self.loaded(value);
    }

    fn count(&mut self, span: Span, target: ExprId, sign: &str) {
        let Some(store) = self.target(target) else { return };
        if !matches!(store, Types::I32 | Types::U32) {
            let message = format!("`{sign}` counts `i32` and `u32`, and `{}` is a `{}`", self.shown(target), self.show(store));
            self.invalid(span, message);
        }
    }

    /// Section 9.5.
    fn call_stmt(&mut self, call: ExprId) {
        self.eval(call);
        let ExprKind::Call { callee, .. } = self.tree[call].kind else { return };
        let shown = self.shown(callee);
        let must_use = match self.infos[callee.0 as usize].what {
            What::Function(item) => matches!(&self.meanings[item as usize], Meaning::Function(signature) if signature.must_use),
            What::Builtin => match &self.tree[callee].kind {
                ExprKind::Name { name, .. } => {
                    table().get(self.tree.name(*name)).is_some_and(|rows| rows.iter().any(|row| row.must_use))
                }
                _ => false,
            },
            What::Type | What::Generator(_) => true,
            _ => return,
        };
        if must_use {
            let message = format!("what `{shown}` returns has to be used");
            self.report.add(
                finding(Code::WgslInvalid, self.span(call), message).help(format!("write `_ = {shown}(…);` if it is not wanted")),
            );
        }
    }
}
