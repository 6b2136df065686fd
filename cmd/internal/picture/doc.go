// Command picture makes the pictures of the documentation: SVG of what a terminal shows.
//
//	tmux capture-pane -e -p | picture -title onionwire >screen.svg
//
// It reads lines of text with the escape sequences for colours that tmux writes, and
// knows no others.
package main
