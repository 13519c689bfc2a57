//! Expressions: WGSL section 8.

use std::collections::HashMap;

use pngine_source::diag::{Code, given};

use super::{Checker, Info, Meaning, Operand, Stage, What};
use crate::functions::{choose, table};
use crate::limits::{MAX_CONSTANT_SCALARS, MAX_ELEMENTS};
use crate::names::Target;
use crate::predeclared::{Enumerant, Generator, Predeclared};
use crate::report::{finding, place};
use crate::tokens::Span;
use crate::tree::*;
use crate::types::{Access, Scalar, Size, Space, Texture, Type, TypeId, Types};
use crate::value::{Value, convert, float_literal, int_literal};

/// The components that the letters of a swizzle name; `None` if it is none.
fn swizzle(word: &str) -> Option<Vec<u8>> {
    if word.is_empty() || word.len() > 4 {
        return None;
    }
    ["xyzw", "rgba"].iter().find_map(|letters| word.chars().map(|c| letters.find(c).map(|at| at as u8)).collect())
}

impl<'t> Checker<'t> {
    /// Looks at an expression and all its parts, which stand in front of it: each is looked at once, without recursion.
    pub(super) fn eval(&mut self, root: ExprId) {
        let first = self.tree.first(root);
        // The right side of `&&` and `||` is not computed where the left side decides: section 8.6.
        let mut decided: HashMap<u32, (bool, ExprId)> = HashMap::new();
        for id in first.0..=root.0 {
            if let ExprKind::Binary { op, left, right, .. } = self.tree[ExprId(id)].kind {
                match op {
                    BinaryOp::LogicalAnd => decided.insert(left.0, (false, right)),
                    BinaryOp::LogicalOr => decided.insert(left.0, (true, right)),
                    _ => None,
                };
            }
        }
        let outer = self.muted.take();
        for id in first.0..=root.0 {
            let info = self.node(ExprId(id));
            let truth = info.value.as_ref().and_then(Value::truth);
            self.infos[id as usize] = info;
            if self.muted == Some(ExprId(id)) {
                self.muted = None;
            }
            if let Some((decides, right)) = decided.get(&id)
                && truth == Some(*decides)
                && self.muted.is_none()
            {
                self.muted = Some(*right);
            }
        }
        self.muted = outer;
    }

    /// Looks at an expression that has to be a value, and loads it.
    pub(super) fn operand(&mut self, root: ExprId) -> Operand {
        self.eval(root);
        self.loaded(root)
    }

    /// The value of an expression that was looked at: the load rule, section 6.4.3.
    pub(super) fn loaded(&mut self, id: ExprId) -> Operand {
        const WRONG: Operand = Operand { ty: Types::ERROR, stage: Stage::Const, value: None };
        let Info { what, ty, stage, value } = self.infos[id.0 as usize].clone();
        if what != What::Value {
            self.not_a_value(id);
            return WRONG;
        }
        match self.types.get(ty) {
            Type::Reference(_, store, access) => {
                if !access.reads() {
                    self.invalid(self.span(id), format!("`{}` can only be written", self.shown(id)));
                    return WRONG;
                }
                match self.types.get(store) {
                    Type::Atomic(_) => {
                        let message = format!("`{}` is atomic, and is read with `atomicLoad`", self.shown(id));
                        self.invalid(self.span(id), message);
                        return WRONG;
                    }
                    _ if !self.types.is_constructible(store) => {
                        let message =
                            format!("`{}` is a `{}`, which cannot be read as a whole", self.shown(id), self.show(store));
                        self.invalid(self.span(id), message);
                        return WRONG;
                    }
                    _ => {}
                }
                Operand { ty: store, stage, value: None }
            }
            Type::Nothing => {
                self.invalid(self.span(id), format!("`{}` returns nothing", self.shown(id)));
                WRONG
            }
            _ => Operand { ty, stage, value },
        }
    }

    #[cold]
    pub(super) fn not_a_value(&mut self, id: ExprId) {
        let shown = self.shown(id);
        let message = match self.infos[id.0 as usize].what {
            What::Error | What::Value => return,
            What::Type | What::Generator(_) => format!("`{shown}` is a type, not a value"),
            What::Function(_) | What::Builtin => format!("`{shown}` is a function, and is not called here"),
            What::Enumerant(_) => format!("`{shown}` is a word for template lists, not a value"),
        };
        self.invalid(self.span(id), message);
    }

    /// Looks at an expression that has to be a type.
    pub(super) fn type_of(&mut self, root: ExprId) -> TypeId {
        self.eval(root);
        self.as_type(root)
    }

    fn as_type(&mut self, id: ExprId) -> TypeId {
        match self.infos[id.0 as usize].what {
            What::Type => self.infos[id.0 as usize].ty,
            What::Error => Types::ERROR,
            What::Generator(_) => {
                let message = format!(
                    "`{}` needs a template list, such as `{}`",
                    self.shown(id),
                    match self.infos[id.0 as usize].what {
                        What::Generator(Generator::Array) => "array<f32, 4>",
                        What::Generator(Generator::Vector(_)) => "vec3<f32>",
                        What::Generator(Generator::Matrix(..)) => "mat4x4<f32>",
                        What::Generator(Generator::Pointer) => "ptr<function, f32>",
                        What::Generator(Generator::Atomic) => "atomic<u32>",
                        What::Generator(Generator::Storage(_)) => "texture_storage_2d<rgba8unorm, write>",
                        _ => "texture_2d<f32>",
                    }
                );
                self.invalid(self.span(id), message);
                Types::ERROR
            }
            _ => {
                self.invalid(self.span(id), format!("`{}` is not a type", self.shown(id)));
                Types::ERROR
            }
        }
    }

    /// A constant did not come out.
    #[cold]
    fn problem(&mut self, id: ExprId, problem: &str) {
        let (span, shown) = (self.span(id), self.shown(id));
        self.error(Code::WgslConstant, span, format!("`{shown}` {problem}"));
    }

