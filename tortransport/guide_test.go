package tortransport_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const guidePath = "../docs/transport.md"

// readGuide returns docs/transport.md.
func readGuide(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(guidePath)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fenced matches what stands between the fences of Go code.
var fenced = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// guideCode returns the program in the guide, and its other pieces of code.
func guideCode(t *testing.T) (program string, pieces []string) {
	t.Helper()
	for _, m := range fenced.FindAllStringSubmatch(readGuide(t), -1) {
		if strings.Contains(m[1], "package main\n") {
			program += m[1]
		} else {
			pieces = append(pieces, m[1])
		}
	}
	if program == "" || len(pieces) < 10 {
		t.Fatalf("no program, or only %d pieces of code, in the guide", len(pieces))
	}
	return program, pieces
}

// TestGuideCode: every piece of code in the guide is one of an example, which is
// compiled and mostly run.
func TestGuideCode(t *testing.T) {
	var examples []string
	for _, pattern := range []string{"example*_test.go", "tor/example*_test.go", "onionhost/example*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			examples = append(examples, string(b))
		}
	}
	_, pieces := guideCode(t)
	for _, piece := range pieces {
		if !isPartOf(piece, examples) {
			t.Errorf("not in an example:\n%s", piece)
		}
	}
}

// isPartOf reports whether a piece of code is in a file, indented or not.
func isPartOf(piece string, files []string) bool {
	for range 4 {
		for _, file := range files {
			if strings.Contains(file, "\n"+piece) {
				return true
			}
		}
		piece = indented.ReplaceAllString(piece, "\t$0")
	}
	return false
}

var indented = regexp.MustCompile(`(?m)^.`)

// TestGuideProgram builds the program in the guide and follows the guide with it,
// on a private network.
func TestGuideProgram(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "guide")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	source, hello := filepath.Join(dir, "main.go"), filepath.Join(dir, "hello")
	program, _ := guideCode(t)
	if err := os.WriteFile(source, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(testContext(t), "go", "build", "-o", hello, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	torrc := privateNetwork(t).TorrcFile()
	ctx := testContext(t)
	command := func(name string, args ...string) (*exec.Cmd, *bytes.Buffer) {
		folder := filepath.Join(dir, name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(ctx, hello, append([]string{"-torrc", torrc}, args...)...)
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
		cmd.WaitDelay = 10 * time.Second
		cmd.Dir = folder
		said := new(bytes.Buffer)
		cmd.Stderr = said
		return cmd, said
	}

	alice, said := command("alice")
	out, err := alice.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := alice.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %v\n%s", err, alice.Wait(), said)
	}
	for range 2 { // the second time with the folder of the first
		bob, said := command("bob", strings.TrimSpace(address))
		greeting, err := bob.Output()
		if err != nil || string(greeting) != "hello over Tor\n" {
			t.Errorf("%q, %v\n%s", greeting, err, said)
		}
		if !strings.Contains(said.String(), "100% Done") {
			t.Errorf("no progress was told: %s", said)
		}
	}
	if err := alice.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := alice.Wait(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

// TestGuideLinks: what is linked to within the guide, and beside it, is there.
func TestGuideLinks(t *testing.T) {
	guide := readGuide(t)
	anchors := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(guide, -1) {
		anchor := strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")
		anchors["#"+regexp.MustCompile(`[^a-z0-9-]`).ReplaceAllString(anchor, "")] = true
	}
	for _, m := range regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(guide, -1) {
		link := m[1]
		if strings.HasPrefix(link, "#") {
			if !anchors[link] {
				t.Errorf("no section %s", link)
			}
		} else if _, err := os.Stat(filepath.Join(filepath.Dir(guidePath), link)); err != nil {
			t.Error(err)
		}
	}
}
