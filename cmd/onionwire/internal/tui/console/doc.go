// Package console is the command line of the terminal interface: what commands there are,
// how a line is read, how it is completed, and what help says.
//
// [Parse] reads a line into a [Call]. [At] finds what is being typed at the cursor, and
// [Target.Options] what it can become. [History] keeps lines that were entered.
//
// The package is pure: it knows no contact, no file and no screen. Who calls it says
// which names there are, and does what a call asks for.
package console
