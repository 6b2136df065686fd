package tor_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// TestServicesOfALostSession: what is told of a service, and what becomes of it.
func TestServicesOfALostSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		kept, closed := publishNothing(t, d), publishNothing(t, d)
		synctest.Wait()
		p.setAway(syscall.ECONNREFUSED)
		p.drop()
		late, forgotten := publishNothing(t, d), publishNothing(t, d)
		if st := statusOf(t, kept); st.Phase != tor.Degraded || !errors.Is(st.Err, tor.ErrControl) {
			t.Errorf("a service that was there: %+v", st)
		}
		if st := statusOf(t, late); st.Phase != tor.Starting || st.Err == nil {
			t.Errorf("a service that was never there: %+v", st)
		}
		wantErr(t, kept.Ready(within(t, time.Second)), tor.ErrControl, context.DeadlineExceeded)
		for _, s := range []*tor.Service{closed, forgotten} {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			wantErr(t, s.Ready(t.Context()), tor.ErrClosed)
		}
		if n := len(p.words("ADD_ONION")); n != 2 {
			t.Fatalf("%d services were added before", n)
		}
		p.setAway(nil)
		time.Sleep(time.Minute)
		for _, s := range []*tor.Service{kept, late} {
			if st := statusOf(t, s); st.Phase != tor.Starting || st.Err != nil {
				t.Errorf("added again: %+v", st)
			}
		}
		if got := p.words("ADD_ONION", "DEL_ONION", "AUTHENTICATE"); !slices.Equal(got[3:], []string{"AUTHENTICATE", "ADD_ONION", "ADD_ONION"}) {
			t.Errorf("commands %v", got)
		}
	})
}

// TestLeftoverOfALostSession: tor, or what stands before it, has not noticed yet
// that the old connection is gone.
func TestLeftoverOfALostSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		kept := publishNothing(t, d)
		synctest.Wait()
		p.setScript(refuseServices("550 Onion address collision"))
		p.drop()
		if st := statusOf(t, kept); st.Phase != tor.Degraded || !errors.Is(st.Err, tor.ErrCollision) {
			t.Errorf("collision with itself: %+v", st)
		}
		// It may be our own that this one meets, too.
		again := publishNothing(t, d)
		if st := statusOf(t, again); st.Phase != tor.Starting || !errors.Is(st.Err, tor.ErrCollision) {
			t.Errorf("collision right after the loss: %+v", st)
		}
		time.Sleep(tor.Leftover / 2)
		p.setScript(nil)
		time.Sleep(tor.Leftover / 2)
		for _, s := range []*tor.Service{kept, again} {
			if st := statusOf(t, s); st.Phase != tor.Starting || st.Err != nil {
				t.Errorf("without the leftover: %+v", st)
			}
		}
		p.setScript(refuseServices("550 Onion address collision"))
		if st := statusOf(t, publishNothing(t, d)); st.Phase != tor.Gone || !errors.Is(st.Err, tor.ErrCollision) {
			t.Errorf("collision later: %+v", st)
		}
	})
}

// TestServiceThatIsRefusedLater is offered again and again.
func TestServiceThatIsRefusedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		kept := publishNothing(t, d)
		synctest.Wait()
		p.setScript(refuseServices("551 Out of something"))
		p.drop()
		time.Sleep(time.Hour)
		st := statusOf(t, kept)
		wantErr(t, st.Err, tor.ErrRefused)
		if st.Phase != tor.Degraded {
			t.Errorf("refused: %+v", st)
		}
		if n := len(p.words("ADD_ONION")); n < 100 || n > 180 {
			t.Errorf("offered %d times in an hour", n)
		}
		fresh := publishNothing(t, d)
		if st := statusOf(t, fresh); st.Phase != tor.Gone || !errors.Is(st.Err, tor.ErrRefused) {
			t.Errorf("refused at first: %+v", st)
		}
		p.setScript(nil)
		time.Sleep(time.Minute)
		if st := statusOf(t, kept); st.Phase != tor.Starting || st.Err != nil {
			t.Errorf("no longer refused: %+v", st)
		}
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
		if got := p.words("DEL_ONION"); len(got) != 1 {
			t.Errorf("taken away %d times", len(got))
		}
	})
}

func refuseServices(with string) answers {
	return func(c string) string {
		if strings.HasPrefix(c, "ADD_ONION") {
			return with + "\r\n"
		}
		return ""
	}
}

// TestAddedWithAnswerLost: tor has taken the service, and the connection broke
// before it said so.
func TestAddedWithAnswerLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		p.setScript(func(c string) string {
			if strings.HasPrefix(c, "ADD_ONION") {
				p.setScript(refuseServices("550 Onion address collision"))
				return "\x00\r\n" // not a reply
			}
			return ""
		})
		s := publishNothing(t, d)
		if st := statusOf(t, s); st.Phase == tor.Gone || d.Reconnects() != 1 {
			t.Fatalf("%d reconnects, %+v", d.Reconnects(), st)
		}
		p.setScript(nil)
		time.Sleep(time.Minute)
		if st := statusOf(t, s); st.Phase != tor.Starting || st.Err != nil {
			t.Errorf("%+v", st)
		}
	})
}
