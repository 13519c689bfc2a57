//! Uniformity: WGSL section 15.2.
//!
//! For each function a graph is made as the specification says: an edge leads from a value, or from a place in the control flow, to what it
//! depends on. What must be uniform must not reach what may differ between invocations. What a function asks of its callers is kept as a
//! summary, so that each is looked at once, callees first. Loops need no second look: their edges close the circle.

use std::collections::{BTreeMap, HashMap};

use pngine_source::diag::{Code, Diagnostic};

use super::What;
use super::flow::{Module, Root};
use super::stmt::Behavior;
use crate::functions::table;
use crate::limits::MAX_UNIFORMITY_WORK;
use crate::names::Target;
use crate::report::{finding, place};
use crate::tokens::Span;
use crate::tree::*;
use crate::types::{Access, Space, Texture, Type};

/// A node of a function's graph.
type Node = u32;

/// Everything that may differ between invocations.
const DIFFERS: Node = 0;
/// The control flow where the function begins.
const START: Node = 1;
/// What the function returns.
const RETURNED: Node = 2;

/// Why something must be uniform.
#[derive(Clone, Debug)]
struct Cause {
    /// The call of a built-in function.
    span: Span,
    /// What is called.
    name: String,
}

/// What a parameter means for callers.
#[derive(Clone, Debug, Default)]
struct ParameterSummary {
    required: Option<Cause>,
    contents_required: Option<Cause>,
    /// It is in what is returned.
    returned: bool,
    /// What it points to is in what is returned.
    contents_returned: bool,
    /// After the call, what it points to may differ.
    differs: bool,
    /// After the call, what it points to depends on these parameters.
    of_parameters: Vec<usize>,
    /// After the call, what it points to depends on what these parameters pointed to.
    of_contents: Vec<usize>,
}

/// What a function means for callers.
#[derive(Clone, Debug, Default)]
struct Summary {
    call_site: Option<Cause>,
    differs: bool,
    parameters: Vec<ParameterSummary>,
}

/// The values of variables.
type Values = BTreeMap<u32, Node>;

/// What `break` and `continue` bring to where they lead.
struct Around {
    is_loop: bool,
    breaks: Vec<Values>,
    continues: Vec<Values>,
}

/// Among which invocations something is the same: each has an analysis of its own, section 15.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// A workgroup, or all that a draw makes: what derivatives and barriers ask for.
    All,
    /// A subgroup: what subgroup and quad functions ask for.
    Subgroup,
}

/// Built-in values that are the same in a workgroup, section 15.2.8.
const UNIFORM_BUILTINS: &[&str] = &["workgroup_id", "num_workgroups", "num_subgroups"];

/// Functions whose result is the same in a subgroup if their arguments are, section 15.2.7.
#[rustfmt::skip]
const SUBGROUP_UNIFORM: &[&str] = &[
    "subgroupAdd", "subgroupAll", "subgroupAnd", "subgroupAny", "subgroupBallot", "subgroupBroadcast", "subgroupBroadcastFirst",
    "subgroupMax", "subgroupMin", "subgroupMul", "subgroupOr", "subgroupXor",
];

struct Function<'c> {
    module: Module<'c>,
    scope: Scope,
    structs: &'c HashMap<&'c str, &'c Struct>,
    summaries: &'c HashMap<u32, Summary>,
    edges: Vec<Vec<Node>>,
    required: Vec<(Node, Cause)>,
    /// By expression.
    nodes: &'c mut [Node],
    values: Values,
    /// Constants and parameters.
    locals: HashMap<u32, Node>,
    pointers: HashMap<u32, Root>,
    whole: HashMap<u32, bool>,
    around: Vec<Around>,
    /// Parameters that point to memory of functions: the local, and the node of what is there at the end.
    contents: Vec<(u32, Node)>,
    filters: Vec<(&'c str, &'c str)>,
    work: usize,
}

