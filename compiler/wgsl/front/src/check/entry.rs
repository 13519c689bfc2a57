//! Attributes of functions, and the interfaces of entry points: WGSL sections 12 and 13.

use std::collections::{HashMap, HashSet};

use pngine_source::diag::{Code, given};

use super::{Checker, Meaning, Stage};
use crate::limits::MAX_VISITS;
use crate::report::{finding, place};
use crate::tokens::Span;
use crate::tree::*;
use crate::types::{Access, Scalar, Space, Texture, Type, TypeId, Types};

/// A shader stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shader {
    Vertex,
    Fragment,
    Compute,
}

impl Shader {
    const fn text(self) -> &'static str {
        match self {
            Shader::Vertex => "vertex",
            Shader::Fragment => "fragment",
            Shader::Compute => "compute",
        }
    }
}

/// A built-in value, section 13.3.1.1: its name, where it may stand, its type, and the extension that it needs.
struct BuiltinValue {
    name: &'static str,
    places: &'static [(Shader, bool)],
    ty: Type,
    extension: &'static str,
}

const IN: bool = true;
const OUT: bool = false;

const fn builtin(name: &'static str, places: &'static [(Shader, bool)], ty: Type, extension: &'static str) -> BuiltinValue {
    BuiltinValue { name, places, ty, extension }
}

const WORD: Type = Type::Scalar(Scalar::U32);
const THREE: Type = Type::Vector(3, Scalar::U32);

/// All of them; the type of `clip_distances` is any array of up to 8 `f32`.
#[rustfmt::skip]
const BUILTINS: &[BuiltinValue] = &[
    builtin("vertex_index", &[(Shader::Vertex, IN)], WORD, ""),
    builtin("instance_index", &[(Shader::Vertex, IN)], WORD, ""),
    builtin("clip_distances", &[(Shader::Vertex, OUT)], Type::Nothing, "clip_distances"),
    builtin("position", &[(Shader::Vertex, OUT), (Shader::Fragment, IN)], Type::Vector(4, Scalar::F32), ""),
    builtin("front_facing", &[(Shader::Fragment, IN)], Type::Scalar(Scalar::Bool), ""),
    builtin("frag_depth", &[(Shader::Fragment, OUT)], Type::Scalar(Scalar::F32), ""),
    builtin("primitive_index", &[(Shader::Fragment, IN)], WORD, "primitive_index"),
    builtin("sample_index", &[(Shader::Fragment, IN)], WORD, ""),
    builtin("sample_mask", &[(Shader::Fragment, IN), (Shader::Fragment, OUT)], WORD, ""),
    builtin("local_invocation_id", &[(Shader::Compute, IN)], THREE, ""),
    builtin("local_invocation_index", &[(Shader::Compute, IN)], WORD, ""),
    builtin("global_invocation_id", &[(Shader::Compute, IN)], THREE, ""),
    builtin("global_invocation_index", &[(Shader::Compute, IN)], WORD, ""),
    builtin("workgroup_id", &[(Shader::Compute, IN)], THREE, ""),
    builtin("workgroup_index", &[(Shader::Compute, IN)], WORD, ""),
    builtin("num_workgroups", &[(Shader::Compute, IN)], THREE, ""),
    builtin("subgroup_invocation_id", &[(Shader::Compute, IN), (Shader::Fragment, IN)], WORD, "subgroups"),
    builtin("subgroup_size", &[(Shader::Compute, IN), (Shader::Fragment, IN)], WORD, "subgroups"),
    builtin("subgroup_id", &[(Shader::Compute, IN)], WORD, "subgroups"),
    builtin("num_subgroups", &[(Shader::Compute, IN)], WORD, "subgroups"),
];

/// Attributes of inputs and outputs.
const IO: &[&str] = &["builtin", "location", "interpolate", "invariant", "blend_src"];

