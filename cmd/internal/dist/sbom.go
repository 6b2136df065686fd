package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"
)

// bom is a list of what a program is made of, as CycloneDX 1.6 has it
// (cyclonedx.org/docs/1.6/json): as much of that as is said here.
type bom struct {
	Format       string       `json:"bomFormat"`
	Spec         string       `json:"specVersion"`
	Serial       string       `json:"serialNumber"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	Purl       string     `json:"purl,omitempty"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

// sbom lists what is in the program at path: its modules and the version of Go, as they
// are stamped into it, and what it was built with.
func sbom(path string, r release) ([]byte, error) {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	program := component{
		Type: "application", Ref: purl(info.Main.Path, r.version), Name: "onionwire", Version: r.version,
		Purl: purl(info.Main.Path, r.version), Hashes: []hash{{"SHA-256", fmt.Sprintf("%x", sum)}},
		Properties: []property{{"vcs.revision", r.commit}},
	}
	for _, s := range info.Settings {
		if s.Key == "GOOS" || s.Key == "GOARCH" || s.Key == "CGO_ENABLED" {
			program.Properties = append(program.Properties, property{"go." + s.Key, s.Value})
		}
	}
	toolchain := strings.TrimPrefix(info.GoVersion, "go")
	parts := []component{{Type: "library", Ref: purl("std", toolchain), Name: "std", Version: toolchain, Purl: purl("std", toolchain)}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		id := purl(m.Path, m.Version)
		parts = append(parts, component{
			Type: "library", Ref: id, Name: m.Path, Version: m.Version, Purl: id, Properties: []property{{"go.sum", m.Sum}},
		})
	}
	refs := make([]string, 0, len(parts))
	for _, p := range parts {
		refs = append(refs, p.Ref)
	}
	list := bom{
		Format: "CycloneDX", Spec: "1.6", Serial: serial(sum[:]), Version: 1,
		Metadata:     metadata{Timestamp: r.time.UTC().Format(time.RFC3339), Component: program},
		Components:   parts,
		Dependencies: []dependency{{Ref: program.Ref, DependsOn: refs}},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(list); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// purl names a Go module for all programs that compare lists with known holes
// (github.com/package-url/purl-spec).
func purl(path, version string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return "pkg:golang/" + strings.Join(segments, "/") + "@" + strings.ReplaceAll(url.PathEscape(version), "+", "%2B")
}

// serial is a UUID of version 8 that follows from the program (RFC 9562, section 5.8).
func serial(sum []byte) string {
	u := bytes.Clone(sum[:16])
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