/// What is not uniform and has to be.
pub(super) fn check(module: Module, has_subgroups: bool) -> Vec<Diagnostic> {
    let mut diagnostics = check_scope(module, Scope::All);
    if has_subgroups {
        diagnostics.extend(check_scope(module, Scope::Subgroup));
    }
    diagnostics
}

fn check_scope(module: Module, scope: Scope) -> Vec<Diagnostic> {
    let mut summaries: HashMap<u32, Summary> = HashMap::new();
    let mut diagnostics = Vec::new();
    let mut nodes = vec![START; module.tree.exprs.len()];
    let mut filters = Vec::new();
    let mut structs = HashMap::new();
    for item in &module.tree.items {
        if let ItemKind::Struct(structure) = &item.kind {
            structs.insert(module.tree.name(structure.name), structure);
        }
        if let ItemKind::Diagnostic(control) = &item.kind {
            filters.push(filter(module.tree, control));
        }
    }
    let mut work = 0;
    for index in &module.names.order {
        let item = &module.tree.items[*index as usize];
        let ItemKind::Function(function) = &item.kind else { continue };
        if module.names.cyclic.contains(index) {
            continue;
        }
        let mut walker = Function {
            module,
            scope,
            structs: &structs,
            summaries: &summaries,
            edges: vec![Vec::new(); 3],
            required: Vec::new(),
            nodes: &mut nodes,
            values: Values::new(),
            locals: HashMap::new(),
            pointers: HashMap::new(),
            whole: HashMap::new(),
            around: Vec::new(),
            contents: Vec::new(),
            filters: filters.clone(),
            work,
        };
        let summary = walker.function(item, function, &mut diagnostics);
        work = walker.work;
        summaries.insert(*index, summary);
        if work > MAX_UNIFORMITY_WORK {
            let message = "the control flow of this module is too large to be checked for uniformity";
            diagnostics
                .push(finding(Code::ShaderLimit, function.name.span, message).help("declare variables where they are needed"));
            break;
        }
    }
    diagnostics
}

fn filter<'t>(tree: &'t Tree, control: &DiagnosticControl) -> (&'t str, &'t str) {
    match control.rule.as_slice() {
        [rule] => (tree.name(*rule), tree.name(control.severity)),
        _ => ("", ""),
    }
}

impl<'c> Function<'c> {
    fn node(&mut self, edges: &[Node]) -> Node {
        self.work += 1;
        self.edges.push(edges.to_vec());
        self.edges.len() as Node - 1
    }

    fn edge(&mut self, from: Node, to: Node) {
        if from != to {
            self.work += 1;
            self.edges[from as usize].push(to);
        }
    }

    fn copy(&mut self) -> Values {
        self.work += self.values.len();
        self.values.clone()
    }

    fn function(&mut self, item: &'c Item, function: &'c crate::tree::Function, diagnostics: &mut Vec<Diagnostic>) -> Summary {
        let tree = self.module.tree;
        let is_entry =
            item.attributes.iter().any(|attribute| matches!(tree.name(attribute.name), "vertex" | "fragment" | "compute"));
        self.push_filters(&item.attributes);
        let mut parameters = Vec::new();
        for parameter in &function.parameters {
            let Some(local) = self.module.names.local_at.get(&parameter.name.span.start).copied() else { continue };
            let ty = self.module.ty(parameter.ty);
            let own = self.node(&[]);
            let contents = self.node(&[]);
            parameters.push((own, contents));
            if is_entry {
                let is_compute = item.attributes.iter().any(|attribute| tree.name(attribute.name) == "compute");
                let is_uniform = self.is_uniform_input(parameter, ty, is_compute);
                self.edge(own, if is_uniform { START } else { DIFFERS });
            }
            self.locals.insert(local, own);
            if matches!(ty, Type::Pointer(Space::Function, ..)) {
                self.values.insert(local, contents);
                let at_end = self.node(&[]);
                self.contents.push((local, at_end));
            }
        }
        self.push_filters(&function.body.attributes);
        let (_, behavior) = self.stmts(START, &function.body.stmts);
        if behavior.has(Behavior::NEXT) {
            self.leave();
        }
        self.summarize(function, &parameters, diagnostics)
    }

