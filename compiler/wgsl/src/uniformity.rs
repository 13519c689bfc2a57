//! Control flow that differs between invocations, where WGSL wants it uniform.
//!
//! Browsers refuse a shader that takes a derivative, or waits at a barrier, in control flow that may depend on what differs from one
//! invocation to the next. This analysis follows the same dependencies over naga's module, but gives up wherever it would have to
//! guess, so that it finds less than a browser does and nothing else. Source: WGSL section 15.2, "Uniformity".

use crate::limits::{MAX_UNIFORMITY_WORK, MOST_VIOLATIONS};
use std::ops::Range;

use naga::{AddressSpace, Block, Expression, Handle, SampleLevel, Statement, StorageAccess, TypeInner};

/// A place that wants uniform control flow and does not have it. Ranges are bytes of the text that naga read.
pub(super) struct Violation {
    /// The call.
    pub place: Range<usize>,
    /// What that call needs uniform control flow for: itself, or the function that it leads to.
    pub needs: Needs,
    /// Whether the call is of the author's own function.
    pub is_call: bool,
    /// The condition that differs, if one is known.
    pub cause: Option<Range<usize>>,
}

/// What needs uniform control flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Derivatives, explicit or in `textureSample`.
    Derivative,
    /// Barriers and `workgroupUniformLoad`.
    Barrier,
}

/// What a value or control flow depends on: bit 0 is something that differs between invocations, bit 1 + n is parameter n.
type Bits = u64;

/// Differs for sure.
const DIFFERS: Bits = 1;

/// The bit of a parameter; none for those that do not fit.
fn parameter(index: usize) -> Bits {
    if index < 63 { 2 << index } else { 0 }
}

/// Control flow: what it depends on, and the condition that made it differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Flow {
    bits: Bits,
    cause: Option<Range<usize>>,
}

impl Flow {
    fn and(&self, bits: Bits, cause: impl FnOnce() -> Option<Range<usize>>) -> Self {
        let is_new = bits & !self.bits != 0;
        Self { bits: self.bits | bits, cause: if is_new && self.bits & DIFFERS == 0 { cause() } else { self.cause.clone() } }
    }

    fn merge(&self, other: &Self) -> Self {
        self.and(other.bits, || other.cause.clone())
    }
}

/// What a caller needs to know about a function.
#[derive(Clone, Default)]
struct Summary {
    /// What it needs uniform control flow for.
    needs: [bool; 2],
    /// The parameters that must be uniform, for each need.
    parameters: [Bits; 2],
    /// What its result depends on.
    result: Bits,
}

/// Finds the places. `derivatives` tells whether derivatives are looked at: the diagnostic of WGSL can be switched off.
pub(super) fn examine(module: &naga::Module, derivatives: bool) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut summaries: Vec<Summary> = Vec::with_capacity(module.functions.len());
    let mut work = MAX_UNIFORMITY_WORK;
    for (_, function) in module.functions.iter() {
        let arguments: Vec<Bits> = (0..function.arguments.len()).map(parameter).collect();
        let Some(summary) = walk(module, function, arguments, &summaries, derivatives, &mut violations, &mut work) else {
            return Vec::new();
        };
        summaries.push(summary);
    }
    for entry in &module.entry_points {
        let arguments: Vec<Bits> = entry.function.arguments.iter().map(|argument| input(module, argument)).collect();
        if walk(module, &entry.function, arguments, &summaries, derivatives, &mut violations, &mut work).is_none() {
            return Vec::new();
        }
    }
    violations
}

/// Whether an input of an entry point differs. A struct differs if one of its members does.
fn input(module: &naga::Module, argument: &naga::FunctionArgument) -> Bits {
    let differs = |binding: Option<&naga::Binding>| match binding {
        Some(naga::Binding::Location { .. }) => true,
        Some(naga::Binding::BuiltIn(value)) => matches!(
            value,
            naga::BuiltIn::Position { .. }
                | naga::BuiltIn::FrontFacing
                | naga::BuiltIn::SampleIndex
                | naga::BuiltIn::SampleMask
                | naga::BuiltIn::LocalInvocationId
                | naga::BuiltIn::LocalInvocationIndex
                | naga::BuiltIn::GlobalInvocationId
        ),
        None => false,
    };
    let is_different = match &module.types[argument.ty].inner {
        TypeInner::Struct { members, .. } => members.iter().any(|member| differs(member.binding.as_ref())),
        _ => differs(argument.binding.as_ref()),
    };
    if is_different { DIFFERS } else { 0 }
}

