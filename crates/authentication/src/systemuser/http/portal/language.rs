//! The language that the person has chosen, from the cookie that all frontends share.

use axum_extra::extract::CookieJar;

/// `nb`, `nn` or `en`. WIRE: `UL=1033` is English, `2068` nynorsk, `1044` bokmål, which is also the default.
pub(super) fn of(cookies: &CookieJar) -> &'static str {
    let context =
        cookies.get("altinnPersistentContext").map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    match context.split(['&', '?']).find_map(|part| part.strip_prefix("UL=")) {
        Some("1033") => "en",
        Some("2068") => "nn",
        _ => "nb",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum_extra::extract::cookie::Cookie;

    #[test]
    fn bokmaal_unless_chosen_otherwise() {
        let jar = |value: &'static str| CookieJar::new().add(Cookie::new("altinnPersistentContext", value));
        assert_eq!((of(&CookieJar::new()), of(&jar("UL=1044")), of(&jar("UL=9"))), ("nb", "nb", "nb"));
        assert_eq!((of(&jar("UL=1033")), of(&jar("LA=1&UL=2068"))), ("en", "nn"));
    }
}
