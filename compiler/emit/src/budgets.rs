//! What hosts count of descriptors, which is known only once they are written: the budgets of [`pngine_format::limits`] for them.

use super::{Arg, Blobs, Command, EmitError, Place};
use pngine_format::descriptor;
use pngine_format::limits::{DESCRIPTOR_BYTES, DESCRIPTOR_VALUES, DESCRIPTORS_BYTES};
use pngine_format::op::Op;
use std::collections::BTreeSet;

/// The descriptors of a whole program, and their lists of bundles and dynamic offsets.
pub(super) struct Descriptors<'a> {
    pub(super) blobs: &'a Blobs,
    pub(super) data: &'a [u8],
    pub(super) offsets: &'a [Place],
    /// Those that were looked at for themselves.
    pub(super) seen: BTreeSet<Place>,
}

impl Descriptors<'_> {
    /// Holds the commands of one command buffer against the budgets.
    ///
    /// # Errors
    /// [`EmitError::BeyondBudget`] for the first command that is too much.
    pub(super) fn check<'c>(&mut self, commands: impl Iterator<Item = &'c Command>) -> Result<(), EmitError> {
        let mut sum = 0;
        for command in commands {
            self.add(command, &mut sum)?;
        }
        Ok(())
    }

    fn add(&mut self, command: &Command, sum: &mut u64) -> Result<(), EmitError> {
        let beyond = |message: String, help| Err(EmitError::BeyondBudget { span: command.span, message, help });
        let is_list = matches!(command.op, Op::ExecuteBundles | Op::SetBindGroupOffsets);
        if !is_list && command.op.row().descriptor.is_none() {
            return Ok(());
        }
        let found = command.args.iter().find_map(|arg| match *arg {
            Arg::Blob(blob) => Some((blob, self.offsets[blob])),
            Arg::Part(blob, count) => Some((blob, (self.offsets[blob].0, self.offsets[blob].1 / count))),
            Arg::Number(_) | Arg::Input { .. } => None,
        });
        let Some((blob, place @ (start, len))) = found else { return Ok(()) };
        *sum += u64::from(len);
        if len > DESCRIPTOR_BYTES {
            let message = format!("this takes {len} bytes to describe, and hosts take {DESCRIPTOR_BYTES}");
            return beyond(message, "split it into several");
        }
        if *sum > u64::from(DESCRIPTORS_BYTES) {
            let message =
                format!("{sum} bytes of descriptors in one command buffer up to here, and hosts take {DESCRIPTORS_BYTES}");
            return beyond(message, "let things share their bind groups and layouts, or use bind groups with fewer entries");
        }
        // A value has a byte at least, so a shorter one cannot have too many.
        if !is_list && len > DESCRIPTOR_VALUES && self.seen.insert(place) {
            let bytes = &self.data[start as usize..][..len as usize];
            if descriptor::decode(bytes).is_err_and(|error| error.over_budget) {
                let message = format!("this takes more than {DESCRIPTOR_VALUES} values to describe, which is what hosts take");
                return beyond(message, "split it into several");
            }
        }
        // The commands of a bundle count where it is made.
        self.blobs.bundle_commands(blob).iter().try_for_each(|inner| self.add(inner, sum))
    }
}
