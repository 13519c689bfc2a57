//! Rules of browsers that naga does not enforce, found on its module: what a stage may use, what types may hold.

use crate::limits::{MAX_ELEMENTS, MAX_PARAMETERS, MAX_ROOTS};
use std::collections::BTreeSet;
use std::ops::Range;

use naga::valid::ModuleInfo;
use naga::{AddressSpace, Handle, StorageAccess, Type, TypeInner};

use pngine_format::word::StorageTextureAccess;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;

use super::reflect::{EntryPoint, Module, Resource, Stage};

/// What the rules look at.
pub(super) struct Shader<'a> {
    /// naga's module.
    pub module: &'a naga::Module,
    /// What naga found out about it.
    pub info: &'a ModuleInfo,
    /// What a scene knows about it.
    pub reflected: &'a Module,
}

/// Applies the rules. `place` gives the author's place of bytes of the text that naga read; `name` that of a variable of the module.
pub(super) fn examine(
    shader: &Shader<'_>,
    place: &dyn Fn(Range<usize>) -> Span,
    name: &dyn Fn(&str) -> Option<Span>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let types = Types::of(shader.module);
    aliases(shader.module, place, diagnostics);
    variables(shader, &types, name, diagnostics);
    for (index, entry) in shader.module.entry_points.iter().enumerate() {
        let Some(reflected) = shader.reflected.entry_point(&entry.name) else { continue };
        stage(shader, index, reflected, name, diagnostics);
    }
    for (handle, function) in shader.module.functions.iter() {
        body(shader.module, function, &shader.info[handle], &types, place, diagnostics);
        if function.arguments.len() > MAX_PARAMETERS
            && let Some(span) = function.name.as_deref().and_then(name)
        {
            let message = format!("a function of {} parameters, and {MAX_PARAMETERS} are allowed", function.arguments.len());
            diagnostics.push(Diagnostic::new(Code::WgslInvalid, span, message).help("pass a struct"));
        }
    }
    for (index, entry) in shader.module.entry_points.iter().enumerate() {
        body(shader.module, &entry.function, shader.info.get_entry_point(index), &types, place, diagnostics);
    }
}

/// What a function does through its pointers and to the variables of the module.
#[derive(Clone, Default)]
struct Access {
    reads: BTreeSet<Root>,
    writes: BTreeSet<Root>,
}

/// What a pointer points into.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Root {
    Parameter(u32),
    Local(usize),
    Global(usize),
}

/// The variable or parameter behind a pointer.
fn root(function: &naga::Function, mut pointer: Handle<naga::Expression>) -> Option<Root> {
    loop {
        match &function.expressions[pointer] {
            naga::Expression::Access { base, .. } | naga::Expression::AccessIndex { base, .. } => pointer = *base,
            naga::Expression::FunctionArgument(index) => return Some(Root::Parameter(*index)),
            naga::Expression::LocalVariable(variable) => return Some(Root::Local(variable.index())),
            naga::Expression::GlobalVariable(variable) => return Some(Root::Global(variable.index())),
            _ => return None,
        }
    }
}

/// Pointers that lead to the same variable although one of them is written through. Source: WGSL section 7.9, "Alias analysis".
fn aliases(module: &naga::Module, place: &dyn Fn(Range<usize>) -> Span, diagnostics: &mut Vec<Diagnostic>) {
    let mut known: Vec<Access> = Vec::with_capacity(module.functions.len());
    for function in
        module.functions.iter().map(|(_, function)| function).chain(module.entry_points.iter().map(|entry| &entry.function))
    {
        let mut access = Access::default();
        for (_, expression) in function.expressions.iter() {
            if let naga::Expression::Load { pointer } = expression {
                access.reads.extend(root(function, *pointer));
            }
        }
        let mut open = vec![&function.body];
        while let Some(block) = open.pop() {
            for (statement, span) in block.span_iter() {
                match statement {
                    naga::Statement::Block(block) => open.push(block),
                    naga::Statement::If { accept, reject, .. } => open.extend([accept, reject]),
                    naga::Statement::Switch { cases, .. } => open.extend(cases.iter().map(|case| &case.body)),
                    naga::Statement::Loop { body, continuing, .. } => open.extend([body, continuing]),
                    naga::Statement::Store { pointer, .. } => access.writes.extend(root(function, *pointer)),
                    naga::Statement::Call { function: callee, arguments, .. } => {
                        let Some(inside) = known.get(callee.index()) else { continue };
                        let parameters = &module.functions[*callee].arguments;
                        if aliased(module, function, inside, parameters, arguments)
                            && let Some(range) = span.to_range()
                        {
                            diagnostics.push(
                                Diagnostic::new(Code::WgslInvalid, place(range), "two pointers lead to the same variable")
                                    .label("and the function writes through one of them")
                                    .help("pass indices or values, or use a copy of the variable"),
                            );
                        }
                        let mapped = |roots: &BTreeSet<Root>| -> Vec<Root> {
                            let outside = |inner: &Root| match inner {
                                Root::Parameter(index) => {
                                    arguments.get(*index as usize).and_then(|pointer| root(function, *pointer))
                                }
                                Root::Global(_) => Some(*inner),
                                Root::Local(_) => None,
                            };
                            roots.iter().filter_map(outside).collect()
                        };
                        access.reads.extend(mapped(&inside.reads));
                        access.writes.extend(mapped(&inside.writes));
                    }
                    _ => {}
                }
            }
        }
        if access.reads.len() + access.writes.len() > MAX_ROOTS {
            access = Access::default();
        }
        known.push(access);
    }
}

