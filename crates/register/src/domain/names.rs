//! Names as they are shown, searched for and compared.

/// Given, middle and last name in reading order.
pub fn display(first: Option<&str>, middle: Option<&str>, last: Option<&str>) -> String {
    join([first, middle, last])
}

/// Last name first, upper case: how version 1 of the register API writes a person.
pub fn short(first: Option<&str>, middle: Option<&str>, last: Option<&str>) -> String {
    join([last, first, middle]).to_uppercase()
}

fn join(parts: [Option<&str>; 3]) -> String {
    let parts: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// Lower case, as search compares.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// Do two last names match well enough to look a person up by number and name. WIRE: only the first four characters
/// count, without diacritics, except that å stays what it is (register-profile A2).
pub fn last_names_match(one: &str, other: &str) -> bool {
    let key = |name: &str| -> String {
        name.trim().chars().take(4).flat_map(char::to_lowercase).map(plain).collect()
    };
    let (one, other) = (key(one), key(other));
    !one.is_empty() && one == other
}

fn plain(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' => 'a',
        'ç' | 'č' | 'ć' => 'c',
        'đ' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ę' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ł' => 'l',
        'ñ' | 'ŋ' | 'ń' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'š' | 'ś' => 's',
        'ŧ' => 't',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' => 'y',
        'ž' | 'ż' | 'ź' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_characters_decide_and_aa_is_a_letter_of_its_own() {
        assert!(last_names_match(" NORDLI", "nordmann"));
        assert!(last_names_match("Müller", "mull"));
        assert!(last_names_match("Lie", "LIE"));
        assert!(!last_names_match("Åsen", "Asen"));
        assert!(!last_names_match("Li", "Lie"));
        assert!(!last_names_match("", ""));
    }

    #[test]
    fn forms() {
        assert_eq!(display(Some("Kari"), None, Some("Nordli")), "Kari Nordli");
        assert_eq!(short(Some("Kari"), Some("Å"), Some("Nordli")), "NORDLI KARI Å");
    }
}
