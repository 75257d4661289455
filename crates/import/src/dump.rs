//! A dump of MySQL (or of SQLite, or of PostgreSQL with `--inserts`) as rows: a small, tolerant
//! reader of `CREATE TABLE` and `INSERT` statements. Whatever else stands in a dump is passed over.

use std::collections::HashMap;

use crate::ImportError;
use crate::rows::{Table, Tables};

/// Reads the tables of a dump that an import needs, and counts the rows of the others.
pub fn read(file: &str, text: &str) -> Result<Tables, ImportError> {
    let mut dump = Dump::default();
    let mut rest = Scanner { text, at: 0 };
    while let Some(word) = rest.next() {
        match word {
            Token::Word(word) if word.eq_ignore_ascii_case("insert") => dump.insert(&mut rest),
            Token::Word(word) if word.eq_ignore_ascii_case("create") => dump.create(&mut rest),
            Token::Word(word) if word.eq_ignore_ascii_case("copy") => {
                let message = format!(
                    "{file}, line {}: this dump has COPY blocks; make one with `pg_dump --inserts`",
                    rest.line()
                );
                return Err(ImportError::new(message));
            }
            _ => {}
        }
        rest.skip_statement();
    }
    if dump.tables.is_empty() {
        return Err(ImportError::new(format!(
            "{file}: there is no INSERT into {} in it: is it the dump of a database of one-api?",
            Tables::READ.join(", ")
        )));
    }
    Ok(Tables {
        file: file.to_owned(),
        tables: dump.tables,
        others: dump.others,
    })
}

#[derive(Default)]
struct Dump {
    columns: HashMap<String, Vec<String>>,
    tables: Vec<Table>,
    others: Vec<(String, u64)>,
}

impl Dump {
    /// `CREATE TABLE name (column type, …)`: the names of the columns, in their order.
    fn create(&mut self, rest: &mut Scanner<'_>) {
        let is_table =
            matches!(rest.next(), Some(Token::Word(word)) if word.eq_ignore_ascii_case("table"));
        let Some(name) = is_table.then(|| rest.name()).flatten() else {
            return;
        };
        let mut columns = Vec::new();
        let mut depth = 1u32;
        let mut first = true;
        while let Some(token) = rest.next() {
            match token {
                Token::Sign(b'(') => depth += 1,
                Token::Sign(b')') if depth == 1 => break,
                Token::Sign(b')') => depth -= 1,
                Token::Sign(b',') if depth == 1 => {
                    first = true;
                    continue;
                }
                Token::Sign(b';') => break,
                Token::Quoted(name) if first => columns.push(name),
                Token::Word(word) if first && !is_key(word) => columns.push(word.to_owned()),
                _ => {}
            }
            first = false;
        }
        self.columns.insert(name, columns);
    }

    /// `INSERT INTO name [(columns)] VALUES (…), (…)`.
    fn insert(&mut self, rest: &mut Scanner<'_>) {
        loop {
            match rest.next() {
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("into") => break,
                Some(Token::Word(_)) => {}
                _ => return,
            }
        }
        let Some((name, listed)) = rest.table() else {
            return;
        };
        let columns = match listed.is_empty() {
            true => self.columns.get(&name).cloned().unwrap_or_default(),
            false => listed,
        };
        let wanted = Tables::READ.contains(&name.as_str());
        let (rows, count) = rest.values(wanted);
        if !wanted {
            match self.others.iter_mut().find(|(known, _)| *known == name) {
                Some((_, rows)) => *rows += count,
                None => self.others.push((name, count)),
            }
            return;
        }
        match self
            .tables
            .iter_mut()
            .find(|table| table.name == name && table.columns == columns)
        {
            Some(table) => table.rows.extend(rows),
            None => self.tables.push(Table {
                name,
                columns,
                rows,
            }),
        }
    }
}