    fn is_uniform_input(&self, parameter: &'c Member, ty: Type, is_compute: bool) -> bool {
        let tree = self.module.tree;
        let is_uniform = |name: &str| match name {
            "subgroup_size" => is_compute,
            "subgroup_id" => self.scope == Scope::Subgroup,
            name => UNIFORM_BUILTINS.contains(&name),
        };
        let builtin = |attributes: &'c [Attribute]| -> Option<&'c str> {
            let attribute = attributes.iter().find(|attribute| tree.name(attribute.name) == "builtin")?;
            let Some(Arguments::Exprs(exprs)) = &attribute.arguments else { return None };
            match &tree[*exprs.first()?].kind {
                ExprKind::Name { name, .. } => Some(tree.name(*name)),
                _ => None,
            }
        };
        match ty {
            Type::Struct(id) => {
                let name = self.module.types.structs[id.0 as usize].name.as_str();
                self.structs.get(name).is_some_and(|structure| {
                    structure.members.iter().all(|member| builtin(&member.attributes).is_some_and(is_uniform))
                })
            }
            _ => builtin(&parameter.attributes).is_some_and(is_uniform),
        }
    }

    fn push_filters(&mut self, attributes: &'c [Attribute]) {
        for attribute in attributes {
            if let Some(Arguments::Diagnostic(control)) = &attribute.arguments {
                self.filters.push(filter(self.module.tree, control));
            }
        }
    }

    /// Whether a rule is an error here: the nearest filter, section 2.3.3.
    fn is_error(&self, rule: &str) -> bool {
        self.filters.iter().rev().find(|(name, _)| *name == rule).is_none_or(|(_, severity)| *severity == "error")
    }

    /// What can be reached along edges, with the cause that led there first.
    fn reach(&self, starts: &[(Node, usize)]) -> HashMap<Node, usize> {
        let mut seen: HashMap<Node, usize> = HashMap::new();
        let mut open: Vec<(Node, usize)> = starts.to_vec();
        open.reverse();
        while let Some((node, cause)) = open.pop() {
            if seen.contains_key(&node) {
                continue;
            }
            seen.insert(node, cause);
            open.extend(self.edges[node as usize].iter().map(|next| (*next, cause)));
        }
        seen
    }

