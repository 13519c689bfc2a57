//! Declarations at module scope: WGSL sections 4, 5, 6.2.10, 7, 10, 11 and 14.

use std::collections::HashMap;

use pngine_source::diag::Code;

use super::{Checker, Info, Meaning, Operand, Signature, Stage, What};
use crate::functions::Row;
use crate::limits::MAX_ELEMENTS;
use crate::predeclared::Enumerant;
use crate::report::{finding, place};
use crate::tokens::Span;
use crate::tree::*;
use crate::types::{Access, Scalar, Size, Space, StructId, Type, TypeId, Types};

/// Alignment and size, in bytes. Section 14.4.1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub align: u64,
    pub size: u64,
}

/// The next multiple of an alignment, section 14.4.1; of what is too large for any memory, the largest number.
fn round_up(size: u64, align: u64) -> u64 {
    size.checked_next_multiple_of(align.max(1)).unwrap_or(u64::MAX)
}

/// What a function asks of the stage that it runs in, and what it uses.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    /// A call that only fragment shaders may have.
    pub fragment: Option<Span>,
    /// A call that only compute shaders may have.
    pub compute: Option<Span>,
    /// Variables of the module, with those of the functions that it calls.
    pub variables: Vec<u32>,
    /// Functions that it calls, and where.
    pub calls: Vec<(u32, Span)>,
}

impl Reach {
    pub(super) fn note(&mut self, row: &Row, span: Span) {
        if row.fragment {
            self.fragment.get_or_insert(span);
        }
        if row.compute {
            self.compute.get_or_insert(span);
        }
    }
}

/// Extensions that have to be enabled, section 4.1.1.
const ENABLE: &[&str] =
    &["f16", "clip_distances", "dual_source_blending", "subgroups", "primitive_index", "subgroup_size_control"];

/// Features of the language, section 4.1.2; `swizzle_assignment` is the name that browsers have for section 8.5.1.3.
const LANGUAGE: &[&str] = &[
    "swizzle_assignment",
    "readonly_and_readwrite_storage_textures",
    "packed_4x8_integer_dot_product",
    "unrestricted_pointer_parameters",
    "pointer_composite_access",
    "uniform_buffer_standard_layout",
    "subgroup_id",
    "subgroup_uniformity",
    "texture_and_sampler_let",
    "texture_formats_tier1",
    "linear_indexing",
    "immediate_address_space",
    "fragment_depth",
    "buffer_view",
];

impl<'t> Checker<'t> {
    pub(super) fn module(&mut self) {
        self.directives();
        let names = self.names;
        for index in &names.order {
            let item = &self.tree.items[*index as usize];
            self.reach = Reach::default();
            let meaning = if names.cyclic.contains(index) { Meaning::Error } else { self.item(*index, item) };
            self.meanings[*index as usize] = meaning;
            if let ItemKind::Function(function) = &item.kind
                && !names.cyclic.contains(index)
            {
                self.reach = Reach::default();
                self.body(*index, item, function);
                self.entry_point(*index, item, function);
                self.stages[*index as usize] = std::mem::take(&mut self.reach);
            }
        }
        self.override_ids();
    }

