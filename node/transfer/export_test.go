package transfer

// Under returns how many chunks are under way.
func (l *Limiter) Under() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	under := 0
	for _, s := range l.shares {
		under += s.under
	}
	return under
}