/// Whether a call passes pointers to one variable, or to a variable that the function also uses itself, and one way of the two writes.
fn aliased(
    module: &naga::Module,
    caller: &naga::Function,
    inside: &Access,
    parameters: &[naga::FunctionArgument],
    arguments: &[Handle<naga::Expression>],
) -> bool {
    let mut seen: Vec<(Root, Root)> = Vec::new();
    for (index, (parameter, argument)) in (0u32..).zip(parameters.iter().zip(arguments)) {
        if !matches!(module.types[parameter.ty].inner, TypeInner::Pointer { .. } | TypeInner::ValuePointer { .. }) {
            continue;
        }
        let Some(outside) = root(caller, *argument) else { continue };
        seen.push((outside, Root::Parameter(index)));
        if let Root::Global(_) = outside {
            seen.push((outside, outside));
        }
    }
    seen.sort_unstable();
    seen.dedup();
    seen.chunk_by(|a, b| a.0 == b.0).any(|ways| {
        let writes = ways.iter().filter(|(_, way)| inside.writes.contains(way)).count();
        let uses = ways.iter().filter(|(_, way)| inside.writes.contains(way) || inside.reads.contains(way)).count();
        writes > 0 && uses > 1
    })
}

/// What types hold, by handle.
struct Types {
    has_atomic: Vec<bool>,
    has_large_array: Vec<bool>,
}

impl Types {
    fn of(module: &naga::Module) -> Self {
        let mut types = Self { has_atomic: Vec::new(), has_large_array: Vec::new() };
        // A type comes after those that it is made of.
        for (_, ty) in module.types.iter() {
            let (atomic, large) = match &ty.inner {
                TypeInner::Atomic(_) => (true, false),
                TypeInner::Array { base, size, .. } => {
                    let is_large = matches!(size, naga::ArraySize::Constant(count) if count.get() > MAX_ELEMENTS);
                    (types.atomic(*base), is_large || types.large(*base))
                }
                TypeInner::Struct { members, .. } => {
                    let any = |has: &dyn Fn(Handle<Type>) -> bool| members.iter().any(|member| has(member.ty));
                    (any(&|ty| types.atomic(ty)), any(&|ty| types.large(ty)))
                }
                _ => (false, false),
            };
            types.has_atomic.push(atomic);
            types.has_large_array.push(large);
        }
        types
    }

    fn atomic(&self, ty: Handle<Type>) -> bool {
        self.has_atomic.get(ty.index()).copied().unwrap_or(false)
    }

    fn large(&self, ty: Handle<Type>) -> bool {
        self.has_large_array.get(ty.index()).copied().unwrap_or(false)
    }
}

/// Variables of the module.
fn variables(shader: &Shader<'_>, types: &Types, name: &dyn Fn(&str) -> Option<Span>, diagnostics: &mut Vec<Diagnostic>) {
    for (_, variable) in shader.module.global_variables.iter() {
        let Some((text, span)) = variable.name.as_deref().and_then(|text| Some((text, name(text)?))) else { continue };
        match variable.space {
            AddressSpace::Storage { access } if !access.contains(StorageAccess::STORE) && types.atomic(variable.ty) => {
                diagnostics.push(
                    Diagnostic::new(Code::WgslInvalid, span, format!("`{text}` holds an `atomic`, but can only be read"))
                        .label("declared without `read_write`")
                        .help("write `var<storage, read_write>`"),
                );
            }
            AddressSpace::Private | AddressSpace::WorkGroup | AddressSpace::Uniform if types.large(variable.ty) => {
                diagnostics.push(large_array(span));
            }
            _ => {}
        }
    }
}

fn large_array(span: Span) -> Diagnostic {
    Diagnostic::new(Code::WgslInvalid, span, format!("an array of more than {MAX_ELEMENTS} elements"))
        .label("too large for this variable")
        .help("only `var<storage>` may hold more")
}

