//! Texts of pages: complete in every language, and no more than are used.

use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Key and the variables that its text uses.
type Keys = BTreeMap<String, BTreeSet<String>>;

fn keys(source: &str) -> Keys {
    let Ok(tree) = fluent_syntax::parser::parse(source) else { panic!("a file of texts does not parse") };
    let messages = tree.body.into_iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        _ => None,
    });
    messages
        .map(|message| {
            let elements = message.value.map(|value| value.elements).unwrap_or_default();
            assert!(!elements.is_empty(), "{} has no text", message.id.name);
            let mut variables = BTreeSet::new();
            for element in elements {
                if let PatternElement::Placeable { expression } = element {
                    let inline = match expression {
                        Expression::Inline(inline) => inline,
                        Expression::Select { selector, .. } => selector,
                    };
                    if let InlineExpression::VariableReference { id } = inline {
                        variables.insert(id.name.to_owned());
                    }
                }
            }
            (message.id.name.to_owned(), variables)
        })
        .collect()
}

fn read_all(directory: &Path, found: &mut String) {
    let Ok(entries) = std::fs::read_dir(directory) else { panic!("cannot read {}", directory.display()) };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            read_all(&path, found);
        } else {
            found.push_str(&std::fs::read_to_string(path).unwrap_or_default());
        }
    }
}

/// Fails unless the three Fluent sources have the same keys with the same variables, every key that the code in `directory` asks
/// for is there, and every key is used.
pub fn assert_texts(sources: [&str; 3], directory: &str) {
    let known = keys(sources[0]);
    for (source, language) in sources.into_iter().zip(["nb", "nn", "en"]) {
        let own = keys(source);
        for (key, variables) in &known {
            assert_eq!(own.get(key), Some(variables), "{key} in {language}");
        }
        assert_eq!(own.len(), known.len(), "{language} has keys that nb lacks");
    }
    let mut code = String::new();
    read_all(Path::new(directory), &mut code);
    let calls = [".t(\"", ".ta(\"", ".tn(\""];
    let asked =
        calls.iter().flat_map(|call| code.split(call).skip(1)).filter_map(|rest| rest.split('"').next());
    for key in asked {
        assert!(known.contains_key(key), "no text for {key}");
    }
    for key in known.keys() {
        assert!(code.contains(&format!("\"{key}\"")), "{key} is used nowhere");
    }
}
