//! Paths match whatever their case, as the real services' framework has it; values in them keep theirs.

use std::collections::HashMap;

/// The paths of one router, by number of segments.
#[derive(Default)]
pub(crate) struct Casing {
    by_length: HashMap<usize, Vec<Vec<Segment>>>,
    /// Routes that take everything below a path, by that path.
    below: Vec<Vec<Segment>>,
}

#[derive(PartialEq, Eq)]
enum Segment {
    Fixed(String),
    Value,
}

impl Casing {
    /// Learns a route's path, such as `/v1/{year}`.
    pub(crate) fn learn(&mut self, path: &str) {
        let (path, below) = match path.split_once("/{*") {
            Some((above, _)) => (above, true),
            None => (path, false),
        };
        let segment = |text: &str| {
            if text.starts_with('{') { Segment::Value } else { Segment::Fixed(text.to_owned()) }
        };
        let segments: Vec<_> = path.split('/').map(segment).collect();
        let known = if below { &mut self.below } else { self.by_length.entry(segments.len()).or_default() };
        if !known.contains(&segments) {
            known.push(segments);
        }
    }

    /// Is the path a route as it stands. Grows with the number of routes that have as many segments.
    pub(crate) fn is_route(&self, path: &str) -> bool {
        self.find(path, |fixed, text| fixed == text).is_some()
    }

    /// The path in the case of the route that it means; `None` when it means no route.
    pub(crate) fn correct(&self, path: &str) -> Option<String> {
        let route = self.find(path, str::eq_ignore_ascii_case).or_else(|| self.find_below(path))?;
        let corrected = path.split('/').enumerate().map(|(at, text)| match route.get(at) {
            Some(Segment::Fixed(fixed)) => fixed.as_str(),
            Some(Segment::Value) | None => text,
        });
        Some(corrected.collect::<Vec<_>>().join("/"))
    }

    /// The longest path that takes everything below it and has this one below. A route of its own comes first.
    fn find_below(&self, path: &str) -> Option<&Vec<Segment>> {
        let given: Vec<&str> = path.split('/').collect();
        let fits = |route: &&Vec<Segment>| {
            route.len() < given.len()
                && route.iter().zip(&given).all(|(segment, text)| match segment {
                    Segment::Fixed(fixed) => fixed.eq_ignore_ascii_case(text),
                    Segment::Value => !text.is_empty(),
                })
        };
        self.below.iter().filter(fits).max_by_key(|route| route.len())
    }

    fn find(&self, path: &str, same: fn(&str, &str) -> bool) -> Option<&Vec<Segment>> {
        let given: Vec<&str> = path.split('/').collect();
        let routes = self.by_length.get(&given.len())?;
        let fits = |route: &&Vec<Segment>| {
            route.iter().zip(&given).all(|(segment, text)| match segment {
                Segment::Fixed(fixed) => same(fixed, text),
                Segment::Value => !text.is_empty(),
            })
        };
        routes.iter().find(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fixed_segments_are_corrected() {
        let mut casing = Casing::default();
        casing.learn("/register/api/v1/parties/{id}");
        casing.learn("/api/GetPersonalToken");
        assert_eq!(
            casing.correct("/Register/API/v1/Parties/AbC").as_deref(),
            Some("/register/api/v1/parties/AbC")
        );
        assert_eq!(casing.correct("/api/getpersonaltoken").as_deref(), Some("/api/GetPersonalToken"));
        assert!(casing.is_route("/api/GetPersonalToken") && !casing.is_route("/api/getpersonaltoken"));
        assert_eq!(casing.correct("/api/other"), None);
    }

    #[test]
    fn a_route_comes_before_what_takes_everything_below_a_path() {
        let mut casing = Casing::default();
        casing.learn("/register/{*rest}");
        casing.learn("/register/api/v1/parties/{id}");
        let correct = |path: &str| casing.correct(path).unwrap_or_default();
        assert_eq!(correct("/register/api/v1/Parties/AbC"), "/register/api/v1/parties/AbC");
        assert_eq!(correct("/Register/Api/V2/Other"), "/register/Api/V2/Other");
        assert!(!casing.is_route("/register/Api"));
        assert_eq!(casing.correct("/register"), None);
    }
}
