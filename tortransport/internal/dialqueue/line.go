package dialqueue

import "container/list"

// class is what makes two lines of one.
type class int

const (
	background class = iota
	urgent
)

// key is what is known of a key, for as long as somebody waits or hurries under
// it.
type key struct {
	name             string
	waiting, hurries int
}

func (k *key) class() class {
	if k.hurries > 0 {
		return urgent
	}
	return background
}

// waiter is a call to Acquire.
type waiter struct {
	key    *key
	ticket uint64        // tells who came first
	entry  *list.Element // in the line of the key's class
	place  *Place        // once there is one
	ready  chan struct{} // closed when place is set; nil for who need not wait
}

// line has waiters in the order of their tickets. The zero line is empty.
type line struct{ list.List }

// next is whose turn it is in the line of a class.
func (l *line) next(c class) *waiter {
	if c == urgent {
		return l.Front().Value.(*waiter)
	}
	return l.Back().Value.(*waiter)
}

// move takes those under k to another line, each to where its ticket belongs.
func (l *line) move(k *key, to *line) {
	behind := to.Front() // the first that has a later ticket
	for e := l.Front(); e != nil; {
		w, next := e.Value.(*waiter), e.Next()
		if w.key == k {
			for behind != nil && behind.Value.(*waiter).ticket < w.ticket {
				behind = behind.Next()
			}
			l.Remove(e)
			if behind == nil {
				w.entry = to.PushBack(w)
			} else {
				w.entry = to.InsertBefore(w, behind)
			}
		}
		e = next
	}
}

// key returns the one with this name. The caller holds the lock, and calls forget
// when it has undone what it does with it.
func (q *Queue) key(name string) *key {
	k := q.keys[name]
	if k == nil {
		k = &key{name: name}
		q.keys[name] = k
	}
	return k
}

// forget drops k if nobody waits or hurries under it.
func (q *Queue) forget(k *key) {
	if k.waiting == 0 && k.hurries == 0 {
		delete(q.keys, k.name)
	}
}

// join gets into line, and at once out of it with a place if there is one.
func (q *Queue) join(name string) *waiter {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tickets++
	w := &waiter{key: q.key(name), ticket: q.tickets}
	w.key.waiting++
	w.entry = q.lines[w.key.class()].PushBack(w)
	q.serve()
	if w.place == nil {
		w.ready = make(chan struct{})
	}
	return w
}

// leave gives up waiting. A place that has come just then is for somebody else.
func (q *Queue) leave(w *waiter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if w.place != nil {
		w.place.release()
		return
	}
	q.remove(w)
}

// remove takes w out of its line.
func (q *Queue) remove(w *waiter) {
	q.lines[w.key.class()].Remove(w.entry)
	w.key.waiting--
	q.forget(w.key)
}
