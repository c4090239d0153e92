//! The platform's own resources (authorization.md §12).

use super::{CITIZEN, CONDOMINIUM, DIRECTOR, world};

#[tokio::test]
async fn a_managing_director_manages_access_and_an_outsider_does_not() {
    let world = world().await;
    let party = world.organisation(CONDOMINIUM).await;
    for resource in [
        "altinn_access_management",
        "altinn_client_administration",
        "altinn_access_management_hovedadmin",
        "altinn_instance_delegation",
        "altinn_maskinporten_scope_delegation",
    ] {
        assert_eq!(
            world.of_user(DIRECTOR, resource, &party, "write").await["decision"],
            "Permit",
            "{resource}"
        );
        assert_eq!(
            world.of_user(CITIZEN, resource, &party, "write").await["decision"],
            "NotApplicable",
            "{resource}"
        );
    }
    assert_eq!(
        world.of_user(DIRECTOR, "altinn_keyrole_access", &party, "access").await["decision"],
        "Permit"
    );
}

#[tokio::test]
async fn people_manage_access_for_themselves() {
    let world = world().await;
    let citizen = world.person(CITIZEN).await;
    let own = world.of_user(CITIZEN, "altinn_access_management", &citizen, "write").await;
    assert_eq!(own["decision"], "Permit");
    let others = world.of_user(DIRECTOR, "altinn_access_management", &citizen, "write").await;
    assert_eq!(others["decision"], "NotApplicable");
}