    fn directives(&mut self) {
        let tree = self.tree;
        let mut declaration: Option<Span> = None;
        let mut filters: HashMap<Vec<&str>, (&str, Span)> = HashMap::new();
        for item in &tree.items {
            let is_directive = matches!(item.kind, ItemKind::Enable(_) | ItemKind::Requires(_) | ItemKind::Diagnostic(_));
            if !is_directive {
                if !matches!(item.kind, ItemKind::Import(_)) {
                    declaration.get_or_insert(item.span);
                }
                continue;
            }
            if let Some(declaration) = declaration {
                let diagnostic = finding(Code::WgslInvalid, item.span, "directives stand in front of all declarations");
                self.report.add(diagnostic.also(place(declaration), "the first declaration"));
            }
            match &item.kind {
                ItemKind::Enable(names) => {
                    for name in names {
                        let word = tree.name(*name);
                        if ENABLE.contains(&word) {
                            self.enabled.push(word);
                        } else {
                            self.unknown_extension(*name, ENABLE);
                        }
                    }
                }
                ItemKind::Requires(names) => {
                    for name in names.iter().filter(|name| !LANGUAGE.contains(&tree.name(**name))) {
                        self.unknown_extension(*name, LANGUAGE);
                    }
                }
                ItemKind::Diagnostic(control) => {
                    self.control(control);
                    let rule: Vec<&str> = control.rule.iter().map(|word| tree.name(*word)).collect();
                    let severity = tree.name(control.severity);
                    if let Some((known, span)) = filters.insert(rule, (severity, item.span))
                        && known != severity
                    {
                        let diagnostic = finding(Code::WgslInvalid, item.span, "two filters give one rule different severities");
                        self.report.add(diagnostic.also(place(span), "the other one"));
                    }
                }
                _ => {}
            }
        }
    }

    #[cold]
    fn unknown_extension(&mut self, name: Ident, known: &[&str]) {
        let word = self.tree.name(name);
        let diagnostic = finding(Code::WgslInvalid, name.span, format!("there is no extension `{word}`"));
        let known_names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        self.report.add(match pngine_source::diag::nearest(word, known.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(place(name.span), near),
            None => diagnostic.help(format!("there are {}", pngine_source::diag::listed(&known_names))),
        });
    }

    /// A filter of a directive or an attribute, section 2.3. A rule that is not known is not wrong: it may be of another tool.
    pub(super) fn control(&mut self, control: &DiagnosticControl) {
        let severity = self.tree.name(control.severity);
        if !["error", "warning", "info", "off"].contains(&severity) {
            let message = format!("`{severity}` is not a severity");
            self.report.add(
                finding(Code::WgslInvalid, control.severity.span, message).help("there are `error`, `warning`, `info` and `off`"),
            );
        }
    }

    fn item(&mut self, index: u32, item: &'t Item) -> Meaning {
        match &item.kind {
            ItemKind::ConstAssert(condition) => {
                self.no_attributes(item, "a `const_assert`");
                self.const_assert(*condition);
                Meaning::Error
            }
            ItemKind::Variable(variable) => self.module_variable(index, item, variable).map_or(Meaning::Error, Meaning::Value),
            ItemKind::Alias { ty, .. } => {
                self.no_attributes(item, "an `alias`");
                match self.type_of(*ty) {
                    Types::ERROR => Meaning::Error,
                    ty => Meaning::Type(ty),
                }
            }
            ItemKind::Struct(structure) => {
                self.no_attributes(item, "a struct");
                self.structure(structure)
            }
            ItemKind::Function(function) => self.signature(item, function),
            ItemKind::Enable(_) | ItemKind::Requires(_) | ItemKind::Diagnostic(_) => {
                self.no_attributes(item, "a directive");
                Meaning::Error
            }
            ItemKind::Error | ItemKind::Empty | ItemKind::Import(_) => Meaning::Error,
        }
    }

    fn no_attributes(&mut self, item: &Item, what: &str) {
        if let Some(attribute) = item.attributes.first() {
            let message = format!("`@{}` does not belong to {what}", self.tree.name(attribute.name));
            self.invalid(attribute.span, message);
        }
    }

    /// Section 10.1.
    pub(super) fn const_assert(&mut self, condition: ExprId) {
        let operand = self.operand(condition);
        if operand.ty == Types::ERROR {
            return;
        }
        if operand.ty != Types::BOOL {
            let message =
                format!("`const_assert` wants a `bool`, and `{}` is a `{}`", self.shown(condition), self.show(operand.ty));
            self.invalid(self.span(condition), message);
        } else if operand.stage != Stage::Const {
            let message = format!("`{}` is not a constant, and `const_assert` wants one", self.shown(condition));
            self.error(Code::NotConstant, self.span(condition), message);
        } else if operand.value.and_then(|value| value.truth()) == Some(false) {
            let message = format!("`{}` is false", self.shown(condition));
            self.invalid(self.span(condition), message);
        }
    }

