package tor

// DropControl loses the control connection, as a bad cable would.
func (d *Daemon) DropControl() { d.latest.Load().control.conn.Close() }
