//! Languages of texts, and the choice among them for a reader.

use super::model::{Text, Texts};

/// Two-letter codes that a text may have. Norwegian without a written form (`no`) is not among them.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy \
     da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu \
     hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb \
     lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn nr nv ny oc oj om or \
     os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta \
     te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// `nb-NO`, `nn_NO`, ` EN ` → `nb`, `nn`, `en`.
pub fn normalise(code: &str) -> String {
    let code = code.trim().replace('_', "-").to_lowercase();
    code.split('-').next().unwrap_or_default().to_owned()
}

/// Is it a code (normalised) that a text may have?
pub fn known(code: &str) -> bool {
    code.len() == 2 && CODES.split(' ').any(|c| c == code)
}

/// What a reader asked for, best first; empty when nothing was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preference(Vec<String>);

impl Preference {
    /// Reads `Accept-Language`. Weights are cut to hundredths; a part after `;` that is not a weight is an error.
    pub fn parse(header: &str) -> Result<Self, String> {
        let mut weighted: Vec<(String, u32)> = Vec::new();
        for part in header.split(',').map(str::trim).filter(|p| !p.is_empty()).take(64) {
            let (tag, weight) = match part.split_once(';') {
                None => (part, 100),
                Some((tag, q)) => {
                    (tag, weight(q.trim()).ok_or_else(|| format!("'{part}' is not a valid language range."))?)
                }
            };
            let code = normalise(tag);
            match weighted.iter_mut().find(|(c, _)| *c == code) {
                Some(entry) => entry.1 = entry.1.max(weight),
                None => weighted.push((code, weight)),
            }
        }
        if weighted.is_empty() {
            return Ok(Self::default());
        }
        weighted.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        let scandinavian = weighted.iter().any(|(code, _)| code == "sv" || code == "da");
        let mut order: Vec<String> = weighted.into_iter().map(|(code, _)| code).collect();
        order.extend(if scandinavian { ["nb", "en"] } else { ["en", "nb"] }.map(str::to_owned));
        Ok(Self(order))
    }

    /// Cuts the texts to the best one; leaves them whole when none fits.
    pub fn prune(&self, texts: &[Text]) -> Texts {
        let best = self.0.iter().find_map(|code| texts.iter().find(|t| t.lang == *code));
        best.map_or_else(|| texts.to_vec(), |text| vec![text.clone()])
    }
}

fn weight(text: &str) -> Option<u32> {
    let value: f64 = text.strip_prefix("q=").or_else(|| text.strip_prefix("Q="))?.trim().parse().ok()?;
    (0.0..=1.0).contains(&value).then_some((value * 100.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(codes: &[&str]) -> Texts {
        codes.iter().map(|c| Text { lang: (*c).to_owned(), value: format!("text {c}") }).collect()
    }

    fn chosen(header: &str, have: &[&str]) -> Vec<String> {
        Preference::parse(header).unwrap().prune(&texts(have)).into_iter().map(|t| t.lang).collect()
    }

    #[test]
    fn the_best_language_wins_then_english_then_bokmal() {
        assert_eq!(chosen("nn;q=0.5, nb-NO", &["en", "nb", "nn"]), ["nb"]);
        assert_eq!(chosen("de", &["en", "nb"]), ["en"]);
        assert_eq!(chosen("sv", &["en", "nb"]), ["nb"]);
        assert_eq!(chosen("de;q=0.2, nn;q=0.1, de;q=0.05", &["de", "nn"]), ["de"]);
    }

    #[test]
    fn nothing_asked_or_nothing_fitting_leaves_all() {
        assert_eq!(chosen("", &["en", "nb"]), ["en", "nb"]);
        assert_eq!(chosen("it", &["de", "fr"]), ["de", "fr"]);
        assert_eq!(chosen("*", &["de", "fr"]), ["de", "fr"]);
    }

    #[test]
    fn a_parameter_that_is_not_a_weight_is_refused() {
        assert!(Preference::parse("nb;v=1").is_err());
        assert!(Preference::parse("nb;q=x").is_err());
    }

    #[test]
    fn codes_are_normalised_before_they_are_looked_up() {
        assert!(known(&normalise(" nn_NO ")));
        assert!(known(&normalise("en-US")));
        assert!(!known(&normalise("no")));
        assert!(!known("xx"));
    }
}
