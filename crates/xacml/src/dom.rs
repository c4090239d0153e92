//! A small element tree over quick-xml events: no DTD, no entities, bounded size and depth, positions kept.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

/// Largest document read, in bytes.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Deepest nesting of elements.
const MAX_DEPTH: usize = 64;
/// Most elements in one document.
const MAX_ELEMENTS: usize = 200_000;

/// Why a document was refused, with the place in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct ReadError {
    line: usize,
    column: usize,
    reason: String,
}

impl ReadError {
    pub(crate) fn at(text: &str, offset: usize, reason: impl Into<String>) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        Self { line, column, reason: reason.into() }
    }

    /// For input that has no lines to speak of (JSON values).
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { line: 1, column: 1, reason: reason.into() }
    }

    /// Line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Column in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// What is wrong, without the position.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// An element with its namespace, attributes, children and text.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
    pub(crate) offset: usize,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// Reads one document.
pub(crate) fn parse(text: &str) -> Result<Element, ReadError> {
    if text.len() > MAX_BYTES {
        return Err(ReadError::at(text, 0, format!("the document is larger than {MAX_BYTES} bytes")));
    }
    let text_without_mark = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut tree = Tree { text: text_without_mark, stack: Vec::new(), root: None, elements: 0 };
    let mut reader = NsReader::from_str(text_without_mark);
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let (namespace, event) = reader
            .read_resolved_event()
            .map_err(|error| ReadError::at(text_without_mark, offset, error.to_string()))?;
        match event {
            Event::Start(start) => tree.open(&namespace, &start, offset)?,
            Event::Empty(start) => {
                tree.open(&namespace, &start, offset)?;
                tree.close();
            }
            Event::End(_) => tree.close(),
            Event::Text(content) => tree.push_text(&content.xml_content(XmlVersion::Implicit1_0), offset)?,
            Event::CData(content) => tree.push_text(&content.xml_content(XmlVersion::Implicit1_0), offset)?,
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    Ok(None) => predefined(&reference),
                    Err(_) => None,
                };
                let Some(character) = resolved else {
                    return Err(tree.error(offset, "entity references are not read"));
                };
                tree.push_text(character.encode_utf8(&mut [0; 4]), offset)?;
            }
            Event::DocType(_) => return Err(tree.error(offset, "a document type declaration is not read")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if let Some(open) = tree.stack.last() {
        return Err(tree.error(open.offset, &format!("element {} is not closed", open.name)));
    }
    tree.root.take().ok_or_else(|| ReadError::at(text, 0, "there is no element"))
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

struct Tree<'a> {
    text: &'a str,
    stack: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Tree<'_> {
    fn error(&self, offset: usize, reason: &str) -> ReadError {
        ReadError::at(self.text, offset, reason)
    }

    fn open(
        &mut self,
        namespace: &ResolveResult<'_>,
        start: &BytesStart<'_>,
        offset: usize,
    ) -> Result<(), ReadError> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(self.error(offset, "too many elements"));
        }
        if self.stack.len() >= MAX_DEPTH {
            return Err(self.error(offset, "elements are nested too deep"));
        }
        if self.stack.is_empty() && self.root.is_some() {
            return Err(self.error(offset, "there is more than one root element"));
        }
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => namespace.0.to_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(prefix) => {
                return Err(self.error(offset, &format!("prefix {prefix} is not declared")));
            }
        };
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.error(offset, &error.to_string()))?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| self.error(offset, &error.to_string()))?;
            attributes.push((attribute.key.0.to_owned(), value.into_owned()));
        }
        self.stack.push(Element {
            namespace,
            name: start.local_name().as_ref().to_owned(),
            attributes,
            children: Vec::new(),
            text: String::new(),
            offset,
        });
        Ok(())
    }

    fn close(&mut self) {
        if let Some(done) = self.stack.pop() {
            match self.stack.last_mut() {
                Some(parent) => parent.children.push(done),
                None => self.root = Some(done),
            }
        }
    }

    fn push_text(&mut self, text: &str, offset: usize) -> Result<(), ReadError> {
        match self.stack.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(self.error(offset, "there is text outside the root element")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_type_or_a_foreign_entity_is_refused_with_its_place() {
        let error = parse("<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY x 'y'>]><a/>").unwrap_err();
        assert_eq!((error.line(), error.reason()), (2, "a document type declaration is not read"));
        assert!(parse("<a>&x;</a>").unwrap_err().reason().contains("entity"));
        assert_eq!(parse("<a>&lt;&#65;&amp;</a>").unwrap().text, "<A&");
    }

    #[test]
    fn broken_documents_are_refused() {
        for bad in ["", "  ", "<a>", "<a></b>", "<a/><b/>", "<x:a/>", "text<a/>", "<a b='1' b='2'/>"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        let deep = "<a>".repeat(MAX_DEPTH + 1) + &"</a>".repeat(MAX_DEPTH + 1);
        assert!(parse(&deep).unwrap_err().reason().contains("too deep"));
    }
}
