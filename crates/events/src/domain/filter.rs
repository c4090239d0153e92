//! Does an event fit a subscription.

use url::Url;

/// The filters of a subscription, beside its resource.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub source: Option<String>,
    pub subject: Option<String>,
    pub kind: Option<String>,
    pub include_subunits: bool,
}

/// What an event is matched by.
#[derive(Debug, Clone, Copy)]
pub struct Traits<'a> {
    pub source: &'a str,
    pub kind: &'a str,
    pub subject: Option<&'a str>,
    /// The main unit of the subject, in the same form; present for sub-units.
    pub main_unit: Option<&'a str>,
}

impl Filter {
    /// True when every filter that is set fits.
    pub fn fits(&self, event: &Traits<'_>) -> bool {
        let subject = self.subject.as_deref().is_none_or(|wanted| {
            event.subject == Some(wanted) || (self.include_subunits && event.main_unit == Some(wanted))
        });
        let kind = self.kind.as_deref().is_none_or(|wanted| event.kind == wanted);
        let source = self.source.as_deref().is_none_or(|base| is_base_of(base, event.source));
        subject && kind && source
    }
}

/// Is `base` a URI base of `uri`: scheme, host and port equal, and the path begins with the base's path up to its last `/`.
fn is_base_of(base: &str, uri: &str) -> bool {
    let (Ok(base), Ok(uri)) = (Url::parse(base), Url::parse(uri)) else { return false };
    let prefix = base.path().rfind('/').map_or("", |at| &base.path()[..=at]);
    base.scheme() == uri.scheme()
        && base.host_str() == uri.host_str()
        && base.port_or_known_default() == uri.port_or_known_default()
        && uri.path().starts_with(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: Traits<'_> = Traits {
        source: "https://ttd.apps.altinn.no/ttd/app/instances/1/2",
        kind: "app.instance.created",
        subject: Some("/party/2"),
        main_unit: Some("/party/1"),
    };

    #[test]
    fn every_filter_that_is_set_must_fit() {
        assert!(Filter::default().fits(&EVENT));
        assert!(Filter { subject: Some("/party/2".into()), ..Filter::default() }.fits(&EVENT));
        assert!(!Filter { subject: Some("/party/1".into()), ..Filter::default() }.fits(&EVENT));
        assert!(
            Filter { subject: Some("/party/1".into()), include_subunits: true, ..Filter::default() }
                .fits(&EVENT)
        );
        assert!(!Filter { kind: Some("other".into()), ..Filter::default() }.fits(&EVENT));
        assert!(
            Filter { source: Some("https://ttd.apps.altinn.no/ttd/app".into()), ..Filter::default() }
                .fits(&EVENT)
        );
        assert!(
            !Filter { source: Some("https://skd.apps.altinn.no/ttd/app".into()), ..Filter::default() }
                .fits(&EVENT)
        );
    }
}
