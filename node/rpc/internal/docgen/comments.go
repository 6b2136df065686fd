package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// comments are those of the source that the document repeats.
type comments struct {
	// of has those of declarations: "Contact", "Contact.Alias", "API.AddContact",
	// "ErrNotFound", "ledger.RequestReceived".
	of map[string]string
	// rows has those above the rows of the table of methods, by the names of methods.
	rows map[string]string
	// kinds are the errors of the table of errors, by their kinds: "ErrNotFound", or
	// the constant of a code.
	kinds map[string]string
	// values are those of types of text, in their order: "ContactState".
	values map[string][]value
}

// value is one that a type of text can have.
type value struct{ text, name string }

func newComments() *comments {
	return &comments{
		of: make(map[string]string), rows: make(map[string]string), kinds: make(map[string]string),
		values: make(map[string][]value),
	}
}

// read reads the Go files of a folder, but for tests. prefix goes before the names of
// what is declared there.
func (c *comments) read(folder, prefix string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	files := token.NewFileSet()
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, filepath.Join(folder, e.Name()), nil, parser.ParseComments)
		if err != nil {
			return err
		}
		c.readFile(files, f, prefix)
	}
	return nil
}

func (c *comments) readFile(files *token.FileSet, f *ast.File, prefix string) {
	above := make(map[int]string) // comments, by the lines after them
	for _, group := range f.Comments {
		above[files.Position(group.End()).Line+1] = group.Text()
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return false // what is inside is not declared
		case *ast.GenDecl:
			if len(n.Specs) == 1 && n.Lparen == token.NoPos { // then the comment is that of the declaration
				if t, ok := n.Specs[0].(*ast.TypeSpec); ok {
					t.Doc = n.Doc
				}
			}
		case *ast.TypeSpec:
			c.readType(n, prefix)
		case *ast.ValueSpec:
			c.readValue(n, prefix)
		case *ast.CallExpr:
			if name := rowName(n); name != "" {
				c.rows[name] = above[files.Position(n.Pos()).Line]
			}
		}
		return true
	})
}

// readType reads the comments of a type, and of its fields or methods.
func (c *comments) readType(t *ast.TypeSpec, prefix string) {
	c.of[prefix+t.Name.Name] = t.Doc.Text()
	var fields *ast.FieldList
	switch of := t.Type.(type) {
	case *ast.StructType:
		fields = of.Fields
	case *ast.InterfaceType:
		fields = of.Methods
	default:
		return
	}
	for _, field := range fields.List {
		for _, name := range field.Names {
			c.of[prefix+t.Name.Name+"."+name.Name] = either(field.Doc, field.Comment)
		}
	}
}

// readValue reads the comment of constants or variables, and what those are that are
// tables.
func (c *comments) readValue(v *ast.ValueSpec, prefix string) {
	for i, name := range v.Names {
		c.of[prefix+name.Name] = either(v.Doc, v.Comment)
		if i >= len(v.Values) {
			continue
		}
		of, _ := v.Type.(*ast.Ident)
		text := literal(v.Values[i])
		table, _ := v.Values[i].(*ast.CompositeLit)
		switch {
		case of != nil && text != "":
			c.values[of.Name] = append(c.values[of.Name], value{text, name.Name})
		case table != nil && name.Name == "kinds":
			for _, row := range table.Elts {
				c.readKind(row)
			}
		case table != nil:
			c.readNames(table)
		}
	}
}

// readNames reads a table of names of what there is in package ledger, behind the constants
// that have them: what they mean is said there.
func (c *comments) readNames(table *ast.CompositeLit) {
	t, ok := table.Type.(*ast.MapType)
	if !ok {
		return
	}
	of, ok := t.Value.(*ast.Ident)
	if !ok {
		return
	}
	for _, row := range table.Elts {
		pair, _ := row.(*ast.KeyValueExpr)
		if pair == nil {
			continue
		}
		key, _ := pair.Key.(*ast.SelectorExpr)
		name, _ := pair.Value.(*ast.Ident)
		for i, v := range c.values[of.Name] {
			if key != nil && name != nil && v.name == name.Name {
				c.values[of.Name][i].name = "ledger." + key.Sel.Name
			}
		}
	}
}

// either is the comment above something, or else that behind it.
func either(above, behind *ast.CommentGroup) string {
	if above != nil {
		return above.Text()
	}
	return behind.Text()
}

// readKind reads a row of the table of errors.
func (c *comments) readKind(row ast.Expr) {
	var kind, name string
	for _, e := range row.(*ast.CompositeLit).Elts {
		pair := e.(*ast.KeyValueExpr)
		ident, _ := pair.Value.(*ast.Ident)
		switch key := pair.Key.(*ast.Ident).Name; {
		case key == "name":
			kind = literal(pair.Value)
		case key == "is", key == "code" && ident != nil && name == "":
			name = ident.Name
		}
	}
	c.kinds[kind] = name
}

// rowName returns the method that a call adds to the table of methods, if it does.
func rowName(call *ast.CallExpr) string {
	f := call.Fun
	if generic, ok := f.(*ast.IndexExpr); ok {
		f = generic.X
	}
	name, ok := f.(*ast.Ident)
	if !ok || name.Name != "define" && name.Name != "order" || len(call.Args) == 0 {
		return ""
	}
	if constant, ok := call.Args[0].(*ast.Ident); ok {
		return constant.Name // authenticate is the name of its name
	}
	return literal(call.Args[0])
}

// literal returns what a string literal says.
func literal(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok {
		if s, err := strconv.Unquote(l.Value); err == nil {
			return s
		}
	}
	return ""
}
