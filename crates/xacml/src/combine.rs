//! Combining algorithms with the extended Indeterminate values of XACML 3.0 (appendix C of the standard).

use crate::model::Effect;

/// A decision on its way up: Indeterminate tells what it might have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Extended {
    Permit,
    Deny,
    NotApplicable,
    IndeterminateP,
    IndeterminateD,
    IndeterminateDP,
}

impl Extended {
    pub(crate) fn of(effect: Effect) -> Self {
        match effect {
            Effect::Permit => Self::Permit,
            Effect::Deny => Self::Deny,
        }
    }

    pub(crate) fn indeterminate(effect: Effect) -> Self {
        match effect {
            Effect::Permit => Self::IndeterminateP,
            Effect::Deny => Self::IndeterminateD,
        }
    }

    pub(crate) fn is_indeterminate(self) -> bool {
        matches!(self, Self::IndeterminateP | Self::IndeterminateD | Self::IndeterminateDP)
    }

    /// What a policy gives whose target could not be evaluated (table 7 of the standard).
    pub(crate) fn under_unknown_target(self) -> Self {
        match self {
            Self::Permit => Self::IndeterminateP,
            Self::Deny => Self::IndeterminateD,
            other => other,
        }
    }

    fn mirrored(self) -> Self {
        match self {
            Self::Permit => Self::Deny,
            Self::Deny => Self::Permit,
            Self::IndeterminateP => Self::IndeterminateD,
            Self::IndeterminateD => Self::IndeterminateP,
            other => other,
        }
    }
}

/// A rule- or policy-combining algorithm; ordered variants are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    DenyOverrides,
    PermitOverrides,
    /// Before 3.0 an error in a policy counted as Deny.
    LegacyPolicyDenyOverrides,
    LegacyPolicyPermitOverrides,
    DenyUnlessPermit,
    PermitUnlessDeny,
    FirstApplicable,
    OnlyOneApplicable,
}

impl Algorithm {
    pub(crate) fn from_urn(urn: &str) -> Option<Self> {
        let rest = urn.strip_prefix("urn:oasis:names:tc:xacml:")?;
        let (version, rest) = rest.split_once(':')?;
        let (kind, name) = rest.split_once(':')?;
        let policies = match kind {
            "rule-combining-algorithm" => false,
            "policy-combining-algorithm" => true,
            _ => return None,
        };
        let legacy = policies && matches!(version, "1.0" | "1.1");
        match name.strip_prefix("ordered-").unwrap_or(name) {
            "deny-overrides" if legacy => Some(Self::LegacyPolicyDenyOverrides),
            "permit-overrides" if legacy => Some(Self::LegacyPolicyPermitOverrides),
            "deny-overrides" => Some(Self::DenyOverrides),
            "permit-overrides" => Some(Self::PermitOverrides),
            "deny-unless-permit" => Some(Self::DenyUnlessPermit),
            "permit-unless-deny" => Some(Self::PermitUnlessDeny),
            "first-applicable" => Some(Self::FirstApplicable),
            "only-one-applicable" if policies => Some(Self::OnlyOneApplicable),
            _ => None,
        }
    }
}

/// Folds results one by one, so that nothing need be collected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Combiner {
    algorithm: Algorithm,
    /// One bit for each kind of result seen, see [`bit`].
    seen: u8,
    first: Option<Extended>,
}

fn bit(result: Extended) -> u8 {
    match result {
        Extended::NotApplicable => 0,
        Extended::Permit => 1,
        Extended::Deny => 2,
        Extended::IndeterminateP => 4,
        Extended::IndeterminateD => 8,
        Extended::IndeterminateDP => 16,
    }
}

