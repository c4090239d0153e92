//! Multi-requests as the platform reads them (authorization.md §2).

use super::facts::Fault;
use xacml::{ACTION, RESOURCE, Request, SUBJECT};

/// Most single questions of one request.
const MAX_REFERENCES: usize = 1_000;

/// The single questions, or `None` when the request is one. With fewer than two references all lists are one question.
pub fn split(request: &Request) -> Result<Option<Vec<Request>>, Fault> {
    if request.multi.len() < 2 {
        return Ok(None);
    }
    if request.multi.len() > MAX_REFERENCES {
        return Err(Fault::Request(format!("more than {MAX_REFERENCES} questions")));
    }
    let needs_id = |category: &str| [SUBJECT, RESOURCE, ACTION].contains(&category);
    if request.categories.iter().any(|entry| needs_id(&entry.category) && entry.id.is_none()) {
        return Err(Fault::Request("a category of a multi-request lacks an id".to_owned()));
    }
    Ok(Some(request.multi.iter().map(|references| single(request, references)).collect()))
}

/// Of resources with one id the last counts, of the others all.
fn single(request: &Request, references: &[String]) -> Request {
    let named = |at: usize| request.categories[at].id.as_ref().is_some_and(|id| references.contains(id));
    let overtaken = |at: usize| {
        let entry = &request.categories[at];
        entry.category == RESOURCE
            && request.categories[at + 1..]
                .iter()
                .any(|later| later.category == RESOURCE && later.id == entry.id)
    };
    let picked = (0..request.categories.len()).filter(|at| named(*at) && !overtaken(*at));
    Request {
        categories: picked.map(|at| request.categories[at].clone()).collect(),
        multi: Vec::new(),
        ..request.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xacml::{Attribute, Category};

    fn entry(category: &'static str, id: &str, value: &str) -> Category {
        Category {
            category: category.into(),
            id: (!id.is_empty()).then(|| id.to_owned()),
            attributes: vec![Attribute::string("a", value)],
        }
    }

    fn request(references: &[&[&str]]) -> Request {
        Request {
            categories: vec![
                entry(SUBJECT, "s", "1"),
                entry(SUBJECT, "s", "2"),
                entry(RESOURCE, "r", "1"),
                entry(RESOURCE, "r", "2"),
                entry(ACTION, "a", "read"),
            ],
            multi: references.iter().map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()).collect(),
            ..Request::default()
        }
    }

    #[test]
    fn one_reference_is_a_plain_request() {
        assert!(split(&request(&[&["s", "r", "a"]])).unwrap().is_none());
    }

    #[test]
    fn the_last_resource_and_all_subjects_of_an_id_count() {
        let parts = split(&request(&[&["s", "r", "a"], &["s"]])).unwrap().unwrap();
        assert_eq!(parts[0].values(RESOURCE, "a").collect::<Vec<_>>(), ["2"]);
        assert_eq!(parts[0].values(SUBJECT, "a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(parts[1].values(ACTION, "a").count(), 0);
    }

    #[test]
    fn an_entry_without_id_spoils_it_all() {
        let mut asked = request(&[&["s"], &["s"]]);
        asked.categories.push(entry(ACTION, "", "write"));
        assert!(split(&asked).is_err());
    }
}
