//! Closed lists of names, with the numbers under which they are stored.

use serde::{Deserialize, Serialize};

macro_rules! names {
    ($($(#[$meta:meta])* $name:ident { $($variant:ident = $code:literal $wire:literal),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($variant = $code),+ }

        impl $name {
            /// Every value, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $wire),+ }
            }

            /// Number in the database.
            pub const fn code(self) -> i64 {
                self as i64
            }

            /// From the number.
            pub fn from_code(code: i64) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.code() == code)
            }

            /// From the wire name in any case.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.name().eq_ignore_ascii_case(text))
            }
        }
    )+};
}

names! {
    /// Where the matter stands.
    Status {
        InProgress = 2 "InProgress", Draft = 3 "Draft", RequiresAttention = 5 "RequiresAttention",
        Completed = 6 "Completed", NotApplicable = 7 "NotApplicable", Awaiting = 8 "Awaiting",
    }
    /// Labels that the users of a party share.
    Label {
        Default = 1 "Default", Bin = 2 "Bin", Archive = 3 "Archive", MarkedAsUnopened = 4 "MarkedAsUnopened", Sent = 5 "Sent",
    }
    /// Kind of transmission. The kind alone tells which side sent it.
    TransmissionType {
        Information = 1 "Information", Acceptance = 2 "Acceptance", Rejection = 3 "Rejection", Request = 4 "Request",
        Alert = 5 "Alert", Decision = 6 "Decision", Submission = 7 "Submission", Correction = 8 "Correction",
    }
    /// Kind of activity.
    ActivityType {
        DialogCreated = 1 "DialogCreated", DialogClosed = 2 "DialogClosed", Information = 3 "Information",
        TransmissionOpened = 4 "TransmissionOpened", PaymentMade = 5 "PaymentMade", SignatureProvided = 6 "SignatureProvided",
        DialogOpened = 7 "DialogOpened", DialogDeleted = 8 "DialogDeleted", DialogRestored = 9 "DialogRestored",
        SentToSigning = 10 "SentToSigning", SentToFormFill = 11 "SentToFormFill", SentToSendIn = 12 "SentToSendIn",
        SentToPayment = 13 "SentToPayment", FormSubmitted = 14 "FormSubmitted", FormSaved = 15 "FormSaved",
        CorrespondenceOpened = 16 "CorrespondenceOpened", CorrespondenceConfirmed = 17 "CorrespondenceConfirmed",
    }
    /// How prominent a button is.
    Priority { Primary = 1 "Primary", Secondary = 2 "Secondary", Tertiary = 3 "Tertiary" }
    /// HTTP method of an action.
    Verb {
        Get = 1 "GET", Post = 2 "POST", Put = 3 "PUT", Patch = 4 "PATCH", Delete = 5 "DELETE", Head = 6 "HEAD",
        Options = 7 "OPTIONS", Trace = 8 "TRACE", Connect = 9 "CONNECT",
    }
    /// Who an attachment address is for.
    Consumer { Gui = 1 "Gui", Api = 2 "Api" }
    /// Which side an actor is on.
    ActorType { PartyRepresentative = 1 "PartyRepresentative", ServiceOwner = 2 "ServiceOwner" }
}

/// Whether deleted dialogs are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletedFilter {
    /// Not.
    Exclude,
    /// With the others.
    Include,
    /// Nothing else.
    Only,
}

impl DeletedFilter {
    /// From the wire name in any case.
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "exclude" => Some(Self::Exclude),
            "include" => Some(Self::Include),
            "only" => Some(Self::Only),
            _ => None,
        }
    }
}

/// Kind of content of a dialog or transmission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ContentType {
    Title,
    SenderName,
    Summary,
    AdditionalInfo,
    ExtendedStatus,
    MainContentReference,
    NonSensitiveTitle,
    NonSensitiveSummary,
    ContentReference,
}

impl Status {
    /// From an input name: two names of older clients are still taken.
    pub fn parse_input(text: &str) -> Option<Self> {
        // WIRE: dialogporten §4.1, legacy `New` and `Sent`.
        match text.to_ascii_lowercase().as_str() {
            "new" => Some(Self::NotApplicable),
            "sent" => Some(Self::Awaiting),
            _ => Self::parse(text),
        }
    }

    /// From an input number, by the same table.
    pub fn from_input_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::NotApplicable),
            4 => Some(Self::Awaiting),
            _ => Self::from_code(code),
        }
    }
}

impl TransmissionType {
    /// Sent by the party rather than by the service owner.
    pub const fn is_from_party(self) -> bool {
        matches!(self, Self::Submission | Self::Correction)
    }
}

impl ActivityType {
    /// Last part of the event type.
    pub const fn event_name(self) -> &'static str {
        match self {
            Self::DialogCreated => "created",
            Self::DialogClosed => "closed",
            Self::Information => "information",
            Self::TransmissionOpened => "transmission-opened",
            Self::PaymentMade => "payment-made",
            Self::SignatureProvided => "signature-provided",
            Self::DialogOpened => "dialog-opened",
            Self::DialogDeleted => "dialog-deleted",
            Self::DialogRestored => "dialog-restored",
            Self::SentToSigning => "sent-to-signing",
            Self::SentToFormFill => "sent-to-form-fill",
            Self::SentToSendIn => "sent-to-send-in",
            Self::SentToPayment => "sent-to-payment",
            Self::FormSubmitted => "form-submitted",
            Self::FormSaved => "form-saved",
            Self::CorrespondenceOpened => "correspondence-opened",
            Self::CorrespondenceConfirmed => "correspondence-confirmed",
        }
    }

    /// Written only by the message service.
    pub const fn of_correspondence(self) -> bool {
        matches!(self, Self::CorrespondenceOpened | Self::CorrespondenceConfirmed)
    }
}

impl ContentType {
    /// Name in refusals.
    pub fn name(self) -> String {
        super::rules::pascal(self.member())
    }

    /// Member name on the wire.
    pub const fn member(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::SenderName => "senderName",
            Self::Summary => "summary",
            Self::AdditionalInfo => "additionalInfo",
            Self::ExtendedStatus => "extendedStatus",
            Self::MainContentReference => "mainContentReference",
            Self::NonSensitiveTitle => "nonSensitiveTitle",
            Self::NonSensitiveSummary => "nonSensitiveSummary",
            Self::ContentReference => "contentReference",
        }
    }

    /// Contents of a dialog.
    pub const DIALOG: &'static [Self] = &[
        Self::Title,
        Self::NonSensitiveTitle,
        Self::Summary,
        Self::NonSensitiveSummary,
        Self::SenderName,
        Self::AdditionalInfo,
        Self::ExtendedStatus,
        Self::MainContentReference,
    ];

    /// Contents of a transmission.
    pub const TRANSMISSION: &'static [Self] = &[Self::Title, Self::Summary, Self::ContentReference];
}
