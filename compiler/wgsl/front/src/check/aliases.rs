//! Pointers that may be the same memory: WGSL section 11.4.
//!
//! For each function, callees first: which variables of the module it reads and writes, and what its pointer parameters are used for. At a call, two
//! ways to the same memory must not meet if one of them writes.

use std::collections::{BTreeSet, HashMap};

use pngine_source::diag::{Code, Diagnostic};

use super::What;
use super::flow::{Module, Root};
use crate::limits::MAX_ALIAS_WORK;
use crate::report::{finding, place};
use crate::tree::*;
use crate::types::Type;

/// What is done with memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Read,
    Write,
}

/// What a function does with memory that is not its own.
#[derive(Clone, Debug, Default)]
struct Effects {
    reads: BTreeSet<u32>,
    writes: BTreeSet<u32>,
    /// By parameter.
    read: Vec<bool>,
    written: Vec<bool>,
}

struct Walker<'c> {
    module: Module<'c>,
    effects: &'c HashMap<u32, Effects>,
    own: Effects,
    /// The index of each parameter that is a pointer.
    parameters: HashMap<u32, usize>,
    pointers: HashMap<u32, Root>,
    diagnostics: Vec<Diagnostic>,
    work: usize,
}

/// Calls that reach the same memory in two ways.
pub(super) fn check(module: Module) -> Vec<Diagnostic> {
    let mut effects: HashMap<u32, Effects> = HashMap::new();
    let mut diagnostics = Vec::new();
    let mut work = 0;
    // Without a pointer as a parameter there is one way to each memory.
    let has_pointers = module.tree.items.iter().any(|item| match &item.kind {
        ItemKind::Function(function) => {
            function.parameters.iter().any(|parameter| matches!(module.ty(parameter.ty), Type::Pointer(..)))
        }
        _ => false,
    });
    if !has_pointers {
        return diagnostics;
    }
    for index in &module.names.order {
        let ItemKind::Function(function) = &module.tree.items[*index as usize].kind else { continue };
        if module.names.cyclic.contains(index) {
            continue;
        }
        let count = function.parameters.len();
        let mut walker = Walker {
            module,
            effects: &effects,
            own: Effects { read: vec![false; count], written: vec![false; count], ..Effects::default() },
            parameters: HashMap::new(),
            pointers: HashMap::new(),
            diagnostics: Vec::new(),
            work,
        };
        for (at, parameter) in function.parameters.iter().enumerate() {
            if let Some(local) = module.names.local_at.get(&parameter.name.span.start) {
                walker.parameters.insert(*local, at);
            }
        }
        walker.stmts(&function.body.stmts);
        let Walker { own, diagnostics: found, work: done, .. } = walker;
        work = done + own.reads.len() + own.writes.len();
        diagnostics.extend(found);
        effects.insert(*index, own);
        if work > MAX_ALIAS_WORK {
            let message = "the functions of this module use too many variables for their pointers to be checked";
            diagnostics.push(
                finding(Code::ShaderLimit, function.name.span, message)
                    .help("use fewer variables of the module, or no pointers as parameters"),
            );
            break;
        }
    }
    diagnostics
}

impl<'c> Walker<'c> {
    fn note(&mut self, root: Option<Root>, of: Use) {
        match root {
            Some(Root::Item(item)) => {
                let set = if of == Use::Read { &mut self.own.reads } else { &mut self.own.writes };
                set.insert(item);
            }
            Some(Root::Local(local)) => {
                if let Some(index) = self.parameters.get(&local) {
                    let list = if of == Use::Read { &mut self.own.read } else { &mut self.own.written };
                    list[*index] = true;
                }
            }
            None => {}
        }
    }

    fn stmts(&mut self, stmts: &'c [StmtId]) {
        for stmt in stmts {
            self.stmt(*stmt);
        }
    }

