package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestLockLeavesNothingInMemory: neither the passphrase that was typed nor what was shown and
// written is found in the memory of the process after a lock, in whatever form, since all of
// that memory is gone: the program has executed itself anew. What a terminal keeps of what it
// has shown is not the program's.
func TestLockLeavesNothingInMemory(t *testing.T) {
	t.Parallel()
	box := newHost(t)
	u := useAt(t, "locked", box, interfaceOn("$TORRC"))
	u.unlock()
	u.write(hostDraft)
	pid := u.program()
	for _, text := range []string{hostMessage, hostDraft} {
		if inMemory(t, pid, text) == "" {
			t.Errorf("%q is not found before: the test looks in the wrong places", text)
		}
	}
	u.press("M-l")
	u.sees("While it is locked")
	u.misses(hostMessage, hostDraft, "Bob")
	if now := u.program(); now != pid {
		t.Errorf("the program is process %d, and was %d: its parent would take it for ended", now, pid)
	}
	for _, text := range []string{hostPassphrase, hostMessage, hostDraft} {
		if form := inMemory(t, pid, text); form != "" {
			t.Errorf("%q is in the memory as %s", text, form)
		}
	}
	u.unlock()
	u.sees(hostDraft)
	u.press("C-u", "C-q")
	u.sees("it has ended with 0")
}

// program is the process of the interface: the child of the shell in the terminal.
func (u *terminal) program() int {
	u.t.Helper()
	shell := strings.TrimSpace(u.tmux("display-message", "-p", "#{pane_pid}"))
	children, err := os.ReadFile("/proc/" + shell + "/task/" + shell + "/children")
	var pid int
	if err == nil {
		_, err = fmt.Sscan(string(children), &pid)
	}
	if err != nil {
		u.t.Fatal(err)
	}
	return pid
}

// maxMapping bounds the parts of a memory that are looked at, in bytes. Larger ones are
// reserved and have nothing in them, or are the race detector's, which keeps no data.
const maxMapping = 4 << 30

// inMemory looks for a text in the memory of a process that can be written to, and returns
// in which form it is there, or nothing.
func inMemory(t *testing.T, pid int, text string) string {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	memory, pages := open(t, pid, "mem"), open(t, pid, "pagemap")
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		var mode string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &mode); err != nil || !strings.HasPrefix(mode, "rw") || to-from > maxMapping {
			continue // it ends beyond what a number can say, or nobody can have written to it
		}
		for _, part := range present(pages, from, to) {
			if form := contains(io.NewSectionReader(memory, part[0], part[1]-part[0]), forms(text)); form != "" {
				return form + ", in " + strings.TrimSpace(line)
			}
		}
	}
	return ""
}

// open opens a file about a process.
func open(t *testing.T, pid int, name string) *os.File {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// present returns the parts of a mapping that have something in them, each from one address
// to another.
func present(pages io.ReaderAt, from, to int64) (parts [][2]int64) {
	const used = 3 << 62 // in memory or in swap
	size := int64(os.Getpagesize())
	entries := make([]byte, (to-from)/size*8)
	n, _ := pages.ReadAt(entries, from/size*8)
	for i := range int64(n / 8) {
		at := from + i*size
		switch last := len(parts) - 1; {
		case binary.LittleEndian.Uint64(entries[i*8:])&used == 0:
		case last >= 0 && parts[last][1] == at:
			parts[last][1] += size
		default:
			parts = append(parts, [2]int64{at, at + size})
		}
	}
	return parts
}

// forms are those in which programs keep a text.
func forms(text string) map[string][]byte {
	var wide, runes []byte
	for _, u := range utf16.Encode([]rune(text)) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	for _, r := range text {
		runes = binary.LittleEndian.AppendUint32(runes, uint32(r))
	}
	return map[string][]byte{"bytes": []byte(text), "UTF-16": wide, "runes": runes}
}

// contains returns the form in which a text is in a part of a memory, or nothing.
func contains(part *io.SectionReader, forms map[string][]byte) string {
	content := make([]byte, part.Size())
	n, _ := io.ReadFull(part, content) // what is there
	for form, needle := range forms {
		if bytes.Contains(content[:n], needle) {
			return form
		}
	}
	return ""
}
