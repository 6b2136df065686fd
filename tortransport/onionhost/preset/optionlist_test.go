package preset_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOptionList reads libp2p's source: an option that is new in a later version
// must be looked at, whether it leaks.
func TestOptionList(t *testing.T) {
	known := make(map[string]bool)
	for _, o := range options {
		known[o.name] = true
	}
	found := libp2pOptions(t)
	if len(found) < 40 {
		t.Fatalf("only %d options are found: libp2p keeps them elsewhere", len(found))
	}
	for _, name := range found {
		if !known[name] {
			t.Errorf("nobody has said whether libp2p.%s leaks", name)
		}
		delete(known, name)
	}
	for name := range known {
		t.Errorf("libp2p has no option %s", name)
	}
}

// libp2pOptions returns the names of libp2p's exported variables, and of its
// functions that return an Option. Its variables are all options.
func libp2pOptions(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", "{{range .GoFiles}}{{$.Dir}}/{{.}}\n{{end}}", "github.com/libp2p/go-libp2p").Output()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range strings.Fields(string(out)) {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			names = append(names, declaredOptions(decl)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func declaredOptions(decl ast.Decl) (names []string) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil || !d.Name.IsExported() || d.Type.Results.NumFields() != 1 {
			return nil
		}
		if result, ok := d.Type.Results.List[0].Type.(*ast.Ident); ok && result.Name == "Option" {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		if d.Tok != token.VAR {
			return nil
		}
		for _, spec := range d.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				if name.IsExported() {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}
