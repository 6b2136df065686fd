package wording

// SetBack says what it means that somebody knows of us what is not here, and what is to be
// done: an event of that kind says that it is so.
func SetBack(who string) string {
	return who + " has had messages from here that this profile does not know: it is an older copy, or another copy of it runs. " +
		"Ask what is missing, on both sides, and never run two copies."
}
