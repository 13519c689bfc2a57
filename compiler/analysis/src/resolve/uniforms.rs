//! `#uniforms`: which variable each describes, and what it says of the members of that.

use super::bindable::Bound;
use super::describe;
use super::eval::Numbers;
use super::fullscreen::{Fullscreen, RESERVED};
use super::names::Names;
use super::notes::Notes;
use super::parts::Parts;
use super::values::Reader;
use crate::data::element::{ElementType, Misfit};
use crate::language::{self, Either, Ns, Rows, UniformField};
use crate::limits::MOST_LISTED_NAMES;
use pngine_scene::{Control, FirstValue, Shader};
use pngine_source::diag::{Code, Diagnostic, counted, given, listed, nearest};
use pngine_source::source::Span;
use pngine_syntax::tree::{Property, Value, ValueKind};
use pngine_wgsl::builtins;
use pngine_wgsl::reflect::{Binding, Block, Field, Resource, Scalar};
use std::collections::{BTreeMap, BTreeSet};

/// A `#uniforms`.
#[derive(Clone, Debug)]
pub struct UniformSet {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// The variable that it names: the shader, the position among the bindings of its module, and where it is named. `None` for one that
    /// `#pass`es bind by its name, or for a mistake, which is reported.
    pub variable: Option<(usize, usize, Span)>,
    /// What it says of members.
    pub controls: Vec<Control>,
}

/// The members of a uniform variable, by their paths without the brackets of arrays.
struct Members<'b> {
    /// The variable in messages: `flower.style`.
    name: String,
    /// Where it is declared.
    span: Span,
    /// Its numbers, vectors, matrices, and arrays of these.
    leaves: BTreeMap<String, &'b Field>,
    /// Its structs.
    structs: BTreeSet<String>,
}

impl<'b> Members<'b> {
    fn of(name: String, span: Span, block: &'b Block) -> Self {
        let leaves: BTreeMap<String, &Field> = block.fields.iter().map(|field| (field.path.replace("[]", ""), field)).collect();
        let dots = |path: &'_ String| path.match_indices('.').map(|(at, _)| path[..at].to_string()).collect::<Vec<_>>();
        let structs = leaves.keys().flat_map(dots).collect();
        Self { name, span, leaves, structs }
    }

    /// The names of the members of the struct with this path and a dot behind it, or of the variable itself.
    fn within(&self, prefix: &str) -> BTreeSet<&str> {
        let names = self.leaves.keys().filter_map(|path| path.strip_prefix(prefix));
        names.map(|rest| rest.split('.').next().unwrap_or(rest)).collect()
    }
}

/// Reads `#uniforms`.
pub(super) struct UniformReader<'e, 'a> {
    pub names: &'a Names<'a>,
    pub parts: &'e mut Parts<'a>,
    pub numbers: &'e mut Numbers,
    pub notes: &'e mut Notes<'a>,
}

