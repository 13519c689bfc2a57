//! Formulas of generated elements: one expression per lane, compiled once and run for every element.
//! Source: language reference, section 7.4.

use pngine_source::source::Span;
use pngine_syntax::function::Function;
use pngine_syntax::tree::BinaryOp;

/// Elements that are computed together, so that a step is looked up once for all of them. Picked by feel.
const BLOCK: usize = 256;

/// Most operands of a step: those of `clamp`.
pub const MOST_OPERANDS: usize = 3;

/// A step of a formula; the operands of a step lie on a stack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// A number.
    Constant(f64),
    /// `ELEMENT_ID`: 0 for the first element.
    Element,
    /// The number of elements.
    Count,
    /// `random()`: the n-th of the calls of its formula.
    Random(u32),
    /// `-x`
    Negate,
    /// An operator between the two topmost numbers.
    Binary(BinaryOp, Span),
    /// A function of as many of the topmost numbers, 1 to [`MOST_OPERANDS`].
    Call(Function, usize, Span),
}

impl Step {
    /// How many numbers it takes from the stack; it leaves one.
    fn operands(self) -> usize {
        match self {
            Step::Constant(_) | Step::Element | Step::Count | Step::Random(_) => 0,
            Step::Negate => 1,
            Step::Binary(..) => 2,
            Step::Call(_, count, _) => count,
        }
    }
}

/// An expression in postfix order.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// Where it stands.
    pub span: Span,
    steps: Vec<Step>,
    randoms: u32,
    /// Numbers on the stack at most.
    depth: usize,
}

/// What went wrong at an element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failure {
    /// Where in the formula.
    pub span: Span,
    /// The element.
    pub element: u32,
    /// What.
    pub reason: &'static str,
}

impl Formula {
    /// A formula of these steps. `None` if a step does not find its operands, or not exactly one number is left.
    pub fn new(span: Span, steps: Vec<Step>) -> Option<Self> {
        let (mut height, mut depth, mut randoms) = (0usize, 0, 0u32);
        for step in &steps {
            if matches!(step, Step::Call(_, operands, _) if !(1..=MOST_OPERANDS).contains(operands)) {
                return None;
            }
            height = height.checked_sub(step.operands())? + 1;
            depth = depth.max(height);
            randoms += u32::from(matches!(step, Step::Random(_)));
        }
        (height == 1).then_some(Self { span, steps, randoms, depth })
    }

    /// How many steps each element takes.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// How much work each element takes: two units to store it, one for each number and sum, up to sixteen for functions, and thirty-two
    /// for remainders. Picked by feel: a sum takes about a nanosecond, `pow` some fifty, a remainder of fractions up to two thousand.
    pub fn work(&self) -> u64 {
        let of = |step: &Step| match step {
            Step::Constant(_) | Step::Element | Step::Count | Step::Random(_) | Step::Negate => 1,
            Step::Binary(BinaryOp::Rem, _) => 32,
            Step::Binary(..) => 1,
            Step::Call(function, ..) => match function {
                Function::Abs | Function::Sign | Function::Min | Function::Max | Function::Clamp => 2,
                Function::Ceil | Function::Floor | Function::Round | Function::Sqrt => 4,
                Function::Sin | Function::Cos | Function::Tan | Function::Pow => 16,
            },
        };
        2 + self.steps.iter().map(of).sum::<u64>()
    }

    /// Never: a formula gives a number.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// The computation of one lane of an array.
pub struct Lane<'a> {
    formula: &'a Formula,
    seed: u64,
    stack: Vec<[f64; BLOCK]>,
}

impl<'a> Lane<'a> {
    /// Lane `lane` of the data `name`; both decide what `random()` gives.
    pub fn new(formula: &'a Formula, name: &str, lane: u32) -> Self {
        Self { formula, seed: seed(name, lane), stack: vec![[0.0; BLOCK]; formula.depth] }
    }

