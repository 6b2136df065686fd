package tortransport_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sources parses the files of a package that are no tests.
func sources(t *testing.T, dir string) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		t.Fatalf("no package in %s", dir)
	}
	return files
}

// publicPackages are those whose errors a user of the transport may meet.
var publicPackages = []string{".", "tor", "onion", "onionhost", "onionhost/preset", "keyfile"}

// TestGuideErrors: every error that can be matched is in the guide, with its text.
func TestGuideErrors(t *testing.T) {
	guide := readGuide(t)
	for _, dir := range publicPackages {
		for _, f := range sources(t, dir) {
			ast.Inspect(f, func(n ast.Node) bool {
				spec, ok := n.(*ast.ValueSpec)
				if !ok || !strings.HasPrefix(spec.Names[0].Name, "Err") || len(spec.Values) != 1 {
					return true
				}
				name := f.Name.Name + "." + spec.Names[0].Name
				if !strings.Contains(guide, "`"+name+"`") {
					t.Errorf("no %s in the guide", name)
				}
				call, ok := spec.Values[0].(*ast.CallExpr)
				if !ok {
					return true // another name for an error of another package
				}
				text, err := strconv.Unquote(call.Args[0].(*ast.BasicLit).Value)
				if err != nil || !strings.Contains(guide, "`"+text+"`") {
					t.Errorf("%s is %q, which is not in the guide (%v)", name, text, err)
				}
				return true
			})
		}
	}
}

// literals returns all strings in the transport's packages.
func literals(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, dir := range append(slices.Clone(publicPackages), "internal/socks5", "internal/eager", "onionhost/internal/parts") {
		for _, f := range sources(t, dir) {
			ast.Inspect(f, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					all.WriteString(text + "\n")
				}
				return true
			})
		}
	}
	return all.String()
}

// TestGuideMessages: every message in the tables of errors is one of ours, or marked
// as one of libp2p's.
func TestGuideMessages(t *testing.T) {
	said := literals(t)
	_, section, ok := strings.Cut(readGuide(t), "\n## When something goes wrong\n")
	if !ok {
		t.Fatal("no section about errors")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	messages := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| `") || strings.Contains(cells[0], "(libp2p)") {
			continue
		}
		for _, m := range regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(cells[0], -1) {
			if regexp.MustCompile(`^[a-z]+\.Err`).MatchString(m[1]) {
				continue
			}
			messages++
			for part := range strings.SplitSeq(m[1], "…") {
				if !strings.Contains(said, part) {
					t.Errorf("nobody says %q", m[1])
				}
			}
		}
	}
	if messages < 40 {
		t.Errorf("only %d messages were found", messages)
	}
}

// TestGuideOptions: every option and every field of a configuration is in the guide.
func TestGuideOptions(t *testing.T) {
	guide := readGuide(t)
	want := func(name string) {
		if !strings.Contains(guide, "`"+name+"`") {
			t.Errorf("no %s in the guide", name)
		}
	}
	configs := map[string][]string{
		".":         {"Service"},
		"tor":       {"Config", "AttachConfig", "ServiceConfig"},
		"onionhost": {"Config"},
	}
	for dir, types := range configs {
		for _, f := range sources(t, dir) {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					if n.Recv == nil && strings.HasPrefix(n.Name.Name, "With") {
						want(n.Name.Name)
					}
				case *ast.TypeSpec:
					fields, ok := n.Type.(*ast.StructType)
					if !ok || !slices.Contains(types, n.Name.Name) {
						return false
					}
					for _, field := range fields.Fields.List {
						for _, name := range field.Names {
							if name.IsExported() {
								want(name.Name)
							}
						}
					}
				}
				return true
			})
		}
	}
}

// TestGuideMetrics: the guide has all metrics and no others.
func TestGuideMetrics(t *testing.T) {
	exposed, err := os.ReadFile("testdata/metrics.prom")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{"onionwire_tor_dial_phase_duration_seconds": true} // empty without a dial
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllStringSubmatch(string(exposed), -1) {
		names[m[1]] = true
	}
	guide := readGuide(t)
	for name := range names {
		if !strings.Contains(guide, "`"+name+"`") {
			t.Errorf("no %s in the guide", name)
		}
	}
	for _, name := range regexp.MustCompile(`onionwire_tor_\w+`).FindAllString(guide, -1) {
		if !names[name] {
			t.Errorf("no metric is called %s", name)
		}
	}
}
