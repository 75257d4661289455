//! The rules by which the price data knows a model, as patterns of names.

use serde_json::Value;

use crate::glob;

/// The names that a rule takes: any of these, but for those.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) any: Vec<String>,
    pub(super) except: Vec<String>,
}

impl Names {
    pub(super) fn read(rule: &Value) -> Result<Names, String> {
        let members = rule.as_object().ok_or("a rule is an object")?;
        let (Some((word, value)), 1) = (members.iter().next(), members.len()) else {
            return Err("a rule has one member".to_owned());
        };
        if let ("or" | "and", Some(rules)) = (word.as_str(), value.as_array()) {
            let parts: Result<Vec<Names>, String> = rules.iter().map(Names::read).collect();
            return if word == "or" {
                Names::either(parts?)
            } else {
                Names::both(parts?)
            };
        }
        let text = value.as_str().ok_or("a rule's text is a string")?;
        let plain = text.to_lowercase();
        match word.as_str() {
            "equals" => Ok(Names::of(plain)),
            "starts_with" => Ok(Names::of(format!("{plain}*"))),
            "ends_with" => Ok(Names::of(format!("*{plain}"))),
            "contains" => Ok(Names::of(format!("*{plain}*"))),
            "regex" => from_regex(text),
            _ => Err(format!("an unknown rule: {word}")),
        }
    }

    fn of(pattern: String) -> Names {
        Names {
            any: vec![pattern],
            except: Vec::new(),
        }
    }

    fn either(parts: Vec<Names>) -> Result<Names, String> {
        let mut all = Names::default();
        for part in parts {
            for one in part.any {
                if !all.any.contains(&one) {
                    all.any.push(one);
                }
            }
            all.except.extend(part.except);
        }
        // An exception then holds for every name, so it must not hit one that is plainly meant.
        let hit = |name: &&String| all.except.iter().any(|except| glob::fits(except, name));
        let struck = all.any.iter().filter(|name| glob::is_plain(name)).find(hit);
        match struck {
            None => Ok(all),
            Some(name) => Err(format!(
                "an exception of one alternative strikes another: {name}"
            )),
        }
    }

    /// Names of one part, but for the exceptions of the others.
    fn both(parts: Vec<Names>) -> Result<Names, String> {
        let naming = parts.iter().filter(|part| !part.any.is_empty()).count();
        if naming != 1 {
            return Err("\"and\" of two rules that name models".to_owned());
        }
        let mut all = Names::default();
        for part in parts {
            all.any.extend(part.any);
            all.except.extend(part.except);
        }
        Ok(all)
    }

    fn take(&self, name: &str) -> bool {
        self.any.iter().any(|pattern| glob::fits(pattern, name))
            && !self.except.iter().any(|except| glob::fits(except, name))
    }

    /// The name by which the provider knows the model: the id, unless the rule does not take it
    /// but names another.
    pub(super) fn called(&self, id: &str) -> String {
        if self.take(&id.to_lowercase()) {
            return id.to_owned();
        }
        let plain = self.any.iter().find(|pattern| glob::is_plain(pattern));
        plain.map_or(id, String::as_str).to_owned()
    }
}

/// The few shapes of regular expressions that the data has, as patterns.
fn from_regex(regex: &str) -> Result<Names, String> {
    if regex == "^(?!.*-[tT][tT][sS](?:$|-))" {
        let except = vec!["*-tts".to_owned(), "*-tts-*".to_owned()];
        return Ok(Names {
            any: Vec::new(),
            except,
        });
    }
    let unknown = || format!("a regular expression that is not understood: {regex}");
    let mut rest = regex.strip_prefix('^').ok_or_else(unknown)?;
    let mut any = vec![String::new()];
    while let Some(first) = rest.chars().next() {
        let piece;
        if rest == "$" {
            return Ok(Names {
                any,
                except: Vec::new(),
            });
        } else if let Some(after) = rest.strip_prefix("[-@]") {
            let at = any.iter().map(|pattern| format!("{pattern}@"));
            any = any
                .iter()
                .map(|pattern| format!("{pattern}-"))
                .chain(at)
                .collect();
            rest = after;
            continue;
        } else if let Some(after) = rest.strip_prefix(r"\d{") {
            let (count, after) = after.split_once('}').ok_or_else(unknown)?;
            let count = count.parse().ok().filter(|count| *count <= 20);
            (piece, rest) = ("#".repeat(count.ok_or_else(unknown)?), after);
        } else if let Some(after) = rest.strip_prefix(r"\d") {
            (piece, rest) = ("#".to_owned(), after);
        } else if let Some(escaped) = rest.strip_prefix('\\').and_then(|s| s.chars().next()) {
            if !".[]".contains(escaped) {
                return Err(unknown());
            }
            (piece, rest) = (escaped.to_string(), rest.get(2..).unwrap_or_default());
        } else {
            let plain =
                first.is_ascii_lowercase() || first.is_ascii_digit() || "-/=".contains(first);
            if !plain {
                return Err(unknown());
            }
            (piece, rest) = (first.to_string(), rest.get(1..).unwrap_or_default());
        }
        any.iter_mut().for_each(|pattern| pattern.push_str(&piece));
    }
    any.iter_mut().for_each(|pattern| pattern.push('*'));
    Ok(Names {
        any,
        except: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_become_patterns() {
        for (rule, any, except) in [
            (r#"{"equals":"A"}"#, vec!["a"], vec![]),
            (
                r#"{"or":[{"starts_with":"a"},{"ends_with":"b"}]}"#,
                vec!["a*", "*b"],
                vec![],
            ),
            (
                r#"{"regex":"^a\\.b[-@]\\d{3}$"}"#,
                vec!["a.b-###", "a.b@###"],
                vec![],
            ),
            (r#"{"regex":"^a-\\d"}"#, vec!["a-#*"], vec![]),
            (
                r#"{"and":[{"contains":"a"},{"regex":"^(?!.*-[tT][tT][sS](?:$|-))"}]}"#,
                vec!["*a*"],
                vec!["*-tts", "*-tts-*"],
            ),
        ] {
            let names = Names::read(&serde_json::from_str(rule).unwrap()).unwrap();
            assert_eq!(
                (names.any, names.except),
                (owned(any), owned(except)),
                "{rule}"
            );
        }
    }

    fn owned(list: Vec<&str>) -> Vec<String> {
        list.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_rule_that_is_not_understood_stops_the_import() {
        for rule in [
            r#"{"regex":"^a.*$"}"#,
            r#"{"regex":"a"}"#,
            r#"{"sounds_like":"a"}"#,
            r#"{"and":[{"contains":"a"},{"contains":"b"}]}"#,
            r#"{}"#,
        ] {
            assert!(
                Names::read(&serde_json::from_str(rule).unwrap()).is_err(),
                "{rule}"
            );
        }
    }

    #[test]
    fn a_model_is_called_what_its_rule_takes() {
        let names = Names::of("accounts/x/models/m".to_owned());
        assert_eq!(names.called("m"), "accounts/x/models/m");
        assert_eq!(Names::of("m*".to_owned()).called("M"), "M");
        assert_eq!(Names::of("*x*".to_owned()).called("m"), "m");
    }
}