/// What the stage of an entry point forbids.
fn stage(
    shader: &Shader<'_>,
    index: usize,
    entry: &EntryPoint,
    name: &dyn Fn(&str) -> Option<Span>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let stage = entry.stage.as_str();
    let used = || entry.bindings.iter().filter_map(|binding| shader.reflected.bindings.get(*binding));
    if entry.stage == Stage::Vertex {
        for binding in used() {
            let help = match &binding.resource {
                Resource::Storage { is_writable: true, .. } => {
                    "write `var<storage, read>`; what writes it in another stage needs a shader module of its own"
                }
                Resource::StorageTexture {
                    access: StorageTextureAccess::WriteOnly | StorageTextureAccess::ReadWrite, ..
                } => "write it in a compute or fragment shader",
                _ => continue,
            };
            let message = format!("a vertex shader uses `{}`, which can be written", binding.name);
            diagnostics.push(
                Diagnostic::new(Code::StageForbids, binding.span, message)
                    .label("can be written")
                    .also(entry.span, "the vertex shader that uses it")
                    .help(help),
            );
        }
    }
    if entry.stage != Stage::Compute {
        let info = shader.info.get_entry_point(index);
        for (handle, variable) in shader.module.global_variables.iter() {
            if variable.space != AddressSpace::WorkGroup || info[handle].is_empty() {
                continue;
            }
            let Some((text, span)) = variable.name.as_deref().and_then(|text| Some((text, name(text)?))) else { continue };
            diagnostics.push(
                Diagnostic::new(Code::StageForbids, span, format!("a {stage} shader uses `{text}` of a workgroup"))
                    .label("exists in compute shaders only")
                    .also(entry.span, format!("the {stage} shader that uses it"))
                    .help("write `var<private>` for a variable of one invocation"),
            );
        }
        return;
    }
    for varying in entry.inputs.iter().chain(&entry.outputs) {
        diagnostics.push(
            Diagnostic::new(Code::StageForbids, varying.span, "a compute shader has no `@location`")
                .label("not allowed in a compute shader")
                .also(entry.span, "the compute shader")
                .help("read and write buffers or textures"),
        );
    }
}

/// What expressions of a function may not be.
fn body(
    module: &naga::Module,
    function: &naga::Function,
    info: &naga::valid::FunctionInfo,
    types: &Types,
    place: &dyn Fn(Range<usize>) -> Span,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (handle, variable) in function.local_variables.iter() {
        if types.large(variable.ty)
            && let Some(range) = function.local_variables.get_span(handle).to_range()
        {
            diagnostics.push(large_array(place(range)));
        }
    }
    for (handle, expression) in function.expressions.iter() {
        let Some(range) = function.expressions.get_span(handle).to_range() else { continue };
        let inner = |handle: Handle<naga::Expression>| info[handle].ty.inner_with(&module.types);
        let diagnostic = match expression {
            naga::Expression::Unary { op: naga::UnaryOperator::Negate, expr }
                if matches!(inner(*expr), TypeInner::Matrix { .. }) =>
            {
                Diagnostic::new(Code::WgslInvalid, place(range), "a matrix cannot be negated").help("multiply it by -1")
            }
            naga::Expression::Math { fun: naga::MathFunction::Sign, arg, .. }
                if inner(*arg).scalar_kind() == Some(naga::ScalarKind::Uint) =>
            {
                Diagnostic::new(Code::WgslInvalid, place(range), "`sign` takes no unsigned numbers")
                    .help("write `min(x, 1u)`: they are never negative")
            }
            naga::Expression::ImageSample { offset: Some(offset), .. } => {
                let Some(wrong) = far_offset(module, function, *offset) else { continue };
                let range = function.expressions.get_span(*offset).to_range().unwrap_or(range);
                Diagnostic::new(Code::WgslConstant, place(range), format!("an offset of {wrong} texels"))
                    .label("too far")
                    .help("offsets are -8 to 7; add to the coordinates for more")
            }
            _ => continue,
        };
        diagnostics.push(diagnostic);
    }
}

/// The first component of a constant offset that WGSL does not allow.
fn far_offset(module: &naga::Module, function: &naga::Function, offset: Handle<naga::Expression>) -> Option<i32> {
    let far = |value: i32| (!(-8..=7).contains(&value)).then_some(value);
    let number = |arena: &naga::Arena<naga::Expression>, handle: Handle<naga::Expression>| match &arena[handle] {
        naga::Expression::Literal(naga::Literal::I32(value)) => far(*value),
        _ => None,
    };
    let parts = |arena: &naga::Arena<naga::Expression>, handle: Handle<naga::Expression>| match &arena[handle] {
        naga::Expression::Compose { components, .. } => components.iter().find_map(|part| number(arena, *part)),
        naga::Expression::Splat { value, .. } => number(arena, *value),
        _ => number(arena, handle),
    };
    match &function.expressions[offset] {
        naga::Expression::Constant(constant) => parts(&module.global_expressions, module.constants[*constant].init),
        _ => parts(&function.expressions, offset),
    }
}