impl Combiner {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        Self { algorithm, seen: 0, first: None }
    }

    fn has(self, result: Extended) -> bool {
        self.seen & bit(result) != 0
    }

    fn has_indeterminate(self) -> bool {
        self.seen & (4 | 8 | 16) != 0
    }

    /// Takes a result; answers whether the outcome is settled.
    pub(crate) fn add(&mut self, result: Extended) -> bool {
        self.seen |= bit(result);
        if result != Extended::NotApplicable && self.first.is_none() {
            self.first = Some(result);
        }
        match self.algorithm {
            Algorithm::DenyOverrides | Algorithm::PermitUnlessDeny => self.has(Extended::Deny),
            Algorithm::PermitOverrides
            | Algorithm::DenyUnlessPermit
            | Algorithm::LegacyPolicyPermitOverrides => self.has(Extended::Permit),
            Algorithm::LegacyPolicyDenyOverrides => self.has(Extended::Deny) || self.has_indeterminate(),
            Algorithm::FirstApplicable | Algorithm::OnlyOneApplicable => self.first.is_some(),
        }
    }

    pub(crate) fn result(self) -> Extended {
        use Extended::{Deny, IndeterminateDP, NotApplicable, Permit};
        let (permit, deny) = (self.has(Permit), self.has(Deny));
        match self.algorithm {
            Algorithm::DenyOverrides => self.deny_overrides(),
            Algorithm::PermitOverrides => self.mirrored().deny_overrides().mirrored(),
            Algorithm::LegacyPolicyDenyOverrides if deny || self.has_indeterminate() => Deny,
            Algorithm::LegacyPolicyDenyOverrides => {
                if permit {
                    Permit
                } else {
                    NotApplicable
                }
            }
            Algorithm::LegacyPolicyPermitOverrides => match (permit, deny) {
                (true, _) => Permit,
                (false, true) => Deny,
                _ if self.has_indeterminate() => IndeterminateDP,
                _ => NotApplicable,
            },
            Algorithm::DenyUnlessPermit => {
                if permit {
                    Permit
                } else {
                    Deny
                }
            }
            Algorithm::PermitUnlessDeny => {
                if deny {
                    Deny
                } else {
                    Permit
                }
            }
            Algorithm::FirstApplicable | Algorithm::OnlyOneApplicable => self.first.unwrap_or(NotApplicable),
        }
    }

    fn mirrored(self) -> Self {
        let swapped =
            (self.seen & 1) << 1 | (self.seen & 2) >> 1 | (self.seen & 4) << 1 | (self.seen & 8) >> 1;
        Self { seen: swapped | self.seen & 16, ..self }
    }

    fn deny_overrides(self) -> Extended {
        use Extended::{Deny, IndeterminateD, IndeterminateDP, IndeterminateP, NotApplicable, Permit};
        let may_permit = self.has(IndeterminateP) || self.has(Permit);
        if self.has(Deny) {
            Deny
        } else if self.has(IndeterminateDP) || (self.has(IndeterminateD) && may_permit) {
            IndeterminateDP
        } else if self.has(IndeterminateD) {
            IndeterminateD
        } else if self.has(Permit) {
            Permit
        } else if self.has(IndeterminateP) {
            IndeterminateP
        } else {
            NotApplicable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn combine(algorithm: Algorithm, results: &[Extended]) -> Extended {
        let mut combiner = Combiner::new(algorithm);
        for result in results {
            if combiner.add(*result) {
                break;
            }
        }
        combiner.result()
    }

    fn any_result() -> impl Strategy<Value = Extended> {
        use Extended::{Deny, IndeterminateD, IndeterminateDP, IndeterminateP, NotApplicable, Permit};
        prop::sample::select(vec![
            Permit,
            Deny,
            NotApplicable,
            IndeterminateP,
            IndeterminateD,
            IndeterminateDP,
        ])
    }

    #[test]
    fn the_table_of_the_standard_for_deny_overrides() {
        use Extended::{Deny, IndeterminateD, IndeterminateDP, IndeterminateP, NotApplicable, Permit};
        for (results, expected) in [
            (vec![], NotApplicable),
            (vec![Permit, Deny], Deny),
            (vec![IndeterminateD, Permit], IndeterminateDP),
            (vec![IndeterminateD, IndeterminateP], IndeterminateDP),
            (vec![IndeterminateD], IndeterminateD),
            (vec![IndeterminateP, Permit], Permit),
            (vec![IndeterminateP, NotApplicable], IndeterminateP),
            (vec![IndeterminateDP, Permit], IndeterminateDP),
        ] {
            assert_eq!(combine(Algorithm::DenyOverrides, &results), expected, "{results:?}");
        }
    }

    proptest! {
        #[test]
        fn overrides_do_not_depend_on_order(results in prop::collection::vec(any_result(), 0..8), seed in 0_usize..8) {
            let mut turned = results.clone();
            if !turned.is_empty() {
                let by = seed % turned.len();
                turned.rotate_left(by);
            }
            turned.reverse();
            for algorithm in [Algorithm::DenyOverrides, Algorithm::PermitOverrides] {
                prop_assert_eq!(combine(algorithm, &results), combine(algorithm, &turned));
            }
        }

        #[test]
        fn a_deny_wins_over_everything(results in prop::collection::vec(any_result(), 0..8)) {
            let mut with_deny = results;
            with_deny.push(Extended::Deny);
            prop_assert_eq!(combine(Algorithm::DenyOverrides, &with_deny), Extended::Deny);
        }

        #[test]
        fn permit_overrides_is_the_mirror_of_deny_overrides(results in prop::collection::vec(any_result(), 0..8)) {
            let mirrored: Vec<Extended> = results.iter().map(|result| result.mirrored()).collect();
            prop_assert_eq!(
                combine(Algorithm::PermitOverrides, &results),
                combine(Algorithm::DenyOverrides, &mirrored).mirrored()
            );
        }

        #[test]
        fn unless_algorithms_always_decide(results in prop::collection::vec(any_result(), 0..8)) {
            let deny_unless = combine(Algorithm::DenyUnlessPermit, &results);
            prop_assert_eq!(deny_unless == Extended::Permit, results.contains(&Extended::Permit));
            let permit_unless = combine(Algorithm::PermitUnlessDeny, &results);
            prop_assert_eq!(permit_unless == Extended::Deny, results.contains(&Extended::Deny));
        }
    }
}