    fn value_info(ty: TypeId, stage: Stage, value: Option<Value>) -> Info {
        Info { what: What::Value, ty, stage, value }
    }

    fn node(&mut self, id: ExprId) -> Info {
        let tree = self.tree;
        let expr = &tree[id];
        match &expr.kind {
            ExprKind::Error => Info::ERROR,
            ExprKind::Bool(truth) => Self::value_info(Types::BOOL, Stage::Const, Some(Value::Bool(*truth))),
            ExprKind::Int | ExprKind::Float => self.literal(id),
            ExprKind::Name { name, template } => self.name(id, *name, template.as_deref()),
            ExprKind::Call { callee, arguments } => self.call(id, *callee, arguments),
            ExprKind::Paren(inner) => self.infos[inner.0 as usize].clone(),
            ExprKind::Unary { op, operand } => self.unary(id, *op, *operand),
            ExprKind::Binary { op, at, left, right } => self.binary(id, *op, *at, *left, *right),
            ExprKind::Index { base, index } => self.index(*base, *index),
            ExprKind::Member { base, member } => self.member(id, *base, *member),
        }
    }

    fn literal(&mut self, id: ExprId) -> Info {
        let text = self.span(id).of(&self.tree.text);
        let value = match self.tree[id].kind {
            ExprKind::Int => int_literal(text),
            _ => float_literal(text),
        };
        match value {
            Ok(value) => {
                let scalar = value.scalar().unwrap_or(Scalar::AbstractInt);
                if scalar == Scalar::F16 && !self.has("f16") {
                    self.needs_f16(self.span(id));
                }
                Self::value_info(self.types.scalar(scalar), Stage::Const, Some(value))
            }
            Err(problem) => {
                self.problem(id, &problem);
                Info::ERROR
            }
        }
    }

    #[cold]
    fn needs_f16(&mut self, span: Span) {
        let message = format!("`{}` needs `enable f16;`", self.text(span));
        self.report.add(finding(Code::WgslInvalid, span, message).help("write `enable f16;` at the beginning of the shader"));
    }

    fn name(&mut self, id: ExprId, name: Ident, template: Option<&[ExprId]>) -> Info {
        let span = self.span(id);
        let info = match self.names.targets[id.0 as usize] {
            Target::None | Target::Unknown => return Info::ERROR,
            Target::Local(local) => {
                let at = self.names.locals[local as usize].name.span;
                if self.skipped.iter().any(|(from, to)| (*from..*to).contains(&at.start)) {
                    let message = format!("a `continue` can jump over `{}`, which this `continuing` uses", self.tree.name(name));
                    self.report.add(finding(Code::WgslInvalid, span, message).also(place(at), "declared here"));
                }
                self.locals[local as usize].clone()
            }
            Target::Item(item) => match &self.meanings[item as usize] {
                Meaning::Error => return Info::ERROR,
                Meaning::Value(info) => {
                    if matches!(self.tree.items[item as usize].kind, ItemKind::Variable(Variable { kind: VariableKind::Var, .. }))
                    {
                        self.reach.variables.push(item);
                    }
                    info.clone()
                }
                Meaning::Type(ty) => Info { what: What::Type, ty: *ty, stage: Stage::Const, value: None },
                Meaning::Function(_) => Info { what: What::Function(item), ..Info::ERROR },
            },
            Target::Predeclared(found) => match found {
                Predeclared::Type(ty) => {
                    let ty = self.types.add(ty);
                    if self.types.scalar_of(ty) == Some(Scalar::F16) && !self.has("f16") {
                        self.needs_f16(span);
                    }
                    Info { what: What::Type, ty, stage: Stage::Const, value: None }
                }
                Predeclared::Generator(generator) => match template {
                    Some(arguments) => {
                        let ty = self.generate(id, generator, arguments);
                        return match ty {
                            Some(ty) => Info { what: What::Type, ty, stage: Stage::Const, value: None },
                            None => Info::ERROR,
                        };
                    }
                    None => Info { what: What::Generator(generator), ..Info::ERROR },
                },
                Predeclared::Enumerant(word) => Info { what: What::Enumerant(word), ..Info::ERROR },
                Predeclared::Function => {
                    // Its template list is read where it is called.
                    if template.is_some() && self.tree.name(name) != "bitcast" {
                        self.invalid(span, format!("`{}` takes no template list", self.tree.name(name)));
                        return Info::ERROR;
                    }
                    Info { what: What::Builtin, ..Info::ERROR }
                }
            },
        };
        if template.is_some() && info.what != What::Builtin {
            self.invalid(span, format!("`{}` takes no template list", self.tree.name(name)));
            return Info::ERROR;
        }
        info
    }

