// Command picture makes the pictures of the documentation: SVG of what a terminal shows.
//
//	picture -onionwire bin/onionwire -o docs/pictures
//
// has some people talk on a private Tor network, with the real program, opens the interface
// of one of them in tmux, and draws what it shows. Without -o it draws what tmux has
// captured elsewhere:
//
//	tmux capture-pane -e -p -N | picture -title onionwire >screen.svg
//
// It reads lines of text with the escape sequences for colours that tmux writes, and
// knows no others.
package main
