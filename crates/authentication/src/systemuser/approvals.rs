//! The decisions of a logged-in person, for pages that run in the same process. They are the very ones of the HTTP API.

use super::domain::request::Decision;
use super::domain::{Kind, Problem, Request};
use super::service::{ACCESS_MANAGEMENT, Error, Revoked, Service, Verdict};
use super::store::requests;
use crate::Deps;
use async_trait::async_trait;
use httpkit::Ctx;
use ports::Result;
use ports::authentication::{Refusal, RequestView, SystemUserApprovals};
use ports::register::{Party, PartyRef};
use std::sync::Arc;
use uuid::Uuid;

/// Decides on requests and revokes system users.
#[derive(Clone)]
pub struct Approvals {
    service: Arc<Service>,
}

type Decided<T> = std::result::Result<T, Error>;

impl Approvals {
    /// Asks the same blocks as the HTTP API.
    pub fn new(ctx: &Ctx, deps: &Deps) -> Self {
        Self { service: Arc::new(Service { ctx: ctx.clone(), deps: deps.clone() }) }
    }

    async fn find(&self, id: Uuid) -> Decided<Request> {
        requests::get(&self.service.ctx.db, id).await?.ok_or(Error::Problem(Problem::REQUEST_NOT_FOUND))
    }

    /// The party, if the user may manage its access with a login of this level.
    async fn managed(&self, user: Uuid, level: u8, by: &PartyRef) -> Decided<Party> {
        let party = self.service.deps.register.party(by).await?.ok_or(Problem::PARTY_NOT_FOUND)?;
        self.service.admit(level, user, party.uuid, ACCESS_MANAGEMENT, "write").await?;
        Ok(party)
    }

    async fn decide(&self, user: Uuid, level: u8, id: Uuid, decision: Decision) -> Decided<()> {
        let request = self.find(id).await?;
        let party = self.managed(user, level, &PartyRef::OrgNo(request.party_org_no.clone())).await?;
        let verdict = Verdict { user, party: &party, request: id, kind: request.kind, decision };
        self.service.decide(&verdict).await
    }

    async fn waiting(&self, user: Uuid, party: Uuid) -> Decided<Vec<RequestView>> {
        let party = self.service.deps.register.party(&PartyRef::Uuid(party)).await?;
        let Some(org_no) = party.and_then(|party| party.org_no) else { return Ok(Vec::new()) };
        let mut requests = requests::pending(&self.service.ctx.db, &org_no, Kind::Standard).await?;
        let of_agents = requests::pending(&self.service.ctx.db, &org_no, Kind::Agent).await?;
        requests.extend(of_agents.into_iter().filter(|request| request.escalated));
        requests.sort_by_key(|request| std::cmp::Reverse(request.created));
        let mut views = Vec::with_capacity(requests.len());
        for request in &requests {
            views.push(self.service.request_view(user, request).await?);
        }
        Ok(views)
    }

    async fn pass_on(&self, user: Uuid, id: Uuid) -> Decided<()> {
        let request = self.find(id).await?;
        let party = self.service.organisation(&request.party_org_no).await?;
        if self.service.escalate(user, &party, id, request.kind).await? {
            Ok(())
        } else {
            Err(Problem::NOT_ACCESS_MANAGER.into())
        }
    }

    async fn end(&self, user: Uuid, level: u8, id: Uuid) -> Decided<()> {
        let system_user = self.service.live_user(id).await?.ok_or(Problem::USER_NOT_FOUND)?;
        let owner = self.managed(user, level, &PartyRef::Uuid(system_user.owner)).await?;
        let kind: Kind = system_user.kind;
        match self.service.revoke(user, owner.uuid, id, kind).await? {
            Revoked::Done => Ok(()),
            Revoked::Absent => Err(Problem::USER_NOT_FOUND.into()),
        }
    }
}

/// Splits a refusal from a failure of the machinery.
fn split<T>(decided: Decided<T>) -> Result<std::result::Result<T, Refusal>> {
    let problem = match decided {
        Ok(value) => return Ok(Ok(value)),
        Err(Error::Db(error)) => return Err(error),
        Err(Error::Problem(problem)) => problem,
        Err(Error::Invalid(_) | Error::Empty(_) | Error::Text { .. } | Error::Binding { .. }) => {
            Problem::NOT_ACCESS_MANAGER
        }
    };
    let reasons = problem.extensions.iter().map(|(_, value)| value.clone()).collect();
    Ok(Err(Refusal {
        status: problem.status(),
        code: problem.code(),
        title: problem.title().to_owned(),
        reasons,
    }))
}

#[async_trait]
impl SystemUserApprovals for Approvals {
    async fn request(&self, user: Uuid, id: Uuid) -> Result<std::result::Result<RequestView, Refusal>> {
        let view = async {
            let request = self.find(id).await?;
            self.service.request_view(user, &request).await
        };
        split(view.await)
    }

    async fn pending(&self, user: Uuid, party: Uuid) -> Result<Vec<RequestView>> {
        Ok(split(self.waiting(user, party).await)?.unwrap_or_default())
    }

    async fn approve(&self, user: Uuid, level: u8, id: Uuid) -> Result<std::result::Result<(), Refusal>> {
        split(self.decide(user, level, id, Decision::Approve).await)
    }

    async fn reject(&self, user: Uuid, level: u8, id: Uuid) -> Result<std::result::Result<(), Refusal>> {
        split(self.decide(user, level, id, Decision::Reject).await)
    }

    async fn escalate(&self, user: Uuid, id: Uuid) -> Result<std::result::Result<(), Refusal>> {
        split(self.pass_on(user, id).await)
    }

    async fn revoke(
        &self,
        user: Uuid,
        level: u8,
        system_user: Uuid,
    ) -> Result<std::result::Result<(), Refusal>> {
        split(self.end(user, level, system_user).await)
    }
}