    /// The values of the elements from `first` on, at most [`Lane::block`] of them and at most to `count`.
    ///
    /// # Errors
    /// The first failure, if an operation has no finite result.
    pub fn run(&mut self, first: u32, count: u32) -> Result<&[f64], Failure> {
        let len = BLOCK.min(count.saturating_sub(first) as usize);
        let mut top = 0;
        for step in &self.formula.steps {
            let base = top - step.operands();
            let (below, above) = self.stack.split_at_mut(base + 1);
            // The first operand and the result share their place.
            let (result, rest) = (&mut below[base][..len], above);
            match *step {
                Step::Constant(number) => result.fill(number),
                Step::Element => result.iter_mut().zip(first..).for_each(|(x, element)| *x = f64::from(element)),
                Step::Count => result.fill(f64::from(count)),
                Step::Random(call) => {
                    for (x, element) in result.iter_mut().zip(u64::from(first)..) {
                        *x = random(self.seed, element * u64::from(self.formula.randoms) + u64::from(call));
                    }
                }
                Step::Negate => result.iter_mut().for_each(|x| *x = -*x),
                Step::Binary(op, span) => {
                    let right = &rest[0][..len];
                    let fail = |index: usize, reason| Failure { span, element: first + index as u32, reason };
                    if matches!(op, BinaryOp::Div | BinaryOp::Rem)
                        && let Some(index) = right.iter().position(|x| *x == 0.0)
                    {
                        return Err(fail(index, "division by zero"));
                    }
                    let operate: fn(f64, f64) -> f64 = match op {
                        BinaryOp::Add => |a, b| a + b,
                        BinaryOp::Sub => |a, b| a - b,
                        BinaryOp::Mul => |a, b| a * b,
                        BinaryOp::Div => |a, b| a / b,
                        BinaryOp::Rem => remainder,
                    };
                    result.iter_mut().zip(right).for_each(|(a, b)| *a = operate(*a, *b));
                    if let Some(index) = result.iter().position(|x| !x.is_finite()) {
                        return Err(fail(index, "the result is too large"));
                    }
                }
                Step::Call(function, operands, span) => {
                    let mut arguments = [0.0; MOST_OPERANDS];
                    for (index, x) in result.iter_mut().enumerate() {
                        let fail = |reason| Failure { span, element: first + index as u32, reason };
                        arguments[0] = *x;
                        for (argument, operand) in arguments[1..operands].iter_mut().zip(&*rest) {
                            *argument = operand[index];
                        }
                        if function == Function::Clamp && arguments[1] > arguments[2] {
                            return Err(fail("the lower limit is above the upper limit"));
                        }
                        *x = function.apply(&arguments[..operands]);
                        if !x.is_finite() {
                            return Err(fail("the result is not a number"));
                        }
                    }
                }
            }
            top = base + 1;
        }
        Ok(&self.stack[0][..len])
    }

    /// How many elements [`Lane::run`] computes at once.
    pub const fn block() -> u32 {
        BLOCK as u32
    }
}

/// The remainder of a division, with the sign of what is divided. Whole numbers are divided as such: `fmod` takes a step for every bit
/// that they differ by.
fn remainder(a: f64, b: f64) -> f64 {
    /// The first whole number whose neighbours a double does not all have: 2^53.
    const LARGE: f64 = 9_007_199_254_740_992.0;
    let is_whole = |x: f64| x.abs() < LARGE && libm::trunc(x) == x;
    if is_whole(a) && is_whole(b) && b != 0.0 {
        // Both are below 2^53, and so is the remainder.
        return libm::copysign((a.abs() as u64 % b.abs() as u64) as f64, a);
    }
    libm::fmod(a, b)
}