    /// A type of a template list, section 6.9. `None`: it is reported.
    fn generate(&mut self, id: ExprId, generator: Generator, arguments: &[ExprId]) -> Option<TypeId> {
        let span = self.span(id);
        let (least, most) = match generator {
            Generator::Array => (1, 2),
            Generator::Pointer => (2, 3),
            Generator::Storage(_) => (2, 2),
            _ => (1, 1),
        };
        if arguments.len() < least || arguments.len() > most {
            let name = self.text(Span::new(span.start, self.span(arguments[0]).start));
            let name = name.trim_end_matches(['<', ' ']);
            let wanted = if least == most { least.to_string() } else { format!("{least} or {most}") };
            self.invalid(span, format!("`{name}` takes {wanted} template arguments, but {}", given(arguments.len())));
            return None;
        }
        let scalar = |checker: &mut Self, allowed: &[Scalar]| -> Option<Scalar> {
            let ty = checker.as_type(arguments[0]);
            if ty == Types::ERROR {
                return None;
            }
            match checker.types.get(ty) {
                Type::Scalar(scalar) if allowed.contains(&scalar) => Some(scalar),
                _ => {
                    let names: Vec<String> = allowed.iter().map(|scalar| format!("`{}`", scalar.text())).collect();
                    let wanted = names.join(", ");
                    let message = format!("`{}` cannot stand here: one of {wanted} is wanted", checker.shown(arguments[0]));
                    checker.invalid(checker.span(arguments[0]), message);
                    None
                }
            }
        };
        use Scalar::*;
        Some(match generator {
            Generator::Vector(width) => {
                let scalar = scalar(self, &[Bool, I32, U32, F32, F16])?;
                self.types.vector(width, scalar)
            }
            Generator::Matrix(columns, rows) => {
                let scalar = scalar(self, &[F32, F16])?;
                self.types.add(Type::Matrix(columns, rows, scalar))
            }
            Generator::Atomic => {
                let scalar = scalar(self, &[I32, U32])?;
                self.types.add(Type::Atomic(scalar))
            }
            Generator::Sampled(dimension) => {
                let scalar = scalar(self, &[I32, U32, F32])?;
                self.types.add(Type::Texture(Texture::Sampled(dimension, scalar)))
            }
            Generator::Multisampled => {
                let scalar = scalar(self, &[I32, U32, F32])?;
                self.types.add(Type::Texture(Texture::Multisampled(scalar)))
            }
            Generator::Storage(dimension) => {
                let What::Enumerant(Enumerant::Format(format)) = self.infos[arguments[0].0 as usize].what else {
                    self.wrong_word(arguments[0], "a format of storage textures, such as `rgba8unorm`");
                    return None;
                };
                let What::Enumerant(Enumerant::Access(access)) = self.infos[arguments[1].0 as usize].what else {
                    self.wrong_word(arguments[1], "an access mode: `read`, `write` or `read_write`");
                    return None;
                };
                self.types.add(Type::Texture(Texture::Storage(dimension, format, access)))
            }
            Generator::Array => {
                let element = self.as_type(arguments[0]);
                if element == Types::ERROR {
                    return None;
                }
                self.check_element(arguments[0], element)?;
                let size = match arguments.get(1) {
                    None => Size::Runtime,
                    Some(size) => self.array_size(*size)?,
                };
                let ty = self.types.add(Type::Array(element, size));
                if self.types.is_too_deep(ty) {
                    self.invalid(span, "types nest too deep");
                    return None;
                }
                ty
            }
            Generator::Pointer => {
                let What::Enumerant(Enumerant::Space(space)) = self.infos[arguments[0].0 as usize].what else {
                    self.wrong_word(arguments[0], "an address space, such as `function` or `storage`");
                    return None;
                };
                let store = self.as_type(arguments[1]);
                if store == Types::ERROR {
                    return None;
                }
                let is_handle = matches!(self.types.get(store), Type::Texture(_) | Type::Sampler(_));
                if !self.types.is_storable(store) || is_handle {
                    self.invalid(
                        self.span(arguments[1]),
                        format!("no memory holds `{}`, so that nothing points to it", self.show(store)),
                    );
                    return None;
                }
                let access = match arguments.get(2) {
                    None => None,
                    Some(word) => {
                        let What::Enumerant(Enumerant::Access(access)) = self.infos[word.0 as usize].what else {
                            self.wrong_word(*word, "an access mode: `read` or `read_write`");
                            return None;
                        };
                        if space != Space::Storage {
                            let message = format!("only `storage` takes an access mode, and this is `{}`", space.text());
                            self.invalid(self.span(*word), message);
                            return None;
                        }
                        if access == Access::Write {
                            self.invalid(self.span(*word), "memory of `storage` cannot be written only");
                            return None;
                        }
                        Some(access)
                    }
                };
                let access = access.unwrap_or(match space {
                    Space::Storage | Space::Uniform | Space::Handle | Space::Immediate => Access::Read,
                    Space::Function | Space::Private | Space::Workgroup => Access::ReadWrite,
                });
                self.types.add(Type::Pointer(space, store, access))
            }
        })
    }

    #[cold]
    fn wrong_word(&mut self, id: ExprId, wanted: &str) {
        if self.infos[id.0 as usize].what != What::Error || self.infos[id.0 as usize].ty != Types::ERROR {
            self.invalid(self.span(id), format!("`{}` is not {wanted}", self.shown(id)));
        }
    }

    /// Section 6.2.9: what an array may hold.
    fn check_element(&mut self, id: ExprId, element: TypeId) -> Option<()> {
        if !self.types.is_plain(element) || !self.types.is_fixed(element) {
            self.invalid(self.span(id), format!("an array cannot hold `{}`", self.show(element)));
            return None;
        }
        if self.types.has_override(element) {
            let message = format!("an array cannot hold `{}`, whose size an override decides", self.show(element));
            self.invalid(self.span(id), message);
            return None;
        }
        Some(())
    }

    fn array_size(&mut self, id: ExprId) -> Option<Size> {
        let size = self.loaded(id);
        if size.ty == Types::ERROR {
            return None;
        }
        let is_integer = matches!(self.types.get(size.ty), Type::Scalar(Scalar::AbstractInt | Scalar::I32 | Scalar::U32));
        if !is_integer {
            let message = format!("the size of an array is an integer, and `{}` is a `{}`", self.shown(id), self.show(size.ty));
            self.invalid(self.span(id), message);
            return None;
        }
        match size.stage {
            Stage::Const => {
                let count = size.value?.integer()?;
                if count < 1 {
                    self.invalid(self.span(id), format!("an array has at least 1 element, and `{}` is {count}", self.shown(id)));
                    return None;
                }
                match u32::try_from(count) {
                    Ok(count) if i64::from(count) <= i64::from(i32::MAX) => Some(Size::Fixed(count)),
                    _ => {
                        self.invalid(self.span(id), format!("an array cannot have {count} elements"));
                        None
                    }
                }
            }
            Stage::Override => Some(match self.names.targets[id.0 as usize] {
                Target::Item(item) => Size::Override(item),
                _ => Size::Expression(id.0),
            }),
            Stage::Runtime => {
                let message = format!("`{}` is not a constant, and the size of an array is one", self.shown(id));
                self.error(Code::NotConstant, self.span(id), message);
                None
            }
        }
    }

