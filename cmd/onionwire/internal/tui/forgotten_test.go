package tui_test

import (
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

// finder looks for a text in all that can be reached from a value, and returns where it
// is, or nothing. It does not enter what is no part of the interface: functions, channels
// and interfaces of the node.
type finder struct {
	text string
	seen map[unsafe.Pointer]bool
}

func (f *finder) in(v reflect.Value, path string) string {
	switch v.Kind() {
	case reflect.String:
		if strings.Contains(v.String(), f.text) {
			return path
		}
	case reflect.Pointer:
		if v.IsNil() || f.seen[v.UnsafePointer()] {
			return ""
		}
		f.seen[v.UnsafePointer()] = true
		return f.in(v.Elem(), path)
	case reflect.Interface:
		if !v.IsNil() {
			return f.in(v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Backend" && name != "ctx" {
				if found := f.in(v.Field(i), path+"."+name); found != "" {
					return found
				}
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 && v.Kind() == reflect.Slice {
			if strings.Contains(string(v.Bytes()[:cap(v.Bytes())]), f.text) {
				return path
			}
			return ""
		}
		if v.Kind() == reflect.Slice && v.CanInterface() {
			v = v.Slice(0, v.Cap())
		}
		for i := range v.Len() {
			if found := f.in(v.Index(i), path+"[]"); found != "" {
				return found
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if found := f.in(k, path+"{key}") + f.in(v.MapIndex(k), path+"{}"); found != "" {
				return found
			}
		}
	}
	return ""
}

// find returns where a text is in the interface.
func find(m *tui.Model, text string) string {
	f := finder{text, make(map[unsafe.Pointer]bool)}
	return f.in(reflect.ValueOf(m), "m")
}

// TestPassphraseIsForgotten: nothing that can be reached from the interface has the
// passphrase once the profile is open, and neither has what follows a lock.
func TestPassphraseIsForgotten(t *testing.T) {
	in(t, 80, 24, village, func(u *ui) {
		u.typed("the secret")
		if find(u.m, "the secret") == "" {
			t.Fatal("it is not there before: the test looks in the wrong places")
		}
		u.press("enter")
		u.sees("Choose a conversation")
		if at := find(u.m, "the secret"); at != "" {
			t.Errorf("it is still at %s", at)
		}
		u.press("alt+l")
		u.typed("the secre")
		u.press("esc")
		for _, text := range []string{"the secre", "Alice", "hello"} {
			if at := find(u.m, text); at != "" {
				t.Errorf("%q is still at %s", text, at)
			}
		}
	}, func(o *tui.Options) { o.Backend.(*backend).passphrase = "the secret" })
}
