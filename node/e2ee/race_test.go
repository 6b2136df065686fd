//go:build race

package e2ee_test

// raced tells that the race detector runs, under which arithmetic takes ten times
// as long.
const raced = true