    /// The expression's value as another type, where that happens by itself: section 6.1.2. `None`: it is reported.
    pub(super) fn converted(&mut self, id: ExprId, operand: &Operand, to: TypeId) -> Option<Value> {
        let value = operand.value.as_ref()?;
        let Some(scalar) = self.types.scalar_of(to).filter(|_| operand.ty != to) else { return Some(value.clone()) };
        let converted = match (self.types.get(to), value) {
            // What `frexp` and `modf` return: each member has a type of its own.
            (Type::Struct(id), Value::Parts(parts)) => {
                let members = self.types.members(id).iter().map(|(_, ty)| self.types.scalar_of(*ty));
                let parts = parts.iter().zip(members).map(|(part, scalar)| match scalar {
                    Some(scalar) => convert(part, scalar),
                    None => Ok(part.clone()),
                });
                parts.collect::<Result<Vec<_>, _>>().map(Value::parts)
            }
            _ => convert(value, scalar),
        };
        match converted {
            Ok(value) => self.keep(value),
            Err(problem) => {
                if self.muted.is_none() {
                    self.problem(id, &problem);
                }
                None
            }
        }
    }

    fn unary(&mut self, id: ExprId, op: UnaryOp, operand: ExprId) -> Info {
        match op {
            UnaryOp::AddressOf => return self.address_of(id, operand),
            UnaryOp::Deref => return self.deref(id, operand),
            UnaryOp::Minus | UnaryOp::Not | UnaryOp::Complement => {}
        }
        let of = self.loaded(operand);
        if of.ty == Types::ERROR {
            return Info::ERROR;
        }
        let rows = table().get(&format!("unary{}", op.text())).unwrap_or(&[]);
        let is_const = of.stage == Stage::Const;
        let Some(chosen) = choose(&mut self.types, rows, &[], &[of.ty], is_const) else {
            let message = format!("`{}` does not apply to `{}`", op.text(), self.show(of.ty));
            self.report.add(
                finding(Code::WgslInvalid, self.tree[id].span, message).label(format!("this is a `{}`", self.types.show(of.ty))),
            );
            return Info::ERROR;
        };
        let value = self.converted(operand, &of, chosen.parameters[0]).filter(|_| self.muted.is_none());
        let value = match value.map(|value| super::builtin::unary(op, &value)) {
            Some(Ok(value)) => self.keep(value),
            Some(Err(problem)) => {
                self.problem(id, &problem);
                None
            }
            None => None,
        };
        Self::value_info(chosen.result, of.stage, value)
    }

    /// Section 8.13.
    fn address_of(&mut self, id: ExprId, operand: ExprId) -> Info {
        let info = self.infos[operand.0 as usize].clone();
        if info.what == What::Error {
            return Info::ERROR;
        }
        match self.types.get(info.ty) {
            Type::Reference(space, store, access) if info.what == What::Value => {
                if self.is_component(operand) {
                    self.invalid(self.span(id), "nothing points to a component of a vector");
                    return Info::ERROR;
                }
                let ty = self.types.add(Type::Pointer(space, store, access));
                Self::value_info(ty, Stage::Runtime, None)
            }
            _ if info.ty == Types::ERROR && info.what == What::Value => Info::ERROR,
            _ => {
                let message = format!("`&` needs a variable, and `{}` is none", self.shown(operand));
                self.invalid(self.span(id), message);
                Info::ERROR
            }
        }
    }

    /// Whether memory is a component of a vector.
    fn is_component(&self, id: ExprId) -> bool {
        let mut at = id;
        loop {
            match &self.tree[at].kind {
                ExprKind::Paren(inner) => at = *inner,
                ExprKind::Index { base, .. } | ExprKind::Member { base, .. } => {
                    let base = self.infos[base.0 as usize].ty;
                    let store = match self.types.get(base) {
                        Type::Reference(_, store, _) | Type::Pointer(_, store, _) => store,
                        _ => base,
                    };
                    return matches!(self.types.get(store), Type::Vector(..));
                }
                _ => return false,
            }
        }
    }

    /// Section 8.14.
    fn deref(&mut self, id: ExprId, operand: ExprId) -> Info {
        let of = self.loaded(operand);
        match self.types.get(of.ty) {
            Type::Error => Info::ERROR,
            Type::Pointer(space, store, access) => {
                let ty = self.types.add(Type::Reference(space, store, access));
                Self::value_info(ty, Stage::Runtime, None)
            }
            _ => {
                let message = format!("`*` needs a pointer, and `{}` is a `{}`", self.shown(operand), self.show(of.ty));
                self.invalid(self.span(id), message);
                Info::ERROR
            }
        }
    }

    fn binary(&mut self, id: ExprId, op: BinaryOp, at: Span, left: ExprId, right: ExprId) -> Info {
        let (one, other) = (self.loaded(left), self.loaded(right));
        self.operation(id, op, at, (left, &one), (right, &other))
    }

