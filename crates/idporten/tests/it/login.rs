//! The test login pages: identity §2.8.

use crate::support::{Browser, KARI, asks_to_log_in, request, server};

testkit::db_suite! { [jobs::migrations()];
    async fn the_five_and_testid_are_offered(db: db::Db) {
        let server = server(&db).await;
        let browser = Browser::new(&server);
        let handle = browser.start(&[]).await;
        let page = browser.get(&format!("/idporten/login?t={handle}")).await;
        assert_eq!(page.status, 200);
        assert!(!page.headers["content-security-policy"].to_str().unwrap().contains("unsafe"));
        for eid in ["minid", "bankid-mobil", "bankid", "buypass", "commfides", "testid"] {
            assert!(page.body.contains(&format!("&amp;eid={eid}\"")), "{eid}");
        }
        let high = browser.start(&[("acr_values", "idporten-loa-high")]).await;
        let page = browser.get(&format!("/idporten/login?t={high}")).await;
        assert!(!page.body.contains("eid=minid\""), "MinID does not reach the highest level");
    }

    async fn the_level_is_that_of_the_eid_used(db: db::Db) {
        let server = server(&db).await;
        for (eid, level, amr, acr) in [
            ("minid", "3", "Minid-OTC", "idporten-loa-substantial"),
            ("bankid-mobil", "4", "BankID Mobil", "idporten-loa-high"),
            ("buypass", "4", "Buypass", "idporten-loa-high"),
            ("testid", "1", "TestID", "level1"),
        ] {
            let browser = Browser::new(&server);
            let handle = browser.start(&[]).await;
            let told = browser.choose(&handle, eid, level).await.answered();
            let tokens = server.redeem(&told["code"]).await.json();
            let claims = server.claims(tokens["id_token"].as_str().unwrap()).await;
            assert_eq!((&claims["amr"][0], &claims["acr"]), (&amr.into(), &acr.into()));
        }
    }

    async fn people_are_searched_without_numbers_in_addresses(db: db::Db) {
        let server = server(&db).await;
        let browser = Browser::new(&server);
        let handle = browser.start(&[]).await;
        let fields = |q| vec![("t", handle.as_str()), ("eid", "bankid"), ("q", q)];
        let found = browser.post("/idporten/person", &fields("kari")).await;
        assert!(found.body.contains(&format!("name=\"pid\" value=\"{KARI}\"")), "{}", found.body);
        let nobody = browser.post("/idporten/person", &fields("zzz")).await;
        assert!(!nobody.body.contains("name=\"pid\""));
        let stranger = browser.post("/idporten/person", &fields("05895894984")).await;
        assert!(stranger.body.contains("value=\"05895894984\""), "a synthetic number may log in");
        let real = browser.post("/idporten/person", &fields("01017012345")).await;
        assert!(!real.body.contains("name=\"pid\""));
    }

    async fn a_bad_choice_comes_back_and_leaves_no_session(db: db::Db) {
        let server = server(&db).await;
        let browser = Browser::new(&server);
        let handle = browser.start(&[("acr_values", "idporten-loa-high")]).await;
        let low = browser.choose(&handle, "bankid", "3").await;
        assert_eq!(low.status, 400);
        assert!(low.body.contains("role=\"alert\""));
        let fields = [("t", handle.as_str()), ("eid", "bankid"), ("level", "4"), ("pid", "12345678901")];
        assert_eq!(browser.post("/idporten/choose", &fields).await.status, 400);
        assert!(!browser.cookies.borrow().contains_key("IDPORTEN_AUTH"));
        assert_eq!(browser.choose(&handle, "bankid", "4").await.status, 302, "the login is still under way");
    }

    async fn a_login_belongs_to_the_browser_that_began_it_and_ends_once(db: db::Db) {
        let server = server(&db).await;
        let (browser, thief) = (Browser::new(&server), Browser::new(&server));
        let handle = browser.start(&[]).await;
        thief.start(&[]).await;
        assert_eq!(thief.choose(&handle, "bankid", "4").await.status, 400);
        assert_eq!(thief.get(&format!("/idporten/login?t={handle}")).await.status, 400);
        assert_eq!(browser.choose(&handle, "bankid", "4").await.status, 302);
        assert_eq!(browser.choose(&handle, "bankid", "4").await.status, 400);
    }

    async fn cancelling_tells_the_client(db: db::Db) {
        let server = server(&db).await;
        let browser = Browser::new(&server);
        let handle = browser.start(&[]).await;
        let told = browser.post("/idporten/cancel", &[("t", &handle)]).await.answered();
        assert_eq!((told["error"].as_str(), told["state"].as_str()), ("access_denied", "s t&1"));
        assert!(asks_to_log_in(&browser.get(&request(&[])).await));
    }

    async fn the_language_can_be_chosen(db: db::Db) {
        let server = server(&db).await;
        let browser = Browser::new(&server);
        let handle = browser.start(&[("ui_locales", "en")]).await;
        let page = browser.get(&format!("/idporten/login?t={handle}")).await;
        assert!(page.body.contains("<html lang=\"en\">"), "{}", page.body);
        let back = browser.get(&format!("/idporten/language?t={handle}&to=nn")).await;
        assert_eq!(back.status, 302);
        assert!(browser.get(back.location()).await.body.contains("<html lang=\"nn\">"));
    }
}
