//! Transmissions answer each other: a forest with bounded depth and width and no cycles.

use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Longest chain of answers.
pub const MAX_DEPTH: usize = 100;
/// Most answers to one transmission.
pub const MAX_WIDTH: usize = 100;

/// What is wrong with the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Violation {
    /// The transmission answered is not in the dialog.
    Reference(Uuid),
    /// Too long a chain.
    Depth(Uuid),
    /// A chain that comes back to itself.
    Cyclic(Uuid),
    /// Too many answers to one transmission.
    Width(Uuid),
}

impl Violation {
    /// The refusal's text.
    pub fn message(self) -> String {
        match self {
            Self::Reference(id) => format!(
                "Hierarchy reference violation found. The transmission with id '{id}' refers to a transmission that does not exist."
            ),
            Self::Depth(id) => format!(
                "Hierarchy depth violation found. The chain that ends in '{id}' is deeper than {MAX_DEPTH}."
            ),
            Self::Cyclic(id) => {
                format!(
                    "Hierarchy cyclic reference violation found. The chain of '{id}' leads back to itself."
                )
            }
            Self::Width(id) => format!(
                "Hierarchy width violation found. More than {MAX_WIDTH} transmissions refer to '{id}'."
            ),
        }
    }
}

/// Checks the graph of (id, parent). One violation per kind is enough to refuse it.
pub fn check(nodes: &[(Uuid, Option<Uuid>)]) -> Vec<Violation> {
    let parents: HashMap<Uuid, Option<Uuid>> = nodes.iter().copied().collect();
    let mut found = Vec::new();
    if let Some((id, _)) = nodes.iter().find(|(_, p)| p.is_some_and(|p| !parents.contains_key(&p))) {
        found.push(Violation::Reference(*id));
    }
    let mut children: HashMap<Uuid, usize> = HashMap::new();
    for parent in nodes.iter().filter_map(|(_, parent)| *parent) {
        *children.entry(parent).or_default() += 1;
    }
    if let Some((id, _)) = children.iter().find(|(_, count)| **count > MAX_WIDTH) {
        found.push(Violation::Width(*id));
    }
    let mut depths: HashMap<Uuid, usize> = HashMap::new();
    for (id, _) in nodes {
        let mut path = Vec::new();
        let mut on_path = HashSet::new();
        let mut at = *id;
        let base = loop {
            if let Some(depth) = depths.get(&at) {
                break *depth;
            }
            if !on_path.insert(at) {
                found.push(Violation::Cyclic(*id));
                return found;
            }
            path.push(at);
            match parents.get(&at).copied().flatten() {
                Some(parent) => at = parent,
                None => break 0,
            }
        };
        for (above, node) in path.iter().rev().enumerate() {
            depths.insert(*node, base + above + 1);
        }
    }
    if let Some((id, _)) = nodes.iter().find(|(id, _)| depths.get(id).is_some_and(|d| *d > MAX_DEPTH)) {
        found.push(Violation::Depth(*id));
    }
    found
}

/// The same for one new transmission that answers the last one of `chain`, which `answers` answer already; `parent` is named in
/// refusals.
pub fn check_answer(new: Uuid, parent: Uuid, chain: &[Uuid], answers: usize) -> Vec<Violation> {
    let mut found = Vec::new();
    if chain.is_empty() {
        found.push(Violation::Reference(new));
    }
    if answers >= MAX_WIDTH {
        found.push(Violation::Width(parent));
    }
    if chain.len() >= MAX_DEPTH {
        found.push(Violation::Depth(new));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(n: usize) -> Uuid {
        Uuid::from_u128(n as u128 + 1)
    }

    fn chain(n: usize) -> Vec<(Uuid, Option<Uuid>)> {
        (0..n).map(|i| (id(i), i.checked_sub(1).map(id))).collect()
    }

    #[test]
    fn a_chain_of_a_hundred_passes_and_one_more_does_not() {
        assert_eq!(check(&chain(MAX_DEPTH)), []);
        assert_eq!(check(&chain(MAX_DEPTH + 1)), [Violation::Depth(id(MAX_DEPTH))]);
    }

    #[test]
    fn a_hundred_answers_pass_and_one_more_does_not() {
        let star = |n: usize| {
            std::iter::once((id(0), None)).chain((1..=n).map(|i| (id(i), Some(id(0))))).collect::<Vec<_>>()
        };
        assert_eq!(check(&star(MAX_WIDTH)), []);
        assert_eq!(check(&star(MAX_WIDTH + 1)), [Violation::Width(id(0))]);
    }

    #[test]
    fn one_new_answer_is_judged_as_the_whole_graph_is() {
        for depth in [1, MAX_DEPTH - 1, MAX_DEPTH] {
            let ids: Vec<_> = chain(depth).into_iter().map(|(id, _)| id).collect();
            assert_eq!(check_answer(id(depth), id(depth - 1), &ids, 0), check(&chain(depth + 1)), "{depth}");
        }
        for answers in [MAX_WIDTH - 1, MAX_WIDTH] {
            let star: Vec<_> = std::iter::once((id(0), None))
                .chain((0..=answers).map(|i| (id(i + 1), Some(id(0)))))
                .collect();
            assert_eq!(check_answer(id(answers + 1), id(0), &[id(0)], answers), check(&star), "{answers}");
        }
        assert_eq!(check_answer(id(0), id(9), &[], 0), check(&[(id(0), Some(id(9)))]));
    }

    #[test]
    fn cycles_and_unknown_parents_are_found() {
        let cycle = [(id(0), Some(id(1))), (id(1), Some(id(0)))];
        assert!(matches!(check(&cycle)[..], [Violation::Cyclic(_)]));
        assert_eq!(check(&[(id(0), Some(id(9)))]), [Violation::Reference(id(0))]);
    }

    proptest! {
        #[test]
        fn parents_that_come_before_their_children_never_make_a_cycle(
            parents in prop::collection::vec(prop::option::of(0usize..60), 1..60),
        ) {
            let nodes: Vec<_> = parents
                .iter()
                .enumerate()
                .map(|(i, p)| (id(i), p.and_then(|p| (i > 0).then(|| id(p % i)))))
                .collect();
            prop_assert_eq!(check(&nodes), []);
        }
    }
}