    /// An operator between two operands; also that of a compound assignment.
    pub(super) fn operation(
        &mut self,
        id: ExprId,
        op: BinaryOp,
        at: Span,
        left: (ExprId, &Operand),
        right: (ExprId, &Operand),
    ) -> Info {
        let (one, other) = (left.1, right.1);
        if one.ty == Types::ERROR || other.ty == Types::ERROR {
            return Info::ERROR;
        }
        let stage = one.stage.max(other.stage);
        let rows = table().get(op.text()).unwrap_or(&[]);
        let Some(chosen) = choose(&mut self.types, rows, &[], &[one.ty, other.ty], stage == Stage::Const) else {
            self.no_operator(op, at, left, right);
            return Info::ERROR;
        };
        let decides = match op {
            BinaryOp::LogicalAnd => Some(false),
            BinaryOp::LogicalOr => Some(true),
            _ => None,
        };
        if let Some(truth) = decides
            && one.value.as_ref().and_then(Value::truth) == Some(truth)
        {
            return Self::value_info(Types::BOOL, stage, one.value.clone().filter(|_| stage == Stage::Const));
        }
        let first = self.converted(left.0, one, chosen.parameters[0]);
        let second = self.converted(right.0, other, chosen.parameters[1]);
        if self.muted.is_some() {
            return Self::value_info(chosen.result, stage, None);
        }
        let value = match (first, second) {
            (Some(first), Some(second)) if stage == Stage::Const => {
                match super::builtin::operator(op, &self.types, &first, &second, chosen.parameters[0], chosen.parameters[1]) {
                    Ok(value) => self.keep(value),
                    Err(problem) => {
                        self.problem(id, &problem);
                        None
                    }
                }
            }
            // What is wrong whatever the left side is: sections 8.7 and 8.9.
            (_, Some(second)) if other.stage == Stage::Const => {
                if let Err(problem) = super::builtin::right_side(op, &self.types, &second, chosen.parameters[0]) {
                    self.problem(id, &problem);
                }
                None
            }
            _ => None,
        };
        Self::value_info(chosen.result, stage, value)
    }

    #[cold]
    fn no_operator(&mut self, op: BinaryOp, at: Span, left: (ExprId, &Operand), right: (ExprId, &Operand)) {
        let (one, other) = (self.show(left.1.ty), self.show(right.1.ty));
        let message = format!("`{}` does not apply to `{one}` and `{other}`", op.text());
        let (left, right) = (place(self.span(left.0)), place(self.span(right.0)));
        let mut diagnostic = finding(Code::WgslInvalid, at, message);
        diagnostic = diagnostic.also(left, format!("this is a `{one}`")).also(right, format!("this is a `{other}`"));
        let is_shift = matches!(op, BinaryOp::ShiftLeft | BinaryOp::ShiftRight);
        let help = if is_shift {
            "the number of bits is a `u32`, or a vector of them"
        } else {
            "numbers are converted by their type's name, as in `f32(x)`"
        };
        self.report.add(diagnostic.help(help));
    }

    /// Sections 8.5.1 to 8.5.3: `base[index]`.
    fn index(&mut self, base: ExprId, index: ExprId) -> Info {
        let by = self.loaded(index);
        let of = self.infos[base.0 as usize].clone();
        if of.what != What::Value {
            self.not_a_value(base);
            return Info::ERROR;
        }
        let (view, ty) = self.view(of.ty);
        if by.ty == Types::ERROR || ty == Types::ERROR {
            return Info::ERROR;
        }
        if !matches!(self.types.get(by.ty), Type::Scalar(Scalar::AbstractInt | Scalar::I32 | Scalar::U32)) {
            let message = format!("an index is an integer, and `{}` is a `{}`", self.shown(index), self.show(by.ty));
            self.invalid(self.span(index), message);
            return Info::ERROR;
        }
        let (element, count) = match self.types.get(ty) {
            Type::Vector(width, scalar) => (self.types.scalar(scalar), Some(u32::from(width))),
            Type::Matrix(columns, rows, scalar) => (self.types.vector(rows, scalar), Some(u32::from(columns))),
            Type::Array(element, Size::Fixed(count)) => (element, Some(count)),
            Type::Array(element, _) => (element, None),
            _ => {
                let message = format!("`{}` is a `{}`, which has no elements", self.shown(base), self.show(ty));
                self.invalid(self.span(base), message);
                return Info::ERROR;
            }
        };
        let position = by.value.as_ref().and_then(Value::integer);
        if let Some(position) = position.filter(|_| self.muted.is_none()) {
            let is_outside = position < 0 || count.is_some_and(|count| position >= i64::from(count));
            if is_outside {
                let message = match count {
                    Some(count) => format!("index {position} is outside of `{}`, which has {count} elements", self.shown(base)),
                    None => format!("index {position} is negative"),
                };
                self.error(Code::WgslConstant, self.span(index), message);
                let stage = if view.is_some() { Stage::Runtime } else { of.stage };
                return Self::value_info(element, stage, None);
            }
        }
        if let Some((space, access)) = view {
            let ty = self.types.add(Type::Reference(space, element, access));
            return Self::value_info(ty, Stage::Runtime, None);
        }
        let value = match (&of.value, position) {
            (Some(value), Some(position)) => usize::try_from(position).ok().and_then(|at| value.component(at)).cloned(),
            _ => None,
        };
        // An abstract value that is indexed at run time becomes concrete.
        let element = if by.stage == Stage::Const { element } else { self.types.concrete(element) };
        Self::value_info(element, of.stage.max(by.stage), value)
    }

    /// The memory behind a reference or a pointer, and the type that is looked into.
    fn view(&self, ty: TypeId) -> (Option<(Space, Access)>, TypeId) {
        match self.types.get(ty) {
            Type::Reference(space, store, access) => match self.types.get(store) {
                // A variable that holds a pointer does not exist; a `let` is no reference.
                Type::Pointer(space, store, access) => (Some((space, access)), store),
                _ => (Some((space, access)), store),
            },
            Type::Pointer(space, store, access) => (Some((space, access)), store),
            _ => (None, ty),
        }
    }

