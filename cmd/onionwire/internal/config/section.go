package config

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// section is the part of a file that belongs to a table. Numbers are offsets of the
// beginnings of lines.
type section struct {
	start int // behind the header
	last  int // behind the last key, or 0 if there is none
	end   int // of the next header, or of the file
	final bool
}

// find returns the section of a table, "" being the part before the first header, which
// is always there.
func find(content []byte, table string) (s section, found bool) {
	s.end, s.final = len(content), true
	inside := table == ""
	found = inside
	var p unstable.Parser
	p.Reset(content)
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			parts, first := keyOf(e)
			if inside {
				s.end, s.final = lineStart(content, int(first.Offset)), false
				return s, true
			}
			if strings.Join(parts, ".") == table {
				inside, found = true, true
				s.start = lineEnd(content, int(first.Offset))
			}
		case unstable.KeyValue:
			if inside {
				s.last = lineEnd(content, int(e.Raw.Offset+e.Raw.Length))
			}
		}
	}
	return s, found
}

// slot returns where a key is added: behind the comment that shows it, if there is one,
// or behind the last key. In a section without keys it is before the comment of the next
// header.
func (s section) slot(content []byte, key string) int {
	example := regexp.MustCompile(`(?m)^#[ \t]*` + regexp.QuoteMeta(key) + `[ \t]*=.*\n`)
	switch match := example.FindIndex(content[s.start:s.end]); {
	case match != nil:
		return s.start + match[1]
	case s.last > 0:
		return s.last
	case s.final:
		return s.end
	}
	slot := s.end
	for slot > s.start {
		line := lineStart(content, slot-1)
		if text := bytes.TrimSpace(content[line:slot]); !bytes.HasPrefix(text, []byte("#")) {
			break
		}
		slot = line
	}
	return slot
}

// lineStart returns where the line begins that an offset is in.
func lineStart(content []byte, offset int) int {
	return bytes.LastIndexByte(content[:offset], '\n') + 1
}

// lineEnd returns where the line behind it begins.
func lineEnd(content []byte, offset int) int {
	if i := bytes.IndexByte(content[offset:], '\n'); i >= 0 {
		return offset + i + 1
	}
	return len(content)
}
