//! A tree as text: every token that the tree stands for, in order. Parsed again, it gives the same tree, which is how the parser is tested
//! on real texts. What could not be parsed is not in it.

use std::fmt::Write as _;

use crate::tree::*;

/// The tree as text, one statement a line.
pub fn print(tree: &Tree) -> String {
    let mut printer = Printer { tree, out: String::new(), indent: 0 };
    for item in &tree.items {
        printer.item(item);
    }
    printer.out
}

struct Printer<'t> {
    tree: &'t Tree,
    out: String,
    indent: usize,
}

impl Printer<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", self.indent));
    }

    fn name(&mut self, name: Ident) {
        self.out.push_str(self.tree.name(name));
    }

    fn names(&mut self, names: &[Ident], between: &str) {
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                self.put(between);
            }
            self.name(*name);
        }
    }

    fn item(&mut self, item: &Item) {
        if matches!(item.kind, ItemKind::Error) {
            return;
        }
        self.attributes(&item.attributes);
        match &item.kind {
            ItemKind::Error => return,
            ItemKind::Empty => self.put(";"),
            ItemKind::Enable(names) | ItemKind::Requires(names) => {
                self.put(if matches!(item.kind, ItemKind::Enable(_)) { "enable " } else { "requires " });
                self.names(names, ", ");
                self.put(";");
            }
            ItemKind::Diagnostic(control) => {
                self.put("diagnostic");
                self.control(control);
                self.put(";");
            }
            ItemKind::Import(import) => {
                self.put("import ");
                self.import(import);
                self.put(";");
            }
            ItemKind::ConstAssert(condition) => {
                self.put("const_assert ");
                self.expr(*condition);
                self.put(";");
            }
            ItemKind::Variable(variable) => {
                self.variable(variable);
                self.put(";");
            }
            ItemKind::Alias { name, ty } => {
                self.put("alias ");
                self.name(*name);
                self.put(" = ");
                self.expr(*ty);
                self.put(";");
            }
            ItemKind::Struct(structure) => {
                self.put("struct ");
                self.name(structure.name);
                self.put(" {");
                self.indent += 1;
                for member in &structure.members {
                    self.line();
                    self.member(member);
                    self.put(",");
                }
                self.indent -= 1;
                self.line();
                self.put("}");
            }
            ItemKind::Function(function) => {
                self.put("fn ");
                self.name(function.name);
                self.put("(");
                for (index, parameter) in function.parameters.iter().enumerate() {
                    if index > 0 {
                        self.put(", ");
                    }
                    self.member(parameter);
                }
                self.put(") ");
                if let Some(ty) = function.return_type {
                    self.put("-> ");
                    self.attributes(&function.return_attributes);
                    self.expr(ty);
                    self.put(" ");
                }
                self.block(&function.body);
            }
        }
        self.put("\n");
    }

    fn import(&mut self, import: &ImportTree) {
        self.names(&import.path, "::");
        match &import.end {
            ImportEnd::Name(None) => {}
            ImportEnd::Name(Some(alias)) => {
                self.put(" as ");
                self.name(*alias);
            }
            ImportEnd::Braces(trees) => {
                self.put(if import.path.is_empty() { "{" } else { "::{" });
                for (index, tree) in trees.iter().enumerate() {
                    if index > 0 {
                        self.put(", ");
                    }
                    self.import(tree);
                }
                self.put("}");
            }
        }
    }

    fn control(&mut self, control: &DiagnosticControl) {
        self.put("(");
        self.name(control.severity);
        self.put(", ");
        self.names(&control.rule, ".");
        self.put(")");
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            self.put("@");
            self.name(attribute.name);
            match &attribute.arguments {
                None => {}
                Some(Arguments::Exprs(arguments)) => self.list("(", arguments, ")"),
                Some(Arguments::Diagnostic(control)) => self.control(control),
            }
            self.put(" ");
        }
    }

    fn list(&mut self, open: &str, exprs: &[ExprId], close: &str) {
        self.put(open);
        for (index, expr) in exprs.iter().enumerate() {
            if index > 0 {
                self.put(", ");
            }
            self.expr(*expr);
        }
        self.put(close);
    }

    fn member(&mut self, member: &Member) {
        self.attributes(&member.attributes);
        self.name(member.name);
        self.put(": ");
        self.expr(member.ty);
    }

    fn variable(&mut self, variable: &Variable) {
        self.put(variable.kind.word());
        if !variable.template.is_empty() {
            self.list("<", &variable.template, ">");
        }
        self.put(" ");
        self.name(variable.name);
        if let Some(ty) = variable.ty {
            self.put(": ");
            self.expr(ty);
        }
        if let Some(init) = variable.init {
            self.put(" = ");
            self.expr(init);
        }
    }

    fn block(&mut self, block: &Block) {
        self.attributes(&block.attributes);
        self.put("{");
        self.indent += 1;
        for stmt in &block.stmts {
            if !matches!(self.tree[*stmt].kind, StmtKind::Error) {
                self.line();
                self.stmt(*stmt);
            }
        }
        self.indent -= 1;
        self.line();
        self.put("}");
    }

    fn stmt(&mut self, id: StmtId) {
        let stmt = &self.tree.stmts[id.0 as usize];
        self.attributes(&stmt.attributes);
        self.bare(id);
        let has_block = matches!(
            stmt.kind,
            StmtKind::Block(_)
                | StmtKind::If { .. }
                | StmtKind::Switch { .. }
                | StmtKind::Loop(_)
                | StmtKind::Continuing(_)
                | StmtKind::While { .. }
                | StmtKind::For { .. }
        );
        if !has_block {
            self.put(";");
        }
    }

    /// A statement without attributes and `;`.
    fn bare(&mut self, id: StmtId) {
        let tree = self.tree;
        match &tree[id].kind {
            StmtKind::Error | StmtKind::Empty => {}
            StmtKind::Block(block) => self.block(block),
            StmtKind::Variable(variable) => self.variable(variable),
            StmtKind::Assign { target, operator, value } => {
                match target {
                    Some(target) => self.expr(*target),
                    None => self.put("_"),
                }
                let _ = write!(self.out, " {}= ", operator.map_or("", BinaryOp::text));
                self.expr(*value);
            }
            StmtKind::Increment(target) => {
                self.expr(*target);
                self.put("++");
            }
            StmtKind::Decrement(target) => {
                self.expr(*target);
                self.put("--");
            }
            StmtKind::Call(call) => self.expr(*call),
            StmtKind::If { branches, otherwise } => {
                for (index, (condition, body)) in branches.iter().enumerate() {
                    self.put(if index == 0 { "if " } else { " else if " });
                    self.expr(*condition);
                    self.put(" ");
                    self.block(body);
                }
                if let Some(otherwise) = otherwise {
                    self.put(" else ");
                    self.block(otherwise);
                }
            }
            StmtKind::Switch { selector, body_attributes, clauses } => {
                self.put("switch ");
                self.expr(*selector);
                self.put(" ");
                self.attributes(body_attributes);
                self.put("{");
                self.indent += 1;
                for clause in clauses {
                    self.line();
                    if !clause.is_default {
                        self.put("case ");
                    }
                    for (index, selector) in clause.selectors.iter().enumerate() {
                        if index > 0 {
                            self.put(", ");
                        }
                        match selector {
                            Selector::Default(_) => self.put("default"),
                            Selector::Expr(expr) => self.expr(*expr),
                        }
                    }
                    self.put(": ");
                    self.block(&clause.body);
                }
                self.indent -= 1;
                self.line();
                self.put("}");
            }
            StmtKind::Loop(body) => {
                self.put("loop ");
                self.block(body);
            }
            StmtKind::Continuing(body) => {
                self.put("continuing ");
                self.block(body);
            }
            StmtKind::While { condition, body } => {
                self.put("while ");
                self.expr(*condition);
                self.put(" ");
                self.block(body);
            }
            StmtKind::For { init, condition, update, body } => {
                self.put("for (");
                if let Some(init) = init {
                    self.bare(*init);
                }
                self.put("; ");
                if let Some(condition) = condition {
                    self.expr(*condition);
                }
                self.put("; ");
                if let Some(update) = update {
                    self.bare(*update);
                }
                self.put(") ");
                self.block(body);
            }
            StmtKind::Break => self.put("break"),
            StmtKind::BreakIf(condition) => {
                self.put("break if ");
                self.expr(*condition);
            }
            StmtKind::Continue => self.put("continue"),
            StmtKind::Return(value) => {
                self.put("return");
                if let Some(value) = value {
                    self.put(" ");
                    self.expr(*value);
                }
            }
            StmtKind::Discard => self.put("discard"),
            StmtKind::ConstAssert(condition) => {
                self.put("const_assert ");
                self.expr(*condition);
            }
        }
    }

    /// Without recursion: expressions nest deeper than stacks like it.
    fn expr(&mut self, id: ExprId) {
        enum Part<'t> {
            Expr(ExprId),
            Text(&'t str),
        }
        let tree = self.tree;
        let mut todo = vec![Part::Expr(id)];
        let list = |todo: &mut Vec<Part<'_>>, exprs: &[ExprId]| {
            for (index, expr) in exprs.iter().enumerate().rev() {
                todo.push(Part::Expr(*expr));
                if index > 0 {
                    todo.push(Part::Text(", "));
                }
            }
        };
        while let Some(part) = todo.pop() {
            let id = match part {
                Part::Text(text) => {
                    self.put(text);
                    continue;
                }
                Part::Expr(id) => id,
            };
            match &tree[id].kind {
                ExprKind::Error => {}
                ExprKind::Bool(_) | ExprKind::Int | ExprKind::Float => self.put(tree[id].span.of(&tree.text)),
                ExprKind::Name { name, template } => {
                    self.name(*name);
                    if let Some(template) = template {
                        todo.push(Part::Text(">"));
                        list(&mut todo, template);
                        todo.push(Part::Text("<"));
                    }
                }
                ExprKind::Call { callee, arguments } => {
                    todo.push(Part::Text(")"));
                    list(&mut todo, arguments);
                    todo.push(Part::Text("("));
                    todo.push(Part::Expr(*callee));
                }
                ExprKind::Paren(inner) => todo.extend([Part::Text(")"), Part::Expr(*inner), Part::Text("(")]),
                ExprKind::Unary { op, operand } => todo.extend([Part::Expr(*operand), Part::Text(op.text())]),
                ExprKind::Binary { op, left, right, .. } => {
                    todo.extend([Part::Expr(*right), Part::Text(" "), Part::Text(op.text()), Part::Text(" "), Part::Expr(*left)])
                }
                ExprKind::Index { base, index } => {
                    todo.extend([Part::Text("]"), Part::Expr(*index), Part::Text("["), Part::Expr(*base)]);
                }
                ExprKind::Member { base, member } => {
                    todo.extend([Part::Text(tree.name(*member)), Part::Text("."), Part::Expr(*base)]);
                }
            }
        }
    }
}