    /// The type and the value of `const`, `let`, `override` and `var` with an initializer, sections 7.2 and 7.3.
    pub(super) fn initializer(&mut self, variable: &Variable) -> Option<(TypeId, Operand)> {
        let declared = variable.ty.map(|ty| self.type_of(ty));
        let init = variable.init.map(|init| (init, self.operand(init)));
        let Some((init, mut operand)) = init else {
            return declared.map(|ty| (ty, Operand { ty, stage: Stage::Const, value: None }));
        };
        if declared == Some(Types::ERROR) || operand.ty == Types::ERROR {
            return None;
        }
        let ty = match declared {
            Some(ty) => ty,
            None if variable.kind == VariableKind::Const => operand.ty,
            None => self.types.concrete(operand.ty),
        };
        if self.types.rank(operand.ty, ty).is_none() {
            let name = self.tree.name(variable.name);
            let message = format!("`{name}` is a `{}`, and its value is a `{}`", self.show(ty), self.show(operand.ty));
            let mut diagnostic = finding(Code::WgslInvalid, self.span(init), message);
            if let Some(declared) = variable.ty {
                diagnostic = diagnostic.also(place(self.span(declared)), "the type is written here");
            }
            self.report.add(diagnostic);
            return Some((ty, Operand { ty, stage: operand.stage, value: None }));
        }
        operand.value = self.converted(init, &operand, ty);
        operand.ty = ty;
        Some((ty, operand))
    }

    fn not_const(&mut self, init: ExprId, what: &str) {
        let message = format!("`{}` is not a constant, and {what} wants one", self.shown(init));
        self.error(Code::NotConstant, self.span(init), message);
    }

    fn module_variable(&mut self, _index: u32, item: &'t Item, variable: &'t Variable) -> Option<Info> {
        match variable.kind {
            VariableKind::Var => self.module_var(item, variable),
            VariableKind::Const => {
                self.no_attributes(item, "a `const`");
                let (ty, operand) = self.initializer(variable)?;
                self.constant(variable, ty, &operand)
            }
            VariableKind::Override => {
                for attribute in &item.attributes {
                    match self.tree.name(attribute.name) {
                        "id" => {
                            if let Some(id) = self.attribute_number(attribute)
                                && !(0..=65_535).contains(&id)
                            {
                                self.invalid(attribute.span, format!("`@id` is {id}, but it is between 0 and 65535"));
                            }
                        }
                        name => {
                            let message = format!("`@{name}` does not belong to an `override`");
                            self.invalid(attribute.span, message);
                        }
                    }
                }
                if variable.ty.is_none() && variable.init.is_none() {
                    self.invalid(variable.name.span, "an `override` needs a type or a value");
                    return None;
                }
                let (ty, operand) = self.initializer(variable)?;
                if !matches!(self.types.get(ty), Type::Scalar(_)) {
                    let message =
                        format!("an `override` is a scalar, and `{}` is a `{}`", self.tree.name(variable.name), self.show(ty));
                    self.invalid(variable.name.span, message);
                    return None;
                }
                if operand.stage == Stage::Runtime
                    && let Some(init) = variable.init
                {
                    self.not_const(init, "an `override`");
                }
                Some(Info { what: What::Value, ty, stage: Stage::Override, value: None })
            }
            VariableKind::Let => None,
        }
    }

    /// What a `const` stands for, at module scope or in a function.
    pub(super) fn constant(&mut self, variable: &Variable, ty: TypeId, operand: &Operand) -> Option<Info> {
        if operand.stage != Stage::Const
            && let Some(init) = variable.init
        {
            self.not_const(init, "a `const`");
            return None;
        }
        if !self.types.is_constructible(ty) {
            self.invalid(variable.name.span, format!("a `const` cannot be a `{}`", self.show(ty)));
            return None;
        }
        Some(Info { what: What::Value, ty, stage: Stage::Const, value: operand.value.clone() })
    }