    fn stmt(&mut self, id: StmtId) {
        let tree = self.module.tree;
        match &tree[id].kind {
            StmtKind::Error
            | StmtKind::Empty
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Discard
            | StmtKind::ConstAssert(_) => {}
            StmtKind::Block(block) | StmtKind::Loop(block) | StmtKind::Continuing(block) => self.stmts(&block.stmts),
            StmtKind::Variable(variable) => {
                let Some(init) = variable.init else { return };
                self.expr(init, false);
                if let (Type::Pointer(..), Some(local)) =
                    (self.module.ty(init), self.module.names.local_at.get(&variable.name.span.start))
                    && let Some(root) = self.module.root(init, &self.pointers)
                {
                    self.pointers.insert(*local, root);
                }
            }
            StmtKind::Assign { target, operator, value } => {
                self.expr(*value, false);
                if let Some(target) = target {
                    self.written(*target, operator.is_some());
                }
            }
            StmtKind::Increment(target) | StmtKind::Decrement(target) => self.written(*target, true),
            StmtKind::Call(expr) | StmtKind::BreakIf(expr) => self.expr(*expr, false),
            StmtKind::Return(value) => {
                if let Some(value) = value {
                    self.expr(*value, false);
                }
            }
            StmtKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.expr(*condition, false);
                    self.stmts(&body.stmts);
                }
                if let Some(body) = otherwise {
                    self.stmts(&body.stmts);
                }
            }
            StmtKind::Switch { selector, clauses, .. } => {
                self.expr(*selector, false);
                for clause in clauses {
                    self.stmts(&clause.body.stmts);
                }
            }
            StmtKind::While { condition, body } => {
                self.expr(*condition, false);
                self.stmts(&body.stmts);
            }
            StmtKind::For { init, condition, update, body } => {
                if let Some(init) = init {
                    self.stmt(*init);
                }
                if let Some(condition) = condition {
                    self.expr(*condition, false);
                }
                if let Some(update) = update {
                    self.stmt(*update);
                }
                self.stmts(&body.stmts);
            }
        }
    }

    fn written(&mut self, target: ExprId, reads: bool) {
        self.expr(target, true);
        let root = self.module.root(target, &self.pointers);
        self.note(root, Use::Write);
        if reads {
            self.note(root, Use::Read);
        }
    }

    fn expr(&mut self, root: ExprId, is_target: bool) {
        let first = self.module.tree.first(root).0;
        let views = self.module.views(root, is_target);
        for id in first..=root.0 {
            let expr = ExprId(id);
            let is_value = self.module.infos[id as usize].what == What::Value;
            if is_value && !views[(id - first) as usize] && matches!(self.module.ty(expr), Type::Reference(..)) {
                let of = self.module.root(expr, &self.pointers);
                self.note(of, Use::Read);
            }
            if let ExprKind::Call { callee, arguments } = &self.module.tree[expr].kind {
                self.call(*callee, arguments);
            }
        }
    }

    fn call(&mut self, callee: ExprId, arguments: &'c [ExprId]) {
        let roots: Vec<Option<Root>> = arguments
            .iter()
            .map(|argument| match self.module.ty(*argument) {
                Type::Pointer(..) => self.module.root(*argument, &self.pointers),
                _ => None,
            })
            .collect();
        let item = match self.module.infos[callee.0 as usize].what {
            What::Function(item) => item,
            What::Builtin => {
                let name = match &self.module.tree[callee].kind {
                    ExprKind::Name { name, .. } => self.module.tree.name(*name),
                    _ => "",
                };
                let first = roots.first().copied().flatten();
                if name != "arrayLength" {
                    self.note(first, Use::Read);
                }
                if name.starts_with("atomic") && name != "atomicLoad" {
                    self.note(first, Use::Write);
                }
                return;
            }
            _ => return,
        };
        let effects = self.effects;
        let Some(of) = effects.get(&item) else { return };
        self.work += of.reads.len() + of.writes.len();
        let mut seen: HashMap<Root, usize> = HashMap::new();
        for (index, root) in roots.iter().enumerate() {
            let Some(root) = *root else { continue };
            if of.written[index] {
                self.note(Some(root), Use::Write);
            }
            if of.read[index] {
                self.note(Some(root), Use::Read);
            }
            let uses = |index: usize| of.read[index] || of.written[index];
            // A pointer that is never followed is no access.
            if let Some(other) = seen.insert(root, index)
                && ((of.written[index] && uses(other)) || (of.written[other] && uses(index)))
            {
                let message =
                    format!("two pointers to `{}` are given to a function that writes through one of them", self.shown(root));
                let diagnostic = finding(Code::WgslInvalid, self.module.tree[arguments[index]].span, message);
                self.diagnostics.push(diagnostic.also(place(self.module.tree[arguments[other]].span), "the other one"));
            }
            if let Root::Item(variable) = root {
                let is_met = (of.written[index] && (of.reads.contains(&variable) || of.writes.contains(&variable)))
                    || (of.read[index] && of.writes.contains(&variable));
                if is_met {
                    let message =
                        format!("the function uses `{}` by its name too, and one of both ways writes", self.shown(root));
                    self.diagnostics.push(finding(Code::WgslInvalid, self.module.tree[arguments[index]].span, message));
                }
            }
        }
        self.own.reads.extend(&of.reads);
        self.own.writes.extend(&of.writes);
    }

    fn shown(&self, root: Root) -> String {
        let tree = self.module.tree;
        match root {
            Root::Local(local) => tree.name(self.module.names.locals[local as usize].name).to_string(),
            Root::Item(item) => crate::names::declared(&tree.items[item as usize]).map_or("", |name| tree.name(name)).to_string(),
        }
    }
}
