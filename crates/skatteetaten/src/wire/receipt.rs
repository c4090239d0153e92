//! The synchronous answer to a delivery.

use serde::Serialize;
use uuid::Uuid;

/// `{dialogId, forsendelseId, oppgavegiversLeveranseReferanse, antallOppgaver, antallSletteoppgaver?}`
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Dialog of the scheme, party and year.
    pub dialog_id: Uuid,
    /// Transmission of this delivery.
    pub forsendelse_id: Uuid,
    /// The sender's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oppgavegivers_leveranse_referanse: Option<String>,
    /// Tasks taken.
    pub antall_oppgaver: i64,
    /// Deletions taken, when the delivery had the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub antall_sletteoppgaver: Option<i64>,
}
