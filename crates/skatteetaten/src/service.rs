//! What handlers and jobs of the block share.

use crate::Deps;
use crate::domain::scheme::Scheme;
use crate::store::document::Kind;
use httpkit::{Ctx, Role};
use ports::dialogporten::{NewAttachment, Texts};
use std::sync::Arc;
use uuid::Uuid;

/// Surroundings and ports.
pub struct Service {
    pub ctx: Ctx,
    pub deps: Deps,
}

/// The service of one scheme.
#[derive(Clone)]
pub struct Desk {
    pub scheme: Scheme,
    pub service: Arc<Service>,
}

/// Area of the blob store for deliveries as they came.
pub const DELIVERIES: &str = "gld-delivery";
/// Area of the blob store for feedback documents.
pub const FEEDBACK: &str = "gld-feedback";
/// Service owner's code.
pub const OWNER: &str = "skd";

impl Service {
    /// An attachment that systems fetch from the service's host and people from the portal.
    pub fn attachment(&self, scheme: Scheme, filing: Uuid, document: Uuid, kind: Kind) -> NewAttachment {
        let config = &self.ctx.config;
        let (portal, service) = (Role::PORTAL.url(config), Role::service(scheme.host()).url(config));
        let (title, media_type) = match kind {
            Kind::Receipt => (texts("Kvittering", "Kvittering", "Receipt"), "text/html"),
            Kind::Delivery => (
                texts("Innsendte opplysninger", "Innsende opplysningar", "What was sent in"),
                "application/json",
            ),
            Kind::Feedback => (texts("Tilbakemelding", "Tilbakemelding", "Feedback"), "application/xml"),
        };
        NewAttachment {
            title,
            gui_url: format!("{portal}/skatteetaten/dokumenter/{document}"),
            api_url: format!("{service}/v1/forsendelser/{filing}/dokumenter/{document}"),
            media_type: media_type.to_owned(),
        }
    }
}

/// Texts in the three languages.
pub fn texts(nb: &str, nn: &str, en: &str) -> Texts {
    vec![("nb", nb.to_owned()), ("nn", nn.to_owned()), ("en", en.to_owned())]
}
