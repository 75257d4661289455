//! Tables of text: columns padded to their widest cell, money and counts to the right.

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Text.
    Left,
    /// Money and counts.
    Right,
}

/// Rows under a heading.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

/// Between two columns.
const GAP: &str = "  ";

impl Table {
    /// A table without rows. A heading that begins with `>` names a column that stands to the
    /// right.
    pub(crate) fn new(headings: &[&'static str]) -> Table {
        let column = |heading: &&'static str| match heading.strip_prefix('>') {
            Some(text) => (text, Align::Right),
            None => (*heading, Align::Left),
        };
        Table {
            columns: headings.iter().map(column).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row. Cells that are missing are empty.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into_iter().map(one_line).collect());
    }

    /// Whether there are no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as text, each line with its end. The heading is dimmed where `colour` is set.
    pub(crate) fn render(&self, colour: bool) -> String {
        let widths = self.widths();
        let headings = self.columns.iter().map(|(heading, _)| *heading);
        let mut text = if colour {
            format!("\x1b[2m{}\x1b[0m\n", self.line(headings, &widths))
        } else {
            format!("{}\n", self.line(headings, &widths))
        };
        for row in &self.rows {
            text.push_str(&self.line(row.iter().map(String::as_str), &widths));
            text.push('\n');
        }
        text
    }

    /// The rows without the heading, for a table that is continued.
    pub(crate) fn render_rows(&self, widths: &[usize]) -> String {
        let lines = self
            .rows
            .iter()
            .map(|row| self.line(row.iter().map(String::as_str), widths) + "\n");
        lines.collect()
    }

    /// The width of each column.
    pub(crate) fn widths(&self) -> Vec<usize> {
        let width = |(at, (heading, _)): (usize, &(&str, Align))| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            cells
                .map(|cell| cell.chars().count())
                .chain([heading.chars().count()])
                .max()
                .unwrap_or(0)
        };
        self.columns.iter().enumerate().map(width).collect()
    }

    fn line<'a>(&self, cells: impl Iterator<Item = &'a str>, widths: &[usize]) -> String {
        let mut line = String::new();
        for ((cell, (_, align)), width) in cells.zip(&self.columns).zip(widths) {
            if !line.is_empty() {
                line.push_str(GAP);
            }
            match align {
                Align::Left => line.push_str(&format!("{cell:<width$}")),
                Align::Right => line.push_str(&format!("{cell:>width$}")),
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// A cell keeps to one line, and sends nothing to a terminal but text.
fn one_line(cell: String) -> String {
    if cell.chars().any(char::is_control) {
        cell.chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect()
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_stands_to_the_right_and_lines_do_not_end_in_spaces() {
        let mut table = Table::new(&["TEAM", ">BALANCE", "NOTE"]);
        table.row(["acme".into(), "25.00".into(), String::new()]);
        table.row(["a".into(), "-1000.000000001".into(), "two\nlines".into()]);
        insta::assert_snapshot!(table.render(false), @r"
        TEAM          BALANCE  NOTE
        acme            25.00
        a     -1000.000000001  two lines
        ");
    }

    #[test]
    fn a_first_column_that_is_empty_keeps_its_place() {
        let mut table = Table::new(&["A", "B"]);
        table.row([String::new(), "x".into()]);
        assert_eq!(table.render(false), "A  B\n   x\n");
    }
}
