//! The decision point.

use crate::audit::{Audit, Circumstances};
use crate::domain::attributes::{PACKAGE, PARTY_ID, PARTY_UUID, RESOURCE, RESOURCE_INSTANCE, ROLES};
use crate::domain::facts::{Api, Fault, request};
use crate::domain::why;
use crate::enrich::{Case, Connections, Reach, add_connection, wants_connection};
use async_trait::async_trait;
use httpkit::Ctx;
use kernel::Clock;
use ports::Result;
use ports::accessmanagement::{AccessManagement, Connection};
use ports::authentication::SystemUsers;
use ports::authorization::{Decision, Effect, LoggedDecision, Question};
use ports::register::{PartyKind, PartyRef, Register};
use ports::resourceregistry::{ResourceRegistry, Version};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;
use xacml::{
    ACTION, ACTION_ID, Attribute, CompiledPolicy, DecisionResult, MINIMUM_LEVEL, StatusCode, Verdict,
};

/// Most compiled policies kept.
const MOST_POLICIES: usize = 20_000;

/// The policy decision point. Rights are read as they are now; only compiled policies are kept, each under the version
/// that the registry tells at every decision.
pub struct Pdp {
    pub(crate) register: Arc<dyn Register>,
    pub(crate) resources: Arc<dyn ResourceRegistry>,
    pub(crate) access: Arc<dyn AccessManagement>,
    pub(crate) system_users: Arc<dyn SystemUsers>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit: Audit,
    policies: RwLock<HashMap<String, (Version, Arc<CompiledPolicy>)>>,
}

/// A decision with what it rests on.
pub struct Judgement {
    /// As the wire wants it.
    pub result: DecisionResult,
    /// The policy that was used.
    pub policy: Arc<CompiledPolicy>,
    /// Index of the rule that decided.
    pub verdict: Verdict,
    /// A delegated right gave it.
    pub delegated: bool,
    /// The party is not on an access list.
    pub off_list: bool,
}

impl Pdp {
    /// Stands on the registers, the resource registry, access management and the system users.
    pub fn new(
        ctx: &Ctx,
        register: Arc<dyn Register>,
        resources: Arc<dyn ResourceRegistry>,
        access: Arc<dyn AccessManagement>,
        system_users: Arc<dyn SystemUsers>,
    ) -> Arc<Self> {
        Arc::new(Self {
            register,
            resources,
            access,
            system_users,
            clock: ctx.clock.clone(),
            audit: Audit::new(ctx.db.clone(), ctx.clock.clone(), ctx.ids.clone()),
            policies: RwLock::default(),
        })
    }

    /// Writes the decisions that wait for the log; for an orderly stop.
    pub async fn flush(&self) {
        self.audit.flush().await;
    }

    /// The compiled policy of the version that stands now, and whether access lists keep others out.
    async fn policy(&self, id: &str) -> Result<Option<(Arc<CompiledPolicy>, bool)>, Fault> {
        let id = id.to_lowercase();
        let Some(standing) = self.resources.policy_standing(&id).await? else { return Ok(None) };
        let kept = self.policies.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some((_, policy)) = kept.filter(|(kept, _)| *kept == standing.version) {
            return Ok(Some((policy, standing.access_list_only)));
        }
        let Some(text) = self.resources.policy(&id).await? else { return Ok(None) };
        let policy = xacml::read_policy(&text.xml).map_err(|error| Fault::Request(error.to_string()))?;
        let policy = Arc::new(CompiledPolicy::new(policy));
        let mut policies = self.policies.write().unwrap_or_else(PoisonError::into_inner);
        if policies.len() >= MOST_POLICIES {
            policies.clear();
        }
        policies.insert(id, (text.version, policy.clone()));
        Ok(Some((policy, standing.access_list_only)))
    }