impl<'a> UniformReader<'_, 'a> {
    fn reader(&mut self) -> Reader<'_, 'a> {
        self.parts.reader(self.numbers, self.notes)
    }

    /// Resolves every `#uniforms`. Those that name no variable describe the one of their name in the passes.
    pub fn all(&mut self, passes: &Fullscreen) -> Vec<UniformSet> {
        let mut described: BTreeMap<(usize, usize), Span> = BTreeMap::new();
        let mut sets = Vec::new();
        for index in 0..self.names.count(Ns::Uniforms) {
            let declaration = self.names.declaration(Ns::Uniforms, index);
            let obj = self.reader().object(language::Uniforms::SHAPE, declaration.body, declaration.span, false);
            let slots = language::Uniforms::slots(&obj);
            let variable = slots.variable.value;
            if let Some(first) = variable.and_then(|variable| described.insert(variable, slots.variable.span)) {
                let message = format!("`#uniforms {}` describes a variable that another one describes", declaration.name);
                self.notes.report(
                    Diagnostic::new(Code::UniformsClash, slots.variable.span, message)
                        .also(first, "described here")
                        .help("write all of it in one `#uniforms`"),
                );
            }
            if !slots.variable.is_written() && RESERVED.contains(&declaration.name.as_str()) {
                let message = format!("in a `#pass`, `{}` is something that every pass has", declaration.name);
                self.notes.report(
                    Diagnostic::new(Code::PassName, declaration.name_span, message).help("give the `#uniforms` another name"),
                );
            }
            let found = match variable {
                Some((shader, binding)) => self.named_variable(shader, binding),
                None if slots.variable.is_written() => None,
                None => self.variable_of_passes(index, passes),
            };
            let body = language::Uniforms::fields.written(language::Uniforms::SHAPE, declaration.body);
            let body = body.filter(|_| slots.fields.value.is_some()).map(|property| self.form(&property.value));
            let mut controls = Vec::new();
            match (&found, body.as_ref().map(|value| (&value.kind, value.span))) {
                (_, Some((ValueKind::Object(body), span))) if body.is_empty() => {
                    let message = format!("`#uniforms {}` describes nothing", declaration.name);
                    let help = "name the members that a host may set: `fields={ speed=1 }`";
                    self.notes.report(Diagnostic::new(Code::UniformMember, span, message).help(help));
                }
                (Some((name, binding)), Some((ValueKind::Object(body), _))) => {
                    if let Resource::Uniform(block) = &binding.resource {
                        let members = Members::of(name.clone(), binding.span, block);
                        self.uniform_fields(body, "", &members, &mut controls);
                    }
                }
                // What the members are is not known, and why not is reported, or that nothing uses it.
                (None, Some((ValueKind::Object(body), _))) => {
                    body.iter().for_each(|property| self.notes.presume_words(&property.value));
                }
                _ => {}
            }
            let (name, name_span) = (declaration.name.clone(), declaration.name_span);
            let variable = variable.map(|(shader, binding)| (shader, binding, slots.variable.span));
            sets.push(UniformSet { name, name_span, variable, controls });
        }
        sets
    }

    /// The variable that a `#uniforms` names; `None` if it cannot be described, which is reported.
    fn named_variable(&mut self, shader: usize, binding: usize) -> Option<(String, Binding)> {
        let Shader { name, module, .. } = self.parts.shaders.list.get(shader)?;
        let binding = module.as_ref()?.bindings.get(binding)?.clone();
        let name = format!("{name}.{}", binding.name);
        self.is_struct(&name, &binding).then_some((name, binding))
    }

    /// The variable that has the name of a `#uniforms` in the passes that use it: that of the first one. `None` if there is none, or if it
    /// cannot be described, which is reported.
    fn variable_of_passes(&mut self, index: usize, passes: &Fullscreen) -> Option<(String, Binding)> {
        let shaders = passes.passes.iter().flat_map(|pass| [&pass.code, &pass.seed]).flatten();
        let bindings: Vec<Binding> = shaders
            .filter_map(|shader| {
                let (name, _) = shader.bound.iter().find(|(_, bound)| **bound == Bound::Uniforms(index))?;
                shader.shader.module.as_ref()?.binding(name).cloned()
            })
            .collect();
        let mut described = bindings.into_iter().filter(|binding| self.is_struct(&binding.name, binding));
        let first = described.next();
        // All are looked at, so that every mistake is reported.
        described.for_each(drop);
        first.map(|binding| (binding.name.clone(), binding))
    }

    /// Whether a variable is a struct of uniforms. What is not is reported.
    fn is_struct(&mut self, name: &str, binding: &Binding) -> bool {
        let message = match &binding.resource {
            Resource::Uniform(block) if block.fields.iter().any(|field| field.path.is_empty() || field.path.starts_with('[')) => {
                format!("`{name}` is not a struct, so it has no members to describe")
            }
            Resource::Uniform(_) => return true,
            Resource::Storage { .. }
            | Resource::Sampler { .. }
            | Resource::Texture { .. }
            | Resource::StorageTexture { .. }
            | Resource::ExternalTexture => format!("`{name}` is not a uniform variable"),
        };
        let help = format!("declare it as `var<uniform> {}: …;` with a struct of what a host may set", binding.name);
        self.notes.report(Diagnostic::new(Code::UniformsVariable, binding.span, message).help(help));
        false
    }

    /// What stands for a value where an array or object is wanted: the value, or that of the define that it names.
    fn form(&mut self, value: &Value) -> Value {
        let mut value = value.clone();
        let mut depth = 0;
        while let Some((next, deeper)) = self.numbers.alias(&value, depth, self.notes) {
            (value, depth) = (next, deeper);
        }
        value
    }

    /// What stands in an object of members. `prefix` is the path of their struct, with a dot behind it.
    fn uniform_fields(&mut self, body: &[Property], prefix: &str, members: &Members<'_>, controls: &mut Vec<Control>) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for property in body {
            let name = &property.name;
            if let Some(first) = seen.insert(&name.name, name.span) {
                let message = format!("`{}` is written twice", name.name);
                self.notes.report(Diagnostic::new(Code::DuplicateProperty, name.span, message).also(first, "first written here"));
                continue;
            }
            self.notes.is_name(name.span);
            let path = format!("{prefix}{}", name.name);
            if let Some(field) = members.leaves.get(&path) {
                controls.extend(self.control(property, field));
            } else if members.structs.contains(&path) {
                let value = self.form(&property.value);
                match &value.kind {
                    ValueKind::Object(body) => self.uniform_fields(body, &format!("{path}."), members, controls),
                    ValueKind::Error => {}
                    _ => {
                        let message = format!("`{path}` of `{}` is a struct", members.name);
                        self.notes.report(Diagnostic::new(Code::WrongType, value.span, message).label(describe(&value)).help(
                            format!(
                                "write `{}={{ … }}`, an object of its members: {}",
                                name.name,
                                has(members, &format!("{path}."))
                            ),
                        ));
                    }
                }
            } else {
                self.unknown_member(property, &path, prefix, members);
            }
        }
    }

    /// Reports a name that no member has.
    fn unknown_member(&mut self, property: &Property, path: &str, prefix: &str, members: &Members<'_>) {
        let name = &property.name;
        self.notes.presume_words(&property.value);
        let message = format!("`{}` has no member `{path}`", members.name);
        let mut diagnostic = Diagnostic::new(Code::UniformMember, name.span, message);
        let near = if self.notes.has_plenty() { None } else { nearest(&name.name, members.within(prefix).into_iter()) };
        diagnostic = match near {
            // Where the struct is made from the fields, no such member can be.
            _ if !builtins::is_identifier(&name.name) => {
                diagnostic.help(format!("`{}` cannot be a name in WGSL: choose another one", name.name))
            }
            Some(near) => diagnostic.did_you_mean(name.span, near).also(members.span, "declared here"),
            None => diagnostic.help(has(members, prefix)).also(members.span, "declared here"),
        };
        self.notes.report(diagnostic);
    }

    /// What is said of a member; `None` if it cannot be set, which is reported.
    fn control(&mut self, property: &Property, field: &Field) -> Option<Control> {
        let name = &property.name;
        if field.arrays.len() > 1 {
            let message = format!("`{}` is an array of arrays, which a host cannot set", name.name);
            self.notes.report(Diagnostic::new(Code::UniformMember, name.span, message).help("leave it out"));
            return None;
        }
        let value = self.form(&property.value);
        let obj = match &value.kind {
            ValueKind::Object(body) => self.reader().object(UniformField::SHAPE, body, value.span, false),
            // A value alone.
            _ => {
                let node = self.reader().value(&UniformField::value, UniformField::value.ty, &property.value, 0);
                let props = vec![(UniformField::value.name, name.span, node)];
                language::Obj { span: value.span, props, incomplete: false }
            }
        };
        let slots = UniformField::slots(&obj);
        let numbers = self.written_value(&slots, field);
        let [min, max, step] = [&slots.min, &slots.max, &slots.step]
            .map(|slot| slot.found().map(|found| (found.value, found.span)).filter(|of| self.is_of(*of, field)));
        if let (Some((least, first)), Some((most, second))) = (min, max)
            && least > most
        {
            let message = format!("`max` of `{}` is {most}, less than its `min`, which is {least}", name.name);
            self.notes.report(Diagnostic::new(Code::UniformRange, second, message).also(first, "`min`").help("swap the two"));
        } else {
            for &(number, span) in numbers.iter().flatten() {
                let (bound, at, which) = match (min, max) {
                    (Some((least, at)), _) if number < least => (least, at, "min"),
                    (_, Some((most, at))) if number > most => (most, at, "max"),
                    _ => continue,
                };
                let message = format!("`{}` begins with {number}, but its `{which}` is {bound}", name.name);
                self.notes.report(
                    Diagnostic::new(Code::UniformRange, span, message)
                        .label("outside of the range")
                        .also(at, format!("its `{which}`"))
                        .help("choose another value, or a wider range"),
                );
                break;
            }
        }
        if let Some((step, span)) = step.filter(|(step, _)| *step <= 0.0) {
            let message = format!("`step` of `{}` is {step}, but must be above 0", name.name);
            self.notes.report(Diagnostic::new(Code::UniformRange, span, message).help("leave it out where any value will do"));
        }
        let is_float = matches!(field.scalar, Scalar::F32 | Scalar::F16);
        let is_color = slots.color.value;
        if is_color && !(is_float && field.columns == 1 && field.rows >= 3 && field.arrays.is_empty()) {
            let message = format!("`{}` is {}, so it is not a color", name.name, type_of(field));
            self.notes.report(
                Diagnostic::new(Code::UniformColor, slots.color.span, message)
                    .help("a color is vec3f or vec4f: red, green, blue, alpha"),
            );
        }
        Some(Control {
            path: field.path.clone(),
            span: name.span,
            value: numbers.map(|numbers| first_value(field, numbers.into_iter().map(|(number, _)| number).collect())),
            min: min.map(|(min, _)| min),
            max: max.map(|(max, _)| max),
            step: step.map(|(step, _)| step),
            label: slots.label.value.clone(),
            is_color,
        })
    }

    /// The numbers that a member begins with; `None` if none are written, or if they do not fit, which is reported.
    fn written_value(&mut self, slots: &UniformField, field: &Field) -> Option<Vec<(f64, Span)>> {
        let numbers: Vec<(f64, Span)> = match slots.value.value.as_ref()? {
            Either::A(number) => vec![(*number, slots.value.span)],
            Either::B(elements) => elements.iter().map(|element| Some((element.value?, element.span))).collect::<Option<_>>()?,
        };
        let element = usize::from(field.columns) * usize::from(field.rows);
        let elements = field.arrays.first().map_or(1, |array| array.count.unwrap_or(1) as usize);
        let wanted = element.saturating_mul(elements);
        // Of an array, the first elements alone may be given.
        let is_part = elements > 1 && numbers.len() < wanted && numbers.len().is_multiple_of(element);
        if numbers.len() != wanted && !is_part {
            let name = field.path.rsplit('.').next().unwrap_or(&field.path).replace("[]", "");
            let wanted = counted(wanted, "number");
            let message = format!("`{name}` is {} and takes {wanted}, but {}", type_of(field), given(numbers.len()));
            self.notes.report(Diagnostic::new(Code::BadLength, slots.value.span, message));
            return None;
        }
        let fits = numbers.iter().filter(|number| self.is_of(**number, field)).count();
        (fits == numbers.len()).then_some(numbers)
    }

    /// Whether a number is one of those that the type of a member has. Reports it if not.
    fn is_of(&mut self, (number, span): (f64, Span), field: &Field) -> bool {
        let (ty, name) = (element_type(field), field.scalar.as_str());
        let diagnostic = match ty.push(&mut Vec::new(), number) {
            Ok(()) => return true,
            Err(Misfit::Fraction) => {
                let message = format!("{number} is not a whole number");
                Diagnostic::new(Code::NotAnInteger, span, message).help(format!("this member holds whole numbers: {name}"))
            }
            Err(Misfit::OutOfRange) => {
                let (least, most) = ty.range();
                let message = format!("{number} is not in the range of {name}");
                Diagnostic::new(Code::OutOfRange, span, message).help(format!("this member holds numbers from {least} to {most}"))
            }
        };
        self.notes.report(diagnostic);
        false
    }
}

