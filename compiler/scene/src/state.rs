//! How far a scene has come: what stands where a declaration could not be understood.

use std::marker::PhantomData;
use std::ops::Deref;

/// What the lists of a [`Scene`](super::Scene) are made of.
pub trait State {
    /// The place of a declaration.
    type Slot<T: 'static>;
    /// A list of such places.
    type Slots<T: 'static>: Deref<Target = [Self::Slot<T>]>;
    /// A list that has no holes in any state.
    type List<T: 'static>: Deref<Target = [T]>;

    /// What is in a place; `None` for a hole.
    fn get<T: 'static>(slot: &Self::Slot<T>) -> Option<&T>;
}

/// As it is lowered: with a hole (`None`) for each declaration that could not be understood, which is reported.
#[derive(Clone, Copy, Debug)]
pub enum Draft {}

impl State for Draft {
    type Slot<T: 'static> = Option<T>;
    type Slots<T: 'static> = Vec<Option<T>>;
    type List<T: 'static> = Vec<T>;

    fn get<T: 'static>(slot: &Option<T>) -> Option<&T> {
        slot.as_ref()
    }
}

/// A draft in the eyes of somebody who turns away from more than its holes: nothing is copied, and the draft stays as it is.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a>(PhantomData<&'a ()>);

impl<'a> State for Seen<'a> {
    type Slot<T: 'static> = Option<&'a T>;
    type Slots<T: 'static> = Vec<Option<&'a T>>;
    type List<T: 'static> = &'a [T];

    fn get<'s, T: 'static>(slot: &'s Option<&'a T>) -> Option<&'s T> {
        *slot
    }
}

/// Without holes: nothing is missing.
#[derive(Clone, Copy, Debug)]
pub enum Whole {}

impl State for Whole {
    type Slot<T: 'static> = T;
    type Slots<T: 'static> = Vec<T>;
    type List<T: 'static> = Vec<T>;

    fn get<T: 'static>(slot: &T) -> Option<&T> {
        Some(slot)
    }
}