    /// The address space and access mode of a `var`. `None`: it is reported.
    pub(super) fn space(&mut self, variable: &Variable) -> Option<(Option<Space>, Option<Access>)> {
        for expr in &variable.template {
            self.eval(*expr);
        }
        let word = |checker: &Self, index: usize| variable.template.get(index).map(|id| (*id, checker.infos[id.0 as usize].what));
        let space = match word(self, 0) {
            None => None,
            Some((_, What::Enumerant(Enumerant::Space(space)))) => Some(space),
            Some((id, what)) => {
                if what != What::Error {
                    self.invalid(self.span(id), format!("`{}` is not an address space", self.shown(id)));
                }
                return None;
            }
        };
        let access = match word(self, 1) {
            None => None,
            Some((_, What::Enumerant(Enumerant::Access(access)))) => Some(access),
            Some((id, what)) => {
                if what != What::Error {
                    self.invalid(self.span(id), format!("`{}` is not an access mode", self.shown(id)));
                }
                return None;
            }
        };
        if variable.template.len() > 2 {
            self.invalid(self.span(variable.template[2]), "a `var` takes an address space and an access mode, and nothing else");
            return None;
        }
        if access.is_some() && space != Some(Space::Storage) {
            self.invalid(self.span(variable.template[1]), "only `storage` takes an access mode");
            return None;
        }
        if access == Some(Access::Write) {
            self.invalid(self.span(variable.template[1]), "memory of `storage` cannot be written only");
            return None;
        }
        Some((space, access))
    }

    /// Section 7.3.
    fn module_var(&mut self, item: &'t Item, variable: &'t Variable) -> Option<Info> {
        let name = self.tree.name(variable.name);
        let (space, access) = self.space(variable)?;
        let (ty, operand) = match self.initializer(variable) {
            Some(found) => found,
            None => {
                if variable.ty.is_none() && variable.init.is_none() {
                    self.invalid(variable.name.span, format!("`{name}` needs a type"));
                }
                return None;
            }
        };
        let is_handle = matches!(self.types.get(ty), Type::Texture(_) | Type::Sampler(_));
        let space = match space {
            Some(space) => space,
            None if is_handle || ty == Types::ERROR => Space::Handle,
            None => {
                let help = "textures and samplers have none; other variables outside of functions are `private`, `workgroup`, `uniform` or `storage`";
                self.report
                    .add(finding(Code::WgslInvalid, variable.name.span, format!("`{name}` needs an address space")).help(help));
                return None;
            }
        };
        let bound = matches!(space, Space::Uniform | Space::Storage | Space::Handle);
        self.resource_attributes(item, variable, bound);
        if ty == Types::ERROR {
            return None;
        }
        let at = variable.ty.map_or(variable.name.span, |ty| self.tree[ty].span);
        let shown = self.show(ty);
        if is_handle && space != Space::Handle {
            self.invalid(at, format!("a `{shown}` has no address space"));
            return None;
        }
        let is_host = self.types.is_host_shareable(ty);
        let has_atomic = self.types.has_atomic(ty);
        let problem = match space {
            Space::Function => Some("`function` is for variables in functions".to_string()),
            Space::Private if !self.types.is_constructible(ty) => Some(format!("a `private` variable cannot be a `{shown}`")),
            Space::Workgroup if !self.types.is_plain(ty) || !self.types.is_fixed(ty) => {
                Some(format!("a `workgroup` variable cannot be a `{shown}`"))
            }
            Space::Uniform | Space::Immediate if !is_host || !self.types.is_constructible(ty) => {
                Some(format!("a `{}` variable cannot be a `{shown}`", space.text()))
            }
            Space::Immediate if self.types.has_array(ty) => Some("an `immediate` variable cannot hold arrays".to_string()),
            Space::Immediate if self.types.has_f16(ty) => Some("an `immediate` variable cannot hold `f16`".to_string()),
            Space::Storage if !is_host => Some(format!("a `storage` variable cannot be a `{shown}`")),
            Space::Storage if has_atomic && access != Some(Access::ReadWrite) => {
                Some("atomics need `var<storage, read_write>`".to_string())
            }
            Space::Handle if !is_handle => Some(format!("`{name}` needs an address space")),
            _ => None,
        };
        if let Some(problem) = problem {
            self.invalid(at, problem);
            return None;
        }
        let longest = self.types.longest(ty);
        if space != Space::Storage && u64::from(longest) > MAX_ELEMENTS {
            let message = format!("an array outside of `storage` has {longest} elements, but at most {MAX_ELEMENTS} are allowed");
            self.error(Code::ShaderLimit, at, message);
        }
        if let Some(init) = variable.init {
            if space != Space::Private {
                self.invalid(
                    self.span(init),
                    format!("only `private` variables have a value to begin with, and `{name}` is `{}`", space.text()),
                );
            } else if operand.stage == Stage::Runtime {
                self.not_const(init, "a variable of the module");
            }
        }
        if space == Space::Handle {
            return Some(Info { what: What::Value, ty, stage: Stage::Runtime, value: None });
        }
        let access = access.unwrap_or(match space {
            Space::Storage | Space::Uniform | Space::Immediate | Space::Handle => Access::Read,
            Space::Function | Space::Private | Space::Workgroup => Access::ReadWrite,
        });
        let ty = self.types.add(Type::Reference(space, ty, access));
        Some(Info { what: What::Value, ty, stage: Stage::Runtime, value: None })
    }

