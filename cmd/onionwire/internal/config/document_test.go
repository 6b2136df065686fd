package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/config"
)

var update = flag.Bool("update", false, "write the generated parts of docs/configuration.md anew")

// docs/configuration.md has the tables and the sample that the code has. go generate
// writes them anew.
func TestDocument(t *testing.T) {
	path := filepath.Join("..", "..", "..", "..", "docs", "configuration.md")
	text := content(t, path)
	generated := text
	for name, part := range map[string]string{
		"keys": config.Table(), "actions": config.Actions(), "sample": "```toml\n" + config.Sample() + "```\n",
	} {
		begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->\n"
		before, rest, ok := strings.Cut(generated, begin)
		_, after, closed := strings.Cut(rest, end)
		if !ok || !closed {
			t.Fatalf("there is no place for %s", name)
		}
		generated = before + begin + part + end + after
	}
	if generated == text {
		return
	}
	if !*update {
		t.Fatal("docs/configuration.md says something else than the code; run this test with -update")
	}
	if err := os.WriteFile(path, []byte(generated), 0o644); err != nil {
		t.Fatal(err)
	}
}

// packaging/config.toml, which comes with the program, is the sample.
func TestDocumentedSample(t *testing.T) {
	path := filepath.Join("..", "..", "..", "..", "packaging", "config.toml")
	if *update {
		if err := os.WriteFile(path, []byte(config.Sample()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if content(t, path) != config.Sample() {
		t.Error("packaging/config.toml says something else than the code; run this test with -update")
	}
}

// Every example is one: it is taken where it is shown.
func TestExamples(t *testing.T) {
	for _, k := range config.Keys() {
		if k.Example == "" {
			continue
		}
		name := strings.Replace(k.Name, "*", "go-to", 1)
		load(t, config.Files{Global: file(t, name+" = "+k.Example+"\n")})
	}
}