    /// Sections 8.5.1.1, 8.5.1.2 and 8.5.4: `base.member`.
    fn member(&mut self, id: ExprId, base: ExprId, member: Ident) -> Info {
        let of = self.infos[base.0 as usize].clone();
        if of.what != What::Value {
            self.not_a_value(base);
            return Info::ERROR;
        }
        let (view, ty) = self.view(of.ty);
        let word = self.tree.name(member);
        match self.types.get(ty) {
            Type::Error => Info::ERROR,
            Type::Struct(structure) => {
                let members = self.types.members(structure);
                let Some(index) = members.iter().position(|(name, _)| name == word) else {
                    let names: Vec<String> = members.iter().map(|(name, _)| name.clone()).collect();
                    let message = format!("`{}` has no member `{word}`", self.show(ty));
                    let diagnostic = finding(Code::WgslInvalid, member.span, message);
                    let near = pngine_source::diag::nearest(word, names.iter().map(String::as_str)).map(str::to_string);
                    self.report.add(match near {
                        Some(near) => diagnostic.did_you_mean(place(member.span), &near),
                        None => diagnostic.help(format!("it has {}", pngine_source::diag::listed(&names))),
                    });
                    return Info::ERROR;
                };
                let found = members[index].1;
                if let Some((space, access)) = view {
                    let ty = self.types.add(Type::Reference(space, found, access));
                    return Self::value_info(ty, Stage::Runtime, None);
                }
                let value = of.value.as_ref().and_then(|value| value.component(index)).cloned();
                Self::value_info(found, of.stage, value)
            }
            Type::Vector(width, scalar) => {
                let Some(components) = swizzle(word).filter(|components| components.iter().all(|index| *index < width)) else {
                    let letters = if width == 2 {
                        "`x` and `y`"
                    } else if width == 3 {
                        "`x`, `y` and `z`"
                    } else {
                        "`x`, `y`, `z` and `w`"
                    };
                    let message = format!("`{}` has no component `{word}`", self.show(ty));
                    self.report.add(finding(Code::WgslInvalid, member.span, message).help(format!("it has {letters}")));
                    return Info::ERROR;
                };
                if let ([_], Some((space, access))) = (&components[..], view) {
                    let scalar = self.types.scalar(scalar);
                    let ty = self.types.add(Type::Reference(space, scalar, access));
                    return Self::value_info(ty, Stage::Runtime, None);
                }
                if view.is_some_and(|(_, access)| !access.reads()) {
                    self.invalid(self.span(id), format!("`{}` can only be written", self.shown(base)));
                    return Info::ERROR;
                }
                let result = self.types.vector(components.len() as u8, scalar);
                let stage = if view.is_some() { Stage::Runtime } else { of.stage };
                let value = of.value.as_ref().filter(|_| view.is_none()).and_then(|value| {
                    let parts: Option<Vec<Value>> =
                        components.iter().map(|index| value.component(usize::from(*index)).cloned()).collect();
                    match parts?.as_slice() {
                        [one] => Some(one.clone()),
                        parts => Some(Value::parts(parts.to_vec())),
                    }
                });
                Self::value_info(result, stage, value)
            }
            _ => {
                let message = format!("`{}` is a `{}`, which has no members", self.shown(base), self.show(ty));
                self.invalid(member.span, message);
                Info::ERROR
            }
        }
    }

    fn call(&mut self, id: ExprId, callee: ExprId, arguments: &'t [ExprId]) -> Info {
        let info = self.infos[callee.0 as usize].clone();
        let operands: Vec<Operand> = match info.what {
            What::Error => {
                // What stands in the parentheses is still looked at for itself.
                return Info::ERROR;
            }
            _ => arguments.iter().map(|argument| self.loaded(*argument)).collect(),
        };
        let is_wrong = operands.iter().any(|operand| operand.ty == Types::ERROR);
        match info.what {
            What::Error => Info::ERROR,
            What::Value | What::Enumerant(_) => {
                self.invalid(self.span(callee), format!("`{}` is not a function", self.shown(callee)));
                Info::ERROR
            }
            What::Function(item) => self.call_function(id, item, arguments, &operands),
            What::Builtin => {
                let (name, template) = match &self.tree[callee].kind {
                    ExprKind::Name { name, template } => (self.tree.name(*name), template.as_deref().unwrap_or(&[])),
                    _ => ("", [].as_slice()),
                };
                let template: Vec<TypeId> = template.iter().map(|argument| self.as_type(*argument)).collect();
                if is_wrong || template.contains(&Types::ERROR) {
                    return Info::ERROR;
                }
                self.call_rows(id, callee, name, &template, arguments, &operands)
            }
            What::Generator(Generator::Array) if !is_wrong => self.infer_array(id, arguments, &operands),
            What::Generator(Generator::Vector(width)) if !is_wrong => {
                self.call_rows(id, callee, &format!("vec{width}"), &[], arguments, &operands)
            }
            What::Generator(Generator::Matrix(columns, rows)) if !is_wrong => {
                self.call_rows(id, callee, &format!("mat{columns}x{rows}"), &[], arguments, &operands)
            }
            What::Generator(_) => {
                if !is_wrong {
                    self.as_type(callee);
                }
                Info::ERROR
            }
            What::Type => self.construct(id, callee, info.ty, arguments, &operands, is_wrong),
        }
    }