/// Words with which a line of `CREATE TABLE` begins that is no column.
fn is_key(word: &str) -> bool {
    const WORDS: [&str; 9] = [
        "primary",
        "key",
        "unique",
        "index",
        "constraint",
        "foreign",
        "fulltext",
        "spatial",
        "check",
    ];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// A piece of SQL.
#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    /// A word or a number.
    Word(&'a str),
    /// A name in quotes: `name` or "name".
    Quoted(String),
    /// A text in quotes.
    Text(String),
    /// Anything else, a byte at a time.
    Sign(u8),
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes().get(self.at.saturating_add(ahead)).copied()
    }

    fn line(&self) -> usize {
        let read = self.bytes().get(..self.at).unwrap_or_default();
        read.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// The next piece; comments and spaces are passed over. `None` at the end.
    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_space();
        let byte = self.byte(0)?;
        Some(match byte {
            b'`' | b'"' => Token::Quoted(self.quoted(byte)),
            b'\'' => Token::Text(self.quoted(byte)),
            byte if is_word(byte) => {
                let from = self.at;
                while self.byte(0).is_some_and(is_word) {
                    self.at += 1;
                }
                Token::Word(self.text.get(from..self.at).unwrap_or_default())
            }
            byte => {
                self.at += 1;
                Token::Sign(byte)
            }
        })
    }

    fn peek(&mut self) -> Option<Token<'a>> {
        let at = self.at;
        let token = self.next();
        self.at = at;
        token
    }

    fn skip_space(&mut self) {
        loop {
            match (self.byte(0), self.byte(1)) {
                (Some(byte), _) if byte.is_ascii_whitespace() => self.at += 1,
                (Some(b'-'), Some(b'-')) | (Some(b'#'), _) => self.skip_past("\n"),
                (Some(b'/'), Some(b'*')) => self.skip_past("*/"),
                _ => return,
            }
        }
    }

    fn skip_past(&mut self, end: &str) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at = match rest.find(end) {
            Some(found) => self.at + found + end.len(),
            None => self.text.len(),
        };
    }

    /// Passes over everything to the end of the statement.
    fn skip_statement(&mut self) {
        // A statement that was read to its end leaves nothing to pass over.
        if self.bytes().get(self.at.wrapping_sub(1)) == Some(&b';') {
            return;
        }
        while let Some(token) = self.next() {
            if token == Token::Sign(b';') {
                return;
            }
        }
    }

    /// The inside of quotes. A quote inside is doubled, or has a backslash before it.
    fn quoted(&mut self, quote: u8) -> String {
        self.at += 1;
        let mut inside = Vec::new();
        while let Some(byte) = self.byte(0) {
            self.at += 1;
            match byte {
                b'\\' if quote == b'\'' => {
                    let escaped = self.byte(0);
                    self.at += usize::from(escaped.is_some());
                    unescape(escaped, &mut inside);
                }
                byte if byte == quote && self.byte(0) == Some(quote) => {
                    self.at += 1;
                    inside.push(quote);
                }
                byte if byte == quote => break,
                byte => inside.push(byte),
            }
        }
        String::from_utf8_lossy(&inside).into_owned()
    }

    /// The name of a table, after `TABLE` and up to its parenthesis.
    fn name(&mut self) -> Option<String> {
        let mut name = None;
        loop {
            match self.next()? {
                Token::Sign(b'(') => return name,
                Token::Quoted(text) => name = Some(text),
                Token::Word(word) => name = Some(unqualified(word)),
                Token::Sign(b'.') => {}
                _ => return None,
            }
        }
    }

    /// The name of a table and the columns that are listed, up to `VALUES`.
    fn table(&mut self) -> Option<(String, Vec<String>)> {
        let mut name = None;
        let mut columns = Vec::new();
        let mut listing = false;
        loop {
            match self.next()? {
                Token::Word(word) if !listing && word.eq_ignore_ascii_case("values") => {
                    return Some((name?, columns));
                }
                Token::Sign(b'(') => listing = true,
                Token::Sign(b')') => listing = false,
                Token::Sign(b',' | b'.') => {}
                Token::Quoted(text) if listing => columns.push(text),
                Token::Word(word) if listing => columns.push(word.to_owned()),
                Token::Quoted(text) => name = Some(text),
                Token::Word(word) => name = Some(unqualified(word)),
                _ => return None,
            }
        }
    }

    /// The rows after `VALUES`, and how many there are; they are kept where they are wanted.
    fn values(&mut self, wanted: bool) -> (Vec<Vec<Option<String>>>, u64) {
        let (mut rows, mut count) = (Vec::new(), 0u64);
        loop {
            match self.next() {
                Some(Token::Sign(b'(')) => {
                    let row = self.row();
                    count = count.saturating_add(1);
                    if wanted {
                        rows.push(row);
                    }
                }
                Some(Token::Sign(b',')) => {}
                _ => return (rows, count),
            }
        }
    }

    /// The values of a row, after its parenthesis.
    fn row(&mut self) -> Vec<Option<String>> {
        let mut row = Vec::new();
        let mut value: Option<String> = None;
        let mut minus = false;
        let mut depth = 0u32;
        while let Some(token) = self.next() {
            match token {
                Token::Sign(b')') if depth == 0 => break,
                Token::Sign(b',') if depth == 0 => {
                    row.push(value.take());
                    minus = false;
                }
                Token::Sign(b'(') => depth += 1,
                Token::Sign(b')') => depth -= 1,
                Token::Sign(b'-') => minus = true,
                Token::Text(text) | Token::Quoted(text) => value = Some(text),
                Token::Word(word) => self.word(word, minus, &mut value),
                Token::Sign(_) => {}
            }
        }
        row.push(value);
        row
    }

    /// A word among values: a number, a hexadecimal text, NULL, or the mark of a character set.
    fn word(&mut self, word: &str, minus: bool, value: &mut Option<String>) {
        let lower = word.to_ascii_lowercase();
        if let Some(digits) = lower.strip_prefix("0x") {
            *value = Some(hexadecimal(digits));
        } else if lower == "x" && matches!(self.peek(), Some(Token::Text(_))) {
            if let Some(Token::Text(digits)) = self.next() {
                *value = Some(hexadecimal(&digits));
            }
        } else if word.starts_with('_') || lower == "e" || lower == "n" {
            // A mark before a text, such as _binary or E: the text itself comes next.
        } else if lower == "null" {
            *value = None;
        } else if minus {
            *value = Some(format!("-{word}"));
        } else {
            *value = Some(word.to_owned());
        }
    }
}

