//! The look that all pages share: the portal's, lent to the pages of others.

/// A page of somebody else's, in the language of its reader.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// `nb`, `nn` or `en`.
    pub language: &'a str,
    /// Path and query of the page, to come back to when the language is changed.
    pub here: &'a str,
    /// Text of the heading and of the window.
    pub title: &'a str,
    /// Who reads, in the place where others log in and out.
    pub reader: &'a str,
    /// The pages beside this one: address, name, is it the current one.
    pub sections: &'a [(&'a str, &'a str, bool)],
    /// The pages above this one, from the top: address and name.
    pub trail: &'a [(&'a str, &'a str)],
    /// What follows the heading, as HTML.
    pub body: &'a str,
}

/// Puts around a page what stands around every page.
pub trait Frame: Send + Sync {
    /// The whole document.
    fn page(&self, sheet: &Sheet<'_>) -> String;
}