    /// Section 17.1: a type as a function.
    fn construct(
        &mut self,
        id: ExprId,
        callee: ExprId,
        ty: TypeId,
        arguments: &[ExprId],
        operands: &[Operand],
        is_wrong: bool,
    ) -> Info {
        if ty == Types::ERROR {
            return Info::ERROR;
        }
        if !self.types.is_constructible(ty) {
            self.invalid(self.span(callee), format!("there are no values of `{}` to be made", self.show(ty)));
            return Info::ERROR;
        }
        let wrong = Self::value_info(ty, Stage::Runtime, None);
        let members: Vec<TypeId> = match self.types.get(ty) {
            _ if arguments.is_empty() => Vec::new(),
            Type::Scalar(scalar) => {
                return if is_wrong { wrong } else { self.call_rows(id, callee, scalar.text(), &[], arguments, operands) };
            }
            Type::Vector(width, scalar) => {
                let scalar = self.types.scalar(scalar);
                return if is_wrong {
                    wrong
                } else {
                    self.call_rows(id, callee, &format!("vec{width}"), &[scalar], arguments, operands)
                };
            }
            Type::Matrix(columns, rows, scalar) => {
                let scalar = self.types.scalar(scalar);
                let name = format!("mat{columns}x{rows}");
                return if is_wrong { wrong } else { self.call_rows(id, callee, &name, &[scalar], arguments, operands) };
            }
            Type::Array(element, Size::Fixed(count)) => {
                if count as usize != arguments.len() {
                    let message = format!("`{}` has {count} elements, but {}", self.show(ty), given(arguments.len()));
                    self.invalid(self.span(id), message);
                    return wrong;
                }
                vec![element; arguments.len()]
            }
            Type::Struct(structure) => {
                let members: Vec<TypeId> = self.types.members(structure).iter().map(|(_, ty)| *ty).collect();
                if members.len() != arguments.len() {
                    let message = format!("`{}` has {} members, but {}", self.show(ty), members.len(), given(arguments.len()));
                    self.invalid(self.span(id), message);
                    return wrong;
                }
                members
            }
            _ => return Info::ERROR,
        };
        if arguments.is_empty() {
            let value = self.zero(ty);
            return Self::value_info(ty, Stage::Const, value);
        }
        let mut values = Some(Vec::new());
        let mut stage = Stage::Const;
        for ((argument, operand), wanted) in arguments.iter().zip(operands).zip(members) {
            stage = stage.max(operand.stage);
            if self.types.rank(operand.ty, wanted).is_none() {
                let message = format!(
                    "`{}` is wanted here, and `{}` is a `{}`",
                    self.show(wanted),
                    self.shown(*argument),
                    self.show(operand.ty)
                );
                self.invalid(self.span(*argument), message);
                values = None;
                continue;
            }
            let value = self.converted(*argument, operand, wanted);
            match (value, &mut values) {
                (Some(value), Some(values)) => values.push(value),
                _ => values = None,
            }
        }
        let value = values.filter(|_| stage == Stage::Const && !is_wrong).and_then(|values| self.keep(Value::parts(values)));
        Self::value_info(ty, stage, value)
    }

    /// The zero value of a constructible type, section 17.1.1; `None` if it is too large to be kept.
    fn zero(&mut self, ty: TypeId) -> Option<Value> {
        if self.types.scalars(ty) > MAX_CONSTANT_SCALARS as u64 {
            return None;
        }
        let value = self.zero_of(ty);
        self.keep(value)
    }

    fn zero_of(&self, ty: TypeId) -> Value {
        let repeat = |part: Value, count: usize| Value::parts(vec![part; count]);
        match self.types.get(ty) {
            Type::Scalar(scalar) => Value::zero(scalar),
            Type::Vector(width, scalar) => repeat(Value::zero(scalar), usize::from(width)),
            Type::Matrix(columns, rows, scalar) => repeat(repeat(Value::zero(scalar), usize::from(rows)), usize::from(columns)),
            Type::Array(element, Size::Fixed(count)) => repeat(self.zero_of(element), count as usize),
            Type::Struct(id) => Value::parts(self.types.members(id).iter().map(|(_, ty)| self.zero_of(*ty)).collect()),
            _ => Value::Bool(false),
        }
    }

    /// `array(a, b, c)`: the element type is the one that all convert to.
    fn infer_array(&mut self, id: ExprId, arguments: &[ExprId], operands: &[Operand]) -> Info {
        let Some(first) = operands.first() else {
            self.invalid(self.span(id), "`array()` needs elements, or a template list");
            return Info::ERROR;
        };
        let mut element = first.ty;
        let mut stage = Stage::Const;
        for (argument, operand) in arguments.iter().zip(operands) {
            stage = stage.max(operand.stage);
            if self.types.rank(operand.ty, element).is_some() {
                continue;
            }
            if self.types.rank(element, operand.ty).is_none() {
                let message = format!(
                    "the elements before are `{}`, and `{}` is a `{}`",
                    self.show(element),
                    self.shown(*argument),
                    self.show(operand.ty)
                );
                self.invalid(self.span(*argument), message);
                return Info::ERROR;
            }
            element = operand.ty;
        }
        if stage != Stage::Const {
            element = self.types.concrete(element);
        }
        if !self.types.is_constructible(element) {
            self.invalid(self.span(id), format!("an array cannot be made of `{}`", self.show(element)));
            return Info::ERROR;
        }
        let mut values = Some(Vec::new());
        for (argument, operand) in arguments.iter().zip(operands) {
            match (self.converted(*argument, operand, element), &mut values) {
                (Some(value), Some(values)) => values.push(value),
                _ => values = None,
            }
        }
        let ty = self.types.add(Type::Array(element, Size::Fixed(arguments.len() as u32)));
        if arguments.len() as u64 > MAX_ELEMENTS {
            self.invalid(self.span(id), format!("{} elements, but at most {MAX_ELEMENTS} are allowed", arguments.len()));
        }
        let value = values.filter(|_| stage == Stage::Const).and_then(|values| self.keep(Value::parts(values)));
        Self::value_info(ty, stage, value)
    }