    /// Decides an enriched request.
    pub(crate) async fn judge(&self, case: &mut Case, read: &mut Connections) -> Result<Judgement, Fault> {
        let (policy, members_only) = self
            .policy(&case.policy)
            .await?
            .ok_or_else(|| Fault::Argument(format!("there is no policy for {}", case.policy)))?;
        if let Some((_, reach)) = case.subject.filter(|_| wants_connection(&policy))
            && let Some(connection) = self.connection(case, read).await?
        {
            add_connection(&mut case.request, &policy, reach, &connection);
        }
        let verdict = policy.evaluate(&case.request, self.clock.now());
        let mut result = policy.result(&case.request, &verdict);
        let mut delegated = false;
        if verdict.decision == xacml::Decision::NotApplicable && may_hold_rights(case) {
            // A failure here leaves the role result standing (authorization.md §4).
            let connection = self.connection(case, read).await.ok().flatten();
            if connection.is_some_and(|connection| holds_right(&policy, case, &verdict, &connection)) {
                delegated = true;
                result =
                    policy.result(&case.request, &Verdict { decision: xacml::Decision::Permit, ..verdict });
            }
        }
        let off_list = result.decision == xacml::Decision::Permit
            && !case.app
            && members_only
            && !self.is_listed(case).await?;
        if off_list {
            result = DecisionResult::new(xacml::Decision::Deny, StatusCode::Ok);
            result.message = Some("the resource is only for parties on its access lists".to_owned());
        }
        Ok(Judgement { result, policy, verdict, delegated, off_list })
    }

    /// Is the party, an organisation, on an access list of the resource that lets it do this (authorization.md §4).
    async fn is_listed(&self, case: &Case) -> Result<bool, Fault> {
        let id = case.request.first(xacml::RESOURCE, PARTY_ID);
        if id.is_none_or(|id| id.parse::<i64>().is_err()) {
            return Err(Fault::Request("access lists need the id of a party".to_owned()));
        }
        let Some(party) = case.party.as_ref().filter(|party| party.org_no.is_some()) else {
            return Ok(false);
        };
        let action = case.request.first(ACTION, ACTION_ID).unwrap_or_default();
        Ok(self.resources.on_access_list(&case.policy.to_lowercase(), party.uuid, action).await?)
    }

    /// Enriches, decides and logs one request.
    pub(crate) async fn answer(
        &self,
        asked: xacml::Request,
        api: Api,
        log: bool,
        ip: Option<&str>,
    ) -> Result<DecisionResult, Fault> {
        let mut case = self.enrich(asked, api).await?;
        let judgement = self.judge(&mut case, &mut Connections::default()).await?;
        if log && !judgement.off_list {
            let circumstances = Circumstances { api, subject: case.subject.map(|(uuid, _)| uuid), ip };
            self.audit.record(&case.request, judgement.result.decision, &circumstances);
        }
        Ok(judgement.result)
    }

    /// Decides a question in process.
    pub(crate) async fn ask(
        &self,
        question: &Question,
        read: &mut Connections,
        log: bool,
    ) -> Result<(Decision, Option<Case>), db::Error> {
        let mut case = self.case_of(question).await?;
        let judged = self.judge(&mut case, read).await;
        let judgement = match judged {
            Ok(judgement) => judgement,
            Err(Fault::Db(error)) => return Err(error),
            Err(Fault::Argument(reason) | Fault::Request(reason)) => {
                let decision =
                    Decision { effect: Effect::Indeterminate, minimum_level: None, why: vec![reason] };
                return Ok((decision, Some(case)));
            }
        };
        if log && !judgement.off_list {
            let subject = case.subject.map(|(uuid, _)| uuid);
            let circumstances = Circumstances { api: Api::Internal, subject, ip: None };
            let id = self.audit.record(&case.request, judgement.result.decision, &circumstances);
            if let Some(id) = id.filter(|_| judgement.result.decision == xacml::Decision::Permit) {
                ::audit::permitted(id, question.party, &question.resource);
            }
        }
        let decision = Decision {
            effect: match judgement.result.decision {
                xacml::Decision::Permit => Effect::Permit,
                xacml::Decision::Deny => Effect::Deny,
                xacml::Decision::Indeterminate => Effect::Indeterminate,
                xacml::Decision::NotApplicable => Effect::NotApplicable,
            },
            minimum_level: judgement.policy.level(MINIMUM_LEVEL),
            why: reasons(&case, &judgement),
        };
        Ok((decision, Some(case)))
    }