    /// `@group` and `@binding`: all resources have both, and nothing else has them. Section 13.3.2.
    fn resource_attributes(&mut self, item: &'t Item, variable: &Variable, is_resource: bool) {
        let (mut group, mut binding) = (false, false);
        for attribute in &item.attributes {
            let name = self.tree.name(attribute.name);
            match name {
                "group" | "binding" => {
                    let seen = if name == "group" { &mut group } else { &mut binding };
                    let is_twice = std::mem::replace(seen, true);
                    if is_twice {
                        self.invalid(attribute.span, format!("`@{name}` stands twice"));
                    }
                    if !is_resource {
                        let message = format!("`@{name}` belongs to resources, and `{}` is none", self.tree.name(variable.name));
                        self.invalid(attribute.span, message);
                    }
                    if let Some(number) = self.attribute_number(attribute)
                        && number < 0
                    {
                        self.invalid(attribute.span, format!("`@{name}` is {number}, but it cannot be negative"));
                    }
                }
                _ => self.invalid(attribute.span, format!("`@{name}` does not belong to a variable")),
            }
        }
        if is_resource && !(group && binding) {
            let missing = if group {
                "`@binding`"
            } else if binding {
                "`@group`"
            } else {
                "`@group` and `@binding`"
            };
            self.invalid(variable.name.span, format!("`{}` needs {missing}", self.tree.name(variable.name)));
        }
    }

    /// The constant integer that an attribute takes. `None`: it is reported.
    pub(super) fn attribute_number(&mut self, attribute: &Attribute) -> Option<i64> {
        let name = self.tree.name(attribute.name);
        let exprs = match &attribute.arguments {
            Some(Arguments::Exprs(exprs)) => exprs.as_slice(),
            _ => &[],
        };
        let [expr] = exprs else {
            self.error(
                Code::WgslSyntax,
                attribute.span,
                format!("`@{name}` takes 1 argument, but {}", pngine_source::diag::given(exprs.len())),
            );
            return None;
        };
        let operand = self.operand(*expr);
        if operand.ty == Types::ERROR {
            return None;
        }
        if !matches!(self.types.get(operand.ty), Type::Scalar(Scalar::AbstractInt | Scalar::I32 | Scalar::U32)) {
            let message = format!("`@{name}` wants an integer, and `{}` is a `{}`", self.shown(*expr), self.show(operand.ty));
            self.invalid(self.span(*expr), message);
            return None;
        }
        if operand.stage != Stage::Const {
            self.not_const(*expr, &format!("`@{name}`"));
            return None;
        }
        let value = operand.value.and_then(|value| value.integer())?;
        // What is abstract becomes an `i32`.
        if i32::try_from(value).is_err() && (self.types.is_abstract(operand.ty) || u32::try_from(value).is_err()) {
            self.invalid(self.span(*expr), format!("`@{name}` is {value}, which `i32` cannot hold"));
            return None;
        }
        Some(value)
    }

