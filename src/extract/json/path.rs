//! Paths into JSON: `data.posts[]`, `edges[].node`, `posts[-1].id`, `[]`.
//!
//! `.` goes into an object, `[]` into every element of a list, `[0]` into the first, `[-1]` into the last. A name is
//! any text without `.`, `[`, `]`, `{`, `}` and `|`.

use serde_json::Value;

/// No path of an honest endpoint has more steps.
const MOST_STEPS: usize = 32;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Each,
    At(i64),
}

/// A path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    steps: Vec<Step>,
    text: String,
}

impl Path {
    /// Reads `text`; else says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        let mut steps = Vec::new();
        for (at, part) in text.split('.').enumerate() {
            let (name, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
            if name.contains([']', '{', '}', '|']) {
                return Err(format!("{name:?} is no name in a path"));
            }
            match name.trim() {
                "" if at > 0 || rest.is_empty() => return Err("a name is missing before or behind a dot".to_owned()),
                "" => {}
                name => steps.push(Step::Key(name.to_owned())),
            }
            while !rest.is_empty() {
                let inner = rest.strip_prefix('[').ok_or("behind a ] stands neither . nor [")?;
                let (index, behind) = inner.split_once(']').ok_or("a [ is not closed")?;
                steps.push(match index.trim() {
                    "" => Step::Each,
                    index => Step::At(index.parse().map_err(|_| format!("[{index}] is no place in a list"))?),
                });
                rest = behind;
            }
        }
        if steps.len() > MOST_STEPS {
            return Err(format!("it has more than {MOST_STEPS} steps"));
        }
        Ok(Self { steps, text: text.to_owned() })
    }

    /// The path as it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The values that it leads to, at most `limit`; `null` is no value.
    pub(super) fn values<'a>(&self, root: &'a Value, limit: usize) -> Vec<&'a Value> {
        let mut values = vec![root];
        for step in &self.steps {
            let mut below = Vec::new();
            for value in values {
                match (step, value) {
                    (Step::Key(name), Value::Object(fields)) => below.extend(fields.get(name)),
                    (Step::Each, Value::Array(list)) => below.extend(list.iter().take(limit - below.len())),
                    (Step::At(at), Value::Array(list)) => below.extend(place(list, *at)),
                    _ => {}
                }
                if below.len() >= limit {
                    break;
                }
            }
            values = below;
        }
        values.retain(|value| !value.is_null());
        values
    }

    /// Where it ends in vain: the longest beginning that finds something, and what stands there.
    pub(super) fn dead_end(&self, root: &Value) -> String {
        let mut found = (0, root);
        for length in 1..=self.steps.len() {
            let beginning = Self { steps: self.steps[..length].to_vec(), text: String::new() };
            match beginning.values(root, 1).first() {
                Some(value) => found = (length, value),
                None => break,
            }
        }
        let (length, value) = found;
        let place = if length == 0 { "the answer".to_owned() } else { format!("`{}`", spelled(&self.steps[..length])) };
        format!("{place} is {}", shape(value))
    }
}

fn place(list: &[Value], at: i64) -> Option<&Value> {
    let index = usize::try_from(at.unsigned_abs()).ok()?;
    if at < 0 { list.len().checked_sub(index).and_then(|index| list.get(index)) } else { list.get(index) }
}

fn spelled(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(name) if text.is_empty() => text.push_str(name),
            Step::Key(name) => text.extend([".", name]),
            Step::Each => text.push_str("[]"),
            Step::At(at) => text.extend(["[", &at.to_string(), "]"]),
        }
    }
    text
}

/// What a value is, in a few words: the page's own are cut.
fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(_) => "a text".to_owned(),
        Value::Array(list) if list.is_empty() => "an empty list".to_owned(),
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(fields) if fields.is_empty() => "an empty object".to_owned(),
        Value::Object(fields) => {
            let names = fields.keys().take(8).map(|name| name.chars().take(40).filter(|c| !c.is_control()).collect());
            let more = if fields.len() > 8 { ", …" } else { "" };
            format!("an object with {}{more}", names.collect::<Vec<String>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_to_values() {
        let root = json!({
            "data": { "posts": [{ "id": 1, "tags": ["a", "b"] }, { "id": 2, "tags": [] }, { "id": null }] },
            "wp:term": [[{ "name": "x" }], [{ "name": "y" }]],
            "none": null,
        });
        for (path, expected) in [
            ("data.posts[].id", json!([1, 2])),
            ("data.posts[].tags[]", json!(["a", "b"])),
            ("data.posts[0].id", json!([1])),
            ("data.posts[-2].id", json!([2])),
            ("data.posts[9].id", json!([])),
            ("data.posts[-9].id", json!([])),
            ("wp:term[][].name", json!(["x", "y"])),
            ("none", json!([])),
            ("data.posts.id", json!([])),
            ("missing", json!([])),
        ] {
            let values: Vec<_> = Path::parse(path).unwrap().values(&root, 100).into_iter().cloned().collect();
            assert_eq!(json!(values), expected, "{path}");
        }
        let list = json!([{ "id": 1 }, { "id": 2 }, { "id": 3 }]);
        assert_eq!(Path::parse("[].id").unwrap().values(&list, 2).len(), 2);
    }

    #[test]
    fn a_dead_end_is_told() {
        let root = json!({ "data": { "items": [], "count": 0 }, "errors": ["x"] });
        for (path, told) in [
            ("data.posts[]", "`data` is an object with count, items"),
            ("posts[]", "the answer is an object with data, errors"),
            ("data.items[]", "`data.items` is an empty list"),
            ("data.count.x", "`data.count` is a number"),
        ] {
            assert_eq!(Path::parse(path).unwrap().dead_end(&root), told, "{path}");
        }
    }

    #[test]
    fn a_bad_path_is_told() {
        for bad in ["", " ", "a..b", ".a", "a.", "a[", "a[x]", "a[]b", "a]", "a{b}", "a|b", &["a"; 40].join(".")] {
            assert!(Path::parse(bad).is_err(), "{bad:?}");
        }
    }
}
