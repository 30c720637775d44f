//! One text, two databases: what of a statement is told to which of them.
//!
//! A statement is written as `SQLite` reads it. `PostgreSQL` gets it with `$1` for `?1`, without what only guides `SQLite`'s
//! planner (`INDEXED BY name`, and `CROSS JOIN` before an `ON`, which fixes an order), and with what is marked as its own:
//! `/*pg FOR UPDATE */`, a comment to `SQLite`.
//!
//! A statement that is run with many rows of values is run once by `PostgreSQL`, over a list of them: `/*rows FROM */` says
//! where the list comes in, with the word that brings it in. What is inserted is written as one row of `VALUES`: `SQLite` notes
//! what a statement that inserts what it selects has changed, to take it back if a later row fails.

/// Which database a transaction is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Dialect {
    /// The embedded one, which has one writer.
    Sqlite,
    /// The shared one.
    Postgres,
}

/// A statement as `PostgreSQL` reads it. Texts within it are left alone.
pub(in crate::store) fn for_postgres(sql: &str) -> String {
    let mut told = String::with_capacity(sql.len() + 8);
    for (index, part) in sql.split('\'').enumerate() {
        if index > 0 {
            told.push('\'');
        }
        // Every other part stands between two quotes.
        if index % 2 == 0 { outside_of_texts(part, &mut told) } else { told.push_str(part) }
    }
    told
}

/// A statement that is run with many rows of so many values, as `PostgreSQL` reads it: `$1` and the others are arrays, a
/// column of the rows each.
pub(in crate::store) fn for_postgres_over_rows(sql: &str, width: usize) -> String {
    let list = |of: &str| (1..=width).map(|place| format!("{of}{place}")).collect::<Vec<_>>().join(", ");
    let (before, rest) = sql.split_once("/*rows ").expect("it says where the list comes in");
    let (word, after) = rest.split_once(" */").expect("a comment ends");
    let of_row = |part: &str| for_postgres(part).replace('$', "w.v");
    let before = match before.rsplit_once("VALUES (") {
        Some((table, row)) => format!("{table}SELECT {} ", row.trim_end().strip_suffix(')').expect("a row ends")),
        None => before.to_owned(),
    };
    format!("{}{word} unnest({}) AS w({}){}", of_row(&before), list("$"), list("v"), of_row(after))
}

fn outside_of_texts(part: &str, told: &mut String) {
    let part = part.replace("CROSS JOIN ", "JOIN ").replace("/*pg ", "").replace(" */", "");
    let mut rest = part.as_str();
    while let Some(at) = rest.find(['?', 'I']) {
        let (before, found) = rest.split_at(at);
        told.push_str(before);
        rest = if let Some(after) = found.strip_prefix('?') {
            told.push('$');
            after
        } else if let Some(after) = found.strip_prefix("INDEXED BY ") {
            after.split_once(' ').map_or("", |(_, after)| after)
        } else {
            told.push('I');
            &found[1..]
        };
    }
    told.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_others_own_is_left_out() {
        fn check(sql: &str, expected: &str) {
            assert_eq!(for_postgres(sql), expected);
        }
        check("SELECT a FROM t WHERE b = ?1 AND c IN (?12, ?1)", "SELECT a FROM t WHERE b = $1 AND c IN ($12, $1)");
        check("SELECT 1 FROM t INDEXED BY t_by WHERE Id = ?1", "SELECT 1 FROM t WHERE Id = $1");
        check("SELECT 1 FROM t INDEXED BY t_by", "SELECT 1 FROM t ");
        check("FROM a CROSS JOIN b ON b.x = a.x", "FROM a JOIN b ON b.x = a.x");
        check("SELECT 1 FROM t WHERE a = ?1 /*pg FOR UPDATE */", "SELECT 1 FROM t WHERE a = $1 FOR UPDATE");
        check("SELECT 'what? INDEXED BY', ?1 || 'it''s ?1'", "SELECT 'what? INDEXED BY', $1 || 'it''s ?1'");
    }
    #[test]
    fn a_list_of_rows_comes_in_where_it_is_said() {
        let told = for_postgres_over_rows("UPDATE t SET a = ?3 /*rows FROM */ WHERE b = ?1 AND c = ?12", 2);
        assert_eq!(told, "UPDATE t SET a = w.v3 FROM unnest($1, $2) AS w(v1, v2) WHERE b = w.v1 AND c = w.v12");
        let told =
            for_postgres_over_rows("SELECT 1 FROM t /*rows CROSS JOIN */ WHERE b = ?1 /*pg FOR UPDATE OF t */", 1);
        assert_eq!(told, "SELECT 1 FROM t CROSS JOIN unnest($1) AS w(v1) WHERE b = w.v1 FOR UPDATE OF t");
        let told =
            for_postgres_over_rows("INSERT INTO t (a, b) VALUES (?1, f(?2)) /*rows FROM */ ON CONFLICT DO NOTHING", 2);
        let expected =
            "INSERT INTO t (a, b) SELECT w.v1, f(w.v2) FROM unnest($1, $2) AS w(v1, v2) ON CONFLICT DO NOTHING";
        assert_eq!(told, expected);
    }
}