    fn override_ids(&mut self) {
        let tree = self.tree;
        let mut known: HashMap<i64, Span> = HashMap::new();
        for item in &tree.items {
            let ItemKind::Variable(Variable { kind: VariableKind::Override, .. }) = &item.kind else { continue };
            for attribute in item.attributes.iter().filter(|attribute| tree.name(attribute.name) == "id") {
                let Some(Arguments::Exprs(exprs)) = &attribute.arguments else { continue };
                let [expr] = exprs.as_slice() else { continue };
                let Some(id) = self.infos[expr.0 as usize].value.as_ref().and_then(crate::value::Value::integer) else {
                    continue;
                };
                if let Some(first) = known.insert(id, attribute.span) {
                    let diagnostic = finding(Code::WgslInvalid, attribute.span, format!("two overrides have the `@id` {id}"));
                    self.report.add(diagnostic.also(place(first), "the other one"));
                }
            }
        }
    }

    /// Section 6.2.10.
    fn structure(&mut self, structure: &'t Struct) -> Meaning {
        let name = self.tree.name(structure.name);
        if structure.members.is_empty() {
            self.invalid(structure.name.span, format!("`{name}` needs a member"));
            return Meaning::Error;
        }
        let mut members = Vec::new();
        let mut layout = Layout { align: 1, size: 0 };
        let mut is_wrong = false;
        for (index, member) in structure.members.iter().enumerate() {
            let ty = self.type_of(member.ty);
            members.push((self.tree.name(member.name).to_string(), ty));
            self.member_attributes(member, ty);
            if ty == Types::ERROR {
                is_wrong = true;
                continue;
            }
            let is_last = index + 1 == structure.members.len();
            let has_override = self.types.has_override(ty);
            let is_open_array = matches!(self.types.get(ty), Type::Array(_, Size::Runtime));
            if !self.types.is_plain(ty) || has_override || !(self.types.is_fixed(ty) || is_open_array && is_last) {
                let message = if is_open_array {
                    format!("`{}` has no size, so that it has to be the last member", self.tree.name(member.name))
                } else {
                    format!("a struct cannot hold a `{}`", self.show(ty))
                };
                self.invalid(self.span(member.ty), message);
                is_wrong = true;
                continue;
            }
            let own = self.member_layout(member, ty);
            layout.align = layout.align.max(own.align);
            layout.size = round_up(layout.size, own.align).saturating_add(own.size);
        }
        if is_wrong {
            // The members are known all the same, so that uses of them are looked at.
            return match members.iter().all(|(_, ty)| *ty == Types::ERROR || self.types.is_plain(*ty)) {
                true => Meaning::Type(self.types.add_struct(name, members)),
                false => Meaning::Error,
            };
        }
        let ty = self.types.add_struct(name, members);
        if self.types.is_too_deep(ty) {
            self.invalid(structure.name.span, "types nest too deep");
            return Meaning::Error;
        }
        if let Type::Struct(id) = self.types.get(ty) {
            layout.size = round_up(layout.size, layout.align);
            self.layouts.insert(id, layout);
            self.members.insert(id, &structure.members);
        }
        Meaning::Type(ty)
    }