    fn summarize(
        &mut self,
        function: &crate::tree::Function,
        parameters: &[(Node, Node)],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Summary {
        let mut summary = Summary { parameters: vec![ParameterSummary::default(); parameters.len()], ..Summary::default() };
        let starts: Vec<(Node, usize)> = self.required.iter().enumerate().map(|(index, (node, _))| (*node, index)).collect();
        let reached = self.reach(&starts);
        let cause = |node: Node| reached.get(&node).map(|index| self.required[*index].1.clone());
        if let Some(cause) = cause(DIFFERS) {
            let message = format!("`{}` is called where invocations may differ", cause.name);
            let diagnostic = finding(Code::NotUniform, cause.span, message)
                .also(place(function.name.span), "in this function, or by way of it")
                .help("call it outside of branches and loops whose conditions are not the same for all invocations");
            diagnostics.push(diagnostic);
        } else {
            summary.call_site = cause(START);
            for (own, (node, contents)) in summary.parameters.iter_mut().zip(parameters) {
                own.required = cause(*node);
                own.contents_required = cause(*contents);
            }
        }
        let returned = self.reach(&[(RETURNED, 0)]);
        summary.differs = returned.contains_key(&DIFFERS);
        for (own, (node, contents)) in summary.parameters.iter_mut().zip(parameters) {
            own.returned = returned.contains_key(node);
            own.contents_returned = returned.contains_key(contents);
        }
        for (local, at_end) in &self.contents {
            let Some(own) = self.locals.get(local) else { continue };
            let Some(index) = parameters.iter().position(|(node, _)| node == own) else { continue };
            let reached = self.reach(&[(*at_end, 0)]);
            let summary = &mut summary.parameters[index];
            summary.differs = reached.contains_key(&DIFFERS);
            summary.of_parameters = (0..parameters.len()).filter(|index| reached.contains_key(&parameters[*index].0)).collect();
            summary.of_contents = (0..parameters.len()).filter(|index| reached.contains_key(&parameters[*index].1)).collect();
        }
        summary
    }

    /// A `return`, or the end of the body.
    fn leave(&mut self) {
        for (local, at_end) in self.contents.clone() {
            if let Some(value) = self.values.get(&local).copied() {
                self.edge(at_end, value);
            }
        }
    }

    /// Values where several ways meet.
    fn meet(&mut self, ways: Vec<Values>) {
        let mut ways = ways.into_iter();
        let Some(mut joined) = ways.next() else { return };
        for way in ways {
            self.work += joined.len();
            // What only one way has is not in scope behind it.
            joined.retain(|local, _| way.contains_key(local));
            for (local, value) in &mut joined {
                let other = way[local];
                if *value != other {
                    *value = {
                        self.edges.push(vec![*value, other]);
                        self.work += 1;
                        self.edges.len() as Node - 1
                    };
                }
            }
        }
        self.values = joined;
    }

    fn block(&mut self, flow: Node, block: &'c Block) -> (Node, Behavior) {
        let filters = self.filters.len();
        self.push_filters(&block.attributes);
        let result = self.stmts(flow, &block.stmts);
        self.filters.truncate(filters);
        result
    }

    fn stmts(&mut self, flow: Node, stmts: &'c [StmtId]) -> (Node, Behavior) {
        let (mut flow, mut behavior) = (flow, Behavior::NEXT);
        for stmt in stmts {
            if !behavior.has(Behavior::NEXT) || self.work > MAX_UNIFORMITY_WORK {
                break;
            }
            let (next, of) = self.stmt(flow, *stmt);
            flow = next;
            behavior = behavior.without(Behavior::NEXT) | of;
        }
        (flow, behavior)
    }

    fn stmt(&mut self, flow: Node, id: StmtId) -> (Node, Behavior) {
        let tree = self.module.tree;
        let stmt = &tree[id];
        let filters = self.filters.len();
        self.push_filters(&stmt.attributes);
        let result = match &stmt.kind {
            StmtKind::Block(block) => self.block(flow, block),
            StmtKind::If { branches, otherwise } => self.if_stmt(flow, branches, otherwise.as_ref()),
            StmtKind::Switch { selector, body_attributes, clauses } => {
                self.push_filters(body_attributes);
                self.switch_stmt(flow, *selector, clauses)
            }
            StmtKind::Loop(body) => self.loop_stmt(flow, None, body, None),
            StmtKind::While { condition, body } => self.loop_stmt(flow, Some(*condition), body, None),
            StmtKind::For { init, condition, update, body } => {
                if let Some(init) = init {
                    self.stmt(flow, *init);
                }
                self.loop_stmt(flow, *condition, body, Some(*update))
            }
            _ => self.simple(flow, stmt),
        };
        self.filters.truncate(filters);
        result
    }

    fn simple(&mut self, flow: Node, stmt: &'c Stmt) -> (Node, Behavior) {
        match &stmt.kind {
            StmtKind::Variable(variable) => self.variable(flow, variable),
            StmtKind::Assign { target, operator, value } => match target {
                None => {
                    self.expr(flow, *value, false);
                }
                Some(target) => self.assign(flow, *target, operator.is_some(), Some(*value)),
            },
            StmtKind::Increment(target) | StmtKind::Decrement(target) => self.assign(flow, *target, true, None),
            StmtKind::Call(call) => {
                self.expr(flow, *call, false);
            }
            StmtKind::Break => {
                let values = self.copy();
                if let Some(around) = self.around.last_mut() {
                    around.breaks.push(values);
                }
                return (flow, Behavior::BREAK);
            }
            StmtKind::Continue => {
                let values = self.copy();
                if let Some(around) = self.around.iter_mut().rev().find(|around| around.is_loop) {
                    around.continues.push(values);
                }
                return (flow, Behavior::CONTINUE);
            }
            StmtKind::BreakIf(condition) => {
                let value = self.expr(flow, *condition, false);
                let values = self.copy();
                if let Some(around) = self.around.last_mut() {
                    around.breaks.push(values);
                }
                return (value, Behavior::BREAK | Behavior::NEXT);
            }
            StmtKind::Return(value) => {
                if let Some(value) = value {
                    let value = self.expr(flow, *value, false);
                    self.edge(RETURNED, value);
                }
                self.leave();
                return (flow, Behavior::RETURN);
            }
            _ => {}
        }
        (flow, Behavior::NEXT)
    }

    fn variable(&mut self, flow: Node, variable: &'c Variable) {
        let value = match variable.init {
            Some(init) => self.expr(flow, init, false),
            None => flow,
        };
        let Some(local) = self.module.names.local_at.get(&variable.name.span.start).copied() else { return };
        if variable.kind == VariableKind::Var {
            self.values.insert(local, value);
            return;
        }
        self.locals.insert(local, value);
        if let Some(init) = variable.init
            && matches!(self.module.ty(init), Type::Pointer(..))
        {
            if let Some(root) = self.module.root(init, &self.pointers) {
                self.pointers.insert(local, root);
            }
            let is_whole = self.module.is_whole(init, &self.whole);
            self.whole.insert(local, is_whole);
        }
    }

    fn assign(&mut self, flow: Node, target: ExprId, reads: bool, value: Option<ExprId>) {
        let place = self.expr(flow, target, true);
        let value = value.map(|value| self.expr(flow, value, false));
        let Some(Root::Local(local)) = self.module.root(target, &self.pointers) else { return };
        let Some(before) = self.values.get(&local).copied() else { return };
        let mut edges = vec![place, flow];
        edges.extend(value);
        if reads || !self.module.is_whole(target, &self.whole) {
            edges.push(before);
        }
        let after = self.node(&edges);
        self.values.insert(local, after);
    }

    fn if_stmt(&mut self, flow: Node, branches: &'c [(ExprId, Block)], otherwise: Option<&'c Block>) -> (Node, Behavior) {
        // The flow in front of each condition, and what comes of its block.
        let mut results: Vec<(Node, Node, Behavior)> = Vec::new();
        let mut ends: Vec<Values> = Vec::new();
        let mut before = flow;
        for (condition, body) in branches {
            let value = self.expr(before, *condition, false);
            let values = self.copy();
            let (after, behavior) = self.block(value, body);
            results.push((before, after, behavior));
            let end = std::mem::replace(&mut self.values, values);
            if behavior.has(Behavior::NEXT) {
                ends.push(end);
            }
            before = value;
        }
        let (mut after, mut behavior) = match otherwise {
            Some(body) => self.block(before, body),
            None => (before, Behavior::NEXT),
        };
        if behavior.has(Behavior::NEXT) {
            ends.push(std::mem::take(&mut self.values));
        }
        // `else if` is an `if` in an `else`.
        for (before, own, of) in results.into_iter().rev() {
            behavior = behavior | of;
            after = if behavior == Behavior::NEXT { before } else { self.node(&[own, after]) };
        }
        self.meet(ends);
        (after, behavior)
    }

    fn switch_stmt(&mut self, flow: Node, selector: ExprId, clauses: &'c [Clause]) -> (Node, Behavior) {
        let value = self.expr(flow, selector, false);
        let before = self.copy();
        self.around.push(Around { is_loop: false, breaks: Vec::new(), continues: Vec::new() });
        let (mut behavior, mut ends, mut flows) = (Behavior::NONE, Vec::new(), Vec::new());
        for clause in clauses {
            self.work += before.len();
            self.values = before.clone();
            let (after, of) = self.block(value, &clause.body);
            if of.has(Behavior::NEXT) {
                ends.push(std::mem::take(&mut self.values));
            }
            flows.push(after);
            behavior = behavior | of;
        }
        if let Some(around) = self.around.pop() {
            ends.extend(around.breaks);
        }
        let ended = if behavior.has(Behavior::BREAK) { behavior.without(Behavior::BREAK) | Behavior::NEXT } else { behavior };
        self.values = before;
        self.meet(ends);
        if ended == Behavior::NEXT { (flow, ended) } else { (self.node(&flows), ended) }
    }

    /// Every loop: `condition` is that of `while` and `for`, `update` the last part of a `for`.
    fn loop_stmt(
        &mut self,
        flow: Node,
        condition: Option<ExprId>,
        body: &'c Block,
        update: Option<Option<StmtId>>,
    ) -> (Node, Behavior) {
        let filters = self.filters.len();
        self.push_filters(&body.attributes);
        let head = self.node(&[flow]);
        let values = std::mem::take(&mut self.values);
        let phis: Vec<(u32, Node)> = values.iter().map(|(local, value)| (*local, self.node(&[*value]))).collect();
        self.values = phis.iter().copied().collect();
        self.around.push(Around { is_loop: true, breaks: Vec::new(), continues: Vec::new() });
        let mut start = head;
        let mut before = Behavior::NONE;
        if let Some(condition) = condition {
            // `if !condition { break; }`
            start = self.expr(head, condition, false);
            let values = self.copy();
            if let Some(around) = self.around.last_mut() {
                around.breaks.push(values);
            }
            before = Behavior::BREAK;
        }
        let continuing = match body.stmts.last().map(|last| &self.module.tree[*last].kind) {
            Some(StmtKind::Continuing(continuing)) => Some(continuing),
            _ => None,
        };
        let count = body.stmts.len() - usize::from(continuing.is_some());
        let (mut after, behavior) = self.stmts(start, &body.stmts[..count]);
        let mut behavior = behavior | before;
        let repeats = behavior.has(Behavior::NEXT | Behavior::CONTINUE);
        if repeats {
            let mut ways = self.around.last_mut().map(|around| std::mem::take(&mut around.continues)).unwrap_or_default();
            if behavior.has(Behavior::NEXT) {
                ways.push(std::mem::take(&mut self.values));
            }
            self.meet(ways);
            if let Some(continuing) = continuing {
                let (end, of) = self.block(after, continuing);
                after = end;
                behavior = behavior | of;
            }
            if let Some(Some(update)) = update {
                self.stmt(after, update);
            }
            self.edge(head, after);
            for (local, phi) in &phis {
                if let Some(end) = self.values.get(local).copied() {
                    self.edge(*phi, end);
                }
            }
        }
        let breaks = self.around.pop().map(|around| around.breaks).unwrap_or_default();
        self.values = phis.iter().copied().collect();
        self.meet(breaks);
        self.filters.truncate(filters);
        // A loop that nothing leaves has been reported.
        let ended = behavior.without(Behavior::NEXT | Behavior::CONTINUE | Behavior::BREAK);
        let ended = if behavior.has(Behavior::BREAK) { ended | Behavior::NEXT } else { ended };
        let result = if !behavior.has(Behavior::RETURN) {
            flow
        } else if repeats {
            head
        } else {
            after
        };
        (result, ended)
    }

    /// An expression and all its parts, in the order in which they stand in the arena: the node of its value, or of the memory that it
    /// stands for if it is assigned to.
    fn expr(&mut self, flow: Node, root: ExprId, is_target: bool) -> Node {
        let tree = self.module.tree;
        let first = tree.first(root).0;
        let views = self.module.views(root, is_target);
        let mut decided: HashMap<u32, ExprId> = HashMap::new();
        for id in first..=root.0 {
            if let ExprKind::Binary { op: BinaryOp::LogicalAnd | BinaryOp::LogicalOr, left, right, .. } = tree[ExprId(id)].kind {
                decided.insert(left.0, right);
            }
        }
        // The right sides of `&&` and `||` that are open, and the flow in each.
        let mut flows: Vec<(ExprId, Node)> = Vec::new();
        for id in first..=root.0 {
            let now = flows.last().map_or(flow, |(_, flow)| *flow);
            let is_view = views[(id - first) as usize];
            let node = self.part(now, ExprId(id));
            let node = match self.module.ty(ExprId(id)) {
                Type::Reference(space, _, access) if !is_view && self.module.infos[id as usize].what == What::Value => {
                    self.load(now, ExprId(id), node, space, access)
                }
                _ => node,
            };
            self.nodes[id as usize] = node;
            while flows.last().is_some_and(|(end, _)| end.0 == id) {
                flows.pop();
            }
            if let Some(right) = decided.get(&id) {
                flows.push((*right, node));
            }
        }
        self.nodes[root.0 as usize]
    }

    /// What is read from memory.
    fn load(&mut self, flow: Node, id: ExprId, view: Node, space: Space, access: Access) -> Node {
        let contents = match self.module.root(id, &self.pointers) {
            Some(Root::Local(local)) if space == Space::Function => self.values.get(&local).copied().unwrap_or(DIFFERS),
            _ if access == Access::Read => flow,
            _ => DIFFERS,
        };
        self.node(&[flow, view, contents])
    }

    fn part(&mut self, flow: Node, id: ExprId) -> Node {
        let of = |walker: &Self, id: ExprId| walker.nodes[id.0 as usize];
        match &self.module.tree[id].kind {
            ExprKind::Error | ExprKind::Bool(_) | ExprKind::Int | ExprKind::Float => flow,
            ExprKind::Name { .. } => match self.module.names.targets[id.0 as usize] {
                Target::Local(local) => match self.locals.get(&local).copied() {
                    Some(value) => self.node(&[flow, value]),
                    None => flow,
                },
                _ => flow,
            },
            ExprKind::Paren(inner) => of(self, *inner),
            ExprKind::Unary { operand, .. } => of(self, *operand),
            ExprKind::Member { base, .. } => of(self, *base),
            ExprKind::Binary { op: BinaryOp::LogicalAnd | BinaryOp::LogicalOr, right, .. } => of(self, *right),
            ExprKind::Binary { left, right, .. } => {
                let edges = [of(self, *left), of(self, *right)];
                self.node(&edges)
            }
            ExprKind::Index { base, index } => {
                let edges = [of(self, *base), of(self, *index)];
                self.node(&edges)
            }
            ExprKind::Call { callee, arguments } => self.call(flow, id, *callee, arguments),
        }
    }

    fn require(&mut self, node: Node, cause: Cause) {
        self.work += 1;
        self.required.push((node, cause));
    }

    fn call(&mut self, flow: Node, id: ExprId, callee: ExprId, arguments: &'c [ExprId]) -> Node {
        let nodes: Vec<Node> = arguments.iter().map(|argument| self.nodes[argument.0 as usize]).collect();
        match self.module.infos[callee.0 as usize].what {
            What::Function(item) => self.call_function(flow, id, item, arguments, &nodes),
            What::Builtin => self.call_builtin(flow, id, callee, arguments, &nodes),
            _ => {
                let mut edges = vec![flow];
                edges.extend(nodes);
                self.node(&edges)
            }
        }
    }

    fn call_builtin(&mut self, flow: Node, id: ExprId, callee: ExprId, arguments: &[ExprId], nodes: &[Node]) -> Node {
        let tree = self.module.tree;
        let name = match &tree[callee].kind {
            ExprKind::Name { name, .. } => tree.name(*name),
            _ => "",
        };
        let row = table().get(name).and_then(|rows| rows.first());
        let cause = Cause { span: tree[id].span, name: name.to_string() };
        let mut edges = vec![flow];
        edges.extend(nodes);
        if let Some(row) = row.filter(|row| row.uniform) {
            let rule = if row.subgroups { "subgroup_uniformity" } else { "derivative_uniformity" };
            let is_asked = row.subgroups == (self.scope == Scope::Subgroup);
            if is_asked && (row.compute || self.is_error(rule)) {
                self.require(flow, cause.clone());
                let argument = match name {
                    "workgroupUniformLoad" => nodes.first(),
                    "subgroupShuffleUp" | "subgroupShuffleDown" | "subgroupShuffleXor" => nodes.get(1),
                    _ => None,
                };
                if let Some(argument) = argument {
                    self.require(*argument, cause);
                }
            }
            let is_same = row.compute || (self.scope == Scope::Subgroup && SUBGROUP_UNIFORM.contains(&name));
            if !is_same {
                edges.push(DIFFERS);
            }
        }
        let reads_writable = name == "textureLoad"
            && arguments.first().is_some_and(|texture| {
                matches!(self.module.ty(*texture), Type::Texture(Texture::Storage(_, _, Access::ReadWrite)))
            });
        if name.starts_with("atomic") || reads_writable {
            edges.push(DIFFERS);
        }
        self.node(&edges)
    }

    fn call_function(&mut self, flow: Node, id: ExprId, item: u32, arguments: &[ExprId], nodes: &[Node]) -> Node {
        let result = self.node(&[flow]);
        let Some(summary) = self.summaries.get(&item) else { return result };
        let call = Cause { span: self.module.tree[id].span, name: String::new() };
        let within = |cause: &Cause| Cause { span: call.span, name: cause.name.clone() };
        if let Some(cause) = &summary.call_site {
            self.require(flow, within(cause));
        }
        if summary.differs {
            self.edge(result, DIFFERS);
        }
        let mut writes: Vec<(u32, Node)> = Vec::new();
        let roots: Vec<Option<u32>> = arguments
            .iter()
            .map(|argument| match (self.module.ty(*argument), self.module.root(*argument, &self.pointers)) {
                (Type::Pointer(Space::Function, ..), Some(Root::Local(local))) => Some(local),
                _ => None,
            })
            .collect();
        for (index, parameter) in summary.parameters.iter().enumerate() {
            let Some(node) = nodes.get(index).copied() else { break };
            let contents = roots[index].and_then(|local| self.values.get(&local).copied());
            if let Some(cause) = &parameter.required {
                self.require(node, within(cause));
            }
            if let (Some(cause), Some(contents)) = (&parameter.contents_required, contents) {
                self.require(contents, within(cause));
            }
            if parameter.returned {
                self.edge(result, node);
            }
            if let (true, Some(contents)) = (parameter.contents_returned, contents) {
                self.edge(result, contents);
            }
            let (Some(local), Some(contents)) = (roots[index], contents) else { continue };
            let mut edges = vec![flow, node];
            if parameter.differs {
                edges.push(DIFFERS);
            }
            edges.extend(parameter.of_parameters.iter().filter_map(|other| nodes.get(*other).copied()));
            let values = &self.values;
            edges.extend(parameter.of_contents.iter().filter_map(|other| values.get(&(*roots.get(*other)?)?).copied()));
            if !self.module.is_whole(arguments[index], &self.whole) {
                edges.push(contents);
            }
            let after = self.node(&edges);
            writes.push((local, after));
        }
        for (local, after) in writes {
            self.values.insert(local, after);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules look at the first overload only.
    #[test]
    fn all_overloads_of_a_function_need_the_same() {
        for name in table().names() {
            let rows = table().get(name).expect("rows");
            let same = |row: &crate::functions::Row| {
                (row.uniform, row.compute, row.subgroups) == (rows[0].uniform, rows[0].compute, rows[0].subgroups)
            };
            assert!(rows.iter().all(same), "{name}");
        }
    }
}