/// What the attributes of an input or output say.
#[derive(Default)]
struct Io<'t> {
    builtin: Option<(&'t str, Span)>,
    location: Option<(i64, Span)>,
    interpolate: Option<(&'t str, Span)>,
    blend_src: Option<(i64, Span)>,
    invariant: Option<Span>,
}

/// An input or output of an entry point, with all members of a struct.
struct Slot<'t> {
    io: Io<'t>,
    ty: TypeId,
    at: Span,
}

/// What an entry point has already.
#[derive(Default)]
struct Interface {
    builtins: HashMap<(String, bool), Span>,
    locations: HashMap<(i64, i64, bool), Span>,
    has_position: bool,
    blends: HashSet<i64>,
}

impl<'t> Checker<'t> {
    /// The word in parentheses of `@builtin` and `@interpolate`.
    fn words(&mut self, attribute: &'t Attribute) -> Vec<(&'t str, Span)> {
        let tree = self.tree;
        let Some(Arguments::Exprs(exprs)) = &attribute.arguments else { return Vec::new() };
        exprs
            .iter()
            .map(|expr| match &tree[*expr].kind {
                ExprKind::Name { name, template: None } => (tree.name(*name), name.span),
                _ => ("", tree[*expr].span),
            })
            .collect()
    }

    fn twice(&mut self, attribute: &Attribute, seen: &mut Vec<&'t str>) {
        let name = self.tree.name(attribute.name);
        if seen.contains(&name) {
            self.invalid(attribute.span, format!("`@{name}` stands twice"));
        }
        seen.push(name);
    }

    /// Attributes of a member of a struct: those of layouts, which are looked at with the layout, and those of inputs and outputs.
    pub(super) fn member_attributes(&mut self, member: &'t Member, ty: TypeId) {
        let io = self.io(&member.attributes, &["align", "size"], "a member of a struct");
        if ty != Types::ERROR {
            self.check_io(&io, ty, member.name.span);
        }
    }

