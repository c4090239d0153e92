//! The portal's pages with every block behind them.

mod actor;
mod approval;
mod frame;
mod inbox;

use crate::session::{Browser, start};
use crate::support::Answer;

const CITIZEN: &str = "19919640521";
const ACCOUNTANT: &str = "27898031131";

/// The form's proof, which a page of the session carries.
fn csrf(page: &Answer) -> String {
    let text = page.text();
    let (_, rest) = text.split_once("name=\"_csrf\" value=\"").unwrap_or_else(|| panic!("no form in {text}"));
    rest.split('"').next().unwrap().to_owned()
}

/// Logs in at a level of one's choice.
async fn at_level(browser: &Browser<'_>, pid: &str, acr: &str) {
    let hint = format!("testid:{pid}_{acr}");
    let start = start(&[("goto", "/hjelp"), ("login_hint", &hint), ("acr_values", acr)]);
    let (address, answer) = browser.follow(&start).await;
    assert_eq!(answer.status, 200, "{address}: {}", answer.text());
}
