package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What is around a block that is generated, in a comment of Markdown.
const (
	blockBegin = "<!-- generated: "
	blockNamed = " -->\n"
	blockEnd   = "<!-- end -->\n"
)

// replaceBlocks puts text into the blocks of a document, by their names. It fails if
// there is a block without a text, or a text without a block.
func replaceBlocks(document string, blocks map[string]string) (string, error) {
	left := maps.Clone(blocks)
	var out strings.Builder
	for {
		before, rest, more := strings.Cut(document, blockBegin)
		out.WriteString(before)
		if !more {
			break
		}
		name, rest, ok := strings.Cut(rest, blockNamed)
		if !ok {
			return "", errors.New("a block has no name")
		}
		if _, document, ok = strings.Cut(rest, blockEnd); !ok {
			return "", fmt.Errorf("the block %q has no end", name)
		}
		text, ok := left[name]
		if !ok {
			return "", fmt.Errorf("there is nothing for the block %q, or it is there twice", name)
		}
		delete(left, name)
		out.WriteString(blockBegin + name + blockNamed + "\n" + text + "\n" + blockEnd)
	}
	if len(left) > 0 {
		return "", fmt.Errorf("there are no blocks %q", slices.Sorted(maps.Keys(left)))
	}
	return out.String(), nil
}