    /// Reads the attributes of an input or output; `also` may stand there too.
    fn io(&mut self, attributes: &'t [Attribute], also: &[&str], what: &str) -> Io<'t> {
        let mut io = Io::default();
        let mut seen = Vec::new();
        for attribute in attributes {
            let name = self.tree.name(attribute.name);
            self.twice(attribute, &mut seen);
            match name {
                "location" => {
                    if let Some(number) = self.attribute_number(attribute) {
                        if number < 0 {
                            self.invalid(attribute.span, format!("`@location` is {number}, but it cannot be negative"));
                        }
                        io.location = Some((number, attribute.span));
                    } else {
                        io.location = Some((-1, attribute.span));
                    }
                }
                "blend_src" => {
                    if !self.has("dual_source_blending") {
                        let message = "`@blend_src` needs `enable dual_source_blending;`";
                        self.invalid(attribute.span, message);
                    }
                    if let Some(number) = self.attribute_number(attribute) {
                        if !(0..=1).contains(&number) {
                            self.invalid(attribute.span, format!("`@blend_src` is {number}, but it is 0 or 1"));
                        }
                        io.blend_src = Some((number, attribute.span));
                    }
                }
                "builtin" => {
                    let words = self.words(attribute);
                    match words.first() {
                        // `frag_depth` has a mode behind it: section 13.3.1.1.2.
                        Some((word, span)) if words.len() == 1 || *word == "frag_depth" => {
                            if let Some((mode, at)) = words.get(1).filter(|(mode, _)| !["any", "less", "greater"].contains(mode))
                            {
                                self.invalid(*at, format!("`{mode}` is not a depth mode: there are `any`, `less` and `greater`"));
                            }
                            match BUILTINS.iter().find(|builtin| builtin.name == *word) {
                                Some(found) => {
                                    if !found.extension.is_empty() && !self.has(found.extension) {
                                        let message = format!("`@builtin({word})` needs `enable {};`", found.extension);
                                        self.invalid(attribute.span, message);
                                    }
                                    io.builtin = Some((word, attribute.span));
                                }
                                None => {
                                    let diagnostic =
                                        finding(Code::WgslInvalid, *span, format!("there is no built-in value `{word}`"));
                                    let near = pngine_source::diag::nearest(word, BUILTINS.iter().map(|builtin| builtin.name));
                                    self.report.add(match near {
                                        Some(near) => diagnostic.did_you_mean(place(*span), near),
                                        None => diagnostic,
                                    });
                                    io.builtin = Some(("", attribute.span));
                                }
                            }
                        }
                        _ => self.error(
                            Code::WgslSyntax,
                            attribute.span,
                            format!("`@builtin` takes 1 name, but {}", given(words.len())),
                        ),
                    }
                }
                "interpolate" => {
                    let words = self.words(attribute);
                    let kind = words.first().map_or("", |(word, _)| *word);
                    let sampling = words.get(1).map(|(word, _)| *word);
                    let is_right = matches!(
                        (kind, sampling),
                        ("flat", None | Some("first" | "either"))
                            | ("perspective" | "linear", None | Some("center" | "centroid" | "sample"))
                    );
                    if !is_right || words.len() > 2 || words.is_empty() {
                        let help = "there are `flat`, `linear` and `perspective`; the last two with `center`, `centroid` or `sample`, the first with `first` or `either`";
                        let message = format!("`{}` is not an interpolation", self.text(attribute.span));
                        self.report.add(finding(Code::WgslInvalid, attribute.span, message).help(help));
                    }
                    io.interpolate = Some((kind, attribute.span));
                }
                "invariant" => {
                    if attribute.arguments.is_some() {
                        self.error(Code::WgslSyntax, attribute.span, "`@invariant` takes no arguments");
                    }
                    io.invariant = Some(attribute.span);
                }
                _ if also.contains(&name) => {}
                _ => self.invalid(attribute.span, format!("`@{name}` does not belong to {what}")),
            }
        }
        io
    }

    /// What the attributes of one input or output say about its type and one another.
    fn check_io(&mut self, io: &Io, ty: TypeId, at: Span) {
        let shown = self.show(ty);
        if let (Some(_), Some((_, span))) = (io.builtin, io.location) {
            self.invalid(span, "a built-in value has no `@location`");
        }
        if let Some((name, span)) = io.builtin
            && let Some(builtin) = BUILTINS.iter().find(|builtin| builtin.name == name)
        {
            let is_right = match builtin.ty {
                Type::Nothing => {
                    matches!(self.types.get(ty), Type::Array(element, crate::types::Size::Fixed(1..=8)) if element == Types::F32)
                }
                wanted => self.types.get(ty) == wanted,
            };
            if !is_right {
                let wanted = match builtin.ty {
                    Type::Nothing => "array<f32, 1 to 8>".to_string(),
                    wanted => {
                        let id = self.types.add(wanted);
                        self.show(id)
                    }
                };
                let diagnostic = finding(Code::WgslInvalid, span, format!("`{name}` is a `{wanted}`, and this is a `{shown}`"));
                self.report.add(diagnostic.also(place(at), format!("this is a `{shown}`")));
            }
        }
        if let Some((_, span)) = io.location {
            let is_right = matches!(self.types.vector_of(ty), Some((_, scalar)) if scalar != Scalar::Bool);
            if !is_right {
                let message = format!("a `{shown}` has no `@location`: a number or a vector of numbers has");
                self.report.add(finding(Code::WgslInvalid, span, message).also(place(at), format!("this is a `{shown}`")));
            }
        }
        if let Some((kind, span)) = io.interpolate {
            if io.location.is_none() {
                self.invalid(span, "`@interpolate` belongs to what has a `@location`");
            } else if kind != "flat" && matches!(self.types.vector_of(ty), Some((_, Scalar::I32 | Scalar::U32))) {
                self.invalid(span, "integers are interpolated `flat`");
            }
        }
        if let Some(span) = io.invariant
            && io.builtin.is_none_or(|(name, _)| name != "position")
        {
            self.invalid(span, "`@invariant` belongs to `@builtin(position)`");
        }
        if let Some((_, span)) = io.blend_src
            && io.location.is_none()
        {
            self.invalid(span, "`@blend_src` belongs to what has a `@location`");
        }
    }

    /// The attributes of a function, and all rules of entry points.
    pub(super) fn entry_point(&mut self, index: u32, item: &'t Item, function: &'t Function) {
        let shader = self.function_attributes(item, function);
        // What it calls asks for a stage too.
        let calls = std::mem::take(&mut self.reach.calls);
        for (callee, span) in &calls {
            if self.stages[*callee as usize].fragment.is_some() {
                self.reach.fragment.get_or_insert(*span);
            }
            if self.stages[*callee as usize].compute.is_some() {
                self.reach.compute.get_or_insert(*span);
            }
        }
        self.reach.calls = calls;
        self.reach.variables.sort_unstable();
        self.reach.variables.dedup();
        self.reach.calls.sort_unstable_by_key(|(callee, _)| *callee);
        self.reach.calls.dedup_by_key(|(callee, _)| *callee);
        let Meaning::Function(signature) = self.meanings[index as usize].clone() else { return };
        let Some(shader) = shader else {
            self.plain_function(function);
            return;
        };
        self.interface(shader, function, &signature.parameters, signature.result);
        let wrong = match shader {
            Shader::Fragment => self.reach.compute.map(|span| (span, "compute")),
            Shader::Vertex => {
                self.reach.compute.map(|span| (span, "compute")).or(self.reach.fragment.map(|span| (span, "fragment")))
            }
            Shader::Compute => self.reach.fragment.map(|span| (span, "fragment")),
        };
        if let Some((span, wanted)) = wrong {
            let message = format!(
                "`{}` is for {wanted} shaders, and `{}` is a {} shader",
                self.text(span),
                self.tree.name(function.name),
                shader.text()
            );
            self.report.add(finding(Code::StageForbids, span, message).also(place(function.name.span), "the entry point"));
        }
        self.resources(shader, function);
    }

    /// Section 13.2: the stage, if the function is an entry point.
    fn function_attributes(&mut self, item: &'t Item, function: &'t Function) -> Option<Shader> {
        let mut shader: Option<(Shader, Span)> = None;
        let mut size: Option<Span> = None;
        let mut seen = Vec::new();
        for attribute in &item.attributes {
            let name = self.tree.name(attribute.name);
            if name != "diagnostic" {
                self.twice(attribute, &mut seen);
            }
            let stage = match name {
                "vertex" => Some(Shader::Vertex),
                "fragment" => Some(Shader::Fragment),
                "compute" => Some(Shader::Compute),
                _ => None,
            };
            match (name, stage) {
                (_, Some(stage)) => {
                    if attribute.arguments.is_some() {
                        self.error(Code::WgslSyntax, attribute.span, format!("`@{name}` takes no arguments"));
                    }
                    if let Some((_, first)) = shader.replace((stage, attribute.span)) {
                        let diagnostic = finding(Code::WgslInvalid, attribute.span, "an entry point has one stage");
                        self.report.add(diagnostic.also(place(first), "the other one"));
                    }
                }
                ("must_use", _) => {
                    if attribute.arguments.is_some() {
                        self.error(Code::WgslSyntax, attribute.span, "`@must_use` takes no arguments");
                    }
                }
                ("workgroup_size", _) => {
                    size = Some(attribute.span);
                    self.workgroup_size(attribute);
                }
                ("subgroup_size", _) if self.has("subgroup_size_control") => {
                    self.attribute_number(attribute);
                }
                ("diagnostic", _) => {
                    if let Some(Arguments::Diagnostic(control)) = &attribute.arguments {
                        self.control(control);
                    }
                }
                _ => self.invalid(attribute.span, format!("`@{name}` does not belong to a function")),
            }
        }
        match (shader, size) {
            (Some((Shader::Compute, _)), None) => {
                let message = format!("`{}` needs `@workgroup_size`", self.tree.name(function.name));
                self.invalid(function.name.span, message);
            }
            (Some((Shader::Compute, _)), Some(_)) | (_, None) => {}
            (_, Some(size)) => self.invalid(size, "`@workgroup_size` belongs to compute shaders"),
        }
        if let (Some((_, span)), true) = (shader, seen.contains(&"must_use")) {
            self.invalid(span, "an entry point is not called, so that `@must_use` does not belong to it");
        }
        shader.map(|(shader, _)| shader)
    }

    /// Section 12.15.
    fn workgroup_size(&mut self, attribute: &'t Attribute) {
        let exprs = match &attribute.arguments {
            Some(Arguments::Exprs(exprs)) => exprs.as_slice(),
            _ => &[],
        };
        if exprs.is_empty() || exprs.len() > 3 {
            let message = format!("`@workgroup_size` takes 1 to 3 arguments, but {}", given(exprs.len()));
            self.error(Code::WgslSyntax, attribute.span, message);
            return;
        }
        let mut common: Option<TypeId> = None;
        let mut invocations = 1_i64;
        for expr in exprs {
            let operand = self.operand(*expr);
            if operand.ty == Types::ERROR {
                continue;
            }
            let at = self.span(*expr);
            if !matches!(self.types.get(operand.ty), Type::Scalar(Scalar::AbstractInt | Scalar::I32 | Scalar::U32)) {
                let message =
                    format!("`@workgroup_size` wants integers, and `{}` is a `{}`", self.shown(*expr), self.show(operand.ty));
                self.invalid(at, message);
                continue;
            }
            if operand.stage == Stage::Runtime {
                let message = format!("`{}` is not a constant, and `@workgroup_size` wants one", self.shown(*expr));
                self.error(Code::NotConstant, at, message);
                continue;
            }
            if !self.types.is_abstract(operand.ty) && common.replace(operand.ty).is_some_and(|known| known != operand.ty) {
                self.invalid(at, "all sizes of `@workgroup_size` are of one type");
            }
            if let Some(number) = operand.value.and_then(|value| value.integer()) {
                if number < 1 {
                    self.invalid(at, format!("a size of `@workgroup_size` is {number}, but it is at least 1"));
                } else if i32::try_from(number).is_err() && self.types.is_abstract(operand.ty) {
                    self.invalid(at, format!("a size of `@workgroup_size` is {number}, which `i32` cannot hold"));
                } else {
                    invocations = invocations.saturating_mul(number);
                }
            }
        }
        if invocations > i64::from(u32::MAX) {
            self.invalid(
                attribute.span,
                format!("a workgroup has {invocations} invocations, but at most {} are possible", u32::MAX),
            );
        }
    }

    /// A function that is no entry point has no inputs and outputs.
    fn plain_function(&mut self, function: &'t Function) {
        let all = function.parameters.iter().flat_map(|parameter| &parameter.attributes).chain(&function.return_attributes);
        for attribute in all {
            let name = self.tree.name(attribute.name);
            let message = if IO.contains(&name) {
                format!("`@{name}` belongs to entry points, and `{}` is none", self.tree.name(function.name))
            } else {
                format!("`@{name}` does not belong here")
            };
            self.invalid(attribute.span, message);
        }
    }

    /// Section 13.3.1.
    fn interface(&mut self, shader: Shader, function: &'t Function, parameters: &[TypeId], result: TypeId) {
        let mut interface = Interface::default();
        for (parameter, ty) in function.parameters.iter().zip(parameters) {
            let io = self.io(&parameter.attributes, &[], "a parameter");
            if *ty != Types::ERROR {
                self.slots(shader, true, Slot { io, ty: *ty, at: parameter.name.span }, &mut interface);
            }
        }
        if let Some(at) = function.return_type.map(|ty| self.span(ty)) {
            let io = self.io(&function.return_attributes, &[], "what a function returns");
            if result != Types::ERROR {
                self.slots(shader, false, Slot { io, ty: result, at }, &mut interface);
            }
        }
        if shader == Shader::Vertex && !interface.has_position && result != Types::ERROR {
            let message =
                format!("`{}` returns no `@builtin(position)`, and a vertex shader has to", self.tree.name(function.name));
            self.invalid(function.name.span, message);
        }
        if interface.blends.len() == 1 {
            self.invalid(function.name.span, "`@blend_src(0)` and `@blend_src(1)` belong together");
        }
    }

    /// An input or output: one value, or a struct of them.
    fn slots(&mut self, shader: Shader, is_input: bool, slot: Slot<'t>, interface: &mut Interface) {
        let Type::Struct(id) = self.types.get(slot.ty) else {
            self.check_io(&slot.io, slot.ty, slot.at);
            self.slot(shader, is_input, &slot, interface);
            return;
        };
        if let Some((_, span)) = slot.io.builtin.or(slot.io.location.map(|(_, span)| ("", span))) {
            self.invalid(span, "a struct is an input or output by its members");
            return;
        }
        let types: Vec<TypeId> = self.types.members(id).iter().map(|(_, ty)| *ty).collect();
        let tree = self.tree;
        for (member, ty) in self.declared_members(id).iter().zip(types) {
            // What is wrong with them has been said with the struct.
            let mut io = Io::default();
            for attribute in &member.attributes {
                let number = || match &attribute.arguments {
                    Some(Arguments::Exprs(exprs)) => exprs
                        .first()
                        .and_then(|expr| self.infos[expr.0 as usize].value.as_ref())
                        .and_then(crate::value::Value::integer)
                        .unwrap_or(-1),
                    _ => -1,
                };
                match tree.name(attribute.name) {
                    "location" => io.location = Some((number(), attribute.span)),
                    "blend_src" => io.blend_src = Some((number(), attribute.span)),
                    "builtin" => {
                        let word = self.words(attribute).first().map_or("", |(word, _)| *word);
                        io.builtin = Some((word, attribute.span));
                    }
                    "interpolate" => {
                        let kind = self.words(attribute).first().map_or("", |(word, _)| *word);
                        io.interpolate = Some((kind, attribute.span));
                    }
                    _ => {}
                }
            }
            self.slot(shader, is_input, &Slot { io, ty, at: member.name.span }, interface);
        }
    }

    fn slot(&mut self, shader: Shader, is_input: bool, slot: &Slot<'t>, interface: &mut Interface) {
        let direction = if is_input { "input" } else { "output" };
        if let Some((name, span)) = slot.io.builtin {
            if let Some(builtin) = BUILTINS.iter().find(|builtin| builtin.name == name)
                && !builtin.places.contains(&(shader, is_input))
            {
                let message = format!("`{name}` is not an {direction} of {} shaders", shader.text());
                self.invalid(span, message);
            }
            interface.has_position |= name == "position" && !is_input;
            if let Some(first) = interface.builtins.insert((name.to_string(), is_input), span)
                && !name.is_empty()
            {
                let diagnostic = finding(Code::WgslInvalid, span, format!("`{name}` is there twice"));
                self.report.add(diagnostic.also(place(first), "the first one"));
            }
            return;
        }
        let Some((location, span)) = slot.io.location else {
            let diagnostic = finding(Code::WgslInvalid, slot.at, format!("an {direction} needs `@location` or `@builtin`"));
            self.report.add(diagnostic);
            return;
        };
        if shader == Shader::Compute {
            self.invalid(span, format!("compute shaders have no {direction} with a `@location`"));
            return;
        }
        let blend = slot.io.blend_src.map_or(0, |(number, at)| {
            if shader != Shader::Fragment || is_input {
                self.invalid(at, "`@blend_src` belongs to outputs of fragment shaders");
            } else if location != 0 {
                self.invalid(at, "`@blend_src` belongs to `@location(0)`");
            }
            interface.blends.insert(number);
            number
        });
        if location >= 0
            && let Some(first) = interface.locations.insert((location, blend, is_input), span)
        {
            let diagnostic = finding(Code::WgslInvalid, span, format!("`@location({location})` is there twice"));
            self.report.add(diagnostic.also(place(first), "the first one"));
        }
        let crosses = matches!((shader, is_input), (Shader::Vertex, false) | (Shader::Fragment, true));
        let is_integer = matches!(self.types.vector_of(slot.ty), Some((_, Scalar::I32 | Scalar::U32)));
        if crosses && is_integer && slot.io.interpolate.is_none() {
            let diagnostic = finding(Code::WgslInvalid, span, "integers between the stages need `@interpolate(flat)`");
            self.report.add(diagnostic.also(place(slot.at), format!("this is a `{}`", self.types.show(slot.ty))));
        }
    }

    /// The variables that an entry point reaches: their stages, and their bindings. Section 13.3.2.
    fn resources(&mut self, shader: Shader, function: &'t Function) {
        let mut variables: Vec<u32> = self.reach.variables.clone();
        let mut seen: HashSet<u32> = HashSet::new();
        let mut open: Vec<u32> = self.reach.calls.iter().map(|(callee, _)| *callee).collect();
        while let Some(callee) = open.pop() {
            if !seen.insert(callee) {
                continue;
            }
            let reach = &self.stages[callee as usize];
            self.visits += reach.variables.len() + reach.calls.len() + 1;
            if self.visits > MAX_VISITS {
                let message = "the entry points of this module reach too much for their resources to be checked";
                self.error(Code::ShaderLimit, function.name.span, message);
                return;
            }
            variables.extend(&reach.variables);
            open.extend(reach.calls.iter().map(|(callee, _)| *callee));
        }
        variables.sort_unstable();
        variables.dedup();
        let mut bindings: HashMap<(i64, i64), Ident> = HashMap::new();
        let mut immediate: Option<Ident> = None;
        for index in variables {
            let item = &self.tree.items[index as usize];
            let (Meaning::Value(info), ItemKind::Variable(variable)) = (&self.meanings[index as usize], &item.kind) else {
                continue;
            };
            let name = variable.name;
            let word = self.tree.name(name);
            let problem = match self.types.get(info.ty) {
                Type::Reference(Space::Workgroup, ..) if shader != Shader::Compute => {
                    Some("`workgroup` memory is for compute shaders")
                }
                Type::Reference(Space::Storage, _, Access::ReadWrite) if shader == Shader::Vertex => {
                    Some("`storage` that can be written is not for vertex shaders")
                }
                Type::Texture(Texture::Storage(_, _, access)) if access.writes() && shader == Shader::Vertex => {
                    Some("a storage texture that can be written is not for vertex shaders")
                }
                _ => None,
            };
            if let Some(problem) = problem {
                let message = format!("`{}` uses `{word}`: {problem}", self.tree.name(function.name));
                self.report.add(finding(Code::StageForbids, function.name.span, message).also(place(name.span), "declared here"));
            }
            if matches!(self.types.get(info.ty), Type::Reference(Space::Immediate, ..))
                && let Some(first) = immediate.replace(name)
            {
                let message = format!("`{}` uses two `immediate` variables", self.tree.name(function.name));
                self.report.add(
                    finding(Code::WgslInvalid, function.name.span, message)
                        .also(place(first.span), "one")
                        .also(place(name.span), "another"),
                );
            }
            let number = |wanted: &str| {
                let attribute = item.attributes.iter().find(|attribute| self.tree.name(attribute.name) == wanted)?;
                let Some(Arguments::Exprs(exprs)) = &attribute.arguments else { return None };
                self.infos[exprs.first()?.0 as usize].value.as_ref().and_then(crate::value::Value::integer)
            };
            if let (Some(group), Some(binding)) = (number("group"), number("binding"))
                && let Some(first) = bindings.insert((group, binding), name)
            {
                let message =
                    format!("`{}` uses two resources with `@group({group}) @binding({binding})`", self.tree.name(function.name));
                let diagnostic = finding(Code::WgslInvalid, name.span, message);
                self.report.add(diagnostic.also(place(first.span), "the other one"));
            }
        }
    }
}
