package main

import "strings"

// table is a table of Markdown.
type table struct{ out strings.Builder }

func newTable(columns ...string) *table {
	t := new(table)
	t.add(columns...)
	t.out.WriteString("|" + strings.Repeat("---|", len(columns)) + "\n")
	return t
}

// add adds a row.
func (t *table) add(cells ...string) {
	for _, cell := range cells {
		if cell != "" {
			cell = " " + cell
		}
		t.out.WriteString("|" + cell + " ")
	}
	t.out.WriteString("|\n")
}

func (t *table) String() string { return t.out.String() }
