#![doc = include_str!("../README.md")]

pub mod clock;
pub mod ids;
pub mod iso6523;
pub mod orgno;
pub mod pid;
pub mod scope;
pub mod text;
pub mod urn;

pub use clock::{Clock, SystemClock};
pub use ids::{Ids, RandomIds, SeededIds};
pub use iso6523::Iso6523;
pub use orgno::OrgNo;
pub use pid::Pid;
pub use scope::ScopeSet;
pub use text::LanguageText;
pub use urn::PartyUrn;