fn walk(
    module: &naga::Module,
    function: &naga::Function,
    arguments: Vec<Bits>,
    summaries: &[Summary],
    derivatives: bool,
    violations: &mut Vec<Violation>,
    work: &mut usize,
) -> Option<Summary> {
    let mut walk = FunctionWalk {
        module,
        function,
        summaries,
        derivatives,
        violations,
        work,
        values: vec![0; function.expressions.len()],
        jumps: Vec::new(),
        summary: Summary::default(),
        arguments,
    };
    let mut variables = vec![0; function.local_variables.len()];
    variables.extend(walk.arguments.iter().copied());
    walk.block(&function.body, Flow::default(), &mut variables)?;
    Some(walk.summary)
}

/// How a block can end.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ends(u8);

impl Ends {
    const NEXT: u8 = 1;
    const BREAK: u8 = 2;
    const CONTINUE: u8 = 4;
    const RETURN: u8 = 8;

    fn next(self) -> bool {
        self.0 & Self::NEXT != 0
    }
}

/// Control flow and variables where they come together; `None` while nothing has come.
#[derive(Clone, Default)]
struct Meeting(Option<(Flow, Vec<Bits>)>);

impl Meeting {
    fn join(&mut self, flow: &Flow, variables: &[Bits]) {
        match &mut self.0 {
            Some((own, values)) => {
                *own = own.merge(flow);
                for (own, other) in values.iter_mut().zip(variables) {
                    *own |= other;
                }
            }
            None => self.0 = Some((flow.clone(), variables.to_vec())),
        }
    }
}

/// What a `break` or `continue` goes to.
#[derive(Clone, Default)]
struct Jump {
    is_loop: bool,
    breaks: Meeting,
    continues: Meeting,
}

struct FunctionWalk<'w> {
    module: &'w naga::Module,
    function: &'w naga::Function,
    summaries: &'w [Summary],
    derivatives: bool,
    violations: &'w mut Vec<Violation>,
    work: &'w mut usize,
    arguments: Vec<Bits>,
    /// What every expression depends on; known once it was evaluated.
    values: Vec<Bits>,
    jumps: Vec<Jump>,
    summary: Summary,
}

