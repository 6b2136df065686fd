package tor

import "regexp"

var (
	// complaint matches what tor logs, and says nowhere else, about the programs of
	// pluggable transports and the bridges behind them.
	complaint = regexp.MustCompile(`\[warn\] (.*(?:[Mm]anaged proxy|Proxy Client|Can't use bridge).*)`)
	// whichTry is the part of it that changes with every try: tor starts a program
	// that ends once a second.
	whichTry = regexp.MustCompile(` having PID \d+`)
)

// onLog takes in a line that a managed tor has logged. It does not block.
func (d *Daemon) onLog(line string) {
	d.log.Debug("tor", "line", line)
	m := complaint.FindStringSubmatch(line)
	if m == nil {
		return
	}
	warning := printable(whichTry.ReplaceAllString(m[1], ""))
	if st, _ := d.status.get(); st.Progress.Warning == warning {
		return
	}
	d.complained.Store(true)
	d.status.update(func(st *DaemonStatus) { st.Progress.Warning = warning })
}

// onSuccess takes back a complaint, since a circuit got through. While tor is still
// connecting its progress does so.
func (d *Daemon) onSuccess() {
	if d.complained.CompareAndSwap(true, false) {
		d.status.update(func(st *DaemonStatus) {
			if st.Progress.Done() {
				st.Progress.Warning = ""
			}
		})
	}
}