    /// An operator of the table, a constructor or a built-in function.
    fn call_rows(
        &mut self,
        id: ExprId,
        callee: ExprId,
        name: &str,
        template: &[TypeId],
        arguments: &[ExprId],
        operands: &[Operand],
    ) -> Info {
        let Some(rows) = table().get(name) else { return Info::ERROR };
        let stage = operands.iter().map(|operand| operand.stage).max().unwrap_or(Stage::Const);
        let types: Vec<TypeId> = operands.iter().map(|operand| operand.ty).collect();
        let Some(chosen) = choose(&mut self.types, rows, template, &types, stage == Stage::Const) else {
            self.no_overload(id, callee, name, arguments, operands);
            return Info::ERROR;
        };
        let row = chosen.row;
        self.reach.note(row, self.tree[id].span);
        if row.subgroups && !self.has("subgroups") {
            let message = format!("`{name}` needs `enable subgroups;`");
            self.report.add(
                finding(Code::WgslInvalid, self.span(callee), message)
                    .help("write `enable subgroups;` at the beginning of the shader"),
            );
        }
        for (argument, (operand, parameter)) in arguments.iter().zip(operands.iter().zip(&row.parameters)) {
            if parameter.is_const && operand.stage != Stage::Const {
                let message =
                    format!("`{}` of `{name}` has to be a constant, and `{}` is none", parameter.name, self.shown(*argument));
                self.error(Code::NotConstant, self.span(*argument), message);
            }
        }
        let mut values: Vec<Option<Value>> = Vec::with_capacity(arguments.len());
        for ((argument, operand), to) in arguments.iter().zip(operands).zip(&chosen.parameters) {
            // `bitcast<u32>(0xffffffff)`: the bits are what matters.
            let fits_word =
                name == "bitcast" && operand.value.as_ref().and_then(Value::integer).is_some_and(|n| u32::try_from(n).is_ok());
            let value = if fits_word && matches!(self.types.get(operand.ty), Type::Scalar(Scalar::AbstractInt)) {
                operand.value.as_ref().and_then(Value::integer).map(|number| Value::U32(number as u32))
            } else {
                self.converted(*argument, operand, *to)
            };
            values.push(value);
        }
        if self.muted.is_some() {
            return Self::value_info(chosen.result, if row.is_const { stage } else { Stage::Runtime }, None);
        }
        let checked = super::builtin::arguments(name, &self.types, &values, chosen.parameters.first().copied());
        let mut is_fine = true;
        if let Err(problem) = checked {
            self.problem(id, &problem);
            is_fine = false;
        }
        let stage = if row.is_const { stage } else { Stage::Runtime };
        let known: Option<Vec<Value>> = values.into_iter().collect();
        let value = match known {
            Some(known) if stage == Stage::Const && is_fine => {
                match super::builtin::call(name, &self.types, &known, &chosen.parameters, chosen.result) {
                    Ok(value) => value.and_then(|value| self.keep(value)),
                    Err(problem) => {
                        self.problem(id, &problem);
                        None
                    }
                }
            }
            _ => None,
        };
        Self::value_info(chosen.result, stage, value)
    }

    #[cold]
    fn no_overload(&mut self, id: ExprId, callee: ExprId, name: &str, arguments: &[ExprId], operands: &[Operand]) {
        let rows = table().get(name).unwrap_or(&[]);
        let shown = self.shown(callee);
        let mut counts: Vec<usize> = rows.iter().map(|row| row.parameters.len()).collect();
        counts.sort_unstable();
        counts.dedup();
        if !counts.contains(&arguments.len()) {
            let wanted: Vec<String> = counts.iter().map(usize::to_string).collect();
            let message = format!("`{shown}` takes {} arguments, but {}", wanted.join(" or "), given(arguments.len()));
            let message = message.replace("takes 1 arguments", "takes 1 argument");
            self.invalid(self.span(id), message);
            return;
        }
        let types: Vec<String> = operands.iter().map(|operand| self.show(operand.ty)).collect();
        let message = format!("`{shown}` does not take ({})", types.join(", "));
        let mut diagnostic = finding(Code::WgslInvalid, self.span(callee), message);
        for (argument, ty) in arguments.iter().zip(&types).take(4) {
            diagnostic = diagnostic.also(place(self.span(*argument)), format!("this is a `{ty}`"));
        }
        let candidates: Vec<String> = rows
            .iter()
            .filter(|row| row.parameters.len() == arguments.len())
            .take(6)
            .map(|row| format!("`{}`", row.text))
            .collect();
        self.report.add(diagnostic.help(format!("there is {}", candidates.join(", "))));
    }

    /// Section 11.2: a function of the module.
    fn call_function(&mut self, id: ExprId, item: u32, arguments: &[ExprId], operands: &[Operand]) -> Info {
        let Meaning::Function(signature) = &self.meanings[item as usize] else { return Info::ERROR };
        let signature = signature.clone();
        self.reach.calls.push((item, self.tree[id].span));
        let ItemKind::Function(function) = &self.tree.items[item as usize].kind else { return Info::ERROR };
        let name = self.tree.name(function.name);
        let attributes = &self.tree.items[item as usize].attributes;
        if attributes.iter().any(|attribute| matches!(self.tree.name(attribute.name), "vertex" | "fragment" | "compute")) {
            let diagnostic =
                finding(Code::WgslInvalid, self.span(id), format!("`{name}` is an entry point, which nothing calls"));
            self.report.add(diagnostic.also(place(function.name.span), "declared here"));
        }
        if signature.parameters.len() != arguments.len() {
            let message = format!("`{name}` takes {} arguments, but {}", signature.parameters.len(), given(arguments.len()));
            let message = message.replace("takes 1 arguments", "takes 1 argument");
            self.report.add(finding(Code::WgslInvalid, self.span(id), message).also(place(function.name.span), "declared here"));
            return Self::value_info(signature.result, Stage::Runtime, None);
        }
        for (index, (argument, operand)) in arguments.iter().zip(operands).enumerate() {
            let wanted = signature.parameters[index];
            if self.types.rank(operand.ty, wanted).is_none() {
                let parameter = &function.parameters[index];
                let message = format!(
                    "`{}` of `{name}` is a `{}`, and `{}` is a `{}`",
                    self.tree.name(parameter.name),
                    self.show(wanted),
                    self.shown(*argument),
                    self.show(operand.ty)
                );
                self.report
                    .add(finding(Code::WgslInvalid, self.span(*argument), message).also(place(parameter.span), "the parameter"));
            } else {
                self.converted(*argument, operand, wanted);
            }
        }
        Self::value_info(signature.result, Stage::Runtime, None)
    }
}