    /// The members that a struct was declared with.
    pub(super) fn declared_members(&self, id: StructId) -> &'t [Member] {
        self.members.get(&id).copied().unwrap_or(&[])
    }

    /// Alignment and size, section 14.4.1; of what has no size, one element.
    pub(super) fn layout(&self, ty: TypeId) -> Layout {
        let of_scalar = |scalar: Scalar| if scalar == Scalar::F16 { 2 } else { 4 };
        let of_vector = |width: u64, size: u64| Layout { align: if width == 3 { 4 } else { width } * size, size: width * size };
        match self.types.get(ty) {
            Type::Vector(width, scalar) => of_vector(u64::from(width), of_scalar(scalar)),
            Type::Matrix(columns, rows, scalar) => {
                let column = of_vector(u64::from(rows), of_scalar(scalar));
                Layout { align: column.align, size: round_up(column.size, column.align) * u64::from(columns) }
            }
            Type::Scalar(scalar) | Type::Atomic(scalar) => Layout { align: of_scalar(scalar), size: of_scalar(scalar) },
            Type::Array(element, size) => {
                let element = self.layout(element);
                let count = match size {
                    Size::Fixed(count) => u64::from(count),
                    _ => 1,
                };
                Layout { align: element.align, size: round_up(element.size, element.align).saturating_mul(count) }
            }
            Type::Struct(id) => self.layouts.get(&id).copied().unwrap_or(Layout { align: 4, size: 4 }),
            _ => Layout { align: 4, size: 4 },
        }
    }

    /// `@align` and `@size`, sections 12.1 and 12.13.
    fn member_layout(&mut self, member: &Member, ty: TypeId) -> Layout {
        let natural = self.layout(ty);
        let mut layout = natural;
        for attribute in &member.attributes {
            let name = self.tree.name(attribute.name);
            if !matches!(name, "align" | "size") {
                continue;
            }
            let Some(number) = self.attribute_number(attribute) else { continue };
            let wanted = u64::try_from(number).unwrap_or(0);
            if name == "align" {
                if !wanted.is_power_of_two() {
                    self.invalid(attribute.span, format!("`@align` is {number}, which is not a power of two"));
                } else if wanted < natural.align {
                    let message = format!("`@align` is {number}, but `{}` needs {}", self.show(ty), natural.align);
                    self.invalid(attribute.span, message);
                } else {
                    layout.align = wanted;
                }
            } else if !self.types.is_creation_fixed(ty) {
                self.invalid(attribute.span, format!("`{}` has no size that `@size` could change", self.show(ty)));
            } else if wanted < natural.size {
                self.invalid(attribute.span, format!("`@size` is {number}, but `{}` has {} bytes", self.show(ty), natural.size));
            } else {
                layout.size = wanted;
            }
        }
        layout
    }

    /// Section 11.1.
    fn signature(&mut self, item: &'t Item, function: &'t Function) -> Meaning {
        let mut parameters = Vec::new();
        let is_entry =
            item.attributes.iter().any(|attribute| matches!(self.tree.name(attribute.name), "vertex" | "fragment" | "compute"));
        for parameter in &function.parameters {
            let ty = self.type_of(parameter.ty);
            let at = self.span(parameter.ty);
            let is_right = match self.types.get(ty) {
                Type::Pointer(space, _, _) => {
                    if space == Space::Handle || is_entry {
                        false
                    } else {
                        ty != Types::ERROR
                    }
                }
                Type::Texture(_) | Type::Sampler(_) => !is_entry,
                _ => self.types.is_constructible(ty),
            };
            if !is_right {
                let what = if is_entry { "a parameter of an entry point" } else { "a parameter" };
                self.invalid(at, format!("{what} cannot be a `{}`", self.show(ty)));
            }
            parameters.push(if is_right { ty } else { Types::ERROR });
        }
        let result = match function.return_type {
            None => Types::NOTHING,
            Some(ty) => {
                let found = self.type_of(ty);
                if !self.types.is_constructible(found) {
                    self.invalid(self.span(ty), format!("a function cannot return a `{}`", self.show(found)));
                    Types::ERROR
                } else {
                    found
                }
            }
        };
        let must_use = item.attributes.iter().any(|attribute| self.tree.name(attribute.name) == "must_use");
        if must_use && result == Types::NOTHING {
            self.invalid(function.name.span, format!("`{}` has `@must_use`, and returns nothing", self.tree.name(function.name)));
        }
        Meaning::Function(Signature { parameters, result, must_use })
    }
}
