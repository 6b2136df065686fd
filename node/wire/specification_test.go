package wire_test

import (
	"os"
	"strings"
	"testing"
)

// TestSpecificationHasTheMessages compares docs/protocol.md with the definition
// from which the code is generated.
func TestSpecificationHasTheMessages(t *testing.T) {
	definition, err := os.ReadFile("chat.proto")
	if err != nil {
		t.Fatal(err)
	}
	specification, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "```protobuf\n", "```\n"
	blocks := strings.Split(string(specification), begin)[1:]
	if len(blocks) != 1 {
		t.Fatalf("the specification has %d blocks of protobuf, want one", len(blocks))
	}
	if block, _, _ := strings.Cut(blocks[0], end); block != string(definition) {
		t.Errorf("the specification has other messages than chat.proto:\n%s", block)
	}
}
