//! What the analyses of whole functions ask of expressions: which of them read memory, and whose memory it is.

use std::collections::HashMap;

use super::Info;
use crate::names::{Names, Target};
use crate::tree::*;
use crate::types::{Type, Types};

/// The variable or the parameter that first gives access to memory: the root identifier, section 11.4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Root {
    /// A variable of the module: its item.
    Item(u32),
    /// A variable or a parameter of the function.
    Local(u32),
}

/// A module without errors in its types.
#[derive(Clone, Copy)]
pub(super) struct Module<'c> {
    pub tree: &'c Tree,
    pub names: &'c Names,
    pub types: &'c Types,
    pub infos: &'c [Info],
}

impl<'c> Module<'c> {
    pub(super) fn ty(&self, id: ExprId) -> Type {
        self.types.get(self.infos[id.0 as usize].ty)
    }

    /// The root identifier of a pointer or of memory. `pointers` holds those of constants that are pointers.
    pub(super) fn root(&self, id: ExprId, pointers: &HashMap<u32, Root>) -> Option<Root> {
        let mut at = id;
        loop {
            at = match &self.tree[at].kind {
                ExprKind::Paren(inner) => *inner,
                ExprKind::Unary { op: UnaryOp::AddressOf | UnaryOp::Deref, operand } => *operand,
                ExprKind::Index { base, .. } | ExprKind::Member { base, .. } => *base,
                ExprKind::Name { .. } => {
                    return match self.names.targets[at.0 as usize] {
                        Target::Item(item) => Some(Root::Item(item)),
                        Target::Local(local) => Some(pointers.get(&local).copied().unwrap_or(Root::Local(local))),
                        _ => None,
                    };
                }
                _ => return None,
            };
        }
    }

    /// For each expression from the first part of `root` to `root` itself: whether the memory that it stands for is only looked into or
    /// pointed to, and not read. `is_target`: `root` is assigned to.
    pub(super) fn views(&self, root: ExprId, is_target: bool) -> Vec<bool> {
        let first = self.tree.first(root).0;
        let mut views = vec![false; (root.0 - first + 1) as usize];
        if let Some(last) = views.last_mut() {
            *last = is_target;
        }
        for id in (first..=root.0).rev() {
            let is_reference = matches!(self.ty(ExprId(id)), Type::Reference(..));
            let own = views[(id - first) as usize];
            let (part, is_view) = match &self.tree[ExprId(id)].kind {
                ExprKind::Unary { op: UnaryOp::AddressOf, operand } => (*operand, true),
                // A pointer to a pointer does not exist: what is behind `*` is no memory itself.
                ExprKind::Unary { op: UnaryOp::Deref, operand } => (*operand, false),
                ExprKind::Paren(inner) => (*inner, own),
                ExprKind::Index { base, .. } => (*base, is_reference),
                // Several components of a vector are assigned to by way of the vector.
                ExprKind::Member { base, .. } => (*base, is_reference || own),
                _ => continue,
            };
            views[(part.0 - first) as usize] = is_view;
        }
        views
    }

    /// Whether an expression stands for all of a variable: a full reference or a full pointer, section 15.2.5. `whole` holds the
    /// constants that are full pointers.
    pub(super) fn is_whole(&self, id: ExprId, whole: &HashMap<u32, bool>) -> bool {
        let mut at = id;
        loop {
            at = match &self.tree[at].kind {
                ExprKind::Paren(inner) | ExprKind::Unary { op: UnaryOp::AddressOf | UnaryOp::Deref, operand: inner } => *inner,
                ExprKind::Name { .. } => {
                    return match self.names.targets[at.0 as usize] {
                        Target::Local(local) => whole.get(&local).copied().unwrap_or(true),
                        _ => true,
                    };
                }
                _ => return false,
            };
        }
    }
}