impl FunctionWalk<'_> {
    fn spend(&mut self, amount: usize) -> Option<()> {
        *self.work = self.work.checked_sub(amount)?;
        Some(())
    }

    fn value(&self, expression: Handle<Expression>) -> Bits {
        match &self.function.expressions[expression] {
            Expression::FunctionArgument(index) if !self.is_pointer(*index) => {
                self.arguments.get(*index as usize).copied().unwrap_or(0)
            }
            _ => self.values.get(expression.index()).copied().unwrap_or(0),
        }
    }

    fn is_pointer(&self, argument: u32) -> bool {
        let argument = self.function.arguments.get(argument as usize);
        argument.is_some_and(|argument| {
            matches!(self.module.types[argument.ty].inner, TypeInner::Pointer { .. } | TypeInner::ValuePointer { .. })
        })
    }

    fn range(&self, expression: Handle<Expression>) -> Option<Range<usize>> {
        self.function.expressions.get_span(expression).to_range()
    }

    /// The variable behind a pointer, what the way to it depends on, and whether it is all of the variable.
    fn root(&self, mut pointer: Handle<Expression>) -> (Root, Bits, bool) {
        let mut bits = 0;
        let mut is_whole = true;
        loop {
            match &self.function.expressions[pointer] {
                Expression::Access { base, index } => {
                    bits |= self.value(*index);
                    pointer = *base;
                    is_whole = false;
                }
                Expression::AccessIndex { base, .. } => {
                    pointer = *base;
                    is_whole = false;
                }
                Expression::LocalVariable(variable) => return (Root::Variable(variable.index()), bits, is_whole),
                Expression::FunctionArgument(index) => {
                    return (Root::Variable(self.function.local_variables.len() + *index as usize), bits, is_whole);
                }
                Expression::GlobalVariable(variable) => return (Root::Global(*variable), bits, is_whole),
                _ => return (Root::Unknown, bits, is_whole),
            }
        }
    }

    /// What a read of a module's variable depends on: others may have written it.
    fn global(&self, variable: Handle<naga::GlobalVariable>) -> Bits {
        match self.module.global_variables[variable].space {
            AddressSpace::Private | AddressSpace::WorkGroup => DIFFERS,
            AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => DIFFERS,
            _ => 0,
        }
    }

    fn load(&self, pointer: Handle<Expression>, variables: &[Bits]) -> Bits {
        let (root, bits, _) = self.root(pointer);
        bits | match root {
            Root::Variable(index) => variables.get(index).copied().unwrap_or(0),
            Root::Global(variable) => self.global(variable),
            Root::Unknown => 0,
        }
    }

    /// Evaluates an expression. One that is not known here counts as uniform, so that nothing is claimed about it.
    fn evaluate(&mut self, expression: Handle<Expression>, flow: &Flow, variables: &[Bits]) {
        let of = |walk: &Self, parts: &[Option<Handle<Expression>>]| {
            parts.iter().flatten().fold(0, |bits, part| bits | walk.value(*part))
        };
        let bits = match &self.function.expressions[expression] {
            Expression::Load { pointer } => self.load(*pointer, variables),
            Expression::Compose { components, .. } => components.iter().fold(0, |bits, part| bits | self.value(*part)),
            Expression::Access { base, index } => self.value(*base) | self.value(*index),
            Expression::AccessIndex { base, .. } => self.value(*base),
            Expression::Splat { value, .. } => self.value(*value),
            Expression::Swizzle { vector, .. } => self.value(*vector),
            Expression::ImageSample { coordinate, array_index, offset, depth_ref, level, .. } => {
                let level = match level {
                    SampleLevel::Exact(level) | SampleLevel::Bias(level) => [Some(*level), None],
                    SampleLevel::Gradient { x, y } => [Some(*x), Some(*y)],
                    SampleLevel::Auto | SampleLevel::Zero => [None, None],
                };
                of(self, &[Some(*coordinate), *array_index, *offset, *depth_ref, level[0], level[1]])
            }
            Expression::ImageLoad { coordinate, array_index, sample, level, .. } => {
                of(self, &[Some(*coordinate), *array_index, *sample, *level])
            }
            Expression::Unary { expr, .. } | Expression::As { expr, .. } | Expression::Derivative { expr, .. } => {
                self.value(*expr)
            }
            Expression::Binary { left, right, .. } => self.value(*left) | self.value(*right),
            Expression::Select { condition, accept, reject } => of(self, &[Some(*condition), Some(*accept), Some(*reject)]),
            Expression::Relational { argument, .. } => self.value(*argument),
            Expression::Math { arg, arg1, arg2, arg3, .. } => of(self, &[Some(*arg), *arg1, *arg2, *arg3]),
            _ => 0,
        };
        if let Some(slot) = self.values.get_mut(expression.index()) {
            *slot = bits | flow.bits;
        }
        let takes_derivative = match &self.function.expressions[expression] {
            Expression::Derivative { .. } => true,
            Expression::ImageSample { level, gather, .. } => {
                gather.is_none() && matches!(level, SampleLevel::Auto | SampleLevel::Bias(_))
            }
            _ => false,
        };
        if takes_derivative && self.derivatives {
            self.need(Needs::Derivative, flow, self.range(expression), false);
        }
    }

    /// Something wants uniform control flow here.
    fn need(&mut self, needs: Needs, flow: &Flow, place: Option<Range<usize>>, is_call: bool) {
        self.summary.needs[needs as usize] = true;
        self.summary.parameters[needs as usize] |= flow.bits & !DIFFERS;
        if flow.bits & DIFFERS != 0
            && let Some(place) = place
            && !self.violations.iter().any(|known| known.place == place)
            && self.violations.len() < MOST_VIOLATIONS
        {
            self.violations.push(Violation { place, needs, is_call, cause: flow.cause.clone() });
        }
    }

    /// Walks through a block; gives the control flow after it.
    fn block(&mut self, block: &Block, mut flow: Flow, variables: &mut Vec<Bits>) -> Option<(Ends, Flow)> {
        let mut ends = 0;
        for (statement, span) in block.span_iter() {
            self.spend(1)?;
            let (ended, after) = self.statement(statement, span.to_range(), flow, variables)?;
            ends |= ended.0 & !Ends::NEXT;
            flow = after;
            if !ended.next() {
                // What follows is never reached, and browsers do not judge it.
                return Some((Ends(ends), flow));
            }
        }
        Some((Ends(ends | Ends::NEXT), flow))
    }

    fn statement(
        &mut self,
        statement: &Statement,
        place: Option<Range<usize>>,
        flow: Flow,
        variables: &mut Vec<Bits>,
    ) -> Option<(Ends, Flow)> {
        let mut ends = Ends(Ends::NEXT);
        match statement {
            Statement::Emit(range) => {
                for expression in range.clone() {
                    self.spend(1)?;
                    self.evaluate(expression, &flow, variables);
                }
            }
            Statement::Block(block) => return self.block(block, flow, variables),
            Statement::If { condition, accept, reject } => {
                let inner = flow.and(self.value(*condition), || self.range(*condition));
                self.spend(variables.len())?;
                let mut others = variables.clone();
                let (first, first_flow) = self.block(accept, inner.clone(), variables)?;
                let (second, second_flow) = self.block(reject, inner, &mut others)?;
                ends = Ends(first.0 | second.0);
                let mut meeting = Meeting::default();
                if first.next() {
                    meeting.join(&first_flow, variables);
                }
                if second.next() {
                    meeting.join(&second_flow, &others);
                }
                let Some((after, values)) = meeting.0 else { return Some((ends, flow)) };
                *variables = values;
                return Some((ends, if ends.0 == Ends::NEXT { flow } else { after }));
            }
            Statement::Switch { selector, cases } => {
                let inner = flow.and(self.value(*selector), || self.range(*selector));
                self.jumps.push(Jump::default());
                let mut meeting = Meeting::default();
                let mut all = 0;
                for case in cases {
                    // An empty body that falls through stands for one more value of the next one.
                    if case.fall_through && case.body.is_empty() {
                        continue;
                    }
                    self.spend(variables.len())?;
                    let mut values = variables.clone();
                    let (end, after) = self.block(&case.body, inner.clone(), &mut values)?;
                    all |= end.0;
                    if end.next() {
                        meeting.join(&after, &values);
                    }
                }
                let jump = self.jumps.pop().unwrap_or_default();
                if let Some((after, values)) = jump.breaks.0 {
                    meeting.join(&after, &values);
                }
                let left = all & !(Ends::NEXT | Ends::BREAK);
                let Some((after, values)) = meeting.0 else { return Some((Ends(left), flow)) };
                *variables = values;
                // As after an `if`; a `break` ends the `switch` like its last brace.
                return Some((Ends(left | Ends::NEXT), if left == 0 { flow } else { after }));
            }
            Statement::Loop { body, continuing, break_if } => return self.repeat(body, continuing, *break_if, flow, variables),
            Statement::Break => {
                self.spend(variables.len())?;
                if let Some(jump) = self.jumps.last_mut() {
                    jump.breaks.join(&flow, variables);
                }
                ends = Ends(Ends::BREAK);
            }
            Statement::Continue => {
                self.spend(variables.len())?;
                if let Some(jump) = self.jumps.iter_mut().rev().find(|jump| jump.is_loop) {
                    jump.continues.join(&flow, variables);
                }
                ends = Ends(Ends::CONTINUE);
            }
            Statement::Return { value } => {
                self.summary.result |= flow.bits | value.map_or(0, |value| self.value(value));
                ends = Ends(Ends::RETURN);
            }
            Statement::ControlBarrier(_) => self.need(Needs::Barrier, &flow, place, false),
            Statement::WorkGroupUniformLoad { result, .. } => {
                self.need(Needs::Barrier, &flow, place, false);
                self.set(*result, 0);
            }
            Statement::Store { pointer, value } => {
                let (root, bits, is_whole) = self.root(*pointer);
                if let Root::Variable(index) = root
                    && let Some(slot) = variables.get_mut(index)
                {
                    let kept = if is_whole { 0 } else { *slot };
                    *slot = kept | bits | flow.bits | self.value(*value);
                }
            }
            Statement::Atomic { result: Some(result), .. } => self.set(*result, DIFFERS),
            Statement::Call { function, arguments, result } => self.call(*function, arguments, *result, place, &flow, variables),
            _ => {}
        }
        Some((ends, flow))
    }

    fn set(&mut self, expression: Handle<Expression>, bits: Bits) {
        if let Some(slot) = self.values.get_mut(expression.index()) {
            *slot = bits;
        }
    }

    fn call(
        &mut self,
        function: Handle<naga::Function>,
        arguments: &[Handle<Expression>],
        result: Option<Handle<Expression>>,
        place: Option<Range<usize>>,
        flow: &Flow,
        variables: &mut [Bits],
    ) {
        let Some(callee) = self.summaries.get(function.index()).cloned() else { return };
        let mut given = Vec::with_capacity(arguments.len());
        let mut cause = None;
        for (index, argument) in arguments.iter().enumerate() {
            let parameter_type =
                self.module.functions[function].arguments.get(index).map(|argument| &self.module.types[argument.ty].inner);
            let is_pointer = matches!(parameter_type, Some(TypeInner::Pointer { .. } | TypeInner::ValuePointer { .. }));
            let bits = if is_pointer { self.load(*argument, variables) } else { self.value(*argument) };
            if bits & DIFFERS != 0 && cause.is_none() {
                cause = self.range(*argument);
            }
            given.push(bits);
            if is_pointer
                && let (Root::Variable(variable), ..) = self.root(*argument)
                && let Some(slot) = variables.get_mut(variable)
            {
                // The function may have written anything.
                *slot = 0;
            }
        }
        let passed = |wanted: Bits| {
            let parts = given.iter().enumerate().filter(|(index, _)| parameter(*index) & wanted != 0);
            parts.fold(0, |bits, (_, part)| bits | part)
        };
        for needs in [Needs::Derivative, Needs::Barrier] {
            if callee.needs[needs as usize] {
                let within = flow.and(passed(callee.parameters[needs as usize]), || cause.clone());
                self.need(needs, &within, place.clone(), true);
            }
        }
        if let Some(result) = result {
            self.set(result, flow.bits | (callee.result & DIFFERS) | passed(callee.result));
        }
    }

    /// A loop, walked through once as it is entered, and once more as it comes back.
    fn repeat(
        &mut self,
        body: &Block,
        continuing: &Block,
        break_if: Option<Handle<Expression>>,
        flow: Flow,
        variables: &mut Vec<Bits>,
    ) -> Option<(Ends, Flow)> {
        let mut entry = Meeting::default();
        self.spend(variables.len())?;
        entry.join(&flow, variables);
        let mut out = (Ends(0), flow.clone());
        for round in 0..2 {
            let (inner, before) = entry.0.clone()?;
            self.spend(3 * variables.len())?;
            let mut values = before.clone();
            self.jumps.push(Jump { is_loop: true, ..Jump::default() });
            let (end, after) = self.block(body, inner.clone(), &mut values)?;
            let mut jump = self.jumps.pop().unwrap_or_default();
            let mut back = std::mem::take(&mut jump.continues);
            if end.next() {
                back.join(&after, &values);
            }
            if let Some((back_flow, mut values)) = back.0 {
                self.jumps.push(Jump { is_loop: true, ..Jump::default() });
                let (_, mut after) = self.block(continuing, back_flow, &mut values)?;
                self.jumps.pop();
                if let Some(condition) = break_if {
                    after = after.and(self.value(condition), || self.range(condition));
                    jump.breaks.join(&after, &values);
                }
                entry.join(&after, &values);
            }
            let returns = end.0 & Ends::RETURN;
            match jump.breaks.0 {
                Some((_, values)) => {
                    *variables = values;
                    let after = if returns == 0 { flow.clone() } else { inner.clone() };
                    out = (Ends(Ends::NEXT | returns), after);
                }
                None => out = (Ends(returns), inner.clone()),
            }
            let is_stable = entry.0.as_ref().is_some_and(|(flow, values)| flow.bits == inner.bits && *values == before);
            if round == 1 || is_stable {
                break;
            }
        }
        Some(out)
    }
}

/// What a pointer points into.
enum Root {
    /// A variable of the function, or what a parameter points to.
    Variable(usize),
    /// A variable of the module.
    Global(Handle<naga::GlobalVariable>),
    /// Something else.
    Unknown,
}
