package reach

// load is how much is under way.
type load struct {
	// dials are under way.
	dials int
	// engaged contacts are wanted and have a link, or may have one soon.
	engaged int
	// most contacts may be engaged.
	most int
}

// load counts what is under way.
func (p *Plan) load() load {
	l := load{most: p.most}
	for _, c := range p.all {
		if c.dials {
			l.dials++
		}
		if c.engaged() {
			l.engaged++
		}
	}
	return l
}

func (c *contact) engaged() bool { return c.dials || len(c.links) > 0 && c.wanted() }

// allows reports whether there is a place for a dial to a contact.
func (l load) allows(c *contact) bool {
	places := MaxDials
	if c.want != Urgent {
		places -= urgentDials
	}
	return l.dials < places && (l.engaged < l.most || c.engaged())
}

// add counts a dial to a contact, which has not begun.
func (l *load) add(c *contact) {
	l.dials++
	if !c.engaged() {
		l.engaged++
	}
}