/// Where the numbers of a lane start: FNV-1a over the name and the lane's number.
fn seed(name: &str, lane: u32) -> u64 {
    let bytes = name.bytes().chain(lane.to_le_bytes());
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// The n-th number of the sequence: in [0, 1), a multiple of 2^-24, so that a single holds it exactly. Source: SplitMix64 (Steele,
/// Lea, Flood, 2014), whose state after n steps is known without taking them.
fn random(seed: u64, n: u64) -> f64 {
    let mut x = seed.wrapping_add((n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^= x >> 31;
    (x >> 40) as f64 / 16_777_216.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(steps: Vec<Step>, count: u32) -> Result<Vec<f64>, Failure> {
        let formula = Formula::new(Span::default(), steps).expect("a formula");
        let mut lane = Lane::new(&formula, "name", 0);
        let mut out = Vec::new();
        for first in (0..count).step_by(BLOCK) {
            out.extend_from_slice(lane.run(first, count)?);
        }
        Ok(out)
    }

    const SPAN: Span = Span::new(pngine_source::source::FileId(0), 0, 0);

    #[test]
    fn every_element_gets_its_value() {
        let half = vec![Step::Element, Step::Constant(2.0), Step::Binary(BinaryOp::Div, SPAN)];
        let values = values(half, 600).expect("finite numbers");
        assert_eq!(values.len(), 600);
        assert!(values.iter().enumerate().all(|(i, x)| *x == i as f64 / 2.0));
    }

    #[test]
    fn remainders_are_those_of_fmod() {
        let numbers = [0.0, -0.0, 1.0, -1.0, 7.0, -7.0, 0.5, 3.25, 1e15, -1e15, 9_007_199_254_740_991.0, 1e300, 5e-324, 255.0];
        for a in numbers {
            for b in numbers.into_iter().filter(|b| *b != 0.0) {
                assert_eq!(remainder(a, b).to_bits(), libm::fmod(a, b).to_bits(), "{a} % {b}");
            }
        }
    }

    #[test]
    fn failures_name_the_element() {
        let inverse = vec![
            Step::Constant(1.0),
            Step::Element,
            Step::Constant(300.0),
            Step::Binary(BinaryOp::Sub, SPAN),
            Step::Binary(BinaryOp::Div, SPAN),
        ];
        assert_eq!(values(inverse.clone(), 300).map(|values| values.len()), Ok(300));
        assert_eq!(values(inverse, 301).map_err(|failure| failure.element), Err(300));
        let root = vec![Step::Count, Step::Negate, Step::Call(Function::Sqrt, 1, SPAN)];
        assert_eq!(values(root, 5).map_err(|failure| failure.element), Err(0));
    }

    #[test]
    fn random_numbers_are_spread_and_differ_by_name_lane_and_call() {
        let two = vec![Step::Random(0), Step::Random(1), Step::Binary(BinaryOp::Sub, SPAN)];
        assert!(values(two, 1000).expect("numbers").iter().all(|x| *x != 0.0));
        let numbers = values(vec![Step::Random(0)], 10_000).expect("numbers");
        assert!(numbers.iter().all(|x| (0.0..1.0).contains(x)));
        let mean = numbers.iter().sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        for tenth in 0..10 {
            let share = numbers.iter().filter(|x| (**x * 10.0) as u32 == tenth).count();
            assert!((900..1100).contains(&share), "{share} of 10000 numbers in tenth {tenth}");
        }
        assert!(seed("name", 0) != seed("name", 1) && seed("name", 0) != seed("nama", 0));
        // The sequence is part of the language: a build of today must be the same tomorrow.
        assert_eq!(numbers[..3], [random(seed("name", 0), 0), random(seed("name", 0), 1), random(seed("name", 0), 2)]);
    }

    #[test]
    fn what_is_no_formula_is_refused() {
        assert_eq!(Formula::new(SPAN, vec![]), None);
        assert_eq!(Formula::new(SPAN, vec![Step::Negate]), None);
        assert_eq!(Formula::new(SPAN, vec![Step::Element, Step::Element]), None);
    }
}