    async fn case_of(&self, question: &Question) -> Result<Case, db::Error> {
        let mut notes = Vec::new();
        let (subject, reach) = self.known_subject(&question.subject, &mut notes).await?;
        let party = self.register.party(&PartyRef::Uuid(question.party)).await?;
        let mut resource = vec![
            Attribute::string(RESOURCE, question.resource.clone()),
            Attribute::string(PARTY_UUID, question.party.to_string()),
        ];
        match &party {
            Some(party) => resource.push(Attribute::string(PARTY_ID, party.id.to_string())),
            None => notes.push("the party is not in the registers".to_owned()),
        }
        if let Some(instance) = &question.instance {
            resource.push(Attribute::string(RESOURCE_INSTANCE, instance.clone()));
        }
        if let Some((id, value)) = &question.attribute {
            resource.push(Attribute::string(id.clone(), value.clone()));
        }
        let mut asked = request(subject, resource, &question.action);
        let facts = crate::domain::facts::resource(&mut asked, Api::Internal);
        Ok(Case {
            request: asked,
            policy: question.resource.clone(),
            app: facts.is_ok_and(|facts| facts.app),
            party,
            subject: reach,
            notes,
        })
    }
}

/// Users, parties by id and system users may hold rights of their own; the party must be known.
fn may_hold_rights(case: &Case) -> bool {
    case.party.is_some() && case.subject.is_some_and(|(_, reach)| reach != Reach::Party)
}

/// A delegated right to the resource: to this action, or to all that may be delegated.
fn holds_right(policy: &CompiledPolicy, case: &Case, verdict: &Verdict, connection: &Connection) -> bool {
    let Some(action) = case.request.first(ACTION, ACTION_ID) else { return false };
    let of_resource =
        |right: &&ports::accessmanagement::Right| right.resource.eq_ignore_ascii_case(&case.policy);
    let mut whole = false;
    for right in connection.rights.iter().filter(of_resource) {
        match &right.action {
            Some(one) if one == action => return verdict.matched,
            Some(_) => {}
            None => whole = true,
        }
    }
    whole && verdict.matched && is_delegable(policy, case)
}

/// A rule gives this action of the resource to a role or a package, not to a service owner alone.
fn is_delegable(policy: &CompiledPolicy, case: &Case) -> bool {
    policy.explain(&case.request).iter().filter(|trace| trace.resource && trace.action).any(|trace| {
        let holders = trace.subjects.iter().chain(&trace.wanted);
        holders.into_iter().any(|(id, _)| ROLES.iter().chain([&PACKAGE]).any(|known| known == id))
    })
}

/// The reasons of a decision, in plain words.
pub fn reasons(case: &Case, judgement: &Judgement) -> Vec<String> {
    if judgement.off_list {
        return judgement.result.message.iter().cloned().collect();
    }
    if judgement.delegated {
        return vec![format!("a right to {} was delegated to the subject", case.policy)];
    }
    let mut reasons = case.notes.clone();
    reasons.extend(why::of_policy(&judgement.policy, &case.request, &judgement.verdict));
    if case.party.as_ref().is_some_and(|party| party.kind == PartyKind::SubUnit)
        && judgement.result.decision == xacml::Decision::NotApplicable
    {
        reasons.push("the party is a sub-unit; rights for its main unit were looked for too".to_owned());
    }
    reasons
}

#[async_trait]
impl ports::authorization::Pdp for Pdp {
    async fn decide(&self, question: &Question) -> Result<Decision> {
        Ok(self.ask(question, &mut Connections::default(), true).await?.0)
    }

    /// WIRE: several questions at once are not logged (authorization.md §2).
    async fn decide_all(&self, questions: &[Question]) -> Result<Vec<Decision>> {
        let mut read = Connections::default();
        let mut decisions = Vec::with_capacity(questions.len());
        for question in questions {
            decisions.push(self.ask(question, &mut read, questions.len() == 1).await?.0);
        }
        Ok(decisions)
    }
}

#[async_trait]
impl ports::authorization::Decisions for Pdp {
    async fn decision(&self, id: Uuid) -> Result<Option<LoggedDecision>> {
        self.audit.find(id).await
    }
}
