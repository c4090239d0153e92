//! Labels that the users of a party share: a folder (exactly one) and free flags.

use super::names::Label;

/// A set of labels; one of Default, Bin and Archive is always in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labels(u8);

/// One line of the label log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelChange {
    /// The label.
    pub label: Label,
    /// Put on, or taken off.
    pub set: bool,
}

impl Default for Labels {
    fn default() -> Self {
        Self(Self::bit(Label::Default))
    }
}

impl Labels {
    const FOLDERS: [Label; 3] = [Label::Default, Label::Bin, Label::Archive];

    const fn bit(label: Label) -> u8 {
        1 << (label as u8 - 1)
    }

    /// From the stored mask; a mask without a folder gets Default.
    pub fn from_mask(mask: i64) -> Self {
        let labels = Self(u8::try_from(mask & 0b1_1111).unwrap_or(0));
        if Self::FOLDERS.iter().any(|f| labels.has(*f)) {
            labels
        } else {
            Self(labels.0 | Self::bit(Label::Default))
        }
    }

    /// Mask for the database.
    pub fn mask(self) -> i64 {
        i64::from(self.0)
    }

    /// Mask of a list of labels, to search for dialogs that carry all of them.
    pub fn mask_of(labels: &[Label]) -> i64 {
        labels.iter().fold(0, |mask, l| mask | i64::from(Self::bit(*l)))
    }

    /// Is it on?
    pub fn has(self, label: Label) -> bool {
        self.0 & Self::bit(label) != 0
    }

    /// The folder.
    pub fn folder(self) -> Label {
        Self::FOLDERS.into_iter().find(|f| self.has(*f)).unwrap_or(Label::Default)
    }

    /// All labels, by number.
    pub fn all(self) -> impl Iterator<Item = Label> {
        Label::ALL.iter().copied().filter(move |l| self.has(*l))
    }

    /// With this label added; a folder replaces the folder.
    #[must_use]
    pub fn with(self, label: Label) -> Self {
        if Self::FOLDERS.contains(&label) {
            let flags = Self::FOLDERS.iter().fold(self.0, |mask, f| mask & !Self::bit(*f));
            Self(flags | Self::bit(label))
        } else {
            Self(self.0 | Self::bit(label))
        }
    }

    /// Without this label; a dialog that leaves its folder goes to Default.
    #[must_use]
    pub fn without(self, label: Label) -> Self {
        if !self.has(label) {
            self
        } else if Self::FOLDERS.contains(&label) {
            self.with(Label::Default)
        } else {
            Self(self.0 & !Self::bit(label))
        }
    }

    /// Removals first, then additions, each in order; of several folders the last wins.
    #[must_use]
    pub fn apply(self, add: &[Label], remove: &[Label]) -> Self {
        let cleared = remove.iter().fold(self, |labels, l| labels.without(*l));
        add.iter().fold(cleared, |labels, l| labels.with(*l))
    }

    /// What the log says of a change: what was put on, then what was taken off. Default is not told.
    pub fn changes_to(self, new: Self) -> Vec<LabelChange> {
        let told = |from: Self, to: Self, set| {
            Label::ALL
                .iter()
                .filter(move |l| **l != Label::Default && to.has(**l) && !from.has(**l))
                .map(move |l| LabelChange { label: *l, set })
        };
        told(self, new, true).chain(told(new, self, false)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_label() -> impl Strategy<Value = Label> {
        proptest::sample::select(Label::ALL)
    }

    #[test]
    fn moving_between_folders_logs_the_new_one_first() {
        let bin = Labels::default().with(Label::Bin);
        let log = bin.changes_to(bin.apply(&[Label::Archive], &[]));
        assert_eq!(
            log,
            [LabelChange { label: Label::Archive, set: true }, LabelChange { label: Label::Bin, set: false }]
        );
    }

    #[test]
    fn leaving_the_folder_leads_to_default_and_the_log_does_not_tell_of_default() {
        let bin = Labels::default().with(Label::Bin).with(Label::MarkedAsUnopened);
        let out = bin.apply(&[], &[Label::Bin]);
        assert_eq!(out.folder(), Label::Default);
        assert!(out.has(Label::MarkedAsUnopened));
        assert_eq!(bin.changes_to(out), [LabelChange { label: Label::Bin, set: false }]);
    }

    proptest! {
        #[test]
        fn there_is_always_exactly_one_folder(
            add in prop::collection::vec(any_label(), 0..6),
            remove in prop::collection::vec(any_label(), 0..6),
            mask in 0i64..32,
        ) {
            let labels = Labels::from_mask(mask & 0b1_1000).with(Label::Archive).apply(&add, &remove);
            let folders = Labels::FOLDERS.iter().filter(|f| labels.has(**f)).count();
            prop_assert_eq!(folders, 1);
            prop_assert_eq!(Labels::from_mask(labels.mask()), labels);
        }

        #[test]
        fn replaying_the_log_gives_the_new_labels(
            add in prop::collection::vec(any_label(), 0..6),
            remove in prop::collection::vec(any_label(), 0..6),
        ) {
            let old = Labels::default();
            let new = old.apply(&add, &remove);
            let (set, unset): (Vec<_>, Vec<_>) = old.changes_to(new).into_iter().partition(|c| c.set);
            let labels = |c: &[LabelChange]| c.iter().map(|c| c.label).collect::<Vec<_>>();
            prop_assert_eq!(old.apply(&labels(&set), &labels(&unset)), new);
        }
    }
}