/// A table's name without that of its database or schema.
fn unqualified(word: &str) -> String {
    let name = word.rsplit('.').next().unwrap_or(word);
    name.to_owned()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte == b'.' || byte >= 0x80
}

fn unescape(escaped: Option<u8>, inside: &mut Vec<u8>) {
    match escaped {
        Some(b'n') => inside.push(b'\n'),
        Some(b'r') => inside.push(b'\r'),
        Some(b't') => inside.push(b'\t'),
        Some(b'0') => inside.push(0),
        Some(b'b') => inside.push(8),
        Some(b'Z') => inside.push(26),
        // For patterns the backslash stays.
        Some(byte @ (b'%' | b'_')) => inside.extend([b'\\', byte]),
        Some(byte) => inside.push(byte),
        None => {}
    }
}

fn hexadecimal(digits: &str) -> String {
    let digits = digits.as_bytes();
    let bytes = digits.chunks(2).filter_map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> Vec<Vec<Option<String>>> {
        let tables = read("d.sql", text).unwrap().tables;
        tables.into_iter().flat_map(|table| table.rows).collect()
    }

    fn some(texts: &[&str]) -> Vec<Option<String>> {
        texts.iter().map(|text| Some((*text).to_owned())).collect()
    }

    #[test]
    fn a_dump_of_mysql_is_read_with_its_columns() {
        let text = r"-- MySQL dump 10.13
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `channels`;
CREATE TABLE `channels` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `type` bigint DEFAULT '0',
  `key` varchar(191) COLLATE utf8mb4_general_ci NOT NULL,
  `weight` decimal(10,2) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `idx_channels_key` (`key`,`type`)
) ENGINE=InnoDB AUTO_INCREMENT=3;
LOCK TABLES `channels` WRITE;
INSERT INTO `channels` VALUES (1,1,'a\'b;c\\',NULL),(2,-3,_binary 'é\n',1.50);
INSERT INTO `logs` (`id`, `content`) VALUES (1, 'x (y)'),(2,'z');
UNLOCK TABLES;
";
        let tables = read("d.sql", text).unwrap();
        assert_eq!(tables.tables.len(), 1);
        assert_eq!(tables.tables[0].columns, ["id", "type", "key", "weight"]);
        let mut first = some(&["1", "1", r"a'b;c\"]);
        first.push(None);
        assert_eq!(tables.tables[0].rows[0], first);
        assert_eq!(tables.tables[0].rows[1], some(&["2", "-3", "é\n", "1.50"]));
        assert_eq!(tables.others, [("logs".to_owned(), 2)]);
    }

    #[test]
    fn columns_hex_and_other_dialects_are_read_too() {
        let sqlite = "INSERT INTO \"options\"(\"key\",value) VALUES('a','it''s');";
        assert_eq!(rows(sqlite), [some(&["a", "it's"])]);
        let hex = "insert ignore into one.options (`key`, `value`) values (0x6162, x'63');";
        assert_eq!(rows(hex), [some(&["ab", "c"])]);
        let postgres = "INSERT INTO public.tokens (id, name) VALUES (1, E'a\\tb');";
        assert_eq!(rows(postgres), [some(&["1", "a\tb"])]);
    }

    #[test]
    fn what_is_no_dump_is_told() {
        let error = read("d.sql", "hello").unwrap_err().to_string();
        assert!(
            error.starts_with("d.sql: there is no INSERT into channels"),
            "{error}"
        );
        let copy = "COPY public.channels (id) FROM stdin;\n1\n\\.\n";
        let error = read("d.sql", copy).unwrap_err().to_string();
        assert!(
            error.contains("d.sql, line 1: ") && error.contains("--inserts"),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(INSERT INTO |CREATE TABLE |`channels`|[-(),;'\"\\\\x0é/*# a1NULVES\n]){0,60}") {
            let _ = read("d.sql", &text);
        }

        #[test]
        fn every_text_comes_back_as_it_was(text in "\\PC*", number in any::<i64>()) {
            let quoted = text.replace('\\', "\\\\").replace('\'', "\\'");
            let sql = format!("INSERT INTO `options` VALUES ({number},'{quoted}'),(NULL,'{quoted}');");
            let expected = vec![
                vec![Some(number.to_string()), Some(text.clone())],
                vec![None, Some(text.clone())],
            ];
            prop_assert_eq!(rows(&sql), expected);
        }
    }
}