/// "it has `a`, `b`": the members that there are.
fn has(members: &Members<'_>, prefix: &str) -> String {
    let all = members.within(prefix);
    let mut names: Vec<String> = all.iter().take(MOST_LISTED_NAMES).map(|name| format!("`{name}`")).collect();
    if all.len() > MOST_LISTED_NAMES {
        names.push(format!("{} more", all.len() - MOST_LISTED_NAMES));
    }
    format!("it has {}", listed(&names))
}

/// The type of a member's numbers.
const fn element_type(field: &Field) -> ElementType {
    match field.scalar {
        Scalar::F32 => ElementType::F32,
        Scalar::F16 => ElementType::F16,
        Scalar::I32 => ElementType::I32,
        // A bool cannot be shared with the host.
        Scalar::U32 | Scalar::Bool => ElementType::U32,
    }
}

/// Numbers, as the GPU has them. They are of the member's type.
fn first_value(field: &Field, numbers: Vec<f64>) -> FirstValue {
    let mut bytes = Vec::new();
    for number in &numbers {
        let pushed = element_type(field).push(&mut bytes, *number);
        debug_assert!(pushed.is_ok(), "numbers that do not fit are reported");
    }
    FirstValue { numbers, bytes }
}

/// A member's type in WGSL's words.
fn type_of(field: &Field) -> String {
    match field.arrays.first().and_then(|array| array.count) {
        Some(count) => format!("array<{}, {count}>", field.type_name()),
        None => field.type_name(),
    }
}
